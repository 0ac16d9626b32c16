package draw

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// places is a table of n pupils: an area decides a town, which some lack, and a town a fee, which is a part of the sum to pay and bounds
// what has been paid. One of Oral and Written is missing, and Resit is where Written is.
func places(n int) string {
	var b strings.Builder
	b.WriteString("Area,Town,Fee,Extra,Pay,Paid,Oral,Written,Resit,Note\n")
	for i := range n {
		r := rng.New(3, rng.Demo, uint64(i))
		area := r.Intn(24)
		town, extra := fmt.Sprint("T", area/3), r.Intn(30)
		fee := 20 * (area / 6)
		if r.Intn(9) == 0 {
			town = ""
		}
		paid := r.Intn(fee + 1)
		oral, written, resit := fmt.Sprint(r.Intn(20)), "", "yes"
		if r.Intn(3) == 0 {
			oral, written, resit = "", []string{"ABS", fmt.Sprint(r.Intn(20))}[min(r.Intn(5), 1)], ""
		}
		fmt.Fprintf(&b, "P%02d,%s,%d,%d,%d,%d,%s,%s,%s,%d\n", area, town, fee, extra, fee+extra, paid, oral, written, resit, r.Intn(5))
	}
	return b.String()
}

var placeRules = []string{"Area -> Town", "Area -> Fee", "Pay = Fee + Extra", "Paid <= Fee", "Oral xor Written", "Resit xor Written"}

// keepsPlaces looks at every row by itself.
func keepsPlaces(t *testing.T, s *table.Table) {
	t.Helper()
	for _, cells := range s.Records() {
		number := func(text string) int {
			n, err := strconv.Atoi(text)
			require.NoError(t, err)
			return n
		}
		area, fee, extra, pay, paid := number(cells[0][1:]), number(cells[2]), number(cells[3]), number(cells[4]), number(cells[5])
		if cells[1] != "" {
			require.Equal(t, fmt.Sprint("T", area/3), cells[1])
		}
		require.Equal(t, 20*(area/6), fee, cells)
		require.Equal(t, fee+extra, pay, cells)
		require.LessOrEqual(t, paid, fee, cells)
		require.NotEqual(t, cells[6] == "", cells[7] == "", cells)
		require.Equal(t, cells[6] == "", cells[8] == "", cells)
	}
	for _, r := range s.Schema().Rules {
		require.Empty(t, r.Broken(s), "%s", r)
	}
}

// All forms hold in every row, whatever the order, and conditions on either side are met.
func TestDecidedRows(t *testing.T) {
	enc := learn(t, places(900), placeRules...)
	require.Len(t, enc.Schema().Rules, len(placeRules))
	for seed := range uint64(2) {
		p := plan(t, enc, seed)
		for _, where := range [][]table.Cond{
			nil,
			{table.Is("Town", "T2")},
			{table.Is("Town", "T2", "T5"), table.Not(table.Is("Area", "P06"))},
			{table.Missing("Town")},
			{table.Between("Fee", "20", "40"), table.Missing("Oral")},
			{table.Is("Written", "ABS"), table.Is("Area", "P11")},
			{table.Between("Paid", "45", ""), table.Not(table.Missing("Resit"))},
			{table.Between("Pay", "70", ""), table.Is("Town", "T6", "T7")},
			{table.Not(table.Missing("Town")), table.Not(table.Missing("Oral"))},
		} {
			for _, o := range []Options{{}, {Candidates: 4}, {Meets: true}, {Temperature: 2}, {Strict: false, Block: 7}} {
				o.Rows, o.Seed, o.Where = 120, seed, where
				s, _, err := sample(t, p, o)
				require.NoError(t, err, "%v", where)
				keepsPlaces(t, s)
				sets, err := table.Sets(s.Schema(), where)
				require.NoError(t, err)
				require.Equal(t, s.Rows(), s.Count(sets), "%v", where)
				o.Block = 50
				again, _, err := sample(t, p, o)
				require.NoError(t, err)
				require.Equal(t, text(t, s), text(t, again), "the same bytes in blocks of another size")
			}
		}
	}
}

