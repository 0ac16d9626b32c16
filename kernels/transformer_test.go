package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func gelu64(x float64) float64 {
	return x / (1 + math.Exp(-2*math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
}

func geluSlope64(x float64) float64 {
	c := math.Sqrt(2 / math.Pi)
	t := math.Tanh(c * (x + 0.044715*x*x*x))
	return 0.5*(1+t) + 0.5*x*(1-t*t)*c*(1+3*0.044715*x*x)
}

// The families agree bit for bit, see TestElementsAreTheReference. Where the exact result is next to a denormal number, the factor is 0.
func TestGeluIsExact(t *testing.T) {
	step := uint64(4099)
	if *long {
		step = 1
	}
	var x, y, d [4096]float32
	var one [4096]float32
	Fill(one[:], 1)
	worst, worstSlope := 0.0, 0.0
	for bits := uint64(0); bits < 1<<32; {
		n := 0
		for ; n < len(x) && bits < 1<<32; n++ {
			x[n] = math.Float32frombits(uint32(bits))
			bits += step
		}
		Gelu(y[:n], x[:n])
		GeluGrad(d[:n], one[:n], x[:n])
		for i, v := range x[:n] {
			if v != v || math.IsInf(float64(v), 0) {
				continue
			}
			want := gelu64(float64(v))
			if math.Abs(want) >= 1e-36 {
				worst = max(worst, ulps(y[i], want))
			} else {
				require.LessOrEqual(t, math.Abs(float64(y[i])), 1e-35)
			}
			if math.Abs(float64(v)) < 1e18 {
				worstSlope = max(worstSlope, math.Abs(float64(d[i])-geluSlope64(float64(v))))
			}
		}
	}
	t.Logf("%.3f ulp, slope %.2g", worst, worstSlope)
	require.LessOrEqual(t, worst, 2.6)
	require.LessOrEqual(t, worstSlope, 5e-7)
}

func TestStripsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, rows := range []int{1, 2, 31, 32, 33, 100} {
			n := rows * stripWidth
			x, dp := numbers(1, n, rows%2 == 0), numbers(2, n, false)
			var ws, gs stripStats
			want := append([]float32(nil), x...)
			got, check := vecGuarded(t, n)
			copy(got, x)
			stripSoftmaxGo(want, &ws, .125)
			stripSoftmax(got, &gs, .125)
			sameVec(t, want, got, "softmax of %d keys", rows)
			sameVec(t, ws.max[:], gs.max[:], "max")
			sameVec(t, ws.inverse[:], gs.inverse[:], "inverse")
			check("softmax")
			again := append([]float32(nil), x...)
			stripExp(again, &gs, .125)
			sameVec(t, want, again, "softmax again")
			d := append([]float32(nil), dp...)
			copy(got, dp)
			stripGradGo(d, want, .125)
			stripGrad(got, want, .125)
			sameVec(t, d, got, "gradient")
			check("gradient")
		}
	})
}

