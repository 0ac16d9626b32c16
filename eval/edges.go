package eval

import (
	"math"
	"strconv"
	"time"

	"example.org/cohort/table"
)

// roundEdges gives round numbers that cut the range from low to high into about mostBars parts, none narrower than step.
func roundEdges(low, high, step float64) []float64 {
	if !(low < high) || math.IsInf(high-low, 0) {
		return nil
	}
	width := roundWidth(math.Max((high-low)/mostBars, step))
	var edges []float64
	for i := math.Floor(low/width) + 1; len(edges) < 2*mostBars; i++ {
		edge := i * width
		if width < 1 { // 3 * 0.1 is not 0.3, 3 / 10 is
			edge = i / math.Round(1/width)
		}
		if edge > high {
			break
		}
		edges = append(edges, edge)
	}
	return edges
}

// roundWidth is the least of 1, 2 or 5 times a power of ten that is not below x.
func roundWidth(x float64) float64 {
	digits := math.Floor(math.Log10(x))
	power := math.Pow(10, math.Abs(digits)) // exact, unlike 10^-1
	for _, m := range []float64{1, 2, 5, 10} {
		width := m * power
		if digits < 0 {
			width = m / power
		}
		if width >= x*(1-1e-9) {
			return width
		}
	}
	return x
}

// A dateUnit is how wide the bins of dates are.
type dateUnit struct {
	years, months int
	seconds       float64
	layout        string // of an edge
}

const day = 86400.0

// dateUnitOf gives the least unit that cuts so many seconds into about mostBars parts and is not below step.
func dateUnitOf(seconds, step float64) *dateUnit {
	part := math.Max(seconds/mostBars, step)
	for _, s := range []float64{1, 60, 300, 900, 3600, 3 * 3600, 12 * 3600} {
		if part <= s {
			return &dateUnit{seconds: s, layout: "2 Jan 2006 15:04:05"}
		}
	}
	for _, days := range []float64{1, 2, 7, 14} {
		if part <= days*day {
			return &dateUnit{seconds: days * day, layout: "2 Jan 2006"}
		}
	}
	for _, months := range []int{1, 3, 6} {
		if part <= float64(months)*30*day {
			return &dateUnit{months: months, layout: "Jan 2006"}
		}
	}
	years := roundWidth(math.Max(part/365/day, 1))
	if years > 1000 {
		years = 1000
	}
	return &dateUnit{years: int(years), layout: "2006"}
}

// next gives the first edge after x.
func (u *dateUnit) next(x float64) float64 {
	if u.seconds > 0 {
		return (math.Floor(x/u.seconds) + 1) * u.seconds
	}
	year, month, _ := time.Unix(int64(math.Floor(x)), 0).UTC().Date()
	if u.months > 0 {
		first := (int(month)-1)/u.months*u.months + u.months + 1
		return float64(time.Date(year, time.Month(first), 1, 0, 0, 0, 0, time.UTC).Unix())
	}
	return float64(time.Date((year/u.years+1)*u.years, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
}

func (u *dateUnit) edges(low, high float64) []float64 {
	var edges []float64
	for x := low; x < high && len(edges) < 2*mostBars; {
		if x = u.next(x); x <= high {
			edges = append(edges, x)
		}
	}
	return edges
}

// rangeLabel names the range from low to below high. Whole numbers have both ends in it.
func rangeLabel(low, high float64, c *column, date *dateUnit) string {
	open := [2]bool{math.IsInf(low, 0), math.IsInf(high, 0)}
	switch {
	case open[0] && open[1]:
		return "all of them"
	case date != nil:
		return date.label(low, high, open)
	case c.schema.Kind == table.Whole && c.step() >= 1:
		last := high - c.step()
		switch {
		case open[0]:
			return "up to " + plain(last)
		case open[1]:
			return plain(low) + " and more"
		case last <= low:
			return plain(low)
		}
		return plain(low) + " to " + plain(last)
	case open[0]:
		return "under " + plain(high)
	case open[1]:
		return plain(low) + " and more"
	}
	return plain(low) + " to under " + plain(high)
}

func (u *dateUnit) label(low, high float64, open [2]bool) string {
	text := func(x float64) string { return time.Unix(int64(x), 0).UTC().Format(u.layout) }
	switch {
	case open[0]:
		return "before " + text(high)
	case open[1]:
		return text(low) + " and later"
	case u.next(low) >= high && (u.years == 1 || u.months == 1 || u.seconds == day):
		return text(low)
	}
	return text(low) + " to before " + text(high)
}

// plain writes a number without an exponent, unless it is very large or small.
func plain(x float64) string {
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
