package ml

import (
	"math"

	"example.org/cohort/internal/run"
)

// A boosted is a fitted or imported model.
type boosted struct {
	features int
	classes  int
	loss     loss
	base     []float32 // by output: where the sum of the trees begins
	trees    []boostTree
	group    []int32 // by tree: the output it is of
}

func (m *boosted) outputs() int { return len(m.base) }

// margins adds up the trees for a block of rows, in 32 bits and in the order of the trees, as XGBoost does. sums has the outputs
// of the first row, then of the second.
func (m *boosted) margins(rows, sums []float32) {
	for i := range sums {
		sums[i] = m.base[i%len(m.base)]
	}
	for t := range m.trees {
		tree, k := &m.trees[t], int(m.group[t])
		for at := 0; at < len(rows); at += m.features {
			sums[k] += tree.answer(rows[at : at+m.features])
			k += len(m.base)
		}
	}
}

// start gives the margins of n rows before the first tree, by output.
func (m *boosted) start(n int) [][]float32 {
	margins := make([][]float32, len(m.base))
	for k := range margins {
		margins[k] = make([]float32, n)
		for i := range margins[k] {
			margins[k][i] = m.base[k]
		}
	}
	return margins
}

// newBoosted begins a model. The base is XGBoost 1.7's one half, or as XGBoost 3.2 estimates it: the mean, the log odds of
// the mean, or the log shares of the classes less their mean. XGBoost 2 takes one Newton step to the log odds, and one half for classes.
func newBoosted(y []float64, features, classes int, method BoostMethod) boosted {
	m := boosted{features: features, classes: classes, base: make([]float32, 1)}
	mean, old := 0.0, method != Hist
	for _, v := range y {
		mean += float64(float32(v)) / float64(len(y))
	}
	switch {
	case classes == 0:
		m.loss, m.base[0] = squared{}, float32(mean)
	case classes == 2:
		m.loss, m.base[0] = logistic{}, logit(float32(mean))
	default:
		m.loss, m.base = softmax{}, logShares(y, classes)
	}
	for k := range m.base {
		if method == Exact || old && classes > 2 {
			m.base[k] = 0.5
		}
	}
	switch {
	case classes != 2:
	case method == Exact:
		m.base[0] = 0
	case old:
		m.base[0] = logit(sigmoid(float32(4*mean - 2)))
	}
	return m
}

func logShares(y []float64, classes int) []float32 {
	base, mean := make([]float32, classes), float32(0)
	for _, k := range y {
		base[int(k)]++
	}
	for k, n := range base {
		base[k] = float32(math.Log(float64(n/float32(len(y)) + leastGain)))
		mean += base[k] / float32(classes)
	}
	for k := range base {
		base[k] -= mean
	}
	return base
}

// A loss has derivatives, and turns margins into what is predicted.
type loss interface {
	// gradients writes the derivatives [outputs * N] at the margins, which are by output.
	gradients(grad []pair32, margins [][]float32, y []float64)
	// answer turns margins, by output, into numbers or probabilities.
	answer(p [][]float64)
	// name is XGBoost's for the objective.
	name() string
}

type (
	squared  struct{}
	logistic struct{ raw bool } // raw: XGBoost's own prediction is the margin
	softmax  struct{ hard bool }
)

func (squared) name() string { return "reg:squarederror" }

func (l logistic) name() string {
	if l.raw {
		return "binary:logitraw"
	}
	return "binary:logistic"
}

func (l softmax) name() string {
	if l.hard {
		return "multi:softmax"
	}
	return "multi:softprob"
}

// chunk is how many rows are worked on at a time.
const chunk = 2048

// chunks calls f for each part of n rows, in parallel.
func chunks(n int, f func(from, to int)) {
	run.Parallel((n+chunk-1)/chunk, func(i int) { f(i*chunk, min(n, (i+1)*chunk)) })
}

func (squared) gradients(grad []pair32, margins [][]float32, y []float64) {
	for i, v := range margins[0] {
		grad[i] = pair32{v - float32(y[i]), 1}
	}
}

func (squared) answer([][]float64) {}

func (logistic) gradients(grad []pair32, margins [][]float32, y []float64) {
	chunks(len(y), func(from, to int) {
		for i := from; i < to; i++ {
			p := sigmoid(margins[0][i])
			grad[i] = pair32{p - float32(y[i]), max(p*(1-p), 1e-16)}
		}
	})
}

func (logistic) answer(p [][]float64) {
	for i, v := range p[0] {
		p[0][i] = float64(sigmoid(float32(v)))
	}
}

func sigmoid(x float32) float32 {
	return 1 / (float32(math.Exp(float64(min(-x, 88.7)))) + 1)
}

func logit(p float32) float32 {
	p = min(max(p, leastGain), 1-leastGain)
	return -float32(math.Log(float64(1/p - 1)))
}

func (softmax) gradients(grad []pair32, margins [][]float32, y []float64) {
	n := len(y)
	chunks(n, func(from, to int) {
		e := make([]float32, len(margins))
		for i := from; i < to; i++ {
			sum := exponentials(e, func(k int) float32 { return margins[k][i] })
			for k, v := range e {
				p := v / sum
				h := max(2*p*(1-p), 1e-16)
				if int(y[i]) == k {
					p--
				}
				grad[k*n+i] = pair32{p, h}
			}
		}
	})
}

func (softmax) answer(p [][]float64) {
	e := make([]float32, len(p))
	for i := range p[0] {
		sum := exponentials(e, func(k int) float32 { return float32(p[k][i]) })
		for k, v := range e {
			p[k][i] = float64(v / sum)
		}
	}
}

// exponentials writes the exponentials of the margins, of which the greatest is taken off, and gives their sum.
func exponentials(e []float32, margin func(k int) float32) float32 {
	most, sum := margin(0), 0.0
	for k := range e {
		e[k] = margin(k)
		most = max(most, e[k])
	}
	for k, v := range e {
		e[k] = float32(math.Exp(float64(v - most)))
		sum += float64(e[k])
	}
	return float32(sum)
}
