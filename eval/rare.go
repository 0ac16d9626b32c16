package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// A rarity is what of one column fewer than k real persons have.
type rarity struct {
	code    []bool // by code: a value or mark that fewer than k have
	span    span   // of numbers, from the k-th smallest to the k-th largest, each about midway to the next
	kept    int    // different rare values of the real table
	written int    // different rare values of the result
}

// rare looks in the result for values, marks and extremes that fewer than k real persons have.
func (v *view) rare(ctx context.Context) (*finding, []Metric, error) {
	k := v.opt.Protect
	if k <= 0 {
		k = rarePersons
	}
	cols := v.learnedColumns()
	found := make([]rarity, len(v.columns))
	spans := make([]span, len(v.columns))
	for _, col := range cols {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found[col] = v.rarity(col, k)
		spans[col] = found[col].span
	}
	v.sumSpans(spans)
	v.slacken(spans)
	var metrics []Metric
	kept, written := 0, 0
	var names []string
	for _, col := range cols {
		r := &found[col]
		r.written = v.rareWritten(col, r.code, spans[col])
		metrics = append(metrics, Metric{Name: "private.rare", Columns: []string{v.columns[col].name}, Value: float64(r.written),
			Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Better: -1})
		kept += r.kept
		written += r.written
		if r.written > 0 {
			names = append(names, v.columns[col].name)
		}
	}
	return v.judgeRare(k, kept, written, names), metrics, nil
}

// A holder is a number and the person who has it.
type holder struct {
	num    float64
	person int32
}

// rarity finds what of a column of the real table fewer than k persons have.
func (v *view) rarity(col, k int) rarity {
	c, cells := &v.columns[col], &v.all.cells[col]
	out := rarity{code: make([]bool, c.known), span: span{math.Inf(-1), math.Inf(1)}}
	counts, last := make([]int, c.known), make([]int32, c.known)
	for i := range last {
		last[i] = -1
	}
	var holders []holder
	for _, r := range v.all.byPerson() {
		p := v.all.person[r]
		code := cells.code[r]
		switch {
		case code == isNumber:
			holders = append(holders, holder{cells.num[r], p})
		case last[code] != p:
			last[code] = p
			counts[code]++
		}
	}
	for code := int(none) + 1; code < len(counts); code++ {
		if counts[code] > 0 && counts[code] < k {
			out.code[code] = true
			out.kept++
		}
	}
	if !c.number {
		return out
	}
	values := persons(holders)
	out.span = v.commonSpan(col, holders, values, k)
	for i, x := range values {
		if !out.span.has(x) && (i == 0 || values[i-1] != x) {
			out.kept++
		}
	}
	return out
}

// byPerson lists the rows with those of a person together.
func (s *side) byPerson() []int {
	rows := make([]int, s.rows)
	for i := range rows {
		rows[i] = i
	}
	if s.persons < s.rows {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(s.person[a], s.person[b]) })
	}
	return rows
}

// persons sorts holders by number and gives the numbers.
func persons(holders []holder) []float64 {
	slices.SortFunc(holders, func(a, b holder) int {
		if d := cmp.Compare(a.num, b.num); d != 0 {
			return d
		}
		return cmp.Compare(a.person, b.person)
	})
	values := make([]float64, len(holders))
	for i, h := range holders {
		values[i] = h.num
	}
	return values
}

// commonSpan is the range from the k-th smallest to the k-th largest number, counting persons, each moved outward by half the way
// to the next different number; empty where fewer than 2k persons have one.
func (v *view) commonSpan(col int, holders []holder, values []float64, k int) span {
	seen := make(map[int32]bool)
	low, high := -1, -1
	for i, h := range holders {
		seen[h.person] = true
		if low < 0 && len(seen) >= k {
			low = i
		}
	}
	if len(seen) < 2*k {
		return span{math.Inf(1), math.Inf(-1)}
	}
	clear(seen)
	for i := len(holders) - 1; high < 0; i-- {
		seen[holders[i].person] = true
		if len(seen) >= k {
			high = i
		}
	}
	s := span{values[low], values[high]}
	if first, _ := slices.BinarySearch(values, s.low); first > 0 {
		s.low -= (s.low - values[first-1]) / 2
	}
	if next, _ := slices.BinarySearch(values, math.Nextafter(s.high, math.Inf(1))); next < len(values) {
		s.high += (values[next] - s.high) / 2
	}
	if v.opt.Level == "structure" { // The ends are rounded there.
		return span{math.Inf(-1), math.Inf(1)}
	}
	return v.coarsened(col, s)
}

// rareWritten counts the different rare values of the result.
func (v *view) rareWritten(col int, code []bool, common span) int {
	seen := make(map[key]bool)
	cells := &v.result.cells[col]
	for r, c := range cells.code {
		if c == isNumber && !common.has(cells.num[r]) || c > none && int(c) < len(code) && code[c] {
			seen[cells.key(r)] = true
		}
	}
	return len(seen)
}

func (v *view) judgeRare(k, kept, written int, names []string) *finding {
	f := &finding{Check: Check{Group: "Private", Name: "rare values"}, private: true}
	people := " people" // as far as the line has room
	if k > 9 {
		people = ""
	}
	f.Shown, f.Beside = grouped(kept)+" kept out", fmt.Sprintf("fewer than %d%s had them", k, people)
	f.Sentence = fmt.Sprintf("Of the values and extremes that fewer than %d real people have, none is in the table.", k)
	if written > 0 {
		f.Shown, f.Beside = grouped(written)+" in it", fmt.Sprintf("fewer than %d have them", k)
		f.Sentence = fmt.Sprintf("%s in the table that fewer than %d real people have, in %s.",
			count(written, "value or extreme is", "values or extremes are"), k, quoted(names))
		if v.opt.Protect > 0 {
			f.Status = Stop
			f.Remedy = "--drop " + argument(names[0])
		} else {
			f.note = fmt.Sprintf("The table holds %s that fewer than %d real people have: for use under an agreement.",
				count(written, "value or extreme", "values or extremes"), k)
		}
	}
	f.Metrics = []Metric{{Name: "private.rares", Value: float64(written), Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Better: -1}}
	return f
}
