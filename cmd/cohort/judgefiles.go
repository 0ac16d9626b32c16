package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// files settles which files are meant: patterns are written out, no file stands there twice, and the real table comes first.
func (j *judging) files() error {
	o := j.o
	var named []string
	for i, file := range o.files {
		matches := []string{file}
		if i > 0 && strings.ContainsAny(file, "*?[") && !exists(file) {
			// A shell does this before; Windows has none that would.
			var err error
			if matches, err = filepath.Glob(file); err != nil || len(matches) == 0 {
				return fault("no-such-file", `no file has a name like "`+file+`".`, "cohort help check")
			}
		}
		named = append(named, matches...)
	}
	o.files = named
	if len(named) < 2 {
		return usage("no-file", `"check" needs two files: the real table, then the synthetic one.`, o.command(o.files[0], "")+" FAKE.csv")
	}
	if err := j.differentFiles(); err != nil {
		return err
	}
	var paths []string
	for _, out := range j.outputs() {
		if slices.Contains(paths, out.path) {
			return usage("same-file", out.option+" and another option name the same file, "+out.path+".", o.command(o.file(), out.option+" ANOTHER-FILE"))
		}
		paths = append(paths, out.path)
		if err := j.outputFile(out.option, out.path); err != nil {
			return err
		}
	}
	for _, file := range named[1:] {
		j.fakes = append(j.fakes, judged{file: file})
	}
	return j.rightWayRound()
}

// differentFiles refuses a file that is named twice, in whatever spelling.
func (j *judging) differentFiles() error {
	names := slices.Clone(j.o.files)
	if j.o.holdout != "" {
		names = append(names, j.o.holdout)
	}
	infos := make([]os.FileInfo, len(names))
	for i, name := range names {
		if j.o.at = i; i == len(j.o.files) {
			j.o.at = -1
		}
		if name != "-" {
			info, err := os.Stat(name)
			if err != nil {
				return err
			}
			infos[i] = info
		}
		for k, other := range names[:i] {
			if name == other || infos[i] != nil && infos[k] != nil && os.SameFile(infos[i], infos[k]) {
				p := fault("same-file", other+" and "+name+" are the same file, so there is nothing to compare.",
					"name the real table first, then what a generator wrote:\ncohort check REAL.csv FAKE.csv")
				if name == other {
					p.what = name + " is named twice, so there is nothing to compare."
				}
				p.file = name
				return p
			}
		}
	}
	j.o.at = 0
	return j.otherPeople()
}

// otherPeople refuses people set aside who are, byte for byte, one of the other tables. (A synthetic table that is the real
// one is judged: nothing is worse.)
func (j *judging) otherPeople() error {
	if j.o.holdout == "" || j.o.holdout == "-" {
		return nil
	}
	hash, err := fileHash(j.o.holdout)
	if err != nil {
		return err
	}
	for _, file := range j.o.files {
		if file == "-" {
			continue
		}
		if other, err := fileHash(file); err == nil && other == hash {
			p := fault("same-file", file+" and "+j.o.holdout+" hold the same table, and nobody of --holdout may be in another one.",
				"cohort help study     (says how to set people aside)")
			p.file = j.o.holdout
			return p
		}
	}
	return nil
}

// fileHash is the SHA-256 of a file.
func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// outputFile looks at a file to be written before there is anything to lose: it stands in a folder, replaces nothing unasked, and
// is never one of the tables.
func (j *judging) outputFile(option, path string) error {
	out, err := os.Stat(path)
	if err != nil {
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return nil
	}
	for _, file := range append(slices.Clone(j.o.files), j.o.holdout) {
		if info, err := os.Stat(file); err == nil && os.SameFile(info, out) {
			return usage("same-file", option+" names "+path+", which is one of the tables: it would be written over.",
				j.o.command(j.o.file(), option+" ANOTHER-FILE"))
		}
	}
	if out.IsDir() {
		return &fs.PathError{Op: "open", Path: path, Err: errIsFolder}
	}
	if j.o.force {
		return nil
	}
	p := fault("file-exists", path+" is there already.", j.o.command(j.o.file(), "--force")+"     (replaces it)")
	p.file = path
	return p
}

// rightWayRound refuses a real table, or people set aside, that Cohort wrote, where a synthetic one was not written by it.
func (j *judging) rightWayRound() error {
	files := j.o.files
	const order = `"check" takes the real one first.`
	if i := slices.IndexFunc(files[1:], func(file string) bool { return !writtenByCohort(file) }); i >= 0 && writtenByCohort(files[0]) {
		again := *j.o
		again.files = slices.Clone(files)
		again.files[0], again.files[1+i] = again.files[1+i], again.files[0]
		p := fault("swapped-files", "the first file, "+files[0]+", was written by Cohort, and "+files[1+i]+
			" looks like the real table. "+order, again.command(again.files[0], ""))
		p.file = files[0]
		return p
	}
	if j.o.holdout != "" && writtenByCohort(j.o.holdout) {
		p := fault("swapped-files", "the file of --holdout, "+j.o.holdout+", was written by Cohort. It has to hold real people whom the generator "+
			"never saw.", "cohort help study     (says how to set people aside)")
		p.file = j.o.holdout
		return p
	}
	return nil
}

// writtenByCohort tells whether a table was written by make or sample: by its name, or, if it was renamed, by its hash in a
// manifest beside it or in the private folder beside its own.
func writtenByCohort(path string) bool {
	if path == "-" {
		return false
	}
	if strings.Contains(filepath.Base(path), "_SYNTHETIC") {
		return true
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return false
	}
	manifests := append(manifestPaths(folder), manifestPaths(folder+"-private")...)
	if len(manifests) == 0 {
		return false
	}
	hash, err := fileHash(path)
	if err != nil {
		return false
	}
	for _, name := range manifests {
		m, err := readManifest(name)
		if err == nil && slices.ContainsFunc(m.Files, func(f fileMark) bool {
			return f.SHA256 == hash && (f.Role == "hand-over" || f.Role == "do-not-release")
		}) {
			return true
		}
	}
	return false
}
