package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// aged are n people with an age, a grade that depends on it, two other grades, and a job that few may have.
func aged(t *testing.T, seed uint64, n int, change func(r *rng.Stream, cells []string)) *table.Table {
	t.Helper()
	return fromRecords(t, []string{"age", "G1", "G3", "job", "free"}, func(yield func([]string) bool) {
		for i := range n {
			r := rng.New(seed, rng.Demo, uint64(i))
			age := 15 + r.Intn(6)
			first := age - 10 + r.Intn(5)
			cells := []string{fmt.Sprint(age), fmt.Sprint(first), fmt.Sprint(first + r.Intn(5)), []string{"teacher", "nurse", "other", "none"}[r.Intn(4)],
				fmt.Sprint(r.Intn(40))}
			if change != nil {
				change(&r, cells)
			}
			if !yield(cells) {
				return
			}
		}
	})
}

func explanationOf(t *testing.T, actual, fake *table.Table, opt Options) *Explanation {
	t.Helper()
	e, err := Explain(context.Background(), actual, fake, opt)
	require.NoError(t, err)
	sum := 0.0
	for _, m := range e.Metrics {
		if m.Name == "explain.importance" {
			require.True(t, m.Value >= 0 && m.Value <= 1)
			sum += m.Value
		}
	}
	require.InDelta(t, 1, sum, 1e-9)
	for _, r := range e.Reasons {
		require.LessOrEqual(t, r.P, lookLevel)
		require.Equal(t, r.Signature != "", r.Cause != "", r.Sentence)
		require.NotContains(t, r.Sentence, "NaN")
		require.Regexp(t, `^.* (in|never|hardly).* (real|synthetic) rows( \([0-9,]+ of [0-9,]+\))?, .*(real|synthetic) ones( \([0-9,]+ of [0-9,]+\))?$`, r.Sentence)
	}
	return e
}

func sentences(e *Explanation) string {
	var all []string
	for _, r := range e.Reasons {
		all = append(all, r.Sentence)
	}
	return strings.Join(all, "\n")
}

func TestReasonsAndWhatMendsThem(t *testing.T) {
	for name, c := range map[string]struct {
		change                       func(r *rng.Stream, cells []string)
		want, remedy, signature, top string
	}{
		"decimals": {func(r *rng.Stream, cells []string) {
			if r.Intn(3) == 0 {
				cells[0] += fmt.Sprintf(".%d", 1+r.Intn(9))
			}
		}, "age has decimals in ", "--number age", "number-precision", "age"},
		"decimals of many": {func(r *rng.Stream, cells []string) {
			if r.Intn(3) == 0 {
				cells[4] += fmt.Sprintf(".%d", 1+r.Intn(9))
			}
		}, "free has decimals in ", "--number free", "number-precision", "free"},
		"dropouts": {func(r *rng.Stream, cells []string) {
			if r.Intn(5) == 0 {
				cells[2] = "9"
			}
		}, "G3 is 9 in ", "", "", "G3"},
		"spelling": {func(r *rng.Stream, cells []string) {
			if cells[3] == "teacher" {
				cells[3] = "Teacher"
			}
		}, "job is a value that no other real row has in ", "--category job", "category-codes", "job"},
		"rule": {func(r *rng.Stream, cells []string) {
			cells[2] = fmt.Sprint(5 + r.Intn(15))
		}, "G1 is above G3 in ", `--rule "G1 <= G3"`, "broken-rule", "G3"},
		"text": {func(r *rng.Stream, cells []string) {
			if r.Intn(4) == 0 {
				cells[4] = "many"
			}
		}, "free is text in place of a number in ", "--number free", "category-codes", "free"},
		"text among few numbers": {func(r *rng.Stream, cells []string) {
			if r.Intn(4) == 0 {
				cells[0] = "many"
			}
		}, "age is text in place of a number in ", "--number age", "category-codes", "age"},
		"gaps": {func(r *rng.Stream, cells []string) {
			if r.Intn(4) == 0 {
				cells[3] = ""
			}
		}, "job is missing in ", "", "", "job"},
		"heaps": {func(r *rng.Stream, cells []string) {
			if r.Intn(2) == 0 {
				cells[4] = fmt.Sprint(5 * r.Intn(8))
			}
		}, "free is a multiple of 5 in ", "--coarsen free=5", "heaping", "free"},
		"range": {func(r *rng.Stream, cells []string) {
			if r.Intn(6) == 0 {
				cells[4] = fmt.Sprint(40 + r.Intn(300))
			}
		}, "free lies outside the range of other real rows in ", "", "out-of-range", "free"},
	} {
		e := explanationOf(t, aged(t, 1, 600, nil), aged(t, 2, 600, c.change), Options{})
		require.NotEmpty(t, e.Reasons, name)
		i := 0
		for i < len(e.Reasons) && !strings.HasPrefix(e.Reasons[i].Sentence, c.want) {
			i++
		}
		require.Less(t, i, len(e.Reasons), "%s: %s", name, sentences(e))
		require.Equal(t, c.remedy, e.Reasons[i].Remedy, name)
		require.Equal(t, c.signature, e.Reasons[i].Signature, name)
		require.Greater(t, e.Metrics[0].Low, 0.5, name)
		require.Equal(t, c.top, e.Metrics[2].Columns[0], name)
		if name == "decimals" {
			require.Regexp(t, `^age has decimals in \d+ % of synthetic rows \(\d+ of 300\), never in real ones$`, e.Reasons[i].Sentence)
			require.Less(t, e.Metrics[1].Value, e.Metrics[0].Value-0.05, "snapped")
		}
	}
}

