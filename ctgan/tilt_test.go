package ctgan

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/tensor"
)

// strconvs joins numbers by commas.
func strconvs(x ...int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(x), " ", ","), "[]")
}

func always(int) error { return nil }

// drawnGroups draws n rows of groups.
func drawnGroups(n int, seed uint64, row func(r *rng.Stream) []uint8) [][]uint8 {
	r := rng.New(seed, rng.Demo, 0)
	var out [][]uint8
	for range n {
		for f, g := range row(&r) {
			if f == len(out) {
				out = append(out, nil)
			}
			out[f] = append(out[f], g)
		}
	}
	return out
}

// Only pairs that depend on each other beyond chance are found, the most dependent first, with their shares.
func TestDependentPairs(t *testing.T) {
	const n = 4000
	real := drawnGroups(n, 1, func(r *rng.Stream) []uint8 {
		a := uint8(r.Intn(3))
		b, c := a, uint8(r.Intn(4))
		if r.Intn(4) == 0 {
			b = uint8(r.Intn(3))
		}
		d := c
		if r.Intn(4) > 0 {
			d = uint8(r.Intn(4))
		}
		return []uint8{a, b, c, d, uint8(r.Intn(6))}
	})
	pairs, want, err := dependent(real, 0, always)
	require.NoError(t, err)
	require.Equal(t, [][2]int{{0, 1}, {2, 3}}, pairs)
	sum := 0.0
	for i, share := range want[0] {
		sum += share
		x, y := i/groups, i%groups
		switch {
		case x > 2 || y > 2:
			require.Less(t, share, 1e-12)
		case x == y:
			require.InDelta(t, 0.75/3+0.25/9, share, 0.02)
		default:
			require.InDelta(t, 0.25/9, share, 0.01)
		}
	}
	require.InDelta(t, 1, sum, 1e-9)

	// Rows of cells that fewer have than the protection asks for are shared out among all such cells, or count as none.
	const few = 400
	real = drawnGroups(few, 2, func(r *rng.Stream) []uint8 { x := uint8(r.Intn(4)); return []uint8{x, x} })
	share := func(protect, cell int) float64 {
		_, want, err := dependent(real, protect, always)
		require.NoError(t, err)
		sum := 0.0
		for _, x := range want[0] {
			sum += x
		}
		require.InDelta(t, 1, sum, 1e-9)
		return want[0][cell]
	}
	real[1][7] = (real[0][7] + 1) % 4
	cell := int(real[0][7])*groups + int(real[1][7])
	none := int(real[0][7])*groups + int(real[1][7]+1)%4
	prior := tiltPrior / 16 / few
	require.InDelta(t, 1./few+prior, share(0, cell), 0.001)
	require.InDelta(t, prior, share(5, cell), 0.001)
	require.InDelta(t, share(5, none), share(5, cell), 0.001)
	for i := 10; i < 22; i++ { // one to three rows in every cell beside the diagonal
		real[1][i] = (real[0][i] + 1 + uint8(i%3)) % 4
	}
	require.InDelta(t, 13./12/few+prior, share(5, cell), 0.0015)

	// Of very few rows nothing is found.
	pairs, _, err = dependent(drawnGroups(5, 3, func(r *rng.Stream) []uint8 {
		return []uint8{uint8(r.Intn(groups)), uint8(r.Intn(groups)), uint8(r.Intn(2))}
	}), 0, always)
	require.NoError(t, err)
	require.Empty(t, pairs)
	pairs, _, err = dependent([][]uint8{{0, 0, 0}, {1, 1, 1}}, 0, always)
	require.NoError(t, err)
	require.Empty(t, pairs)
	_, _, err = dependent(real, 0, func(int) error { return context.Canceled })
	require.ErrorIs(t, err, context.Canceled)
}

