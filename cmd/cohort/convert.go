package main

import (
	"strings"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// readOptions turns the options about columns and the file into those of the library. The caller adds Progress and Warn.
func (a *app) readOptions(o *options) (table.ReadOptions, error) {
	opt := table.ReadOptions{Dialect: table.Dialect{Comma: o.separator}, SkipRows: o.skipRows}
	if o.encoding != "" {
		name, decode := encodingNamed(o.encoding)
		opt.Dialect.Encoding, opt.Decode = name, decode
	}
	s := &table.Schema{Person: o.person}
	for _, text := range o.rules {
		r, err := table.ParseRule(text)
		if err != nil {
			return opt, err
		}
		s.Rules = append(s.Rules, r)
	}
	named := map[string]int{}
	column := func(name string) *table.Column {
		i, ok := named[name]
		if !ok {
			i = len(s.Columns)
			named[name] = i
			s.Columns = append(s.Columns, table.Column{Name: name})
		}
		return &s.Columns[i]
	}
	for _, k := range o.kinds {
		column(k.column).Kind = kindNamed(k.text)
	}
	for _, l := range o.layouts {
		column(l.column).Layout = goLayout(l.text)
	}
	for _, l := range o.orders {
		column(l.column).Values = l.texts
	}
	for _, c := range o.coarsen {
		column(c.column).Coarsen = c.text
	}
	for _, name := range o.drop {
		column(name).Treat = table.Drop
	}
	opt.Schema = s
	return opt, nil
}

// kindNamed gives the kind that an option asks for.
func kindNamed(name string) table.Kind {
	switch name {
	case "category":
		return table.Category
	case "ordered":
		return table.Ordered
	case "number":
		return table.Decimal
	case "date":
		return table.Date
	case "id":
		return table.ID
	case "text":
		return table.Text
	}
	return table.Auto
}

// goLayout turns dd.mm.yyyy into the layout that the time package has. An m after an h is a minute. An order of single
// letters such as d/m/y stays, for package table finds the spelling by itself.
func goLayout(text string) string {
	if len(text) == 5 && strings.Trim(strings.ToLower(text), "dmy/") == "" {
		return strings.ToLower(text)
	}
	var b strings.Builder
	clock := false
	for i := 0; i < len(text); {
		letter := text[i] | 0x20
		n := 1
		for i+n < len(text) && text[i+n]|0x20 == letter && letter >= 'a' {
			n++
		}
		b.WriteString(layoutPart(letter, n, clock, text[i:i+n]))
		clock = clock || letter == 'h'
		i += n
	}
	return b.String()
}

// layoutPart gives n equal letters of a layout as the time package writes them; other signs stay.
func layoutPart(letter byte, n int, clock bool, sign string) string {
	one := map[byte]string{'d': "2", 'm': "1", 'y': "2006", 'h': "15", 's': "05"}
	two := map[byte]string{'d': "02", 'm': "01", 'y': "06", 'h': "15", 's': "05"}
	switch {
	case letter == 'm' && clock:
		return "04"
	case letter == 'y' && n > 2:
		return "2006"
	case n == 1 && one[letter] != "":
		return one[letter]
	case n > 1 && two[letter] != "":
		return two[letter]
	}
	return sign
}

// fitOptions are those of the library's Fit. The caller adds Stop, Checkpoint and Progress.
func (a *app) fitOptions(o *options) cohort.Options {
	return cohort.Options{
		Model: o.libraryModel(), Target: o.target, Level: o.level, Protect: o.protect, Seed: o.seed, NoRules: o.noRules,
		Budget: o.maxTime, Steps: o.steps, Memory: o.memory, Warn: a.warn,
		CTGAN: o.network(), GReaT: o.writer(),
	}
}

// sampleOptions are those of the library's Sample and Chunks. The caller adds Progress.
func (a *app) sampleOptions(o *options) (cohort.SampleOptions, error) {
	opt := cohort.SampleOptions{Rows: o.rows, Seed: o.seed, Strict: o.strict, Balance: o.balance, Shots: o.shots, BF16: o.bf16, Warn: a.warn}
	for _, text := range o.where {
		conds, err := table.ParseConds(text)
		if err != nil {
			return opt, err
		}
		opt.Where = append(opt.Where, conds...)
	}
	return opt, nil
}

// makeOptions are those of the library's Make. The caller adds Stop, Checkpoint and Progress.
func (a *app) makeOptions(o *options) (cohort.MakeOptions, error) {
	sample, err := a.sampleOptions(o)
	return cohort.MakeOptions{
		Fit: a.fitOptions(o), Sample: sample, SetAside: o.setAside, NoRefit: o.noRefit,
		Check: eval.Options{Target: o.target, Known: o.known, Sensitive: o.sensitive, Seed: o.seed, Warn: a.warn},
	}, err
}