// Conditions that the rules leave nothing of are refused before a row is drawn, and name a column.
func TestImpossibleByDecisions(t *testing.T) {
	p := plan(t, learn(t, places(900), placeRules...), 1)
	for _, where := range [][]table.Cond{
		{table.Is("Area", "P00"), table.Is("Town", "T3")},
		{table.Is("Fee", "0"), table.Is("Town", "T7")},
		{table.Not(table.Missing("Oral")), table.Not(table.Missing("Written"))},
		{table.Missing("Oral"), table.Missing("Written")},
		{table.Missing("Oral"), table.Is("Resit", "yes")},
	} {
		_, err := p.Sampler(Options{Where: where})
		require.ErrorIs(t, err, ErrNoRow, "%v", where)
		var told *table.Error
		require.ErrorAs(t, err, &told)
		require.NotEmpty(t, told.Column)
	}
}

// A condition on what is decided leaves what decides it its own shares.
func TestDecidedShares(t *testing.T) {
	enc := learn(t, places(900), placeRules...)
	p := plan(t, enc, 2)
	const rows = 6000
	for _, meets := range []bool{false, true} {
		s, set, err := sample(t, p, Options{Rows: rows, Where: []table.Cond{table.Is("Town", "T4")}, Meets: meets})
		require.NoError(t, err)
		require.Zero(t, set)
		share := enc.Vars()[0].Share
		total := share[12] + share[13] + share[14]
		for k, area := range []string{"P12", "P13", "P14"} {
			n := 0
			for _, cell := range cells(t, s, "Area") {
				if cell == area {
					n++
				}
			}
			require.InDelta(t, share[12+k]/total, float64(n)/rows, 0.03, area)
		}
	}
}

// Values of a column that another decides are equally frequent where that is asked, and those that nothing leads to are not asked for.
func TestBalancedDecision(t *testing.T) {
	p := plan(t, learn(t, places(900), placeRules...), 3)
	for _, o := range []Options{{Balance: "Town"}, {Balance: "Town", Meets: true}, {Balance: "Town", Candidates: 3},
		{Balance: "Town", Where: []table.Cond{table.Between("Fee", "0", "20")}}} {
		o.Rows = 480
		s, _, err := sample(t, p, o)
		require.NoError(t, err)
		keepsPlaces(t, s)
		count := map[string]int{}
		for _, town := range cells(t, s, "Town") {
			count[town]++
		}
		towns := 8
		if o.Where != nil {
			towns = 4
		}
		require.Len(t, count, towns)
		for town, n := range count {
			require.Equal(t, 480/towns, n, town)
		}
	}
	s, _, err := sample(t, p, Options{Rows: 300, Balance: "Fee"})
	require.NoError(t, err)
	keepsPlaces(t, s)
}

// An order from a damaged file, in which what is decided comes first, breaks no rule either.
func TestDecidedFirst(t *testing.T) {
	enc := learn(t, places(900), "Area -> Town", "Oral xor Written")
	var order []int32
	for v := range enc.Vars() {
		order = append(order, int32(v))
	}
	slices.Reverse(order) // each column of this table has one part
	p, err := NewPlan(enc, order)
	require.NoError(t, err)
	for _, where := range [][]table.Cond{nil, {table.Is("Area", "P07")}, {table.Is("Town", "T3")}} {
		s, _, err := sample(t, p, Options{Rows: 200, Where: where})
		require.NoError(t, err)
		for _, r := range s.Schema().Rules {
			require.Empty(t, r.Broken(s))
		}
	}
}

