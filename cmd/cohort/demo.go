package main

import (
	"bytes"

	"example.org/cohort/internal/demo"
)

var demoVerb = verb{
	name: "demo", help: demoHelp, run: runDemo,
	options: "o seed force",
	group:   groupStart, example: "demo", about: "try it on a fictional school, half a minute",
}

// runDemo is make on the embedded school, by the same code.
func runDemo(a *app, o *options) error {
	a.note("A demonstration with a fictional school. Nothing leaves this computer.\n")
	target, _ := findOption("target")
	if err := o.take(target, "Passed"); err != nil {
		return err
	}
	w, release := newWork(a, o, "school.csv")
	defer release()
	w.embedded = demo.CSV()
	m := &making{work: w}
	err := m.run(func() error {
		s := &source{Reader: bytes.NewReader(w.embedded), name: w.file, size: int64(len(w.embedded))}
		return w.readFrom(s, w.meter("Reading", "read", 0))
	})
	if err != nil {
		return err
	}
	a.say("%s", a.text("\nNext       cohort make yourfile.csv      the same with your own table"))
	return nil
}