// Numbers between the few that occur are mended by categories, and so are words that a column of categories has not; a number that is not
// written as one never is.
func TestWhatMendsFewNumbers(t *testing.T) {
	read := func(seed uint64, kind table.Kind, between string) *table.Table {
		opt := table.ReadOptions{Schema: &table.Schema{Columns: []table.Column{{Name: "grade", Kind: kind}}}}
		out, err := table.FromRecords([]string{"grade", "other"}, func(yield func([]string) bool) {
			for i := range 400 {
				r := rng.New(seed, rng.Demo, uint64(i))
				grade := []string{"1", "2", "4", "5"}[r.Intn(4)]
				if between != "" && r.Intn(3) == 0 {
					grade = between
				}
				if !yield([]string{grade, fmt.Sprint(r.Intn(40))}) {
					return
				}
			}
		}, opt)
		require.NoError(t, err)
		return out
	}
	for _, c := range []struct {
		kind                            table.Kind
		between, words, remedy, because string
	}{
		{table.Whole, "3", newNumber, "--category grade", "new-values"},
		{table.Whole, "2.5", "has decimals", "--number grade", "number-precision"},
		{table.Category, "3", "is a value that no other real row has", "--category grade", "category-codes"},
	} {
		e := explanationOf(t, read(1, c.kind, ""), read(2, table.Auto, c.between), Options{})
		at := slices.IndexFunc(e.Reasons, func(r Reason) bool { return strings.HasPrefix(r.Sentence, "grade "+c.words) })
		require.GreaterOrEqual(t, at, 0, "%s: %s", c.words, sentences(e))
		require.Equal(t, c.remedy, e.Reasons[at].Remedy, c.words)
		require.Equal(t, c.because, e.Reasons[at].Signature, c.words)
	}
}

// Of numbers that are all the same no sentence says that they are the smallest.
func TestOneValueOnly(t *testing.T) {
	constant := func(_ *rng.Stream, cells []string) { cells[4] = "23" }
	e := explanationOf(t, aged(t, 1, 400, nil), aged(t, 2, 400, constant), Options{})
	require.Regexp(t, `(?m)^free has one value only in all synthetic rows( \(200 of 200\))?, the same one hardly ever in real ones`, sentences(e))
	require.NotContains(t, sentences(e), "number that synthetic rows have")
}

