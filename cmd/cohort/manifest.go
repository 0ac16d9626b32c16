package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/cohort"
	runs "example.org/cohort/internal/run" // run is a function here
)

// A manifest says how a result came about, so that make --replay gives it again, byte for byte. It is private: the hash of
// a small table lets an outsider confirm a guess of it.
type manifest struct {
	Version   string              `json:"version"` // of the program
	Binary    string              `json:"binary"`  // SHA-256 of the program's file; empty if it can't be read
	Kernels   string              `json:"kernels"`
	Made      string              `json:"made"` // day, as 2006-01-02
	Data      dataMark            `json:"data"`
	Weights   *weightsMark        `json:"weights,omitempty"` // absent where none were given
	Options   map[string][]string `json:"options"`           // as they were given
	Recipe    string              `json:"recipe,omitempty"`
	Seed      uint64              `json:"seed"`
	Model     string              `json:"model"`
	Plan      planMark            `json:"plan"`
	Trial     *planMark           `json:"trial,omitempty"`      // absent where too few persons were there for one
	FromTrial bool                `json:"from_trial,omitempty"` // the table is the trial's
	Verdict   string              `json:"verdict"`
	Tables    int                 `json:"tables_from_this_data"` // made from it so far, this one included
	Files     []fileMark          `json:"files"`
}

// dataMark identifies the table that was learned.
type dataMark struct {
	Path   string `json:"path"` // from the manifest's folder, with slashes; "-" is standard input
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
	Rows   int    `json:"rows"`
}

// weightsMark identifies the folder of weights that learning began with.
type weightsMark struct {
	Path   string `json:"path"`   // from the manifest's folder, with slashes
	SHA256 string `json:"sha256"` // of the names, sizes and contents of its files
}

type planMark struct {
	Planned   int64  `json:"planned"`
	Steps     int64  `json:"steps"`
	StoppedBy string `json:"stopped_by"`
}

// fileMark is a file of the result.
type fileMark struct {
	Role   string `json:"role"`
	Path   string `json:"path"` // from the manifest's folder, with slashes
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// unrecorded lists the options that say nothing about the bytes of table and model, or that a replay sets itself.
var unrecorded = []string{"o", "force", "json", "quiet", "resume", "replay", "recipe", "memory", "trace", "weights"}

// newManifest describes a run that has its model; the files are added when they are staged.
func newManifest(o *options, r *cohort.Result) *manifest {
	info := r.Model.Info()
	m := &manifest{
		Version: info.Version, Kernels: info.Kernels, Binary: runs.Program(), Made: today(),
		Options: map[string][]string{}, Recipe: o.recipeText, Seed: o.seed, Model: info.Kind,
		Plan: planMark{info.Planned, info.Steps, info.StoppedBy}, FromTrial: r.Trial == info,
	}
	if r.Trial.Rows > 0 {
		m.Trial = &planMark{r.Trial.Planned, r.Trial.Steps, r.Trial.StoppedBy}
	}
	if text, err := r.Report.Verdict.MarshalText(); err == nil {
		m.Verdict = string(text)
	}
	for name, values := range o.given {
		if !slices.Contains(unrecorded, name) {
			m.Options[name] = values
		}
	}
	return m
}

// addFiles lists the staged files as seen from the manifest's folder.
func (m *manifest) addFiles(folder string, s *stage) {
	for _, f := range s.files {
		m.Files = append(m.Files, fileMark{f.role, relativeTo(folder, f.path), f.sha256, f.bytes})
	}
}

func (m *manifest) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(m)
}

// readManifest reads what write wrote.
func readManifest(path string) (*manifest, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := &manifest{}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil || m.Version == "" || m.Data.SHA256 == "" {
		return nil, fault("not-a-manifest", path+" is not a manifest that this version of Cohort reads. \"make\" writes one into "+
			"the private folder; its name ends in _manifest.json.", "cohort help make")
	}
	return m, nil
}

// manifestPaths lists the manifests in a private folder.
func manifestPaths(private string) []string {
	entries, _ := os.ReadDir(private)
	var paths []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_manifest.json") {
			paths = append(paths, filepath.Join(private, e.Name()))
		}
	}
	return paths
}

// tablesMade counts the tables made from data with this hash, by the manifests in the private folders beside base.
func tablesMade(base, sha256 string) int {
	parent := filepath.Dir(base)
	entries, _ := os.ReadDir(parent)
	found, most := 0, 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		for _, path := range manifestPaths(filepath.Join(parent, e.Name())) {
			if m, err := readManifest(path); err == nil && m.Data.SHA256 == sha256 {
				found++
				most = max(most, m.Tables)
			}
		}
	}
	return max(found, most) // one may have been replaced or moved away
}

// oldFiles lists the files of the last result in a pair, as its manifests name them, and nothing outside of the pair.
func oldFiles(p *pair) []string {
	var files []string
	for _, path := range manifestPaths(p.private) {
		m, err := readManifest(path)
		if err != nil {
			continue
		}
		files = append(files, path)
		for _, f := range m.Files {
			file := filepath.Join(p.private, filepath.FromSlash(f.Path))
			folder := filepath.Dir(file)
			if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() && (folder == p.private || folder == p.public) {
				files = append(files, file)
			}
		}
	}
	return files
}
