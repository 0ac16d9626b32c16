package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// A spread is one column as codes for histograms: those below loose have no order (MISSING, marks, categories, texts), the
// others are the different numbers in the order of value.
type spread struct {
	loose, size          int
	learned, held, trial []int32   // by row; held is nil without people set aside
	ends                 []int     // of bins of about equal numbers of the people learned: the first code beyond each of them
	place                []float64 // of the different numbers, in parts of the bulk of the people learned
}

// spread gives column col of the tables whose likeness is judged.
func (v *view) spread(col int) spread {
	sides := []*side{v.learned, v.trial}
	if v.held != nil {
		sides = append(sides, v.held)
	}
	s := spread{loose: len(v.columns[col].label)}
	var numbers []float64
	for _, side := range sides {
		for r, code := range side.cells[col].code {
			if code == isNumber {
				numbers = append(numbers, side.cells[col].num[r])
			}
		}
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	s.size = s.loose + len(numbers)
	codes := make([][]int32, len(sides))
	for i, side := range sides {
		codes[i] = slices.Clone(side.cells[col].code)
		for r, code := range codes[i] {
			if code == isNumber {
				rank, _ := slices.BinarySearch(numbers, side.cells[col].num[r])
				codes[i][r] = int32(s.loose + rank)
			}
		}
	}
	s.learned, s.trial = codes[0], codes[1]
	if v.held != nil {
		s.held = codes[2]
	}
	s.cut(v.learned.sortedNumbers(col), numbers)
	return s
}

// shares gives the part that each of size codes has of the rows.
func shares(code, rows []int32, size int) []float64 {
	out := make([]float64, size)
	for _, r := range rows {
		out[code[r]]++
	}
	for i := range out {
		out[i] /= float64(len(rows))
	}
	return out
}

// distance is the greatest difference in probability of a set {some codes without order} or {numbers up to x} or both: the
// total variation distance of a column without numbers, the Kolmogorov-Smirnov distance of one that has nothing else.
func distance(p, q []float64, loose int) float64 {
	var above, below float64 // of p over q, and of q over p
	for i, x := range p[:loose] {
		above += math.Max(x-q[i], 0)
		below += math.Max(q[i]-x, 0)
	}
	var sum, most, least float64
	for i := loose; i < len(p); i++ {
		sum += p[i] - q[i]
		most, least = math.Max(most, sum), math.Min(least, sum)
	}
	return math.Min(math.Max(above+most, below-least), 1)
}

// What is measured of a column.
const (
	likePoints = iota // 100 less the distance in points
	divergence        // Jensen-Shannon's
	transport         // Wasserstein's
	measured
)

// measure holds samples of rows against shares, as the mean over the samples.
func (s *spread) measure(code []int32, samples [][]int32, to []float64) (sum [measured]float64) {
	n := float64(len(samples))
	for _, rows := range samples {
		p := shares(code, rows, s.size)
		sum[likePoints] += 100 * (1 - distance(p, to, s.loose)) / n
		sum[divergence] += s.divergence(p, to) / n
		sum[transport] += s.transport(p, to) / n
	}
	return sum
}

// constant tells whether all rows of all tables have one and the same value.
func (s *spread) constant() bool {
	for _, codes := range [][]int32{s.learned, s.held, s.trial} {
		if slices.ContainsFunc(codes, func(code int32) bool { return code != s.learned[0] }) {
			return false
		}
	}
	return true
}

// A shaped column is one number of how alike it is: points of 100, or a distance.
type shaped struct {
	value, real float64
	halves      []float64 // value by half
	constant    bool
}

// A shapedColumn is all that is measured of one column.
type shapedColumn struct {
	of       [measured]shaped
	numbers  bool    // it has some
	p, realP float64 // of the test whether it differs, before Holm's adjustment; NaN where it can't be made
}

// shape compares single columns: the trial with the people learned, beside other real people with the people learned, in
// equal numbers of rows. A column of one value in all tables says nothing, so the mean is over the others, if there are any.
func (v *view) shape(ctx context.Context) (*finding, []Metric, error) {
	cols := v.learnedColumns()
	n := v.trial.rows
	if v.held != nil {
		n = min(n, v.held.rows)
	}
	columns := make([]shapedColumn, len(cols))
	if n > 0 && v.learned.rows > 0 {
		v.shapeColumns(ctx, cols, n, columns)
	}
	list := make([]shaped, len(cols))
	metrics := v.divergences(columns, n)
	for i, col := range cols {
		name := "shape.tv"
		if v.columns[col].number {
			name = "shape.ks"
		}
		list[i] = columns[i].of[likePoints]
		metrics = append(metrics, v.likeness(name, list[i].value, list[i].real, n, v.columns[col].name))
	}
	metrics = append(metrics, v.differ(cols, columns)...)
	counted, whole := overColumns(list)
	f := v.likenessFinding("single columns", "shape.mean", whole, n)
	if f.Status == Look {
		f.Sentence += " Least alike: " + quoted(v.leastAlike(cols, list)) + "."
	}
	if left := len(cols) - counted; left > 0 {
		f.Sentence += " " + count(left, "column has one value in all tables and does not count.", "columns have one value in all tables and do not count.")
	}
	return f, metrics, ctx.Err()
}

// shapeColumns measures columns on n rows of the trial and as many people set aside.
func (v *view) shapeColumns(ctx context.Context, cols []int, n int, list []shapedColumn) {
	trial := draws(v.trial.rows, n, v.opt.Seed, rng.EvalShape, 1)
	learned := allRows(v.learned.rows)
	halves := v.halfPairs(learned, trial)
	var held [][]int32
	if v.held != nil {
		held = draws(v.held.rows, n, v.opt.Seed, rng.EvalShape, 0)
	}
	run.Parallel(len(cols), func(i int) {
		if ctx.Err() != nil {
			return
		}
		s, c := v.spread(cols[i]), &list[i]
		c.numbers = len(s.place) > 0
		c.p, c.realP = s.chances()
		to, same := shares(s.learned, learned, s.size), s.constant()
		value, real := s.measure(s.trial, trial, to), [measured]float64{math.NaN(), math.NaN(), math.NaN()}
		if held != nil {
			real = s.measure(s.held, held, to)
		}
		for m := range c.of {
			c.of[m] = shaped{value: value[m], real: real[m], constant: same}
		}
		for _, h := range halves {
			for m, x := range s.measure(s.trial, [][]int32{h.trial}, shares(s.learned, h.learned, s.size)) {
				c.of[m].halves = append(c.of[m].halves, x)
			}
		}
	})
}

// overColumns is the mean of columns, but for constant ones where there are others, and how many it is of.
func overColumns(list []shaped) (counted int, whole shaped) {
	varied := slices.DeleteFunc(slices.Clone(list), func(s shaped) bool { return s.constant })
	if len(varied) == 0 {
		varied = list
	}
	var values, reals []float64
	for _, s := range varied {
		values, reals = append(values, s.value), append(reals, s.real)
		if whole.halves == nil {
			whole.halves = make([]float64, len(s.halves))
		}
		for k, x := range s.halves {
			whole.halves[k] += x / float64(len(varied))
		}
	}
	whole.value, whole.real = mean(values), mean(reals)
	return len(varied), whole
}

// leastAlike names the columns that lose most against other real people, at most three.
func (v *view) leastAlike(cols []int, list []shaped) []string {
	order := make([]int, len(cols))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(list[b].real-list[b].value, list[a].real-list[a].value) })
	var names []string
	for _, i := range order[:min(len(order), 3)] {
		names = append(names, v.columns[cols[i]].name)
	}
	return names
}