// Columns that are fine one by one, and no row is.
func TestReasonsOfTwoColumns(t *testing.T) {
	switched := func(honest bool) func(r *rng.Stream, cells []string) {
		return func(r *rng.Stream, cells []string) {
			k := r.Intn(4)
			cells[3] = []string{"teacher", "nurse", "other", "none"}[k]
			if !honest {
				k = r.Intn(4)
			}
			cells[4] = fmt.Sprint(10 * k)
		}
	}
	e := explanationOf(t, aged(t, 1, 800, switched(true)), aged(t, 2, 800, switched(false)), Options{})
	require.NotEmpty(t, e.Reasons)
	require.ElementsMatch(t, []string{"job", "free"}, e.Reasons[0].Columns, sentences(e))
	require.Contains(t, e.Reasons[0].Sentence, " and ")
}

// Fresh rows of the same kind give no reasons, but for the errors that the tests may make.
func TestNoReasonsWithoutDifference(t *testing.T) {
	found := 0
	const n = 12
	for seed := range uint64(n) {
		e := explanationOf(t, aged(t, 100+seed, 300, nil), aged(t, 200+seed, 300, nil), Options{Seed: seed})
		found += min(len(e.Reasons), 1)
		require.Less(t, e.Metrics[0].Value, 0.62)
	}
	require.LessOrEqual(t, found, 3, "of %d at a level of 5 %%", n)
}

// No sentence has a value that too few real persons have, and no threshold is anybody's.
func TestReasonsNameNobody(t *testing.T) {
	actual := aged(t, 1, 400, func(r *rng.Stream, cells []string) {
		if r.Intn(2) == 0 {
			cells[3] = fmt.Sprintf("zq%d", r.Intn(150))
		}
		cells[4] = fmt.Sprintf("%.3f", 50+20*r.Norm())
	})
	fake := aged(t, 2, 400, func(r *rng.Stream, cells []string) {
		if r.Intn(2) == 0 {
			cells[3] = fmt.Sprintf("zq%d", r.Intn(3))
		}
		cells[4] = fmt.Sprintf("%.3f", 90+20*r.Norm())
	})
	real := make(map[string]bool)
	for r := range actual.Rows() {
		text, _ := actual.Cell(r, 4)
		real[text] = true
	}
	for _, k := range []int{0, 20} {
		e := explanationOf(t, actual, fake, Options{Protect: k})
		require.NotContains(t, sentences(e), "zq")
		require.Contains(t, sentences(e), "free is above ")
		for _, word := range strings.Fields(sentences(e)) {
			require.False(t, real[word], word)
		}
	}
}

// A generator that is prompted with real values writes the same ones.
func TestCopiedValuesAreFound(t *testing.T) {
	number := func(seed uint64, i int) string {
		r := rng.New(seed, 7, uint64(i))
		return fmt.Sprintf("%.5f", 100*r.Float64())
	}
	rows := func(seed uint64, value func(i int) string) *table.Table {
		i := 0
		return aged(t, seed, 500, func(_ *rng.Stream, cells []string) { cells[4] = value(i); i++ })
	}
	actual := rows(1, func(i int) string { return number(1, i) })
	fake := rows(2, func(i int) string { return number(1, i*7%500) })
	e := explanationOf(t, actual, fake, Options{})
	require.NotEmpty(t, e.Reasons)
	require.Equal(t, "copied-values", e.Reasons[0].Signature, sentences(e))
	require.Empty(t, e.Reasons[0].Remedy)
}

