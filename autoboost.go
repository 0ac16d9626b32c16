package cohort

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/baseline"
	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer/column"
)

// A booster tells the target, of which people will want to know how far it can be predicted, by gradient boosting: one choice between two parts of
// its codes after another ([draw.Choices]), and so the whole distribution. It is told by all variables before it. N rows, D of those variables.
type booster struct {
	v       int32
	vars    []encode.Var
	before  []int32 // D: first parts
	choices *draw.Choices
	levels  []*boostLevel
	power   draw.Pool
}

// A boostLevel tells the choices of one depth. Of numbers it also knows what the choices before have left.
type boostLevel struct {
	Boost *ml.Boost   `json:"-"` // nil: Share tells it
	Share float64     // of the later part
	Rank  [][]float64 // [D][code]: of categories, how often the later part comes with each; nil for numbers
}

// boostSetting is what the likelihood of persons held out chooses from.
type boostSetting struct {
	Depth, Rounds int
	Eta, Least    float64 // of [ml.Boost]: Eta and MinChildWeight
}

var boostSettings = []boostSetting{{3, 100, 0.1, 2}, {4, 200, 0.06, 2}, {6, 200, 0.06, 2}, {6, 400, 0.04, 2}}

const (
	// boostRows is the most rows that are learned from, boostCodes the most codes of a target.
	boostRows, boostCodes = 50_000, 64
	// boostSmooth is how many rows the share of all counts for in that of one category.
	boostSmooth = 20
	// boostBudget is the shortest time to learn in which there is room for boosting.
	boostBudget = 20
)

// newBooster prepares a booster of the variable t, or gives nil where it has too many codes.
func newBooster(enc *encode.Encoder, order []int32, t *draw.Target) *booster {
	vars := enc.Vars()
	if t == nil || vars[t.V].Card < 2 || vars[t.V].Card > boostCodes {
		return nil
	}
	b := &booster{v: t.V, vars: vars, choices: draw.NewChoices(&vars[t.V])}
	for _, v := range draw.FirstParts(vars, order) {
		if v == t.V {
			break
		}
		b.before = append(b.before, v)
	}
	if len(b.before) == 0 {
		return nil
	}
	return b
}

// span is what choices have left of the codes of one row.
type span struct{ lo, hi int }

// fit learns the rows of codes [V][N].
func (b *booster) fit(codes [][]int32, rows []int, s boostSetting, seed uint64) error {
	b.levels = nil
	place := b.places()
	var open []int
	var left []span
	for _, i := range rows {
		if codes[b.v][i] >= 0 {
			open, left = append(open, i), append(left, span{0, len(place)})
		}
	}
	for depth := uint64(0); len(open) > 0; depth++ {
		y, later := make([]float64, len(open)), 0.0
		for j, i := range open {
			if place[codes[b.v][i]] >= b.choices.Cut(left[j].lo, left[j].hi) {
				y[j] = 1
				later++
			}
		}
		l := &boostLevel{Share: (later + 0.5) / (float64(len(open)) + 1)}
		b.levels = append(b.levels, l)
		l.rank(b, codes, open, y)
		if later > 0 && int(later) < len(open) {
			l.Boost = &ml.Boost{Classes: 2, Rounds: s.Rounds, Depth: s.Depth, Eta: s.Eta, MinChildWeight: s.Least, Lambda: 2, Subsample: 0.8, Seed: seed + depth}
			x := mat.NewDense(len(open), len(b.before)+1, nil)
			for j, i := range open {
				l.row(b, func(v int32) int32 { return codes[v][i] }, left[j], x.RawRowView(j))
			}
			if err := l.Boost.Fit(x, y); err != nil {
				return fmt.Errorf("boosting the target: %w", err)
			}
		}
		n := 0
		for j, i := range open {
			next := b.next(left[j], y[j] == 1)
			if next.hi-next.lo > 1 {
				open[n], left[n] = i, next
				n++
			}
		}
		open, left = open[:n], left[:n]
	}
	return nil
}

// places gives each code's place in the order of the choices.
func (b *booster) places() []int {
	place := make([]int, len(b.choices.Order))
	for i, c := range b.choices.Order {
		place[c] = i
	}
	return place
}

// next is what a choice leaves.
func (b *booster) next(s span, later bool) span {
	if cut := b.choices.Cut(s.lo, s.hi); later {
		s.lo = cut
	} else {
		s.hi = cut
	}
	return s
}

// rank finds how often the later part comes with each category.
func (l *boostLevel) rank(b *booster, codes [][]int32, rows []int, y []float64) {
	l.Rank = make([][]float64, len(b.before))
	for k, v := range b.before {
		if b.vars[v].Ordered {
			continue
		}
		sum, count := make([]float64, b.vars[v].Card), make([]float64, b.vars[v].Card)
		for j, i := range rows {
			if c := codes[v][i]; c >= 0 {
				sum[c] += y[j]
				count[c]++
			}
		}
		for c := range sum {
			sum[c] = (sum[c] + float64(boostSmooth*l.Share)) / (count[c] + boostSmooth)
		}
		l.Rank[k] = sum
	}
}

// row sets x, D + 1, to what a row is told by.
func (l *boostLevel) row(b *booster, code func(v int32) int32, left span, x []float64) {
	for k, v := range b.before {
		c := code(v)
		switch {
		case c < 0:
			x[k] = math.NaN()
		case l.Rank[k] != nil:
			x[k] = l.Rank[k][c]
		default:
			x[k] = float64(c)
			if n := int(v) + 1; b.vars[v].Parts > 1 {
				if fine := code(int32(n)); fine >= 0 {
					x[k] += (float64(fine) + 0.5) / float64(b.vars[n].Card)
				} else {
					x[k] += 0.5
				}
			}
		}
	}
	if x[len(b.before)] = 0; b.choices.Ordered {
		x[len(b.before)] = float64(left.lo)
	}
}

