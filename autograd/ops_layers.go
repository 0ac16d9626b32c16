package autograd

import (
	"fmt"
	"math"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// Stats are the mean and the biased variance of each column. Those that a tape gives are valid until its Reset.
type Stats struct{ Mean, Variance []float32 }

// BatchNorm is (x - mean)/sqrt(variance + eps)*gamma + beta with the statistics of the columns of x [N, D] itself, which it
// gives too; gamma and beta are [D]. With relu, ReLU follows. The gradient goes through the statistics. It panics where the
// shapes do not fit.
func (t *Tape) BatchNorm(x, gamma, beta Var, eps float32, relu bool) (Var, Stats) {
	a, rows, cols := t.matrix("BatchNorm", x)
	s := Stats{t.arena.Floats(cols), t.arena.Floats(cols)}
	kernels.BatchNormStats(s.Mean, s.Variance, a.val.Data, rows, cols)
	n, y := t.batchNorm(a, gamma, beta, s, eps, relu)
	n.eval = false
	return y, s
}

// BatchNormWith is [Tape.BatchNorm] with given statistics, which are constants. It panics where the shapes do not fit.
func (t *Tape) BatchNormWith(x, gamma, beta Var, s Stats, eps float32, relu bool) Var {
	a, _, cols := t.matrix("BatchNorm", x)
	if len(s.Mean) != cols || len(s.Variance) != cols {
		panic(fmt.Sprintf("autograd: BatchNorm of %v with statistics of %d and %d columns", a.val.Shape, len(s.Mean), len(s.Variance)))
	}
	_, y := t.batchNorm(a, gamma, beta, s, eps, relu)
	return y
}

func (t *Tape) batchNorm(a *node, gamma, beta Var, s Stats, eps float32, relu bool) (*node, Var) {
	rows, cols := a.val.Shape[0], a.val.Shape[1]
	g, b := t.side("BatchNorm", a, gamma, cols), t.side("BatchNorm", a, beta, cols)
	n, y := t.emit(opBatchNorm, a, g, b)
	n.val = tensor.Tensor{Shape: a.val.Shape, Data: t.floats(rows * cols)}
	n.mean, n.rstd, n.relu, n.eval = t.arena.Floats(cols), t.arena.Floats(cols), relu, true
	copy(n.mean, s.Mean) // the statistics may change before the way back
	for j, v := range s.Variance {
		n.rstd[j] = float32(1 / math.Sqrt(float64(v)+float64(eps)))
	}
	kernels.BatchNorm(n.val.Data, a.val.Data, n.mean, n.rstd, g.val.Data, b.val.Data, rows, cols, relu)
	return n, y
}

// CrossEntropy is -ln softmax(x)[label] for each row: x [N, D] gives [N]. A row with label -1 has loss 0. The labels are
// not copied. It panics where their number is not N or one is not below D.
func (t *Tape) CrossEntropy(x Var, labels []int32) Var {
	a, rows, cols := t.matrix("CrossEntropy", x)
	n, y := t.vector(opCrossEntropy, rows, a)
	kernels.CrossEntropy(a.val.Data, labels, rows, cols, n.val.Data, t.lossGrad(n, a))
	return y
}

// SpanCrossEntropy is the cross-entropy within one span of each row: row i of x [N, D] is judged in span which[i], where
// label[i] counts from the start of the span; the result is [N]. A row with which -1 has loss 0. It panics where a length does
// not fit, a span leaves the matrix, or a label its span.
func (t *Tape) SpanCrossEntropy(x Var, spans []kernels.Span, which, label []int32) Var {
	a, rows, cols := t.matrix("SpanCrossEntropy", x)
	n, y := t.vector(opSpanCrossEntropy, rows, a)
	kernels.SpanCrossEntropy(a.val.Data, rows, cols, spans, which, label, n.val.Data, t.lossGrad(n, a))
	return y
}

// lossGrad is memory for what a loss saves: its gradient, if one will be needed.
func (t *Tape) lossGrad(n, x *node) []float32 {
	if n.needs {
		n.saved = t.floats(len(x.val.Data))
	}
	return n.saved
}

// scratch is memory for a gradient like x, as a Var.
func (t *Tape) scratch(x tensor.Tensor) ([]float32, Var) {
	n, v := t.emit(opLeaf)
	n.val = tensor.Tensor{Shape: x.Shape, Data: t.floats(len(x.Data))}
	return n.val.Data, v
}
