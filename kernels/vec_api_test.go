package kernels

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// near requires that every element is what a formula in float64 says, within a tolerance relative to 1 + its size.
func near(t *testing.T, got []float32, tolerance float64, what string, want func(i int) float64) {
	t.Helper()
	for i, g := range got {
		w := want(i)
		if !(math.Abs(float64(g)-w) <= tolerance*(1+math.Abs(w))) {
			t.Fatalf("%s: element %d of %d is %g, not %g", what, i, len(got), g, w)
		}
	}
}

func f64(x float32) float64 { return float64(x) }

func TestElementsAreTheirFormulas(t *testing.T) {
	const n = 1003
	x, y, z := numbers(1, n, false), numbers(2, n, false), numbers(3, n, false)
	dst := make([]float32, n)
	copied := func() []float32 { copy(dst, z); return dst }
	for name, c := range map[string]struct {
		f    func()
		want func(i int) float64
	}{
		"Exp":       {func() { Exp(dst, x) }, func(i int) float64 { return math.Exp(f64(x[i])) }},
		"Tanh":      {func() { Tanh(dst, x) }, func(i int) float64 { return math.Tanh(f64(x[i])) }},
		"Sigmoid":   {func() { Sigmoid(dst, x) }, func(i int) float64 { return 1 / (1 + math.Exp(-f64(x[i]))) }},
		"Log":       {func() { Square(dst, x); Log(dst, dst) }, func(i int) float64 { return math.Log(f64(x[i] * x[i])) }},
		"Sqrt":      {func() { Square(dst, x); Sqrt(dst, dst) }, func(i int) float64 { return math.Abs(f64(x[i])) }},
		"ApplyReLU": {func() { ApplyReLU(dst, x) }, func(i int) float64 { return max(0, f64(x[i])) }},
		"ApplyLeakyReLU": {func() { ApplyLeakyReLU(dst, x, .2) }, func(i int) float64 {
			return max(f64(x[i]), .2*f64(x[i]))
		}},
		"ReLUGrad": {func() { ReLUGrad(dst, x, y) }, func(i int) float64 {
			if y[i] > 0 {
				return f64(x[i])
			}
			return 0
		}},
		"LeakyReLUGrad": {func() { LeakyReLUGrad(dst, x, y, .2) }, func(i int) float64 {
			if y[i] > 0 {
				return f64(x[i])
			}
			return .2 * f64(x[i])
		}},
		"TanhGrad":    {func() { TanhGrad(dst, x, y) }, func(i int) float64 { return f64(x[i]) * (1 - f64(y[i])*f64(y[i])) }},
		"SigmoidGrad": {func() { SigmoidGrad(dst, x, y) }, func(i int) float64 { return f64(x[i]) * f64(y[i]) * (1 - f64(y[i])) }},
		"Add":         {func() { Add(dst, x, y) }, func(i int) float64 { return f64(x[i]) + f64(y[i]) }},
		"Sub":         {func() { Sub(dst, x, y) }, func(i int) float64 { return f64(x[i]) - f64(y[i]) }},
		"Mul":         {func() { Mul(dst, x, y) }, func(i int) float64 { return f64(x[i]) * f64(y[i]) }},
		"Scale":       {func() { Scale(dst, x, 3) }, func(i int) float64 { return 3 * f64(x[i]) }},
		"AddConst":    {func() { AddConst(dst, x, 3) }, func(i int) float64 { return 3 + f64(x[i]) }},
		"Fill":        {func() { Fill(dst, 7) }, func(int) float64 { return 7 }},
		"AddTo":       {func() { AddTo(copied(), x) }, func(i int) float64 { return f64(z[i]) + f64(x[i]) }},
		"Axpy":        {func() { Axpy(copied(), .3, x) }, func(i int) float64 { return f64(z[i]) + .3*f64(x[i]) }},
		"MulAdd":      {func() { MulAdd(copied(), x, y) }, func(i int) float64 { return f64(z[i]) + f64(x[i])*f64(y[i]) }},
		"EMA":         {func() { EMA(copied(), x, .9) }, func(i int) float64 { return .9*f64(z[i]) + .1*f64(x[i]) }},
	} {
		c.f()
		near(t, dst, 1e-6, name, c.want)
	}
}