// Raking gives the weighed rows the shares that are wanted, for one pair and for two that have a column in common; and factors are
// bounded where what is wanted can't be had.
func TestRake(t *testing.T) {
	written := drawnGroups(20_000, 4, func(r *rng.Stream) []uint8 {
		return []uint8{uint8(r.Intn(2)), uint8(r.Intn(3)), uint8(r.Intn(2))}
	})
	shares := func(of func(x, y int) float64) *tally {
		var s tally
		total := 0.0
		for x := range 3 {
			for y := range 3 {
				s[x*groups+y] = of(x, y)
				total += s[x*groups+y]
			}
		}
		for i := range s {
			s[i] /= total
		}
		return &s
	}
	first := shares(func(x, y int) float64 { return []float64{3, 1, 1, 1, 2, 4, 0, 0, 0}[x*3+y] })
	second := shares(func(x, y int) float64 { return []float64{2, 1, 0, 2, 1, 0, 2, 4, 0}[x*3+y] })
	// Both must have the middle column's shares for both to be had.
	for y := range 3 {
		have, wanted := 0.0, first[y]+first[groups+y]
		for z := range 2 {
			have += second[y*groups+z]
		}
		for z := range 2 {
			second[y*groups+z] *= wanted / have
		}
	}
	tl := &tilt{Pairs: [][2]int{{0, 1}, {1, 2}}, Factor: [][]float32{make([]float32, groups*groups), make([]float32, groups*groups)}}
	weight := make([]float64, len(written[0]))
	for i := range weight {
		weight[i] = 1
	}
	for range tiltSweeps {
		tl.rake(0, first, written[0], written[1], weight)
		tl.rake(1, second, written[1], written[2], weight)
	}
	group := [][]uint8{{0, 1}, {0, 1, 2}, {0, 1}}
	for i, want := range []*tally{first, second} {
		var have tally
		total := 0.0
		p := tl.Pairs[i]
		mean := 0.0
		for _, w := range weight {
			mean += w / float64(len(weight))
		}
		require.InDelta(t, 1, mean, 0.1, "weights keep their mean")
		for r := range weight {
			w := math.Exp(tl.log(group, func(f int) int32 { return int32(written[f][r]) }))
			require.InEpsilon(t, weight[r], w, 1e-4)
			have[int(written[p[0]][r])*groups+int(written[p[1]][r])] += w
			total += w
		}
		for c := range have {
			require.InDelta(t, want[c], have[c]/total, 0.01, "pair %d, cell %d", i, c)
		}
	}
	require.Zero(t, tl.log(group, func(int) int32 { return -1 }), "no code weighs nothing")

	never := shares(func(x, y int) float64 { return map[bool]float64{true: 1}[x == y && x < 2] })
	for i := range weight {
		weight[i] = 1
	}
	tl = &tilt{Pairs: [][2]int{{0, 1}}, Factor: [][]float32{make([]float32, groups*groups)}}
	for range tiltSweeps {
		tl.rake(0, never, written[0], written[1], weight)
	}
	for _, x := range tl.Factor[0] {
		require.LessOrEqual(t, math.Abs(float64(x)), mostFactor+1e-6)
	}
	require.InDelta(t, -mostFactor, tl.Factor[0][1], 1e-6)
}

// A generator that has learned nothing writes columns that do not depend on each other; with a tilt, rows come out as dependent as in
// the table, and of independent columns no pair is weighed.
func TestTiltBringsPairsNearer(t *testing.T) {
	tab := waverTable(t, 1000)
	f := prepared(t, tab, quick(0))
	tape := autograd.New(&tensor.Arena{})
	require.NoError(t, f.m.recalibrate(tape, 1, 5, always))
	require.NoError(t, f.m.balance(tape, 1, 4, balanceRows, always))
	dependence := func() float64 {
		s := sampleRows(t, f.m, SampleOptions{Rows: 1500, Seed: 2})
		high, n := 0.0, 0.0
		kind := columnOf(t, s, "kind")
		for i, x := range s.Floats(2) {
			if x >= 40 {
				n++
				if kind[i] == "high" {
					high++
				}
			}
		}
		return high / n
	}
	before := dependence()
	var err error
	f.m.tilt, err = newTilt(f.m, f.data, f.kept, 5, tiltRows, tape, always)
	require.NoError(t, err)
	require.Equal(t, [][2]int{{1, 2}}, f.m.tilt.Pairs)
	after := dependence()
	t.Logf("high of 40 and more: %.3f, with a tilt %.3f", before, after)
	require.Less(t, before, 0.65)
	require.Greater(t, after, 0.85)

	_, err = newTilt(f.m, f.data, f.kept, 5, tiltRows, tape, func(int) error { return context.Canceled })
	require.ErrorIs(t, err, context.Canceled)
}

// Where there are rules, a tilt and a judge see rows as they are written under the rules.
func TestRuledCodes(t *testing.T) {
	r := rng.New(9, rng.Demo, 0)
	text := "A,B,Total\n"
	for range 300 {
		a, b := r.Intn(9), 10*r.Intn(9)
		text += strconvs(a, b, a+b) + "\n"
	}
	f := prepared(t, readTable(t, text, "Total = A + B"), quick(0))
	codes, err := f.m.ruledCodes(1, 2100, always)
	require.NoError(t, err)
	require.Len(t, codes[0], 2100)
	group := [][]uint8{make([]uint8, 99), make([]uint8, 99), make([]uint8, 99)}
	for k := range group[0] {
		for f := range group {
			group[f][k] = uint8(k)
		}
	}
	written, err := f.m.writeGroups(group, 2100, autograd.New(&tensor.Arena{}), always)
	require.NoError(t, err)
	low, high := map[uint8]uint8{}, map[uint8]uint8{} // of the total's code, by that of B
	for i, b := range written[1] {
		total := written[2][i]
		if _, ok := low[b]; !ok {
			low[b], high[b] = total, total
		}
		low[b], high[b] = min(low[b], total), max(high[b], total)
	}
	for b := uint8(0); b+2 < 9; b++ {
		require.LessOrEqual(t, high[b], low[b+2], "totals follow from their parts")
	}
	_, err = f.m.ruledCodes(1, 2100, func(int) error { return context.Canceled })
	require.ErrorIs(t, err, context.Canceled)
}
