package nn

import (
	"fmt"
	"slices"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
)

// CriticLoss is the mean of the critic's judgements of fakes less that of real rows, to be minimised (Arjovsky, Chintala and
// Bottou, "Wasserstein GAN", ICML 2017). The judgements have any shape; the loss is [1].
func CriticLoss(t *autograd.Tape, fake, real autograd.Var) autograd.Var {
	return t.Sub(t.Mean(fake), t.Mean(real))
}

// GeneratorLoss is less the mean of the critic's judgements of fakes: [1].
func GeneratorLoss(t *autograd.Tape, fake autograd.Var) autograd.Var {
	return t.Scale(t.Mean(fake), -1)
}

// GradientPenalty is weight times the mean over the rows of (|gradient of y for x| - 1)^2: [1] (Gulrajani, Ahmed, Arjovsky,
// Dumoulin and Courville, "Improved Training of Wasserstein GANs", NIPS 2017). x [N, D] is a [autograd.Tape.Input] and y
// [N, 1] the critic's judgement of it, each row's of that row alone. Where a row of x is a pack of several rows (PacGAN), the
// norm is that of the pack. Everything between must have a second derivative: the tape panics where it has not.
func GradientPenalty(t *autograd.Tape, x, y autograd.Var, weight float32) autograd.Var {
	length := t.RowNorm(t.Grad(y, x, autograd.Create))
	return t.Scale(t.Mean(t.Square(t.AddConst(length, -1))), weight)
}

// MSE is the mean of squared differences: [1]. It panics where the shapes differ.
func MSE(t *autograd.Tape, x, target autograd.Var) autograd.Var {
	return t.Mean(t.Square(t.Sub(x, target)))
}

// BCEWithLogits is the mean of -target*ln p - (1-target)*ln(1-p), p = sigmoid(x), without overflow for any x: [1]. Each
// target lies in [0, 1] and is a constant. It panics where the shapes differ.
func BCEWithLogits(t *autograd.Tape, x, target autograd.Var) autograd.Var {
	if !slices.Equal(x.Shape(), target.Shape()) {
		panic(fmt.Sprintf("nn: BCEWithLogits of %v and targets of %v", x.Shape(), target.Shape()))
	}
	n := len(target.Data())
	// The sigmoid is the softmax over x and 0.
	column := t.Reshape(x, n, 1)
	chance := t.Reshape(t.Detach(target), n, 1)
	rest := t.AddConst(t.Scale(chance, -1), 1)
	logs := t.LogSoftmax(t.Concat(column, t.Scale(chance, 0)))
	return t.Scale(t.Sum(t.Mul(logs, t.Concat(chance, rest))), -1/float32(n))
}

// CrossEntropy is the mean of -ln softmax(x)[label] over the rows of x [N, D] whose label is not -1: [1]; 0 where all are.
// It panics where the number of labels is not N, and where one is not below D.
func CrossEntropy(t *autograd.Tape, x autograd.Var, labels []int32) autograd.Var {
	counted := 0
	for _, l := range labels {
		if l >= 0 {
			counted++
		}
	}
	return t.Scale(t.Sum(t.CrossEntropy(x, labels)), 1/float32(max(1, counted)))
}

// ConditionLoss is how far a generator misses the categories that it was asked for: the cross-entropy of the logits [N, D]
// within span which[i] against category label[i] of it, as a mean over all N rows: [1]. A row with which -1 was asked for
// nothing and has loss 0. It panics where a length is not N, a span leaves the matrix, or a label its span.
func ConditionLoss(t *autograd.Tape, logits autograd.Var, spans []kernels.Span, which, label []int32) autograd.Var {
	if n := logits.Shape()[0]; len(which) != n || len(label) != n {
		panic(fmt.Sprintf("nn: ConditionLoss of %v with %d spans and %d labels", logits.Shape(), len(which), len(label)))
	}
	return t.Mean(t.SpanCrossEntropy(logits, spans, which, label))
}
