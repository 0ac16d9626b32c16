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

var bendSettings = []bendSetting{{4, 100, 0.1}, {6, 150, 0.06}}

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

// A bending is the search for the bend of a line.
type bending struct {
	l           *learner
	x           *line
	weights     [][]float64        // without each fold, and of all
	others, own [lineFolds][]int32 // rows without each fold, and in it
	row         []uint16
	features    []float32
}

// bendLine adds a bend to a line if it tells persons better who are held out, and then what it tells to what is noted of them. Of rows some were
// learned, by folds.
func (l *learner) bendLine(x *line, rows, some []int32, fold func(int32) int, weights [][]float64) {
	t := &bending{l: l, x: x, weights: weights, row: make([]uint16, len(l.d.x))}
	for _, i := range some {
		for f := range t.others {
			if f == fold(i) {
				t.own[f] = append(t.own[f], i)
			} else {
				t.others[f] = append(t.others[f], i)
			}
		}
	}
	setting, first := t.choose()
	if first == nil {
		return
	}
	added := make(map[int32]float64, len(some))
	before, after := 0.0, 0.0
	for f := range lineFolds {
		b := first
		if f > 0 {
			if b = l.newBend(x, weights[f], t.others[f], setting); b == nil {
				return
			}
		}
		for _, i := range t.own[f] {
			off, more := t.off(i), t.tell(b, i)
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
			more = t.tell(x.Bend, i)
		}
		x.folded[i] += more
	}
}

// choose gives the setting that leaves the least error in the first fold, and the bend that does, or nil where the line alone leaves less.
func (t *bending) choose() (setting bendSetting, best *bend) {
	if t.l.like != nil {
		s, ok := t.l.likeBend(t.x)
		if !ok {
			return s, nil
		}
		return s, t.l.newBend(t.x, t.weights[0], t.others[0], s)
	}
	least := 0.0
	for _, i := range t.own[0] {
		off := t.off(i)
		least += float64(off * off)
	}
	for _, s := range bendSettings {
		b, sum := t.l.newBend(t.x, t.weights[0], t.others[0], s), 0.0
		if b == nil {
			return s, nil
		}
		for _, i := range t.own[0] {
			off := t.off(i) - t.tell(b, i)
			sum += float64(off * off)
		}
		if sum < least {
			least, setting, best = sum, s, b
		}
	}
	return setting, best
}

// tell gives what a bend adds to what is noted of a row.
func (t *bending) tell(b *bend, i int32) float64 {
	t.l.d.row(i, t.row)
	t.features = t.x.features(b.Rank, t.row, t.x.folded[i], t.features)
	return b.boost.One(t.features)
}

// off is how far a row is off what is noted of it.
func (t *bending) off(i int32) float64 {
	t.l.d.row(i, t.row)
	return t.x.y(t.row) - t.x.folded[i]
}
