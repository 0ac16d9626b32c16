package table

import (
	"math"
	"slices"
)

// Dependency is what two columns have in common in every row, beyond chance.
type Dependency struct {
	// Form is "decides": rows that are alike in A are alike in B, as far as both have a value; a functional dependency. Or it is "either": exactly
	// one of A and B has a value.
	Form string
	A, B string // columns
	// Rows is how many rows it could be seen in: those with both values, or all.
	Rows int
	// Values is how many different values A has in those rows; 0 for "either".
	Values int
}

// Rule gives the dependency as a rule, "A -> B" or "A xor B".
func (d *Dependency) Rule() Rule {
	op := "->"
	if d.Form == "either" {
		op = "xor"
	}
	return Rule{op, []string{d.A, d.B}}
}

// FindDependencies lists the dependencies that all rows of t obey. Columns that are left out, and for "decides" ids, names and texts, take no
// part.
//
// Chance is excluded as by [FindRules]: below 1e-6, over all pairs of columns, were the two independent. For "decides" the first person of
// each value of A tells the value of B, and every other person with that value of A then has it with at most the share of the most common
// value of B; for "either" two gaps complete each other in every person with the chance that their shares give. Persons count once for each
// value of A that they have. What follows from two others is left out.
func FindDependencies(t *Table) []Dependency {
	f := newDependencySearch(t)
	found := f.reduced(f.decided())
	return append(found, f.either()...)
}

// dependencySearch has the cells of t as small codes.
type dependencySearch struct {
	t        *Table
	person   []int32
	cols     []int     // those that can decide or be decided
	codes    [][]int32 // by number in cols and row: 0, 1, ...; -1 is missing or a mark
	values   []int     // by number in cols: how many different codes
	logTried float64
}

func newDependencySearch(t *Table) *dependencySearch {
	f := &dependencySearch{t: t}
	f.person, _ = t.Persons()
	for col := range t.cols {
		c := &t.schema.Columns[col]
		if c.Treat != Learn || c.Kind == ID || c.Kind == Text {
			continue
		}
		codes, n := t.cols[col].codes, len(c.Values)
		if c.Kind.numeric() {
			codes, n = denseCodes(t.cols[col].nums)
		}
		f.cols, f.codes, f.values = append(f.cols, col), append(f.codes, codes), append(f.values, n)
	}
	f.logTried = math.Log(float64(max(len(t.cols)*len(t.cols), 1)))
	return f
}

// denseCodes numbers the different numbers in the order in which they are met.
func denseCodes(nums []int64) (codes []int32, n int) {
	seen := make(map[int64]int32)
	codes = make([]int32, len(nums))
	for i, x := range nums {
		if codes[i] = -1; x < lowestNumber {
			continue
		}
		k, ok := seen[x]
		if !ok {
			k = int32(len(seen))
			seen[x] = k
		}
		codes[i] = k
	}
	return codes, len(seen)
}

// edge says that column a of the search decides column b.
type edge struct{ a, b, rows, values int }

// decided lists all pairs of which the first decides the second.
func (f *dependencySearch) decided() []edge {
	most := slices.Max(append(slices.Clone(f.values), 0))
	told, by := make([]int32, most), make([]int, most) // what a value of a goes with, and the pair that says so
	var found []edge
	for a := range f.cols {
		for b := range f.cols {
			if a == b {
				continue
			}
			e, ok := f.decides(a, b, told, by)
			// At best the values of b are equally common, which is looked at first, as a column that hardly repeats decides all others.
			if ok && f.beyond(e.rows-e.values, 1/float64(f.values[b])) && f.evident(e) {
				found = append(found, e)
			}
		}
	}
	return found
}

// decides tells whether no value of a goes with two of b. Most pairs are seen not to in a few rows.
func (f *dependencySearch) decides(a, b int, told []int32, by []int) (e edge, ok bool) {
	e = edge{a: a, b: b}
	pair, y := 1+a*len(f.cols)+b, f.codes[b]
	for i, x := range f.codes[a] {
		switch {
		case x < 0 || y[i] < 0:
			continue
		case by[x] != pair:
			told[x], by[x] = y[i], pair
			e.values++
		case told[x] != y[i]:
			return e, false
		}
		e.rows++
	}
	return e, true
}