// likeness is a metric of likeness in points of 100.
func (v *view) likeness(name string, value, real float64, rows int, columns ...string) Metric {
	m := Metric{Name: name, Columns: columns, Value: value, Low: math.NaN(), High: math.NaN(), Real: real, Best: 100, Better: 1}
	switch {
	case rows == 0 || math.IsNaN(value):
		m.Value, m.Real, m.Status, m.Reason = math.NaN(), math.NaN(), NotApplicable, "there is nothing to compare"
	case v.tooFew(fewestLikeness) != "":
		m.Status, m.Reason = TooFew, v.tooFew(fewestLikeness)
	}
	return m
}

// tooFew says of what there is too little to tell anything: people set aside, people learned, or rows written. It is "" if there are enough.
func (v *view) tooFew(fewest int) string {
	if v.held == nil {
		return "no people were set aside"
	}
	for _, group := range []struct {
		n         int
		one, many string
	}{
		{v.held.persons, "person was set aside", "people were set aside"},
		{v.learned.persons, "person was learned", "people were learned"},
		{v.trial.rows, "row was written", "rows were written"},
	} {
		if group.n < fewest {
			return fmt.Sprintf("%s; %d are the least", count(group.n, group.one, group.many), fewest)
		}
	}
	return ""
}

// likenessFinding is the line of a check of likeness: value for the trial, real for other real people.
func (v *view) likenessFinding(name, metric string, whole shaped, rows int) *finding {
	f := &finding{Check: Check{Group: "Looks alike", Name: name}}
	value, real := whole.value, whole.real
	m := v.likeness(metric, value, real, rows)
	if m.Status != NotApplicable {
		m.Low, m.High = likenessInterval(value, whole.halves)
	}
	f.Metrics = []Metric{m}
	f.Status = m.Status
	switch {
	case m.Status == NotApplicable:
		f.Shown, f.Beside = "not made", m.Reason
		f.Sentence = "The tables have no rows or no columns that could be compared."
		return f
	case m.Status == TooFew:
		f.Shown = points(value)
		f.Sentence = "Too few people to hold this number against others: " + m.Reason + "."
		if v.held == nil {
			f.Sentence = "To tell how near that is, real people are needed whom the generator never saw."
			f.Beside, f.Remedy = "nobody was set aside", askHoldout
		} else {
			f.Beside = "other real people: too few"
		}
		return f
	}
	f.Shown, f.Beside = points(value), fmt.Sprintf("other real people: %.0f", real)
	f.Sentence = fmt.Sprintf("The table reaches %.0f of 100 where other real people reach %.0f.", value, real)
	if real-value >= likenessLoss {
		f.Status = Look
	}
	return f
}

func points(x float64) string { return fmt.Sprintf("%.0f of 100", x) }

// mean is NaN of nothing.
func mean(x []float64) float64 {
	sum := 0.0
	for _, y := range x {
		sum += y
	}
	return sum / float64(len(x))
}

// notMade is a number that could not be computed.
func notMade(name string, best float64, better int, reason string) Metric {
	none := math.NaN()
	return Metric{Name: name, Value: none, Low: none, High: none, Real: none, Best: best, Better: better, Status: NotApplicable, Reason: reason}
}
