package kernels

import (
	"fmt"
	"testing"
)

// benchFamilies runs a benchmark on every family; n elements and bytes of memory are touched each time.
func benchFamilies(b *testing.B, name string, n, bytes int, f func()) {
	for _, family := range Families() {
		b.Run(name+"/"+family, func(b *testing.B) {
			restore, err := Use(family)
			if err != nil {
				b.Fatal(err)
			}
			defer restore()
			b.SetBytes(int64(bytes))
			f() // touches the memory
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
		})
	}
}

func BenchmarkElements(b *testing.B) {
	const n = 4096
	x, y, z, dst := numbers(1, n, false), numbers(2, n, false), numbers(3, n, false), make([]float32, n)
	for _, c := range []struct {
		name   string
		arrays int
		f      func()
	}{
		{"Exp", 2, func() { Exp(dst, x) }},
		{"Log", 2, func() { Log(dst, x) }},
		{"Tanh", 2, func() { Tanh(dst, x) }},
		{"Sigmoid", 2, func() { Sigmoid(dst, x) }},
		{"Sqrt", 2, func() { Sqrt(dst, x) }},
		{"LeakyReLU", 2, func() { ApplyLeakyReLU(dst, x, .2) }},
		{"LeakyReLUGrad", 3, func() { LeakyReLUGrad(dst, x, y, .2) }},
		{"Add", 3, func() { Add(dst, x, y) }},
		{"Mul", 3, func() { Mul(dst, x, y) }},
		{"MulAdd", 4, func() { MulAdd(z, x, y) }},
		{"Axpy", 3, func() { Axpy(z, .5, x) }},
		{"Scale", 2, func() { Scale(dst, x, 3) }},
		{"Sum", 1, func() { Sum(x) }},
		{"Dot", 2, func() { Dot(x, y) }},
		{"Max", 1, func() { Max(x) }},
		{"SumSquares", 1, func() { SumSquares(x) }},
		{"Uniform", 1, func() { Uniform(dst, 1, 2, 3, 0) }},
		{"Exponential", 1, func() { Exponential(dst, 1, 2, 3, 0) }},
		{"Normal", 1, func() { Normal(dst, 1, 2, 3, 0) }},
		{"Gumbel", 1, func() { GumbelFill(dst, 1, 2, 3, 0) }},
		{"Dropout", 2, func() { DropoutForward(dst, x, Dropout{Seed: 1, P: .5}, 0) }},
	} {
		benchFamilies(b, c.name, n, 4*n*c.arrays, c.f)
	}
}

func BenchmarkAdam(b *testing.B) {
	for _, n := range []int{1 << 14, 1 << 18, 1 << 22} {
		p, g, m, v := make([]float32, n), numbers(1, n, false), make([]float32, n), make([]float32, n)
		step := AdamStep{LR: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Step: 10}
		benchFamilies(b, fmt.Sprint(n), n, 28*n, func() { Adam(p, g, m, v, step) })
	}
}

func BenchmarkColumns(b *testing.B) {
	const rows, cols = 500, 256
	n := rows * cols
	x, dy, dst := numbers(1, n, false), numbers(2, n, false), make([]float32, n)
	s := make([][]float32, 6)
	for i := range s {
		s[i] = numbers(uint64(i), cols, false)
	}
	benchFamilies(b, "ColSums", n, 4*n, func() { ColSums(s[0], x, rows, cols) })
	benchFamilies(b, "Stats", n, 4*n, func() { BatchNormStats(s[0], s[1], x, rows, cols) })
	benchFamilies(b, "BatchNorm", n, 8*n, func() { BatchNorm(dst, x, s[0], s[1], s[2], s[3], rows, cols, true) })
	benchFamilies(b, "BatchNormGrad", n, 12*n, func() {
		BatchNormGrad(dst, s[4], s[5], dy, x, s[0], s[1], s[2], rows, cols)
	})
	benchFamilies(b, "AddBias", n, 8*n, func() { AddBias(dst, x, s[0], rows, cols) })
	r := numbers(9, rows, false)
	benchFamilies(b, "RowNorms", n, 4*n, func() { RowNorms(r, x, rows, cols) })
}

// adultSpans is 156 columns as CTGAN makes them of the table adult: numbers with their modes, and categories.
func adultSpans() (spans []Span, cols int) {
	add := func(kind SpanKind, widths ...int) {
		for _, w := range widths {
			spans = append(spans, Span{cols, w, kind})
			cols += w
		}
	}
	for _, modes := range []int{10, 8, 2, 3, 10, 5} {
		add(SpanTanh, 1)
		add(SpanSoftmax, modes)
	}
	add(SpanSoftmax, 9, 16, 7, 15, 6, 5, 2, 42, 2, 8)
	return spans, cols
}

func BenchmarkSpans(b *testing.B) {
	const rows = 500
	spans, cols := adultSpans()
	n := rows * cols
	x, y, dst := numbers(1, n, false), numbers(2, n, false), make([]float32, n)
	benchFamilies(b, "Forward", n, 8*n, func() { SpanForward(dst, x, rows, cols, spans, .2, nil) })
	noise := &Noise{Seed: 1}
	benchFamilies(b, "ForwardNoise", n, 8*n, func() { SpanForward(dst, x, rows, cols, spans, .2, noise) })
	benchFamilies(b, "Grad", n, 12*n, func() { SpanGrad(dst, x, y, rows, cols, spans, .2) })
	which, label, losses := make([]int32, rows), make([]int32, rows), make([]float32, rows)
	for i := range which {
		which[i] = int32(12 + i%10)
	}
	benchFamilies(b, "CrossEntropy", n, 8*n, func() { SpanCrossEntropy(x, rows, cols, spans, which, label, losses, dst) })
}

func BenchmarkSoftmax(b *testing.B) {
	for _, shape := range [][2]int{{500, 10}, {500, 64}, {500, 256}, {4, 50257}} {
		rows, cols := shape[0], shape[1]
		n := rows * cols
		x, dst, labels, losses := numbers(1, n, false), make([]float32, n), make([]int32, rows), make([]float32, rows)
		name := fmt.Sprintf("%dx%d", rows, cols)
		benchFamilies(b, name, n, 8*n, func() { Softmax(dst, x, rows, cols) })
		benchFamilies(b, "CrossEntropy/"+name, n, 8*n, func() { CrossEntropy(x, labels, rows, cols, losses, dst) })
	}
}
