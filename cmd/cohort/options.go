package main

import (
	"slices"
	"time"
)

// options are all options of all verbs, parsed. A verb reads those that it lists; the others are zero.
type options struct {
	verb  string
	files []string // what stands beside the options: FILE, MODEL, or "-"
	at    int      // the file that is spoken of, where there are several; -1 is that of --holdout

	// What the result is for.
	level   string // "", "share", "research", "structure"
	protect int    // as cohort.Options.Protect: 0 not said, -1 off

	// Columns.
	person           string
	kinds            []columnText  // COL and one of category, ordered, number, date, id, text, in the order given
	layouts          []columnText  // COL and a layout such as d/m/y
	orders           []columnTexts // COL and its values in their order: of a recipe
	coarsen          []columnText  // COL and day, month, year or a step
	drop             []string
	target           string
	known, sensitive []string
	rules            []string
	noRules          bool

	// How the file is read.
	separator rune // 0 is found
	encoding  string
	skipRows  []int64 // 1-based lines of the file

	// Rows.
	rows      int64 // 0 is as many as were learned
	where     []string
	balance   string
	shard     shard
	copies    int    // -m; 0 is 1
	withModel string // of fill and of inspect --unusual
	unusual   bool

	// The trial.
	setAside float64 // share of the persons that it does not see; 0 is half
	noRefit  bool

	// Time.
	maxTime time.Duration
	memory  int64 // bytes
	resume  bool
	steps   int64

	// The model. What is zero is the preset's.
	model, preset      string
	epochs, batch, pac int
	lr                 float64
	trace              string // a file
	weightsFolder      string // of Hugging Face
	lora               int
	temperature        float64
	bf16               bool

	// What a GPT-2 is shown before it writes.
	examples string // a table
	shots    int

	// Result.
	output string // -o
	seed   uint64
	recipe string
	replay string
	force  bool

	// Judging.
	keep    float64 // share of the persons that study split sets aside; 0 is a fifth
	holdout string
	csv     string
	report  string // the page for those who have the real table
	outside string // that for others
	latex   string
	suite   string
	metrics []string
	weights [3]float64 // of SDIS
	regress string     // a formula
	sets    string     // how several sets are combined

	json, quiet, strict, showValues bool

	recipeText string // of the file of --recipe

	// given has the raw values of the options on the command line, and of the recipe where the command line has none;
	// typed has those of the command line alone.
	given, typed map[string][]string
}

// columnText is an option's COL and what is said about it.
type columnText struct{ column, text string }

// columnTexts is a column and a list.
type columnTexts struct {
	column string
	texts  []string
}

// shard is part i of n; n is 0 where no part was asked for.
type shard struct{ i, n int }

// has tells whether an option was given, on the command line or in a recipe.
func (o *options) has(name string) bool { return len(o.given[name]) > 0 }

// file gives the only file, or the one that is spoken of.
func (o *options) file() string {
	switch {
	case o.at < 0:
		return o.holdout
	case o.at < len(o.files):
		return o.files[o.at]
	}
	return ""
}

// with is o with another file in place of the one that is spoken of.
func (o *options) with(file string) *options {
	again := *o
	switch {
	case o.at < 0:
		again.typed, again.holdout = replaced(o.typed, o.holdout, file), file
	case o.at < len(o.files):
		again.files = slices.Clone(o.files)
		again.files[o.at] = file
	default:
		again.files = []string{file}
	}
	return &again
}

// option describes one option: its name without dashes and how its value is read.
type option struct {
	name   string
	value  string // what the help calls the value; empty: the option takes none
	repeat bool   // may be given more than once
	recipe bool   // may stand in a recipe
	set    func(o *options, value string) error
}

