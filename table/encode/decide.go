package encode

import (
	"math"
	"slices"

	"example.org/cohort/table"
)

// noImage stands for no value of the column that is decided, rareImage for one that protection keeps out.
const noImage, rareImage int64 = math.MinInt64, math.MinInt64 + 1

// A Decision is what a rule "A -> B" says: the value of B for each value of A, as cells of both are given by [Encoder.Value]. Marks and
// missing cells are no values. A value of A that fewer than k persons have beside its value of B has none. Numbers are parted into stretches
// with one value of B, and one that fewer than k persons have has none.
type Decision struct {
	From, To int // columns of Encoder.Schema
	// Share is the part of the rows with both values whose value of A has a value of B, of those that are written at all. It is not saved.
	Share float64
	at    []int64 // values of From from which on another image holds, ascending
	image []int64
}

// Image gives the value of the column decided, false where there is none.
func (d *Decision) Image(v int64) (image int64, ok bool) {
	i, found := slices.BinarySearch(d.at, v)
	if !found {
		i--
	}
	if i < 0 || d.image[i] == noImage {
		return 0, false
	}
	return d.image[i], true
}

// Images calls yield for all values that the column decided can have.
func (d *Decision) Images(yield func(v int64) bool) {
	for _, v := range d.image {
		if v != noImage && !yield(v) {
			return
		}
	}
}

// Before is the set of the cells of column From whose image is left, and, if none is, of those that have no image. Missing cells and marks
// are in it.
func (d *Decision) Before(s *table.Schema, left func(image int64) bool, none bool) *table.Set {
	c := &s.Columns[d.From]
	set := &table.Set{Col: d.From, Missing: true, Values: make([]bool, len(c.Values)), Marks: make([]bool, len(c.Marks))}
	for i := range set.Marks {
		set.Marks[i] = true
	}
	in := func(image int64) bool { return image == noImage && none || image != noImage && left(image) }
	if !numeric(c.Kind) {
		for i, v := range d.at {
			set.Values[v] = in(d.image[i])
		}
		return set
	}
	low := NoLow
	for i := -1; i < len(d.at); i++ {
		image, high := noImage, NoHigh
		if i >= 0 {
			low, image = d.at[i], d.image[i]
		}
		if i+1 < len(d.at) {
			high = d.at[i+1] - 1
		}
		if low > high || !in(image) {
			continue
		}
		if n := len(set.Spans); n > 0 && set.Spans[n-1][1] == low-1 {
			set.Spans[n-1][1] = high
		} else {
			set.Spans = append(set.Spans, [2]int64{low, high})
		}
	}
	return set
}

// Decision gives what the rule with that number in Schema().Rules says, or nil if it is of another form.
func (e *Encoder) Decision(rule int) *Decision {
	if rule < len(e.decisions) {
		return e.decisions[rule]
	}
	return nil
}

// decide learns what columns decide about others. A rule without any image, and one about gaps that the columns can't have, is no more one of
// the schema's.
func (f *fitter) decide(e *Encoder) {
	var rules []table.Rule
	var decisions []*Decision
	for _, r := range f.out.Rules {
		op, names := r.Terms()
		var d *Decision
		switch op {
		case "->":
			if d = f.decision(e, f.coded(names[0]), f.coded(names[1])); d == nil {
				continue
			}
		case "xor":
			if !e.either(f.coded(names[0]), f.coded(names[1])) {
				continue
			}
		}
		rules, decisions = append(rules, r), append(decisions, d)
	}
	f.out.Rules, e.decisions = rules, decisions
}

// coded finds a column with codes among those written; -1 if there is none of the name.
func (f *fitter) coded(name string) int {
	i := f.place(name)
	if i >= 0 && f.cols[i].codec == nil {
		return -1
	}
	return i
}

func (f *fitter) place(name string) int {
	return slices.IndexFunc(f.out.Columns, func(c table.Column) bool { return c.Name == name })
}

// decides tells whether a column can take part in a rule "A -> B": it is learned, to its full detail.
func (f *fitter) decides(name string) bool {
	i := f.coded(name)
	if i < 0 || f.cols[i].fill != nil || f.out.Columns[i].Coarsen != "" || f.level == levelStructure {
		return false
	}
	x := f.cols[i].codec.shape()[0]
	return x.Card > x.Scale
}

// either tells whether one of two columns can be missing while the other is not.
func (e *Encoder) either(a, b int) bool {
	gap := func(i int) bool { return e.cols[i].codec.gap(noNumber) }
	some := func(i int) bool {
		card := e.cols[i].codec.shape()[0].Card
		return card > 1 || card == 1 && !gap(i)
	}
	return gap(a) && some(b) || gap(b) && some(a)
}

// exact gives the cells of column i of those written in the rows of t, as they are: noImage for what is missing, a mark, or kept out. all
// tells of each row whether it has a value at all.
func (f *fitter) exact(i int, t *table.Table) (cells []int64, all []bool) {
	c, from := &f.out.Columns[i], f.source[i]
	all = make([]bool, t.Rows())
	if numeric(c.Kind) {
		cells = t.Ints(from)
		for r, v := range cells {
			if all[r] = v >= lowestNumber; !all[r] {
				cells[r] = noImage
			}
		}
		return cells, all
	}
	known := make(map[string]int64, len(c.Values))
	for v, text := range c.Values {
		known[text] = int64(v)
	}
	texts := t.Schema().Columns[from].Values
	to := make([]int64, len(texts))
	for v, text := range texts {
		var ok bool
		if to[v], ok = known[text]; !ok {
			to[v] = noImage
		}
	}
	cells = make([]int64, t.Rows())
	for r, code := range t.Codes(from) {
		cells[r] = noImage
		if code >= 0 {
			cells[r], all[r] = to[code], true
		}
	}
	return cells, all
}

