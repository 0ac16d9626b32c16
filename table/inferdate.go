package table

import (
	"slices"
	"strings"
	"time"
)

// A dateForm is a way to write a day. order is 'd' or 'm' where day and month could be taken for each other, else 0.
type dateForm struct {
	layout string
	order  byte
}

// dateForms are the ways that are recognised; each also reads with zeros in front of day and month.
var dateForms = []dateForm{
	{"2006-1-2", 0}, {"2006/1/2", 0}, {"2006.1.2", 0}, {"20060102", 0},
	{"2/1/2006", 'd'}, {"1/2/2006", 'm'}, {"2-1-2006", 'd'}, {"1-2-2006", 'm'}, {"2.1.2006", 0},
	{"2/1/06", 'd'}, {"1/2/06", 'm'}, {"2-1-06", 'd'}, {"1-2-06", 'm'}, {"2.1.06", 0},
	{"2-Jan-2006", 0}, {"2-Jan-06", 0}, {"2 Jan 2006", 0}, {"2 January 2006", 0}, {"2. January 2006", 0},
	{"2/Jan/2006", 0}, {"2Jan2006", 0}, {"2Jan06", 0}, {"2 Jan 06", 0},
	{"Jan 2, 2006", 0}, {"January 2, 2006", 0}, {"Jan 2 2006", 0},
}

// clockForms are the ways to write a time of day.
var clockForms = []string{
	"15:04", "15:04:05", "3:04 PM", "3:04:05 PM", "3:04PM", "15:04Z07:00", "15:04:05Z07:00", "15:04:05-0700", "15:04:05 -0700",
}

// A dateFit tells how many cells read as dates in one layout.
type dateFit struct {
	layout   string // accepts one digit for days and months
	order    byte
	cells    int
	distinct int
}

// splitClock parts a text such as "2024-05-01 10:00" before its time of day. between is what parts them.
func splitClock(text string) (day, between, clock string) {
	colon := strings.IndexByte(text, ':')
	if colon < 0 {
		return text, "", ""
	}
	i := colon
	for i > 0 && isDigit(text[i-1]) {
		i--
	}
	switch {
	case i == 0:
		return "", "", text
	case i >= 2 && text[i-1] == ' ' && text[i-2] == ',':
		return text[:i-2], ", ", text[i:]
	case text[i-1] == ' ' || text[i-1] == 'T':
		return text[:i-1], text[i-1 : i], text[i:]
	}
	return text, "", ""
}

// findDates counts, for every layout that reads half of the first few texts, how many cells it reads.
func (p *profile) findDates() {
	const few = 40
	sample := make([]string, 0, few)
	likely := 0
	for i, gap := range p.gap {
		if gap {
			continue
		}
		if text := trim(p.text(i)); len(sample) < few {
			sample = append(sample, text)
			if len(text) >= 4 && len(text) <= 40 && strings.ContainsAny(text, "0123456789") {
				likely++
			}
		}
	}
	if likely*2 < len(sample) || likely == 0 {
		return
	}
	for _, layout := range sampleLayouts(sample) {
		fit := dateFit{layout: layout.layout, order: layout.order}
		p.fitDates(&fit)
		p.dates = append(p.dates, fit)
	}
	slices.SortStableFunc(p.dates, func(a, b dateFit) int { return b.cells - a.cells })
}

// fitDates counts what the layout of fit reads.
func (p *profile) fitDates(fit *dateFit) {
	p.each(func(_ int, text string, n int) {
		if _, ok := parseInstant(fit.layout, trim(text)); ok {
			fit.cells += n
			fit.distinct++
		}
	})
}

// sampleLayouts gives the layouts that read at least half of the texts.
func sampleLayouts(sample []string) []dateForm {
	days, clocks := make([]int, len(dateForms)), make([]int, len(clockForms))
	between, clocked, dayless := "", 0, 0
	for _, text := range sample {
		day, sep, clock := splitClock(text)
		switch {
		case clock == "":
		case day == "":
			dayless++
		default:
			between = sep
			clocked++
		}
		for i, layout := range clockForms {
			if _, err := time.Parse(layout, clock); clock != "" && err == nil {
				clocks[i]++
			}
		}
		for i, form := range dateForms {
			if _, err := time.Parse(form.layout, day); day != "" && err == nil {
				days[i]++
			}
		}
	}
	var out []dateForm
	for i, n := range days {
		form := dateForms[i]
		if n*2 < len(sample) || n == 0 {
			continue
		}
		if clocked*2 < len(sample) {
			out = append(out, form)
			continue
		}
		for j, m := range clocks {
			if m*2 >= len(sample) {
				out = append(out, dateForm{form.layout + between + clockForms[j], form.order})
			}
		}
	}
	for j, m := range clocks {
		if dayless*2 >= len(sample) && m*2 >= len(sample) {
			out = append(out, dateForm{layout: clockForms[j]})
		}
	}
	return out
}

