package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// dots is a drawing of numbers on one scale: a dot for the table, a diamond for real people, a line for the likely range.
type dots struct {
	ID, Title, Desc string
	Height          int
	Rows            []dotRow
	Ticks           []label
	Zero            string // path of a line that all rows share, or ""
	Note            string // what is not drawn, or ""
}

type dotRow struct {
	Y                       int
	Text, Value             string
	Here, Low, High, Mark   string // places; "" where there is none
	Diamond                 string // path of the diamond at Mark
	here, low, high, beside float64
}

const dotsLeft, dotsRight = 6.0, 354.0

// place puts the rows on the scale from low to high.
func (d *dots) place(low, high float64) {
	x := func(v float64) string {
		if isNone(v) {
			return ""
		}
		return at(dotsLeft + (min(max(v, low), high)-low)/(high-low)*(dotsRight-dotsLeft))
	}
	for i := range d.Rows {
		r := &d.Rows[i]
		r.Y = 36 * i
		r.Here, r.Low, r.High, r.Mark = x(r.here), x(r.low), x(r.high), x(r.beside)
		if r.Low == "" || r.High == "" {
			r.Low, r.High = "", ""
		}
		if r.Mark != "" {
			r.Diamond = fmt.Sprintf("M%s %dl6 6-6 6-6-6z", r.Mark, r.Y+19)
		}
	}
	d.Height = 36*len(d.Rows) + 16
}

// tick adds the number below the scale.
func (d *dots) tick(low, high, v float64, text string) {
	anchor := "middle"
	switch v {
	case low:
		anchor = "start"
	case high:
		anchor = "end"
	}
	d.Ticks = append(d.Ticks, label{at(dotsLeft + (v-low)/(high-low)*(dotsRight-dotsLeft)), at(float64(36*len(d.Rows)) + 10), anchor, text})
}

// glance draws likeness and usefulness beside real people, each as a part of what is perfect.
func glance(r *eval.Report, id string) *dots {
	d := &dots{ID: id, Title: "Likeness and usefulness beside real people"}
	var told []string
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Group == "Private" || c.Group == "Rules" {
			continue
		}
		m := shownMetric(c)
		if m == nil {
			continue
		}
		value := clean(c.Shown)
		if !isNone(m.Real) {
			value += ", " + strings.TrimSpace(strings.Split(c.Beside, "\n")[0])
		}
		d.Rows = append(d.Rows, dotRow{Text: short(named(c.Name), 30), Value: clean(value),
			here: m.Value / m.Best, low: m.Low / m.Best, high: m.High / m.Best, beside: m.Real / m.Best})
		told = append(told, named(c.Name)+": "+clean(value))
	}
	if len(d.Rows) == 0 {
		return nil
	}
	d.Desc = strings.Join(told, ". ") + "."
	d.place(0, 1)
	d.tick(0, 1, 0, "0")
	d.tick(0, 1, 1, "perfect")
	return d
}

// shownMetric is the metric whose value the line of a check shows.
func shownMetric(c *eval.Check) *eval.Metric {
	for i := range c.Metrics {
		m := &c.Metrics[i]
		if m.Best != 1 && m.Best != 100 || isNone(m.Value) {
			continue
		}
		decimals := 2
		if m.Best == 100 {
			decimals = 0
		}
		if strings.HasPrefix(c.Shown, fmt.Sprintf("%.*f", decimals, m.Value)) {
			return m
		}
	}
	return nil
}

// mostDots is how many columns have a dot of their own on the page of one table; of several tables each has mostOfEach.
const mostDots = 40

// columnDots draws the metrics of a check that has one a column, such as guessing, in points of 100: of many columns those with
// the greatest.
func columnDots(c *eval.Check, id string, most int) *dots {
	d := &dots{ID: id, Title: named(c.Name) + ", by column"}
	low, high := 0.0, 0.0
	var told []string
	drawn := slices.DeleteFunc(slices.Clone(c.Metrics), func(m eval.Metric) bool { return len(m.Columns) != 1 || isNone(m.Value) })
	if n := len(drawn); n > most {
		slices.SortStableFunc(drawn, func(a, b eval.Metric) int { return cmp.Compare(b.Value, a.Value) })
		drawn = drawn[:most]
		d.Note = fmt.Sprintf("Drawn are the %d of %d columns with the highest numbers.", most, n)
	}
	for _, m := range drawn {
		value := signed(100*m.Value) + " points"
		if strings.TrimLeft(value, "+−") == "1 points" {
			value = strings.TrimSuffix(value, "s")
		}
		name := named(m.Columns[0])
		d.Rows = append(d.Rows, dotRow{Text: short(name, 30), Value: value,
			here: 100 * m.Value, low: 100 * m.Low, high: 100 * m.High, beside: math.NaN()})
		told = append(told, name+" "+value)
		for _, x := range []float64{100 * m.Value, 100 * m.Low, 100 * m.High} {
			if !isNone(x) {
				low, high = min(low, x), max(high, x)
			}
		}
	}
	if len(d.Rows) < 2 {
		return nil
	}
	d.Desc = strings.Join(told, "; ") + ". 0 is no memory."
	low, high = 5*math.Floor(low/5), 5*math.Ceil(high/5)
	if low == high {
		high = low + 5
	}
	d.place(low, high)
	ticks := []float64{low, 0, high}
	for _, v := range slices.Compact(ticks) {
		d.tick(low, high, v, signed(v))
	}
	d.Zero = fmt.Sprintf("M%s 14V%d", at(dotsLeft+(0-low)/(high-low)*(dotsRight-dotsLeft)), d.Height-18) // its number stands below
	return d
}

// signed writes a whole number with its sign; 0 has none.
func signed(x float64) string {
	x = math.Round(x)
	if x == 0 {
		return "0"
	}
	return minus(fmt.Sprintf("%+.0f", x))
}
