package mixture

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// sampleOf draws n values of a shape that number columns have.
func sampleOf(shape string, n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	draw := map[string]func() float64{
		"normal":     func() float64 { return r.NormFloat64() },
		"log-normal": func() float64 { return math.Exp(r.NormFloat64()) },
		"heavy tail": func() float64 { return math.Exp(2 * r.NormFloat64()) },
		"Cauchy":     func() float64 { return math.Tan(math.Pi * (r.Float64() - 0.5)) },
		"uniform":    func() float64 { return r.Float64() },
		"modes": func() float64 {
			k := r.IntN(6)
			return float64(3*k*k) + (0.2+0.1*float64(k))*r.NormFloat64()
		},
		"spike and tail": func() float64 { return max(0, 1e5*math.Exp(r.NormFloat64())*float64(r.IntN(2))) },
		"narrow modes":   func() float64 { return float64(r.IntN(3)) + 0.001*r.NormFloat64() },
		"scale 1e-5":     func() float64 { return 1e-5 * math.Exp(r.NormFloat64()) },
		"scale 1e6":      func() float64 { return 1e6 * r.ExpFloat64() },
		"seconds":        func() float64 { return 1.7e9 + 1e4*r.NormFloat64() },
	}[shape]
	x := make([]float64, n)
	for i := range x {
		x[i] = draw()
	}
	return x
}

func mustFit(t testing.TB, x []float64, opt Options) *Mixture {
	t.Helper()
	m, err := Fit(x, opt)
	require.NoError(t, err)
	return m
}

// requireClose compares two mixtures of a column with standard deviation sd by what CTGAN takes from them: components above
// weight 0.005.
func requireClose(t *testing.T, want, got *Mixture, sd float64) {
	t.Helper()
	const heavy = 0.005
	mean, spread, weight := 0.0, 0.0, 0.0
	for k, w := range want.Weight {
		weight = max(weight, math.Abs(got.Weight[k]-w))
		require.Equal(t, w > heavy, got.Weight[k] > heavy, "component %d: %g and %g", k, w, got.Weight[k])
		if w > heavy {
			mean = max(mean, math.Abs(got.Mean[k]-want.Mean[k])/sd)
			spread = max(spread, math.Abs(got.SD[k]/want.SD[k]-1))
		}
	}
	t.Logf("means %.1g sd, SDs %.1g of themselves, weights %.1g", mean, spread, weight)
	require.Less(t, mean, 1e-4)
	require.Less(t, spread, 1e-3)
	require.Less(t, weight, 1e-4)
}

func TestFastIsCloseToExact(t *testing.T) {
	rows := map[string]int{"normal": 12_000, "log-normal": 100_000, "heavy tail": 12_000, "Cauchy": 12_000, "uniform": 12_000,
		"modes": 100_000, "spike and tail": 25_000, "narrow modes": 12_000, "scale 1e-5": 12_000, "scale 1e6": 12_000,
		"seconds": 12_000}
	for shape, n := range rows {
		t.Run(shape, func(t *testing.T) {
			x := sampleOf(shape, n)
			c := distinct(x)
			c.standardise()
			require.Greater(t, len(c.value), maxDistinct, "nothing to bin")
			requireClose(t, mustFit(t, x, Options{Exact: true}), mustFit(t, x, Options{}), c.unit)
		})
	}
}

// Columns that are not binned are the same in both modes.
func TestFastIsExactOnFewValues(t *testing.T) {
	for name, g := range goldenColumns(t) {
		exact, err := FitCounts(g.Values, g.Counts, Options{Exact: true})
		require.NoError(t, err, name)
		fast, err := FitCounts(g.Values, g.Counts, Options{})
		require.NoError(t, err, name)
		require.Equal(t, exact, fast, name)
	}
}

