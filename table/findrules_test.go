package table

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// numbers makes a table of whole columns.
func numbers(t testing.TB, names []string, cols ...[]int64) *Table {
	s := &Schema{}
	var cells []any
	for i, name := range names {
		s.Columns = append(s.Columns, Column{Name: name, Kind: Whole, Step: 1})
		cells = append(cells, cols[i])
	}
	tab, err := New(s, cells)
	require.NoError(t, err)
	return tab
}

// random gives n numbers below limit; column tells it from others.
func random(column, n, limit int) []int64 {
	r := rng.New(uint64(column), rng.Mock, 0)
	v := make([]int64, n)
	for i := range v {
		v[i] = int64(r.Intn(limit))
	}
	return v
}

func plus(cols ...[]int64) []int64 {
	v := make([]int64, len(cols[0]))
	for i := range v {
		for _, c := range cols {
			if c[i] < lowestNumber {
				v[i] = noNumber
				break
			}
			v[i] += c[i]
		}
	}
	return v
}

// gaps empties every k-th cell.
func gaps(v []int64, k int) []int64 {
	v = append([]int64(nil), v...)
	for i := 0; i < len(v); i += k {
		v[i] = noNumber
	}
	return v
}

func texts(found []Found) []string {
	var s []string
	for _, f := range found {
		s = append(s, fmt.Sprintf("%s %d", f.Rule, f.Rows))
	}
	return s
}

// sumsOf leaves out what is no sum.
func sumsOf(found []Found) []Found {
	return slices.DeleteFunc(found, func(f Found) bool { return f.Rule.op != "=" })
}

func TestFindSums(t *testing.T) {
	const n = 400
	var c [8][]int64
	for i := range c {
		c[i] = random(i, n, 40)
	}
	neg := random(99, n, 7)
	for i := range neg {
		neg[i] -= 5
	}
	zero := make([]int64, n)
	for name, test := range map[string]struct {
		names []string
		cols  [][]int64
		want  []string
	}{
		"two":         {[]string{"A", "B", "T"}, [][]int64{c[0], c[1], plus(c[0], c[1])}, []string{"T = A + B 400"}},
		"three":       {[]string{"T", "A", "B", "C"}, [][]int64{plus(c[0], c[1], c[2]), c[0], c[1], c[2]}, []string{"T = A + B + C 400"}},
		"four":        {[]string{"A", "B", "T", "C", "D", "X"}, [][]int64{c[0], c[1], plus(c[0], c[1], c[2], c[3]), c[2], c[3], c[4]}, []string{"T = A + B + C + D 400"}},
		"five":        {[]string{"A", "B", "C", "D", "E", "T", "X"}, [][]int64{c[0], c[1], c[2], c[3], c[4], plus(c[:5]...), c[5]}, []string{"T = A + B + C + D + E 400"}},
		"six is none": {[]string{"A", "B", "C", "D", "E", "F", "T"}, [][]int64{c[0], c[1], c[2], c[3], c[4], c[5], plus(c[:6]...)}, nil},
		"negative":    {[]string{"A", "B", "T"}, [][]int64{c[0], neg, plus(c[0], neg)}, []string{"T = A + B 400"}},
		"none":        {[]string{"A", "B", "C", "D"}, [][]int64{c[0], c[1], c[2], c[3]}, nil},
		"zeros":       {[]string{"A", "Z", "B", "T"}, [][]int64{c[0], zero, c[1], plus(c[0], c[1])}, []string{"T = A + B 400"}},
		"copies":      {[]string{"A", "A2", "B", "T", "T2"}, [][]int64{c[0], c[0], c[1], plus(c[0], c[1]), plus(c[0], c[1])}, []string{"T = A + B 400", "T2 = A + B 400"}},
		"nested": {[]string{"A", "B", "C", "S", "T"}, [][]int64{c[0], c[1], c[2], plus(c[0], c[1]), plus(c[0], c[1], c[2])},
			[]string{"S = A + B 400", "T = C + S 400"}},
		"two totals": {[]string{"A", "B", "C", "S", "T"}, [][]int64{c[0], c[1], c[2], plus(c[0], c[1]), plus(c[0], c[2])},
			[]string{"S = A + B 400", "T = A + C 400"}},
		"gap in a part":  {[]string{"A", "B", "T"}, [][]int64{gaps(c[0], 4), c[1], plus(c[0], c[1])}, []string{"T = A + B 300"}},
		"gaps in all":    {[]string{"A", "B", "C", "T"}, [][]int64{gaps(c[0], 2), gaps(c[1], 3), gaps(c[2], 5), plus(c[0], c[1], c[2])}, []string{"T = A + B + C 106"}},
		"gaps elsewhere": {[]string{"A", "B", "T", "X"}, [][]int64{c[0], c[1], plus(c[0], c[1]), gaps(c[3], 1)}, []string{"T = A + B 400"}},
		"never together": {[]string{"A", "B", "T", "X"}, [][]int64{gaps(c[0], 2), c[1], gaps(plus(c[0], c[1]), 2), notGaps(c[3], 2)}, []string{"T = A + B 200"}},
	} {
		t.Run(name, func(t *testing.T) {
			sums := texts(sumsOf(FindRules(numbers(t, test.names, test.cols...))))
			require.Equal(t, test.want, sums)
		})
	}
}

