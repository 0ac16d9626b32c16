package cohort_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// The table of three dice: b is most often a, and c most often the sum of both, modulo 3.
const sides, follows = 3, 0.8

func die(r *rng.Stream, likely int) int {
	if r.Float64() < follows {
		return likely
	}
	return (likely + 1 + r.Intn(sides-1)) % sides
}

// dieChance is the chance that die falls so.
func dieChance(is, likely int) float64 {
	if is == likely {
		return follows
	}
	return (1 - follows) / (sides - 1)
}

func dice(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("a,b,c\n")
	r := rng.New(seed, rng.Demo, 0)
	for range n {
		x := r.Intn(sides)
		y := die(&r, x)
		fmt.Fprintf(&b, "a%d,b%d,c%d\n", x, y, die(&r, (x+y)%sides))
	}
	return b.String()
}

// allDice has each row that there can be once, and told how likely it is.
func allDice() (text string, p []float64) {
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range sides * sides * sides {
		x, y, z := i/sides/sides, i/sides%sides, i%sides
		fmt.Fprintf(&b, "a%d,b%d,c%d\n", x, y, z)
		p = append(p, dieChance(y, x)*dieChance(z, (x+y)%sides)/sides)
	}
	return b.String(), p
}

func logProb(t testing.TB, m *cohort.Model, rows *table.Table) []float64 {
	t.Helper()
	p, err := m.LogProb(context.Background(), rows)
	require.NoError(t, err)
	require.Len(t, p, rows.Rows())
	return p
}

// What a model says of all rows that there can be sums to 1, and is near what they were drawn by, unless it can't see that.
func TestLogProbIsADistribution(t *testing.T) {
	learned, unseen := read(t, dice(1200, 1)), read(t, dice(2000, 2))
	text, p := allDice()
	every := read(t, text)
	entropy := 0.0
	for _, x := range p {
		entropy -= x * math.Log(x)
	}
	for model, near := range map[string]float64{"trees": 0.05, "columns": 0.05, "auto": 0.05, "independent": math.Inf(1)} {
		opt := cohort.Options{Model: model, Protect: -1}
		if model == "columns" || model == "auto" {
			opt.Steps = 400
		}
		m := fit(t, learned, opt)
		total, apart := 0.0, 0.0
		for i, x := range logProb(t, m, every) {
			total += math.Exp(x)
			apart += p[i] * (math.Log(p[i]) - x)
		}
		require.InDelta(t, 1, total, 1e-4, model)
		require.Less(t, apart, near, "%s: Kullback-Leibler divergence, nats", model)
		mean := 0.0
		for _, x := range logProb(t, m, unseen) {
			mean -= x / float64(unseen.Rows())
		}
		if model == "independent" {
			require.InDelta(t, 3*math.Log(sides), mean, 0.02)
			continue
		}
		require.InDelta(t, entropy, mean, near+0.05, model)
	}
}

// A saved model says the same, and the parts are those of the columns.
func TestLogProbParts(t *testing.T) {
	actual := read(t, pupils(400, 70))
	m := fit(t, actual, cohort.Options{Model: "trees"})
	sum := logProb(t, m, actual)
	loaded, err := cohort.Load(strings.NewReader(string(file(t, m))))
	require.NoError(t, err)
	require.Equal(t, sum, logProb(t, loaded, actual))
	parts, err := m.LogProbParts(context.Background(), actual)
	require.NoError(t, err)
	require.Len(t, parts, len(m.Info().Schema.Columns))
	for c, x := range m.Info().Schema.Columns {
		if x.Treat != table.Learn {
			require.Nil(t, parts[c], x.Name)
			continue
		}
		require.Len(t, parts[c], actual.Rows(), x.Name)
	}
	for i := range sum {
		s := 0.0
		for _, part := range parts {
			if part != nil {
				require.LessOrEqual(t, part[i], 0.0)
				s += part[i]
			}
		}
		require.InDelta(t, sum[i], s, 1e-9)
	}
}

// Values that the model does not know leave the likelihood finite, and are rare.
func TestLogProbOfUnknownValues(t *testing.T) {
	m := fit(t, read(t, pupils(300, 71)), cohort.Options{Model: "trees"})
	lines := strings.SplitAfter(pupils(40, 72), "\n")
	for i, line := range lines[1 : len(lines)-1] {
		cells := strings.Split(line, ",")
		cells[4], cells[6] = "zq7house", "900000"
		if i%2 == 0 {
			cells[3], cells[10] = "", ""
		}
		lines[i+1] = strings.Join(cells, ",")
	}
	odd := read(t, strings.Join(lines, ""))
	for _, x := range logProb(t, m, odd) {
		require.False(t, math.IsInf(x, 0) || math.IsNaN(x))
	}
	parts, err := m.LogProbParts(context.Background(), odd)
	require.NoError(t, err)
	for _, c := range []int{4, 6} {
		require.LessOrEqual(t, slices.Max(parts[c]), -math.Log(301))
	}
}

func TestLogProbRefuses(t *testing.T) {
	actual := read(t, pupils(200, 73))
	for _, model := range []string{"copula", "ctgan"} {
		_, err := fit(t, actual, cohort.Options{Model: model, Steps: 1}).LogProb(context.Background(), actual)
		require.ErrorIs(t, err, errors.ErrUnsupported, model)
		require.True(t, strings.HasPrefix(err.Error(), "cohort: log-likelihood: "), err.Error())
	}
	m := fit(t, actual, cohort.Options{Model: "independent"})
	_, err := m.LogProb(context.Background(), read(t, strings.Replace(pupils(50, 74), "House", "Home", 1)))
	require.Equal(t, "other-columns", code(t, err))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, err := m.LogProb(ctx, actual)
	require.Nil(t, p)
	require.Equal(t, context.Canceled, err)
}
