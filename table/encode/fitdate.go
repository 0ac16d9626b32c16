package encode

import (
	"math"
	"strings"

	"example.org/cohort/table"
)

// How much of a date is kept; the rest is drawn anew.
const (
	keepAll = iota
	keepDay
	keepMonth
	keepYear
)

// keptUnits name them as Column.Coarsen does.
var keptUnits = [...]string{keepAll: "", keepDay: "day", keepMonth: "month", keepYear: "year"}

// keeps tells how much of a date column is kept at a level: what Coarsen asks for, and less of a date of birth.
func keeps(c *table.Column, level string) int {
	keep := map[string]int{"day": keepDay, "month": keepMonth, "year": keepYear}[c.Coarsen]
	switch {
	case level == levelStructure:
		return keepYear
	case level == levelShare && isBirth(c.Name):
		return max(keep, keepMonth)
	}
	return keep
}

// isBirth tells by its header whether a date is one of birth.
func isBirth(header string) bool {
	words := headerWords(header)
	for _, w := range words {
		switch w {
		case "born", "dob", "bday", "birth", "birthday", "birthdate", "geb", "né", "née", "ddn", "nascido":
			return true
		}
		for _, stem := range []string{"birth", "geburt", "naissance", "nacimiento", "nascimento", "nascita", "geboorte", "fødsel", "födel", "urodz", "syntym"} {
			if strings.HasPrefix(w, stem) {
				return true
			}
		}
	}
	return false
}

// byParts tells whether a column of dates is coded by parts: not if few days share all its rows or it spans few days.
func (f *fitter) byParts(c *table.Column, s []obs, runs []run) bool {
	if c.Kind != table.Date || perDay(c.Step) == 0 {
		return false
	}
	if keeps(c, f.level) != keepAll {
		return true
	}
	few := len(runs) <= max(100, len(s)/10) && 3*len(runs) <= len(s)
	return !few && (perDay(c.Step) > 1 || runs[len(runs)-1].value-runs[0].value > 200)
}

// perDay gives the steps of a day, or 0 if that is no whole number of them.
func perDay(step float64) int64 {
	n := math.Round(86400 / step)
	if n < 1 || n > 1e15 || math.Abs(n*step-86400) > 1e-6 {
		return 0
	}
	return int64(n)
}

// date fits a column of dates by parts; g are its gaps and s, sorted and with runs, its dates.
func (f *fitter) date(c *table.Column, g gaps, s []obs, runs []run) *date {
	d := &date{gaps: g, perDay: perDay(c.Step)}
	keep := keeps(c, f.level)
	d.low, d.high = f.census.span(s, runs, f.k)
	if keep != keepAll { // The unit that the k-th date lies in, not one beyond it.
		d.low, d.high = f.census.inner(s, runs, f.k)
		d.widen(keep)
	}
	low, high := d.split(d.low), d.split(d.high)
	whole := [axes][2]int64{{low[axisYear], high[axisYear]}, {1, 12}, {1, 31}, {0, d.perDay - 1}}
	learned := [axes]bool{true, keep < keepYear, keep < keepMonth, keep < keepDay}
	if f.level == levelStructure {
		learned[axisYear] = false
	}
	parts := make([][axes]int64, len(s))
	for i, o := range s {
		parts[i] = d.split(min(max(o.value, d.low), d.high))
	}
	for a := range d.axis {
		d.axis[a] = f.axis(d, s, parts, a, whole[a], learned[a])
	}
	if f.level == levelStructure {
		shares := tenths(append(d.gaps.rows, int64(len(s))))
		d.gaps.rows = shares[:len(shares)-1]
		d.axis[axisYear].rows = shares[len(shares)-1:]
	}
	d.link()
	c.Min, c.Max = toFloat(d.low, c.Step), toFloat(d.high, c.Step)
	return d
}

// axis fits the cells of one axis. One that is not learned is a single cell: the value that all dates share, or all values.
func (f *fitter) axis(d *date, s []obs, parts [][axes]int64, a int, whole [2]int64, learned bool) cells {
	own := make([]obs, len(s))
	same, shared := true, d.split(s[0].value)[a]
	for i, o := range s {
		own[i] = obs{parts[i][a], o.person}
		same = same && d.split(o.value)[a] == shared
	}
	if same {
		whole = [2]int64{shared, shared}
	}
	if same || !learned {
		c := cells{low: whole[:1], high: whole[1:], rows: []int64{int64(len(s))}}
		c.smooth()
		return c
	}
	runs := f.census.runs(own)
	cut := cutter{census: f.census, k: f.k, n: f.t.Rows(), low: whole[0], high: whole[1], bins: 64, few: 128, most: 64}
	return cut.cut(own, runs)
}

// widen moves the range to whole days, months or years.
func (d *date) widen(keep int) {
	low, high := d.split(d.low), d.split(d.high)
	from, to := floorDiv(d.low, d.perDay), floorDiv(d.high, d.perDay)
	switch keep {
	case keepMonth:
		from = daysFrom(low[axisYear], low[axisMonth])
		to = daysFrom(high[axisYear], high[axisMonth]) + monthDays(high[axisYear], high[axisMonth]) - 1
	case keepYear:
		from, to = daysFrom(low[axisYear], 1), daysFrom(high[axisYear]+1, 1)-1
	}
	d.low, d.high = from*d.perDay, to*d.perDay+d.perDay-1
}
