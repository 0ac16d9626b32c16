package eval

import (
	"cmp"
	"math"
	"slices"
)

// A coarse is one column in few codes, the same for all tables, for tables of pairs of columns.
type coarse struct {
	size                 int
	learned, held, trial []uint8 // by row
}

// bins gives how many bins numbers fall into for samples of n rows: the noise of a joint table grows with its cells.
func bins(n int) int {
	return min(max(int(math.Cbrt(float64(n))), leastBins), mostBins)
}

// coarse gives column col in few codes: numbers in bins of about equal numbers of the people learned, and the commonest of
// all other codes; the rest share one.
func (v *view) coarse(col, bins int) coarse {
	c := &v.columns[col]
	own := &v.learned.cells[col]
	var numbers []float64
	counts := make([]int, len(c.label))
	for r, code := range own.code {
		if code == isNumber {
			numbers = append(numbers, own.num[r])
		} else {
			counts[code]++
		}
	}
	edges := quantiles(numbers, bins)
	room := bins
	if c.number {
		room = max(bins/2, 1) // for MISSING and marks
	}
	as, named := commonest(counts, room)
	rest := named + len(edges) + 1
	code := func(s *side) []uint8 {
		out := make([]uint8, s.rows)
		cells := &s.cells[col]
		for r, code := range cells.code {
			switch {
			case code == isNumber:
				at, _ := slices.BinarySearch(edges, cells.num[r])
				out[r] = uint8(named + at)
			case as[code] < 0:
				out[r] = uint8(rest)
			default:
				out[r] = uint8(as[code])
			}
		}
		return out
	}
	out := coarse{size: rest + 1, learned: code(v.learned), trial: code(v.trial)}
	if v.held != nil {
		out.held = code(v.held)
	}
	return out
}

// quantiles gives the upper edges of all bins but the last, ascending. A value that fills a bin has one of its own.
func quantiles(numbers []float64, bins int) []float64 {
	slices.Sort(numbers)
	var edges []float64
	for b, from := 0, 0; b < bins-1 && from < len(numbers); b++ {
		// What is left is shared by the bins that are left.
		at := from + (len(numbers)-from)/(bins-b) - 1
		at = max(at, from)
		last := at
		for last+1 < len(numbers) && numbers[last+1] == numbers[at] {
			last++
		}
		if last+1 == len(numbers) {
			// The value reaches to the end: what lies below is a bin of its own.
			first, _ := slices.BinarySearch(numbers, numbers[at])
			if first > from {
				edges = append(edges, numbers[first-1])
			}
			break
		}
		edges = append(edges, numbers[last])
		from = last + 1
	}
	return edges
}

// commonest gives the room codes with the highest counts new codes from 0 on, in their old order, and the others -1.
func commonest(counts []int, room int) (as []int, named int) {
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	as = make([]int, len(counts))
	for i := range as {
		as[i] = -1
	}
	for _, i := range order[:min(room, len(order))] {
		if counts[i] > 0 {
			as[i] = 0
		}
	}
	for i := range as {
		if as[i] == 0 {
			as[i] = named
			named++
		}
	}
	return as, named
}
