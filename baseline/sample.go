package baseline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// SampleOptions say which rows Sample writes.
type SampleOptions struct {
	First, Rows int64 // row i is a function of the model, Seed, the conditions and i alone
	Seed        uint64
	Where       []table.Cond // holds in every row
	Strict      bool         // ErrNoRow for a row that can't be drawn with Where, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is 1, the learned distribution; less sharpens every distribution of codes, more flattens it
}

// ErrNoRow says that no row can meet the conditions, or, with Strict, that a row was not drawn in as many tries as allowed.
var ErrNoRow = errors.New("no row meets the conditions")

// tries is how often a row is drawn anew until it meets the conditions, and candidates how many rows are then drawn with
// the conditions set into them, for one of them to be picked.
const tries, candidates = 100, 16

// block is the number of rows that one goroutine draws together, column by column, so that the trees of a variable are
// at hand.
const block = 2048

// Sample writes rows. set is the number of rows into which a condition, or the balanced value, was set because it was not
// drawn in 100 tries. A condition that no row can meet gives an error that wraps [ErrNoRow]; other errors of the options
// are *[table.Error]. A cancelled ctx gives ctx.Err() within 100 ms.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	if opt.First < 0 || opt.Rows < 0 {
		panic(fmt.Sprintf("baseline: Sample of %d rows from %d", opt.Rows, opt.First))
	}
	s, err := m.sampler(opt)
	if err != nil {
		return nil, 0, err
	}
	cells := m.cells(int(opt.Rows))
	blocks := int((opt.Rows + block - 1) / block)
	var count, failed atomic.Int64
	run.Parallel(blocks, func(i int) {
		from := int64(i) * block
		n := min(block, opt.Rows-from)
		if failed.Load() == 0 && ctx.Err() == nil && !s.rows(ctx, opt.First+from, int(n), int(from), cells, &count) {
			failed.Add(1)
		}
	})
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	if failed.Load() > 0 {
		return nil, 0, noRow("", "a row that meets them was not found", "ask for less")
	}
	t, err = m.enc.Build(opt.Seed, opt.First, cells)
	return t, count.Load(), err
}

func noRow(column, reason, fix string) error {
	return &table.Error{Code: "no-row", Column: column, Reason: "the conditions: " + reason, Fix: fix, Err: ErrNoRow}
}

// cells makes room for n rows; columns that are made without cells stay nil, all but one.
func (m *Model) cells(n int) [][]int64 {
	cells := make([][]int64, len(m.Schema().Columns))
	for _, v := range m.enc.Vars() {
		if cells[v.Col] == nil {
			cells[v.Col] = make([]int64, n)
		}
	}
	if len(m.enc.Vars()) == 0 {
		cells[0] = make([]int64, n)
		for i := range cells[0] {
			cells[0][i] = m.enc.Value(0, nil, free, nil)
		}
	}
	return cells
}

// A row is one row while it is drawn.
type row struct {
	r      rng.Stream
	codes  []int32  // by variable, as encode has them; -1 does not apply
	x      []uint16 // by variable, as trees have them: one more
	cells  []int64  // by column of the schema
	spans  []span   // by column of the rules
	noise  []float64
	dead   bool
	weight float64 // of a candidate: how likely it was that the conditions were met
}

// A worker draws the rows of one block.
type worker struct {
	*sampler
	path  []int32
	order []int32 // rows of the block by tree
	next  []int32 // tree by row of the block
	ok    []bool
	p, q  []float64
	spare []span
}

func (s *sampler) worker() *worker {
	return &worker{sampler: s, ok: make([]bool, s.m.widest), p: make([]float64, s.m.widest), q: make([]float64, s.m.widest)}
}

