package eval

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"example.org/cohort/internal/run"
)

const (
	tripleColumns = 40 // columns that matter most to the detector, whose triples are looked at
	tripleLooks   = 20 // triples that are looked at by person
	tripleReasons = 3  // that are measured
)

// A bitset has a bit for each row of the finding half.
type bitset []uint64

func newBitset(hit []bool) bitset {
	b := make(bitset, (len(hit)+63)/64)
	for i, yes := range hit {
		if yes {
			b[i/64] |= 1 << (i % 64)
		}
	}
	return b
}

func (b bitset) and(o bitset) bitset {
	out := make(bitset, len(b))
	for i, w := range b {
		out[i] = w & o[i]
	}
	return out
}

func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

func (b bitset) countAnd(o bitset) (n int) {
	for i, w := range b {
		n += bits.OnesCount64(w & o[i])
	}
	return n
}

// A marked pattern knows which rows of each side have it.
type marked struct {
	pattern
	rows [2]bitset
}

// triples are patterns of three columns that a row has together more or less often than any two of them explain. No split of a tree
// finds them where the columns, and every two of them, are as in real rows; so all are counted, by row, and the best looked at by person.
func (h *halves) triples(gain []float64) []candidate {
	cols := h.v.learnedColumns()
	slices.SortStableFunc(cols, func(a, b int) int { return cmp.Compare(gain[b], gain[a]) })
	cols = cols[:min(len(cols), tripleColumns)]
	patterns := make([][]marked, len(cols))
	for i, col := range cols {
		parts := h.parts(col)
		for k := 1; k < len(parts); k += 2 { // about the quartiles
			patterns[i] = append(patterns[i], marked{pattern: parts[k]})
		}
		says := h.meanings(col)
		for _, p := range says[:min(len(says), pairPatterns)] {
			patterns[i] = append(patterns[i], marked{pattern: p})
		}
		for k := range patterns[i] {
			hit := h.hits(&patterns[i][k].pattern, h.find)
			patterns[i][k].rows = [2]bitset{newBitset(hit[0]), newBitset(hit[1])}
		}
	}
	byFirst := make([][]candidate, len(cols))
	run.Parallel(len(cols), func(i int) { byFirst[i] = bestTriples(patterns[i], patterns[i+1:]) })
	found := slices.Concat(byFirst...)
	surest := func(a, b candidate) int { return cmp.Compare(math.Abs(b.contrast.z), math.Abs(a.contrast.z)) }
	slices.SortStableFunc(found, surest)
	found = found[:min(len(found), tripleLooks)]
	for i := range found {
		found[i].contrast.z = h.least(found[i].parts, h.find)
	}
	slices.SortStableFunc(found, surest)
	found = slices.DeleteFunc(found[:min(len(found), tripleReasons)], func(c candidate) bool { return c.contrast.z == 0 })
	for i := range found {
		found[i] = h.joined(found[i])
	}
	return found
}

// bestTriples gives the best triple of a pattern of the first column with those of two others, for each two.
func bestTriples(first []marked, others [][]marked) (found []candidate) {
	for j, second := range others {
		for _, third := range others[j+1:] {
			best := candidate{}
			for _, p := range first {
				for _, q := range second {
					both := [2]bitset{p.rows[0].and(q.rows[0]), p.rows[1].and(q.rows[1])}
					of := [2]float64{float64(both[0].count()), float64(both[1].count())}
					if min(of[0], of[1]) == 0 {
						continue
					}
					for _, r := range third {
						if z := leastByRow(p.rows, q.rows, r.rows, both, of); math.Abs(z) > math.Abs(best.contrast.z) {
							best = candidate{parts: []pattern{p.pattern, q.pattern, r.pattern}, contrast: contrast{z: z}}
						}
					}
				}
			}
			if best.parts != nil {
				found = append(found, best)
			}
		}
	}
	return found
}

// leastByRow is least of three patterns, with rows as units. both are the rows with the first two, of how many.
func leastByRow(p, q, r, both [2]bitset, of [2]float64) float64 {
	var all [2]float64
	var others [2][2]float64
	for i := range all {
		all[i] = float64(both[i].countAnd(r[i]))
	}
	least := scoreTest(all, of)
	if least == 0 {
		return 0
	}
	for i := range all {
		others[0][i], others[1][i] = float64(p[i].countAnd(r[i])), float64(q[i].countAnd(r[i]))
	}
	for _, of := range others {
		z := scoreTest(all, of)
		if z*least <= 0 {
			return 0
		}
		if math.Abs(z) < math.Abs(least) {
			least = z
		}
	}
	return least
}

// scoreTest compares two shares, the second less the first, in standard errors; 0 where there is nothing to compare.
func scoreTest(hits, of [2]float64) float64 {
	if min(of[0], of[1]) == 0 {
		return 0
	}
	share := (hits[0] + hits[1]) / (of[0] + of[1])
	spread := share * (1 - share) * (1/of[0] + 1/of[1])
	if spread <= 0 {
		return 0
	}
	return (hits[1]/of[1] - hits[0]/of[0]) / math.Sqrt(spread)
}
