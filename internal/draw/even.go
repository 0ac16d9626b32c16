package draw

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sort"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A column that others will want to predict, the target, can be drawn evenly: not row by row, but for a block of rows together, by the cube
// method, so that what a model learns from the rows has less of the noise of drawing. Each row has the probabilities that it had; how often a
// value comes with what is known of the other columns is as expected, and not by luck. N rows, K codes.

const (
	// evenBlock is the most rows, evenFeatures the most features and evenCodes the most codes for which time allows it.
	evenBlock, evenFeatures, evenCodes = 4096, 512, 64
	// evenLearned is the most rows learned.
	evenLearned = 40_000
	// evenPairs is the number of features that are multiplied by one another, leastVariance what it takes to be a feature.
	evenPairs, leastVariance = 40, 0.002
	// scoreBins is the number of bins of what is expected of the target, each of which is a feature.
	scoreBins = 8
)

// even is how a target is drawn.
type even struct {
	col      int // in the plan
	rows     int // of a block
	base     []feature
	products [][2]int // of base
}

// A feature of a row is a function of the code of one variable.
type feature struct {
	v        int32
	x        []float64 // by code
	variance float64
}

// Even lets the target be drawn evenly in samples without conditions. It changes nothing where there is none, where it has several parts, stands
// in a rule, or has too many codes, and where so many rows were learned that luck matters little.
func (p *Plan) Even(t *Target) {
	last := len(p.columns) - 1
	if t == nil || t.Rows < 1 || t.Rows > evenLearned || last < 1 {
		return
	}
	v, rows := t.V, t.Rows
	if p.columns[last].first != v || p.columns[last].parts > 1 || p.rules.names(p.columns[last].col) || p.vars[v].card > evenCodes {
		return
	}
	blocks := (rows + evenBlock - 1) / evenBlock
	e := &even{col: last, rows: (rows + blocks - 1) / blocks}
	for _, c := range p.columns[:last] {
		e.base = append(e.base, features(&p.enc.Vars()[c.first], c.first)...)
	}
	slices.SortStableFunc(e.base, func(a, b feature) int { return cmp.Compare(b.variance, a.variance) })
	most := evenFeatures - scoreBins - 1
	e.base = e.base[:min(len(e.base), most)]
	e.pair(most - len(e.base))
	p.even = e
}

