package eval

import (
	"context"
	"fmt"
	"math"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// The index finds what comparing all rows with all rows finds.
func TestCopiesEqualComparingAll(t *testing.T) {
	for seed := range uint64(6) {
		v := mixed(seed, 2, 1, 90, 60, 150)
		v.columns = v.columns[:2]
		if seed > 3 { // numbers, too, of which there are few different ones
			v = mixed(seed, 2, 1, 90, 60, 150)
		}
		cols := v.learnedColumns()
		for _, s := range []*side{v.all, v.result} { // three rows a person
			for r := range s.person {
				s.person[r] = int32(r / 3)
			}
			s.persons = (s.rows + 2) / 3
		}
		x := newRowIndex(context.Background(), v.all, cols)
		x.collide(t, v)
		for _, s := range []*side{v.all, v.result} {
			hit := map[int32]bool{}
			for r := range s.rows {
				for q := range v.all.rows {
					if s == v.all && v.all.person[q] == s.person[r] {
						continue
					}
					same := true
					for _, col := range cols {
						same = same && s.cells[col].key(r) == v.all.cells[col].key(q)
					}
					hit[s.person[r]] = hit[s.person[r]] || same
				}
			}
			want := tally{0, s.persons}
			for _, h := range hit {
				if h {
					want.x++
				}
			}
			require.Equal(t, want, x.copied(context.Background(), s), "seed %d", seed)
		}
	}
}

// collide puts all classes under one hash: equality alone decides.
func (x *rowIndex) collide(t *testing.T, v *view) {
	y := newRowIndex(context.Background(), v.all, x.cols)
	for h := range y.first {
		delete(y.first, h)
	}
	for c := range y.row {
		y.next[c] = int32(c) - 1
	}
	for r := range v.result.rows {
		h := y.hash(v.result, r)
		y.first[h] = int32(len(y.row) - 1)
		require.Equal(t, x.find(v.result, r), y.find(v.result, r))
	}
}

// A copyCase makes tables of rows that all differ, of which some are copied.
type copyCase struct {
	real, held, fake int // rows
	copied           int // of fake, from real
	twice            int // rows of real that equal the one before
	heldSeen         bool
	noHeld           bool
}

func (c copyCase) check(t *testing.T) *finding {
	v := &view{columns: []column{testColumn("a", table.Decimal, 0), testColumn("b", table.Category, 5)}}
	next := 0.0
	fill := func(rows int) *side {
		s := newTestSide(rows)
		s.cells = []cells{{num: make([]float64, rows), code: make([]int32, rows)}, {code: make([]int32, rows)}}
		for r := range rows {
			next++
			s.cells[0].num[r], s.cells[0].code[r] = next, isNumber
			s.cells[1].code[r] = int32(r % 5)
		}
		return s
	}
	take := func(s *side, row int, from *side, other int) {
		s.cells[0].num[row], s.cells[1].code[row] = from.cells[0].num[other], from.cells[1].code[other]
	}
	v.all, v.held, v.result = fill(c.real), fill(c.held), fill(c.fake)
	for i := range c.twice {
		take(v.all, 2*i+1, v.all, 2*i)
	}
	for i := range c.copied {
		take(v.result, i, v.all, c.real-1-i)
	}
	for i := range c.held {
		if c.heldSeen {
			take(v.held, i, v.all, i)
		}
	}
	if c.noHeld {
		v.held = nil
	}
	v.learned, v.trial = v.all, v.result
	f, metrics, err := v.copies(context.Background())
	require.NoError(t, err)
	require.Empty(t, metrics)
	decide([]*finding{f})
	require.False(t, math.IsNaN(f.Metrics[0].Value))
	return f
}

func TestCopies(t *testing.T) {
	for _, c := range []struct {
		copyCase
		status         Status
		shown, beside  string
		sentence, hint string
	}{
		{copyCase{real: 2311, held: 500, fake: 2311}, OK, "0", "by chance: 0", "No synthetic person is", ""},
		{copyCase{real: 2311, held: 2311, fake: 2311, copied: 7}, Stop, "7 of 2311", "by chance: 0",
			"7 synthetic people are real people in every column", "--protect 10"},
		{copyCase{real: 500, held: 250, fake: 500, copied: 1}, OK, "1 of 500", "by chance: 0, up to 3", "1 synthetic person is a real person", ""},
		{copyCase{real: 500, held: 500, fake: 500, copied: 7, twice: 20}, OK, "7 of 500", "by chance: 13, up to 22", "chance alone would give 13", ""},
		{copyCase{real: 500, held: 500, fake: 500, copied: 90, twice: 20}, Stop, "90 of 500", "by chance: 13", "90 synthetic people", "--protect 10"},
		{copyCase{real: 500, held: 39, fake: 500, copied: 90}, TooFew, "90 of 500", "needs 40 people", "39 people were set aside; 40 are the least", ""},
		{copyCase{real: 500, held: 39, fake: 500, copied: 251}, Stop, "251 of 500", "by chance: 0", "More than half", "--protect 10"},
		{copyCase{real: 500, noHeld: true, fake: 500, copied: 500}, Stop, "500 of 500", "by chance: 0", "More than half", "--protect 10"},
		{copyCase{real: 500, noHeld: true, fake: 500, copied: 249}, NotApplicable, "249 of 500", "nobody was set aside", "never saw", "--holdout"},
		{copyCase{real: 1, noHeld: true, fake: 1, copied: 1}, Stop, "1 of 1", "by chance: 0", "More than half", "--protect 10"},
		// A table of few rows that are all copies is stopped whoever was set aside, and so are copies where no two people are alike.
		{copyCase{real: 500, held: 250, fake: 5, copied: 5}, Stop, "5 of 5", "by chance: 0", "More than half", "--protect 10"},
		{copyCase{real: 500, held: 100, fake: 500, copied: 16}, Stop, "16 of 500", "by chance: 0", "16 synthetic people", "--protect 10"},
		{copyCase{real: 500, held: 250, fake: 19}, TooFew, "0", "needs 40 people", "19 rows were written; 40 are the least", ""},
		{copyCase{real: 19, held: 250, fake: 500}, TooFew, "0", "needs 40 people", "19 people were learned; 40 are the least", ""},
		{copyCase{real: 100, noHeld: true, fake: 0}, OK, "", "", "", ""},
		{copyCase{real: 500, held: 100, fake: 500, heldSeen: true}, NotApplicable, "0", "set aside, yet in the table", "are in the real table, too", "--holdout"},
		{copyCase{real: 500, held: 100, fake: 500, copied: 400, heldSeen: true}, Stop, "400 of 500", "by chance: 0", "More than half", "--protect 10"},
	} {
		t.Run(fmt.Sprintf("%+v", c.copyCase), func(t *testing.T) {
			if c.fake == 0 {
				v := &view{columns: []column{testColumn("a", table.Category, 0)}, all: newTestSide(100), result: newTestSide(0)}
				f, metrics, err := v.copies(context.Background())
				require.NoError(t, err)
				require.Nil(t, f)
				require.Equal(t, NotApplicable, metrics[0].Status)
				return
			}
			f := c.check(t)
			require.Equal(t, c.status, f.Status, "%+v", f.Check)
			require.Equal(t, c.shown, f.Shown)
			require.Equal(t, c.beside, f.Beside)
			require.Contains(t, f.Sentence, c.sentence)
			require.Equal(t, c.hint, f.Remedy)
		})
	}
}

// Pupils with a row a subject: each row is common, the six of one pupil together are not.
func TestCopiesOfPeopleWithSeveralRows(t *testing.T) {
	const people, each = 150, 6
	make3 := func(seed uint64, copyOf *side) *side {
		s := newTestSide(people * each)
		s.persons = people
		s.cells = []cells{{code: make([]int32, s.rows)}, {code: make([]int32, s.rows)}}
		for r := range s.rows {
			s.person[r] = int32(r / each)
			d := rng.New(seed, rng.Demo, uint64(r))
			s.cells[0].code[r], s.cells[1].code[r] = int32(1+r%each), int32(1+d.Intn(6))
			if copyOf != nil {
				from := copyOf.rows - 1 - r // in another order
				s.cells[0].code[r], s.cells[1].code[r] = copyOf.cells[0].code[from], copyOf.cells[1].code[from]
			}
		}
		return s
	}
	for seed := range uint64(5) {
		v := &view{columns: []column{testColumn("subject", table.Category, each), testColumn("grade", table.Category, 6)}}
		v.all, v.held, v.result = make3(3*seed, nil), make3(3*seed+1, nil), make3(3*seed+2, nil)
		v.learned, v.trial = v.all, v.result
		f, _, err := v.copies(context.Background())
		require.NoError(t, err)
		decide([]*finding{f})
		require.Equal(t, OK, f.Status, "%+v", f.Check)
		v.result = make3(3*seed+2, v.all)
		v.trial = v.result
		f, _, err = v.copies(context.Background())
		require.NoError(t, err)
		decide([]*finding{f})
		require.Equal(t, Stop, f.Status, "%+v", f.Check)
		require.Equal(t, "150 of 150", f.Shown)
	}
}

// Samples of one population, from hardly any to very many equal rows: the check stops at most one in a hundred, asks for a look at
// one in twenty at most, also where people set aside are part of the real table, as in make.
func TestCopiesRarelyBlameOtherPeople(t *testing.T) {
	runs := uint64(150)
	for _, made := range []bool{false, true} {
		for _, values := range []int{3, 12, 30, 100} {
			look, stop := 0, 0
			for seed := range runs {
				v := population(seed, values, made)
				f, _, err := v.copies(context.Background())
				require.NoError(t, err)
				decide([]*finding{f})
				if f.Status == Stop {
					stop++
				} else if f.Status == Look {
					look++
				}
			}
			t.Logf("made %v, %d values: %d of %d asked for a look, %d stopped", made, values, look, runs, stop)
			require.LessOrEqual(t, stop, 4, "made %v, %d values", made, values)
			require.LessOrEqual(t, look+stop, 14, "made %v, %d values", made, values)
		}
	}
}

// population draws people of two columns of skew shares.
func population(seed uint64, values int, made bool) *view {
	v := &view{made: made, columns: []column{testColumn("a", table.Category, values), testColumn("b", table.Category, values)}}
	people := func(part uint64, rows int) *side {
		s := newTestSide(rows)
		s.cells = []cells{{code: make([]int32, rows)}, {code: make([]int32, rows)}}
		for r := range rows {
			d := rng.New(seed, rng.Demo, part<<32+uint64(r))
			for c := range s.cells {
				s.cells[c].code[r] = int32(1 + d.Intn(1+d.Intn(values)))
			}
		}
		return s
	}
	v.all, v.held, v.result, v.trial = people(0, 300), people(1, 150), people(2, 300), people(3, 600)
	if made { // the people set aside are the last 150 of all
		for c := range v.held.cells {
			copy(v.held.cells[c].code, v.all.cells[c].code[150:])
		}
	} else {
		v.trial = v.result
	}
	v.learned = v.all
	return v
}