// notGaps empties all but every k-th cell.
func notGaps(v []int64, k int) []int64 {
	v = append([]int64(nil), v...)
	for i := range v {
		if i%k != 0 {
			v[i] = noNumber
		}
	}
	return v
}

// One row that disobeys is enough, wherever it is.
func TestFindSumsIsExact(t *testing.T) {
	a, b := random(0, 400, 40), random(1, 400, 40)
	for _, row := range []int{0, 17, 399} {
		sum := plus(a, b)
		sum[row]++
		require.Empty(t, sumsOf(FindRules(numbers(t, []string{"A", "B", "T"}, a, b, sum))))
	}
}

// Numbers on different grids add up exactly; columns that are not learned take no part.
func TestFindSumsAcrossSteps(t *testing.T) {
	a, b := random(0, 200, 90), random(1, 200, 50)
	sum := make([]int64, 200)
	for i := range sum {
		sum[i] = 25*a[i] + 10*b[i]
	}
	columns := []Column{{Name: "A", Kind: Decimal, Step: 0.25}, {Name: "B", Kind: Decimal, Step: 0.1}, {Name: "T", Kind: Decimal, Step: 0.01}}
	tab, err := New(&Schema{Columns: columns}, []any{a, b, sum})
	require.NoError(t, err)
	require.Equal(t, []string{"T = A + B 200"}, texts(FindRules(tab)))
	columns[1].Treat = Drop
	tab, err = New(&Schema{Columns: columns}, []any{a, b, sum})
	require.NoError(t, err)
	require.Empty(t, FindRules(tab))
}

// What chance could explain is no rule: a sum that holds in few rows, or that could be broken in few.
func TestFindRulesNeedsEvidence(t *testing.T) {
	a, b := random(0, 5, 3), random(1, 5, 3)
	require.Empty(t, FindRules(numbers(t, []string{"A", "B", "T"}, a, b, plus(a, b))))
	rare := make([]int64, 1000)
	rare[500] = 3
	a = random(2, 1000, 50)
	require.Empty(t, FindRules(numbers(t, []string{"A", "B", "T"}, a, rare, plus(a, rare)))[1:], "A <= T remains")
	require.Empty(t, sumsOf(FindRules(numbers(t, []string{"A", "B", "T"}, a, rare, plus(a, rare)))))
	for n := range 25 {
		FindRules(numbers(t, []string{"A", "B", "T"}, random(1, n, 2), random(2, n, 2), random(3, n, 3)))
	}
}

func TestFindOrders(t *testing.T) {
	const n = 300
	low, more := random(0, n, 50), random(1, n, 20)
	mid := plus(low, more)
	for i := range mid {
		mid[i] += mid[i] % 3 // no sum of the others
	}
	high := plus(mid, random(2, n, 20))
	names := []string{"Low", "Mid", "High"}
	require.Equal(t, []string{"Low <= Mid 300", "Mid <= High 300"}, texts(FindRules(numbers(t, names, low, mid, high))))
	require.Equal(t, []string{"Low <= Mid 200", "Low <= High 300", "Mid <= High 200"},
		texts(FindRules(numbers(t, names, low, gaps(mid, 3), high))), "through a column with gaps nothing is implied")
	apart := append([]int64(nil), mid...)
	for i := range apart {
		apart[i] += 1000
	}
	require.Empty(t, FindRules(numbers(t, []string{"Low", "Apart"}, low, apart)), "the ranges say it already")
	require.Equal(t, []string{"Low -> Same 300"}, texts(FindRules(numbers(t, []string{"Low", "Same"}, low, low))), "equal columns have no order")
	tab, err := New(&Schema{Columns: []Column{{Name: "Low", Kind: Whole, Step: 1}, {Name: "Mid", Kind: Decimal, Step: 1},
		{Name: "Start", Kind: Date, Step: 86400}, {Name: "Leave", Kind: Date, Step: 86400}}}, []any{low, mid, low, gaps(mid, 4)})
	require.NoError(t, err)
	require.Equal(t, []string{"Start <= Leave 225"}, texts(ordersOf(FindRules(tab))), "kinds are not mixed")
}

