package eval_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/eval"
	"example.org/cohort/internal/demo"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// The negative controls: tables of which it is known what a judge must say. A verdict that can't fail is a defect, and so
// is one that fails real people. Each table of real people is parted by person: 40 % are learned, 30 % are set aside, and
// 30 % are given as the work of a generator that never saw the learned. All three go through CSV files, as other people's
// tables do.

// A control is one table of real people.
type control struct {
	name   string
	person string
	target string
	rows   int // at most
	read   func() (io.Reader, error)
}

var controls = []control{
	{name: "school", person: "Student No", target: "Passed", read: func() (io.Reader, error) { return bytes.NewReader(demo.CSV()), nil }},
	{name: "student-mat", target: "G3", read: sharedFile("data/student-mat.csv")},
	{name: "paperB1", person: "id_student", target: "final_result", read: sharedFile("data/paperB1_oulad10pct.csv")},
	{name: "adult", target: "income", rows: 5000, read: sharedFile("peers/splits/adult/train.csv.gz")},
}

// sharedFile opens a file that lies beside the repository on some machines only.
func sharedFile(name string) func() (io.Reader, error) {
	return func() (io.Reader, error) {
		b, err := os.ReadFile("../../shared/" + name)
		if err != nil || !strings.HasSuffix(name, ".gz") {
			return bytes.NewReader(b), err
		}
		return gzip.NewReader(bytes.NewReader(b))
	}
}

// long tells whether -long is set: the flag of the simulations, which lie inside the package.
func long() bool { return flag.Lookup("long").Value.String() == "true" }

// whole reads the table; it skips the test where the file is not at hand.
func (c *control) whole(t *testing.T) *table.Table {
	in, err := c.read()
	if err != nil {
		t.Skip("not at hand")
	}
	actual, err := table.ReadCSV(in, table.ReadOptions{Schema: &table.Schema{Person: c.person}})
	require.NoError(t, err)
	if c.rows > 0 && actual.Rows() > c.rows {
		rows := make([]int, c.rows)
		for i := range rows {
			rows[i] = i
		}
		actual = actual.Select(rows)
	}
	return actual
}

// A trio is a table of real people in three parts, by person.
type trio struct {
	*control
	learned, held, unseen *table.Table
	seed                  uint64
}

func (c *control) part(actual *table.Table, seed uint64) trio {
	learned, others := actual.Split(0.4, seed)
	held, unseen := others.Split(0.5, seed)
	return trio{c, learned, held, unseen, seed}
}

// file writes t into a file and reads it again: what the program knew about its columns is lost.
func (c *control) file(t *testing.T, x *table.Table) *table.Table {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, table.WriteCSV(&b, x))
	again, err := table.ReadCSV(&b, table.ReadOptions{Schema: &table.Schema{Person: c.person}})
	require.NoError(t, err)
	return again
}

// judge compares fake with the people learned.
func (p *trio) judge(t *testing.T, fake *table.Table, only ...string) *eval.Report {
	t.Helper()
	r, err := eval.Compare(context.Background(), p.file(t, p.learned), p.file(t, fake), eval.Options{
		Holdout: p.file(t, p.held), Target: p.target, Seed: p.seed, Only: only})
	require.NoError(t, err)
	return r
}

// invent gives the same rows with new ids and texts: what was the same person stays the same.
func invent(t *testing.T, x *table.Table) *table.Table {
	t.Helper()
	return rebuild(t, x, func(col int, cells any) any {
		c := &x.Schema().Columns[col]
		if c.Kind != table.ID && c.Kind != table.Text && c.Name != x.Schema().Person {
			return cells
		}
		names := map[string]string{"": ""}
		out := make([]string, x.Rows())
		for r := range out {
			old, _ := x.Cell(r, col)
			if _, ok := names[old]; !ok {
				names[old] = fmt.Sprintf("9%0*d", len(old), len(names)*7919)
				if c.Kind == table.Text {
					names[old] = fmt.Sprintf("Person %05d", len(names))
				}
			}
			out[r] = names[old]
		}
		if !isNumeric(c.Kind) {
			return out
		}
		numbers := make([]int64, len(out))
		for r, text := range out {
			if _, err := fmt.Sscan(text, &numbers[r]); err != nil {
				numbers[r] = math.MinInt64
			}
		}
		return numbers
	})
}

