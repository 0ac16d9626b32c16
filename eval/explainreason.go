package eval

import (
	"cmp"
	"context"
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

// A candidate is a pattern, or some that a row has together, with what the rows that find say of it.
type candidate struct {
	pattern
	parts    []pattern // of two columns or three; nil: it is a pattern of one
	contrast contrast
}

// excess is that of the leaf with the rows that have the pattern, or of the one with all others if that is the more synthetic of the two.
func (c *candidate) excess() float64 {
	real, fake := c.contrast.share(0), c.contrast.share(1)
	return math.Max(excess(real, fake), excess(1-real, 1-fake))
}

// reasons finds candidates on one half and measures them on the other. gain says by column what the detector's splits are worth.
func (h *halves) reasons(ctx context.Context, gain []float64) ([]Reason, error) {
	found, leaves, err := h.candidates(ctx, gain)
	if err != nil {
		return nil, err
	}
	p := make([]float64, len(found))
	for i := range found {
		c := &found[i]
		hit := h.hits(&c.pattern, h.measure)
		c.contrast = h.contrast(hit, [2][]bool{}, h.measure)
		p[i] = c.contrast.p()
		if c.parts != nil {
			p[i] = (&contrast{z: h.least(c.parts, h.measure)}).p()
		}
	}
	adjusted := holmP(p)
	certain := func(i int) bool { return adjusted[i] <= lookLevel && found[i].contrast.difference() >= explainShare }
	var out []Reason
	worst := worstLeaf(found, certain)
	if worst >= 0 {
		out = append(out, h.reason(&found[worst], adjusted[worst]))
		out[0].Leaf, out[0].Sentence = true, h.sentence(&found[worst], true)
	}
	order := make([]int, len(found)-leaves)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(math.Abs(found[b].contrast.z), math.Abs(found[a].contrast.z))
	})
	for _, i := range order {
		if certain(i) && i != worst && len(out) < mostReasons {
			out = append(out, h.reason(&found[i], adjusted[i]))
		}
	}
	return out, nil
}

// worstLeaf gives the candidate with the greatest excess of those that are certain; of several nearly as great the first that an option
// mends. It is -1 where none is certain.
func worstLeaf(found []candidate, certain func(i int) bool) int {
	worst, most := -1, 0.0
	for i := range found {
		if e := found[i].excess(); e > most && certain(i) {
			worst, most = i, e
		}
	}
	for i := range found {
		if found[i].remedy != "" && found[i].contrast.z > 0 && certain(i) && found[i].excess() >= nearlyBest*most {
			return i
		}
	}
	return worst
}

// candidates are what the finding half says: of each column, of orders and rules, of two columns, each of which is a tree of one question,
// and the leaves of the tree of several. The last so many are leaves that none of the others says already.
func (h *halves) candidates(ctx context.Context, gain []float64) (found []candidate, leaves int, err error) {
	var traits []pattern
	for _, col := range h.v.learnedColumns() {
		found = append(found, h.single(col)...)
		traits = append(append(traits, h.patterns(col)...), h.parts(col)...)
	}
	more := append(h.pairs(gain), h.triples(gain)...)
	for _, p := range h.together() {
		more = append(more, candidate{pattern: p, contrast: h.contrast(h.hits(&p, h.find), [2][]bool{}, h.find)})
	}
	for _, c := range more {
		// A row that has not two patterns together lacks the one or the other: no sentence says so. So the tree asks for pairs that real
		// rows have less often, whose leaf is the one with the pair.
		if c.parts == nil || c.contrast.z > 0 {
			traits = append(traits, c.pattern)
		}
	}
	found = append(found, more...)
	rules, err := h.leafRules(ctx, traits)
	for _, r := range rules {
		if slices.ContainsFunc(found, r.same) || slices.ContainsFunc(found, r.opposite) {
			continue
		}
		found = append(found, r)
		leaves++
	}
	return found, leaves, err
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
		patterns[i] = h.meanings(col)
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
					c := candidate{parts: []pattern{p, q}}
					c.contrast.z = h.leastOf([][2][]bool{hits[i][a], hits[j][b]}, h.find)
					if math.Abs(c.contrast.z) > math.Abs(best.contrast.z) {
						best = c
					}
				}
			}
			if best.parts != nil {
				found = append(found, h.joined(best))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(math.Abs(b.contrast.z), math.Abs(a.contrast.z)) })
	return found[:min(len(found), pairReasons)]
}

// meanings are the patterns of what a column says, not of how it is written.
func (h *halves) meanings(col int) []pattern {
	return slices.DeleteFunc(slices.Clone(h.patterns(col)), func(p pattern) bool { return p.form })
}

// joined makes one pattern of the parts.
func (h *halves) joined(c candidate) candidate {
	parts := c.parts
	c.pattern = pattern{joined: true, has: func(s *side, row int) bool {
		return !slices.ContainsFunc(parts, func(p pattern) bool { return !p.has(s, row) })
	}}
	for i, p := range parts {
		if i > 0 {
			c.words += " and " + h.v.columns[p.cols[0]].name + " "
		}
		c.words += p.words
		c.cols = append(c.cols, p.cols[0])
	}
	return c
}

// least is how surely patterns come together more or less often than fewer of them explain: of the rows that have all but one, the
// share of that one must differ, whichever it is. 0 where they disagree.
func (h *halves) least(parts []pattern, rows [2][]int32) float64 {
	var hits [][2][]bool
	for i := range parts {
		hits = append(hits, h.hits(&parts[i], rows))
	}
	return h.leastOf(hits, rows)
}

func (h *halves) leastOf(hits [][2][]bool, rows [2][]int32) float64 {
	least := math.Inf(1)
	for i := range hits {
		c := h.contrast(hits[i], together(slices.Delete(slices.Clone(hits), i, i+1)), rows)
		switch {
		case i > 0 && c.z*least <= 0:
			return 0
		case math.Abs(c.z) < math.Abs(least):
			least = c.z
		}
	}
	return least
}

// together tells which rows have every pattern.
func together(hits [][2][]bool) (out [2][]bool) {
	for i := range out {
		out[i] = slices.Clone(hits[0][i])
		for _, hit := range hits[1:] {
			for k, yes := range hit[i] {
				out[i][k] = out[i][k] && yes
			}
		}
	}
	return out
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
