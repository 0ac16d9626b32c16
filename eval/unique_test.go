package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// categoriesView has three tables of categories whose values depend on each other: in each row most cells lean to the same
// side.
func categoriesView(seed uint64, columns, card, learned, held, trial int) *view {
	v := &view{opt: Options{Seed: seed}}
	sides := []*side{newTestSide(learned), newTestSide(held), newTestSide(trial)}
	for c := range columns {
		v.columns = append(v.columns, testColumn(fmt.Sprint("c", c), table.Category, card))
		for i, s := range sides {
			out := cells{code: make([]int32, s.rows)}
			for r := range out.code {
				trait := rng.New(seed, rng.Demo, uint64(i*1_000_000+r))
				own := rng.New(seed, rng.Demo, uint64(10_000_000*(c+1)+i*1_000_000+r))
				x := (trait.Norm() + own.Norm()) / 3
				out.code[r] = int32(1 + min(max(float64(card)*(x+1)/2, 0), float64(card-1)))
			}
			s.cells = append(s.cells, out)
		}
	}
	v.learned, v.held, v.trial = sides[0], sides[1], sides[2]
	v.all, v.result = v.learned, v.trial
	return v
}

// Who alone has a combination, by comparing everybody with everybody.
func TestMeetEqualsBruteForce(t *testing.T) {
	v := categoriesView(1, 5, 4, 80, 60, 90)
	for p := range v.learned.person {
		v.learned.person[p] = int32(p / 3) // three rows a person
	}
	v.learned.persons = int(v.learned.person[79]) + 1
	traits := v.traits(v.knownColumns())
	for _, set := range [][]int{{0, 1, 2, 3, 4}, {1, 3}, {0, 2, 4}, {2}} {
		same := func(a, b int) bool {
			return !slices.ContainsFunc(set, func(i int) bool { return traits[i][a] != traits[i][b] })
		}
		var want []int
		alone := map[int]bool{}
		for r := range 140 {
			if slices.ContainsFunc(seq(0, 140), func(o int) bool { return same(r, o) && v.whose(o) != v.whose(r) }) {
				continue
			}
			alone[v.whose(r)] = true
			if slices.ContainsFunc(seq(140, 230), func(o int) bool { return same(r, o) }) {
				want = append(want, v.whose(r))
			}
		}
		slices.Sort(want)
		met, n := v.meet(traits, set)
		require.Equal(t, slices.Compact(want), met)
		require.Equal(t, len(alone), n)
	}
}

