package table

import (
	"cmp"
	"math"
	"slices"
)

// Found is a rule that every row obeys in which it can be tested.
type Found struct {
	Rule  Rule
	Rows  int // rows on which the rule could be tested: all of its cells are numbers
	Holds int // rows on which it holds: the same number
}

// chanceLogLimit is the natural logarithm of the chance, over all rules that were tried, that a rule may have of being
// obeyed by columns that have nothing to do with each other.
const chanceLogLimit = -13.815510557964274 // ln 1e-6

// FindRules proposes the exact rules that the rows obey, with the number of rows that could have broken each. Only
// learned columns of numbers (for <=, of dates, too) take part.
//
// Sums have two to five parts (at most four where more than 200 columns are numbers, three from 500, none from
// 2,000). A column is the total of at most one, of those with the fewest parts, and no total is a part of itself, so
// that all can be kept by adding up. A <= B is proposed between columns of the same kind and step whose ranges
// overlap, neither of them a total. A rule that is certain to hold by others is left out, and so is one that chance
// could explain: each has a chance below 1e-6, counted over all rules that were tried, if its columns were
// independent. Sums come first, in the order of their totals.
//
// Of [FindDependencies] come then "A -> B" and "A xor B", each unless it clashes with those before it (see [Fixes]): of columns that decide
// each other the first decides the others, and of several that decide one column the one of most values does.
func FindRules(t *Table) []Found {
	sums := findSums(t)
	total := make([]bool, len(t.cols))
	var found []Found
	for _, s := range sums {
		total[s.cols[0]] = true
		found = append(found, s.found(t, "="))
	}
	for _, o := range findOrders(t, total) {
		found = append(found, o.found(t, "<="))
	}
	return append(found, t.acceptable(found)...)
}

// acceptable gives the dependencies that can be rules beside those of the schema and those found.
func (t *Table) acceptable(found []Found) (more []Found) {
	rules := slices.Clone(t.schema.Rules)
	add := func(r Rule) bool {
		stated := slices.ContainsFunc(rules, func(old Rule) bool { return old.String() == r.String() })
		if _, err := Fixes(append(rules, r)); stated || err != nil {
			return false
		}
		rules = append(rules, r)
		return true
	}
	for _, f := range found {
		add(f.Rule)
	}
	all := FindDependencies(t)
	// What decides a column that decides a third may do so where that one is missing: it has more values, and comes first.
	first := slices.Clone(all)
	slices.SortStableFunc(first, func(a, b Dependency) int { return b.Values - a.Values })
	accepted := make(map[string]bool)
	for _, d := range first {
		r := d.Rule()
		accepted[r.String()] = !slices.Contains(r.columns, t.schema.Person) && add(r)
	}
	for _, d := range all {
		if r := d.Rule(); accepted[r.String()] {
			more = append(more, Found{r, d.Rows, d.Rows})
		}
	}
	return more
}

// candidate is a rule by column numbers and the rows on which it was tested.
type candidate struct {
	cols []int
	rows int
}

func (c *candidate) found(t *Table, op string) Found {
	r := Rule{op: op}
	for _, col := range c.cols {
		r.columns = append(r.columns, t.schema.Columns[col].Name)
	}
	return Found{Rule: r, Rows: c.rows, Holds: c.rows}
}

// findOrders looks for pairs of columns of which one is never above the other.
func findOrders(t *Table, total []bool) []candidate {
	type ends struct{ low, high int64 }
	var cols []int
	ranges := make(map[int]ends)
	for col := range t.cols {
		c := &t.schema.Columns[col]
		if !c.Kind.numeric() || c.Treat != Learn || total[col] {
			continue
		}
		e := ends{math.MaxInt64, math.MinInt64}
		for _, n := range t.cols[col].nums {
			if n >= lowestNumber {
				e = ends{min(e.low, n), max(e.high, n)}
			}
		}
		cols, ranges[col] = append(cols, col), e
	}
	logTried := math.Log(float64(len(cols) * len(cols)))
	var found []candidate
	for _, a := range cols {
		for _, b := range cols {
			ca, cb := &t.schema.Columns[a], &t.schema.Columns[b]
			if a == b || ca.Kind != cb.Kind || ca.Step != cb.Step || ranges[a].high <= ranges[b].low {
				continue
			}
			rows, ok := neverAbove(t.cols[a].nums, t.cols[b].nums)
			if ok && float64(rows)*logChanceBelow(t.cols[a].nums, t.cols[b].nums)+logTried < chanceLogLimit {
				found = append(found, candidate{[]int{a, b}, rows})
			}
		}
	}
	return reduce(t, found)
}