// later gives the probability of the later part of what is left, by row of x.
func (l *boostLevel) later(x *mat.Dense) ([]float64, error) {
	n, _ := x.Dims()
	if l.Boost == nil {
		p := make([]float64, n)
		for i := range p {
			p[i] = l.Share
		}
		return p, nil
	}
	m, err := l.Boost.Margin(x)
	if err != nil {
		return nil, fmt.Errorf("boosting the target: %w", err)
	}
	for i, z := range m[0] {
		m[0][i] = 1 / (1 + math.Exp(-z))
	}
	return m[0], nil
}

// scores gives the probability of the code of each of the rows of codes [V][N]; 1 where the target does not apply.
func (b *booster) scores(codes [][]int32, rows []int) ([]float64, error) {
	out, place := make([]float64, len(rows)), b.places()
	var open []int // places in rows
	left := make([]span, len(rows))
	for j, i := range rows {
		if out[j], left[j] = 1, (span{0, len(place)}); codes[b.v][i] >= 0 {
			open = append(open, j)
		}
	}
	for _, l := range b.levels {
		if len(open) == 0 {
			break
		}
		x := mat.NewDense(len(open), len(b.before)+1, nil)
		for k, j := range open {
			l.row(b, func(v int32) int32 { return codes[v][rows[j]] }, left[j], x.RawRowView(k))
		}
		p, err := l.later(x)
		if err != nil {
			return nil, err
		}
		n := 0
		for k, j := range open {
			before, is := out[j], place[codes[b.v][rows[j]]] >= b.choices.Cut(left[j].lo, left[j].hi)
			if out[j] *= p[k]; !is {
				out[j] = before - out[j]
			}
			if left[j] = b.next(left[j], is); left[j].hi-left[j].lo > 1 {
				open[n] = j
				n++
			}
		}
		open = open[:n]
	}
	return out, nil
}

// spread sets p to the probability of each code for one row.
func (b *booster) spread(code func(v int32) int32, p []float64) {
	clear(p)
	spans, have := []span{{0, len(p)}}, []float64{1}
	for _, l := range b.levels {
		later, next, q := l.one(b, code, spans), []span(nil), []float64(nil)
		for i, s := range spans {
			for _, way := range []bool{false, true} {
				part := have[i] * later[i]
				if !way {
					part = have[i] - part
				}
				if t := b.next(s, way); t.hi-t.lo == 1 {
					p[b.choices.Order[t.lo]] = part
				} else {
					next, q = append(next, t), append(q, part)
				}
			}
		}
		spans, have = next, q
	}
	for i, s := range spans { // no row learned came here
		for _, c := range b.choices.Order[s.lo:s.hi] {
			p[c] = have[i] / float64(s.hi-s.lo)
		}
	}
}

// one gives the probability of the later part for one row and each of what its choices may have left.
func (l *boostLevel) one(b *booster, code func(v int32) int32, spans []span) []float64 {
	if len(spans) == 0 {
		return nil
	}
	x := mat.NewDense(len(spans), len(b.before)+1, nil)
	for i, s := range spans {
		l.row(b, code, s, x.RawRowView(i))
	}
	p, err := l.later(x)
	if err != nil {
		panic("cohort: " + err.Error()) // what was learned, and what was checked when it was loaded, takes any row
	}
	return p
}

// boostHeld gives what the pool of boosting and trees, both of which have learned what a network had, says of the codes of the rows that it
// watched. Its settings, if they are not chosen yet, are those of the greatest likelihood.
func (s *stack) boostHeld(ctx context.Context, t *table.Table, o baseline.Options, h column.Held, trees draw.Source, chosen *boostSetting) (p []float64, err error) {
	if s.boost == nil {
		return nil, nil
	}
	codes, err := o.Encoder.Codes(t)
	if err != nil {
		return nil, err
	}
	try, first := boostSettings, chosen.Rounds == 0
	if !first {
		try = []boostSetting{*chosen}
	}
	best, rest, rows := math.Inf(-1), spaced(ints(h.Rest), boostRows), ints(h.Rows)
	var levels []*boostLevel
	for _, setting := range try {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := s.boost.fit(codes, rest, setting, o.Seed); err != nil {
			return nil, err
		}
		q, err := s.boost.scores(codes, rows)
		if err != nil {
			return nil, err
		}
		sum := 0.0
		for _, x := range q {
			sum += math.Log(max(x, leastTold))
		}
		if sum > best {
			best, levels, *chosen = sum, s.boost.levels, setting
		}
	}
	if s.boost.levels = levels; first {
		s.boost.choosePool(trees, codes, rows)
	}
	return s.boost.toldRows(trees, codes, rows), nil
}

// boostAll learns the whole table, if boosting has any weight.
func (s *stack) boostAll(ctx context.Context, t *table.Table, o baseline.Options, setting boostSetting) error {
	if s.boost == nil {
		return nil
	}
	if w := &s.weight[s.boost.v]; w[3] == 0 {
		s.boost = nil
		return nil
	}
	codes, err := o.Encoder.Codes(t)
	if err != nil {
		return err
	}
	if err := s.boost.fit(codes, spaced(every(t.Rows()), boostRows), setting, o.Seed); err != nil {
		return err
	}
	return ctx.Err()
}

// spaced gives at most n of x, from its whole length.
func spaced(x []int, n int) []int {
	if len(x) <= n {
		return x
	}
	out := make([]int, n)
	for i := range out {
		out[i] = x[i*len(x)/n]
	}
	return out
}

// every lists the numbers below n.
func every(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}
