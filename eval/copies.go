package eval

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// A rowIndex finds the rows of a table of real people that equal a row in every learned column. Hashes only lead to
// candidates; equality is seen to.
type rowIndex struct {
	real    *side
	cols    []int
	first   map[uint64]int32 // by hash: a class
	next    []int32          // by class: another of the same hash, or -1
	row     []int32          // by class: a real row of it
	several []bool           // by class: more than one real person has it
	class   []int32          // by real row
}

// A cancelled context leaves it unfinished, as it does the counts below: the caller gives them up.
func newRowIndex(ctx context.Context, real *side, cols []int) *rowIndex {
	x := &rowIndex{real: real, cols: cols, first: make(map[uint64]int32, real.rows), class: make([]int32, real.rows)}
	for r := range real.rows {
		if r%4096 == 0 && ctx.Err() != nil {
			break
		}
		h := x.hash(real, r)
		c := x.lookup(real, r, h)
		if c < 0 {
			c = int32(len(x.row))
			head, old := x.first[h]
			if !old {
				head = -1
			}
			x.first[h] = c
			x.next = append(x.next, head)
			x.row = append(x.row, int32(r))
			x.several = append(x.several, false)
		}
		x.class[r] = c
		if real.person[r] != real.person[x.row[c]] {
			x.several[c] = true
		}
	}
	return x
}

// find gives the class of a row, or -1 if no real row equals it.
func (x *rowIndex) find(s *side, row int) int32 { return x.lookup(s, row, x.hash(s, row)) }

func (x *rowIndex) lookup(s *side, row int, h uint64) int32 {
	c, ok := x.first[h]
	if !ok {
		return -1
	}
	for ; c >= 0; c = x.next[c] {
		if x.equal(s, row, int(x.row[c])) {
			return c
		}
	}
	return -1
}

func (x *rowIndex) equal(s *side, row, real int) bool {
	for _, col := range x.cols {
		if s.cells[col].key(row) != x.real.cells[col].key(real) {
			return false
		}
	}
	return true
}

