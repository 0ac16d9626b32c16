package kernels

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// vecGuard is how many numbers lie on each side of an output, and what they are.
const vecGuard = 24

var vecGuardValue = math.Float32frombits(0x7fc0beef)

// vecGuarded gives a slice of n poisoned numbers with guards around it, at an odd address, and a check that they still stand.
func vecGuarded(t *testing.T, n int) (x []float32, check func(what string)) {
	t.Helper()
	all := make([]float32, n+2*vecGuard+1)
	for i := range all {
		all[i] = vecGuardValue
	}
	return all[vecGuard+1 : vecGuard+1+n : vecGuard+1+n], func(what string) {
		t.Helper()
		for i, v := range all {
			if (i <= vecGuard || i > vecGuard+n) && math.Float32bits(v) != math.Float32bits(vecGuardValue) {
				t.Fatalf("%s: wrote outside, at %d of %d", what, i-vecGuard-1, n)
			}
		}
	}
}

// sameVec tells whether two slices agree bit for bit, whatever NaN holds.
func sameVec(t *testing.T, want, got []float32, what string, args ...any) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		if math.Float32bits(w) != math.Float32bits(got[i]) && (w == w || got[i] == got[i]) {
			t.Fatalf("%s: element %d of %d is %x, not %x", fmt.Sprintf(what, args...), i, len(want), got[i], w)
		}
	}
}

// specials are the numbers at which something changes.
func specials() []float32 {
	x := []float32{0, 1, .5, 2, .55, .54, .56, 88.7228, 88.73, 87.33, 87.34, 103, 104, 1e-30, 1e-18, 1e-38, 1e-40, 1e-45,
		math.MaxFloat32, 0x1p-126, 0x1.fffffcp-127, 1. / 3, .6666667, 1.3333333, 1e10, 16, 9, 8.3}
	n := len(x)
	for _, v := range x[:n] {
		x = append(x, -v)
	}
	x = append(x, inf, -inf, nan)
	return append(x, float32(math.Copysign(0, -1)))
}

// numbers are n numbers: of all magnitudes where wild, else within 10 of 0. Specials lie among the wild ones.
func numbers(seed uint64, n int, wild bool) []float32 {
	d := draw{seed: seed, stream: 77}
	x := make([]float32, (n+4)/4*4)
	philoxWordsGo(x, 0, d)
	special := specials()
	for i := range x {
		w := math.Float32bits(x[i])
		switch {
		case !wild:
			x[i] = (uniform32(w) - .5) * 20
		case w%5 == 0:
			x[i] = special[w/5%uint32(len(special))]
		case w%5 == 1:
			x[i] = (uniform32(w) - .5) * 200
		}
	}
	return x[:n]
}

var vecLengths = func() []int {
	var n []int
	for i := range 36 {
		n = append(n, i)
	}
	return append(n, 63, 64, 65, 127, 128, 129, 1000)
}()

func TestElementsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for op := opExp; op <= opDropout; op++ {
			for k, n := range vecLengths {
				a, b, c := numbers(uint64(k), n, true), numbers(uint64(k+100), n, true), numbers(uint64(k+200), n, true)
				s, u := float32(.3), float32(-1.7)
				if op >= opUniform {
					philoxWordsGo(a[:n&^3], 5, draw{seed: 1})
				}
				if op == opDropout {
					philoxWordsGo(b[:n&^3], 5, draw{seed: 2})
					u = math.Float32frombits([]uint32{0, 0x40000000, 0x80000000, 0xf0000000, 0xffffffff}[k%5])
				}
				want := make([]float32, n)
				lanesGo(op, want, a, b, c, s, u)
				got, check := vecGuarded(t, n)
				lanes(op, got, a, b, c, s, u)
				sameVec(t, want, got, "op %d", op)
				check(fmt.Sprintf("op %d", op))
				lanes(op, a, a, b, c, s, u) // in place
				sameVec(t, want, a, "op %d in place", op)
			}
		}
	})
}

func TestWordsAndNormalsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for n := 0; n <= 160; n += 32 {
			for _, block := range []uint32{0, 1, 1000, math.MaxUint32 - 3} {
				d := draw{seed: 0x0123456789abcdef, stream: 0xfedc, step: 1<<40 + 7}
				want := make([]float32, n)
				philoxWordsGo(want, block, d)
				got, check := vecGuarded(t, n)
				philoxWords(got, block, d)
				for i := range want {
					require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "word %d of %d from %d", i, n, block)
				}
				check("words")
				normalsGo(want, want)
				normals(got, got)
				sameVec(t, want, got, "normals")
				check("normals")
			}
		}
	})
}

func TestAdamIsTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for k, n := range vecLengths {
			for _, a := range []AdamStep{
				{LR: 2e-4, Beta1: .5, Beta2: .9, Eps: 1e-8, Decay: 1e-6, Step: 1},
				{LR: 1e-3, Beta1: .9, Beta2: .999, Eps: 1e-8, Decay: .01, Decoupled: true, Step: 100},
			} {
				wild := k%2 == 0
				g := numbers(1, n, wild)
				var want, got [3][]float32
				var checks [3]func(string)
				for i := range want {
					want[i] = numbers(uint64(2+i), n, wild)
					got[i], checks[i] = vecGuarded(t, n)
					copy(got[i], want[i])
				}
				consts := a.consts()
				adamGo(want[0], g, want[1], want[2], &consts)
				adam(got[0], g, got[1], got[2], &consts)
				for i := range want {
					sameVec(t, want[i], got[i], "buffer %d", i)
					checks[i]("adam")
				}
			}
		}
	})
}

func TestReductionsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for op := redSum; op <= redNaN; op++ {
			for _, n := range []int{64, 128, 640} {
				for _, wild := range []bool{false, true} {
					a, b := numbers(3, n, wild), numbers(4, n, wild)
					var want, got [redLanes]float32
					for l := range want {
						want[l] = float32(l)
					}
					got = want
					e := make([]float32, n)
					out, check := vecGuarded(t, n)
					reduceGo(op, &want, e, a, b, 1.5)
					reduce(op, &got, out, a, b, 1.5)
					sameVec(t, want[:], got[:], "reduction %d", op)
					if op == redExp {
						sameVec(t, e, out, "exponentials")
					}
					check("reduction")
				}
			}
		}
		for _, n := range []int{32, 64, 320} {
			x := numbers(5, n, true)
			var want, got [squareLanes]float64
			squaresGo(&want, x)
			squares(&got, x)
			for l := range want {
				require.True(t, want[l] == got[l] || want[l] != want[l] && got[l] != got[l])
			}
		}
	})
}

func TestTreeOfSumsIsTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for seed := range uint64(20) {
			want := [redLanes]float32(numbers(seed, redLanes, seed%2 == 1))
			got := want
			sameVec(t, []float32{treeSumGo(&want)}, []float32{treeSum(&got)}, "sum of lanes")
		}
	})
}

func TestColumnsAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for op := colSum; op <= colDot; op++ {
			for k, cols := range vecLengths[1:] {
				rows := 1 + k%5
				x, dy, mean := numbers(1, rows*cols, k%3 == 0), numbers(2, rows*cols, k%3 == 0), numbers(3, cols, false)
				want := make([]float32, cols)
				colSumsGo(op, want, x, mean, dy, rows, cols)
				got, check := vecGuarded(t, cols)
				colSums(op, got, x, mean, dy, rows, cols)
				sameVec(t, want, got, "sum %d of [%d %d]", op, rows, cols)
				check("columns")
			}
		}
		for _, n := range vecLengths {
			in := [6][]float32{}
			for i := range in {
				in[i] = numbers(uint64(i), n, true)
			}
			want := make([]float32, n)
			got, check := vecGuarded(t, n)
			normalizeGo(want, in[0], in[1], in[2], in[3])
			normalize(got, in[0], in[1], in[2], in[3])
			sameVec(t, want, got, "normalize")
			normalizeGradGo(want, in[0], in[1], in[2], in[3], in[4], in[5])
			normalizeGrad(got, in[0], in[1], in[2], in[3], in[4], in[5])
			sameVec(t, want, got, "normalizeGrad")
			check("normalize")
		}
	})
}

func TestTilesAreTheReference(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		for _, cols := range vecLengths[1:40] {
			n := cols * tileRows
			x, g := numbers(1, n, cols%2 == 0), numbers(2, n, false)
			want := make([]float32, n)
			got, check := vecGuarded(t, n)
			for _, noise := range [][]float32{nil, g} {
				var ws, gs tileStats
				tileExpGo(want, x, noise, 5, &ws)
				tileExp(got, x, noise, 5, &gs)
				sameVec(t, want, got, "exp of %d columns", cols)
				sameVec(t, ws.sum[:], gs.sum[:], "sums")
				check("exp")
				tileScaleGo(want, x, &ws.sum)
				tileScale(got, x, &ws.sum)
				sameVec(t, want, got, "scale")
				tileShiftGo(want, x, &ws.sum, &ws.max)
				tileShift(got, x, &ws.sum, &ws.max)
				sameVec(t, want, got, "shift")
			}
			tileGradGo(want, x, g, .5)
			tileGrad(got, x, g, .5)
			sameVec(t, want, got, "gradient")
			check("tile")
			for _, rows := range []int{1, 7, 16} {
				tileInGo(want, x[:rows*cols], rows, cols)
				tileIn(got, x[:rows*cols], rows, cols)
				sameVec(t, want, got, "in")
				check("in")
				back, checkBack := vecGuarded(t, rows*cols)
				tileOut(back, got, rows, cols)
				sameVec(t, x[:rows*cols], back, "out")
				checkBack("out")
			}
		}
	})
}
