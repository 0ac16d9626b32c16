package great

import (
	"math"
	"sort"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// spans are closed, ascending and disjoint ranges of multiples of a step. A rank is the place of one of their numbers, in the order
// of value.
type spans struct {
	list [][2]int64
	rank []int64 // of the first number of each range; the last is the count of all
}

// newSpans gives what low..high and a condition, if there is one, have in common.
func newSpans(low, high int64, set *table.Set) spans {
	list := [][2]int64{{low, high}}
	if set != nil {
		list = set.Spans
	}
	s := spans{rank: []int64{0}}
	for _, p := range list {
		if a, b := max(low, p[0]), min(high, p[1]); a <= b {
			s.list = append(s.list, [2]int64{a, b})
			// More numbers than an int64 counts are only in columns that no rank is asked of.
			n := min(uint64(b-a), math.MaxInt64/4)
			s.rank = append(s.rank, s.count()+int64(n)+1)
		}
	}
	return s
}

// within gives the part of s that a limit leaves.
func (s spans) within(lim encode.Limit) spans {
	out := spans{rank: []int64{0}}
	for _, p := range s.list {
		part := newSpans(max(p[0], lim.Low), min(p[1], lim.High), lim.Set)
		for i, q := range part.list {
			out.list = append(out.list, q)
			out.rank = append(out.rank, out.count()+part.rank[i+1]-part.rank[i])
		}
	}
	return out
}

func (s spans) empty() bool { return len(s.list) == 0 }

func (s spans) count() int64 { return s.rank[len(s.rank)-1] }

// meets tells whether one of low..high is in s.
func (s spans) meets(low, high int64) bool {
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i][1] >= low })
	return i < len(s.list) && s.list[i][0] <= high
}

// at gives the number of a rank.
func (s spans) at(rank int64) int64 {
	i := sort.Search(len(s.list)-1, func(i int) bool { return s.rank[i+1] > rank })
	return s.list[i][0] + rank - s.rank[i]
}

// learned finds the numbers that a column's codes stand for, from the least to the greatest. The schema gives the same range as
// floating-point numbers, which are not exact beyond 2^53.
func learned(enc *encode.Encoder, first, card int) spans {
	row, ok := make([]int32, len(enc.Vars())), make([]bool, card)
	set := &table.Set{Spans: [][2]int64{{encode.NoLow, encode.NoHigh}}} // No mark, and no missing cell.
	found := func(low, high int64) bool {
		return enc.Allowed(first, row, encode.Limit{Set: set, Low: low, High: high}, ok) > 0
	}
	if !found(encode.NoLow, encode.NoHigh) {
		return newSpans(1, 0, nil)
	}
	low := bisect(func(x int64) bool { return found(encode.NoLow, x) })
	high := bisect(func(x int64) bool { return x == encode.NoHigh || !found(x+1, encode.NoHigh) })
	return newSpans(low, high, nil)
}

// bisect finds the least number for which holds, which holds for all greater ones, is true.
func bisect(holds func(x int64) bool) int64 {
	low, high := encode.NoLow, encode.NoHigh
	for low < high {
		mid := low + int64((uint64(high)-uint64(low))/2)
		if holds(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}