// Rows that have some columns already: what is drawn follows from them, and leads to them.
func TestCompleteDecided(t *testing.T) {
	enc := learn(t, places(900), "Area -> Town", "Town -> Fee", "Oral xor Written")
	real, err := table.ReadCSV(strings.NewReader(places(64)), table.ReadOptions{})
	require.NoError(t, err)
	codes, err := enc.Codes(real)
	require.NoError(t, err)
	given := Cells(enc, real)
	for mask := range 32 { // which of the first three columns, Oral and Written are given
		g := &Given{Cols: make([]bool, len(given)), Codes: codes, Cells: given}
		var known, rest []int32
		for v, x := range enc.Vars() {
			at := slices.Index([]int{0, 1, 2, 6, 7}, x.Col)
			g.Cols[x.Col] = at < 0 || mask>>at&1 == 1
			if g.Cols[x.Col] {
				known = append(known, int32(v))
			} else {
				rest = append(rest, int32(v))
			}
		}
		p, err := NewPlan(enc, append(known, rest...))
		require.NoError(t, err)
		s, err := p.Sampler(Options{Rows: 64})
		require.NoError(t, err)
		k := s.Worker(newIndependent(t, enc, 64), 64)
		at := make([]int, 64)
		for i, w := range k.Rows() {
			w.Number, w.R, at[i] = int64(i), rng.New(7, rng.SampleCell, uint64(i)), i
		}
		require.NoError(t, k.Complete(context.Background(), k.Rows(), g, at))
		for i, w := range k.Rows() {
			require.False(t, w.Dead(), "row %d, given %b", i, mask)
			for c, has := range g.Cols {
				if has {
					require.Equal(t, given[c][i], w.Cells[c])
				}
			}
			if town, ok := enc.Decision(0).Image(w.Cells[0]); ok && w.Cells[1] >= 0 {
				require.Equal(t, town, w.Cells[1], "row %d, given %b", i, mask)
			}
			if fee, ok := enc.Decision(1).Image(w.Cells[1]); ok {
				require.Equal(t, fee, w.Cells[2], "row %d, given %b", i, mask)
			}
			require.NotEqual(t, IsMissing(enc, 6, w.Cells[6]), IsMissing(enc, 7, w.Cells[7]), "row %d, given %b", i, mask)
		}
	}
}

// What a row has against a rule is counted, and nothing else.
func TestAgainst(t *testing.T) {
	enc := learn(t, places(900), placeRules...)
	header := "Area,Town,Fee,Extra,Pay,Paid,Oral,Written,Resit,Note\n"
	s := &table.Schema{Columns: slices.Clone(enc.Schema().Columns)}
	for i := range s.Columns {
		s.Columns[i].Values = nil
	}
	for row, want := range map[string]int{
		"P00,T0,0,5,5,0,3,,yes,1":   0,
		"P00,,0,,,,,,,":             0,
		",T0,,,,,,,,":               0,
		"P00,T1,0,5,5,0,3,,yes,1":   1,
		"P00,T0,20,5,25,0,3,,yes,1": 1,
		"P99,T1,0,5,5,0,3,,yes,1":   0, // an area that is not known
		"P00,T99,0,5,5,0,3,,yes,1":  1,
		"P00,T0,0,5,6,0,3,,yes,1":   1,
		"P00,T0,0,5,5,0,3,4,,1":     1,
	} {
		tab, err := table.ReadCSV(strings.NewReader(header+row+"\n"), table.ReadOptions{Schema: s})
		require.NoError(t, err)
		require.Equal(t, want, Against(enc, tab), row)
	}
}

// The set of a column's cells that are in both of two sets, cell by cell.
func TestMeet(t *testing.T) {
	for seed := range uint64(50) {
		r := rng.New(seed, rng.Demo, 1)
		some := func() *table.Set {
			set := &table.Set{Missing: r.Intn(2) == 0, Marks: []bool{r.Intn(2) == 0, r.Intn(2) == 0}}
			for at := int64(0); at < 30; {
				from := at + int64(r.Intn(6))
				at = from + int64(r.Intn(6))
				set.Spans = append(set.Spans, [2]int64{from, at})
				at += 2
			}
			return set
		}
		a, b := some(), some()
		both := meet(a, b)
		for v := int64(-2); v < 50; v++ {
			require.Equal(t, has(a, v) && has(b, v), has(both, v))
		}
		for _, v := range []int64{-1 << 63, -1<<63 + 1, -1<<63 + 2} {
			require.Equal(t, has(a, v) && has(b, v), has(both, v))
		}
		require.Same(t, a, meet(a, nil))
		require.Same(t, a, meet(nil, a))
	}
}