// settleDates decides between day/month and month/day: by the cells, else like the columns of the file that leave no
// doubt, else day/month.
func (rd *reader) settleDates(profiles []*profile) {
	votes, like := map[byte]int{}, map[byte]string{}
	for _, p := range profiles {
		if len(p.dates) == 0 || p.dates[0].order == 0 || p.dates[0].cells*2 < p.cells || p.dateDoubt() {
			continue
		}
		order := p.dates[0].order
		if votes[order]++; votes[order] == 1 {
			like[order] = ", like \"" + p.name + "\""
		}
	}
	order := byte('d')
	if votes['m'] > votes['d'] {
		order = 'm'
	}
	for _, p := range profiles {
		if p.dateDoubt() {
			i := slices.IndexFunc(p.dates, func(f dateFit) bool { return f.order == order })
			p.dates[0], p.dates[i] = p.dates[i], p.dates[0]
			p.doubt = "could be day/month or month/day in all rows. Taken as " + orderNames[order] + like[order]
		}
	}
}

var orderNames = map[byte]string{'d': "day/month", 'm': "month/day"}

// dateDoubt tells whether all cells read both ways.
func (p *profile) dateDoubt() bool {
	if len(p.dates) < 2 || p.dates[0].order == 0 || p.dates[0].cells == 0 {
		return false
	}
	for _, f := range p.dates[1:] {
		if f.order != 0 && f.order != p.dates[0].order && f.cells == p.dates[0].cells {
			return true
		}
	}
	return false
}

// giveLayout keeps to what the caller said of the way dates are written: a Go layout, or an order such as "d/m/y".
func (p *profile) giveLayout() {
	layout := p.given.Layout
	if !strings.Contains("d/m/y m/d/y y/m/d", layout) {
		fit := dateFit{layout: looseLayout(trim(layout))}
		p.fitDates(&fit)
		p.dates = []dateFit{fit}
		return
	}
	p.dates = slices.DeleteFunc(p.dates, func(f dateFit) bool {
		first := byte('d')
		switch {
		case f.order != 0:
			first = f.order
		case strings.HasPrefix(f.layout, "2006"):
			first = 'y'
		case strings.HasPrefix(f.layout, "Jan"):
			first = 'm'
		}
		return first != layout[0]
	})
	p.given.Layout = ""
}

// isDate tells whether text is a date of the column.
func (p *profile) isDate(text string) bool {
	if len(p.dates) == 0 {
		return false
	}
	_, ok := parseInstant(p.dates[0].layout, trim(text))
	return ok
}

// chooseDate takes the column as dates if all cells are, or all but marks. Eight digits may be a number, too: only a header
// without a word for ids, and several days, make dates of them.
func (p *profile) chooseDate() bool {
	if len(p.dates) == 0 {
		return false
	}
	best := p.dates[0]
	if best.layout == "20060102" && (p.values < 3 || best.cells < p.cells || idWord(p.name) || !p.usualYears()) {
		return false
	}
	if !p.few(best.cells, best.distinct, p.isDate) {
		return false
	}
	if odd := p.cells - best.cells; odd*100 > p.cells {
		for _, m := range p.marks {
			if len(sampleLayouts([]string{m})) > 0 { // two ways to write dates in one column
				p.marks = nil
				return false
			}
		}
	}
	p.kind = Date
	return true
}

// usualYears tells whether all dates lie in the years 1900 to 2099.
func (p *profile) usualYears() bool {
	ok := true
	p.each(func(_ int, text string, _ int) {
		t, parses := parseInstant(p.dates[0].layout, trim(text))
		ok = ok && parses && t.sec >= -2208988800 && t.sec < 4102444800
	})
	return ok
}