func TestReductionsAreTheirFormulas(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 5, 63, 64, 65, 1000, 16384, 16385, 200_000} {
			x, y := numbers(1, n, false), numbers(2, n, false)
			var sum, square, dot float64
			top := math.Inf(-1)
			for i, v := range x {
				sum += f64(v)
				square += f64(v) * f64(v)
				dot += f64(v) * f64(y[i])
				top = max(top, f64(v))
			}
			scale := 1e-6 * (1 + square)
			require.InDelta(t, sum, Sum(x), scale)
			require.InDelta(t, dot, Dot(x, y), scale)
			require.InEpsilon(t, 1+square, 1+SumSquares(x), 1e-6)
			require.InEpsilon(t, 1+math.Sqrt(square), 1+Norm(x), 1e-6)
			require.Equal(t, float32(top), Max(x))
			if n == 0 {
				continue
			}
			x[n/2] = inf
			require.Equal(t, inf, Max(x))
			require.Equal(t, inf, Norm(x))
			x[0] = nan
			require.True(t, Max(x) != Max(x))
			require.True(t, Sum(x) != Sum(x))
		}
	})
	require.Equal(t, float32(1), ClipScale(.5, 1))
	require.InDelta(t, .25, ClipScale(4, 1), 1e-6)
	require.InDelta(t, 1.5e20, Norm([]float32{1.5e20}), 1e15, "squares do not overflow")
}

func TestRowsAndColumns(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, shape := range [][2]int{{1, 1}, {3, 5}, {64, 16}, {65, 33}, {130, 70}, {700, 256}} {
			rows, cols := shape[0], shape[1]
			n := rows * cols
			x, y, dst := numbers(1, n, false), numbers(2, n, false), make([]float32, n)
			bias, factor, row, col := numbers(3, cols, false), numbers(4, rows, false), make([]float32, rows), make([]float32, cols)
			overRow := func(f func(k int) float64) func(i int) float64 {
				return func(i int) (sum float64) {
					for j := range cols {
						sum += f(i*cols + j)
					}
					return sum
				}
			}
			AddBias(dst, x, bias, rows, cols)
			near(t, dst, 1e-6, "AddBias", func(i int) float64 { return f64(x[i]) + f64(bias[i%cols]) })
			MulRows(dst, x, factor, rows, cols)
			near(t, dst, 1e-6, "MulRows", func(i int) float64 { return f64(x[i]) * f64(factor[i/cols]) })
			RowSums(row, x, rows, cols)
			near(t, row, 1e-4, "RowSums", overRow(func(k int) float64 { return f64(x[k]) }))
			RowDots(row, x, y, rows, cols)
			near(t, row, 1e-4, "RowDots", overRow(func(k int) float64 { return f64(x[k]) * f64(y[k]) }))
			ColSums(col, x, rows, cols)
			near(t, col, 1e-4, "ColSums", func(j int) (sum float64) {
				for i := range rows {
					sum += f64(x[i*cols+j])
				}
				return sum
			})
			clear(x[:cols])
			RowNorms(row, x, rows, cols)
			near(t, row, 1e-6, "RowNorms", func(i int) float64 {
				return math.Sqrt(overRow(func(k int) float64 { return f64(x[k]) * f64(x[k]) })(i))
			})
			require.Zero(t, row[0])
			RowNormsGrad(dst, x, row, factor, rows, cols)
			near(t, dst, 1e-5, "RowNormsGrad", func(i int) float64 {
				if i < cols {
					return 0
				}
				return f64(x[i]) * f64(factor[i/cols]) / f64(row[i/cols])
			})
		}
	})
}

