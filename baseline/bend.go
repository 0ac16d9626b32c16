package baseline

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
)

// A bend is what boosted trees add to a line: what bends further than at knots, and what depends on two columns together. D terms.
type bend struct {
	Rank  [][]float64 // by term and code plus one: how far the rows of a category are off the line on average; nil for numbers
	boost *ml.Boost
}

// bendSetting is what the error on one fold chooses from.
type bendSetting struct {
	depth, rounds int
	eta           float64
}

var bendSettings = []bendSetting{{4, 80, 0.12}, {6, 100, 0.08}}

const (
	// bendSmooth is how many rows on the line count for those of one category.
	bendSmooth = 20
	// leastBend is the part of the squared error that a bend takes away, at least.
	leastBend = 0.01
)

// features sets x, D + 1, to what the bend of a line is told of a row: the normal scores of numbers, how far categories are off, and what the
// line tells.
func (l *line) features(rank [][]float64, row []uint16, told float64, x []float32) []float32 {
	x = x[:0]
	for k := range l.terms {
		t := &l.terms[k]
		code := row[t.v]
		switch {
		case t.ruler == nil:
			x = append(x, float32(rank[k][code]))
		case int(code) <= t.ruler.gaps:
			x = append(x, float32(math.NaN()))
		default:
			fine := uint16(0)
			if t.fine >= 0 {
				fine = row[t.fine]
			}
			x = append(x, float32(t.ruler.mid[t.ruler.cell(code, fine)]))
		}
	}
	return append(x, float32(told))
}

// newBend learns what is left over by the weights of a line on the rows.
func (l *learner) newBend(x *line, weights []float64, rows []int32, s bendSetting) *bend {
	b := &bend{Rank: make([][]float64, len(x.terms))}
	row, y, told := make([]uint16, len(l.d.x)), make([]float64, len(rows)), make([]float64, len(rows))
	count := make([][]float64, len(x.terms))
	for k, t := range x.terms {
		if t.ruler == nil {
			b.Rank[k], count[k] = make([]float64, l.d.x[t.v].Card), make([]float64, l.d.x[t.v].Card)
		}
	}
	for j, i := range rows {
		l.d.row(i, row)
		told[j] = x.straight(weights, row)
		y[j] = x.y(row) - told[j]
		for k, t := range x.terms {
			if t.ruler == nil {
				b.Rank[k][row[t.v]] += y[j]
				count[k][row[t.v]]++
			}
		}
	}
	for k := range b.Rank {
		for c := range b.Rank[k] {
			b.Rank[k][c] = float64(float32(b.Rank[k][c] / (count[k][c] + bendSmooth)))
		}
	}
	m := mat.NewDense(len(rows), len(x.terms)+1, nil)
	var f []float32
	for j, i := range rows {
		l.d.row(i, row)
		f = x.features(b.Rank, row, told[j], f)
		for k, z := range f {
			m.Set(j, k, float64(z))
		}
	}
	b.boost = &ml.Boost{Depth: s.depth, Rounds: s.rounds, Eta: s.eta, MinChildWeight: float64(max(l.leaf, 10)), Lambda: 2, Subsample: 0.8, Seed: l.seed + uint64(x.V)}
	if b.boost.Fit(m, y) != nil {
		return nil
	}
	return b
}

// bendLine adds a bend to a line if it tells persons better who are held out, and then what it tells to what is noted of them. Of rows some were
// learned, by folds.
func (l *learner) bendLine(x *line, rows, some []int32, fold func(int32) int, weights [][]float64) {
	var others, own [lineFolds][]int32
	for _, i := range some {
		for f := range others {
			if f == fold(i) {
				own[f] = append(own[f], i)
			} else {
				others[f] = append(others[f], i)
			}
		}
	}
	row := make([]uint16, len(l.d.x))
	var features []float32
	tell := func(b *bend, i int32) float64 {
		l.d.row(i, row)
		features = x.features(b.Rank, row, x.folded[i], features)
		return b.boost.One(features)
	}
	setting, least := bendSettings[0], 0.0
	for _, i := range own[0] {
		off := x.off(l.d, i)
		least += float64(off * off)
	}
	var first *bend
	for _, s := range bendSettings {
		b, sum := l.newBend(x, weights[0], others[0], s), 0.0
		if b == nil {
			return
		}
		for _, i := range own[0] {
			off := x.off(l.d, i) - tell(b, i)
			sum += float64(off * off)
		}
		if sum < least {
			least, setting, first = sum, s, b
		}
	}
	if first == nil {
		return
	}
	added := make(map[int32]float64, len(some))
	before, after := 0.0, 0.0
	for f := range lineFolds {
		b := first
		if f > 0 {
			if b = l.newBend(x, weights[f], others[f], setting); b == nil {
				return
			}
		}
		for _, i := range own[f] {
			off, more := x.off(l.d, i), tell(b, i)
			added[i] = more
			before, after = before+float64(off*off), after+float64((off-more)*(off-more))
		}
	}
	if !(after < (1-leastBend)*before) {
		return
	}
	if x.Bend = l.newBend(x, weights[lineFolds], some, setting); x.Bend == nil {
		return
	}
	for _, i := range rows {
		more, ok := added[i]
		if !ok {
			more = tell(x.Bend, i)
		}
		x.folded[i] += more
	}
}

// off is how far a row is off what is told of it.
func (x *line) off(d *coded, i int32) float64 {
	row := make([]uint16, len(d.x))
	d.row(i, row)
	return x.y(row) - x.folded[i]
}