// optionTable has every option that works now. "key" is another name of "person".
func optionTable() []option {
	return append(modelOptionTable(), []option{
		{name: "level", value: "LEVEL", recipe: true, set: setLevel},
		{name: "protect", value: "NUMBER", recipe: true, set: setProtect},
		{name: "person", value: "COL", recipe: true, set: func(o *options, v string) error { o.person = v; return nil }},
		{name: "target", value: "COL", recipe: true, set: func(o *options, v string) error { o.target = v; return nil }},
		{name: "category", value: "COL", repeat: true, set: setKind("category")},
		{name: "ordered", value: "COL", repeat: true, set: setKind("ordered")},
		{name: "number", value: "COL", repeat: true, set: setKind("number")},
		{name: "date", value: "COL", repeat: true, set: setDate},
		{name: "id", value: "COL", repeat: true, set: setKind("id")},
		{name: "text", value: "COL", repeat: true, set: setKind("text")},
		{name: "coarsen", value: "COL=HOW", repeat: true, set: setCoarsen},
		{name: "drop", value: "COL", repeat: true, set: func(o *options, v string) error { o.drop = append(o.drop, v); return nil }},
		{name: "known", value: "COL", repeat: true, recipe: true, set: func(o *options, v string) error { o.known = append(o.known, v); return nil }},
		{name: "sensitive", value: "COL", repeat: true, recipe: true, set: func(o *options, v string) error { o.sensitive = append(o.sensitive, v); return nil }},
		{name: "rule", value: "RULE", repeat: true, recipe: true, set: func(o *options, v string) error { o.rules = append(o.rules, v); return nil }},
		{name: "no-rules", recipe: true, set: func(o *options, _ string) error { o.noRules = true; return nil }},
		{name: "separator", value: "SIGN", recipe: true, set: setSeparator},
		{name: "encoding", value: "NAME", recipe: true, set: setEncoding},
		{name: "skip-rows", value: "LINES", repeat: true, recipe: true, set: setSkipRows},
		{name: "n", value: "NUMBER", recipe: true, set: setCount("n", func(o *options, n int64) { o.rows = n })},
		{name: "where", value: "COND", repeat: true, recipe: true, set: func(o *options, v string) error { o.where = append(o.where, v); return nil }},
		{name: "balance", value: "COL", recipe: true, set: func(o *options, v string) error { o.balance = v; return nil }},
		{name: "shard", value: "I/N", set: setShard},
		{name: "m", value: "NUMBER", set: setCopies},
		{name: "with", value: "MODEL", set: func(o *options, v string) error { o.withModel = v; return nil }},
		{name: "unusual", set: func(o *options, _ string) error { o.unusual = true; return nil }},
		{name: "set-aside", value: "SHARE", recipe: true, set: setShare("set-aside", func(o *options, share float64) { o.setAside = share })},
		{name: "no-refit", recipe: true, set: func(o *options, _ string) error { o.noRefit = true; return nil }},
		{name: "max-time", value: "TIME", recipe: true, set: setMaxTime},
		{name: "memory", value: "SIZE", recipe: true, set: setMemory},
		{name: "resume", set: func(o *options, _ string) error { o.resume = true; return nil }},
		{name: "steps", value: "NUMBER", recipe: true, set: setCount("steps", func(o *options, n int64) { o.steps = n })},
		{name: "o", value: "PATH", set: func(o *options, v string) error { o.output = v; return nil }},
		{name: "seed", value: "NUMBER", recipe: true, set: setSeed},
		{name: "examples", value: "FILE", set: func(o *options, v string) error { o.examples = v; return nil }},
		{name: "shots", value: "NUMBER", set: setSize("shots", "8", func(o *options, n int) { o.shots = n })},
		{name: "recipe", value: "FILE", set: func(o *options, v string) error { o.recipe = v; return nil }},
		{name: "replay", value: "MANIFEST", set: func(o *options, v string) error { o.replay = v; return nil }},
		{name: "force", set: func(o *options, _ string) error { o.force = true; return nil }},
		{name: "keep", value: "SHARE", set: setShare("keep", func(o *options, share float64) { o.keep = share })},
		{name: "holdout", value: "FILE", set: func(o *options, v string) error { o.holdout = v; return nil }},
		{name: "csv", value: "FILE", set: func(o *options, v string) error { o.csv = v; return nil }},
		{name: "report", value: "FILE", set: func(o *options, v string) error { o.report = v; return nil }},
		{name: "outside", value: "FILE", set: func(o *options, v string) error { o.outside = v; return nil }},
		{name: "latex", value: "FILE", set: func(o *options, v string) error { o.latex = v; return nil }},
		{name: "suite", value: "NAME", set: setSuite},
		{name: "metrics", value: "NAMES", repeat: true, set: setMetrics},
		{name: "sdis-weights", value: "NUMBERS", set: setWeights},
		{name: "regress", value: "FORMULA", set: setRegress},
		{name: "sets", value: "RULE", set: setSets},
		{name: "json", set: func(o *options, _ string) error { o.json = true; return nil }},
		{name: "quiet", set: func(o *options, _ string) error { o.quiet = true; return nil }},
		{name: "strict", recipe: true, set: func(o *options, _ string) error { o.strict = true; return nil }},
		{name: "show-values", set: func(o *options, _ string) error { o.showValues = true; return nil }},
	}...)
}

// modelOptionTable has those of the models.
func modelOptionTable() []option {
	return []option{
		{name: "model", value: "NAME", recipe: true, set: setModel},
		{name: "preset", value: "NAME", recipe: true, set: setPreset},
		{name: "epochs", value: "NUMBER", recipe: true, set: setSize("epochs", "300", func(o *options, n int) { o.epochs = n })},
		{name: "batch", value: "NUMBER", recipe: true, set: setSize("batch", "500", func(o *options, n int) { o.batch = n })},
		{name: "lr", value: "RATE", recipe: true, set: setRate},
		{name: "pac", value: "NUMBER", recipe: true, set: setSize("pac", "10", func(o *options, n int) { o.pac = n })},
		{name: "trace", value: "FILE", recipe: true, set: setTrace},
		{name: "weights", value: "FOLDER", recipe: true, set: setWeightsFolder},
		{name: "lora", value: "RANK", recipe: true, set: setSize("lora", "16", func(o *options, n int) { o.lora = n })},
		{name: "temperature", value: "NUMBER", recipe: true, set: setTemperature},
		{name: "bf16", recipe: true, set: func(o *options, _ string) error { o.bf16 = true; return nil }},
	}
}

// everyVerb lists the options that all verbs take.
const everyVerb = "json quiet"

// aliases are other names of options.
var aliases = map[string]string{"key": "person", "output": "o", "rows": "n"}

func findOption(name string) (option, bool) {
	if full, ok := aliases[name]; ok {
		name = full
	}
	for _, opt := range optionTable() {
		if opt.name == name {
			return opt, true
		}
	}
	return option{}, false
}

// dashed writes an option as it is typed: -o, --seed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// readOptionNames are the options of the verbs that read a table.
const readOptionNames = "person category ordered number date id text coarsen drop rule no-rules separator encoding skip-rows level protect recipe"
