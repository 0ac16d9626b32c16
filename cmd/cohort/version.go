package main

import (
	"runtime"
	"runtime/debug"

	"example.org/cohort"
	"example.org/cohort/kernels"
)

const version = cohort.Version

var versionVerb = verb{name: "version", run: runVersion, help: versionHelp}

func runVersion(a *app, _ *options) error {
	commit, date, changed := buildInfo()
	a.say("Cohort   %s", version)
	a.say("commit   %s%s", commit, changed)
	if date != "" {
		a.say("of       %s", date)
	}
	a.say("build    %s, %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	a.say("kernels  %s", kernels.Family())
	a.say("licence  Apache-2.0, see the files LICENSE and NOTICE")
	return nil
}

// buildInfo gives what the Go command wrote into the program about the source it was built from.
func buildInfo() (commit, date, changed string) {
	commit = "not known (built without version control)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return commit, "", ""
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			date = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", with changes that are not in it"
			}
		}
	}
	return commit, date, changed
}
