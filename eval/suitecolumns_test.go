package eval

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// ofTexts makes a table of columns of texts, by their kinds.
func ofTexts(t *testing.T, schema []table.Column, columns [][]string) *table.Table {
	t.Helper()
	typed := make([]any, len(columns))
	for c, cells := range columns {
		numbers := make([]float64, len(cells))
		for r, cell := range cells {
			if numbers[r] = math.NaN(); cell != "" && isNumeric(schema[c].Kind) {
				_, err := fmt.Sscan(cell, &numbers[r])
				require.NoError(t, err)
			}
		}
		if typed[c] = cells; isNumeric(schema[c].Kind) {
			typed[c] = numbers
		}
	}
	out, err := table.New(&table.Schema{Columns: schema}, typed)
	require.NoError(t, err)
	return out
}

// textsOf gives the cells of a table by columns.
func textsOf(of *table.Table) [][]string {
	columns := make([][]string, of.Cols())
	for c := range columns {
		for r := range of.Rows() {
			cell, _ := of.Cell(r, c)
			columns[c] = append(columns[c], cell)
		}
	}
	return columns
}

// enrolled makes pupils with an id that is written in this way, of a kind.
func enrolled(t *testing.T, kind table.Kind, form string, seed uint64, rows int) *table.Table {
	columns := make([][]string, 3)
	for r := range rows {
		s := rng.New(seed, rng.Demo, uint64(r))
		columns[0] = append(columns[0], fmt.Sprintf(form, 100_000+s.Intn(800_000)))
		columns[1] = append(columns[1], fmt.Sprint(s.Intn(21)))
		columns[2] = append(columns[2], []string{"no", "yes"}[s.Intn(2)])
	}
	return ofTexts(t, []table.Column{{Name: "Student ID", Kind: kind}, {Name: "Mark", Kind: table.Whole}, {Name: "Passed", Kind: table.Category}}, columns)
}

// What a table of ids tells a peer that knows no ids is what it tells of numbers, and nothing is left out without a word.
func TestSuitesTakeIDsOfDigitsAsNumbers(t *testing.T) {
	of := func(suite string, kind table.Kind, form string) *Report {
		rows := 50
		if suite == MostlyAI { // which takes no fewer
			rows = 100
		}
		opt := Options{Suite: suite, Holdout: enrolled(t, kind, form, 3, rows), Only: []string{"sanity", "stats", "detection.detection_xgb", "mostlyai"}}
		if suite == Paper {
			opt.Only = []string{"paper"}
		} else if suite == MostlyAI {
			opt.Only = opt.Only[3:]
		} else {
			opt.Only = opt.Only[:3]
		}
		return bySuite(t, enrolled(t, kind, form, 1, rows), enrolled(t, kind, form, 2, rows), opt)
	}
	for _, suite := range []string{Paper, Synthcity210, Synthcity212, MostlyAI} {
		want, got, none := of(suite, table.Whole, "%d"), of(suite, table.ID, "%d"), of(suite, table.ID, "S%d")
		require.Len(t, got.Metrics, len(want.Metrics))
		differ := 0
		for i, m := range want.Metrics {
			require.Equal(t, m.Name, got.Metrics[i].Name)
			if math.IsNaN(m.Value) {
				require.True(t, math.IsNaN(got.Metrics[i].Value), m.Name)
				continue
			}
			require.Equal(t, m.Value, got.Metrics[i].Value, "%s: %s", suite, m.Name)
			if i < len(none.Metrics) && none.Metrics[i].Value != m.Value {
				differ++
			}
		}
		require.NotZero(t, differ, "%s: ids count for something", suite)
		if suite == MostlyAI { // to which ids of letters are texts, with a reason of their own
			continue
		}
		require.Contains(t, strings.Join(got.Notes, "\n"), `The ids in "Student ID" are numbers to this suite, as they are to its authors. Without them: --drop "Student ID".`)
		require.Contains(t, strings.Join(none.Notes, "\n"), `Left out, as ids or texts that are no numbers: "Student ID". `+
			`The suite's authors have every column; to give it to the suite: --category "Student ID".`)
		require.NotContains(t, strings.Join(want.Notes, "\n"), "Student ID")
		require.NotContains(t, strings.Join(of(suite, table.Category, "S%d").Notes, "\n"), "Student ID", "the option helps")
	}
	require.Equal(t, "--category id_student", "--category "+argument("id_student"))
}

// An id that is a number in one table alone is none.
func TestSuiteLeavesOutIDsOfTwoKinds(t *testing.T) {
	r := bySuite(t, enrolled(t, table.ID, "%d", 1, 60), enrolled(t, table.ID, "S%d", 2, 60), Options{Suite: Synthcity210, Only: []string{"sanity"}})
	require.Contains(t, strings.Join(r.Notes, "\n"), "Left out, as ids or texts")
}

// A reason names columns as the header does, and has no cell of theirs.
func TestSuiteNamesTheColumnWithAGap(t *testing.T) {
	real, fake := marks(t, 1, 60), marks(t, 2, 60)
	columns := textsOf(fake)
	columns[2][7] = ""
	fake = ofTexts(t, fake.Schema().Columns, columns)
	r := bySuite(t, real, fake, Options{Suite: Synthcity210, Target: "Passed"})
	const gap = `column "English" of the synthetic rows: a cell is missing or infinite: fill such cells first`
	for _, name := range []string{"stats.wasserstein_dist.joint", "stats.prdc.precision", "detection.detection_mlp.mean", "privacy.identifiability_score.score"} {
		require.Equal(t, gap, metric(t, r, name).Reason, name)
	}
	for _, name := range []string{"performance.linear_model.syn_ood", "performance.mlp.syn_id"} {
		require.Equal(t, "0 for: "+gap, metric(t, r, name).Reason, name)
	}
	require.Equal(t, OK, metric(t, r, "detection.detection_xgb.mean").Status)
}

// The synthetic file is read by the real table's schema, yet SDMetrics compares the types that pandas would read: 18 beside 16.0 is another.
func TestStructureGoesByWhatStandsInTheFile(t *testing.T) {
	read := func(s *table.Schema, cell string) *table.Table {
		var text strings.Builder
		text.WriteString("age,form\n")
		for i := range 40 {
			fmt.Fprintf(&text, cell+",%c\n", 11+i%5, 'A'+rune(i%3))
		}
		tab, err := table.ReadCSV(strings.NewReader(text.String()), table.ReadOptions{Schema: s})
		require.NoError(t, err)
		return tab
	}
	real := read(nil, "%d.0")
	for cell, want := range map[string]float64{"%d.0": 1, "%d": 1. / 3} {
		r := bySuite(t, real, read(real.Schema(), cell), Options{Suite: SDMetrics})
		require.InDelta(t, want, metric(t, r, "sdmetrics.structure").Value, 1e-12, cell)
	}
}