func TestBatchNorm(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		const rows, cols = 150, 37
		x, dy := numbers(1, rows*cols, false), numbers(2, rows*cols, false)
		gamma, beta := numbers(3, cols, false), numbers(4, cols, false)
		mean, variance, rstd := make([]float32, cols), make([]float32, cols), make([]float32, cols)
		column := func(f func(k, j int) float64) func(j int) float64 {
			return func(j int) (sum float64) {
				for i := range rows {
					sum += f(i*cols+j, j)
				}
				return sum
			}
		}
		BatchNormStats(mean, variance, x, rows, cols)
		near(t, mean, 1e-5, "mean", func(j int) float64 { return column(func(k, _ int) float64 { return f64(x[k]) })(j) / rows })
		near(t, variance, 1e-5, "variance", func(j int) float64 {
			return column(func(k, j int) float64 { return math.Pow(f64(x[k])-f64(mean[j]), 2) })(j) / rows
		})
		for j, v := range variance {
			rstd[j] = float32(1 / math.Sqrt(f64(v)+1e-5))
		}
		hat := func(k, j int) float64 { return (f64(x[k]) - f64(mean[j])) * f64(rstd[j]) }
		dst, dgamma, dbeta := make([]float32, rows*cols), make([]float32, cols), make([]float32, cols)
		for _, relu := range []bool{false, true} {
			BatchNorm(dst, x, mean, rstd, gamma, beta, rows, cols, relu)
			near(t, dst, 1e-5, "BatchNorm", func(i int) float64 {
				y := hat(i, i%cols)*f64(gamma[i%cols]) + f64(beta[i%cols])
				if relu {
					y = max(y, 0)
				}
				return y
			})
		}
		BatchNormGrad(dst, dgamma, dbeta, dy, x, mean, rstd, gamma, rows, cols)
		sumDy := column(func(k, _ int) float64 { return f64(dy[k]) })
		sumHat := column(func(k, j int) float64 { return f64(dy[k]) * hat(k, j) })
		near(t, dbeta, 1e-4, "dbeta", sumDy)
		near(t, dgamma, 1e-4, "dgamma", sumHat)
		near(t, dst, 1e-4, "dx", func(i int) float64 {
			j := i % cols
			return f64(gamma[j]) * f64(rstd[j]) * (f64(dy[i]) - sumDy(j)/rows - hat(i, j)*sumHat(j)/rows)
		})
	})
}

// Rows, chunks and threads do not change a bit.
func TestThreadsDoNotMatter(t *testing.T) {
	const rows, cols = 1500, 156
	const n = rows * cols
	x, y := numbers(1, n, false), numbers(2, n, false)
	spans, _ := adultSpans()
	run := func() (all []float32) {
		out := func(n int, f func(dst []float32)) {
			dst := make([]float32, n)
			f(dst)
			all = append(all, dst...)
		}
		out(n, func(d []float32) { Exp(d, x) })
		out(n, func(d []float32) { Normal(d, 1, 2, 3, 1) })
		out(n, func(d []float32) { DropoutForward(d, x, Dropout{P: .5}, 3) })
		out(n, func(d []float32) { Softmax(d, x, rows, cols) })
		out(n, func(d []float32) { SpanForward(d, x, rows, cols, spans, .2, &Noise{Seed: 3}) })
		out(n, func(d []float32) { SpanGrad(d, x, y, rows, cols, spans, .2) })
		out(cols, func(d []float32) { ColSums(d, x, rows, cols) })
		out(rows, func(d []float32) { RowNorms(d, x, rows, cols) })
		out(n, func(d []float32) {
			copy(d, x)
			Adam(d, y, make([]float32, n), make([]float32, n), AdamStep{LR: .1, Beta1: .9, Beta2: .99, Eps: 1e-8, Step: 1})
		})
		return append(all, Sum(x), Dot(x, y), Norm(x))
	}
	want := run()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, threads := range []int{1, 3, 8} {
		runtime.GOMAXPROCS(threads)
		sameVec(t, want, run(), "%d threads", threads)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	const rows, cols = 500, 156
	const n = rows * cols
	x, y, dst, losses := numbers(1, n, false), numbers(2, n, false), make([]float32, n), make([]float32, rows)
	m, v, col := make([]float32, n), make([]float32, n), numbers(3, cols, false)
	spans, _ := adultSpans()
	labels := make([]int32, rows)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		Tanh(dst, x)
		Normal(dst, 1, 2, 3, 4)
		DropoutForward(dst, x, Dropout{P: .5}, 3)
		Softmax(dst, x, rows, cols)
		CrossEntropy(x, labels, rows, cols, losses, dst)
		SpanForward(dst, x, rows, cols, spans, .2, &Noise{Seed: 3})
		SpanGrad(dst, x, y, rows, cols, spans, .2)
		SpanCrossEntropy(x, rows, cols, spans, labels, labels, losses, dst)
		BatchNorm(dst, x, col, col, col, col, rows, cols, true)
		ColSums(col, x, rows, cols)
		losses[0] = Sum(x) + Max(x) + Norm(x)
		Adam(dst, x, m, v, AdamStep{LR: .1, Beta1: .9, Beta2: .99, Eps: 1e-8, Step: 1})
	}))
}