func TestLayerNorm(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, shape := range [][2]int{{1, 2}, {3, 5}, {33, 64}, {70, 63}, {65, 768}, {2, 1600}} {
			rows, cols := shape[0], shape[1]
			n := rows * cols
			x, dy, gamma, beta := numbers(1, n, false), numbers(2, n, false), numbers(3, cols, false), numbers(4, cols, false)
			for i := range cols { // a row far from 0: the variance is not a difference of squares
				x[i] += 30
			}
			mean, rstd := make([]float32, rows), make([]float32, rows)
			dst, check := vecGuarded(t, n)
			LayerNorm(dst, mean, rstd, x, gamma, beta, rows, cols, 1e-5)
			check("LayerNorm")
			h, want := make([]float64, n), make([]float64, n)
			wantDx, wantDg, wantDb := make([]float64, n), make([]float64, cols), make([]float64, cols)
			for r := range rows {
				m, v, g, gh := 0.0, 0.0, 0.0, 0.0
				for _, a := range x[r*cols : (r+1)*cols] {
					m += f64(a) / float64(cols)
				}
				for _, a := range x[r*cols : (r+1)*cols] {
					v += (f64(a) - m) * (f64(a) - m) / float64(cols)
				}
				s := 1 / math.Sqrt(v+1e-5)
				for j := range cols {
					i := r*cols + j
					h[i] = (f64(x[i]) - m) * s
					want[i] = h[i]*f64(gamma[j]) + f64(beta[j])
					g += f64(dy[i]) * f64(gamma[j]) / float64(cols)
					gh += f64(dy[i]) * f64(gamma[j]) * h[i] / float64(cols)
					wantDg[j] += f64(dy[i]) * h[i]
					wantDb[j] += f64(dy[i])
				}
				for j := range cols {
					i := r*cols + j
					wantDx[i] = s * (f64(dy[i])*f64(gamma[j]) - g - h[i]*gh)
				}
			}
			near(t, dst, 5e-5, "LayerNorm", func(i int) float64 { return want[i] })
			plain := make([]float32, n)
			LayerNorm(plain, nil, nil, x, gamma, beta, rows, cols, 1e-5)
			sameVec(t, dst, plain, "without saving")
			dx, check := vecGuarded(t, n)
			dg, checkG := vecGuarded(t, cols)
			db, checkB := vecGuarded(t, cols)
			LayerNormGrad(dx, dg, db, dy, x, mean, rstd, gamma, rows, cols)
			check("dx")
			checkG("dgamma")
			checkB("dbeta")
			near(t, dx, 2e-4, fmt.Sprint("dx of ", shape), func(i int) float64 { return wantDx[i] })
			near(t, dg, 1e-3, "dgamma", func(i int) float64 { return wantDg[i] })
			near(t, db, 1e-4, "dbeta", func(i int) float64 { return wantDb[i] })
			copy(dx, dy)
			again := append([]float32(nil), dx...)
			LayerNormGrad(again, dg, db, again, x, mean, rstd, gamma, rows, cols)
			LayerNormGrad(dx, dg, db, dy, x, mean, rstd, gamma, rows, cols)
			sameVec(t, dx, again, "in place")
		}
	})
}

func TestLayerNormKernelsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, n := range vecLengths {
			const h, dx, dgamma, dbeta, x, dy, gamma = 0, 1, 2, 3, 4, 5, 6
			var want, got [7][]float32
			var checks [7]func(string)
			for i := range want {
				want[i] = numbers(uint64(i), n, n%2 == 0)
				got[i], checks[i] = vecGuarded(t, n)
				copy(got[i], want[i])
			}
			normBackGo(want[h], want[dx], want[dgamma], want[dbeta], want[x], want[dy], want[gamma], .3, 1.7)
			normBack(got[h], got[dx], got[dgamma], got[dbeta], got[x], got[dy], got[gamma], .3, 1.7)
			normEndGo(want[dx], want[h], .2, 1.7, -.4)
			normEnd(got[dx], got[h], .2, 1.7, -.4)
			normScaleGo(want[x], want[gamma], want[dy], 1.7)
			normScale(got[x], got[gamma], got[dy], 1.7)
			for i := range want {
				sameVec(t, want[i], got[i], "buffer %d of %d", i, n)
				checks[i]("layer norm")
			}
		}
	})
}

func TestGatherAndScatterAdd(t *testing.T) {
	for _, cols := range []int{1, 5, 128, 300} {
		const v, n = 11, 400
		ids := make([]int32, n)
		for i := range ids {
			ids[i] = int32(i * i % v)
		}
		w, dy := numbers(1, v*cols, false), numbers(2, n*cols, false)
		dst := make([]float32, n*cols)
		Gather(dst, w, ids, cols)
		dw, want := numbers(3, v*cols, false), numbers(3, v*cols, false)
		ScatterAdd(dw, dy, ids, cols)
		for i, id := range ids {
			for j := range cols {
				require.Equal(t, w[int(id)*cols+j], dst[i*cols+j])
				want[int(id)*cols+j] += dy[i*cols+j]
			}
		}
		sameVec(t, want, dw, "sums in the order of the rows")
	}
	require.PanicsWithValue(t, "kernels: Gather from [2 3] with id 2 in row 1", func() {
		Gather(make([]float32, 6), make([]float32, 6), []int32{0, 2}, 3)
	})
	require.Panics(t, func() { ScatterAdd(make([]float32, 6), make([]float32, 5), []int32{0}, 3) })
}

