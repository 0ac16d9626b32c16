package eval

import (
	"cmp"
	"context"
	"math"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// guessPeople bounds the people learned, and those set aside, who are asked about; guessRows the rows of the trial that an
// outsider looks through.
const guessPeople, guessRows = 5_000, 10_000

// A question is a sensitive column that an outsider guesses from the known ones, without some of them.
type question struct {
	target  int
	without []int // known columns; the target if it is one
}

// An inquiry is the people who are asked about and the rows that an outsider looks through.
type inquiry struct {
	known  *space   // measures in the known columns
	all    *space   // measures in the sensitive columns
	people [2]*side // learned, set aside
	rows   *side    // of the trial
	cloud  *cloud   // of rows
	rank   [][]int  // by column: the codes of rows, the most frequent first
}

func (v *view) newInquiry() *inquiry {
	x := &inquiry{
		known: v.newSpace(v.knownColumns(), v.learned, v.held), all: v.newSpace(v.sensitiveColumns(), v.learned, v.held),
		rows: v.trial, rank: make([][]int, len(v.columns)),
	}
	for i, s := range []*side{v.learned, v.held} {
		x.people[i] = s.somePersons(some(v.opt.Seed, rng.EvalGuess, uint64(i), s.persons, guessPeople))
	}
	if x.rows.rows > guessRows {
		x.rows = x.rows.only(some(v.opt.Seed, rng.EvalGuess, 2, v.trial.rows, guessRows))
	}
	x.cloud = x.known.cloud(x.rows)
	for _, col := range x.all.cat {
		x.rank[col] = ranks(x.rows.cells[col].code, len(v.columns[col].label))
	}
	return x
}

// ranks gives each code its place in the order of frequency, equally frequent ones in their own order.
func ranks(codes []int32, size int) []int {
	n, order, rank := make([]int, size), make([]int, size), make([]int, size)
	for _, c := range codes {
		n[c]++
	}
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(n[b], n[a]) })
	for r, c := range order {
		rank[c] = r
	}
	return rank
}

// only gives the rows named.
func (s *side) only(rows []int32) *side {
	out := &side{rows: len(rows), cells: make([]cells, len(s.cells)), absent: s.absent, person: make([]int32, len(rows))}
	for i := range s.cells {
		c := cells{code: make([]int32, len(rows))}
		for j, r := range rows {
			c.code[j] = s.cells[i].code[r]
		}
		if s.cells[i].num != nil {
			c.num = make([]float64, len(rows))
			for j, r := range rows {
				c.num[j] = s.cells[i].num[r]
			}
		}
		out.cells[i] = c
	}
	number := make([]int32, s.persons) // new number of a person, from 1
	for j, r := range rows {
		p := s.person[r]
		if number[p] == 0 {
			out.persons++
			number[p] = int32(out.persons)
		}
		out.person[j] = number[p] - 1
	}
	return out
}

// somePersons gives all rows of the persons named.
func (s *side) somePersons(persons []int32) *side {
	if len(persons) == s.persons {
		return s
	}
	in := make([]bool, s.persons)
	for _, p := range persons {
		in[p] = true
	}
	var rows []int32
	for r, p := range s.person {
		if in[p] {
			rows = append(rows, int32(r))
		}
	}
	return s.only(rows)
}

// ask puts the questions about all people, and counts those guessed right: a person of several rows if half of them are.
func (x *inquiry) ask(ctx context.Context, questions []question) ([]answer, error) {
	answers := make([]answer, len(questions))
	for i, people := range x.people {
		right := make([][]bool, people.rows)
		q := x.known.cloud(people)
		run.Parallel((people.rows+chunk-1)/chunk, func(part int) {
			g := newGuesser(x, people, q, questions)
			for r := part * chunk; r < min((part+1)*chunk, people.rows) && ctx.Err() == nil; r++ {
				right[r] = g.guess(r)
			}
		})
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for k := range answers {
			answers[k].right[i], answers[k].of[i] = people.guessed(right, k), people.persons
		}
	}
	return answers, nil
}