// features are those of one variable: of numbers the place among all and the quarters, of categories each that is not too rare.
func features(x *encode.Var, v int32) (out []feature) {
	add := func(f func(c int, below float64) float64) {
		t, mean, square, below := feature{v: v, x: make([]float64, x.Card)}, 0.0, 0.0, 0.0
		for c, share := range x.Share {
			y := f(c, below)
			t.x[c] = y
			mean += float64(share * y)
			square += float64(share * float64(y*y))
			below += share
		}
		if t.variance = square - float64(mean*mean); t.variance >= leastVariance {
			out = append(out, t)
		}
	}
	if x.Ordered && x.Card > 3 {
		add(func(c int, below float64) float64 { return math.Sqrt(12) * (below + x.Share[c]/2 - 0.5) })
		for _, q := range []float64{0.25, 0.5, 0.75} {
			add(func(c int, below float64) float64 { return truth(below+x.Share[c]/2 > q) })
		}
		return out
	}
	for k := range x.Card - 1 { // the last one follows
		add(func(c int, _ float64) float64 { return truth(c == k) })
	}
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// pair lists the products of most variance if the columns did not depend on each other.
func (e *even) pair(most int) {
	type product struct {
		of       [2]int
		variance float64
	}
	var all []product
	for a := range min(len(e.base), evenPairs) {
		for b := range a {
			if f, g := &e.base[a], &e.base[b]; f.v != g.v {
				all = append(all, product{[2]int{a, b}, f.variance * g.variance})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b product) int { return cmp.Compare(b.variance, a.variance) })
	for _, p := range all[:max(min(len(all), most), 0)] {
		e.products = append(e.products, p.of)
	}
}

// EvenRows is how many rows from one whose number is a multiple of it are drawn together; 0 is each on its own.
func (p *Plan) EvenRows() int64 {
	if p.even == nil {
		return 0
	}
	return int64(p.even.rows)
}

// later is what the rows of one call know before their targets are drawn.
type later struct {
	codes [][]int32 // by variable and row
	p     []float64 // by row: K
}

// evenly tells whether the target is drawn evenly.
func (s *Sampler) evenly() bool { return s.plan.even != nil && !s.conditions && s.opt.Candidates == 0 }

// evenRows is Rows where the target is drawn evenly: whole blocks of rows are drawn, also where only some of their rows are asked.
func (s *Sampler) evenRows(ctx context.Context, newSource func(n int) Source) (*table.Table, int64, error) {
	e := s.plan.even
	size := int64(e.rows)
	from := s.opt.First / size * size
	all := *s
	all.opt.First, all.opt.Rows = from, (s.opt.First+s.opt.Rows+size-1)/size*size-from
	n, card := int(all.opt.Rows), s.plan.vars[s.plan.columns[e.col].first].card
	l := &later{p: make([]float64, n*card)}
	for range s.plan.vars {
		l.codes = append(l.codes, make([]int32, n))
	}
	cells, set, err := all.cells(ctx, newSource, l)
	if err != nil {
		return nil, 0, err
	}
	run.Parallel(n/e.rows, func(b int) {
		if ctx.Err() == nil {
			all.target(l, cells, b*e.rows, e.rows)
		}
	})
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	skip := int(s.opt.First - from)
	for c := range cells {
		if cells[c] != nil {
			cells[c] = cells[c][skip : skip+int(s.opt.Rows)]
		}
	}
	t, err := s.plan.enc.Build(s.opt.Seed, s.opt.First, cells)
	return t, set, err
}

// wait notes what is known of rows whose targets are drawn later, if they are.
func (k *Worker) wait(rows []*Row) {
	if k.later == nil || len(rows) == 0 {
		return
	}
	k.source.Next(rows, k.plan.columns[k.plan.even.col].first)
	for _, w := range rows {
		k.expect(w, int(w.Number-k.sampler.opt.First))
	}
}

// expect notes what is known of a row, of place i.
func (k *Worker) expect(w *Row, i int) {
	c := &k.plan.columns[k.plan.even.col]
	x := &k.plan.vars[c.first]
	for v, code := range w.Codes {
		k.later.codes[v][i] = code
	}
	p := k.later.p[i*x.card : (i+1)*x.card]
	k.average(w, c.first, p)
	if k.sampler.power != 1 {
		sharpen(p, k.sampler.power)
	}
	sum := 0.0
	for code, ok := range x.leaves {
		if p[code] += tiny; !ok {
			p[code] = 0
		}
		sum += p[code]
	}
	for code := range p {
		p[code] /= sum
	}
}

// An Averager is a [Source] whose Spread depends on chance. Average is the mean over it.
type Averager interface {
	Average(w *Row, v int32, p []float64)
}

func (k *Worker) average(w *Row, v int32, p []float64) {
	if a, ok := k.source.(Averager); ok {
		a.Average(w, v, p)
		return
	}
	k.source.Spread(w, v, p)
}

// target draws the targets of a block of n rows, from place at on.
func (s *Sampler) target(l *later, cells [][]int64, at, n int) {
	c := &s.plan.columns[s.plan.even.col]
	x := &s.plan.enc.Vars()[c.first]
	r := rng.New(s.opt.Seed, rng.DrawEven, uint64(s.opt.First+int64(at)))
	d := newDivision(x, l.p[at*x.Card:(at+n)*x.Card], n)
	for rows := d.open(); len(rows) > 0; rows = d.open() {
		q := d.halve(rows)
		m := s.plan.even.matrix(l, at, rows, d)
		balanced(q, m, min(max(len(rows)/3, 1), evenFeatures), &r)
		d.divide(rows, q)
	}
	row := make([]int32, len(s.plan.vars))
	for i := range n {
		for v := range row {
			row[v] = l.codes[v][at+i]
		}
		row[c.first] = d.Order[d.lo[i]]
		stream := rng.New(s.opt.Seed, rng.DrawEven, 1<<63|uint64(s.opt.First+int64(at+i)))
		cells[c.col][at+i] = s.plan.enc.Value(c.col, row, free, &stream)
	}
}

// matrix gives the features of some rows of a block.
func (e *even) matrix(l *later, at int, rows []int, d *division) *matrix {
	m, base := newMatrix(), make([]float64, len(e.base))
	edges := quantiles(d.score)
	for j, i := range rows {
		scale := d.scale[j]
		m.add(0, 1)
		m.add(1, scale*d.score[j])
		if bin := sort.SearchFloat64s(edges, d.score[j]); bin < len(edges) {
			m.add(2+bin, scale)
		}
		for k := range e.base {
			f := &e.base[k]
			if base[k] = 0; l.codes[f.v][at+i] >= 0 {
				base[k] = f.x[l.codes[f.v][at+i]]
			}
			m.add(1+scoreBins+k, scale*base[k])
		}
		for k, p := range e.products {
			m.add(1+scoreBins+len(base)+k, scale*base[p[0]]*base[p[1]])
		}
		m.end()
	}
	return m
}

// quantiles gives the scoreBins - 1 numbers that part x into bins of as many each.
func quantiles(x []float64) []float64 {
	sorted := slices.Sorted(slices.Values(x))
	edges := make([]float64, scoreBins-1)
	for k := range edges {
		edges[k] = sorted[(k+1)*len(sorted)/scoreBins]
	}
	return edges
}

// A division narrows down the codes of N rows.
type division struct {
	*Choices
	p      []float64 // N by K, in the order of Order
	k      int
	lo, hi []int     // by row: what is left, in the order of Order
	score  []float64 // by open row: what is expected of the code
	scale  []float64 // by open row: how much the choice matters
}

func newDivision(x *encode.Var, p []float64, n int) *division {
	d := &division{Choices: NewChoices(x), k: x.Card, lo: make([]int, n), hi: make([]int, n)}
	for i := range n {
		d.hi[i] = d.k
		for _, c := range d.Order {
			d.p = append(d.p, p[i*d.k+int(c)])
		}
	}
	return d
}

// open lists the rows with several codes left.
func (d *division) open() (rows []int) {
	for i := range d.lo {
		if d.hi[i]-d.lo[i] > 1 {
			rows = append(rows, i)
		}
	}
	return rows
}

// halve gives the probability of the later part, by open row, and sets score and scale.
func (d *division) halve(rows []int) (q []float64) {
	d.score, d.scale = d.score[:0], d.scale[:0]
	for _, i := range rows {
		p, cut := d.p[i*d.k:(i+1)*d.k], d.Cut(d.lo[i], d.hi[i])
		early, first := moments(p, d.lo[i], cut)
		late, second := moments(p, cut, d.hi[i])
		x := 0.0
		if late > 0 {
			x = late / (early + late)
		}
		score, scale := x, 1.0
		if d.Ordered {
			_, score = moments(p, 0, d.k)
			scale = (second - first) / float64(d.k)
		}
		q, d.score, d.scale = append(q, x), append(d.score, score), append(d.scale, scale)
	}
	return q
}

// moments gives the sum of p from lo to hi, and the mean place.
func moments(p []float64, lo, hi int) (sum, mean float64) {
	for c := lo; c < hi; c++ {
		sum += p[c]
		mean += float64(p[c] * float64(c))
	}
	if sum == 0 {
		return 0, float64(lo+hi-1) / 2
	}
	return sum, mean / sum
}

// divide takes the later part where late is 1.
func (d *division) divide(rows []int, late []float64) {
	for j, i := range rows {
		if cut := d.Cut(d.lo[i], d.hi[i]); late[j] == 1 {
			d.lo[i] = cut
		} else {
			d.hi[i] = cut
		}
	}
}