func TestLMLoss(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, shape := range [][2]int{{1, 1}, {5, 3}, {7, 64}, {20, 700}, {3, 5000}} {
			rows, cols := shape[0], shape[1]
			n := rows * cols
			x := numbers(1, n, false)
			labels, losses := make([]int32, rows), make([]float32, rows)
			want, loss := make([]float64, n), make([]float64, rows)
			for i := range rows {
				labels[i] = int32((i*7+1)%(cols+1)) - 1
				if labels[i] < 0 {
					labels[i] = -100
					continue
				}
				p, logSum := softmax64(x[i*cols:(i+1)*cols], nil, 1)
				p[labels[i]]--
				for j, v := range p {
					want[i*cols+j] = .25 * v
				}
				loss[i] = logSum - f64(x[i*cols+int(labels[i])])
			}
			got, check := vecGuarded(t, n)
			copy(got, x)
			LMLoss(got, labels, rows, cols, .25, losses)
			check("LMLoss")
			near(t, losses, 2e-6, "losses", func(i int) float64 { return loss[i] })
			near(t, got, 1e-6, "gradient", func(i int) float64 { return want[i] })
		}
	})
}

// The element that is picked is the first at which the prefix sum of the probabilities exceeds the uniform number.
func TestPick(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, cols := range []int{1, 3, 1024, 1025, 5000} {
			const rows = 200
			x := numbers(uint64(cols), rows*cols, false)
			u := make([]float32, rows)
			Uniform(u, 1, 2, 3, 0)
			u[0], u[1] = 0, 0x1.fffffep-1
			want := make([]float64, 0)
			for i := range rows {
				x[i*cols] = -inf
				if cols == 1 {
					x[i*cols] = 0
				}
				p, _ := softmax64(x[i*cols:(i+1)*cols], nil, 1)
				want = append(want, p...)
			}
			got := make([]int32, rows)
			Pick(got, x, rows, cols, u)
			for i, k := range got {
				before := 0.0
				for _, p := range want[i*cols : i*cols+int(k)] {
					before += p
				}
				p := want[i*cols+int(k)]
				require.Positive(t, p)
				require.InDelta(t, f64(u[i]), before+p/2, p/2+1e-6, "%d of %d", k, cols)
			}
		}
		got := make([]int32, 4)
		Pick(got, []float32{nan, 1, -inf, -inf, inf, 0, -inf, 3}, 4, 2, []float32{.5, .5, .5, .999})
		require.Equal(t, []int32{-1, -1, -1, 1}, got)
	})
}

// Gelu and its derivative in an epilogue have the bits of a product followed by them, and the input of the activation is kept.
func TestGeluEpilogues(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(21, 22))
		for try := range tries(60) {
			m, n, k := gemmSizes[r.IntN(len(gemmSizes))], 3*gemmSizes[r.IntN(len(gemmSizes))], 1+r.IntN(600)
			o := newOperands(r, Layout(try%3), m, n, k, r.IntN(2)*3)
			bias, multiply := newOperands(r, NN, 1, 1, n, 0).a, Gemm
			if try%2 == 0 && hasBF16() {
				multiply = GemmBF16
			}
			product := func(c []float32, e Epilogue) {
				e.Bias = bias
				multiply(o.l, m, n, k, o.a, o.lda, o.b, o.ldb, c, o.ldc, &e)
			}
			plain, whole, pre := make([]float32, m*o.ldc), make([]float32, m*o.ldc), make([]float32, m*o.ldc)
			product(plain, Epilogue{})
			Gelu(whole, plain)
			got, guards := guarded(m * o.ldc)
			copy(got, whole) // between the rows
			product(got, Epilogue{Act: GELU, Pre: pre})
			require.True(t, guards())
			sameBits(t, whole, got, "Gelu")
			sameBits(t, plain, pre, "its input")
			product(got, Epilogue{Act: GELU})
			sameBits(t, whole, got, "Gelu alone")

			x := newOperands(r, NN, 1, 1, m*o.ldc, 0).a
			GeluGrad(whole, plain, x)
			copy(got, whole)
			product(got, Epilogue{Act: GELUGrad, Pre: x})
			require.True(t, guards())
			sameBits(t, whole, got, "its derivative")
		}
	})
	one := []float32{1}
	require.PanicsWithValue(t, "kernels: Gemm: the activation's input is [1 1] with leading dimension 1 in 0 numbers",
		func() { Gemm(NN, 1, 1, 1, one, 1, one, 1, one, 1, &Epilogue{Act: GELUGrad}) })
	require.PanicsWithValue(t, "kernels: Gemm: Gelu with dropout or column sums in one epilogue",
		func() { Gemm(NN, 1, 1, 1, one, 1, one, 1, one, 1, &Epilogue{Act: GELU, ColSums: one}) })
}
