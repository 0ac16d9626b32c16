package eval

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"github.com/stretchr/testify/require"
)

// summed makes G3 the sum of age and G1, and free a number with two decimals.
func summed(r *rng.Stream, cells []string) {
	age, _ := strconv.Atoi(cells[0])
	first, _ := strconv.Atoi(cells[1])
	cells[2] = fmt.Sprint(age + first)
	cells[4] = fmt.Sprintf("%.2f", 100*r.Float64())
}

// The fault that is planted is the worst leaf of the tree, in words and with counts, and what mends it is named.
func TestTheWorstLeafIsThePlantedFault(t *testing.T) {
	honest := func(r *rng.Stream, cells []string) {}
	for name, c := range map[string]struct {
		real, fake              func(r *rng.Stream, cells []string) // what is done to every row
		want, remedy, signature string
	}{
		"decimals in whole numbers": {honest, func(r *rng.Stream, cells []string) {
			if r.Intn(3) == 0 {
				cells[4] += ".5"
			}
		}, `free has decimals in \d+ % of synthetic rows \(\d+ of 300\), never in real ones`, "--number free", "number-precision"},
		"a broken sum": {summed, func(r *rng.Stream, cells []string) {
			summed(r, cells)
			if r.Intn(3) == 0 {
				sum, _ := strconv.Atoi(cells[2])
				cells[2] = fmt.Sprint(sum - 1 + 2*r.Intn(2))
			}
		}, `G3 breaks the rule G3 = age \+ G1 in \d+ % of synthetic rows \(\d+ of 300\), never in real ones`, `--rule "G3 = age + G1"`, "broken-rule"},
		"an impossible pair": {func(r *rng.Stream, cells []string) {
			if cells[4] = []string{"day", "night"}[r.Intn(2)]; cells[3] == "nurse" {
				cells[4] = "day"
			}
		}, func(r *rng.Stream, cells []string) {
			if cells[4] = []string{"day", "night"}[r.Intn(2)]; cells[3] != "nurse" && r.Intn(4) == 0 {
				cells[4] = "day" // the columns one by one are as common as in the real table
			}
		}, `(job is "nurse" and free is "night"|free is "night" and job is "nurse") in \d+ % of synthetic rows \(\d+ of 300\), never in real ones`, "", ""},
		"clipped extremes": {summed, func(r *rng.Stream, cells []string) {
			summed(r, cells)
			if x, _ := strconv.ParseFloat(cells[4], 64); x > 85.5 {
				cells[4] = "85.50"
			}
		}, `free is the greatest number that synthetic rows have in \d+ % of synthetic rows \(\d+ of 300\), (never|hardly ever) in real ones`, "", "clipped-extremes"},
		"a number that never occurs": {func(r *rng.Stream, cells []string) {
			cells[4] = fmt.Sprint([]int{0, 1, 2, 8}[r.Intn(4)])
		}, func(r *rng.Stream, cells []string) {
			cells[4] = fmt.Sprint([]int{0, 1, 2, 8, 6}[r.Intn(5)])
		}, `free is a number that no other real row has in \d+ % of synthetic rows \(\d+ of 300\), never in real ones`, "--category free", "new-values"},
		"a value that never occurs": {honest, func(r *rng.Stream, cells []string) {
			if r.Intn(5) == 0 {
				cells[3] = "retired"
			}
		}, `job is a value that no other real row has in \d+ % of synthetic rows \(\d+ of 300\), never in real ones`, "--category job", "category-codes"},
		"gaps that are never written": {func(r *rng.Stream, cells []string) {
			if r.Intn(4) == 0 {
				cells[3] = ""
			}
		}, honest, `job is missing in \d+ % of real rows \(\d+ of 300\), never in synthetic ones`, "", ""},
		"a prompt with the same few values": {summed, func(r *rng.Stream, cells []string) {
			summed(r, cells)
			cells[4] = fmt.Sprintf("%.2f", float64(r.Intn(40))*2.51)
		}, `free is a number that another row of the same table has in (all|more than 99 % of) synthetic rows \(\d+ of 300\), in .* of real ones \(\d+ of 300\)`, "",
			"repeated-values"},
		"a form that goes with a category": {func(r *rng.Stream, cells []string) {
			if cells[3] != "none" {
				cells[4] += fmt.Sprintf(".%d", 1+r.Intn(9))
			}
		}, func(r *rng.Stream, cells []string) {
			cells[4] += fmt.Sprintf(".%d", 1+r.Intn(9))
		}, `(job is "none" and free is not a whole number|free is not a whole number and job is "none") in \d+ % of synthetic rows \(\d+ of 300\), (never|hardly ever) in real ones`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := explanationOf(t, aged(t, 1, 600, c.real), aged(t, 2, 600, c.fake), Options{})
			require.NotEmpty(t, e.Reasons)
			worst := e.Reasons[0]
			require.True(t, worst.Leaf, sentences(e))
			require.Regexp(t, "^"+c.want+"$", worst.Sentence)
			require.Equal(t, c.remedy, worst.Remedy)
			require.Equal(t, c.signature, worst.Signature)
			for _, r := range e.Reasons[1:] {
				require.False(t, r.Leaf)
				require.NotEqual(t, strings.Split(worst.Sentence, " in ")[0], strings.Split(r.Sentence, " in ")[0])
			}
		})
	}
}