// neverAbove counts the rows in which both are numbers; ok tells that a <= b in all of them, and a < b in one.
func neverAbove(a, b []int64) (rows int, ok bool) {
	for i, x := range a {
		y := b[i]
		if x < lowestNumber || y < lowestNumber {
			continue
		}
		if x > y {
			return 0, false
		}
		ok = ok || x < y
		rows++
	}
	return rows, ok
}

// logChanceBelow gives the logarithm of the chance that a number of a is not above one of b, each drawn by itself
// from the rows in which both are numbers.
func logChanceBelow(a, b []int64) float64 {
	var as, bs []int64
	for i, x := range a {
		if x >= lowestNumber && b[i] >= lowestNumber {
			as, bs = append(as, x), append(bs, b[i])
		}
	}
	slices.Sort(as)
	slices.Sort(bs)
	pairs, at := 0.0, 0
	for _, y := range bs {
		for at < len(as) && as[at] <= y {
			at++
		}
		pairs += float64(at)
	}
	return math.Log(pairs / float64(len(as)) / float64(len(bs)))
}

// reduce leaves out a <= c where a <= b and b <= c are there and b is a number in every row.
func reduce(t *Table, orders []candidate) []candidate {
	below := make(map[[2]int]bool, len(orders))
	for _, o := range orders {
		below[[2]int{o.cols[0], o.cols[1]}] = true
	}
	var kept []candidate
	for _, o := range orders {
		implied := false
		for b := range t.cols {
			if below[[2]int{o.cols[0], b}] && below[[2]int{b, o.cols[1]}] && !slices.ContainsFunc(t.cols[b].nums, isGap) {
				implied = true
			}
		}
		if !implied {
			kept = append(kept, o)
		}
	}
	return kept
}

func isGap(n int64) bool { return n < lowestNumber }

// findSums looks for columns that are the sum of others.
func findSums(t *Table) []candidate {
	s := newSumSearch(t)
	if len(s.cols) < 3 || len(s.cols) >= 2000 {
		return nil
	}
	s.searchAll()
	// Fewer parts first, then more evidence, so that of the rules for one total the simplest is kept.
	slices.SortFunc(s.found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(len(a.cols), len(b.cols)), cmp.Compare(b.rows, a.rows), slices.Compare(a.cols, b.cols))
	})
	parts := make(map[int][]int) // of the totals kept
	var kept []candidate
	for _, c := range s.found {
		total := c.cols[0]
		if parts[total] != nil || reaches(parts, c.cols[1:], total) {
			continue
		}
		parts[total] = c.cols[1:]
		kept = append(kept, c)
	}
	slices.SortFunc(kept, func(a, b candidate) int { return slices.Compare(a.cols, b.cols) })
	return kept
}

// reaches tells whether total is one of cols, or a part of one of them, at any depth.
func reaches(parts map[int][]int, cols []int, total int) bool {
	return slices.ContainsFunc(cols, func(c int) bool { return c == total || reaches(parts, parts[c], total) })
}

// evidence tells whether the rule of a sum holds on all rows where it can be tested, how many those are, and that
// chance does not explain it: were any one of the columns independent of the others, a row would obey with at most
// the chance that two rows agree in that column.
func (s *sumSearch) evidence(cols []int) (rows int, ok bool) {
	check := s.t.ruleCheck("=", cols)
	var tested []int
	for i := range s.t.rows {
		testable, holds := check.row(i)
		if testable && !holds {
			return 0, false
		}
		if testable {
			tested = append(tested, i)
		}
	}
	values := make([]int64, len(tested))
	for _, col := range cols {
		for i, row := range tested {
			values[i] = s.t.cols[col].nums[row]
		}
		if !(float64(len(tested))*logAgree(values)+s.logTried < chanceLogLimit) {
			return 0, false
		}
	}
	return len(tested), true
}

// logAgree gives the logarithm of the chance that two values drawn with replacement are equal. It sorts values.
func logAgree(values []int64) float64 {
	slices.Sort(values)
	agree := 0.0
	for i := 0; i < len(values); {
		j := i
		for j < len(values) && values[j] == values[i] {
			j++
		}
		share := float64(j-i) / float64(len(values))
		agree += share * share
		i = j
	}
	return math.Log(agree)
}