// dateShape gives the layout in which most of the dates are written, their grid, and the reason.
func (p *profile) dateShape() (layout string, g grid) {
	loosely := p.dates[0].layout
	fraction, all := 0, int64(0)
	p.each(func(_ int, text string, _ int) {
		t, ok := parseInstant(loosely, trim(text))
		if !ok {
			return
		}
		all = gcd(all, int64(magnitude(t.sec)))
		for d := 9; d > fraction && t.nano != 0; d-- {
			if t.nano%int64(upow10[10-d]) != 0 {
				fraction = d
			}
		}
	})
	g = grid{unit: 1, decimals: fraction}
	if fraction == 0 {
		for _, unit := range []int64{86400, 3600, 1800, 900, 300, 60} {
			// A step coarser than the layout shows needs ten different values, but midnight everywhere is no time.
			if all%unit == 0 && (unit == 60 && !strings.Contains(loosely, "05") || unit == 86400 || p.dates[0].distinct >= 10) {
				g.unit = unit
				break
			}
		}
	}
	prefix, suffix := p.dateAround()
	return prefix + p.bestLayout(loosely, fraction) + suffix, newGrid(g.step())
}

// bestLayout tries zeros in front of days, months and hours, and fractions of fixed length, and takes what writes most cells
// as they are.
func (p *profile) bestLayout(loosely string, fraction int) string {
	var layouts []string
	for _, pads := range [][2]string{{"01", "02"}, {"1", "2"}, {"01", "2"}, {"1", "02"}} {
		layout := strings.NewReplacer("2006", "2006", "20060102", "20060102", "15", "15", "1", pads[0], "2", pads[1]).Replace(loosely)
		if strings.Contains(loosely, "20060102") {
			layout = loosely
		}
		layouts = append(layouts, layout)
		if strings.Contains(layout, "3:04") {
			layouts = append(layouts, strings.Replace(layout, "3:04", "03:04", 1))
		}
	}
	if fraction > 0 {
		for i, layout := range layouts {
			layouts[i] = strings.Replace(layout, "05", "05."+strings.Repeat("0", fraction), 1)
			layouts = append(layouts, strings.Replace(layout, "05", "05."+strings.Repeat("9", fraction), 1))
		}
	}
	if strings.Contains(loosely, "Z07:00") {
		for _, layout := range layouts {
			layouts = append(layouts, strings.Replace(layout, "Z07:00", "-07:00", 1))
		}
	}
	best, most := layouts[0], -1
	for _, layout := range layouts {
		if n := p.written(layout, loosely); n > most {
			best, most = layout, n
		}
	}
	return best
}

// written counts, among the first different dates, the cells that layout writes as they stand.
func (p *profile) written(layout, loosely string) (cells int) {
	seen := 0
	prefix, suffix := p.dateAround()
	for i, gap := range p.gap {
		if gap || seen == 1000 {
			continue
		}
		text := p.text(i)
		if t, ok := parseInstant(loosely, trim(text)); ok {
			seen++
			if prefix+time.Unix(t.sec, t.nano).UTC().Format(layout)+suffix == text {
				cells += int(p.count[i])
			}
		}
	}
	return cells
}

// dateAround gives the blanks that stand around most dates.
func (p *profile) dateAround() (prefix, suffix string) {
	var around []tally[[2]string]
	p.each(func(_ int, text string, n int) {
		body := trimLeft(text)
		around = count(around, [2]string{text[:len(text)-len(body)], body[len(trimRight(body)):]}, n)
	})
	most, _ := commonest(around)
	return most[0], most[1]
}

// dateCells turns the distinct texts into multiples of the grid, which is in seconds.
func (p *profile) dateCells(g grid, layout string) (values []int64, canonical []bool) {
	values, canonical = make([]int64, len(p.gap)), make([]bool, len(p.gap))
	loosely := p.dates[0].layout
	var b []byte
	for i, gap := range p.gap {
		text := p.text(i)
		if gap {
			values[i], canonical[i] = noNumber, text == p.missing[0]
			continue
		}
		t, ok := parseInstant(loosely, trim(text))
		if !ok {
			values[i], canonical[i] = p.mark(text)
			continue
		}
		values[i], _ = t.onGrid(g)
		b = appendDate(b[:0], values[i], g, layout)
		canonical[i] = string(b) == text
	}
	return values, canonical
}

// plainLayout writes a Go layout as people do: "dd.mm.yyyy".
func plainLayout(layout string) string {
	return strings.NewReplacer("2006", "yyyy", "January", "month", "Jan", "mon", "01", "mm", "02", "dd", "06", "yy", "15", "hh", "03", "hh", "04", "mm",
		"05", "ss", "1", "m", "2", "d", "3", "h", "PM", "am", ".000", ".s", "Z07:00", "Z", "-0700", "+zone", "-07:00", "+zone").Replace(layout)
}
