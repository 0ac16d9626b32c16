package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// A pairsView is what is said and drawn of pairs of columns.
type pairsView struct {
	Rows  []columnRow // the worst pairs; none for outsiders
	Map   *heatMap
	Held  bool // there are real people beside
	Worst string
}

// A heatMap has a square for each pair of columns: the larger and darker, the more the pair has lost.
type heatMap struct {
	ID, Desc      string
	Width, Height int
	Levels        []heatLevel
	Labels        []label
	Left          int // columns that are not drawn
}

type heatLevel struct{ Class, Path, Text string }

// mostMapped is how many columns a heat map has.
const mostMapped = 24

// heatSteps are the points of 100 at which a square gets larger and darker.
var heatSteps = []float64{2.5, 7.5, 15, 25}

var heatTexts = []string{"under 2.5 points less alike than real people", "2.5 to 7.5", "7.5 to 15", "15 to 25", "25 and more"}

func newPairs(r *eval.Report, prefix string, rows int, draw bool) pairsView {
	var v pairsView
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if m.Name != "pairs.tv" || len(m.Columns) != 2 || len(v.Rows) >= rows {
			continue
		}
		v.Held = v.Held || !isNone(m.Real)
		v.Rows = append(v.Rows, columnRow{named(m.Columns[0]) + " with " + named(m.Columns[1]), "", number(m.Value, 1), number(m.Real, 1), number(lost(m), 1)})
	}
	if len(r.Pairs) > 0 && draw {
		v.Map = newHeatMap(r, prefix+"map")
		worst := r.Pairs[0]
		v.Worst = named(worst.Columns[0]) + " with " + named(worst.Columns[1])
		v.Held = v.Held || !isNone(worst.Real)
	}
	return v
}

// pairLost is the points that a pair is less alike than it is among other real people, or than it could be.
func pairLost(p *eval.PairLikeness) float64 {
	if isNone(p.Real) {
		return max(100-p.Value, 0)
	}
	return max(p.Real-p.Value, 0)
}

// newHeatMap draws the columns in their order; where they are too many, those of the pairs that lose most.
func newHeatMap(r *eval.Report, id string) *heatMap {
	var names []string
	for _, p := range r.Pairs {
		for _, c := range p.Columns {
			if !slices.Contains(names, c) && len(names) < mostMapped {
				names = append(names, c)
			}
		}
	}
	h := &heatMap{ID: id, Left: len(r.Shapes) - len(names)}
	place := map[string]int{}
	for i, s := range r.Shapes {
		place[s.Column] = i
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(place[a], place[b]) })
	const cell, labels = 20, 150
	paths := make([]strings.Builder, len(heatSteps)+1)
	counts := make([]int, len(paths))
	for i := range r.Pairs {
		p := &r.Pairs[i]
		a, b := slices.Index(names, p.Columns[0]), slices.Index(names, p.Columns[1])
		if a < 0 || b < 0 || isNone(p.Value) {
			continue
		}
		a, b = min(a, b), max(a, b)
		level, _ := slices.BinarySearch(heatSteps, pairLost(p))
		counts[level]++
		size := 4 + 3*level
		fmt.Fprintf(&paths[level], "M%d %dh%dv%dh-%dz", labels+cell*a+(cell-size)/2, cell*b+(cell-size)/2, size, size, size)
	}
	for level := range paths {
		h.Levels = append(h.Levels, heatLevel{fmt.Sprintf("h%d", level), paths[level].String(), heatTexts[level]})
	}
	for i, name := range names {
		h.Labels = append(h.Labels, label{at(labels - 6), at(float64(cell*i) + 14), "end", short(named(name), 18) + fmt.Sprintf(" %d", i+1)})
		if i+1 < len(names) {
			h.Labels = append(h.Labels, label{at(labels + cell*float64(i) + cell/2), at(float64(cell*i) + 14), "middle", fmt.Sprint(i + 1)})
		}
	}
	h.Width, h.Height = labels+cell*len(names), cell*len(names)+4
	h.Desc = fmt.Sprintf("Of %s of columns, %d lose under 2.5 points, %d lose 2.5 to 7.5, %d lose 7.5 to 15, %d lose 15 to 25, and %d lose more.",
		count(sum(counts), "pair", "pairs"), counts[0], counts[1], counts[2], counts[3], counts[4])
	return h
}

func sum(x []int) int {
	n := 0
	for _, y := range x {
		n += y
	}
	return n
}
