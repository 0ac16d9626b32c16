package encode

import (
	"cmp"
	"math"
	"slices"
)

// A cutter parts sorted observations into cells.
type cutter struct {
	census    *census
	k         int // persons that an exact value must have
	n         int // rows of the table
	low, high int64
	bins      int // about how many
	few, most int // the most exact values of a column of few values, and of another
}

// coarse gives the number of groups, K1: the square root of the number of rows, from 8 to 64.
func coarse(rows int) int { return min(max(int(math.Sqrt(float64(rows))), 8), 64) }

// need gives the persons that a bin must have. It is 5 also where protection is off: the edges of bins of one value each would
// give all values away to anyone who knows one of them.
func (c *cutter) need() int { return max(c.k, 5) }

// cut gives the cells of s, which must not be empty. Values below low or above high count as low and high.
func (c *cutter) cut(s []obs, runs []run) cells {
	exact := c.exact(s, runs)
	var out cells
	low := c.low
	from := 0 // the first run that is not yet in a cell
	rest := len(s)
	for _, e := range exact {
		rest -= runs[e].rows()
	}
	target := max(rest/c.bins, 1)
	out.unit, out.heap = heaping(runs, exact, rest)
	for _, e := range exact {
		c.between(s, runs[from:e], low, runs[e].value-1, target, true, &out)
		out.low = append(out.low, runs[e].value)
		out.high = append(out.high, runs[e].value)
		low, from = runs[e].value+1, e+1
	}
	c.between(s, runs[from:], low, c.high, target, len(exact) > 0, &out)
	if out.len() == 0 {
		out.low, out.high = []int64{c.low}, []int64{c.high}
	}
	out.rows = make([]int64, out.len())
	for _, r := range runs {
		out.rows[out.find(min(max(r.value, c.low), c.high))] += int64(r.rows())
	}
	out.smooth()
	return out
}

// exact gives the runs that get a code of their own, ascending: all that k persons have in a column of few values, those
// that stand out in others. A column of few values has 100 or a tenth of the rows, three rows a value; or a narrow range.
func (c *cutter) exact(s []obs, runs []run) []int {
	few := len(runs) <= max(100, len(s)/10) && 3*len(runs) <= len(s) ||
		uint64(runs[len(runs)-1].value-runs[0].value) <= 200
	least, most := max(c.k, 1), c.few
	if !few {
		least, most = max(c.k, 5, c.n/2000), c.most
	}
	var out []int
	for i, r := range runs {
		if r.persons >= least && r.value >= c.low && r.value <= c.high && (few || standsOut(runs, i)) {
			out = append(out, i)
		}
	}
	if len(out) > most {
		slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(runs[b].rows(), runs[a].rows()) })
		out = out[:most]
		slices.Sort(out)
	}
	return out
}

// standsOut tells whether run i has many more rows than the multiples of the step around it have on average.
func standsOut(runs []run, i int) bool {
	from, to := max(i-8, 0), min(i+8, len(runs)-1)
	others := runs[to].to - runs[from].from - runs[i].rows()
	width := float64(runs[to].value-runs[from].value) + 1
	return float64(runs[i].rows()) >= 5+3*float64(others)/width
}

// between appends bins that part low..high, with at least need persons in each and about target rows. Where there are too
// few persons it appends nothing: their rows go to the nearest exact value.
func (c *cutter) between(s []obs, runs []run, low, high int64, target int, exact bool, out *cells) {
	if len(runs) == 0 || low > high || c.census.count(s[runs[0].from:runs[len(runs)-1].to]) < c.need() {
		return
	}
	first := out.len()
	out.low = append(out.low, low)
	out.high = append(out.high, high)
	c.census.reset()
	rows := 0
	for i, r := range runs {
		at := min(max(r.value, low), high)
		if i > 0 && rows >= target && c.census.n >= c.need() {
			if last := min(max(runs[i-1].value, low), high); last < at {
				edge := last + (at-last)/2 // last <= edge < at
				out.high[out.len()-1] = edge
				out.low = append(out.low, edge+1)
				out.high = append(out.high, high)
				c.census.reset()
				rows = 0
			}
		}
		c.census.addAll(s[r.from:r.to])
		rows += r.rows()
	}
	if c.census.n < c.need() && out.len()-first > 1 { // The rest joins the bin before it.
		out.join(out.len() - 1)
	}
	c.ends(runs, first, exact, out)
}

// ends takes away a first or last bin of one value that has its k persons only with those beyond the range: it joins its
// neighbour, or its rows go to the nearest exact value.
func (c *cutter) ends(runs []run, first int, exact bool, out *cells) {
	rare := func(i int) bool {
		return out.low[i] == out.high[i] && !slices.ContainsFunc(runs, func(r run) bool { return r.value == out.low[i] && r.persons >= c.k })
	}
	last := out.len() - 1
	switch {
	case last > first && rare(last):
		out.join(last)
	case last > first && rare(first):
		out.join(first + 1)
	case last == first && exact && rare(first):
		out.low, out.high = out.low[:first], out.high[:first]
	}
}

// join makes cells i-1 and i one.
func (c *cells) join(i int) {
	c.high[i-1] = c.high[i]
	c.low, c.high = slices.Delete(c.low, i, i+1), slices.Delete(c.high, i, i+1)
}

// heaping finds the largest round unit, a multiple of the step, of which the values that are not exact are multiples more
// often than by chance, and the part of them that is rounded to it.
func heaping(runs []run, exact []int, rows int) (unit int64, part float64) {
	var loose []run
	e := 0
	for i, r := range runs {
		if e < len(exact) && exact[e] == i {
			e++
			continue
		}
		loose = append(loose, r)
	}
	if len(loose) < 20 {
		return 0, 0
	}
	best := 0.2
	for _, u := range units {
		on := 0
		for _, r := range loose {
			if r.value%u == 0 {
				on += r.rows()
			}
		}
		// More than by chance: by five standard deviations. And a unit must not hide a coarser one of which all its
		// multiples are multiples, too.
		n, chance := float64(rows), 1/float64(u)
		if float64(on) < n*chance+5*math.Sqrt(n*chance*(1-chance)) {
			continue
		}
		if p := (float64(on)/n - chance) / (1 - chance); p >= best {
			unit, part = u, p
			best = max(0.95*p, 0.2)
		}
	}
	return unit, part
}

// units are what people round to: also to minutes of an hour, and to seconds of one.
var units = []int64{
	2, 5, 10, 15, 20, 25, 30, 50, 60, 100, 250, 300, 500, 900, 1000, 1800, 3600, 5000, 10_000, 50_000, 100_000, maxUnit,
}
