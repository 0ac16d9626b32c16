package eval

import (
	"cmp"
	"math"
	"slices"

	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// A ColumnShape is how the cells of one column are spread over bins, in the whole real table and in the table that is judged.
// It is made to be drawn: no bin has fewer real people than the greater of 5 and Options.Protect, unless it has none at all,
// the outer bins are open, and their edges are round numbers. Cells of fewer people that fit nowhere are left out.
type ColumnShape struct {
	Column string
	Kind   table.Kind // Category, Ordered, Whole, Decimal or Date
	Bins   []Bin      // of numbers and dates ascending, of Ordered in order, of Category the commonest first
}

// A Bin is one value, a range of numbers, or what is left.
type Bin struct {
	Label    string  // "20 to 29", "Red", "other values", "missing"
	From, To float64 // where to draw a range of numbers, a date in seconds since 1970; both 0 for what is no range
	Real     int     // rows of the real table
	Fake     int     // rows of the table that is judged
}

// A PairLikeness is how well the joint table of two columns is met, as the check "pairs of columns" sees it.
type PairLikeness struct {
	Columns     [2]string
	Weight      float64 // how much the columns depend on each other, beyond chance; 0 hardly at all
	Value, Real float64 // points of 100, as of Metric "pairs.tv"; Real is NaN without people set aside
}

// mostBars is how many bins of one column are drawn, beside what is left and what is missing.
const mostBars = 12

// A drawnBin is a Bin in the making, with what Bin does not say.
type drawnBin struct {
	Bin
	low, high float64 // edges of a range of numbers: low <= x < high; the outer ones are infinite
	people    int     // real ones, at least
	last      int32   // of them, from 1 on: people are counted one after the other
}

// A spreading says which bin a cell is in.
type spreading struct {
	bins  []drawnBin
	loose []int     // by code, from 0 on: index of the bin
	edges []float64 // ascending; a number is in the bin of how many edges it has reached
	date  *dateUnit // of dates
}

// shapes gives the learned columns as they are drawn.
func (v *view) shapes() []ColumnShape {
	cols := v.learnedColumns()
	out := make([]ColumnShape, len(cols))
	k := max(v.opt.Protect, rarePersons)
	rows := v.all.byPerson()
	run.Parallel(len(cols), func(i int) {
		c := &v.columns[cols[i]]
		out[i] = ColumnShape{Column: c.name, Kind: c.schema.Kind}
		var s spreading
		if c.number {
			s = v.spreadNumbers(cols[i], k)
			v.count(&s, cols[i], rows)
			s.mergeNumbers(k, v.all.persons == v.all.rows, c)
		} else {
			s = v.spreadValues(cols[i], k, rows)
			v.count(&s, cols[i], rows)
		}
		for _, b := range s.bins {
			if b.Real+b.Fake > 0 && (b.people == 0 || b.people >= k) {
				out[i].Bins = append(out[i].Bins, b.Bin)
			}
		}
	})
	return out
}

// count fills in the rows and people of the bins; rows are the real ones, those of a person together.
func (v *view) count(s *spreading, col int, rows []int) {
	find := func(cells *cells, row int) *drawnBin {
		if code := cells.code[row]; code != isNumber {
			return &s.bins[s.loose[code]]
		}
		at, equal := slices.BinarySearch(s.edges, cells.num[row])
		if equal {
			at++
		}
		return &s.bins[at]
	}
	for r := range v.all.rows {
		find(&v.all.cells[col], r).Real++
	}
	for r := range v.result.rows {
		find(&v.result.cells[col], r).Fake++
	}
	for _, r := range rows {
		b, p := find(&v.all.cells[col], r), v.all.person[r]+1
		if b.last != p {
			b.last = p
			b.people++
		}
	}
}

// holders counts the real people that have each code of a column without numbers, and its rows.
func (v *view) holders(col int, rows []int) (people, counts []int) {
	n := len(v.columns[col].label)
	people, counts = make([]int, n), make([]int, n)
	last := make([]int32, n)
	for _, r := range rows {
		code, p := v.all.cells[col].code[r], v.all.person[r]+1
		counts[code]++
		if last[code] != p {
			last[code] = p
			people[code]++
		}
	}
	return people, counts
}

// spreadValues gives each of the commonest values a bin of its own, and one to all others: so many that they are of k people.
func (v *view) spreadValues(col, k int, rows []int) spreading {
	c := &v.columns[col]
	s := spreading{loose: make([]int, len(c.label))}
	people, counts := v.holders(col, rows)
	var named []int
	others := 0
	for code := 1; code < len(c.label); code++ {
		if people[code] >= k {
			named = append(named, code)
		} else {
			others += people[code]
		}
	}
	slices.SortStableFunc(named, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	for len(named) > mostBars || 0 < others && others < k && len(named) > 0 {
		last := named[len(named)-1]
		if v.all.persons == v.all.rows {
			others += people[last]
		} else {
			others = max(others, people[last]) // they may be the same people
		}
		named = named[:len(named)-1]
	}
	if c.schema.Kind == table.Ordered {
		slices.Sort(named)
	}
	for i := range s.loose {
		s.loose[i] = len(named)
	}
	for i, code := range named {
		s.bins = append(s.bins, drawnBin{Bin: Bin{Label: c.label[code]}})
		s.loose[code] = i
	}
	s.loose[none] = len(named) + 1
	s.bins = append(s.bins, drawnBin{Bin: Bin{Label: "other values"}}, drawnBin{Bin: Bin{Label: "missing"}})
	return s
}

// spreadNumbers cuts the range from the k-th smallest to the k-th largest number into bins of equal width.
func (v *view) spreadNumbers(col, k int) spreading {
	c := &v.columns[col]
	s := spreading{loose: make([]int, len(c.label))}
	low, high := v.commonRange(col, k)
	if c.schema.Kind == table.Date {
		s.date = dateUnitOf(high-low, c.schema.Step)
		s.edges = s.date.edges(low, high)
	} else {
		s.edges = roundEdges(low, high, c.schema.Step)
	}
	for i := range s.loose {
		s.loose[i] = len(s.edges) + 1
	}
	s.loose[none] = len(s.edges) + 2
	from := math.Inf(-1)
	for _, e := range append(slices.Clone(s.edges), math.Inf(1)) {
		s.bins = append(s.bins, drawnBin{low: from, high: e})
		from = e
	}
	s.bins = append(s.bins, drawnBin{Bin: Bin{Label: "not a number"}}, drawnBin{Bin: Bin{Label: "missing"}})
	return s
}

// commonRange is the range from the k-th smallest to the k-th largest number, where each person counts once on either side;
// low above high where there are fewer people.
func (v *view) commonRange(col, k int) (low, high float64) {
	least, most := make([]float64, v.all.persons), make([]float64, v.all.persons)
	for p := range least {
		least[p], most[p] = math.Inf(1), math.Inf(-1)
	}
	for r, code := range v.all.cells[col].code {
		if code == isNumber {
			p, x := v.all.person[r], v.all.cells[col].num[r]
			least[p], most[p] = math.Min(least[p], x), math.Max(most[p], x)
		}
	}
	first := smallest(least, k)
	for p := range most {
		most[p] = -most[p]
	}
	last := smallest(most, k)
	return first, -last
}

// smallest gives the k-th smallest of x, infinite where there are fewer.
func smallest(x []float64, k int) float64 {
	found := make([]float64, 0, k+1) // ascending
	for _, y := range x {
		if len(found) == k && y >= found[k-1] {
			continue
		}
		at, _ := slices.BinarySearch(found, y)
		found = slices.Insert(found, at, y)
		found = found[:min(len(found), k)]
	}
	if len(found) < k {
		return math.Inf(1)
	}
	return found[k-1]
}

// mergeNumbers joins each of the ranges with the smaller of its neighbours until all have k people, and names them.
func (s *spreading) mergeNumbers(k int, onePersonARow bool, c *column) {
	n := len(s.edges) + 1 // what follows is no range
	ranges := slices.Clone(s.bins[:n])
	for len(ranges) > 1 {
		i := 0
		for j := range ranges {
			if ranges[j].people < ranges[i].people {
				i = j
			}
		}
		if ranges[i].people >= k {
			break
		}
		if i == len(ranges)-1 || i > 0 && ranges[i-1].people <= ranges[i+1].people {
			i--
		}
		a, b := &ranges[i], ranges[i+1]
		a.high, a.Real, a.Fake = b.high, a.Real+b.Real, a.Fake+b.Fake
		if onePersonARow {
			a.people += b.people
		} else {
			a.people = max(a.people, b.people) // they may be the same people
		}
		ranges = slices.Delete(ranges, i+1, i+2)
	}
	width := 1.0
	if len(s.edges) > 1 {
		width = s.edges[1] - s.edges[0]
	}
	for i := range ranges {
		b := &ranges[i]
		b.Label = rangeLabel(b.low, b.high, c, s.date)
		b.From, b.To = b.low, b.high
		if math.IsInf(b.low, 0) && math.IsInf(b.high, 0) {
			b.From, b.To = 0, 0
		} else if math.IsInf(b.low, 0) {
			b.From = s.edges[0] - width
		} else if math.IsInf(b.high, 0) {
			b.To = s.edges[len(s.edges)-1] + width
		}
	}
	s.bins = append(ranges, s.bins[n:]...)
}

// outsideShapes rounds the counts to 5.
func outsideShapes(shapes []ColumnShape) []ColumnShape {
	out := slices.Clone(shapes)
	for i := range out {
		out[i].Bins = slices.Clone(out[i].Bins)
		for j := range out[i].Bins {
			b := &out[i].Bins[j]
			b.Real, b.Fake = toFive(b.Real), toFive(b.Fake)
		}
	}
	return out
}

// toFive rounds a count to the next multiple of 5.
func toFive(n int) int { return (n + 2) / 5 * 5 }

// outsidePairs rounds the points to 5, and leaves out the rest.
func outsidePairs(pairs []PairLikeness) []PairLikeness {
	var out []PairLikeness
	for _, p := range pairs {
		out = append(out, PairLikeness{p.Columns, math.NaN(), 5 * math.Round(p.Value/5), 5 * math.Round(p.Real/5)})
	}
	return out
}
