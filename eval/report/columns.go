package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// A columnsView is what is said and drawn of single columns.
type columnsView struct {
	Rows     []columnRow // those that lose most first; none for outsiders
	MoreRows int
	Figures  []figure
	Undrawn  int
	Held     bool // there are real people beside
}

type columnRow struct {
	Name, Kind, Value, Real, Lost string
}

// A figure is one column, drawn.
type figure struct {
	ID, Name, Score, Desc string
	Height                int
	Fake, Real            string // paths
	Labels                []label
	Bins                  []binRow
}

type label struct {
	X, Y, Anchor, Text string
}

type binRow struct{ Label, Real, Fake string }

// newColumns describes the columns and draws at most most of them.
func newColumns(r *eval.Report, prefix string, most, rows int) columnsView {
	var v columnsView
	score := map[string]*eval.Metric{}
	for i := range r.Metrics {
		if m := &r.Metrics[i]; (m.Name == "shape.ks" || m.Name == "shape.tv") && len(m.Columns) == 1 {
			score[m.Columns[0]] = m
			v.Held = v.Held || !isNone(m.Real)
		}
	}
	shapes := slices.Clone(r.Shapes)
	slices.SortStableFunc(shapes, func(a, b eval.ColumnShape) int {
		return cmp.Compare(lost(score[b.Column]), lost(score[a.Column]))
	})
	for i, s := range shapes {
		m := score[s.Column]
		if m != nil {
			v.Rows = append(v.Rows, columnRow{named(s.Column), kindName(s.Kind), number(m.Value, 1), number(m.Real, 1), number(m.Real-m.Value, 1)})
		}
		if i < most {
			v.Figures = append(v.Figures, newFigure(&s, m, fmt.Sprintf("%scolumn-%d", prefix, i+1)))
		}
	}
	v.Undrawn = len(shapes) - len(v.Figures)
	if v.MoreRows = len(v.Rows) - rows; v.MoreRows > 0 {
		v.Rows = v.Rows[:rows]
	}
	return v
}

// lost is by how much a column, or a pair, is less alike than other real people; without them, than it could be.
func lost(m *eval.Metric) float64 {
	switch {
	case m == nil || isNone(m.Value):
		return 0
	case isNone(m.Real):
		return m.Best - m.Value
	}
	return m.Real - m.Value
}

func kindName(k table.Kind) string {
	switch k {
	case table.Whole, table.Decimal:
		return "number"
	}
	return k.String()
}

func newFigure(s *eval.ColumnShape, m *eval.Metric, id string) figure {
	f := figure{ID: id, Name: named(s.Column)}
	if m != nil && !isNone(m.Value) {
		f.Score = fmt.Sprintf("%.0f of 100", m.Value)
		if !isNone(m.Real) {
			f.Score += fmt.Sprintf("; other real people: %.0f", m.Real)
		}
	}
	real, fake := shares(s.Bins)
	worst := 0
	for i, b := range s.Bins {
		f.Bins = append(f.Bins, binRow{clean(b.Label), percent(real[i]), percent(fake[i])})
		if math.Abs(real[i]-fake[i]) > math.Abs(real[worst]-fake[worst]) {
			worst = i
		}
	}
	if len(s.Bins) == 0 {
		f.Desc = "Too few people have any of its values."
		return f
	}
	f.Desc = fmt.Sprintf("Largest difference: %s, %s of the real rows and %s of the synthetic ones.", f.Bins[worst].Label, f.Bins[worst].Real, f.Bins[worst].Fake)
	ranges := 0
	for ranges < len(s.Bins) && s.Bins[ranges].From < s.Bins[ranges].To {
		ranges++
	}
	if ranges > 1 {
		f.drawRanges(s.Bins, ranges, real, fake)
	} else {
		f.drawValues(real, fake)
	}
	return f
}

// shares are the parts of the rows that are drawn.
func shares(bins []eval.Bin) (real, fake []float64) {
	reals, fakes := 0, 0
	for _, b := range bins {
		reals, fakes = reals+b.Real, fakes+b.Fake
	}
	for _, b := range bins {
		real = append(real, float64(b.Real)/float64(max(reals, 1)))
		fake = append(fake, float64(b.Fake)/float64(max(fakes, 1)))
	}
	return real, fake
}

