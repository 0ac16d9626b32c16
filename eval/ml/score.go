package ml

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Score is a number about N rows, with what each row has to do with it: its influence. The influences of all rows add up
// to 0, and their squares to the variance of the score.
type Score struct {
	Value float64
	Rows  []float64 // influence of each row
}

// SE gives the standard error of the score, with person as in [Forest]: what several rows of one person say is not taken for
// independent. With nil it is DeLong's for an AUC (DeLong, DeLong and Clarke-Pearson, 1988); with persons it is close to
// Obuchowski's (1997). It panics if person doesn't have N numbers.
func (s Score) SE(person []int32) float64 {
	unit, err := units(person, len(s.Rows))
	if err != nil {
		panic(fmt.Sprintf("ml: SE: %d persons for %d rows", len(person), len(s.Rows)))
	}
	sums := make([]float64, len(unit))
	for i, u := range unit {
		sums[u] += s.Rows[i]
	}
	all := 0.0
	for _, v := range sums {
		all += v * v
	}
	return math.Sqrt(all)
}

// Minus gives the difference of two scores of the same rows: its standard error takes into account that both had the same
// easy and hard rows. It panics if the numbers of rows differ.
func (s Score) Minus(o Score) Score {
	if len(s.Rows) != len(o.Rows) {
		panic(fmt.Sprintf("ml: Minus: scores of %d and %d rows", len(s.Rows), len(o.Rows)))
	}
	d := Score{Value: s.Value - o.Value, Rows: make([]float64, len(s.Rows))}
	for i := range d.Rows {
		d.Rows[i] = s.Rows[i] - o.Rows[i]
	}
	return d
}

// AUC gives the area under the ROC curve: the chance that a positive row has a greater number than a negative one, where
// equal numbers count one half (Mann and Whitney, 1947). The error is ErrNoRows or ErrOneClass, or wraps ErrInput if the
// lengths differ or a number is NaN.
func AUC(numbers []float64, positive []bool) (Score, error) {
	n := len(numbers)
	if n != len(positive) {
		return Score{}, fmt.Errorf("%w: %d numbers for %d rows", ErrInput, n, len(positive))
	}
	if n == 0 {
		return Score{}, ErrNoRows
	}
	order, positives := count(n), 0
	for i, v := range numbers {
		if v != v {
			return Score{}, fmt.Errorf("%w: a number is missing", ErrInput)
		}
		if positive[i] {
			positives++
		}
	}
	if positives == 0 || positives == n {
		return Score{}, ErrOneClass
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(numbers[a], numbers[b]) })
	s := Score{Rows: make([]float64, n)}
	s.place(order, numbers, positive, positives)
	return s, nil
}

// place computes Value and Rows of an AUC. First each row gets its placement: the share of the other class's rows that it
// stands right to.
func (s *Score) place(order []int32, numbers []float64, positive []bool, positives int) {
	m, n := float64(positives), float64(len(order)-positives)
	above, below := 0.0, 0.0 // positives and negatives with smaller numbers; halves for equal ones
	sum := 0.0
	for from := 0; from < len(order); {
		to, p := from, 0.0
		for to < len(order) && numbers[order[to]] == numbers[order[from]] {
			if positive[order[to]] {
				p++
			}
			to++
		}
		q := float64(to-from) - p
		for _, i := range order[from:to] {
			if positive[i] {
				s.Rows[i] = (below + q/2) / n
			} else {
				s.Rows[i] = 1 - (above+p/2)/m
			}
		}
		sum += p * (below + q/2) // halves are exact
		above, below = above+p, below+q
		from = to
	}
	s.Value = sum / (m * n)
	for i := range s.Rows {
		k := n
		if positive[i] {
			k = m
		}
		// Both parts of DeLong's variance have k-1 below; with a single row there is no telling, and k has to do.
		s.Rows[i] = (s.Rows[i] - s.Value) / math.Sqrt(k*max(k-1, 1))
	}
}

// MacroAUC gives the mean over all classes of the AUC of one class against the rest; for two classes that is the AUC. proba
// has K lists of N probabilities, class the N classes. Classes that no row has are left out. The error is ErrNoRows or
// ErrOneClass, or wraps ErrInput if lengths differ, a class is out of range, or a probability is NaN.
func MacroAUC(proba [][]float64, class []int32) (Score, error) {
	n := len(class)
	if n == 0 {
		return Score{}, ErrNoRows
	}
	rows := make([]int, len(proba))
	for _, k := range class {
		if k < 0 || int(k) >= len(proba) {
			return Score{}, fmt.Errorf("%w: a class out of range", ErrInput)
		}
		rows[k]++
	}
	mean, positive, kinds := Score{Rows: make([]float64, n)}, make([]bool, n), 0.0
	for k := range proba {
		if rows[k] == 0 {
			continue
		}
		for i := range positive {
			positive[i] = int(class[i]) == k
		}
		s, err := AUC(proba[k], positive)
		if err != nil {
			return Score{}, err
		}
		kinds++
		mean.Value += s.Value
		for i, v := range s.Rows {
			mean.Rows[i] += v
		}
	}
	mean.Value /= kinds
	for i := range mean.Rows {
		mean.Rows[i] /= kinds
	}
	return mean, nil
}

// R2 gives the share of the variance of the actual numbers that the predicted ones explain: 1 is all, 0 no better than the
// mean, and less than 0 worse. Its standard error is that of the delta method. The error is ErrNoRows, or wraps ErrInput if
// the lengths differ, a number is NaN or infinite, or the actual numbers are all equal.
func R2(predicted, actual []float64) (Score, error) {
	n := len(actual)
	if n != len(predicted) {
		return Score{}, fmt.Errorf("%w: %d numbers for %d rows", ErrInput, len(predicted), n)
	}
	if n == 0 {
		return Score{}, ErrNoRows
	}
	mean := 0.0
	for i, v := range actual {
		if bad(v) || bad(predicted[i]) {
			return Score{}, fmt.Errorf("%w: a number that is missing or infinite", ErrInput)
		}
		mean += v / float64(n)
	}
	off, spread := 0.0, 0.0
	for i, v := range actual {
		off += (v - predicted[i]) * (v - predicted[i])
		spread += (v - mean) * (v - mean)
	}
	if !(spread > 0) || math.IsInf(spread, 0) || math.IsInf(off, 0) {
		return Score{}, fmt.Errorf("%w: the numbers have no spread that can be computed", ErrInput)
	}
	s := Score{Value: 1 - off/spread, Rows: make([]float64, n)}
	for i, v := range actual {
		s.Rows[i] = ((1-s.Value)*(v-mean)*(v-mean) - (v-predicted[i])*(v-predicted[i])) / spread
	}
	return s, nil
}

func bad(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