// Columns that are as they should be one by one and two by two: real nurses of the one shift are in the one house only.
func TestAFaultAcrossThreeColumnsIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		real func(r *rng.Stream, job, shift, house int) int // the house that it really is
		rows int
	}{
		"every second combination": {func(_ *rng.Stream, job, shift, _ int) int { return (job + shift) % 2 }, 600},
		"one combination of sixteen": {func(r *rng.Stream, job, shift, house int) int {
			if job == 1 && shift == 1 && house == 1 {
				return 0
			}
			return house
		}, 1200},
	} {
		rows := func(honest bool) func(r *rng.Stream, cells []string) {
			return func(r *rng.Stream, cells []string) {
				job, shift, house := r.Intn(4), r.Intn(2), r.Intn(2)
				if honest {
					house = c.real(r, job, shift, house)
				}
				cells[3], cells[4], cells[1] = []string{"teacher", "nurse", "other", "none"}[job], []string{"day", "night"}[shift], []string{"north", "south"}[house]
			}
		}
		t.Run(name, func(t *testing.T) {
			found := 0
			for seed := range uint64(5) {
				e := explanationOf(t, aged(t, 1+seed, c.rows, rows(true)), aged(t, 100+seed, c.rows, rows(false)), Options{Seed: seed})
				for _, r := range e.Reasons {
					if len(r.Columns) == 3 && r.Real.Rows == 0 && r.Fake.Rows > 0 {
						require.Regexp(t, `^(G1|job|free) is "\w+" and (G1|job|free) is "\w+" and (G1|job|free) is "\w+" in \d+ % of synthetic rows.*, never in real ones`, r.Sentence)
						found++
						break
					}
				}
			}
			require.GreaterOrEqual(t, found, 4, "of five seeds")
		})
	}
}

// Every word of a pattern has an opposite, and a rule of the tree is as short as it can be.
func TestRulesOfLeaves(t *testing.T) {
	actual := aged(t, 1, 400, summed)
	v, err := newView(actual, aged(t, 2, 400, summed), Options{})
	require.NoError(t, err)
	h := v.newHalves()
	n := 0
	for _, col := range v.learnedColumns() {
		for _, p := range append(h.patterns(col), h.parts(col)...) {
			require.NotEqual(t, p.words, negated(p.words))
			n++
		}
	}
	require.Greater(t, n, 20)
	for _, p := range h.together() {
		require.NotEqual(t, p.words, negated(p.words))
	}

	// Of 10 rows of each table 6 synthetic ones and no real one have the first pattern; the second is of no use.
	hits := [][2][]bool{{make([]bool, 10), make([]bool, 10)}, {make([]bool, 10), make([]bool, 10)}}
	for r := range 10 {
		hits[0][1][r] = r < 6
		hits[1][0][r], hits[1][1][r] = r%2 == 0, r%2 == 0
	}
	both := []condition{{1, true}, {0, true}}
	require.InDelta(t, .3/math.Sqrt(.3), excessOf(both, hits), 1e-12)
	require.Equal(t, []condition{{0, true}}, shortest(both, hits))
	require.Zero(t, excessOf(nil, hits))
	require.Zero(t, excess(0, 0))
}