// decision learns the images of column a in column b; nil if there is none. They are told by the whole table where t is a part of it, so that a
// rule which holds there holds in what the part's model writes.
func (f *fitter) decision(e *Encoder, a, b int) *Decision {
	x, y, _ := f.beside(a, b, f.whole.t)
	major := majority(x, y)
	d := &Decision{From: a, To: b}
	if numeric(f.out.Columns[a].Kind) {
		f.stretches(d, x, y, major)
	} else {
		n := len(f.out.Columns[a].Values)
		_, persons := f.whole.census.perValue(n, f.whole.person, func(r int) int {
			if b, ok := major[x[r]]; ok && y[r] == b {
				return int(x[r])
			}
			return -1
		})
		for v := range int64(n) {
			image, ok := major[v]
			if !ok || image == rareImage || persons[v] < f.k {
				image = noImage
			}
			d.at, d.image = append(d.at, v), append(d.image, image)
		}
	}
	for i, v := range d.image {
		if v != noImage && !e.can(b, v) {
			d.image[i] = noImage
		}
	}
	x, _, some := f.beside(a, b, f.t)
	rows, held := 0, 0
	for r := range x {
		if x[r] != noImage && some[r] {
			rows++
			if _, ok := d.Image(x[r]); ok {
				held++
			}
		}
	}
	if held == 0 {
		return nil
	}
	d.Share = float64(held) / float64(rows)
	return d
}

// beside gives the cells of two columns in the rows of t, as exact does, but rareImage in the second for what is kept out. some tells whether
// the second has a value.
func (f *fitter) beside(a, b int, t *table.Table) (x, y []int64, some []bool) {
	x, _ = f.exact(a, t)
	y, some = f.exact(b, t)
	for r := range y {
		if some[r] && y[r] == noImage {
			y[r] = rareImage
		}
	}
	return x, y, some
}

// can tells whether a value lies in what is written of a column.
func (e *Encoder) can(col int, v int64) bool {
	c := &e.schema.Columns[col]
	if !numeric(c.Kind) {
		return v >= 0 && v < int64(len(c.Values))
	}
	return float64(v) >= c.Min/c.Step-0.5 && float64(v) <= c.Max/c.Step+0.5
}

// majority gives, for each x, the y that most rows have beside it, the first of equally frequent ones.
func majority(x, y []int64) map[int64]int64 {
	count := make(map[[2]int64]int)
	for r := range x {
		if x[r] != noImage && y[r] != noImage {
			count[[2]int64{x[r], y[r]}]++
		}
	}
	most, told := make(map[int64]int), make(map[int64]int64)
	for r := range x {
		if n := count[[2]int64{x[r], y[r]}]; n > most[x[r]] {
			most[x[r]], told[x[r]] = n, y[r]
		}
	}
	return told
}

// A stretch is a run of numbers that have one image. low and high are its protected range.
type stretch struct {
	image, first, last, low, high int64
	known                         bool // enough persons are in it
}

// stretches parts numbers where their image changes: about midway between two stretches that enough persons have. Where fewer have one, those
// beside it end with their protected ranges, and what lies between has no image.
func (f *fitter) stretches(d *Decision, x, y []int64, major map[int64]int64) {
	list := f.findStretches(x, y, major)
	for i, s := range list {
		if !s.known {
			continue
		}
		low := s.low
		switch {
		case i == 0:
			low = NoLow + 1
		case list[i-1].known:
			low = list[i-1].last + (s.first-list[i-1].last)/2 + 1
		}
		d.at, d.image = append(d.at, low), append(d.image, s.image)
		if i+1 < len(list) && !list[i+1].known {
			d.at, d.image = append(d.at, s.high+1), append(d.image, noImage)
		}
	}
}

func (f *fitter) findStretches(x, y []int64, major map[int64]int64) (list []stretch) {
	var s []obs
	for r := range x {
		if b, ok := major[x[r]]; ok && y[r] == b {
			s = append(s, obs{x[r], f.whole.person[r]})
		}
	}
	runs := f.whole.census.runs(s)
	for i := 0; i < len(runs); {
		j, image := i, major[runs[i].value]
		for j < len(runs) && major[runs[j].value] == image {
			j++
		}
		part := slices.Clone(s[runs[i].from:runs[j-1].to])
		own := f.whole.census.runs(part)
		found := stretch{image: image, first: runs[i].value, last: runs[j-1].value, known: image != rareImage && f.whole.census.count(part) >= max(f.k, 1)}
		found.low, found.high = f.whole.census.span(part, own, f.k)
		list = append(list, found)
		i = j
	}
	return list
}

// valid checks a decision of a file.
func (d *Decision) valid(e *Encoder) bool {
	n := len(e.schema.Columns)
	if d.From < 0 || d.From >= n || d.To < 0 || d.To >= n || d.From == d.To || len(d.at) != len(d.image) {
		return false
	}
	for _, i := range []int{d.From, d.To} {
		if e.cols[i].codec == nil || e.cols[i].fill != nil {
			return false
		}
	}
	closed := !numeric(e.schema.Columns[d.From].Kind)
	if closed && len(d.at) != len(e.schema.Columns[d.From].Values) {
		return false
	}
	for i, v := range d.at {
		if closed && v != int64(i) || !closed && (v <= NoLow || v == NoHigh) || i > 0 && v <= d.at[i-1] || d.image[i] != noImage && !e.can(d.To, d.image[i]) {
			return false
		}
	}
	return slices.ContainsFunc(d.image, func(v int64) bool { return v != noImage })
}