// Binned columns keep number, mean and variance of their rows.
func TestBinnedKeepsMoments(t *testing.T) {
	for _, shape := range []string{"normal", "Cauchy", "spike and tail"} {
		c := distinct(sampleOf(shape, 50_000))
		c.standardise()
		b := c.binned()
		require.Less(t, len(b.value), 3*bins, shape)
		require.True(t, slices.IsSorted(b.value), shape)
		rows, mean, squares := 0.0, 0.0, 0.0
		for i, v := range b.value {
			rows += b.count[i]
			mean += b.count[i] * v / c.rows
			squares += b.count[i] * (v*v + b.variance[i]) / (c.rows - 1)
		}
		require.Equal(t, c.rows, rows, shape)
		require.InDelta(t, 0, mean, 1e-12, shape)
		require.InDelta(t, 1, squares, 1e-9, shape)
	}
}

// With one component responsibilities do not vary, and bins of any width give what the rows give.
func TestBinsCarryTheirVariance(t *testing.T) {
	c := distinct(sampleOf("log-normal", 1000))
	c.standardise()
	coarse := &column{rows: c.rows, mean: c.mean, unit: c.unit, spread: c.spread}
	for i := 0; i < 1000; i += 100 {
		coarse.add(c.join(i, i+100))
	}
	want, got := newPosterior(c, 1, defaultConcentration), newPosterior(c, 1, defaultConcentration)
	want.run(c)
	got.run(coarse)
	require.InDelta(t, 1, want.variance[0], 0.01)
	require.InDelta(t, want.variance[0], got.variance[0], 1e-12)
	require.InDelta(t, want.mean[0], got.mean[0], 1e-12)
}

func TestOrderAndCountsDoNotMatter(t *testing.T) {
	x := sampleOf("modes", 3000)
	for i := range x {
		x[i] = math.Round(10*x[i]) / 10
	}
	want := mustFit(t, x, Options{Seed: 7})
	before := slices.Clone(x)
	slices.Reverse(x)
	require.Equal(t, want, mustFit(t, x, Options{Seed: 7}))
	slices.Reverse(x)
	require.Equal(t, before, x, "Fit changes its input")

	c := distinct(x)
	counts := []int64{0}
	values := []float64{123}
	for i, n := range c.count { // each value in two parts
		values = append(values, c.value[i], c.value[i])
		counts = append(counts, int64(n)-1, 1)
	}
	got, err := FitCounts(values, counts, Options{Seed: 7})
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NotEqual(t, want, mustFit(t, x, Options{Seed: 8}))
}

func TestSmallColumns(t *testing.T) {
	for name, c := range map[string]struct {
		x    []float64
		want int // components
	}{
		"one row":            {[]float64{5}, 1},
		"constant":           {[]float64{-3, -3, -3, -3}, 1},
		"large constant":     {[]float64{1e140, 1e140}, 1},
		"two rows":           {[]float64{1, 2}, 2},
		"few rows":           {[]float64{1, 2, 2, 9}, 4},
		"two values":         {[]float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 10},
		"zeros of both kind": {[]float64{0, math.Copysign(0, -1)}, 1},
		"hardly different":   {[]float64{1, math.Nextafter(1, 2), 1}, 3},
		"smallest numbers":   {[]float64{0, 5e-324, 1e-323, 1e-310}, 4},
		"largest numbers":    {[]float64{-1e140, 0, 1e140, 1e140}, 4},
		"all scales":         {[]float64{-1e140, 1e-140, 1, 1e100}, 4},
	} {
		m := mustFit(t, c.x, Options{})
		require.Len(t, m.Mean, c.want, name)
		requireSound(t, m, c.x)
	}
	m := mustFit(t, []float64{-3, -3, -3}, Options{})
	require.Equal(t, []float64{-3}, m.Mean)
	require.Equal(t, []float64{1}, m.Weight)
	require.InDelta(t, 1e-3*math.Sqrt(0.75), m.SD[0], 1e-15)
}

// requireSound says what holds of every mixture.
func requireSound(t testing.TB, m *Mixture, x []float64) {
	t.Helper()
	sum := 0.0
	p := make([]float64, len(m.Mean))
	for k := range p {
		require.False(t, math.IsNaN(m.Mean[k]) || math.IsInf(m.Mean[k], 0), "mean %g", m.Mean[k])
		require.True(t, m.SD[k] > 0 && m.SD[k] < math.Inf(1), "SD %g", m.SD[k])
		require.True(t, m.Weight[k] >= 0, "weight %g", m.Weight[k])
		sum += m.Weight[k]
	}
	require.InDelta(t, 1, sum, 1e-12)
	for _, v := range append([]float64{0, -1e300, math.MaxFloat64, math.Inf(1)}, x...) {
		m.Responsibilities(v, p)
		sum = 0
		for _, r := range p {
			require.True(t, r >= 0, "responsibility %g", r)
			sum += r
		}
		require.InDelta(t, 1, sum, 1e-12)
	}
	text, err := json.Marshal(m)
	require.NoError(t, err)
	var again Mixture
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, m, &again)
}

