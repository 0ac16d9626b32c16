package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	pairColumns  = 8 // columns that matter most to the detector, whose pairs are looked at
	pairPatterns = 6 // of each
	pairReasons  = 5 // pairs that are measured
	nearlyBest   = 0.9
)

// A contrast is how many rows of the real and of the synthetic side have a pattern, and how surely the shares differ.
type contrast struct {
	rows, of [2]int
	z        float64 // score test of equal shares, with persons as units; above 0: more synthetic rows
}

func (c *contrast) share(i int) float64 { return float64(c.rows[i]) / float64(max(c.of[i], 1)) }

func (c *contrast) difference() float64 { return math.Abs(c.share(1) - c.share(0)) }

// hits tells which rows have a pattern.
func (h *halves) hits(p *pattern, rows [2][]int32) (out [2][]bool) {
	for i, s := range h.side {
		out[i] = make([]bool, len(rows[i]))
		for k, r := range rows[i] {
			out[i][k] = p.has(s, int(r))
		}
	}
	return out
}

// contrast compares hits; among, where it is not nil, says which rows count.
func (h *halves) contrast(hit, among [2][]bool, rows [2][]int32) contrast {
	var c contrast
	for i := range hit {
		for k, yes := range hit[i] {
			if among[i] != nil && !among[i][k] {
				continue
			}
			c.of[i]++
			if yes {
				c.rows[i]++
			}
		}
	}
	all := float64(c.rows[0]+c.rows[1]) / float64(max(c.of[0]+c.of[1], 1))
	spread := 0.0
	for i, s := range h.side {
		off := make(map[int32]float64, len(rows[i])) // by person: hits beyond what the common share gives
		for k, r := range rows[i] {
			if among[i] == nil || among[i][k] {
				off[s.person[r]] += is(hit[i][k]) - all
			}
		}
		// Sorted, as a sum must not depend on the order of a map.
		squares := make([]float64, 0, len(off))
		for _, x := range off {
			squares = append(squares, x*x)
		}
		slices.Sort(squares)
		for _, x := range squares {
			spread += x / float64(c.of[i]) / float64(c.of[i])
		}
	}
	if spread > 0 && min(c.of[0], c.of[1]) > 0 {
		c.z = (c.share(1) - c.share(0)) / math.Sqrt(spread)
	}
	return c
}

// p is two-sided.
func (c *contrast) p() float64 { return 2 * distuv.UnitNormal.CDF(-math.Abs(c.z)) }

// A candidate is a pattern, or two that a row has together, with what the rows that find say of it.
type candidate struct {
	pattern
	both     *[2]pattern // of two columns
	contrast contrast
}

// reasons finds candidates on one half and measures them on the other. gain says by column what the detector's splits are worth.
func (h *halves) reasons(gain []float64) []Reason {
	var found []candidate
	for _, col := range h.v.learnedColumns() {
		found = append(found, h.single(col)...)
	}
	for _, p := range h.together() {
		found = append(found, candidate{pattern: p, contrast: h.contrast(h.hits(&p, h.find), [2][]bool{}, h.find)})
	}
	found = append(found, h.pairs(gain)...)
	var p []float64
	for i := range found {
		c := &found[i]
		hit := h.hits(&c.pattern, h.measure)
		c.contrast = h.contrast(hit, [2][]bool{}, h.measure)
		p = append(p, c.contrast.p())
		if c.both != nil {
			p[i] = h.beyondSingle(c.both, hit, h.measure)
		}
	}
	adjusted := holmP(p)
	var out []Reason
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(found[b].contrast.z), math.Abs(found[a].contrast.z))
	})
	for _, i := range order {
		if c := &found[i]; adjusted[i] <= lookLevel && c.contrast.difference() >= explainShare && len(out) < mostReasons {
			out = append(out, h.reason(c, adjusted[i]))
		}
	}
	return out
}

// single gives the patterns of a column that differ most: of how it is written, and else of what it says, unless the former explains
// more. Of several nearly as good ones the first is taken.
func (h *halves) single(col int) []candidate {
	var best [2]candidate // what it says, how it is written
	for _, p := range h.patterns(col) {
		c := candidate{pattern: p, contrast: h.contrast(h.hits(&p, h.find), [2][]bool{}, h.find)}
		kind := int(is(p.form))
		if nearlyBest*math.Abs(c.contrast.z) > math.Abs(best[kind].contrast.z) {
			best[kind] = c
		}
	}
	var out []candidate
	for kind, c := range best {
		if c.has != nil && (kind == 1 || math.Abs(c.contrast.z) > math.Abs(best[1].contrast.z)) {
			out = append(out, c)
		}
	}
	return out
}

// pairs are patterns of two columns that a row has together more or less often than each of the two alone would make it.
func (h *halves) pairs(gain []float64) []candidate {
	cols := h.v.learnedColumns()
	slices.SortStableFunc(cols, func(a, b int) int { return cmp.Compare(gain[b], gain[a]) })
	cols = cols[:min(len(cols), pairColumns)]
	patterns, hits := make([][]pattern, len(cols)), make([][][2][]bool, len(cols))
	for i, col := range cols {
		patterns[i] = slices.DeleteFunc(h.patterns(col), func(p pattern) bool { return p.form })
		patterns[i] = patterns[i][:min(len(patterns[i]), pairPatterns)]
		for _, p := range patterns[i] {
			hits[i] = append(hits[i], h.hits(&p, h.find))
		}
	}
	var found []candidate
	for i := range cols {
		for j := i + 1; j < len(cols); j++ {
			best := candidate{}
			for a, p := range patterns[i] {
				for b, q := range patterns[j] {
					c := candidate{both: &[2]pattern{p, q}}
					c.contrast.z = h.least(hits[i][a], hits[j][b], h.find)
					if math.Abs(c.contrast.z) > math.Abs(best.contrast.z) {
						best = c
					}
				}
			}
			if best.both != nil {
				found = append(found, h.joined(best))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(math.Abs(b.contrast.z), math.Abs(a.contrast.z)) })
	return found[:min(len(found), pairReasons)]
}

// joined makes one pattern of two.
func (h *halves) joined(c candidate) candidate {
	p, q := c.both[0], c.both[1]
	c.pattern = pattern{
		cols:  []int{p.cols[0], q.cols[0]},
		words: fmt.Sprintf("%s and %s %s", p.words, h.v.columns[q.cols[0]].name, q.words),
		has:   func(s *side, row int) bool { return p.has(s, row) && q.has(s, row) },
	}
	return c
}

// least is how surely two patterns come together more or less often than either alone explains: of the rows that have the one, the
// share of the other must differ, and the other way round. 0 where the two disagree.
func (h *halves) least(p, q [2][]bool, rows [2][]int32) float64 {
	a, b := h.contrast(p, q, rows), h.contrast(q, p, rows)
	if a.z*b.z <= 0 {
		return 0
	}
	if math.Abs(a.z) < math.Abs(b.z) {
		return a.z
	}
	return b.z
}

// beyondSingle is the p of that.
func (h *halves) beyondSingle(both *[2]pattern, hit [2][]bool, rows [2][]int32) float64 {
	c := contrast{z: h.least(h.hits(&both[0], rows), h.hits(&both[1], rows), rows)}
	return c.p()
}

// holmP adjusts by Holm's procedure (1979).
func holmP(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out, most := make([]float64, len(p)), 0.0
	for rank, i := range order {
		most = math.Max(most, math.Min(p[i]*float64(len(p)-rank), 1))
		out[i] = most
	}
	return out
}
