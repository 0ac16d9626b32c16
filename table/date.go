package table

import (
	"strings"
	"time"
)

// An instant is a time in seconds and nanoseconds since 1970-01-01, as if all clocks showed UTC.
type instant struct {
	sec  int64
	nano int64 // 0 to 999,999,999
}

// onGrid gives the nearest multiples of g, which counts seconds, before and after t.
func (t instant) onGrid(g grid) (floor, ceil int64) {
	if g.decimals == 0 {
		floor, ceil = onGrid(t.sec, 0, g)
		if t.nano > 0 && floor == ceil {
			ceil++
		}
		return floor, ceil
	}
	return onGrid(t.sec*int64(upow10[min(g.decimals, 9)])+t.nano/int64(upow10[9-min(g.decimals, 9)]), min(g.decimals, 9), g)
}

// instantOf is the way back from onGrid.
func instantOf(n int64, g grid) instant {
	v, scale := n*g.unit, int64(upow10[g.decimals])
	sec := v / scale
	if v%scale < 0 {
		sec--
	}
	frac := v - sec*scale
	if g.decimals <= 9 {
		return instant{sec, frac * int64(upow10[9-g.decimals])}
	}
	return instant{sec, frac / int64(upow10[g.decimals-9])}
}

// appendDate writes n multiples of g, which counts seconds, in the layout given.
func appendDate(dst []byte, n int64, g grid, layout string) []byte {
	t := instantOf(n, g)
	return time.Unix(t.sec, t.nano).UTC().AppendFormat(dst, layout)
}

// defaultLayout is the layout of a date column that has none.
func defaultLayout(g grid) string {
	switch {
	case g.decimals > 0:
		return "2006-01-02 15:04:05." + strings.Repeat("0", min(g.decimals, 9))
	case g.unit%86400 == 0:
		return time.DateOnly
	case g.unit%60 == 0:
		return "2006-01-02 15:04"
	}
	return time.DateTime
}

// loose makes days, months and hours accept one digit as well as two. Of fractions of a second time.Parse accepts any
// number of digits where the layout has none.
var loose = strings.NewReplacer("20060102", "20060102", "2006", "2006", "15", "15", "-0700", "-0700", "-07:00", "-07:00",
	"Z07:00", "Z07:00", "01", "1", "02", "2", "03", "3")

// looseLayout gives the layout that reads what layout writes, and a little more.
func looseLayout(layout string) string {
	head, tail, found := strings.Cut(layout, "05.")
	if !found {
		return loose.Replace(layout)
	}
	return loose.Replace(head) + "05" + loose.Replace(strings.TrimLeft(tail, "09"))
}

// parseDate reads text in the layout given, with or without zeros in front of day and month.
func parseDate(layout, text string) (instant, bool) {
	return parseInstant(looseLayout(trim(layout)), trim(text))
}

// parseInstant reads text in the layout given. A time of day counts from the first day of 1970.
func parseInstant(layout, text string) (instant, bool) {
	t, err := time.Parse(layout, text)
	switch {
	case err != nil || t.Year() > 9999:
		return instant{}, false
	case t.Year() < 1 && strings.Contains(layout, "06"):
		return instant{}, false
	case t.Year() < 1:
		t = t.AddDate(1970, 0, 0)
	}
	return instant{t.Unix(), int64(t.Nanosecond())}, true
}