// guessed counts the persons of whose rows at least half are guessed right.
func (s *side) guessed(right [][]bool, question int) int {
	balance := make([]int, s.persons)
	for r, p := range s.person {
		balance[p]--
		if right[r][question] {
			balance[p] += 2
		}
	}
	n := 0
	for _, b := range balance {
		if b >= 0 {
			n++
		}
	}
	return n
}

// A guesser answers all questions about one row after the other.
type guesser struct {
	*inquiry
	people    *side
	q         *cloud
	questions []question
	reach     int64     // what a question may leave out of a distance
	best      []int64   // by question: the least distance so far
	nearest   [][]int32 // by question: rows at that distance
	single    [][]int32 // by question: the codes of rows in the only column left out, if it has codes alone
	votes     []int32   // by code; all 0 between two counts
	places    []int64
	hits      []hit
}

func newGuesser(x *inquiry, people *side, q *cloud, questions []question) *guesser {
	g := &guesser{inquiry: x, people: people, q: q, questions: questions,
		best: make([]int64, len(questions)), nearest: make([][]int32, len(questions)), single: make([][]int32, len(questions))}
	size := 0
	for k, question := range questions {
		if w := question.without; len(w) == 1 && !x.known.v.columns[w[0]].number {
			g.single[k] = x.rows.cells[w[0]].code
		}
		g.reach = max(g.reach, unit*int64(len(question.without)))
		size = max(size, len(x.rank[question.target]))
	}
	g.votes = make([]int32, size)
	return g
}

// guess tells for each question whether row r of the people is guessed right.
func (g *guesser) guess(r int) []bool {
	for k := range g.best {
		g.best[k] = math.MaxInt64 - g.reach
	}
	for from := 0; from < g.rows.rows; from += tile {
		bound := slices.Max(g.best) + g.reach
		g.hits = g.known.search(g.q, r, g.cloud, from, min(from+tile, g.rows.rows), bound, g.hits[:0])
		for _, h := range g.hits {
			for k, q := range g.questions {
				d := h.distance
				if codes := g.single[k]; codes == nil {
					for _, col := range q.without {
						d -= g.known.cell(col, g.people, r, g.rows, h.row)
					}
				} else if codes[h.row] != g.people.cells[q.without[0]].code[r] {
					d -= unit
				}
				if d < g.best[k] {
					g.best[k], g.nearest[k] = d, g.nearest[k][:0]
				}
				if d == g.best[k] {
					g.nearest[k] = append(g.nearest[k], int32(h.row))
				}
			}
		}
	}
	right := make([]bool, len(g.questions))
	for k, q := range g.questions {
		if g.rank[q.target] != nil {
			right[k] = g.vote(q.target, g.nearest[k]) == g.people.cells[q.target].code[r]
		} else {
			right[k] = g.middle(q.target, g.nearest[k], r)
		}
	}
	return right
}

// vote gives the code that most of the rows have, of several the one that is the most frequent everywhere.
func (g *guesser) vote(col int, rows []int32) int32 {
	code, rank := g.rows.cells[col].code, g.rank[col]
	best := code[rows[0]]
	for _, r := range rows {
		g.votes[code[r]]++
	}
	for _, r := range rows {
		c := code[r]
		if n := g.votes[c] - g.votes[best]; n > 0 || n == 0 && rank[c] < rank[best] {
			best = c
		}
	}
	for _, r := range rows {
		g.votes[code[r]] = 0
	}
	return best
}

// middle tells whether the middle number of the rows comes near enough to that of row r of the people.
func (g *guesser) middle(col int, rows []int32, r int) bool {
	k := slices.Index(g.all.num, col)
	g.places = g.places[:0]
	for _, row := range rows {
		g.places = append(g.places, g.all.place(k, &g.rows.cells[col], int(row)))
	}
	slices.Sort(g.places)
	d := g.places[(len(rows)-1)/2] - g.all.place(k, &g.people.cells[col], r)
	return float64(max(d, -d)) <= guessWithin*float64(unit)
}