func percent(share float64) string {
	if p := 100 * share; p > 0 && p < 0.95 {
		return fmt.Sprintf("%.1f %%", p)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// drawRanges draws a histogram: areas are shares. What is no range stands to the right, one bar as wide as the commonest range.
func (f *figure) drawRanges(bins []eval.Bin, n int, real, fake []float64) {
	const left, right, top, base, looseWidth, gap = 4.0, 316.0, 6.0, 82.0, 18.0, 10.0
	f.Height = 100
	from, to := bins[0].From, bins[n-1].To
	unit := to - from
	for _, b := range bins[:n] {
		unit = math.Min(unit, b.To-b.From)
	}
	end := right - float64(len(bins)-n)*(looseWidth+gap)
	// Edges and heights, by bin.
	type bar struct{ x0, x1, real, fake float64 }
	var bars []bar
	most := 0.0
	for i, b := range bins {
		d := bar{real: real[i], fake: fake[i]}
		if i < n {
			thin := unit / (b.To - b.From)
			d = bar{left + (b.From-from)/(to-from)*(end-left), left + (b.To-from)/(to-from)*(end-left), real[i] * thin, fake[i] * thin}
		} else {
			d.x1 = right - float64(len(bins)-1-i)*(looseWidth+gap)
			d.x0 = d.x1 - looseWidth
			f.Labels = append(f.Labels, label{at(right - float64(len(bins)-1-i)*(looseWidth+gap)), at(base + 14), "end", short(f.Bins[i].Label, 12)})
		}
		most = math.Max(most, math.Max(d.real, d.fake))
		bars = append(bars, d)
	}
	draw := func(height func(b bar) float64) string {
		var p strings.Builder
		for i, b := range bars {
			if i == 0 || i >= n {
				fmt.Fprintf(&p, "M%s %s", at(b.x0), at(base))
			}
			fmt.Fprintf(&p, "V%sH%s", at(base-height(b)/math.Max(most, 1e-9)*(base-top)), at(b.x1))
			if i >= n-1 {
				fmt.Fprintf(&p, "V%s", at(base))
			}
		}
		return p.String()
	}
	f.Real, f.Fake = draw(func(b bar) float64 { return b.real }), draw(func(b bar) float64 { return b.fake })
	f.Labels = f.spaceLabels(f.Labels, n, left, end, base)
}

// spaceLabels puts the names of the outer ranges below the axis, and what is no range below them.
func (f *figure) spaceLabels(loose []label, n int, left, end, base float64) []label {
	out := []label{{at(left), at(base + 14), "start", short(f.Bins[0].Label, 24)}, {at(end), at(base + 14), "end", short(f.Bins[n-1].Label, 24)}}
	for i := range loose {
		loose[i].Y = at(base + 28 + 14*float64(len(loose)-1-i))
	}
	f.Height += 14 * len(loose)
	return append(out, loose...)
}

// drawValues draws two bars for each value.
func (f *figure) drawValues(real, fake []float64) {
	const rowHeight, left, right = 19, 124.0, 316.0
	f.Height = rowHeight*len(real) + 4
	most := 1e-9
	for i := range real {
		most = max(most, real[i], fake[i])
	}
	var r, s strings.Builder
	for i := range real {
		y := rowHeight * i
		f.Labels = append(f.Labels, label{at(left - 6), at(float64(y) + 13), "end", short(f.Bins[i].Label, 17)})
		if w := real[i] / most * (right - left); w > 0 {
			fmt.Fprintf(&r, "M%s %dh%sv6h-%sz", at(left), y+3, at(w), at(w))
		}
		if w := fake[i] / most * (right - left); w > 0 {
			fmt.Fprintf(&s, "M%s %dh%sv6h-%sz", at(left), y+10, at(w), at(w))
		}
	}
	f.Real, f.Fake = r.String(), s.String()
}