// newRows makes room for n rows, side by side.
func (s *sampler) newRows(n int) []row {
	v, c, q, f := len(s.m.enc.Vars()), len(s.m.Schema().Columns), len(s.m.rules.cols), len(s.m.columns)
	codes, x, cells := make([]int32, n*v), make([]uint16, n*v), make([]int64, n*c)
	spans, noise := make([]span, n*q), make([]float64, n*f)
	rows := make([]row, n)
	for i := range rows {
		rows[i] = row{codes: codes[i*v : (i+1)*v], x: x[i*v : (i+1)*v], cells: cells[i*c : (i+1)*c],
			spans: spans[i*q : (i+1)*q], noise: noise[i*f : (i+1)*f]}
	}
	return rows
}

// byTree gives the numbers of the rows in the order of the trees that they will ask about variable v, so that one tree
// after the other is in the processor's cache. What a row draws does not depend on it.
func (k *worker) byTree(rows []row, v int32) []int32 {
	trees := len(k.m.trees[v].Trees)
	k.order, k.next = k.order[:0], k.next[:0]
	for range rows {
		k.order = append(k.order, int32(len(k.order)))
	}
	if trees < 2 || k.m.blends[v] != nil {
		return k.order
	}
	start := make([]int32, trees+1)
	for i := range rows {
		r := rows[i].r // a copy, which draws what the row will draw
		k.next = append(k.next, int32(r.Intn(trees)))
		start[k.next[i]+1]++
	}
	for t := range trees {
		start[t+1] += start[t]
	}
	for i, t := range k.next {
		k.order[start[t]] = int32(i)
		start[t]++
	}
	return k.order
}

// restart forgets what was drawn of a row. forced says that conditions will be set into it.
func (s *sampler) restart(w *row, forced bool) {
	w.dead, w.weight = false, 1
	if forced {
		s.m.rules.start(w.spans, s.hull)
	} else {
		s.m.rules.start(w.spans, nil)
	}
}

// rows draws n rows from number first on into cells, from index at on. It is false where a row can't be drawn.
func (s *sampler) rows(ctx context.Context, first int64, n, at int, cells [][]int64, count *atomic.Int64) bool {
	k := s.worker()
	rows := s.newRows(n)
	for i := range rows {
		rows[i].r = rng.New(s.opt.Seed, rng.SampleCell, uint64(first)+uint64(i))
		s.restart(&rows[i], false)
	}
	for _, c := range s.m.columns {
		if ctx.Err() != nil {
			return false
		}
		want := s.wanted(c)
		for _, i := range k.byTree(rows, c.first) {
			if !rows[i].dead {
				k.column(&rows[i], c, want.at(first+int64(i)), false)
			}
		}
	}
	for i := range rows {
		w := &rows[i]
		if w.dead {
			if ctx.Err() != nil || !k.again(w, first+int64(i), count) {
				return false
			}
		}
		for c := range cells {
			if cells[c] != nil && s.m.drawn[c] {
				cells[c][at+i] = w.cells[c]
			}
		}
	}
	return true
}

// again draws a row whose first draw failed: anew, up to so many tries in all, and then with the conditions set into it.
func (k *worker) again(w *row, number int64, count *atomic.Int64) bool {
	w.r = rng.New(k.opt.Seed, rng.SampleTry, uint64(number))
	for range tries - 1 {
		if k.whole(w, number, false); !w.dead {
			return true
		}
	}
	if k.opt.Strict && k.conditions {
		return false
	}
	if k.conditions {
		count.Add(1)
	}
	best, total := k.newRows(1)[0], 0.0
	found := false
	for i := range 10 * candidates {
		if i >= candidates && found {
			break
		}
		if k.whole(w, number, true); w.dead {
			continue
		}
		total += w.weight
		if !found || float64(w.r.Float64()*total) < w.weight {
			copy(best.cells, w.cells)
			found = true
		}
	}
	copy(w.cells, best.cells)
	return found
}

// whole draws all columns of a row.
func (k *worker) whole(w *row, number int64, forced bool) {
	k.restart(w, forced)
	for _, c := range k.m.columns {
		if k.column(w, c, k.wanted(c).at(number), forced); w.dead {
			return
		}
	}
}

