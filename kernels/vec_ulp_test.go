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
	{"Log", opLog, math.Log, .87},
	{"Tanh", opTanh, math.Tanh, 1.9},
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