func (x *rowIndex) hash(s *side, row int) uint64 {
	h := uint64(14695981039346656037)
	for _, col := range x.cols {
		k := s.cells[col].key(row)
		bits := uint64(uint32(k.code))
		if k.code == isNumber && k.num != 0 { // 0 and -0 are equal
			bits = math.Float64bits(k.num)
		}
		h = (h ^ bits) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

// A tally is how many of n persons something holds for.
type tally struct{ x, n int }

func (t tally) share() float64 { return float64(t.x) / float64(max(t.n, 1)) }

func (t tally) plus(u tally) tally { return tally{t.x + u.x, t.n + u.n} }

// tallyOf counts hits.
func tallyOf(hit []bool) tally {
	t := tally{n: len(hit)}
	for _, h := range hit {
		if h {
			t.x++
		}
	}
	return t
}

// copied counts the persons of a side with a row that a real person has; of the real table itself, that another one has.
func (x *rowIndex) copied(ctx context.Context, s *side) tally {
	hit := make([]bool, s.persons)
	for r := range s.rows {
		if r%4096 == 0 && ctx.Err() != nil {
			break
		}
		switch {
		case s == x.real:
			hit[s.person[r]] = hit[s.person[r]] || x.several[x.class[r]]
		case !hit[s.person[r]]:
			hit[s.person[r]] = x.find(s, r) >= 0
		}
	}
	return tallyOf(hit)
}

// whole counts the persons of a side all of whose rows, taken together, are those of one real person; of the real table
// itself, of another one. Of people with several rows each row may be anybody's by chance.
func (x *rowIndex) whole(ctx context.Context, s *side) tally {
	real := x.signatures(ctx, x.real)
	holders := make(map[string]int, len(real))
	for _, sign := range real {
		holders[sign]++
	}
	signs, least := real, 2
	if s != x.real {
		signs, least = x.signatures(ctx, s), 1
	}
	hit := make([]bool, s.persons)
	for p, sign := range signs {
		hit[p] = sign != "" && holders[sign] >= least
	}
	return tallyOf(hit)
}

// signatures gives for each person the classes of all rows; "" where one of them is no real row.
func (x *rowIndex) signatures(ctx context.Context, s *side) []string {
	classes := make([][]int32, s.persons)
	for r := range s.rows {
		if r%4096 == 0 && ctx.Err() != nil {
			break
		}
		c := int32(-1)
		if s == x.real {
			c = x.class[r]
		} else {
			c = x.find(s, r)
		}
		classes[s.person[r]] = append(classes[s.person[r]], c)
	}
	out := make([]string, s.persons)
	for p, list := range classes {
		slices.Sort(list)
		if len(list) == 0 || list[0] < 0 {
			continue
		}
		var b []byte
		for _, c := range list {
			b = binary.LittleEndian.AppendUint32(b, uint32(c))
		}
		out[p] = string(b)
	}
	return out
}

// A copyCount is how many people of the result are copies, and what chance makes of that.
type copyCount struct {
	result tally
	real   tally // real people who equal another one
	// base is real for tests: two who equal each other are one coincidence, so they count half, and so do the people. share is its share
	// before halves are rounded.
	base  tally
	share float64
	// others are the judged generator's people who equal one set aside, whom it never saw, and reach is how many times as
	// likely it is to equal one of the real table: a generator of common people only hits more of them, without memory.
	others tally
	reach  float64
	seen   bool // the people set aside are in the real table
}

// countCopies counts by rows or by whole persons. all finds real rows, held those of people set aside; nil without them.
func (v *view) countCopies(all, held *rowIndex, count func(x *rowIndex, s *side) tally) *copyCount {
	c := &copyCount{result: count(all, v.result), real: count(all, v.all)}
	c.base, c.share = c.real, c.real.share()
	if c.real.x > 0 {
		c.base = tally{(c.real.x + 1) / 2, (c.real.n + 1) / 2}
	}
	if held == nil || v.held.persons == 0 {
		return c
	}
	if !v.made {
		h := count(all, v.held)
		if v.sameIDs() || fisher(h.x, h.n, c.base.x, c.base.n) <= stopLevel {
			c.seen = true
			return c
		}
		c.share = c.base.plus(h).share()
		if c.real.x > 0 {
			c.share = float64(c.real.x+2*h.x) / float64(c.real.n+2*h.n)
		}
		c.real, c.base = c.real.plus(h), c.base.plus(h)
	}
	c.others = count(held, v.trial)
	times := float64(v.all.persons) / float64(v.held.persons)
	c.reach = times
	if r := c.others.share(); r > 0 {
		c.reach = (1 - math.Pow(1-r, times)) / r
	}
	return c
}

// p is the chance of x copies among the people of the result, against how many real people equal another. Where some do, a
// generator of common people only hits more of them, without memory: p then is the greater of two, also against what the
// generator does with people whom it never saw.
func (c *copyCount) p(x int) float64 {
	p := fisher(x, c.result.n, c.base.x, c.base.n)
	if c.others.n == 0 || x == 0 || c.base.x == 0 && c.others.x == 0 {
		return p
	}
	return math.Max(p, rates(x, float64(c.result.n)*c.reach, c.others.x, float64(c.others.n)))
}

// upTo is the greatest number of copies that chance explains at a level.
func (c *copyCount) upTo(level float64) int {
	return sort.Search(c.result.n, func(x int) bool { return c.p(x+1) <= level })
}

// rates is the one-sided p that two counts come at the same rate from so many tries: the chance of x or more, given x+y
// (Przyborowski and Wilenski 1940).
func rates(x int, n float64, y int, m float64) float64 {
	return mathext.RegIncBeta(float64(x), float64(y+1), n/(n+m))
}

// chance is how many copies chance makes.
func (c *copyCount) chance() int {
	share := c.share
	if c.others.n > 0 {
		share = math.Max(share, c.others.share()*c.reach)
	}
	return int(math.Round(share * float64(c.result.n)))
}

// most tells whether more than half of the people are copies, and more than chance explains.
func (c *copyCount) most() bool {
	return c.result.share() > copiedTable && (c.real.x == 0 || fisher(c.result.x, c.result.n, c.base.x, c.base.n) <= stopLevel)
}

func (c *copyCount) metric(name string) Metric {
	low, high := wilson(c.result.x, c.result.n)
	return Metric{Name: name, Value: c.result.share(), Low: low, High: high, Real: c.real.share(), Better: -1}
}

// copies counts the persons of the result who are real persons in every learned column, and holds that against how many
// real persons equal another real one.
func (v *view) copies(ctx context.Context) (*finding, []Metric, error) {
	cols := v.learnedColumns()
	if len(cols) == 0 || v.result.rows == 0 || v.all.rows == 0 {
		return nil, []Metric{notMade("private.copies", 0, -1, "there are no rows or no learned columns")}, nil
	}
	all := newRowIndex(ctx, v.all, cols)
	var held *rowIndex
	if v.held != nil {
		held = newRowIndex(ctx, v.held, cols)
	}
	c := v.countCopies(all, held, func(x *rowIndex, s *side) tally { return x.copied(ctx, s) })
	f := &finding{Check: Check{Group: "Private", Name: "copied rows"}, private: true}
	f.Metrics = []Metric{c.metric("private.copies")}
	p, shown := []float64{c.p(c.result.x)}, 0
	if v.all.persons < v.all.rows && v.result.persons < v.result.rows {
		whole := v.countCopies(all, held, func(x *rowIndex, s *side) tally { return x.whole(ctx, s) })
		f.Metrics = append(f.Metrics, whole.metric("private.copies.person"))
		p = append(p, whole.p(whole.result.x))
		if p[1] < p[0] || whole.most() {
			c, shown = whole, 1
		}
	}
	v.judgeCopies(f, c, p, shown)
	return f, nil, ctx.Err()
}

// judgeCopies fills the finding in. c is what p[shown] is about.
func (v *view) judgeCopies(f *finding, c *copyCount, p []float64, shown int) {
	f.Shown, f.Beside = "0", "by chance: "+grouped(c.chance())
	f.Sentence = "No synthetic person is a real person in every column."
	if c.result.x > 0 {
		f.Shown = grouped(c.result.x) + " of " + grouped(c.result.n)
		f.Sentence = fmt.Sprintf("%s in every column; chance alone would give %s.",
			count(c.result.x, "synthetic person is a real person", "synthetic people are real people"), grouped(c.chance()))
	}
	switch {
	case c.most():
		f.Status = Stop
		f.Sentence = "More than half of the synthetic people are real people in every column."
	case v.held == nil:
		f.Status, f.Beside, f.Remedy = NotApplicable, "nobody was set aside", askHoldout
		f.Sentence += " To tell what is chance, real people are needed whom the generator never saw."
	case c.seen:
		f.Status, f.Beside, f.Remedy = NotApplicable, "set aside, yet in the table", askHoldout
		f.Sentence += " The people set aside are in the real table, too, so they can't show what is chance."
	case v.tooFew(fewestPrivate) != "":
		f.Status, f.Beside = TooFew, fmt.Sprintf("needs %d people", fewestPrivate)
		f.Sentence += " What chance gives can't be told: " + v.tooFew(fewestPrivate) + "."
	default:
		for _, p := range p {
			f.tests = append(f.tests, test{p, p})
		}
	}
	f.tell = func(f *finding, levels []float64) {
		if f.Status == OK && c.result.x > 0 && len(levels) > shown {
			f.Beside += ", up to " + grouped(c.upTo(levels[shown]))
		}
		switch f.Status {
		case Look, Stop:
			f.Remedy = "--protect 10"
		case TooFew, NotApplicable:
			for i := range f.Metrics {
				f.Metrics[i].Status, f.Metrics[i].Reason = f.Status, f.Beside
			}
		}
	}
}

// fisher is the one-sided p of Fisher's exact test (1935): the chance of x or more hits among n people, given all hits of
// these and of m others with y, if all are alike.
func fisher(x, n, y, m int) float64 { return newDraw(n+m, x+y, n).atLeast(x) }
