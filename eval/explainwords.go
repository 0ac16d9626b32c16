package eval

import (
	"fmt"
	"math"
)

// clippedMost is the share of real rows with a number from which on a lump there is no sign of a limit.
const clippedMost = 0.05

// reason puts a candidate into words.
func (h *halves) reason(c *candidate, p float64) Reason {
	r := Reason{Sentence: h.sentence(c, false), P: p, Remedy: c.remedy, Signature: c.signature,
		Real: Count{c.contrast.rows[0], c.contrast.of[0]}, Fake: Count{c.contrast.rows[1], c.contrast.of[1]}}
	for _, col := range c.cols {
		r.Columns = append(r.Columns, h.v.columns[col].name)
	}
	more := c.contrast.z > 0 // in synthetic rows
	switch {
	case c.words == newNumber && more && h.offGrid(c):
		r.Signature = "number-precision"
	case c.words == newNumber && more:
		// Numbers stay numbers when they are read as such.
		r.Signature, r.Remedy = "new-values", h.asCategories(c.cols[0])
	case c.words == newNumber:
		if r.Remedy = ""; c.contrast.share(0) >= 0.5 { // else it is only extremes that are missing
			r.Signature = "copied-values"
		}
	case c.signature == "clipped-extremes" && c.contrast.share(0) >= clippedMost:
		r.Signature = "" // a number that is common among real rows, too
	case c.signature == "heaping":
		if max(c.contrast.share(0), c.contrast.share(1)) < 0.5 {
			r.Remedy = "" // most numbers would lose what they say
		}
	case !more && c.signature != "number-precision":
		// Fewer gaps, unseen values and broken rules than real rows have are no fault that an option mends.
		r.Signature, r.Remedy = "", ""
	case c.signature == "broken-rule" && c.contrast.rows[0] > 0:
		r.Remedy = "" // a rule must hold in every real row
	}
	r.Cause = causes[r.Signature]
	return r
}

// offGrid tells whether most of the synthetic numbers that have the pattern lie off the real grid.
func (h *halves) offGrid(c *candidate) bool {
	col, all, off := c.cols[0], 0, 0
	for _, r := range h.measure[1] {
		if c.has(h.side[1], int(r)) {
			all++
			off += int(is(!h.v.columns[col].onGrid(h.side[1].cells[col].num[r])))
		}
	}
	return 2*off > all
}

// sentence says in which part of the rows of either table a pattern is, the greater one first; counted adds how many rows that are.
func (h *halves) sentence(c *candidate, counted bool) string {
	parts := [2]string{h.often(c, 0) + " real ", h.often(c, 1) + " synthetic "}
	first := int(is(c.contrast.z > 0))
	parts[first] += "rows"
	parts[1-first] += "ones"
	if c.words == oneNumber && first == 1 {
		parts[0] = "the same one " + parts[0]
	}
	for i, rows := range c.contrast.rows {
		if counted && rows > 0 && (i == 1 || h.persons0(c) >= h.named) {
			parts[i] += fmt.Sprintf(" (%s of %s)", grouped(rows), grouped(c.contrast.of[i]))
		}
	}
	return fmt.Sprintf("%s %s %s, %s", h.v.columns[c.cols[0]].name, c.words, parts[first], parts[1-first])
}

// often says how often, to whole per cents. Fewer real persons than a value needs to be named are "hardly ever".
func (h *halves) often(c *candidate, i int) string {
	share := c.contrast.share(i)
	switch {
	case c.contrast.rows[i] == 0:
		return "never in"
	case c.contrast.rows[i] == c.contrast.of[i]:
		return "in all"
	case i == 0 && h.persons0(c) < h.named:
		return "hardly ever in"
	case share < 0.01:
		return "in fewer than 1 % of"
	case share > 0.99:
		return "in more than 99 % of"
	}
	return fmt.Sprintf("in %.0f %% of", math.Round(100*share))
}

// persons0 counts the real persons of the rows that measure who have the pattern.
func (h *halves) persons0(c *candidate) int {
	seen := make(map[int32]bool)
	for _, r := range h.measure[0] {
		if c.has(h.side[0], int(r)) {
			seen[h.side[0].person[r]] = true
		}
	}
	return len(seen)
}