// column draws the parts of one column and its cell. want is the code that the first part must have, or -1. forced draws
// what conditions leave only; otherwise a row that does not meet them is dead.
func (k *worker) column(w *row, c drawn, want int32, forced bool) {
	lim, rule := free, k.m.rules.at[c.col]
	if rule >= 0 {
		k.spare = append(k.spare[:0], w.spans...)
		lim.Low, lim.High = k.m.rules.bounds(w.spans, rule, k.spare)
	}
	need := int32(-1)
	if forced {
		lim.Set, need = k.sets[c.col], want
	}
	draw := lim
	if c.sum != nil {
		if _, all, _ := k.m.rules.compute(c.sum, w.spans); all {
			// What is drawn here is whether the cell is empty, a mark or a number. Beside the one number that the rule
			// leaves, empty cells would be drawn far too often.
			draw.Low, draw.High = free.Low, free.High
		}
	}
	masked := forced && draw != free || need >= 0 || k.power != 1
	for p := range c.parts {
		v := c.first + int32(p)
		code := int32(-1)
		if p == 0 || k.m.enc.Applies(int(v), w.codes) {
			if masked {
				code = k.masked(w, v, draw, need)
			} else {
				code = k.code(w, v, draw)
			}
			if code < 0 {
				w.dead = true
				return
			}
			need = -1
		}
		w.codes[v], w.x[v] = code, uint16(code+1)
	}
	k.cell(w, c, lim)
	if !w.dead && !forced {
		w.dead = !k.meets(c, w, want)
	}
}

// cell decodes a column, or computes it where a rule says what it is.
func (k *worker) cell(w *row, c drawn, lim limit) {
	rule := k.m.rules.at[c.col]
	isNumber := w.codes[c.first] >= int32(c.scale)
	if s := c.sum; s != nil && isNumber {
		v, all, ok := k.m.rules.compute(s, w.spans)
		if all {
			w.dead = !ok || v < lim.Low || v > lim.High || lim.Set != nil && !has(lim.Set, v)
			k.m.enc.Code(c.col, v, w.codes)
			for p := range c.parts {
				w.x[c.first+int32(p)] = uint16(w.codes[c.first+int32(p)] + 1)
			}
			w.cells[c.col] = v
			k.m.rules.settle(w.spans, rule, v, true)
			k.score(w, c.first, w.codes[c.first])
			return
		}
	}
	w.cells[c.col] = k.m.enc.Value(c.col, w.codes, lim, &w.r)
	if rule >= 0 {
		k.m.rules.settle(w.spans, rule, w.cells[c.col], isNumber)
	}
}

// score draws the noise that stands behind the code of a variable, if a copula draws it.
func (k *worker) score(w *row, v, code int32) {
	if s := &k.m.sources[v]; k.m.factor != nil && s.part == 0 {
		k.m.noise(w.noise, k.m.place[v], s.z, code, &w.r)
	}
}

// code draws a code of a variable, given what has been drawn of the row, among those that lim leaves. Few draws fail
// as a rule, and to draw again is faster than to look at all codes. It is -1 if lim leaves none.
func (k *worker) code(w *row, v int32, lim limit) int32 {
	s := &k.m.sources[v]
	ok := s.left(w.codes)
	if lim != free || ok == nil {
		ok = k.ok[:s.card]
		if k.m.enc.Allowed(int(v), w.codes, lim, ok) == 0 {
			return -1
		}
	}
	for range 8 {
		if code := k.any(w, v); ok[code] {
			return code
		}
	}
	return k.masked(w, v, lim, -1)
}

