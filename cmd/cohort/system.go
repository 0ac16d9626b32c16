package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// systemProblem finds the entry of the catalogue for an error of the operating system, or nil.
func systemProblem(err error, o *options) *problem {
	path := pathOf(err)
	where := shown(path)
	switch {
	case errors.Is(err, errIsFolder) || errors.Is(err, syscall.EISDIR):
		return fault("is-folder", where+" is a folder; a file is needed.", o.command(filepath.Join(path, "FILE"), ""))
	case isNoRoom(err) && path == os.Stdout.Name():
		return fault("not-enough-room", "standard output goes to a file, and its disk is full or the file may not be so large. What it holds "+
			"is not the whole.", "remove that file, and send the output to another disk")
	case isNoRoom(err):
		return fault("not-enough-room", "the disk of "+where+" is full, or a file there may not be so large. What was half "+
			"written has been removed; nothing else was changed.", o.command(o.file(), "-o FOLDER-ON-ANOTHER-DISK"))
	case isSharing(err):
		return fault("file-open", where+" is open in another program, so it can't be replaced.",
			"close it there, then\n"+o.command(o.file(), ""))
	case errors.Is(err, syscall.EPIPE):
		return fault("no-reader", "the program that was to take the rows has ended before all were written.", o.command(o.file(), "-o FILE"))
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fault("folder-taken", where+" can't be made: a file of that name stands in its place.", o.command(o.file(), "-o ANOTHER-NAME"))
	case isTooLong(err):
		return nameTooLong(path, o)
	case errors.Is(err, fs.ErrNotExist):
		return noSuchFile(path, o)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return noPermission(path, o)
	}
	var e syscall.Errno
	if errors.As(err, &e) {
		return fault("disk", "the disk or the network did not read or write "+where+" as it was asked to.", "copy the file to another disk, then\n"+o.command(o.file(), ""))
	}
	return nil
}

// nameTooLong tells how long the longest name of a path is, and how it begins.
func nameTooLong(path string, o *options) *problem {
	longest := ""
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if len(part) > len(longest) {
			longest = part
		}
	}
	begin := []rune(longest)
	p := fault("name-too-long", fmt.Sprintf("a name in the path is too long for this computer: the one that begins with %q takes %s, "+
		"and mostly 255 are the limit.", string(begin[:min(12, len(begin))]), count(len(longest), "byte", "bytes")), o.command(o.file(), "-o SHORTER-NAME"))
	if o.output == "" || path == o.file() || path == o.recipe || path == o.replay {
		p.do = "give the file a shorter name, or move it to a folder with a shorter path"
	}
	return p
}

// shown names a path in a sentence. A temporary name is shown as the one that it was for.
func shown(path string) string {
	if path == "" {
		return "the result"
	}
	return finalName(path)
}

// noPermission parts a file that may not be read from a folder that may not be written to.
func noPermission(path string, o *options) *problem {
	if slices.Contains(o.files, path) || path == o.holdout || path == o.recipe || path == o.replay {
		return fault("no-permission", path+" may not be read with your rights on this computer.",
			"copy it to a folder of your own, then\n"+o.command(filepath.Base(path), ""))
	}
	return fault("no-permission", "your rights on this computer do not let "+shown(path)+" be written.",
		o.command(o.file(), "-o FOLDER-OF-YOUR-OWN"))
}

// noSuchFile names the nearest file in the folder, or the first folder of the path that is missing.
func noSuchFile(path string, o *options) *problem {
	folder, name := filepath.Split(path)
	in := "in this folder"
	if folder != "" {
		in = `in the folder "` + filepath.Clean(folder) + `"`
		if _, err := os.Stat(folder); err != nil {
			again := *o
			if again.typed = replaced(o.typed, path, filepath.Join("FOLDER", name)); path == o.file() {
				again = *o.with(filepath.Join("FOLDER", name))
			}
			p := fault("no-such-file", `there is no folder "`+filepath.Clean(folder)+`".`, "look for the folder, then\n"+again.command(again.file(), ""))
			p.file = path
			return p
		}
	}
	p := fault("no-such-file", `there is no file "`+name+`" `+in+".", "go to the folder of the file, or write its whole path, then\n"+o.command(o.file(), ""))
	p.file = path
	names := filesIn(folder)
	near := nearest(name, names)
	if near == "" {
		stem := strings.TrimSuffix(name, filepath.Ext(name))
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSuffix(n, filepath.Ext(n)), stem) }); i >= 0 {
			near = names[i]
		}
	}
	if near != "" {
		again := *o.with(folder + near)
		if path == o.recipe || path == o.replay {
			again.files = o.files
			again.typed = replaced(o.typed, path, folder+near)
		}
		p.do = again.command(again.file(), "") + "          (the nearest name here)"
	}
	return p
}

// replaced is typed with another value in place of from.
func replaced(typed map[string][]string, from, to string) map[string][]string {
	out := map[string][]string{}
	for name, values := range typed {
		for _, v := range values {
			if v == from {
				v = to
			}
			out[name] = append(out[name], v)
		}
	}
	return out
}

// filesIn lists the names of the files in a folder.
func filesIn(folder string) []string {
	if folder == "" {
		folder = "."
	}
	entries, _ := os.ReadDir(folder)
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
