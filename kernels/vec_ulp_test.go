package kernels

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// ulps is the distance of got from want, in units of the last place of a float32 of want's size.
func ulps(got float32, want float64) float64 {
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e, -125)-24)
}

// accurate is a function with the error that its comment states.
var accurate = []struct {
	name  string
	op    vecOp
	exact func(float64) float64
	limit float64
}{
	{"Exp", opExp, math.Exp, .87},
	{"Log", opLog, math.Log, .86},
	{"Tanh", opTanh, math.Tanh, 1.82},
	{"Sigmoid", opSigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 2.5},
}

// worst is the greatest error of a function over the float32 numbers whose bits are first, first+step and so on.
func worst(t *testing.T, op vecOp, exact func(float64) float64, first, step uint64) (err float64, at float32) {
	var x, y [4096]float32
	for bits := first; bits < 1<<32; {
		n := 0
		for ; n < len(x) && bits < 1<<32; n++ {
			x[n] = math.Float32frombits(uint32(bits))
			bits += step
		}
		lanes(op, y[:n], x[:n], nil, nil, 0, 0)
		for i, v := range x[:n] {
			want := exact(float64(v))
			rounded := float32(want)
			switch {
			case want != want || rounded-rounded != 0: // NaN or Inf
				if y[i] != rounded && (want == want || y[i] == y[i]) {
					t.Fatalf("%g gives %g, not %g", v, y[i], rounded)
				}
			case math.Abs(want) < minNormal && y[i] == 0: // flushed
			default:
				if e := ulps(y[i], want); e > err {
					err, at = e, v
				}
			}
		}
	}
	return err, at
}

// The families agree bit for bit, so that one of them is enough.
func TestErrorsAreWhatTheCommentsSay(t *testing.T) {
	step := uint64(4099)
	if *long {
		step = 1
	}
	for _, f := range accurate {
		t.Run(f.name, func(t *testing.T) {
			err, at := worst(t, f.op, f.exact, 0, step)
			t.Logf("%.3f ulp at %g (%#x)", err, at, math.Float32bits(at))
			require.LessOrEqual(t, err, f.limit)
		})
	}
}

func TestSpecialValues(t *testing.T) {
	negative := float32(math.Copysign(0, -1))
	forEachFamily(t, func(t *testing.T) {
		for _, c := range []struct {
			f       func(dst, x []float32)
			x, want float32
		}{
			{Exp, 0, 1}, {Exp, negative, 1}, {Exp, inf, inf}, {Exp, -inf, 0}, {Exp, nan, nan}, {Exp, 88.73, inf},
			{Exp, -87.34, 0}, {Exp, 1e-45, 1},
			{Log, 1, 0}, {Log, 0, -inf}, {Log, negative, -inf}, {Log, -1, nan}, {Log, -inf, nan}, {Log, inf, inf},
			{Log, nan, nan}, {Log, 0x1p-149, -103.27893},
			{Tanh, 0, 0}, {Tanh, negative, negative}, {Tanh, inf, 1}, {Tanh, -inf, -1}, {Tanh, nan, nan}, {Tanh, 1e-40, 1e-40},
			{Sigmoid, 0, .5}, {Sigmoid, inf, 1}, {Sigmoid, -inf, 0}, {Sigmoid, nan, nan}, {Sigmoid, -200, 0},
			{Sqrt, -1, nan}, {Sqrt, negative, negative}, {Sqrt, inf, inf},
			{ApplyReLU, nan, nan}, {ApplyReLU, -inf, 0}, {ApplyReLU, inf, inf},
		} {
			for n := 1; n < 40; n += 13 { // in the whole part and in the rest
				x, y := make([]float32, n), make([]float32, n)
				for i := range x {
					x[i] = c.x
				}
				c.f(y, x)
				for _, v := range y {
					sameVec(t, []float32{c.want}, []float32{v}, "of %g", c.x)
				}
			}
		}
	})
}
