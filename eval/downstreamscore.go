package eval

import (
	"cmp"
	"math"
	"slices"
)

// A prediction is what a learner says of N rows: K lists of N probabilities, the likeliest class of each, or N numbers.
type prediction struct {
	proba  [][]float64 // [K][N]; nil for numbers
	answer []float64   // [N], classes or numbers
}

// A measure gives a score of rows that count w [N] times, NaN where it has none.
type measure struct {
	name   string
	best   float64
	better int
	score  func(w []float64) float64
}

// measures are those of a prediction of actual [N], in the order of the table.
func (p *prediction) measures(actual []float64) []measure {
	if p.proba == nil {
		return []measure{
			{"r2", 1, 1, func(w []float64) float64 { return weightedR2(p.answer, actual, w) }},
			{"rmse", 0, -1, func(w []float64) float64 { return weightedRMSE(p.answer, actual, w) }},
		}
	}
	each, all := p.rankings(actual)
	return []measure{
		{"accuracy", 1, 1, func(w []float64) float64 { return weightedAccuracy(p.answer, actual, w) }},
		{"auc.macro", 1, 1, func(w []float64) float64 { return macro(each, w) }},
		{"auc.micro", 1, 1, func(w []float64) float64 { return all.auc(w) }},
		{"f1.weighted", 1, 1, func(w []float64) float64 { return weightedF1(p.answer, actual, w, len(p.proba)) }},
	}
}

// A ranking is the order of pairs of a row and a class by the probability that the row is of the class.
type ranking struct {
	row      []int32
	positive []bool // the row is of the class
	tied     []bool // the next pair has the same probability
}

// newRanking ranks the classes given for all rows.
func newRanking(proba [][]float64, classes []int, actual []float64) *ranking {
	type pair struct {
		p        float64
		row      int32
		positive bool
	}
	var pairs []pair
	for _, k := range classes {
		for i, p := range proba[k] {
			pairs = append(pairs, pair{p, int32(i), int(actual[i]) == k})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.p, b.p) })
	r := &ranking{}
	for i, x := range pairs {
		r.row, r.positive = append(r.row, x.row), append(r.positive, x.positive)
		r.tied = append(r.tied, i+1 < len(pairs) && pairs[i+1].p == x.p)
	}
	return r
}

// rankings gives one for each class that a row has, and one for all of them together.
func (p *prediction) rankings(actual []float64) (each []*ranking, all *ranking) {
	var classes []int
	for k := range p.proba {
		if slices.Contains(actual, float64(k)) {
			classes = append(classes, k)
			each = append(each, newRanking(p.proba, []int{k}, actual))
		}
	}
	return each, newRanking(p.proba, classes, actual)
}

// auc is the chance that a positive pair stands above a negative one, equal ones counting one half; NaN without either.
func (r *ranking) auc(w []float64) float64 {
	var above, below, sum, p, q float64
	for i, row := range r.row {
		if r.positive[i] {
			p += w[row]
		} else {
			q += w[row]
		}
		if r.tied[i] {
			continue
		}
		sum += p * (below + q/2)
		above, below, p, q = above+p, below+q, 0, 0
	}
	return sum / (above * below)
}

// macro is the mean of the classes that some row has and some has not.
func macro(each []*ranking, w []float64) float64 {
	sum, n := 0.0, 0.0
	for _, r := range each {
		if auc := r.auc(w); !math.IsNaN(auc) {
			sum += auc
			n++
		}
	}
	return sum / n
}

func weightedAccuracy(answer, actual, w []float64) float64 {
	right, all := 0.0, 0.0
	for i, y := range actual {
		all += w[i]
		if answer[i] == y {
			right += w[i]
		}
	}
	return right / all
}

// weightedF1 is the mean of F1 over classes by their rows, as f1_score of scikit-learn has it with average="weighted".
func weightedF1(answer, actual, w []float64, classes int) float64 {
	right, said, has := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	all := 0.0
	for i, y := range actual {
		all += w[i]
		has[int(y)] += w[i]
		said[int(answer[i])] += w[i]
		if answer[i] == y {
			right[int(y)] += w[i]
		}
	}
	sum := 0.0
	for k, n := range has {
		if n > 0 {
			sum += n / all * 2 * right[k] / (n + said[k])
		}
	}
	return sum
}

func weightedR2(answer, actual, w []float64) float64 {
	middle, all := 0.0, 0.0
	for i, y := range actual {
		middle += w[i] * y
		all += w[i]
	}
	middle /= all
	off, spread := 0.0, 0.0
	for i, y := range actual {
		off += w[i] * (y - answer[i]) * (y - answer[i])
		spread += w[i] * (y - middle) * (y - middle)
	}
	if spread == 0 {
		return math.NaN() // numbers without spread have no part that could be explained
	}
	return 1 - off/spread
}

func weightedRMSE(answer, actual, w []float64) float64 {
	off, all := 0.0, 0.0
	for i, y := range actual {
		off += w[i] * (y - answer[i]) * (y - answer[i])
		all += w[i]
	}
	return math.Sqrt(off / all)
}
