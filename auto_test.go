package cohort_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/table"
	transformer "example.org/cohort/transformer/column"
	"github.com/stretchr/testify/require"
)

// short is few steps of auto, on a table that is large enough for both of its components.
var short = cohort.Options{Steps: 40, Protect: -1}

// both is a table of 1,000 pupils, and auto's model of it.
func both(t testing.TB, opt cohort.Options) (*table.Table, *cohort.Model) {
	actual := read(t, pupils(1000, 9))
	return actual, fit(t, actual, opt)
}

func TestAutoIsTreesAloneForFewPersons(t *testing.T) {
	m := fit(t, read(t, pupils(200, 9)), cohort.Options{})
	require.Equal(t, "trees", m.Info().Kind)
	require.Contains(t, m.Info().Why, "fewer than 1000 persons")
}

func TestAutoSaysWhatItIs(t *testing.T) {
	_, m := both(t, short)
	var columns, trees, alone float64
	_, err := fmt.Sscanf(m.Info().Kind, "columns %f + trees %f + independent %f", &columns, &trees, &alone)
	require.NoError(t, err)
	require.InDelta(t, 1, columns+trees+alone, 0.02)
	require.Contains(t, m.Info().Why, "of persons held out")
	require.Equal(t, int64(40), m.Info().Steps)
}

// The same rows come out with any number of threads, after saving, and in pieces.
func TestAutoWritesTheSame(t *testing.T) {
	actual, m := both(t, short)
	before := runtime.GOMAXPROCS(1)
	one := fit(t, actual, short)
	runtime.GOMAXPROCS(before)
	require.Equal(t, file(t, m), file(t, one))
	loaded, err := cohort.Load(strings.NewReader(string(file(t, m))))
	require.NoError(t, err)
	all := text(t, sample(t, m, cohort.SampleOptions{Rows: 600, Seed: 4}))
	require.Equal(t, all, text(t, sample(t, loaded, cohort.SampleOptions{Rows: 600, Seed: 4})))
	_, tail, _ := strings.Cut(text(t, sample(t, m, cohort.SampleOptions{First: 590, Rows: 10, Seed: 4})), "\n")
	require.True(t, strings.HasSuffix(all, tail))
}

// Conditions that many rows meet are drawn for; for others, and for a balance, the transformer draws alone, and says so.
func TestAutoMeetsConditions(t *testing.T) {
	actual, m := both(t, short)
	for where, alone := range map[string]bool{above(t, actual, 0.5): false, above(t, actual, 0.98): true} {
		conds, err := table.ParseConds(where)
		require.NoError(t, err)
		var heard []string
		rows := sample(t, m, cohort.SampleOptions{Rows: 200, Where: conds, Warn: func(e *table.Error) { heard = append(heard, e.Code) }})
		sets, err := table.Sets(rows.Schema(), conds)
		require.NoError(t, err)
		require.Equal(t, 200, rows.Count(sets), where)
		require.Equal(t, alone, strings.Contains(fmt.Sprint(heard), "columns-alone"), where)
	}
}

// above is the condition that the first column of whole numbers lies above a quantile.
func above(t *testing.T, x *table.Table, q float64) string {
	for c, col := range x.Schema().Columns {
		if col.Kind != table.Whole || col.Treat != table.Learn {
			continue
		}
		v := slices.DeleteFunc(x.Floats(c), math.IsNaN)
		slices.Sort(v)
		least := v[int(q*float64(len(v)))]
		return fmt.Sprintf("%q >= %v", col.Name, least)
	}
	t.Fatal("no whole numbers")
	return ""
}

