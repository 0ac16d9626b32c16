package baseline

import (
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/mathext"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table/encode"
)

// A line tells a number from the columns before it by regression between normal scores: a slope for each number, which bends at knots, and a
// weight for each category. Trees tell how far off it is, and so the whole distribution. Trees alone tell a ratio or a sum of other columns
// by many cuts, each of which costs them rows; a line by one weight. C cells of the column, K bins of residuals, L lines of a model.
type line struct {
	V       int32     // the first part of the column
	Weights []float64 // the intercept, then those of the terms
	Edges   []float64 // K + 1, ascending: of the bins of the residuals
	Share   []float64 // K: how often each was met
	Levels  []float64 // ascending: where the bins end by which trees ask what the line tells
	Bend    *bend     // what is added to the line; nil: nothing

	weight [2]float64 // beside the column's trees: in part 0 and in part 1
	pool   draw.Pool  // of a target, in part 0
	own    *ruler
	share  []float64 // of the codes of part 0
	parts  int       // of the column
	leaves []int     // 0, 1, ..., C
	terms  []lineTerm
	prior  draw.Shares // of the residuals
	res    int32       // what its residuals are among the forests, and among the columns of a coded table
	level  int32       // what it tells is among the columns of a coded table
	folded []float64   // while learning, by row: what lines tell that have not learned the row's person; NaN where there is no number
}

const (
	// lineCells is how many cells a column has at least that a line tells, and lineCodes the most codes of a category that it asks.
	lineCells, lineCodes = 8, 64
	// lineLevels is the number of bins by which trees ask what a line tells.
	lineLevels = 64
)

// knots are where slopes bend, in normal scores.
var knots = []float64{-0.8, 0, 0.8}

// A ruler gives the normal scores of an ordered variable, or of a column of numbers in two parts.
type ruler struct {
	gaps  int
	first []int     // by code from gaps on: its first cell; one more entry is C
	mid   []float64 // C
	end   []float64 // C + 1, from -Inf to +Inf: where cells end
}

// newRuler gives that of the first part v, or nil where its codes have no order.
func newRuler(enc *encode.Encoder, v int32) *ruler {
	x := &enc.Vars()[v]
	if !x.Ordered || x.Card <= x.Scale {
		return nil
	}
	r := &ruler{gaps: x.Scale}
	s, ok := enc.Scale(x.Col)
	if !ok {
		s = encode.Scale{Share: slices.Clone(x.Share[x.Scale:])}
		all := 0.0
		for i, p := range s.Share {
			s.First = append(s.First, i)
			all += p
		}
		for i := range s.Share {
			if s.Share[i] /= all; !(all > 0) {
				s.Share[i] = 1 / float64(len(s.Share))
			}
		}
		s.First = append(s.First, len(s.Share))
	}
	r.first = s.First
	r.end = append(r.end, math.Inf(-1))
	below := 0.0
	for _, p := range s.Share {
		r.mid = append(r.mid, score(below+p/2))
		below += p
		r.end = append(r.end, score(below))
	}
	r.end[len(r.end)-1] = math.Inf(1)
	return r
}

// score is the normal quantile, within 6 deviations, to a float32's digits, so that processors that round otherwise agree.
func score(u float64) float64 {
	return float64(float32(mathext.NormalQuantile(min(max(u, 1e-9), 1-1e-9))))
}

// cell gives the cell of codes of both parts, each plus one; the second is 0 where it does not apply.
func (r *ruler) cell(code, fine uint16) int {
	g := int(code) - 1 - r.gaps
	c := r.first[g]
	if fine > 0 {
		c = min(c+int(fine)-1, r.first[g+1]-1)
	}
	return c
}

// A lineTerm is a column that a line asks. Its weights are those of not to apply, of the gaps or categories, and of the slopes.
type lineTerm struct {
	v     int32
	fine  int32 // its second part, or -1
	from  int   // its first weight
	ruler *ruler
}

