package kernels

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// softmax64 is softmax(x*scale) and ln of the sum of its exponentials.
func softmax64(x []float32, noise []float32, scale float64) (p []float64, logSum float64) {
	top := math.Inf(-1)
	v := make([]float64, len(x))
	for i := range x {
		v[i] = f64(x[i]) * scale
		if noise != nil {
			v[i] += f64(noise[i]) * scale
		}
		top = max(top, v[i])
	}
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(x - top)
	}
	for _, x := range v {
		p = append(p, math.Exp(x-top)/sum)
	}
	return p, top + math.Log(sum)
}

var softmaxShapes = [][2]int{{1, 1}, {5, 3}, {16, 8}, {17, 9}, {40, 31}, {33, 64}, {19, 511}, {20, 513}, {2, 5000}}

func TestSoftmax(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, shape := range softmaxShapes {
			rows, cols := shape[0], shape[1]
			n := rows * cols
			x, dy := numbers(1, n, false), numbers(2, n, false)
			var p []float64
			logs := make([]float64, n)
			for i := range rows {
				row, logSum := softmax64(x[i*cols:(i+1)*cols], nil, 1)
				p = append(p, row...)
				for j := range cols {
					logs[i*cols+j] = f64(x[i*cols+j]) - logSum
				}
			}
			y, dst := make([]float32, n), make([]float32, n)
			Softmax(y, x, rows, cols)
			near(t, y, 2e-6, "Softmax", func(i int) float64 { return p[i] })
			LogSoftmax(dst, x, rows, cols)
			near(t, dst, 2e-6, "LogSoftmax", func(i int) float64 { return logs[i] })
			copy(dst, x)
			LogSoftmax(dst, dst, rows, cols)
			near(t, dst, 2e-6, "LogSoftmax in place", func(i int) float64 { return logs[i] })
			grad := func(i int) float64 {
				sum := 0.0
				for j := i / cols * cols; j < (i/cols+1)*cols; j++ {
					sum += f64(dy[j]) * p[j]
				}
				return p[i] * (f64(dy[i]) - sum)
			}
			SoftmaxGrad(dst, dy, y, rows, cols)
			near(t, dst, 1e-5, "SoftmaxGrad", grad)
			copy(dst, dy)
			SoftmaxGrad(dst, dst, y, rows, cols)
			near(t, dst, 1e-5, "SoftmaxGrad in place", grad)

			labels, losses := make([]int32, rows), make([]float32, rows)
			for i := range labels {
				labels[i] = int32(i*7%(cols+1)) - 1
			}
			loss := func(i int) float64 {
				if labels[i] < 0 {
					return 0
				}
				return -logs[i*cols+int(labels[i])]
			}
			CrossEntropy(x, labels, rows, cols, losses, nil)
			near(t, losses, 2e-6, "loss alone", loss)
			copy(dst, x)
			CrossEntropy(dst, labels, rows, cols, losses, dst)
			near(t, losses, 2e-6, "loss", loss)
			near(t, dst, 2e-6, "gradient", func(i int) float64 {
				switch label := int(labels[i/cols]); label {
				case -1:
					return 0
				case i % cols:
					return p[i] - 1
				}
				return p[i]
			})
		}
	})
}

func TestSoftmaxOfInfinities(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, cols := range []int{4, 600} {
			x, y := make([]float32, cols), make([]float32, cols)
			for _, bad := range []float32{inf, nan} {
				clear(x)
				x[cols/2] = bad
				Softmax(y, x, 1, cols)
				for _, v := range y {
					require.True(t, v != v)
				}
			}
			Fill(x, -inf)
			x[1] = 3
			Softmax(y, x, 1, cols)
			require.Equal(t, float32(1), y[1])
			require.Zero(t, y[cols-1])
			x[1] = -inf
			Softmax(y, x, 1, cols)
			require.True(t, y[0] != y[0])
		}
	})
}

