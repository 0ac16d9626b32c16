package main

import (
	"bytes"
	"io"
	"slices"

	"example.org/cohort/table"
)

// readLike reads a table with the kinds of the columns of another, whose values it can have, too. Unlike in a table that is read with a
// schema, it may have further ones: what protection keeps out of a model is in the table that was learned.
func readLike(r io.Reader, like *table.Schema, opt table.ReadOptions) (*table.Table, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	open, first := *like, opt
	open.Columns = slices.Clone(like.Columns)
	for i := range open.Columns {
		c := &open.Columns[i]
		c.Values, c.Missing = nil, nil
		if c.Kind == table.Ordered {
			c.Kind = table.Category // whose values need no order
		}
	}
	first.Schema, first.Warn = &open, nil
	t, err := table.ReadCSV(bytes.NewReader(data), first)
	if err != nil {
		return nil, err
	}
	full := *like
	full.Columns = slices.Clone(like.Columns)
	for i := range full.Columns {
		c := &full.Columns[i]
		has, err := t.Schema().Column(c.Name)
		if err != nil {
			continue // the model says what lacks
		}
		c.Missing = with(c.Missing, has.Missing)
		if c.Kind == table.Category || c.Kind == table.Ordered {
			c.Values = with(c.Values, has.Values)
		}
	}
	opt.Schema = &full
	return table.ReadCSV(bytes.NewReader(data), opt)
}

// with gives the texts of a and then those of b that are not among them.
func with(a, b []string) []string {
	out := slices.Clone(a)
	for _, text := range b {
		if !slices.Contains(a, text) {
			out = append(out, text)
		}
	}
	return out
}