func TestWrongLengthsPanic(t *testing.T) {
	two, three, six := make([]float32, 2), make([]float32, 3), make([]float32, 6)
	labels := make([]int32, 2)
	spans := []Span{{Offset: 1, Width: 3, Kind: SpanTanh}}
	for want, f := range map[string]func(){
		"kernels: Exp of 3 into 2 numbers":                              func() { Exp(two, three) },
		"kernels: Add of 3 and 2 into 2 numbers":                        func() { Add(two, three, two) },
		"kernels: MulAdd of 3 and 2 into 3 numbers":                     func() { MulAdd(three, three, two) },
		"kernels: Dot of 3 into 2 numbers":                              func() { Dot(two, three) },
		"kernels: AddBias of [2 3] with 2 numbers of bias":              func() { AddBias(six, six, two, 2, 3) },
		"kernels: ColSums of [2 2] with 6 numbers":                      func() { ColSums(two, six, 2, 2) },
		"kernels: ColSums of [-2 -3] with 6 numbers":                    func() { ColSums(two, six, -2, -3) },
		"kernels: RowNorms of [2 3] with 3 numbers of norms":            func() { RowNorms(three, six, 2, 3) },
		"kernels: BatchNorm of [2 3] with 2 numbers of rstd":            func() { BatchNorm(six, six, three, two, three, three, 2, 3, false) },
		"kernels: CrossEntropy of [2 3] with label 3 in row 1":          func() { CrossEntropy(six, []int32{0, 3}, 2, 3, two, nil) },
		"kernels: SpanForward of [2 3] with a span of 3 columns from 1": func() { SpanForward(six, six, 2, 3, spans, 1, nil) },
		"kernels: SpanForward of [2 3] with 3 numbers of noise": func() {
			SpanForward(six, six, 2, 3, nil, 1, &Noise{Given: three})
		},
		"kernels: SpanCrossEntropy of [2 3] with span 0 and label 0 in row 0": func() {
			SpanCrossEntropy(six, 2, 3, nil, labels, labels, two, nil)
		},
		"kernels: AdamUndo of step 0 of 3 numbers with 3 and 3": func() { AdamUndo(three, three, three, AdamStep{}) },
		"kernels: Adam step 1 of 3 numbers with 2, 3 and 3":     func() { Adam(three, two, three, three, AdamStep{Step: 1}) },
		"kernels: DropoutForward of 2 into 3 numbers":           func() { DropoutForward(three, two, Dropout{}, 0) },
	} {
		require.PanicsWithValue(t, want, f)
	}
}

func TestNothingIsDoneToNothing(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		Exp(nil, nil)
		Add(nil, nil, nil)
		Normal(nil, 1, 2, 3, 4)
		Adam(nil, nil, nil, nil, AdamStep{Step: 1})
		for _, shape := range [][2]int{{0, 0}, {0, 3}, {3, 0}} {
			rows, cols := shape[0], shape[1]
			row, col, labels := make([]float32, rows), make([]float32, cols), make([]int32, rows)
			for i := range labels {
				labels[i] = -1
			}
			Softmax(nil, nil, rows, cols)
			LogSoftmax(nil, nil, rows, cols)
			SoftmaxGrad(nil, nil, nil, rows, cols)
			CrossEntropy(nil, labels, rows, cols, row, nil)
			SpanForward(nil, nil, rows, cols, []Span{{0, 0, SpanSoftmax}}, 1, &Noise{})
			SpanGrad(nil, nil, nil, rows, cols, nil, 1)
			SpanCrossEntropy(nil, rows, cols, nil, labels, labels, row, nil)
			RowSums(row, nil, rows, cols)
			ColSums(col, nil, rows, cols)
			BatchNormStats(col, col, nil, rows, cols)
			BatchNorm(nil, nil, col, col, col, col, rows, cols, true)
			AddBias(nil, nil, col, rows, cols)
			require.Equal(t, fmt.Sprint(make([]float32, rows)), fmt.Sprint(row))
		}
	})
}
