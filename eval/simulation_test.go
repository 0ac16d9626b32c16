package eval

import (
	"context"
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

var (
	longRun = flag.Bool("long", false, "simulate how often the privacy checks are wrong, and what they find: a minute on 2 cores; and the controls on the largest table, 32,561 rows")
	repeats = flag.Int("repeats", 8, "simulated tables for each number of the simulation; POWER.md has 50")
)

// A school is one whose people are made up, so that the true distribution is known: columns share two traits of a person.
type school struct {
	name                string
	numbers, categories int
}

var schools = []school{
	{"6 numbers", 6, 0}, {"14 numbers", 14, 0}, {"10 categories", 0, 10}, {"16 categories", 0, 16},
}

// A maker is a generator: what it does to a person's traits, and which part of its rows it copies.
type maker struct {
	name     string
	width    float64 // times the true spread
	shuffled bool    // columns of the people learned, each in an order of its own
	copied   float64 // part of the rows that are copies of people learned
	near     bool    // copies with every number moved a little and one category in ten drawn anew
}

var makers = []maker{
	{"no memory", 1, false, 0, false}, {"too narrow", .5, false, 0, false}, {"too wide", 1.6, false, 0, false}, {"shuffled", 1, true, 0, false},
	{"2 % near", 1, false, .02, true}, {"5 % near", 1, false, .05, true}, {"10 % near", 1, false, .1, true},
	{"2 % copies", 1, false, .02, false}, {"5 % copies", 1, false, .05, false}, {"10 % copies", 1, false, .1, false},
}

// draw writes a new person into row r of s. width scales how far people are from the middle.
func (c school) draw(s *side, r int, width float64, d *rng.Stream) {
	one, two := d.Norm(), d.Norm()
	for i := range s.cells {
		lean := float64(i%5-2) / 3
		c.set(s, i, r, width*(lean*one+(.6-math.Abs(lean)/2)*two+.7*d.Norm()))
	}
}

// set turns a standing into a grade of 20, a mark of 100, a measure with two decimals, or one of 2 to 6 categories.
func (c school) set(s *side, i, r int, z float64) {
	out := &s.cells[i]
	if i >= c.numbers {
		card := 2 + i%5
		part := math.Erfc(-z/math.Sqrt2) / 2
		out.code[r] = 1 + min(int32(part*float64(card)), int32(card-1))
		return
	}
	out.code[r] = isNumber
	switch i % 3 {
	case 0:
		out.num[r] = math.Round(min(max(10+4*z, 0), 20))
	case 1:
		out.num[r] = math.Round(min(max(50+15*z, 0), 100))
	default:
		out.num[r] = math.Round(100*(170+10*z)) / 100
	}
}

func (c school) table(rows int) *side {
	s := newTestSide(rows)
	for i := range c.numbers + c.categories {
		out := cells{code: make([]int32, rows)}
		if i < c.numbers {
			out.num = make([]float64, rows)
		}
		s.cells = append(s.cells, out)
	}
	return s
}

// simulate makes people, parts them, and has the maker write its table.
func (c school) simulate(m maker, people int, aside float64, seed uint64) *view {
	d := rng.New(seed, rng.Demo, uint64(people))
	v := &view{opt: Options{Seed: seed, Protect: 5}, made: true}
	for i := range c.numbers + c.categories {
		kind := table.Category
		if i < c.numbers {
			kind = table.Decimal
		}
		v.columns = append(v.columns, testColumn(fmt.Sprint("c", i), kind, 6))
	}
	held := int(math.Round(aside * float64(people)))
	v.learned, v.held, v.trial = c.table(people-held), c.table(held), c.table(2000)
	for _, s := range []*side{v.learned, v.held} {
		for r := range s.rows {
			c.draw(s, r, 1, &d)
		}
	}
	for r := range v.trial.rows {
		c.write(m, v, r, &d)
	}
	v.all, v.result = v.learned, v.trial
	return v
}

// write is row r of the maker's table.
func (c school) write(m maker, v *view, r int, d *rng.Stream) {
	c.draw(v.trial, r, m.width, d)
	copied := d.Float64() < m.copied
	if !copied && !m.shuffled {
		return
	}
	from := d.Intn(v.learned.rows)
	for i := range v.columns {
		if m.shuffled {
			from = d.Intn(v.learned.rows)
		}
		theirs, ours := &v.learned.cells[i], &v.trial.cells[i]
		switch {
		case i >= c.numbers && m.near && d.Float64() < .1: // as drawn
		case i >= c.numbers:
			ours.code[r] = theirs.code[from]
		case m.near:
			span := []float64{4, 15, 10}[i%3]
			grid := []float64{1, 1, 100}[i%3]
			ours.num[r] = math.Round((theirs.num[from]+span*d.Norm()/10)*grid) / grid
		default:
			ours.num[r] = theirs.num[from]
		}
	}
}

// pValues are what the checks find, as p of no memory; guessing's is that of its worst column times their number. NaN where
// there is nothing to check.
func (v *view) pValues(t *testing.T) (p [4]float64) {
	ctx := context.Background()
	for i := range p {
		p[i] = math.NaN()
	}
	s := v.newSpace(v.learnedColumns(), v.learned, v.held)
	near, err := v.closest(ctx, s, s.cloud(v.trial), s.cloud(v.learned, v.held))
	fine := func(err error) { // require must not end a test from another goroutine
		if err != nil {
			t.Error(err)
		}
	}
	fine(err)
	p[0] = 1 // as the check: with too few left it can't tell, and finds nothing
	if len(near.chance) >= fewestNearest {
		p[0] = newLuck(near.chance).atLeast(near.learned)
	}
	f, _, err := v.copies(ctx)
	fine(err)
	if len(f.tests) > 0 {
		p[3] = f.tests[0].look
	}
	if len(v.knownColumns()) == 0 {
		return p
	}
	met, err := v.singledOut(ctx, v.traits(v.knownColumns()))
	fine(err)
	learned := 0
	for _, m := range met {
		if m < v.learned.persons {
			learned++
		}
	}
	p[1] = newDraw(v.learned.persons+v.held.persons, v.learned.persons, len(met)).atLeast(learned)
	if v.held.persons >= fewestGuess {
		answers, err := v.newInquiry().ask(ctx, v.questions())
		fine(err)
		p[2] = 1
		for _, a := range answers {
			p[2] = min(p[2], float64(len(answers))*a.chance().atLeast(a.right[0]))
		}
	}
	return p
}

var simulated = [4]string{"look-alikes", "one of a kind", "guessing a column", "copied rows"}

// Alarms counts p-values at or below the levels.
type alarms struct{ n, look, stop int }

func (a *alarms) add(p float64) {
	if math.IsNaN(p) {
		return
	}
	a.n++
	if p <= lookLevel {
		a.look++
	}
	if p <= stopLevel {
		a.stop++
	}
}

func (a alarms) String() string {
	if a.n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f/%.0f", 100*float64(a.look)/float64(a.n), 100*float64(a.stop)/float64(a.n))
}

// TestSimulation prints the tables of POWER.md and holds them to what a check must do: no more false alarms than its level,
// which a generator that is only too narrow or too wide does not change, and power where people are many.
func TestSimulation(t *testing.T) {
	if !*longRun {
		t.Skip("a simulation of a minute; -long runs it")
	}
	type setting struct {
		school
		people int
		aside  float64
	}
	var settings []setting
	for _, c := range schools {
		for _, people := range []int{60, 200, 1000} {
			settings = append(settings, setting{c, people, .5}, setting{c, people, .2})
		}
	}
	n := len(settings) * len(makers) * *repeats
	p := make([][4]float64, n)
	run.Parallel(n, func(i int) {
		s, m := settings[i / *repeats / len(makers)], makers[i / *repeats % len(makers)]
		p[i] = s.simulate(m, s.people, s.aside, uint64(i)).pValues(t)
	})
	var pooled [4][]alarms // by check and maker
	for check, name := range simulated {
		var b strings.Builder
		fmt.Fprintf(&b, "\n**%s**\n\n| columns | people | set aside |", name)
		for _, m := range makers {
			b.WriteString(" " + m.name + " |")
		}
		b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(makers)) + "\n")
		pooled[check] = make([]alarms, len(makers))
		for i, s := range settings {
			line := fmt.Sprintf("| %s | %d | %.0f %% |", s.name, s.people, 100*s.aside)
			seen := false
			for j := range makers {
				var a alarms
				for k := range *repeats {
					x := p[(i*len(makers)+j)**repeats+k][check]
					a.add(x)
					pooled[check][j].add(x)
				}
				seen = seen || a.n > 0
				line += " " + a.String() + " |"
			}
			if seen {
				b.WriteString(line + "\n")
			}
		}
		b.WriteString("| all | | |")
		for _, a := range pooled[check] {
			b.WriteString(" " + a.String() + " |")
		}
		fmt.Println(b.String())
	}
	for check, name := range simulated {
		for j, m := range makers[:3] {
			a := pooled[check][j]
			slack := func(level float64) float64 { return level + 3*math.Sqrt(level*(1-level)/float64(a.n)) }
			require.LessOrEqual(t, float64(a.look)/float64(a.n), slack(lookLevel), "%s, %s", name, m.name)
			require.LessOrEqual(t, float64(a.stop)/float64(a.n), slack(stopLevel), "%s, %s", name, m.name)
		}
	}
	found := func(check, maker int) float64 {
		return float64(pooled[check][maker].stop) / float64(pooled[check][maker].n)
	}
	for maker, least := range map[int]float64{6: .6, 8: .6, 9: .7} {
		require.Greater(t, found(0, maker), least, "look-alikes, %s", makers[maker].name)
	}
}
