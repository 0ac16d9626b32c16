package encode

import (
	"cmp"
	"slices"
)

// An obs is a value and the person who has it.
type obs struct {
	value  int64
	person int32
}

// A run is a stretch of equal values in sorted observations.
type run struct {
	value    int64
	from, to int // observations
	persons  int
}

func (r run) rows() int { return r.to - r.from }

// A census counts different persons.
type census struct {
	stamp []int32 // the last count in which a person was seen
	now   int32
	n     int
}

func newCensus(persons int) *census { return &census{stamp: make([]int32, persons)} }

// reset starts a new count.
func (c *census) reset() { c.now++; c.n = 0 }

// add counts a person once and gives how many there are.
func (c *census) add(person int32) int {
	if c.stamp[person] != c.now {
		c.stamp[person] = c.now
		c.n++
	}
	return c.n
}

// count gives how many different persons s has.
func (c *census) count(s []obs) int {
	c.reset()
	for _, o := range s {
		c.add(o.person)
	}
	return c.n
}

// runs sorts s and parts it by value.
func (c *census) runs(s []obs) []run {
	slices.SortFunc(s, func(a, b obs) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return int(a.person) - int(b.person)
	})
	var out []run
	for from := 0; from < len(s); {
		to := from + 1
		persons := 1
		for to < len(s) && s[to].value == s[from].value {
			if s[to].person != s[to-1].person {
				persons++
			}
			to++
		}
		out = append(out, run{s[from].value, from, to, persons})
		from = to
	}
	return out
}

// span gives the protected range of sorted observations: from the k-th smallest to the k-th largest value, counting
// persons, each moved outward to a multiple about midway to the next different value. k below 2 gives the whole range.
func (c *census) span(s []obs, runs []run, k int) (low, high int64) {
	i, j := c.kth(s, runs, k)
	low, high = runs[i].value, runs[j].value
	if i > 0 {
		low -= (low - runs[i-1].value) / 2
	}
	if j+1 < len(runs) {
		high += (runs[j+1].value - high) / 2
	}
	return low, high
}

// inner gives the k-th smallest and the k-th largest value themselves.
func (c *census) inner(s []obs, runs []run, k int) (low, high int64) {
	i, j := c.kth(s, runs, k)
	return runs[i].value, runs[j].value
}

// kth gives the runs of the k-th smallest and the k-th largest value, counting persons.
func (c *census) kth(s []obs, runs []run, k int) (i, j int) {
	c.reset()
	for i < len(runs)-1 && c.addAll(s[runs[i].from:runs[i].to]) < k {
		i++
	}
	c.reset()
	j = len(runs) - 1
	for j > 0 && c.addAll(s[runs[j].from:runs[j].to]) < k {
		j--
	}
	return min(i, j), max(i, j)
}

func (c *census) addAll(s []obs) int {
	for _, o := range s {
		c.add(o.person)
	}
	return c.n
}

// perValue gives, for n values, how many different persons have each. value(row) below 0 is none.
func (c *census) perValue(n int, person []int32, value func(row int) int) (rows []int64, persons []int) {
	rows, persons = make([]int64, n), make([]int, n)
	byValue := make([][]int32, n)
	for r, p := range person {
		if v := value(r); v >= 0 {
			byValue[v] = append(byValue[v], p)
			rows[v]++
		}
	}
	for v, list := range byValue {
		c.reset()
		for _, p := range list {
			c.add(p)
		}
		persons[v] = c.n
	}
	return rows, persons
}

// tenths rounds shares to 10 % by the largest remainder; the earlier of two equals gets more. All 0 stays.
func tenths(weights []int64) []int64 {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	out := make([]int64, len(weights))
	if total == 0 {
		return out
	}
	order := make([]int, len(weights))
	left := int64(10)
	for i, w := range weights {
		order[i] = i
		out[i] = w * 10 / total
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(weights[b]*10%total, weights[a]*10%total) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}
