package nn

import (
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
)

// An Init is the distribution that a parameter starts from: Mean + Spread*x with x uniform in [-1, 1), or standard normal.
// The zero value makes zeros.
type Init struct {
	Mean, Spread float32
	Normal       bool
}

// Constant is the initialiser that writes v everywhere.
func Constant(v float32) Init { return Init{Mean: v} }

// Uniform draws from [-bound, bound).
func Uniform(bound float32) Init { return Init{Spread: bound} }

// Normal draws from the normal distribution around 0 with the given standard deviation.
func Normal(deviation float32) Init { return Init{Spread: deviation, Normal: true} }

// FanIn is what PyTorch starts a linear layer's weights and bias with: uniform in [-1/sqrt(in), 1/sqrt(in)), which it calls
// kaiming_uniform_ with a = sqrt(5). An in of 0 counts as 1, here and below.
func FanIn(in int) Init { return Uniform(float32(1 / math.Sqrt(float64(max(1, in))))) }

// Kaiming keeps the size of a signal through layers with ReLU: uniform with variance 2/in (He, Zhang, Ren and Sun,
// "Delving deep into rectifiers", ICCV 2015).
func Kaiming(in int) Init { return Uniform(float32(math.Sqrt(6 / float64(max(1, in))))) }

// Xavier is uniform with variance 2/(in+out) (Glorot and Bengio, "Understanding the difficulty of training deep feedforward
// neural networks", AISTATS 2010).
func Xavier(in, out int) Init { return Uniform(float32(math.Sqrt(6 / float64(max(1, in+out))))) }

// fill draws the numbers of the parameter with the given name. They depend on the seed and the name alone, not on which
// parameters there are besides.
func (i Init) fill(dst []float32, seed uint64, name string) {
	switch {
	case i.Spread == 0:
		kernels.Fill(dst, i.Mean)
		return
	case i.Normal:
		kernels.Normal(dst, seed, rng.NNInit, hash(name), 0)
		kernels.Scale(dst, dst, i.Spread)
	default:
		kernels.Uniform(dst, seed, rng.NNInit, hash(name), 0)
		kernels.Scale(dst, dst, 2*i.Spread)
		kernels.AddConst(dst, dst, -i.Spread)
	}
	if i.Mean != 0 {
		kernels.AddConst(dst, dst, i.Mean)
	}
}

// hash is FNV-1a, which gives a name its row of the stream. Two of a thousand names meet once in 10^13 models.
func hash(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for _, c := range []byte(name) {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return h
}