func isNumeric(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

// rebuild makes x anew, each column through change. Cells are as [table.New] takes them.
func rebuild(t *testing.T, x *table.Table, change func(col int, cells any) any) *table.Table {
	t.Helper()
	cols := make([]any, x.Cols())
	for i := range cols {
		var cells any
		switch c := &x.Schema().Columns[i]; {
		case isNumeric(c.Kind):
			cells = x.Ints(i)
		case c.Kind == table.Category || c.Kind == table.Ordered:
			cells = x.Codes(i)
		default:
			texts := make([]string, x.Rows())
			for r := range texts {
				texts[r], _ = x.Cell(r, i)
			}
			cells = texts
		}
		cols[i] = change(i, cells)
	}
	s := *x.Schema()
	s.Rules = nil
	out, err := table.New(&s, cols)
	require.NoError(t, err)
	return out
}

// choose gives the cells of the rows named.
func choose(cells any, rows []int) any {
	switch cells := cells.(type) {
	case []int64:
		return pick(cells, rows)
	case []int32:
		return pick(cells, rows)
	}
	return pick(cells.([]string), rows)
}

func pick[T any](cells []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = cells[r]
	}
	return out
}

// shuffled deals every column of x independently, but leaves the first rows as they are.
func shuffled(t *testing.T, x *table.Table, verbatim int, seed uint64) *table.Table {
	t.Helper()
	return rebuild(t, x, func(col int, cells any) any {
		rows := make([]int, x.Rows())
		for i := range rows {
			rows[i] = i
		}
		mixed := rows[verbatim:]
		rng.Shuffle(seed, rng.Demo, len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		seed += 1 << 32
		return choose(cells, rows)
	})
}

// explain gives the verdict with every check that is not ok.
func explain(r *eval.Report) string {
	var b strings.Builder
	fmt.Fprint(&b, r.Verdict)
	for _, c := range r.Checks {
		if c.Status != eval.OK {
			fmt.Fprintf(&b, "; [%s] %s %s (%s)", c.Status, c.Name, c.Shown, c.Beside)
		}
	}
	return b.String()
}

// status is that of a check by name; Failed where there is none.
func status(r *eval.Report, check string) eval.Status {
	i := slices.IndexFunc(r.Checks, func(c eval.Check) bool { return c.Name == check })
	if i < 0 {
		return eval.Failed
	}
	return r.Checks[i].Status
}

// seeds is how many runs a control gets: all of them on the two small tables and where -long asks for it.
func (c *control) seeds(all, few int) uint64 {
	if c.name == "school" || c.name == "student-mat" || long() {
		return uint64(all)
	}
	return uint64(few)
}

// skipLarge leaves the largest table to -long: of the two large ones the other is there every day.
func (c *control) skipLarge(t *testing.T) {
	t.Helper()
	if c.name == "adult" && !long() {
		t.Skip("the largest table; -long runs it")
	}
}

func TestControls(t *testing.T) {
	for i := range controls {
		c := &controls[i]
		t.Run(c.name, func(t *testing.T) {
			c.skipLarge(t)
			actual := c.whole(t)
			t.Run("exact copy", func(t *testing.T) {
				for seed := range c.seeds(5, 1) {
					p := c.part(actual, seed)
					r := p.judge(t, p.learned, "private")
					require.Equal(t, eval.DoNotRelease, r.Verdict, explain(r))
					require.Equal(t, eval.Stop, status(r, "copied rows"), explain(r))
					require.Equal(t, eval.Stop, status(r, "look-alikes"), explain(r))
				}
			})
			t.Run("one in ten copied", func(t *testing.T) {
				for seed := range c.seeds(5, 1) {
					p := c.part(actual, seed)
					r := p.judge(t, invent(t, shuffled(t, p.learned, p.learned.Rows()/10, seed)), "private")
					require.Equal(t, eval.DoNotRelease, r.Verdict, explain(r))
					require.NotEqual(t, eval.Stop, status(r, "real ids, names"), explain(r))
				}
			})
			t.Run("shuffled", func(t *testing.T) {
				// Columns that are shuffled keep exactly the values of the people learned, which a small table can show.
				n, stops := c.seeds(5, 1), 0
				for seed := range n {
					p := c.part(actual, seed)
					r := p.judge(t, invent(t, shuffled(t, p.learned, 0, seed)))
					require.Equal(t, eval.Look, status(r, "pairs of columns"), explain(r))
					if r.Verdict != eval.LookCloser {
						stops++
						t.Logf("seed %d: %s", seed, explain(r))
					}
				}
				require.LessOrEqual(t, stops, int(n/5), "of %d", n)
			})
			t.Run("unseen", func(t *testing.T) {
				n, bad := c.seeds(10, 1), 0
				for seed := range n {
					p := c.part(actual, seed)
					r := p.judge(t, invent(t, p.unseen))
					if r.Verdict != eval.Pass {
						bad++
						t.Logf("seed %d: %s", seed, explain(r))
					}
				}
				require.LessOrEqual(t, bad, int(n/10), "of %d real samples", n)
			})
		})
	}
}

// A generator that is only too narrow or too wide knows nobody: where it stops at look-alikes, chance does it.
func TestNarrowAndWideAreNoMemory(t *testing.T) {
	for i := range controls {
		c := &controls[i]
		t.Run(c.name, func(t *testing.T) {
			c.skipLarge(t)
			actual := c.whole(t)
			n, stops := c.seeds(20, 1), 0
			for seed := range n {
				p := c.part(actual, seed)
				for _, wide := range []bool{false, true} {
					chance, ok, err := eval.ClosestP(p.learned, p.distorted(t, wide), p.held, seed)
					require.NoError(t, err)
					if ok && chance <= .01 {
						stops++
						t.Logf("seed %d, wide %v: p %.4f", seed, wide, chance)
					}
				}
			}
			require.LessOrEqual(t, stops, 2, "of %d", 2*n)
		})
	}
}

// distorted writes 2,000 rows from people who were not learned: with numbers halfway to the middle and half of the other
// cells the most frequent one, or with numbers twice as far from it and half of the other cells any value.
func (p *trio) distorted(t *testing.T, wide bool) *table.Table {
	t.Helper()
	const rows = 2000
	from := make([]int, rows)
	draw := rng.New(p.seed, rng.Demo, 1)
	for i := range from {
		from[i] = draw.Intn(p.unseen.Rows())
	}
	return rebuild(t, invent(t, p.unseen).Select(from), func(col int, cells any) any {
		switch cells := cells.(type) {
		case []int64:
			middle := median(cells)
			for i, x := range cells {
				switch {
				case x < math.MinInt64/2: // missing, or a mark
				case wide:
					cells[i] = middle + 2*(x-middle)
				default:
					cells[i] = middle + (x-middle)/2
				}
			}
		case []int32:
			most := mode(cells)
			for i := range cells {
				switch values := len(p.unseen.Schema().Columns[col].Values); {
				case draw.Intn(2) == 0:
				case wide:
					cells[i] = int32(draw.Intn(values))
				default:
					cells[i] = most
				}
			}
		}
		return cells
	})
}

// median is that of the numbers, which are above those that stand for missing cells and marks.
func median(cells []int64) int64 {
	sorted := slices.Sorted(slices.Values(cells))
	first, _ := slices.BinarySearch(sorted, math.MinInt64/2)
	if sorted = sorted[first:]; len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

func mode(cells []int32) int32 {
	count, most := map[int32]int{}, cells[0]
	for _, x := range cells {
		if count[x]++; count[x] > count[most] {
			most = x
		}
	}
	return most
}
