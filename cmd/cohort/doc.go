// Command cohort makes artificial students: a table with the patterns of a real one, filled with people who never existed.
//
// The package holds no logic that an embedder could miss: it turns options into calls of the library, and results, warnings
// and errors into text that a person without training in statistics can read.
//
// # How a verb is written
//
// A verb is a literal of type verb (see verbs.go), kept beside its run function, and one line in the function verbs:
//
//	var fitVerb = verb{
//		name: "fit", file: oneFile, options: "level protect person seed ...", help: fitHelp, run: runFit,
//		example: "fit grades.csv", about: "learn the table, keep the model",
//	}
//
//	func runFit(a *app, o *options) error
//
// a.open gives a source (a file or standard input), a.readTable its table with all options about columns applied,
// a.fitOptions, a.sampleOptions and a.makeOptions the options of the library without Stop, Checkpoint and Progress; m.progress of a
// progress line m := a.start("Learning", "learn", expected) fits Progress, and m.finish, m.replace or m.stop ends it.
//
// The frame parses the arguments before it calls run: o.files has the files (as many as verb.file asks for), and an
// option that the verb does not list is refused with a catalogue error. run writes results with a.say (standard output),
// remarks with a.note and warnings with a.warn (standard error), progress with a.start, files that it made with a.made, and
// returns nil or an error: a *problem, or whatever the library or the operating system gave, which problemOf turns into
// an entry of the catalogue (codes.go). exitCode(3) ends with that code and no message. Texts are written with the
// word "cohort" for the command; a.text puts the name there as it was called. No text holds a cell's value.
package main