func TestSpans(t *testing.T) {
	spans, cols := adultSpans()
	spans = append(spans, Span{cols + 1, 3, SpanLinear}) // and columns that belong to no span
	cols += 5
	forEachFamily(t, func(t *testing.T) {
		for _, rows := range []int{1, 15, 16, 33} {
			n := rows * cols
			x, dy, gumbel := numbers(1, n, false), numbers(2, n, false), make([]float32, n)
			GumbelFill(gumbel, 9, 8, 7, 0)
			const tau = .2
			for _, noise := range []*Noise{nil, {Given: gumbel}, {Seed: 9, Stream: 8, Step: 7}} {
				want, grad := make([]float64, n), make([]float64, n)
				for i := range x {
					want[i], grad[i] = f64(x[i]), f64(dy[i])
				}
				g := gumbel
				if noise == nil {
					g = make([]float32, n)
				}
				for i := range rows {
					for _, s := range spans {
						lo := i*cols + s.Offset
						hi := lo + s.Width
						switch s.Kind {
						case SpanTanh:
							want[lo] = math.Tanh(f64(x[lo]))
							grad[lo] *= 1 - want[lo]*want[lo]
						case SpanSoftmax:
							p, _ := softmax64(x[lo:hi], g[lo:hi], 1/f64(tau))
							copy(want[lo:hi], p)
							sum := 0.0
							for j, v := range p {
								sum += v * f64(dy[lo+j])
							}
							for j, v := range p {
								grad[lo+j] = v * (f64(dy[lo+j]) - sum) / tau
							}
						}
					}
				}
				y, check := vecGuarded(t, n)
				SpanForward(y, x, rows, cols, spans, tau, noise)
				check("SpanForward")
				near(t, y, 2e-5, "SpanForward", func(i int) float64 { return want[i] })
				dx, check := vecGuarded(t, n)
				SpanGrad(dx, dy, y, rows, cols, spans, tau)
				check("SpanGrad")
				near(t, dx, 2e-3, "SpanGrad", func(i int) float64 { return grad[i] })
				copy(dx, x)
				SpanForward(dx, dx, rows, cols, spans, tau, noise)
				sameVec(t, y, dx, "in place")
			}
		}
	})
}

func TestSpanCrossEntropy(t *testing.T) {
	spans, cols := adultSpans()
	forEachFamily(t, func(t *testing.T) {
		for _, rows := range []int{1, 16, 37} {
			n := rows * cols
			x := numbers(1, n, false)
			which, label, losses := make([]int32, rows), make([]int32, rows), make([]float32, rows)
			want, loss := make([]float64, n), make([]float64, rows)
			for i := range rows {
				which[i] = int32(i*5%(len(spans)+1)) - 1
				if which[i] < 0 {
					continue
				}
				s := spans[which[i]]
				label[i] = int32(i % s.Width)
				lo := i*cols + s.Offset
				p, logSum := softmax64(x[lo:lo+s.Width], nil, 1)
				copy(want[lo:], p)
				want[lo+int(label[i])]--
				loss[i] = logSum - f64(x[lo+int(label[i])])
			}
			dx, check := vecGuarded(t, n)
			SpanCrossEntropy(x, rows, cols, spans, which, label, losses, dx)
			check("SpanCrossEntropy")
			near(t, losses, 2e-6, "losses", func(i int) float64 { return loss[i] })
			near(t, dx, 2e-6, "gradients", func(i int) float64 { return want[i] })
			clear(losses)
			SpanCrossEntropy(x, rows, cols, spans, which, label, losses, nil)
			near(t, losses, 2e-6, "losses alone", func(i int) float64 { return loss[i] })
		}
	})
}

// Whole functions have the same bits on every family, and on every processor: hence the number.
func TestFamiliesAgree(t *testing.T) {
	spans, width := adultSpans()
	const want = 0x3e2da8925049d324
	var first []float32
	forEachFamily(t, func(t *testing.T) {
		var all []float32
		for _, shape := range append(softmaxShapes, [2]int{40, width}) {
			rows, cols := shape[0], shape[1]
			n := rows * cols
			x, y, dst, row := numbers(1, n, true), numbers(2, n, false), make([]float32, n), make([]float32, rows)
			labels := make([]int32, rows)
			Softmax(dst, x, rows, cols)
			all = append(all, dst...)
			LogSoftmax(dst, y, rows, cols)
			all = append(all, dst...)
			CrossEntropy(y, labels, rows, cols, row, dst)
			all = append(append(all, dst...), row...)
			SoftmaxGrad(dst, y, dst, rows, cols)
			all = append(all, dst...)
			RowNorms(row, y, rows, cols)
			all = append(append(all, row...), Sum(y), Dot(y, y), Max(y), Norm(y))
			ColSums(dst[:cols], y, rows, cols)
			all = append(all, dst...)
			if cols == width {
				SpanForward(dst, y, rows, cols, spans, .2, &Noise{})
				all = append(all, dst...)
				SpanGrad(dst, y, dst, rows, cols, spans, .2)
				all = append(all, dst...)
				SpanCrossEntropy(y, rows, cols, spans, labels, labels, row, dst)
				all = append(append(all, dst...), row...)
			}
		}
		if first == nil {
			first = all
		}
		sameVec(t, first, all, "whole functions")
	})
	hash := fnv.New64a()
	for _, v := range first {
		if v != v {
			v = nan
		}
		require.NoError(t, binary.Write(hash, binary.LittleEndian, v))
	}
	require.Equal(t, uint64(want), hash.Sum64())
}
