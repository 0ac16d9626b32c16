package ml

import (
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func BenchmarkMLP(b *testing.B) {
	x, class, _ := mixed(12_500, 30, 0, 1)
	all, y := dense(x, -3), classCodes(class)
	base, held := all.Slice(0, 10_000, 0, 30).(*mat.Dense), all.Slice(10_000, 12_500, 0, 30).(*mat.Dense)
	for range b.N {
		m := MLP{Classes: 3}
		if err := m.Fit(base, y[:10_000]); err != nil {
			b.Fatal(err)
		}
		p, err := m.PredictProba(held)
		if err != nil {
			b.Fatal(err)
		}
		s, err := MacroAUC(p, class.Codes[10_000:])
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(s.Value, "AUC")
	}
}

func TestMLPIsTheSameAgain(t *testing.T) {
	x, y := told(150, 4)
	for _, peer := range []Peer{0, PeerSynthcity} {
		predict := func(seed uint64) [][]float64 {
			m := MLP{Classes: 2, Seed: seed, Epochs: 5, Peer: peer}
			require.NoError(t, m.Fit(x, y))
			p, err := m.PredictProba(x)
			require.NoError(t, err)
			again, err := m.PredictProba(x)
			require.NoError(t, err)
			require.Equal(t, p, again)
			return p
		}
		want := predict(1)
		require.NotEqual(t, want, predict(2))
		old := runtime.GOMAXPROCS(1)
		require.Equal(t, want, predict(1))
		runtime.GOMAXPROCS(old)
	}
}

func TestMLPLearns(t *testing.T) {
	// Which of two numbers is greater, and by how much: no single column tells.
	x := noise(400, 2, 1000, 9)
	class, number := make([]float64, 400), make([]float64, 400)
	for i := range class {
		number[i] = 1e6 + 1e3*(x.At(i, 0)-x.At(i, 1))
		if x.At(i, 0) > x.At(i, 1) {
			class[i] = 2
		}
	}
	m := MLP{Classes: 3, Networks: 1}
	require.NoError(t, m.Fit(x, class))
	p, err := m.PredictProba(x)
	require.NoError(t, err)
	require.Len(t, p, 3)
	right, got := 0, likeliest(p)
	for i := range got {
		require.Zero(t, p[1][i])
		require.InDelta(t, 1, p[0][i]+p[2][i], 1e-6)
		if got[i] == class[i] {
			right++
		}
	}
	require.Greater(t, right, 380)

	m = MLP{Networks: 1}
	require.NoError(t, m.Fit(x, number))
	got, err = m.Predict(x)
	require.NoError(t, err)
	s, err := R2(got, number)
	require.NoError(t, err)
	require.Greater(t, s.Value, 0.98)
	_, err = m.PredictProba(x)
	require.ErrorIs(t, err, ErrInput)
}

// Each network holds out rows of its own, and is taught the others.
func TestMLPHoldsOut(t *testing.T) {
	held := map[int32]int{}
	for number := range 4 {
		s := teaching{of: &MLP{Seed: 3}, number: number, all: rowBatch{rows: 45}}
		s.split(0.1)
		require.Len(t, s.held, 5)
		require.ElementsMatch(t, count(45), slices.Concat(s.held, s.taught))
		for _, i := range s.held {
			held[i]++
		}
	}
	require.Len(t, held, 20)
}

func TestMLPStops(t *testing.T) {
	x, y := told(50, 2)
	stop := make(chan struct{})
	close(stop)
	for _, peer := range []Peer{0, PeerSynthcity} {
		m := MLP{Classes: 2, Stop: stop, Peer: peer}
		require.ErrorIs(t, m.Fit(x, y), ErrStopped)
	}
	for _, m := range []MLP{{Held: 1}, {Batch: -1}, {Hidden: []int{0}}} {
		require.ErrorIs(t, m.Fit(x, y), ErrInput)
	}
}