// What is there stays as it is, what is missing is filled, and the same seed fills the same.
func TestAutoFills(t *testing.T) {
	actual, m := both(t, short)
	gaps := actual.Select([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	filled, err := m.Fill(context.Background(), gaps, cohort.SampleOptions{Seed: 1})
	require.NoError(t, err)
	again, err := m.Fill(context.Background(), gaps, cohort.SampleOptions{Seed: 1})
	require.NoError(t, err)
	require.Equal(t, text(t, filled), text(t, again))
	missing, left := 0, 0
	for r := range gaps.Rows() {
		for c, col := range gaps.Schema().Columns {
			before, ok := gaps.Cell(r, c)
			after, has := filled.Cell(r, c)
			switch {
			case ok:
				require.Equal(t, before, after)
			case col.Treat == table.Learn && col.Kind != table.ID && col.Kind != table.Text:
				if missing++; !has {
					left++
				}
			}
		}
	}
	require.Positive(t, missing)
	require.Zero(t, left)
}

// A second is too short for both; the model is then trees alone, and says why.
func TestAutoOfAShortTime(t *testing.T) {
	defer cohort.OnNominalMachine()()
	e, err := cohort.Plan(read(t, pupils(1000, 9)), cohort.Options{Budget: 1e9})
	require.NoError(t, err)
	require.Equal(t, "trees", e.Model)
	e, err = cohort.Plan(read(t, pupils(1000, 9)), cohort.Options{Budget: 100e9})
	require.NoError(t, err)
	require.Equal(t, "auto", e.Model)
}

func TestColumnsAlone(t *testing.T) {
	_, m := both(t, cohort.Options{Model: "columns", Steps: 30})
	require.Equal(t, "columns", m.Info().Kind)
	loaded, err := cohort.Load(strings.NewReader(string(file(t, m))))
	require.NoError(t, err)
	require.Equal(t, text(t, sample(t, m, cohort.SampleOptions{Rows: 50})), text(t, sample(t, loaded, cohort.SampleOptions{Rows: 50})))
}

// Where rows are picked from candidates, it is said from how many; where they are not, nothing is.
func TestPickingIsHeard(t *testing.T) {
	_, m := both(t, cohort.Options{Model: "columns", Steps: 30})
	for where, picked := range map[string]bool{`Maths > 40 and English > 40`: true, `Maths > 40 and House = "Red"`: false} {
		conds, err := table.ParseConds(where)
		require.NoError(t, err)
		var heard []cohort.Picking
		opt := cohort.SampleOptions{Rows: 60, Where: conds}
		silent := text(t, sample(t, m, opt))
		opt.Picking = func(p cohort.Picking) { heard = append(heard, p) }
		require.Equal(t, silent, text(t, sample(t, m, opt)), where)
		if !picked {
			require.Empty(t, heard, where)
			continue
		}
		require.Len(t, heard, 1)
		require.Equal(t, int64(60), heard[0].Rows)
		require.Equal(t, 64, heard[0].Candidates)
		require.True(t, 1.0/64-1e-9 <= heard[0].Least && heard[0].Least <= heard[0].Effective && heard[0].Effective <= 1+1e-9, heard)
	}
}

func TestFewCandidatesAreAWarning(t *testing.T) {
	heard, warned := cohort.TellPicked([]float64{0, 0.02, 0.08, 0.17, 0})
	require.Equal(t, int64(3), heard.Rows)
	require.InDelta(t, 0.09, heard.Effective, 1e-12)
	require.Equal(t, 0.02, heard.Least)
	require.Equal(t, []string{"few-candidates"}, warned)
	_, warned = cohort.TellPicked([]float64{0.11})
	require.Empty(t, warned)
}

func TestColumnsRefuse(t *testing.T) {
	actual := read(t, pupils(60, 200))
	for reason, opt := range map[string]cohort.Options{
		"Steps is set":           {Column: &transformer.Options{Steps: 1}},
		"the model is \"trees\"": {Model: "trees", Column: &transformer.Options{}},
		"sizes or the rate":      {Column: &transformer.Options{Size: transformer.Size{Width: 10, Heads: 3, Layers: 1, Inner: 4}}},
	} {
		bad := refused(t, actual, opt)
		require.Equal(t, "bad-option", bad.Code)
		require.Contains(t, bad.Reason, reason)
	}
}