func TestErrors(t *testing.T) {
	x := []float64{1, 2, 3}
	for name, f := range map[string]func() (*Mixture, error){
		"empty":         func() (*Mixture, error) { return Fit(nil, Options{}) },
		"NaN":           func() (*Mixture, error) { return Fit([]float64{1, math.NaN()}, Options{}) },
		"Inf":           func() (*Mixture, error) { return Fit([]float64{math.Inf(-1), 1}, Options{}) },
		"too large":     func() (*Mixture, error) { return Fit([]float64{1e141}, Options{}) },
		"components":    func() (*Mixture, error) { return Fit(x, Options{Components: -1}) },
		"many":          func() (*Mixture, error) { return Fit(x, Options{Components: 257}) },
		"concentration": func() (*Mixture, error) { return Fit(x, Options{Concentration: math.NaN()}) },
		"negative":      func() (*Mixture, error) { return Fit(x, Options{Concentration: -1}) },
		"lengths":       func() (*Mixture, error) { return FitCounts(x, []int64{1}, Options{}) },
		"count":         func() (*Mixture, error) { return FitCounts(x, []int64{1, -1, 1}, Options{}) },
		"no rows":       func() (*Mixture, error) { return FitCounts(x, []int64{0, 0, 0}, Options{}) },
		"many rows":     func() (*Mixture, error) { return FitCounts(x, []int64{1, 1 << 53, 1}, Options{}) },
		"counts of NaN": func() (*Mixture, error) { return FitCounts([]float64{math.NaN()}, []int64{1}, Options{}) },
		"wrong options": func() (*Mixture, error) { return FitCounts(x, []int64{1, 1, 1}, Options{Components: -1}) },
	} {
		m, err := f()
		require.ErrorContains(t, err, "mixture: ", name)
		require.Nil(t, m, name)
	}
	require.Panics(t, func() { mustFit(t, x, Options{}).Responsibilities(1, make([]float64, 2)) })
}

func TestNaNHasNoResponsibilities(t *testing.T) {
	p := make([]float64, 3)
	mustFit(t, []float64{1, 2, 3}, Options{}).Responsibilities(math.NaN(), p)
	require.True(t, math.IsNaN(p[0]) && math.IsNaN(p[2]))
}

func TestDamagedJSON(t *testing.T) {
	_, err := json.Marshal(&Mixture{})
	require.ErrorContains(t, err, "not fitted")
	whole := `{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1,2],"SD":[1,1]}`
	var m Mixture
	require.NoError(t, json.Unmarshal([]byte(whole), &m))
	for _, text := range []string{
		`null`, `{}`, `[]`, `{"Version":2}`, `{"Version":1}`,
		`{"Version":1,"Concentration":0.001,"Count":[],"Mean":[],"SD":[]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3],"Mean":[1,2],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1,2],"SD":[1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,-4],"Mean":[1,2],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,1e17],"Mean":[1,2],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1,2],"SD":[1,0]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1,2e200],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0,"Count":[3,4],"Mean":[1,2],"SD":[1,1]}`,
		`{"Version":1,"Concentration":0.001,"Count":[3,4],"Mean":[1,2],"SD":[1,1],"More":1}`,
	} {
		before := m
		require.Error(t, json.Unmarshal([]byte(text), &m), text)
		require.Equal(t, before, m)
	}
}

// TestNoAllocationPerRow: what the transformer calls for every cell leaves nothing for the garbage collector.
func TestNoAllocationPerRow(t *testing.T) {
	m := mustFit(t, sampleOf("modes", 500), Options{})
	p := make([]float64, len(m.Mean))
	require.Zero(t, testing.AllocsPerRun(100, func() { m.Responsibilities(3, p) }))
}
