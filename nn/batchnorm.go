package nn

import (
	"fmt"

	"example.org/cohort/autograd"
)

// BatchNorm normalises each column (Ioffe and Szegedy, ICML 2015) as torch.nn.BatchNorm1d does: by the batch's mean and
// biased variance in training, by running estimates afterwards, whose variance is the unbiased one.
type BatchNorm struct {
	Weight, Bias   *Param  // [D] gamma and beta
	Mean, Variance *Buffer // [D] the estimates
	Momentum       float32 // what a batch counts in them
	Eps            float32
	ReLU           bool // ReLU follows

	sum, square []float64 // over recalibration: of x, and of squares around the batches' means
	count       float64
}

// A Phase says which statistics [BatchNorm] uses and what becomes of them.
type Phase uint8

// The phases.
const (
	Train       Phase = iota // those of the batch; the estimates move towards them
	Eval                     // the estimates
	Recalibrate              // those of the batch; they are collected for [BatchNorm.Finish]
)

// NewBatchNorm declares "weight" and "bias", which start at 1 and 0, and the buffers "mean" and "variance", which start at 0
// and 1, for D columns. Momentum is 0.1 and Eps 1e-5.
func NewBatchNorm(s Scope, d int) *BatchNorm {
	return &BatchNorm{
		Weight: s.Param("weight", Constant(1), d), Bias: s.Param("bias", Init{}, d),
		Mean: s.Buffer("mean", 0, d), Variance: s.Buffer("variance", 1, d), Momentum: 0.1, Eps: 1e-5,
	}
}

// Forward normalises x [N, D]. It panics where the shapes do not fit, and where a batch of fewer than two rows should give
// statistics.
func (b *BatchNorm) Forward(t *autograd.Tape, x autograd.Var, phase Phase) autograd.Var {
	if phase == Eval {
		s := autograd.Stats{Mean: b.Mean.Data, Variance: b.Variance.Data}
		return t.BatchNormWith(x, b.Weight.On(t), b.Bias.On(t), s, b.Eps, b.ReLU)
	}
	n := x.Shape()[0]
	if n < 2 {
		panic(fmt.Sprintf("nn: BatchNorm of %v outside phase Eval needs two rows", x.Shape()))
	}
	y, s := t.BatchNorm(x, b.Weight.On(t), b.Bias.On(t), b.Eps, b.ReLU)
	if phase == Recalibrate {
		b.collect(s, n)
		return y
	}
	unbiased := float32(n) / float32(n-1)
	for j, m := range s.Mean {
		b.Mean.Data[j] += b.Momentum * (m - b.Mean.Data[j])
		b.Variance.Data[j] += b.Momentum * (unbiased*s.Variance[j] - b.Variance.Data[j])
	}
	return y
}

// collect adds a batch of n rows to the statistics of the population, by Chan, Golub and LeVeque's rule for the variance of
// two samples together (Am. Stat. 37, 1983).
func (b *BatchNorm) collect(s autograd.Stats, n int) {
	if b.count == 0 {
		b.sum, b.square = make([]float64, len(s.Mean)), make([]float64, len(s.Mean))
	}
	rows := float64(n)
	for j, m := range s.Mean {
		apart := 0.0
		if b.count > 0 {
			apart = float64(m) - b.sum[j]/b.count
		}
		b.square[j] += rows*float64(s.Variance[j]) + apart*apart*b.count*rows/(b.count+rows)
		b.sum[j] += rows * float64(m)
	}
	b.count += rows
}

// Finish makes the exact mean and unbiased variance of all rows that were seen in phase Recalibrate the estimates, in place
// of a running average of the last batches. It panics where there were none.
func (b *BatchNorm) Finish() {
	if b.count == 0 {
		panic("nn: Finish of a BatchNorm that has seen no batch in phase Recalibrate")
	}
	for j := range b.sum {
		b.Mean.Data[j] = float32(b.sum[j] / b.count)
		b.Variance.Data[j] = float32(b.square[j] / (b.count - 1))
	}
	b.sum, b.square, b.count = nil, nil, 0
}