// ordersOf leaves the rules a <= b.
func ordersOf(found []Found) []Found {
	return slices.DeleteFunc(found, func(f Found) bool { return f.Rule.op != "<=" })
}

// TestFindRulesByBruteForce compares the search with trying all sums, on small tables with many coincidences.
func TestFindRulesByBruteForce(t *testing.T) {
	for seed := range 20 {
		const n, cols = 120, 7
		r := rng.New(uint64(seed), rng.Mock, 1)
		c := make([][]int64, cols)
		for i := range c {
			c[i] = random(100*seed+i, n, 5)
			if i >= 3 {
				c[i] = plus(c[r.Intn(i)], c[r.Intn(i)])
			}
			if r.Intn(3) == 0 {
				c[i] = gaps(c[i], 2+r.Intn(5))
			}
		}
		tab := numbers(t, []string{"A", "B", "C", "D", "E", "F", "G"}, c...)
		want := map[[6]int]int{}
		s := newSumSearch(tab)
		for total := range cols {
			for set := range 1 << cols {
				var parts []int
				for i := range cols {
					if set>>i&1 != 0 {
						parts = append(parts, i)
					}
				}
				if len(parts) < 2 || len(parts) > 5 || set>>total&1 != 0 {
					continue
				}
				var key [6]int
				key[0] = total + 1
				for i, p := range parts {
					key[i+1] = p + 1
				}
				if rows, ok := s.evidence(append([]int{total}, parts...)); ok {
					want[key] = rows
				}
			}
		}
		s.searchAll()
		for _, f := range s.found {
			var key [6]int
			for i, c := range f.cols {
				key[i] = c + 1
			}
			require.Equal(t, want[key], f.rows, "%d: %v", seed, f)
			delete(want, key)
		}
		// Of columns that are equal one stands for the other, where they are found by hash.
		for key := range want {
			require.True(t, hasTwin(c, key), "%d: %v was not found", seed, key)
		}
	}
}

func hasTwin(c [][]int64, key [6]int) bool {
	for _, k := range key {
		if k == 0 {
			continue
		}
		for j := range c {
			same := j != k-1
			for i := range c[j] {
				same = same && (c[j][i] == c[k-1][i] || c[j][i] < lowestNumber || c[k-1][i] < lowestNumber)
			}
			if same {
				return true
			}
		}
	}
	return false
}

// wide is a table of 120 columns of 10,000 rows with two totals.
func wide(b testing.TB, gap int) *Table {
	const rows, cols = 10_000, 120
	names, c := make([]string, cols), make([][]int64, cols)
	for i := range c {
		names[i] = fmt.Sprintf("C%d", i)
		c[i] = random(i, rows, 30)
		if gap > 0 {
			c[i] = gaps(c[i], gap+i)
		}
	}
	c[70] = plus(c[3], c[40], c[41], c[99], c[119])
	c[10] = plus(c[5], c[6])
	return numbers(b, names, c...)
}

func TestFindRulesInAWideTable(t *testing.T) {
	if testing.Short() {
		t.Skip("a wide table; runs without -short")
	}
	require.Equal(t, []string{"C10 = C5 + C6 10000", "C70 = C3 + C40 + C41 + C99 + C119 10000"}, texts(FindRules(wide(t, 0))))
}

func BenchmarkFindRules(b *testing.B) {
	for name, gap := range map[string]int{"120x10000": 0, "120x10000/gaps": 4} {
		tab := wide(b, gap)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				FindRules(tab)
			}
		})
	}
}