func seq(from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// Values of few people are one value; numbers are parts of equally many people.
func TestTraitsAreCoarse(t *testing.T) {
	v := mixed(3, 6, 2, 700, 300, 500)
	v.columns[6].schema.Kind = table.Date
	traits := v.traits(seq(0, 8))
	for i, codes := range traits {
		require.Len(t, codes, 1500)
		n := map[int32]int{}
		for _, code := range codes[:1000] {
			n[code]++
		}
		for code, k := range n {
			if code >= 0 {
				require.GreaterOrEqual(t, k, 50, "column %d", i)
			}
		}
		require.LessOrEqual(t, len(n), 20)
	}
	require.Equal(t, int32(-1), slices.Max(traits[5]), "of 10,000 categories nobody has enough people")
	for r, code := range v.learned.cells[0].code {
		for o, other := range v.trial.cells[0].code {
			require.Equal(t, code == other, traits[0][r] == traits[0][1000+o])
		}
	}
}

func TestSubsets(t *testing.T) {
	v := &view{}
	require.Equal(t, [][]int{{0}}, v.subsets(1))
	require.Equal(t, [][]int{{0, 1}}, v.subsets(2))
	require.Equal(t, [][]int{{0, 1, 2}, {0, 1}, {0, 2}, {1, 2}}, v.subsets(3))
	require.Len(t, v.subsets(6), 1<<6-1-6)
	for _, n := range []int{7, 12, 200} {
		sets := v.subsets(n)
		require.Len(t, sets, 1+mostSubsets)
		require.Len(t, sets[0], n)
		for _, set := range sets[1:] {
			require.GreaterOrEqual(t, len(set), 2)
			require.Less(t, len(set), n)
			require.True(t, slices.IsSorted(set))
			require.Len(t, slices.Compact(slices.Clone(set)), len(set))
		}
		require.Equal(t, sets, v.subsets(n))
	}
}

func (v *view) judged(t *testing.T, check func(*view, context.Context) (*finding, []Metric, error)) *finding {
	t.Helper()
	f, _, err := check(v, context.Background())
	require.NoError(t, err)
	decide([]*finding{f})
	return f
}

// Copies of every other person learned are found, also with two of twelve cells changed; people never seen are not.
func TestOneOfAKindFindsPeople(t *testing.T) {
	v := categoriesView(7, 12, 5, 300, 300, 600)
	f := v.judged(t, (*view).oneOfAKind)
	require.Equal(t, OK, f.Status, f.Sentence)
	for _, changed := range []int{0, 2} {
		v := categoriesView(7, 12, 5, 300, 300, 600)
		for r := range 150 {
			s := rng.New(5, rng.Demo, uint64(r))
			for c := range v.columns {
				v.trial.cells[c].code[r] = v.learned.cells[c].code[2*r]
			}
			for range changed {
				v.trial.cells[s.Intn(12)].code[r] = int32(1 + s.Intn(5))
			}
		}
		f := v.judged(t, (*view).oneOfAKind)
		require.Equal(t, Stop, f.Status, "%d cells changed: %s", changed, f.Sentence)
		require.NotEmpty(t, f.Remedy)
	}
}

// Rows of one person are one person, and can't be many of a kind.
func TestOneOfAKindCountsPersons(t *testing.T) {
	v := categoriesView(6, 8, 4, 200, 200, 200)
	v.trial = v.learned
	for p := range v.learned.person {
		v.learned.person[p] = int32(p % 50)
	}
	v.learned.persons = 50
	f := v.judged(t, (*view).oneOfAKind)
	require.LessOrEqual(t, f.Metrics[0].Value, 50.)
	require.Equal(t, Stop, f.Status)
}

func TestOneOfAKindWithoutKnownColumns(t *testing.T) {
	v := mixed(1, 0, 3, 100, 100, 100)
	f, metrics, err := v.oneOfAKind(context.Background())
	require.NoError(t, err)
	require.Nil(t, f)
	require.Equal(t, NotApplicable, metrics[0].Status)
	require.Contains(t, metrics[0].Reason, "no column")
}

// The number that is named as still chance is the last one at which the check is ok, with the people never seen as they are.
func TestMostHits(t *testing.T) {
	for _, c := range []struct{ learned, held, people int }{{300, 300, 0}, {300, 300, 7}, {300, 60, 2}, {90, 400, 11}, {41, 40, 40}, {2000, 500, 30}} {
		v := &view{learned: newTestSide(c.learned), held: newTestSide(c.held)}
		last := -1
		most := mostHits(c.learned, c.people, c.held, lookLevel)
		for x := range c.learned + 1 {
			f := &finding{Check: Check{Group: "Private", Name: "one of a kind"}, private: true}
			v.judgeSingledOut(f, Metric{Name: "private.one_of_a_kind"}, x, c.people)
			decide([]*finding{f})
			require.Equal(t, x <= most, f.Status == OK, "%+v: %d of %d", c, x, most)
			require.Contains(t, f.Sentence, fmt.Sprintf("up to %d would be chance", most))
			require.Equal(t, f.Status != OK, strings.Contains(f.Beside, fmt.Sprintf(", up to %d", most)))
			if f.Status == OK {
				last = x
			}
		}
		require.Equal(t, last, mostHits(c.learned, c.people, c.held, lookLevel))
	}
	// By hand: of 300 and 300 people, all x hits fall on one side by chance in about 1 of 2^x cases.
	require.Equal(t, 4, mostHits(300, 0, 300, .05))
}