func TestTooLittleToExplain(t *testing.T) {
	for _, n := range []int{1, 39} {
		e, err := Explain(context.Background(), aged(t, 1, n, nil), aged(t, 2, 100, nil), Options{})
		require.NoError(t, err)
		require.Equal(t, TooFew, e.Metrics[0].Status)
		require.True(t, math.IsNaN(e.Metrics[1].Value))
		require.Empty(t, e.Reasons)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err := Explain(ctx, aged(t, 1, 100, nil), aged(t, 2, 100, nil), Options{})
	require.ErrorIs(t, err, context.Canceled)
}

// Constant and empty columns, thousands of values, one column, and a table that is the real one.
func TestExplainOddTables(t *testing.T) {
	rows := func(n, first int, cells func(i int) []string) *table.Table {
		return fromRecords(t, []string{"a", "b"}, func(yield func([]string) bool) {
			for i := first; i < first+n; i++ {
				if !yield(cells(i)) {
					return
				}
			}
		})
	}
	for name, cells := range map[string]func(i int) []string{
		"constant":  func(int) []string { return []string{"1", "x"} },
		"one empty": func(i int) []string { return []string{"", fmt.Sprint(i % 3)} },
		"large":     func(i int) []string { return []string{fmt.Sprint(1e15 * float64(i%5)), "x"} },
		"values":    func(i int) []string { return []string{fmt.Sprint("v", i*7919%1000/2), "x"} },
		"dates":     func(i int) []string { return []string{fmt.Sprintf("%d-%02d-%02d", 1900+i%100, 1+i%12, 1+i%28), "x"} },
	} {
		actual := rows(200, 0, cells)
		for _, fake := range []*table.Table{actual, rows(100, 1000, cells)} {
			e, err := Explain(context.Background(), actual, fake, Options{})
			require.NoError(t, err, name)
			for _, m := range e.Metrics {
				require.False(t, math.IsNaN(m.Value), "%s: %s", name, m.Name)
			}
		}
	}
}

// Dates are cut where a month begins.
func TestReasonsOfDates(t *testing.T) {
	rows := func(seed uint64, late int) *table.Table {
		return aged(t, seed, 300, func(r *rng.Stream, cells []string) {
			year := 2010 + max(r.Intn(4), r.Intn(4)*late)
			cells[3] = fmt.Sprintf("%d-%02d-%02d", year, 1+r.Intn(12), 1+r.Intn(28))
		})
	}
	e := explanationOf(t, rows(1, 0), rows(2, 1), Options{})
	require.NotEmpty(t, e.Reasons)
	require.Regexp(t, `^job is before 20\d\d-\d\d-01 in \d+ % of real rows \(\d+ of 150\), in .* synthetic ones \(\d+ of 150\)$`, sentences(e))
}

// Where several rows are about a person, the persons are counted: rows that are said four times are no more certain.
func TestContrastCountsPersons(t *testing.T) {
	people := func(each int) *side {
		s := &side{rows: 40 * each, persons: 40, person: make([]int32, 40*each)}
		for r := range s.person {
			s.person[r] = int32(r / each)
		}
		return s
	}
	z := make(map[int]float64)
	for _, each := range []int{1, 4} {
		h := &halves{side: [2]*side{people(each), people(each)}}
		rows := [2][]int32{allRows(40 * each), allRows(40 * each)}
		p := pattern{has: func(s *side, row int) bool { return int(s.person[row])%5 < 1+int(is(s == h.side[1])) }}
		c := h.contrast(h.hits(&p, rows), [2][]bool{}, rows)
		require.Equal(t, [2]int{8 * each, 16 * each}, c.rows)
		z[each] = c.z
	}
	// Two proportions of 40 each.
	require.InDelta(t, .2/math.Sqrt(2*.3*.7/40), z[1], 1e-12)
	require.InDelta(t, z[1], z[4], 1e-12)
}

func TestNumbersAsTheyAreWritten(t *testing.T) {
	for x, want := range map[float64][2]int{
		0: {0, 8}, 7: {0, 0}, 5: {0, 1}, 10: {0, 2}, 50: {0, 3}, 100: {0, 4}, 0.5: {1, 0}, 0.1 * 3: {1, 0}, 2.25: {2, 0}, -10: {0, 2}, 1. / 3: {6, 0},
		1e15: {0, 8}, 123456.7: {1, 0},
	} {
		require.Equal(t, want, [2]int{decimals(x), roundness(x)}, "%v", x)
	}
	for _, c := range [][3]float64{{17, 18, 17.5}, {40, 99, 70}, {1, 1.001, 1.0005}, {0, 1e-7, 5e-8}, {1e6, 3e6, 2e6}} {
		x := between(c[0], c[1])
		require.InEpsilon(t, c[2], x, 1e-9, "%v", c)
		require.True(t, x > c[0] && x < c[1])
	}
}

func BenchmarkExplain(b *testing.B) {
	v := benchView(b, 2000, 500, 20)
	for b.Loop() {
		if _, err := v.explanation(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
