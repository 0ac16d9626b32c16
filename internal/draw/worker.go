package draw

import (
	"context"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A Source tells what a model has learned: the distribution of each variable, given what has been drawn of a row. It
// belongs to one goroutine. What it does with a row depends on that row alone.
type Source interface {
	// Begin hears that rows are begun anew, before any of their columns is drawn, so that it can draw a latent vector from
	// each row's stream and take all of them through a network together.
	Begin(rows []*Row)
	// Next hears that the column whose first variable is v is drawn next in all these rows. It gives the order, as indices
	// in rows, in which that is best done; nil is any. What a row draws does not depend on it.
	Next(rows []*Row, v int32) []int32
	// Draw draws a code of v, fast. It is asked again where rules or conditions forbid the code, and the last code stands,
	// unless Set says otherwise.
	Draw(w *Row, v int32) int32
	// Spread gives the probability of every code of v.
	Spread(w *Row, v int32, p []float64)
	// Set hears of a code that was not drawn by Draw: picked from what Spread gave, computed by a rule, or -1 where v does
	// not apply.
	Set(w *Row, v, code int32)
}

// A Releaser is a [Source] that hears when its worker is done, so that what it holds can be used again.
type Releaser interface{ Release() }

// A Row is one row while it is drawn.
type Row struct {
	Number int64 // in the sample; the balanced value depends on it
	Index  int   // among the rows of its Worker, all of which are alive at once: a place for a source's own state
	R      rng.Stream
	Codes  []int32 // by variable, as encode has them; -1 does not apply
	Cells  []int64 // by column of the schema
	Weight float64 // how likely it was that the conditions were met, where they were set
	chance float64 // the same, but without what keeps Weight above 0
	spans  []span  // by column of the rules
	sides  []uint8 // by group of columns of which one of each two is missing: 1 + which side has its cells, or 0
	dead   bool
}

// Dead tells whether rules or conditions left a column of the row no code, so that it is no row.
func (w *Row) Dead() bool { return w.dead }

// A Worker draws rows on one goroutine.
type Worker struct {
	sampler *Sampler
	plan    *Plan
	source  Source
	rows    []*Row
	live    []*Row
	ok      []bool
	p       []float64
	spare   []span
	given   *Given // what rows have already; nil: nothing
	at      []int  // by Index: the row of given
	later   *later // what rows know before their targets are drawn; nil: they are drawn with the others
	before  map[question]*table.Set
}

// Worker makes room for n rows, side by side, which source, itself made for rows with an Index below n, tells.
func (s *Sampler) Worker(source Source, n int) *Worker {
	v, c, q := len(s.plan.vars), len(s.plan.drawn), len(s.plan.rules.cols)
	codes, cells, spans, rows := make([]int32, n*v), make([]int64, n*c), make([]span, n*q), make([]Row, n)
	g := s.plan.rules.pairs.groups
	sides := make([]uint8, n*g)
	k := &Worker{sampler: s, plan: s.plan, source: source, rows: make([]*Row, n), live: make([]*Row, n),
		ok: make([]bool, s.plan.widest), p: make([]float64, s.plan.widest), before: map[question]*table.Set{}}
	for i := range rows {
		rows[i] = Row{Index: i, Codes: codes[i*v : (i+1)*v], Cells: cells[i*c : (i+1)*c], spans: spans[i*q : (i+1)*q],
			sides: sides[i*g : (i+1)*g]}
		k.rows[i] = &rows[i]
	}
	return k
}

// Draw draws all columns of rows, some of [Worker.Rows], whose Number and R the caller has set. forced sets the conditions
// into them; otherwise rows that do not meet them are dead. Its error is that of ctx, and then the rows are good for
// nothing.
func (k *Worker) Draw(ctx context.Context, rows []*Row, forced bool) error {
	for _, w := range rows {
		k.restart(w, forced)
	}
	k.source.Begin(rows)
	live := k.live[:copy(k.live, rows)]
	for i := range k.plan.columns {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := &k.plan.columns[i]
		if k.later != nil && i == k.plan.even.col {
			break
		}
		want, order := k.sampler.wanted(c), k.source.Next(live, c.first)
		left := 0
		for i, w := range live {
			if order != nil {
				w = live[order[i]]
			}
			if k.column(w, c, want.at(w.Number), forced); !w.dead {
				left++
			}
		}
		if left == len(live) {
			continue
		}
		if live = alive(live); len(live) == 0 {
			break
		}
	}
	return nil
}

// Rows gives the worker's rows.
func (k *Worker) Rows() []*Row { return k.rows }

// alive moves the rows that are not dead to the front.
func alive(rows []*Row) []*Row {
	n := 0
	for _, w := range rows {
		if !w.dead {
			rows[n] = w
			n++
		}
	}
	return rows[:n]
}

// restart forgets what was drawn of a row. forced says that conditions will be set into it.
func (k *Worker) restart(w *Row, forced bool) {
	w.dead, w.Weight, w.chance = false, 1, 1
	clear(w.sides)
	if forced {
		k.plan.rules.start(w.spans, k.sampler.hull)
	} else {
		k.plan.rules.start(w.spans, nil)
	}
}

// column draws the parts of one column and its cell. want is the code that the first part must have, or -1. forced draws
// what conditions leave only; otherwise a row that does not meet them is dead.
func (k *Worker) column(w *Row, c *column, want int32, forced bool) {
	if k.given != nil && k.given.Cols[c.col] {
		k.take(w, c)
		return
	}
	lim, rule := free, k.plan.rules.at[c.col]
	if rule >= 0 {
		k.spare = append(k.spare[:0], w.spans...)
		lim.Low, lim.High = k.plan.rules.bounds(w.spans, rule, k.spare)
	}
	lim.Set = k.left(w, c, forced)
	need := int32(-1)
	if forced {
		need = want
	}
	draw := lim
	if c.sum != nil {
		if _, all, _ := k.plan.rules.compute(c.sum, w.spans); all {
			// What is drawn here is whether the cell is empty, a mark or a number. Beside the one number that the rule
			// leaves, empty cells would be drawn far too often.
			draw.Low, draw.High = free.Low, free.High
		}
	}
	image := k.image(w, c, lim, need)
	if image.decided {
		draw, need = image.draw, -1
	}
	masked := forced && draw != free || need >= 0 || k.sampler.power != 1
	for p := range c.parts {
		v := c.first + int32(p)
		code := int32(-1)
		if p == 0 || k.plan.enc.Applies(int(v), w.Codes) {
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
		} else {
			k.source.Set(w, v, code)
		}
		w.Codes[v] = code
	}
	if image.fixed && w.Codes[c.first] >= int32(c.scale) {
		k.put(w, c, image.value)
	} else {
		k.cell(w, c, lim)
	}
	k.note(w, c.col)
	if !w.dead && !forced {
		w.dead = !k.sampler.meets(c, w, want)
	}
}

// cell decodes a column, or computes it where a rule says what it is.
func (k *Worker) cell(w *Row, c *column, lim encode.Limit) {
	rule := k.plan.rules.at[c.col]
	isNumber := w.Codes[c.first] >= int32(c.scale)
	if s := c.sum; s != nil && isNumber {
		v, all, ok := k.plan.rules.compute(s, w.spans)
		if all {
			w.dead = !ok || v < lim.Low || v > lim.High || lim.Set != nil && !has(lim.Set, v)
			k.put(w, c, v)
			return
		}
	}
	w.Cells[c.col] = k.plan.enc.Value(c.col, w.Codes, lim, &w.R)
	if rule >= 0 {
		k.plan.rules.settle(w.spans, rule, w.Cells[c.col], isNumber)
	}
}

// put writes a value that a rule says.
func (k *Worker) put(w *Row, c *column, v int64) {
	k.plan.enc.Code(c.col, v, w.Codes)
	w.Cells[c.col] = v
	if rule := k.plan.rules.at[c.col]; rule >= 0 {
		k.plan.rules.settle(w.spans, rule, v, true)
	}
	for p := range int32(c.parts) {
		k.source.Set(w, c.first+p, w.Codes[c.first+p])
	}
}

// code draws a code of a variable, given what has been drawn of the row, among those that lim leaves. Few draws fail
// as a rule, and to draw again is faster than to look at all codes. It is -1 if lim leaves none.
func (k *Worker) code(w *Row, v int32, lim encode.Limit) int32 {
	x := &k.plan.vars[v]
	ok := x.left(w.Codes)
	if lim != free || ok == nil {
		ok = k.ok[:x.card]
		if k.plan.enc.Allowed(int(v), w.Codes, lim, ok) == 0 {
			return -1
		}
	}
	for range 8 {
		if code := k.source.Draw(w, v); ok[code] {
			return code
		}
	}
	return k.masked(w, v, lim, -1)
}

// tiny is added to the probability of each code that a limit leaves, as one of no mass may be the only one.
const tiny = 1e-12

// masked draws a code among those that lim and want leave, and multiplies the row's weight by how likely they were. It is
// -1 if none is left.
func (k *Worker) masked(w *Row, v int32, lim encode.Limit, want int32) int32 {
	card := k.plan.vars[v].card
	ok, p := k.ok[:card], k.p[:card]
	if k.plan.enc.Allowed(int(v), w.Codes, lim, ok) == 0 {
		return -1
	}
	k.source.Spread(w, v, p)
	if k.sampler.power != 1 {
		sharpen(p, k.sampler.power)
	}
	mass, left := 0.0, 0
	for c := range p {
		if !ok[c] || want >= 0 && int32(c) != want {
			p[c] = 0
			continue
		}
		p[c] += tiny
		left++
		mass += p[c]
	}
	if left == 0 {
		return -1
	}
	w.Weight *= mass
	w.chance *= max(mass-float64(tiny*float64(left)), 0)
	code := Pick(p, &w.R)
	k.source.Set(w, v, code)
	return code
}

// store copies a row's cells to place i of a table's.
func (k *Worker) store(w *Row, cells [][]int64, i int) {
	for c := range cells {
		if cells[c] != nil && k.plan.drawn[c] {
			cells[c][i] = w.Cells[c]
		}
	}
}
