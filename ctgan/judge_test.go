package ctgan

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/tensor"
)

// heard is a generator that has learned nothing but the columns' shares, and a hearing for a judge of it.
func heard(t *testing.T, rows int, row func(r *rng.Stream) (a, b string)) (*fitting, *hearing) {
	r := rng.New(11, rng.Demo, 0)
	var as, bs []string
	for range rows {
		a, b := row(&r)
		as, bs = append(as, a), append(bs, b)
	}
	f := prepared(t, testTable(t, category("a", as...), category("b", bs...)), quick(0))
	tape := autograd.New(&tensor.Arena{})
	require.NoError(t, f.m.recalibrate(tape, 1, 5, always))
	require.NoError(t, f.m.balance(tape, 1, 4, balanceRows, always))
	f.m.tilt = &tilt{}
	return f, &hearing{m: f.m, data: f.data, learn: f.kept, held: f.held, tape: tape}
}

func coin(r *rng.Stream) string { return []string{"x", "y"}[r.Intn(2)] }

func tickNothing() error { return nil }

// A judge of rows whose columns depend on each other, where the generator's do not, is worth keeping; one of independent columns is not; and
// what the tilt says already is not learned again.
func TestJudgeKnowsDependence(t *testing.T) {
	slow(t)
	if testing.Short() {
		t.Skip("statistics on one thread; runs without -short")
	}
	same := func(r *rng.Stream) (a, b string) {
		a = coin(r)
		if r.Intn(10) == 0 {
			return a, coin(r)
		}
		return a, a
	}
	f, h := heard(t, 600, same)
	before := h.heldOut(nil, 3)
	require.InDelta(t, math.Ln2, before, 1e-6)
	j, err := h.learnJudge(3, 80, tickNothing)
	require.NoError(t, err)
	require.Less(t, j.held, before-0.1)
	require.InDelta(t, j.held, h.heldOut(j, 3), 1e-9)

	f.m.tilt, err = newTilt(f.m, f.data, f.kept, 0, tiltRows, h.tape, always)
	require.NoError(t, err)
	tilted := h.heldOut(nil, 3)
	require.Less(t, tilted, before-0.1)
	j, err = h.learnJudge(3, 80, tickNothing)
	require.NoError(t, err)
	require.Greater(t, j.held, tilted-0.02)

	_, h = heard(t, 600, func(r *rng.Stream) (a, b string) { return coin(r), coin(r) })
	before = h.heldOut(nil, 3)
	j, err = h.learnJudge(3, 80, tickNothing)
	require.NoError(t, err)
	require.Greater(t, j.held, before-leastKnown)

	_, err = h.learnJudge(3, 120, func() error { return context.Canceled })
	require.ErrorIs(t, err, context.Canceled)
}

// A judge learns from the rows to learn from alone; those held out only tell when it does best.
func TestJudgeDoesNotLearnHeldRows(t *testing.T) {
	learnedBy := func(spoil bool) [][]float32 {
		f, h := heard(t, 400, func(r *rng.Stream) (a, b string) { return coin(r), coin(r) })
		for _, r := range f.held {
			if spoil {
				f.data.code[0][r], f.data.code[1][r] = 0, 0
			}
		}
		j, err := h.learnJudge(3, 20, tickNothing) // one look, at the end
		require.NoError(t, err)
		return valuesOf(j.params)
	}
	require.Equal(t, learnedBy(false), learnedBy(true))
}

// Many rows held out are looked at in chunks, with the same result as together.
func TestJudgeLooksInChunks(t *testing.T) {
	_, h := heard(t, 12_000, func(r *rng.Stream) (a, b string) { a = coin(r); return a, a })
	require.Len(t, h.held, 1200)
	j, err := h.learnJudge(3, 20, tickNothing)
	require.NoError(t, err)
	real := 0.0
	h.begin()
	for _, row := range h.held {
		h.add(func(f int) int32 { return h.data.code[f][row] })
	}
	h.tape.Reset()
	for _, o := range j.odds(h.tape, &h.x, nil).Data() {
		real += softplus(-float64(o)) / 1200
	}
	loss := h.heldOut(j, 3)
	require.Greater(t, loss, real/2)
	h.held = h.held[:600]
	require.InDelta(t, loss, h.heldOut(j, 3), 0.05)
}

// Weights are bounded, and a row's weight depends on that row alone.
func TestFeatures(t *testing.T) {
	f := prepared(t, waverTable(t, 300), quick(0))
	m := f.m
	require.Equal(t, []int{2}, m.ordered)
	for k := 1; k < len(m.rank[0]); k++ {
		require.Greater(t, m.rank[0][k], m.rank[0][k-1])
	}
	var x autograd.Sparse
	m.beginFeatures(&x)
	m.features(&x, func(f int) int32 { return int32(f) })
	m.features(&x, func(int) int32 { return -1 })
	require.Equal(t, []int32{0, 4, 4}, x.RowPtr)
	require.Equal(t, []int32{int32(m.l.at[0]), int32(m.l.at[1]) + 1, int32(m.l.at[2]) + 2, int32(m.l.width)}, x.Col)
	require.InDelta(t, 2*m.rank[0][2]-1, x.Val[3], 1e-6)
	require.Equal(t, m.l.width+1, x.Cols)
	require.InDelta(t, math.Log(1+math.Exp(3)), softplus(3), 1e-12)
	require.InDelta(t, 800, softplus(800), 1e-9)
}
