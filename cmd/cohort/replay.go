package main

import (
	"path/filepath"
	"slices"
	"strings"
)

// runReplay makes the table and the model of a manifest again, byte for byte, or says why it can't.
func runReplay(a *app, o *options) error {
	man, err := readManifest(o.replay)
	if err != nil {
		return err
	}
	if err := o.takeFrom(man); err != nil {
		return err
	}
	if err := a.checkWeights(o); err != nil {
		return err
	}
	file := o.file()
	if file == "" {
		if file, err = man.findData(o.replay); err != nil {
			return err
		}
	}
	w, release := newWork(a, o, file)
	defer release()
	m := &making{work: w, replay: man}
	return m.run(func() error {
		if err := w.read(); err != nil {
			return err
		}
		if w.data.SHA256 != man.Data.SHA256 {
			p := fault("other-data", file+" is not the file that "+o.replay+" was made from: its content is another one.",
				"cohort make --replay "+quoteArg(o.replay)+" THE-SAME-FILE")
			p.file = file
			return p
		}
		return nil
	})
}

// takeFrom sets the options of the run that the manifest describes.
func (o *options) takeFrom(m *manifest) error {
	for _, opt := range optionTable() {
		if o.has(opt.name) && !slices.Contains(unrecorded, opt.name) {
			return usage("option-not-here", dashed(opt.name)+" can't stand beside --replay, which repeats a run with the options that it had.",
				"cohort make --replay "+quoteArg(o.replay))
		}
	}
	for _, opt := range optionTable() {
		for _, value := range m.Options[opt.name] {
			if err := o.take(opt, value); err != nil {
				return err
			}
		}
	}
	if m.Weights != nil && o.weightsFolder == "" {
		folder, err := m.findWeights(o.replay)
		if err != nil {
			return err
		}
		o.weightsFolder, o.given["weights"] = folder, []string{folder}
	}
	if m.Recipe != "" {
		if err := o.applyRecipe(o.replay, m.Recipe); err != nil {
			return err
		}
	}
	o.steps = m.Plan.Steps
	return o.checkModel()
}

// findData looks for the table that a manifest names: where it was, and in the current folder.
func (m *manifest) findData(manifest string) (string, error) {
	if m.Data.Path != "-" {
		path := filepath.FromSlash(m.Data.Path)
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(manifest), path)
		}
		for _, p := range []string{path, filepath.Base(path)} {
			if exists(p) {
				return p, nil
			}
		}
	}
	p := fault("no-such-file", "the table that "+manifest+" was made from is not where it was.",
		"cohort make --replay "+quoteArg(manifest)+" THE-TABLE")
	p.file = manifest
	return "", p
}

// compareReplay holds table and model against the manifest of the run that is repeated.
func (m *making) compareReplay() error {
	if m.replay == nil {
		return nil
	}
	for _, was := range m.replay.Files {
		now, ok := m.stage.file(was.Role)
		if !strings.Contains(was.Path, "_SYNTHETIC") && was.Role != "model" || ok && now.sha256 == was.SHA256 {
			continue
		}
		why := "this is another build of the program"
		if m.replay.Binary == m.record.Binary {
			why = "this computer has other kernels (" + m.record.Kernels + ", then " + m.replay.Kernels + ")"
		}
		p := fault("replay-differs", "the same run gives other bytes here than "+m.o.replay+" tells of: "+why+
			". The manifest was written by version "+m.replay.Version+"; this is "+m.record.Version+".",
			"use the program and the kind of computer that wrote the manifest; nothing was written here.")
		p.file = m.o.replay
		return p
	}
	return nil
}
