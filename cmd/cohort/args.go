package main

import (
	"errors"
	"os"
	"slices"
	"strings"
)

// parse reads the arguments: the verb, its options and its files. help is true where the screen of v is asked for; a verb
// without a name stands for the start screen.
func (a *app) parse(args []string, o *options) (v verb, help bool, err error) {
	o.given, o.typed = map[string][]string{}, map[string][]string{}
	words, help, err := a.split(args, o)
	if err != nil {
		return v, false, err
	}
	if len(words) > 0 && words[0] == "help" && len(words) > 1 {
		// "help make" is "make --help"; anything else is a topic.
		if named, ok := findVerb(words[1]); ok && named.name != "help" {
			return named, true, nil
		}
	}
	switch {
	case len(words) == 0 && help, len(words) == 0 && len(o.given) == 0:
		return v, true, nil
	case len(words) == 0:
		return v, false, usage("no-file", "the command has options, but no file.", a.text("cohort make FILE"))
	}
	v, err = a.verbOf(words[0])
	if err != nil {
		return v, false, err
	}
	o.files = words
	if v.name == words[0] {
		o.files = words[1:]
	}
	takesFile := v.file == oneFile || v.file == someFiles
	if help || takesFile && (len(o.files) == 1 && o.files[0] == "help" || len(o.files) == 0 && len(o.given) == 0) {
		return v, true, nil
	}
	o.verb = v.name
	return v, false, a.check(v, o)
}

// split parts options from words and sets the options.
func (a *app) split(args []string, o *options) (words []string, help bool, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return append(words, args[i+1:]...), help, nil
		case arg == "--help" || arg == "-h" || arg == "/?" || arg == "-?" || arg == "-help":
			help = true
			continue
		case arg == "--version" && len(args) == 1:
			words = append(words, "version")
			continue
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
			continue
		}
		name, value, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		opt, ok := findOption(name)
		if !ok || len(name) > 1 && !strings.HasPrefix(arg, "--") {
			return nil, false, inLine(unknownOption(arg, name, value), args, i, i+1)
		}
		if opt.value == "" && hasValue {
			return nil, false, inLine(usage("bad-value", dashed(name)+" takes no value.", dashed(name)), args, i, i+1)
		}
		first := i
		if opt.value != "" && !hasValue {
			// A value may begin with a dash only as "-" or as a negative number, so that a forgotten value is seen.
			if i+1 >= len(args) || isOption(args[i+1]) {
				return nil, false, inLine(usage("missing-value", dashed(name)+" needs a value.", dashed(name)+" "+opt.value), args, i, i+1)
			}
			i++
			value = args[i]
		}
		if err := o.take(opt, value); err != nil {
			return nil, false, inLine(err, args, first, i+1)
		}
	}
	return words, help, nil
}

// inLine makes a remedy that is one option into the whole line, with that option in place of args[from:to].
func inLine(err error, args []string, from, to int) error {
	var p *problem
	if !errors.As(err, &p) || !strings.HasPrefix(p.do, "-") {
		return err
	}
	words := []string{"cohort"}
	for i, arg := range args {
		if i == from {
			words = append(words, p.do)
		}
		if i < from || i >= to {
			words = append(words, quoteArg(arg))
		}
	}
	p.do = strings.Join(words, " ")
	return p
}

// isOption tells an option from a value: a lone dash and a negative number are values.
func isOption(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && (arg[1] < '0' || arg[1] > '9')
}

// take sets one option from the command line.
func (o *options) take(opt option, value string) error {
	if o.has(opt.name) && !opt.repeat {
		return usage("option-twice", dashed(opt.name)+" stands there twice.", "keep one of the two "+dashed(opt.name))
	}
	if err := opt.set(o, value); err != nil {
		return err
	}
	o.given[opt.name] = append(o.given[opt.name], value)
	o.typed[opt.name] = append(o.typed[opt.name], value)
	return nil
}

// verbOf finds the verb that a word names. A file in place of a verb means make.
func (a *app) verbOf(word string) (verb, error) {
	if v, ok := findVerb(word); ok {
		return v, nil
	}
	if v, ok := findVerb("make"); ok && looksLikeFile(word) {
		return v, nil
	}
	p := usage("unknown-command", `there is no command "`+word+`".`, "cohort help")
	if near := nearest(word, verbNames()); near != "" {
		p.what += " Did you mean: cohort " + near
		p.do = "cohort " + near
	}
	return verb{}, p
}

// looksLikeFile tells whether a word in the place of a verb was meant as a file: it is there, or it is spelt like a path.
func looksLikeFile(word string) bool {
	if word == "-" || strings.ContainsAny(word, `./\`) {
		return true
	}
	_, err := os.Stat(word)
	return err == nil
}

// check holds the options and files against what the verb takes.
func (a *app) check(v verb, o *options) error {
	takes := strings.Fields(v.options + " " + everyVerb)
	for _, opt := range optionTable() {
		if o.has(opt.name) && !slices.Contains(takes, opt.name) {
			return usage("option-not-here", `"`+v.name+`" has no option `+dashed(opt.name)+".", "cohort help "+v.name)
		}
	}
	switch {
	case v.file == noFile && len(o.files) > 0:
		return usage("too-many-files", `"`+v.name+`" takes no file.`, "cohort "+v.name)
	case v.file == oneFile && len(o.files) > 1:
		return usage("too-many-files", `"`+v.name+`" takes one file; here are `+count(len(o.files), "name", "names")+
			". A name with blanks stands in quotes.", "cohort "+v.name+" "+quoteArg(strings.Join(o.files, " ")))
	case v.file == oneFile && len(o.files) == 0 && !o.has("replay"), v.file == someFiles && len(o.files) == 0:
		return usage("no-file", `"`+v.name+`" needs a file.`, "cohort help "+v.name)
	}
	return nil
}

// unknownOption is the error of an option that does not exist, with the nearest that does.
func unknownOption(arg, name, value string) error {
	var names []string
	for _, opt := range optionTable() {
		if len(opt.name) > 1 {
			names = append(names, opt.name)
		}
	}
	shown, _, _ := strings.Cut(arg, "=")
	p := usage("unknown-option", "there is no option "+shown+".", "cohort help")
	near := nearest(name, names)
	if _, ok := findOption(name); ok {
		near = name
	}
	if near == "" {
		return p
	}
	p.what += " Did you mean: " + dashed(near)
	p.do = dashed(near)
	if value != "" {
		p.do += "=" + quoteArg(value)
	}
	return p
}
