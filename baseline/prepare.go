package baseline

import (
	"sort"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table/encode"
)

type limit = encode.Limit

// free is the limit that leaves everything.
var free = limit{Low: encode.NoLow, High: encode.NoHigh}

// A sketch is what a model computes from what it holds, once, for all samples.
type sketch struct {
	rules   *rules
	columns []drawn  // in the order in which they are drawn
	drawn   []bool   // by column of the schema: it has variables
	sources []source // by variable
	blends  []*blend // by variable; nil where one tree tells
	place   []int    // by variable: its number among the first parts, in the order in which they are drawn
	widest  int      // the most codes that a variable has
}

// drawn is a column with variables.
type drawn struct {
	col   int
	first int32 // its first variable
	parts int
	scale int  // codes below it are no numbers
	sum   *sum // how it is computed, or nil
}

// source is what a variable is drawn from where no tree has been asked, and which of its codes an earlier part leaves.
type source struct {
	part, card int
	upTo       []float64 // shares of all codes up to this one; the last is 1
	z          []float64 // their normal quantiles
	before     int32     // the variable before it, of which leaves is told
	leaves     []bool    // part 0: its codes. Part 1: codes of part 0 by codes of this one. Nil for later parts
}

// left tells which codes the earlier parts of a row leave, or nil where there is no table of that.
func (s *source) left(codes []int32) []bool {
	if s.part == 0 {
		return s.leaves
	}
	if s.leaves == nil {
		return nil
	}
	from := int(codes[s.before]) * s.card
	return s.leaves[from : from+s.card]
}

// share draws a code by its share.
func (s *source) share(r *rng.Stream) int32 {
	u := r.Float64()
	return int32(sort.Search(len(s.upTo)-1, func(i int) bool { return u < s.upTo[i] }))
}

// prepare computes the sketch.
func (m *Model) prepare() (err error) {
	if m.rules, err = newRules(m.enc); err != nil {
		return err
	}
	vars := m.enc.Vars()
	m.drawn = make([]bool, len(m.Schema().Columns))
	m.place = make([]int, len(vars))
	for i, v := range firstParts(vars, m.order) {
		x := &vars[v]
		m.place[v] = i
		m.drawn[x.Col] = true
		d := drawn{col: x.Col, first: v, parts: x.Parts, scale: x.Scale}
		for j := range m.rules.sums {
			if s := &m.rules.sums[j]; m.rules.cols[s.computed] == x.Col {
				d.sum = s
			}
		}
		m.columns = append(m.columns, d)
	}
	m.sources, m.blends = make([]source, len(vars)), make([]*blend, len(vars))
	for v := range vars {
		m.sources[v] = newSource(m.enc, v)
		m.widest = max(m.widest, vars[v].Card)
		if f := &m.trees[v]; f.Setting.Power > 0 && len(f.Trees) > 0 {
			m.blends[v] = newBlend(f.Trees, vars[v].Share, f.Setting, f.Linear)
		}
	}
	return nil
}

func newSource(enc *encode.Encoder, v int) source {
	x := &enc.Vars()[v]
	s := source{part: x.Part, card: x.Card, before: int32(v) - 1}
	sum := 0.0
	for _, p := range x.Share {
		sum += p
		s.upTo = append(s.upTo, min(sum, 1))
	}
	s.upTo[len(s.upTo)-1] = 1
	s.z = quantiles(s.upTo)
	row, ok := make([]int32, len(enc.Vars())), make([]bool, x.Card)
	switch x.Part {
	case 0:
		enc.Allowed(v, row, free, ok)
		s.leaves = ok
	case 1:
		earlier := enc.Vars()[v-1].Card
		s.leaves = make([]bool, earlier*x.Card)
		for c := range earlier {
			row[v-1] = int32(c)
			if enc.Applies(v, row) && enc.Allowed(v, row, free, ok) > 0 {
				copy(s.leaves[c*x.Card:], ok)
			}
		}
	}
	return s
}
