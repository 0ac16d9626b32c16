package main

import (
	"os"
	"path/filepath"
	"strings"
)

var fitVerb = verb{
	name: "fit", file: oneFile, help: fitHelp, run: runFit,
	options: readOptionNames + " " + learnOptionNames + " target o force",
	group:   groupSteps, example: "fit grades.csv", about: "learn the table, keep the model",
}

// learnOptionNames are the options of learning, for make and fit.
const learnOptionNames = "max-time memory resume steps seed model " + networkOptionNames + " " + writerOptionNames

func runFit(a *app, o *options) error {
	w, release := newWork(a, o, o.file())
	defer release()
	if err := w.read(); err != nil {
		return w.stopped(err, "")
	}
	path := w.modelPath()
	checkpoint := filepath.Join(filepath.Dir(path), w.name+"_checkpoint")
	if o.resume && !exists(checkpoint) {
		return nothingToResume(w)
	}
	if !o.force {
		path = freeName(path)
	}
	made, err := makeFolders(filepath.Dir(path))
	defer func() {
		w.stage.discard()
		for i := len(made) - 1; i >= 0; i-- {
			os.Remove(made[i])
		}
	}()
	if err != nil {
		return err
	}
	removeLeftovers(filepath.Dir(path))
	if !o.resume && exists(checkpoint) {
		os.Remove(checkpoint)
		a.note("what a stopped run had learned (%s) is given up: this one begins anew, for --resume was not given.", checkpoint)
	}
	if err := w.learn(checkpoint); err != nil {
		return err
	}
	if err := w.stage.write(path, "model", w.model.Save); err != nil {
		return err
	}
	if err := w.writeRejected(filepath.Dir(path)); err != nil {
		return err
	}
	if err := w.stage.commit(nil); err != nil {
		return err
	}
	w.announce()
	a.sayPlace("Keep", path, "   the model: as confidential as the real table")
	a.say("%s", a.text("Next       cohort sample "+quoteArg(path)+"     rows from it"))
	a.sayUnchecked(w.file, "FAKE.csv")
	w.stage.files = nil
	return nil
}

// modelPath is where fit writes: NAME.cohort here, in the folder that -o names, or the file that -o names.
func (w *work) modelPath() string {
	o := w.o.output
	switch {
	case o == "":
		return w.name + ".cohort"
	case strings.EqualFold(filepath.Ext(o), ".cohort"):
		return o
	}
	return filepath.Join(o, w.name+".cohort")
}

// nothingToResume says that there is no checkpoint of this file.
func nothingToResume(w *work) error {
	return fault("nothing-to-resume", "there is no stopped run of "+w.file+" here: no file "+w.name+"_checkpoint was found.",
		"cohort "+w.o.verb+" "+quoteArg(w.file))
}
