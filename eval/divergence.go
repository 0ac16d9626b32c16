package eval

import (
	"math"
	"slices"
)

// divergenceBins is how many bins of about equal numbers of the people learned numbers fall into, as the peer's.
const divergenceBins = 10

// A bulk is the range in which 98 of 100 numbers of the people learned lie: a single one far out, theirs or another's, must
// not be what all others are measured by.
type bulk struct{ low, high float64 }

// bulkOf is that of sorted numbers; where one number fills it, their whole range.
func bulkOf(sorted []float64) bulk {
	if len(sorted) == 0 {
		return bulk{}
	}
	last := float64(len(sorted) - 1)
	b := bulk{sorted[int(math.Floor(0.01*last))], sorted[int(math.Ceil(0.99*last))]}
	if b.low == b.high {
		b = bulk{sorted[0], sorted[len(sorted)-1]}
	}
	return b
}

// place puts a number into the bulk: 0 to 1, and the ends for what lies beyond. Where people have one number only, others are 1 from it.
func (b bulk) place(x float64) float64 {
	if b.low == b.high {
		switch {
		case x < b.low:
			return -1
		case x > b.high:
			return 1
		}
		return 0
	}
	x = min(max(x, b.low), b.high)
	return (x/2 - b.low/2) / (b.high/2 - b.low/2) // the whole range may be too wide for a float64
}

// sortedNumbers are the numbers of a column in order, each as often as it is there.
func (s *side) sortedNumbers(col int) []float64 {
	var numbers []float64
	for r, code := range s.cells[col].code {
		if code == isNumber {
			numbers = append(numbers, s.cells[col].num[r])
		}
	}
	slices.Sort(numbers)
	return numbers
}

// cut finds the bins and places of the different numbers of all tables, from those of the people learned.
func (s *spread) cut(learned, different []float64) {
	for _, edge := range quantiles(learned, divergenceBins) {
		rank, _ := slices.BinarySearch(different, edge)
		s.ends = append(s.ends, s.loose+rank+1)
	}
	s.ends = append(s.ends, s.size)
	b := bulkOf(learned)
	s.place = make([]float64, len(different))
	for i, x := range different {
		s.place[i] = b.place(x)
	}
}

// binned adds up shares or counts by codes without order and bins of numbers.
func (s *spread) binned(p []float64) []float64 {
	out := slices.Clone(p[:s.loose])
	from := s.loose
	for _, end := range s.ends {
		sum := 0.0
		for _, x := range p[from:end] {
			sum += x
		}
		out, from = append(out, sum), end
	}
	return out
}

// divergence is Jensen and Shannon's (Lin 1991) in bits, of categories as they are and numbers in bins: from 0 to 1, whatever is absent
// from one side.
func (s *spread) divergence(p, q []float64) float64 {
	sum := 0.0
	q = s.binned(q)
	for i, x := range s.binned(p) {
		middle := (x + q[i]) / 2
		for _, y := range []float64{x, q[i]} {
			if y > 0 {
				sum += float64(y * math.Log2(y/middle) / 2)
			}
		}
	}
	return max(sum, 0)
}

// transport is Wasserstein's distance of order 1 between the numbers of two tables, in parts of the bulk: the area between their
// distribution functions, at most 1. What is no number has no place; where one side alone has numbers it is 1.
func (s *spread) transport(p, q []float64) float64 {
	var a, b float64
	for i := range s.place {
		a, b = a+p[s.loose+i], b+q[s.loose+i]
	}
	switch {
	case a == 0 && b == 0:
		return 0
	case a == 0 || b == 0:
		return 1
	}
	var ahead, area float64
	for i, at := range s.place[:len(s.place)-1] {
		ahead += p[s.loose+i]/a - q[s.loose+i]/b
		area += float64(math.Abs(ahead) * (s.place[i+1] - at))
	}
	return min(area, 1)
}

// divergences are the metrics "shape.jsd" and "shape.w1", means over columns.
func (v *view) divergences(columns []shapedColumn, rows int) []Metric {
	var metrics []Metric
	for _, is := range []struct {
		name string
		of   int
		rate float64 // at which noise falls: with the root of the rows, or with their number
	}{{"shape.jsd", divergence, 1}, {"shape.w1", transport, 0.5}} {
		var list []shaped
		for _, c := range columns {
			if is.of == divergence || c.numbers {
				list = append(list, c.of[is.of])
			}
		}
		m := notMade(is.name, 0, -1, "there is nothing to compare")
		switch {
		case rows == 0 || v.learned.rows == 0 || len(columns) == 0:
		case len(list) == 0:
			m.Reason = "no column has numbers"
		default:
			_, whole := overColumns(list)
			m.Value, m.Real, m.Status, m.Reason = whole.value, whole.real, OK, ""
			if why := v.tooFew(fewestLikeness); why != "" {
				m.Status, m.Reason = TooFew, why
			}
			m.Low, m.High = distanceInterval(whole.value, whole.halves, is.rate)
		}
		metrics = append(metrics, m)
	}
	return metrics
}