// beyond tells whether it is beyond chance that each of n persons has what others have already told, where the most common has that share.
func (f *dependencySearch) beyond(n int, share float64) bool {
	return n > 0 && float64(n)*math.Log(share)+f.logTried < chanceLogLimit
}

// evident tells whether chance does not explain an edge. Where persons have several rows, they count once for each value.
func (f *dependencySearch) evident(e edge) bool {
	type once struct{ person, value int32 }
	seen := make(map[once]bool)
	share := make([]int, f.values[e.b])
	told := 0
	for i, x := range f.codes[e.a] {
		y := f.codes[e.b][i]
		if x < 0 || y < 0 {
			continue
		}
		if f.t.schema.Person != "" {
			who := once{f.person[i], x}
			if seen[who] {
				continue
			}
			seen[who] = true
		}
		share[y]++
		told++
	}
	return f.beyond(told-e.values, float64(slices.Max(share))/float64(told))
}

// reduced leaves out a -> c where a -> b and b -> c are there and b has a value in every row. Of columns that decide each other the first stands for all.
func (f *dependencySearch) reduced(edges []edge) []Dependency {
	has := make(map[[2]int]bool, len(edges))
	for _, e := range edges {
		has[[2]int{e.a, e.b}] = true
	}
	always := make([]bool, len(f.cols))
	for i := range always {
		always[i] = !slices.Contains(f.codes[i], -1)
	}
	var kept []Dependency
	for _, e := range edges {
		implied := false
		for b := range f.cols {
			if !always[b] || b == e.a || b == e.b || !has[[2]int{e.a, b}] || !has[[2]int{b, e.b}] {
				continue
			}
			back, on := has[[2]int{b, e.a}], has[[2]int{e.b, b}]
			implied = implied || (!back || b < e.a) && (!on || b < e.b)
		}
		if !implied {
			kept = append(kept, Dependency{Form: "decides", A: f.name(e.a), B: f.name(e.b), Rows: e.rows, Values: e.values})
		}
	}
	return kept
}

func (f *dependencySearch) name(i int) string { return f.t.schema.Columns[f.cols[i]].Name }

// either lists the pairs of which exactly one has a value in each row.
func (f *dependencySearch) either() []Dependency {
	var cols []int
	var gaps [][]bool
	for col := range f.t.cols {
		if f.t.schema.Columns[col].Treat == Drop {
			continue
		}
		if g := f.t.gaps(col); slices.Contains(g, true) && slices.Contains(g, false) {
			cols, gaps = append(cols, col), append(gaps, g)
		}
	}
	var found []Dependency
	for j := range cols {
		for i := range j {
			if f.complementary(gaps[i], gaps[j]) {
				s := f.t.schema
				found = append(found, Dependency{Form: "either", A: s.Columns[cols[i]].Name, B: s.Columns[cols[j]].Name, Rows: f.t.rows})
			}
		}
	}
	return found
}

// complementary tells whether each row has exactly one of two gaps, and chance does not explain it.
func (f *dependencySearch) complementary(a, b []bool) bool {
	type once struct {
		person int32
		gap    bool
	}
	seen := make(map[once]bool)
	gaps := 0
	for i, gap := range a {
		if gap == b[i] {
			return false
		}
		if who := (once{f.person[i], gap}); !seen[who] {
			seen[who] = true
			if gap {
				gaps++
			}
		}
	}
	n := float64(len(seen))
	share := float64(gaps) / n
	return n*math.Log(share*share+(1-share)*(1-share))+f.logTried < chanceLogLimit
}

// gaps tells of each row whether the cell of a column is missing.
func (t *Table) gaps(col int) []bool {
	out := make([]bool, t.rows)
	c := &t.cols[col]
	for i := range out {
		if c.nums != nil {
			out[i] = c.nums[i] == noNumber
		} else {
			out[i] = c.codes[i] < 0
		}
	}
	return out
}