// any draws a code without regard to the earlier parts of its column.
func (k *worker) any(w *row, v int32) int32 {
	f := &k.m.trees[v]
	if s := &k.m.sources[v]; k.m.factor != nil && s.part == 0 {
		return k.m.normal(w.noise, k.m.place[v], s.z, &w.r)
	}
	if len(f.Trees) == 0 {
		return k.m.sources[v].share(&w.r)
	}
	if b := k.m.blends[v]; b != nil {
		p := k.p[:len(b.shares)]
		k.path = b.spread(w.x, k.path, p, k.q)
		return pick(p, &w.r)
	}
	t := f.Trees[w.r.Intn(len(f.Trees))]
	k.path = t.Path(w.x, k.path[:0])
	for i := len(k.path) - 1; i >= 0; i-- {
		n := &t.Nodes[k.path[i]]
		all := float64(n.Count) + float64(f.Setting.Shrink*float64(n.Kinds))
		if float64(w.r.Uint32())*0x1p-32*all < float64(n.Count) {
			return int32(t.Codes[int(n.First)+w.r.Intn(int(n.Count))]) - 1
		}
	}
	return k.m.sources[v].share(&w.r)
}

// masked draws a code among those that lim and want leave, and multiplies the row's weight by how likely they were. It is
// -1 if none is left.
func (k *worker) masked(w *row, v int32, lim limit, want int32) int32 {
	card := k.m.sources[v].card
	ok, p := k.ok[:card], k.p[:card]
	if k.m.enc.Allowed(int(v), w.codes, lim, ok) == 0 {
		return -1
	}
	k.spread(w, v, p)
	if k.power != 1 {
		sharpen(p, k.power)
	}
	mass, left := 0.0, 0
	for c := range p {
		if !ok[c] || want >= 0 && int32(c) != want {
			p[c] = 0
			continue
		}
		// A code of no mass may be the only one that a condition leaves.
		p[c] += 1e-12
		left++
		mass += p[c]
	}
	if left == 0 {
		return -1
	}
	w.weight *= mass
	code := pick(p, &w.r)
	k.score(w, v, code)
	return code
}

// sharpen raises probabilities to a power and scales them to the sum 1.
func sharpen(p []float64, power float64) {
	most, total := 0.0, 0.0
	for _, x := range p {
		most = max(most, x)
	}
	for i, x := range p {
		if p[i] = 0; x > 0 {
			p[i] = math.Pow(x/most, power)
		}
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
}

// pick draws an index with probability in proportion to p, of which one at least is positive.
func pick(p []float64, r *rng.Stream) int32 {
	total := 0.0
	for _, x := range p {
		total += x
	}
	at := float64(r.Float64() * total)
	last := int32(0)
	for i, x := range p {
		if x <= 0 {
			continue
		}
		if last = int32(i); at < x {
			break
		}
		at -= x
	}
	return last
}

// spread gives the probability of every code of a variable: by its blend or one tree, picked at random, as any does.
func (k *worker) spread(w *row, v int32, p []float64) {
	f, s := &k.m.trees[v], &k.m.sources[v]
	if k.m.factor != nil && s.part == 0 {
		k.m.scores(w.noise, k.m.place[v], s.z, p)
		return
	}
	if b := k.m.blends[v]; b != nil {
		k.path = b.spread(w.x, k.path, p, k.q)
		return
	}
	rest := 1.0
	clear(p)
	if len(f.Trees) > 0 {
		t := f.Trees[w.r.Intn(len(f.Trees))]
		k.path = t.Path(w.x, k.path[:0])
		for i := len(k.path) - 1; i >= 0 && rest > 1e-3; i-- {
			n := &t.Nodes[k.path[i]]
			own := float64(n.Count) / (float64(n.Count) + float64(f.Setting.Shrink*float64(n.Kinds)))
			for _, c := range t.Codes[n.First : n.First+n.Count] {
				p[c-1] += rest * own / float64(n.Count)
			}
			rest *= 1 - own
		}
	}
	below := 0.0
	for c, u := range s.upTo {
		p[c] += float64(rest * (u - below))
		below = u
	}
}