// newLine prepares a line that tells the first part v from the first parts among the columns, or gives nil where that is no number, or none of
// them is. size is the number of its weights.
func newLine(enc *encode.Encoder, columns []int32, v int32) (l *line, size int) {
	vars := enc.Vars()
	if _, ok := enc.Scale(vars[v].Col); !ok || vars[v].Part > 0 {
		return nil, 0
	}
	l = &line{V: v, own: newRuler(enc, v), share: vars[v].Share, parts: vars[v].Parts}
	if l.own == nil || len(l.own.mid) < lineCells {
		return nil, 0
	}
	for i := range l.own.end {
		l.leaves = append(l.leaves, i)
	}
	size, numbers := 1, false
	for _, c := range columns {
		x := &vars[c]
		if x.Part > 0 || x.Col == vars[v].Col {
			continue
		}
		t := lineTerm{v: c, fine: -1, from: size, ruler: newRuler(enc, c)}
		switch {
		case t.ruler != nil:
			if _, ok := enc.Scale(x.Col); ok && x.Parts > 1 {
				t.fine = c + 1
			}
			size += 1 + x.Scale + 1 + len(knots)
			numbers = true
		case x.Card <= lineCodes:
			size += 1 + x.Card
		default:
			continue
		}
		l.terms = append(l.terms, t)
	}
	if !numbers {
		return nil, 0
	}
	return l, size
}

// place notes which of the lines of a model it is, of V variables.
func (l *line) place(i, lines, vars int) {
	l.res, l.level = int32(vars+i), int32(vars+lines+i)
}

// each calls do for the features of a row that are not 0, by code plus one of each variable: the number of its weight and its value.
func (l *line) each(row []uint16, do func(i int, x float64)) {
	do(0, 1)
	for k := range l.terms {
		t := &l.terms[k]
		code := row[t.v]
		if t.ruler == nil || int(code) <= t.ruler.gaps {
			do(t.from+int(code), 1)
			continue
		}
		fine := uint16(0)
		if t.fine >= 0 {
			fine = row[t.fine]
		}
		z, at := t.ruler.mid[t.ruler.cell(code, fine)], t.from+1+t.ruler.gaps
		do(at, z)
		for i, knot := range knots {
			if z > knot {
				do(at+1+i, z-knot)
			}
		}
	}
}

// straight gives what weights tell of a row, in normal scores.
func (l *line) straight(weights []float64, row []uint16) float64 {
	sum := 0.0
	l.each(row, func(i int, x float64) { sum += float64(weights[i] * x) })
	return sum
}

// tell gives what the line and its bend tell of a row, in normal scores.
func (l *line) tell(row []uint16, spare []float32) (float64, []float32) {
	told := l.straight(l.Weights, row)
	if l.Bend == nil {
		return told, spare
	}
	spare = l.features(l.Bend.Rank, row, told, spare)
	return told + l.Bend.boost.One(spare), spare
}

// bin gives the number of the bin of x, plus one: ends are where bins end.
func bin(ends []float64, x float64) uint16 {
	return uint16(sort.SearchFloat64s(ends, x)) + 1
}

// spread sets q, by code of a part of the column, to what follows from told, what the line tells of the row, and from the probabilities of its
// residuals, K numbers. Gaps keep what they have in p, which trees gave. It is false where the line does not tell how a group is parted.
func (l *line) spread(part int, row []uint16, told float64, residuals, p, q []float64) bool {
	gaps, ends := l.own.gaps, l.own.first // of what stretches of cells the codes from gaps on stand for
	if part > 0 {
		g := int(row[l.V]) - 1 - gaps
		gaps, ends = 0, l.leaves[ends[g]:ends[g+1]+1]
	}
	w, rest := walk{edges: l.Edges, p: residuals}, 1.0
	for c, x := range p[:gaps] {
		q[c] = x
		rest -= x
	}
	q = q[gaps:]
	clear(q)
	below, all := w.upTo(l.own.end[ends[0]]-told), 0.0
	for c := range ends[1:] {
		at := w.upTo(l.own.end[ends[c+1]] - told)
		q[c] = max(at-below, 0)
		all += q[c]
		below = at
	}
	if !(all > leastLine) {
		return false
	}
	for c := range ends[1:] {
		q[c] *= rest / all
	}
	return true
}

// leastLine is the least probability from which a line tells how it is parted.
const leastLine = 1e-9

// A walk gives the distribution function of residuals at ascending places. Within a bin all are alike.
type walk struct {
	edges, p []float64
	bin      int
	below    float64 // the sum of the bins before bin
}

func (w *walk) upTo(x float64) float64 {
	for w.bin < len(w.p) && x >= w.edges[w.bin+1] {
		w.below += w.p[w.bin]
		w.bin++
	}
	if w.bin == len(w.p) || x <= w.edges[w.bin] {
		return w.below
	}
	return w.below + float64(w.p[w.bin]*(x-w.edges[w.bin]))/(w.edges[w.bin+1]-w.edges[w.bin])
}
