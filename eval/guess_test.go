package eval

import (
	"context"
	"math"
	"slices"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// The two intervals of Newcombe 1998, table II, (a) and (b), by his method 10.
func TestGuessInterval(t *testing.T) {
	m := answer{[2]int{56, 48}, [2]int{70, 80}}.metric(Metric{}, "c")
	require.InDelta(t, .2, m.Value, 1e-12)
	require.InDelta(t, .0524, m.Low, 5e-5)
	require.InDelta(t, .3339, m.High, 5e-5)
	m = answer{[2]int{9, 3}, [2]int{10, 10}}.metric(Metric{}, "c")
	require.InDelta(t, .1705, m.Low, 5e-5)
	require.InDelta(t, .8090, m.High, 5e-5)
}

// The likeliest shares of the score test, by trying them all.
func TestGuessScoreTest(t *testing.T) {
	for _, a := range []answer{
		{[2]int{60, 40}, [2]int{100, 100}}, {[2]int{180, 50}, [2]int{300, 100}}, {[2]int{10, 0}, [2]int{300, 100}},
		{[2]int{300, 80}, [2]int{300, 100}}, {[2]int{30, 70}, [2]int{100, 100}}, {[2]int{0, 0}, [2]int{100, 100}},
		{[2]int{299, 100}, [2]int{300, 100}}, {[2]int{2000, 900}, [2]int{5000, 2500}},
	} {
		for _, delta := range []float64{0, .05, .1, .3} {
			best, at := math.Inf(-1), 0.0
			term := func(k int, p float64) float64 {
				if k == 0 {
					return 0
				}
				return float64(k) * math.Log(p)
			}
			for i := range 50_001 {
				p := delta + (1-delta)*float64(i)/50_000
				l := term(a.right[0], p) + term(a.of[0]-a.right[0], 1-p) + term(a.right[1], p-delta) + term(a.of[1]-a.right[1], 1-p+delta)
				if l > best {
					best, at = l, p
				}
			}
			variance := at*(1-at)/float64(a.of[0]) + (at-delta)*(1-at+delta)/float64(a.of[1])
			want := math.Erfc((a.share(0)-a.share(1)-delta)/math.Sqrt(2*variance)) / 2
			if variance < 1e-12 {
				want = 1
			}
			require.InDelta(t, want, a.beyond(delta), 5e-4, "%v, %v", a, delta)
		}
	}
}

// Every question answered the long way: for each person all rows, by the definition of distance.
func TestAskEqualsBruteForce(t *testing.T) {
	for _, shape := range []struct{ categories, numbers, card int }{{4, 0, 3}, {6, 3, 0}, {2, 2, 0}, {12, 0, 4}} {
		v := mixed(21, shape.categories, shape.numbers, 90, 70, 200)
		if shape.card > 0 {
			v = categoriesView(21, shape.categories, shape.card, 90, 70, 200)
		}
		for i := range v.columns {
			v.opt.Known = append(v.opt.Known, v.columns[i].name)
		}
		v.opt.Sensitive = slices.Clone(v.opt.Known)
		v.opt.Known = v.opt.Known[1:]
		for p := range v.held.person {
			v.held.person[p] = int32(p / 2)
		}
		v.held.persons = 35
		questions := v.questions()
		for _, q := range questions[:len(questions):len(questions)] {
			for _, col := range v.knownColumns()[:2] {
				if col != q.target {
					questions = append(questions, question{q.target, append(slices.Clone(q.without), col)})
				}
			}
		}
		got, err := v.newInquiry().ask(context.Background(), questions)
		require.NoError(t, err)
		for k, q := range questions {
			require.Equal(t, [2]int{90, 35}, got[k].of)
			require.Equal(t, v.longWay(q), got[k].right, "%v, question %v", shape, q)
		}
	}
}

func (v *view) longWay(q question) (right [2]int) {
	cols := slices.DeleteFunc(v.knownColumns(), func(c int) bool { return slices.Contains(q.without, c) })
	s, target := v.newSpace(cols, v.learned, v.held), v.newSpace([]int{q.target}, v.learned, v.held)
	for i, people := range []*side{v.learned, v.held} {
		score := make([]int, people.persons)
		for r := range people.rows {
			least := int64(math.MaxInt64)
			var near []int
			for o := range v.trial.rows {
				d := s.distance(people, r, v.trial, o)
				if d < least {
					least, near = d, nil
				}
				if d == least {
					near = append(near, o)
				}
			}
			score[people.person[r]]--
			if v.longGuess(q.target, target, people, r, near) {
				score[people.person[r]] += 2
			}
		}
		for _, x := range score {
			if x >= 0 {
				right[i]++
			}
		}
	}
	return right
}

func (v *view) longGuess(col int, s *space, people *side, r int, near []int) bool {
	if v.columns[col].number {
		slices.SortFunc(near, func(a, b int) int {
			return int((s.place(0, &v.trial.cells[col], a) - s.place(0, &v.trial.cells[col], b)) >> 10)
		})
		d := s.place(0, &v.trial.cells[col], near[(len(near)-1)/2]) - s.place(0, &people.cells[col], r)
		return max(d, -d) <= unit/20
	}
	code := v.trial.cells[col].code
	votes, everywhere := map[int32]int{}, map[int32]int{}
	for _, o := range near {
		votes[code[o]]++
	}
	for _, c := range code {
		everywhere[c]++
	}
	best := int32(-1)
	for c := range int32(len(v.columns[col].label)) {
		if votes[c] > 0 && (best < 0 || votes[c] > votes[best] || votes[c] == votes[best] && everywhere[c] > everywhere[best]) {
			best = c
		}
	}
	return best == people.cells[col].code[r]
}

// A column of chance that a table of copies gives away, and one of unseen people does not.
func TestGuessingFindsMemory(t *testing.T) {
	v := categoriesView(31, 9, 4, 300, 300, 600)
	f := v.judged(t, (*view).guessing)
	require.Equal(t, OK, f.Status, f.Sentence)
	require.Len(t, f.Metrics, 9)

	v.trial = v.learned
	f = v.judged(t, (*view).guessing)
	require.Equal(t, Stop, f.Status)
	require.Regexp(t, `^guessing c\d$`, f.Name)
	require.Regexp(t, `^\+\d\d points$`, f.Shown)
	require.Regexp(t, `^no memory: 0, up to \+\d+$`, f.Beside)
	require.Regexp(t, `^--text c\d$`, f.Remedy)
	require.Contains(t, f.Sentence, "of 100 people learned")

	v.trial = v.held
	f = v.judged(t, (*view).guessing)
	require.Equal(t, OK, f.Status)
}

// What leads to a sensitive column is named: here only the postcode tells people apart.
func TestGuessingNamesTheWay(t *testing.T) {
	v := categoriesView(32, 3, 2, 400, 400, 400)
	postcode := testColumn("Post code", table.Category, 60)
	v.columns = append(v.columns, postcode)
	for _, s := range []*side{v.learned, v.held, v.trial} {
		out := cells{code: make([]int32, s.rows)}
		for r := range out.code {
			d := rng.New(32, rng.Demo, uint64(len(s.cells[0].code)+r*7+s.persons))
			out.code[r] = int32(1 + d.Intn(60))
		}
		s.cells = append(s.cells, out)
	}
	v.opt.Sensitive = []string{"c0"}
	v.trial = v.learned
	f := v.judged(t, (*view).guessing)
	require.GreaterOrEqual(t, f.Status, Look)
	require.Equal(t, `--text "Post code"`, f.Remedy)
	require.Contains(t, f.Sentence, "Who knows Post code can guess c0 better than by chance.")
}

func TestGuessingWithoutQuestions(t *testing.T) {
	v := mixed(1, 1, 3, 200, 200, 200)
	f, metrics, err := v.guessing(context.Background())
	require.NoError(t, err)
	require.Nil(t, f, "one category, and nothing known to guess it from")
	require.Equal(t, NotApplicable, metrics[0].Status)
	v = mixed(1, 3, 3, 200, 99, 200)
	f, _, err = v.guessing(context.Background())
	require.NoError(t, err)
	require.Equal(t, TooFew, f.Status)
	require.Contains(t, f.Sentence, "99 people were set aside; 100 are the least")
}

func TestOnlyKeepsPersons(t *testing.T) {
	v := mixed(5, 2, 2, 10, 5, 5)
	v.learned.person = []int32{4, 4, 3, 3, 2, 2, 1, 1, 0, 0}
	v.learned.persons = 5
	s := v.learned.only([]int32{9, 2, 8, 3})
	require.Equal(t, []int32{0, 1, 0, 1}, s.person)
	require.Equal(t, 2, s.persons)
	for c := range v.columns {
		for j, r := range []int{9, 2, 8, 3} {
			require.Equal(t, v.learned.cells[c].key(r), s.cells[c].key(j))
		}
	}
	s = v.learned.somePersons([]int32{3, 1})
	require.Equal(t, 4, s.rows)
	require.Equal(t, 2, s.persons)
}
