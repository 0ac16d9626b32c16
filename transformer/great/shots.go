package great

import (
	"fmt"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// unsaidShots is how many examples are shown where nothing is said.
const unsaidShots = 8

// examples writes rows of the caller's as text that stands before every row, a line each, chosen by the seed. Their cells are spelled as the
// columns that were learned, or that the schema has, can have them. It is an error where they and a row don't fit the context.
func (q *request) examples(opt SampleOptions) error {
	if opt.Examples == nil || opt.Examples.Rows() == 0 {
		if opt.Shots > 0 {
			return badOption("examples are asked for, and none are given", "give a table with rows, or leave the number out")
		}
		return nil
	}
	m := q.m
	if m.tok == nil || m.set.Preset != plus {
		return badOption("examples are text, which only preset plus reads", "leave them out")
	}
	codes, err := m.enc.Codes(opt.Examples)
	if err != nil {
		return err
	}
	shots := opt.Shots
	if shots == 0 {
		shots = unsaidShots
	}
	q.comma = true
	order := make([]int, opt.Examples.Rows())
	for i := range order {
		order[i] = i
	}
	rng.Shuffle(opt.Seed, rng.GreatShots, len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	row := make([]int32, len(codes))
	for k, i := range order[:min(shots, len(order))] {
		for v := range row {
			row[v] = codes[v][i]
		}
		r := rng.New(opt.Seed, rng.GreatShots, uint64(k)+1)
		ids, _ := m.s.row(m.s.order(&r), func(col int) int64 {
			return m.enc.Value(col, row, encode.Limit{Low: encode.NoLow, High: encode.NoHigh}, &r)
		}, false)
		q.prefix = append(slices.Concat(q.prefix, ids), m.tok.Encode("\n")...)
	}
	if n, most := len(q.prefix)+m.longest+1, m.net.Config.Positions; n > most {
		return &table.Error{Code: "row-too-long", Reason: fmt.Sprintf("the examples have %d tokens and the longest row %d, and the model takes %d",
			len(q.prefix), m.longest, most), Fix: "show fewer examples"}
	}
	return nil
}
