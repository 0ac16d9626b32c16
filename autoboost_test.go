package cohort

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// ringed is a table whose target depends on two numbers and a category at once: Class is a category, Points are numbers.
func ringed(t testing.TB, n int, seed uint64) *table.Table {
	var b strings.Builder
	b.WriteString("A,B,Kind,Class,Points\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		x, y, kind := r.Norm(), r.Norm(), r.Intn(5)
		class := "in"
		if x*x+y*y > 1.4+0.3*float64(kind%3-1) != (r.Intn(10) == 0) {
			class = "out"
		}
		points := int(50 + 12*x*y + 5*float64(kind) + 4*r.Norm())
		fmt.Fprintf(&b, "%.2f,%.2f,k%d,%s,%d\n", x, y, kind, class, points)
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	require.NoError(t, err)
	return tab
}

// boostOf prepares a booster of the column name, drawn after all others, and gives the codes of the table.
func boostOf(t testing.TB, tab *table.Table, name string) (*booster, [][]int32) {
	enc, err := encode.Fit(tab, encode.Options{})
	require.NoError(t, err)
	var order, last []int32
	for v, x := range enc.Vars() {
		if enc.Schema().Columns[x.Col].Name == name {
			last = append(last, int32(v))
		} else {
			order = append(order, int32(v))
		}
	}
	codes, err := enc.Codes(tab)
	require.NoError(t, err)
	return newBooster(enc, append(order, last...), &draw.Target{V: last[0], Rows: tab.Rows()}), codes
}

// What boosting says of a row is a distribution, and the same whether it is asked of all codes of a row or of one code of all rows.
func TestBoostingIsADistribution(t *testing.T) {
	tab := ringed(t, 700, 1)
	for _, name := range []string{"Class", "Kind", "Points"} {
		b, codes := boostOf(t, tab, name)
		require.NoError(t, b.fit(codes, every(500), boostSetting{Depth: 3, Rounds: 20, Eta: 0.2}, 1))
		rows := every(700)[500:]
		told, err := b.scores(codes, rows)
		require.NoError(t, err)
		p := make([]float64, b.vars[b.v].Card)
		for j, i := range rows {
			b.spread(func(v int32) int32 { return codes[v][i] }, p)
			sum := 0.0
			for _, x := range p {
				require.GreaterOrEqual(t, x, 0.0)
				sum += x
			}
			require.InDelta(t, 1, sum, 1e-9, name)
			require.InDelta(t, told[j], p[codes[b.v][i]], 1e-9, name)
		}
	}
}

// Boosting learns what shares do not know: of rows not learned it tells the target better by far.
func TestBoostingLearns(t *testing.T) {
	tab := ringed(t, 3000, 2)
	for name, gain := range map[string]float64{"Class": 0.15, "Points": 0.3} {
		b, codes := boostOf(t, tab, name)
		require.NoError(t, b.fit(codes, every(2000), boostSettings[1], 1))
		told, err := b.scores(codes, every(3000)[2000:])
		require.NoError(t, err)
		better := 0.0
		for j, p := range told {
			better += (math.Log(p) - math.Log(b.vars[b.v].Share[codes[b.v][2000+j]])) / 1000
		}
		require.Greater(t, better, gain, name)
	}
}

func TestStackWithATarget(t *testing.T) {
	tab := ringed(t, 1200, 3)
	for name, kept := range map[string]string{"Class": "columns 0.", "Points": "boosting and trees 1.00"} {
		m, err := Fit(context.Background(), tab, Options{Target: name, Steps: 30, Protect: -1})
		require.NoError(t, err)
		require.Contains(t, m.Info().Kind, kept)
		var b strings.Builder
		require.NoError(t, m.Save(&b))
		again, err := Load(strings.NewReader(b.String()))
		require.NoError(t, err)
		require.Equal(t, m.Info().Kind, again.Info().Kind)
		for _, m := range []*Model{m, again} { // a judge looks at the other columns, and so moves the target's shares
			m.gen.(*stack).judge = nil
		}
		one, err := m.Sample(context.Background(), SampleOptions{Rows: 1500, Seed: 2})
		require.NoError(t, err)
		two, err := again.Sample(context.Background(), SampleOptions{First: 1100, Rows: 150, Seed: 2})
		require.NoError(t, err)
		if name == "Class" { // its shares are those of the table
			require.InDelta(t, shareOf(tab, 3, "in"), shareOf(one, 3, "in"), 0.04)
		}
		for i := range 150 {
			for c := range one.Cols() {
				x, _ := one.Cell(1100+i, c)
				y, _ := two.Cell(i, c)
				require.Equal(t, x, y)
			}
		}
	}
}

func shareOf(tab *table.Table, col int, text string) (share float64) {
	for i := range tab.Rows() {
		if x, _ := tab.Cell(i, col); x == text {
			share += 1 / float64(tab.Rows())
		}
	}
	return share
}

// A damaged booster is an error, not a panic.
func TestBoostingOfDamagedFiles(t *testing.T) {
	tab := ringed(t, 300, 4)
	b, codes := boostOf(t, tab, "Class")
	require.NoError(t, b.fit(codes, every(300), boostSettings[0], 1))
	data, err := b.save()
	require.NoError(t, err)
	other, _ := boostOf(t, tab, "Class")
	require.NoError(t, other.load(data))
	wrong, _ := boostOf(t, tab, "Kind") // is told by as many columns, but of other kinds
	for _, bad := range []error{other.load(nil), other.load(data[:len(data)/2]), other.load([]byte("no JSON")), wrong.load(data)} {
		require.ErrorIs(t, bad, container.ErrDamaged)
	}
}

func BenchmarkBoostedRow(bench *testing.B) {
	b, codes := boostOf(bench, ringed(bench, 2000, 5), "Points")
	require.NoError(bench, b.fit(codes, every(2000), boostSettings[2], 1))
	p := make([]float64, b.vars[b.v].Card)
	for bench.Loop() {
		b.spread(func(v int32) int32 { return codes[v][7] }, p)
	}
}
