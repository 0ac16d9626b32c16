package main

// fileCount says how many files a verb takes.
type fileCount int

const (
	noFile    fileCount = iota
	oneFile             // without one, and without options, the verb prints its help
	someFiles           // two or more; without any, and without options, the verb prints its help
	anyWords            // help: words that name topics
)

// verb is one command.
type verb struct {
	name    string
	file    fileCount
	options string // names of the options it takes, with blanks between; those of every verb are added
	help    string // what "cohort help NAME" prints
	group   string // heading on the start screen
	example string // how the start screen shows it, without the program's name; empty is not shown
	about   string // what the start screen says beside the example
	run     func(a *app, o *options) error
}

// The headings of the start screen, in order.
const (
	groupStart    = "Start here"
	groupSteps    = "Step by step"
	groupResearch = "For research"
	groupHelp     = "Help"
)

// verbs lists the commands in the order of the start screen. It is a function because help refers to all of them.
func verbs() []verb {
	return []verb{demoVerb, makeVerb, inspectVerb, fitVerb, sampleVerb, fillVerb, checkVerb, studyVerb, helpVerb(), doctorVerb, versionVerb}
}

func findVerb(name string) (verb, bool) {
	for _, v := range verbs() {
		if v.name == name {
			return v, true
		}
	}
	return verb{}, false
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}
