package encode

import (
	"math/bits"
	"slices"

	"example.org/cohort/internal/rng"
)

// The axes of a date.
const (
	axisYear = iota
	axisMonth
	axisDay
	axisTick // steps since midnight
	axes
)

// date is the codec of a Date column by parts. Each axis that has more than one cell is a part; the year always is, for it
// has the gaps, too. What is drawn anew is one cell that holds the whole axis. A combination of cells is legal if some day
// of the calendar between low and high lies in all of them; Allowed never offers one that is not.
type date struct {
	gaps      gaps
	axis      [axes]cells
	parts     []int    // axes by part
	perDay    int64    // steps of a day
	low, high int64    // in steps
	day       []uint32 // by cell of days: the days in it
	// What Allowed says where nothing binds, by cell of years (and of months): the cells of months (of days) as bits.
	freeMonths []uint32
	freeDays   [][]uint32
}

// A choice says which cell of each axis is taken; -1 is any.
type choice [axes]int

// link computes what follows from the axes.
func (d *date) link() {
	d.parts = []int{axisYear}
	for a := axisMonth; a < axes; a++ {
		if d.axis[a].len() > 1 {
			d.parts = append(d.parts, a)
		}
	}
	d.day = nil
	for i := range d.axis[axisDay].len() {
		d.day = append(d.day, dayBits(d.axis[axisDay].low[i], d.axis[axisDay].high[i]))
	}
	free := Limit{Low: NoLow, High: NoHigh}
	d.freeMonths = make([]uint32, d.axis[axisYear].len())
	d.freeDays = make([][]uint32, d.axis[axisYear].len())
	for y := range d.freeMonths {
		d.freeDays[y] = make([]uint32, d.axis[axisMonth].len())
		for m := range d.freeDays[y] {
			for i := range d.day {
				if d.legal(choice{y, m, i, -1}, &free) {
					d.freeDays[y][m] |= 1 << i
					d.freeMonths[y] |= 1 << m
				}
			}
		}
	}
}

// unlimited gives, as bits, the cells of months or days that are legal after the cells of c, where nothing binds.
func (d *date) unlimited(a int, c choice) uint32 {
	if a == axisMonth {
		return d.freeMonths[c[axisYear]]
	}
	return d.freeDays[c[axisYear]][max(c[axisMonth], 0)]
}

// dayBits gives a set of days of the month, bit 1 is the first.
func dayBits(from, to int64) uint32 {
	from, to = max(from, 1), min(to, 31)
	if from > to {
		return 0
	}
	return uint32(uint64(1)<<(to+1) - uint64(1)<<from)
}

func (d *date) shape() []Var {
	var vars []Var
	for p, a := range d.parts {
		var weights []int64
		scale := 0
		if p == 0 {
			weights = append(weights, d.gaps.rows...)
			scale = d.gaps.len()
		}
		weights = append(weights, d.axis[a].rows...)
		vars = append(vars, Var{Card: len(weights), Scale: scale, Ordered: true, Share: shares(weights)})
	}
	return vars
}

func (d *date) applies(part int, row []int32) bool { return part == 0 || int(row[0]) >= d.gaps.len() }

func (d *date) gap(v int64) bool { return d.gaps.has(v) }

// chosen gives the cells that the parts before part chose.
func (d *date) chosen(part int, row []int32) choice {
	c := choice{-1, -1, -1, -1}
	for p, a := range d.parts[:part] {
		c[a] = int(row[p])
		if p == 0 {
			c[a] -= d.gaps.len()
		}
		c[a] = min(max(c[a], 0), d.axis[a].len()-1)
	}
	return c
}

func (d *date) allowed(part int, row []int32, lim Limit, ok []bool) int {
	n := 0
	if part == 0 {
		n = d.gaps.allowed(lim, ok)
		ok = ok[d.gaps.len():]
	}
	c := d.chosen(part, row)
	a := d.parts[part]
	if lim.free() && (a == axisMonth || a == axisDay) {
		set := d.unlimited(a, c)
		for i := range d.axis[a].len() {
			ok[i] = set>>i&1 != 0
		}
		return bits.OnesCount32(set)
	}
	free := lim.free()
	inner := a == axisTick && free && d.inner(c[axisYear]) // Then every time of day is legal.
	for i := range d.axis[a].len() {
		c[a] = i
		if ok[i] = inner || a == axisYear && free && d.freeMonths[i] != 0 || d.legal(c, &lim); ok[i] {
			n++
		}
	}
	return n
}

// inner tells whether the years of a cell lie between the first and the last year of the range.
func (d *date) inner(year int) bool {
	x := &d.axis[axisYear]
	return daysFrom(x.low[year], 1)*d.perDay >= d.low && daysFrom(x.high[year]+1, 1)*d.perDay <= d.high
}

// legal tells whether some day lies in all cells of c.
func (d *date) legal(c choice, lim *Limit) bool {
	years := &d.axis[axisYear]
	from, to := 0, years.len()-1
	if c[axisYear] >= 0 {
		from, to = c[axisYear], c[axisYear]
	}
	for i := from; i <= to; i++ {
		for y := years.low[i]; y <= years.high[i]; y++ {
			if d.legalYear(y, c, lim) {
				return true
			}
		}
	}
	return false
}

// legalYear tells whether some day of year y lies in the other cells of c.
func (d *date) legalYear(y int64, c choice, lim *Limit) bool {
	if !lim.meets(max(d.low, daysFrom(y, 1)*d.perDay), min(d.high, daysFrom(y+1, 1)*d.perDay-1)) {
		return false
	}
	months := &d.axis[axisMonth]
	from, to := 0, months.len()-1
	if c[axisMonth] >= 0 {
		from, to = c[axisMonth], c[axisMonth]
	}
	for i := from; i <= to; i++ {
		for m := months.low[i]; m <= months.high[i]; m++ {
			if d.days(y, m, c, lim) != 0 {
				return true
			}
		}
	}
	return false
}

// days gives the days of a month that lie in the cells of c.
func (d *date) days(y, m int64, c choice, lim *Limit) uint32 {
	first := daysFrom(y, m)
	last := first + monthDays(y, m) - 1
	set := uint32(0)
	lim.parts(max(d.low, first*d.perDay), min(d.high, last*d.perDay+d.perDay-1), func(low, high int64) bool {
		from, to := floorDiv(low, d.perDay), floorDiv(high, d.perDay)
		a, b := from-first+1, to-first+1
		// Within the first and the last day, only some times of day are left.
		end := d.perDay - 1
		if from == to {
			end = high - to*d.perDay
		}
		if !d.ticks(low-from*d.perDay, end, c[axisTick]) {
			a++
		}
		if from < to && !d.ticks(0, high-to*d.perDay, c[axisTick]) {
			b--
		}
		set |= dayBits(a, b)
		return true
	})
	if c[axisDay] >= 0 {
		return set & d.day[c[axisDay]]
	}
	all := uint32(0)
	for _, s := range d.day {
		all |= s
	}
	return set & all
}

// ticks tells whether a time of day from low to high lies in cell i, or with i = -1 in any.
func (d *date) ticks(low, high int64, i int) bool {
	t := &d.axis[axisTick]
	if i >= 0 {
		return t.low[i] <= high && t.high[i] >= low
	}
	for i := range t.len() {
		if t.low[i] <= high && t.high[i] >= low {
			return true
		}
	}
	return false
}

func (d *date) value(row []int32, lim Limit, r *rng.Stream) int64 {
	if int(row[0]) < d.gaps.len() {
		return d.gaps.value(row[0])
	}
	c := d.chosen(len(d.parts), row)
	y := d.any(axisYear, c, r, func(y int64) bool { return d.legalYear(y, c, &lim) })
	m := d.any(axisMonth, c, r, func(m int64) bool { return d.days(y, m, c, &lim) != 0 })
	set := d.days(y, m, c, &lim)
	if set == 0 {
		return lim.nearest(d.near(c))
	}
	if n := bits.OnesCount32(set); n > 1 {
		for range r.Intn(n) {
			set &= set - 1
		}
	}
	day := (daysFrom(y, m) + int64(bits.TrailingZeros32(set)) - 1) * d.perDay
	ticks := &d.axis[axisTick]
	i := max(c[axisTick], 0)
	if d.perDay == 1 {
		return day
	}
	// The limit of the time of day is that of the date less the day.
	low, high := max(d.low, lim.Low), min(d.high, lim.High)
	within := Limit{Set: lim.Set, Low: low, High: high}
	v := day + ticks.draw(i, r)
	for range 8 {
		if within.meets(v, v) {
			return v
		}
		v = day + ticks.draw(i, r)
	}
	return within.even(day+ticks.low[i], day+ticks.high[i], v, r)
}

// any draws evenly from the values of an axis in the cell of c that are legal; the first one if none is.
func (d *date) any(a int, c choice, r *rng.Stream, legal func(v int64) bool) int64 {
	x, i := &d.axis[a], max(c[a], 0)
	if x.low[i] == x.high[i] {
		return x.low[i]
	}
	n := 0
	for v := x.low[i]; v <= x.high[i]; v++ {
		if legal(v) {
			n++
		}
	}
	if n == 0 {
		return x.low[i]
	}
	at := r.Intn(n)
	for v := x.low[i]; ; v++ {
		if !legal(v) {
			continue
		}
		if at == 0 {
			return v
		}
		at--
	}
}

// near gives a legal date near cells that have none in common.
func (d *date) near(c choice) int64 {
	at := func(a int) int64 { return d.axis[a].low[max(c[a], 0)] }
	y, m := at(axisYear), at(axisMonth)
	day := daysFrom(y, m) + min(at(axisDay), monthDays(y, m)) - 1
	return min(max(day*d.perDay+at(axisTick), d.low), d.high)
}

func (d *date) code(v int64, row []int32) {
	for p := range row {
		row[p] = -1
	}
	if v < lowestNumber && d.gaps.len() > 0 {
		row[0] = d.gaps.code(v)
		return
	}
	v = min(max(v, d.low), d.high)
	at := d.split(v)
	var c choice
	for a := range at {
		c[a] = d.axis[a].find(at[a])
	}
	free := Limit{Low: NoLow, High: NoHigh}
	if d.unlimited(axisDay, c)>>c[axisDay]&1 == 0 || d.perDay > 1 && !d.inner(c[axisYear]) && !d.legal(c, &free) {
		d.repair(&c)
	}
	for p, a := range d.parts {
		row[p] = int32(c[a])
	}
	row[0] += int32(d.gaps.len())
}

// repair moves cells that have no day in common, part by part, to the nearest ones that have.
func (d *date) repair(c *choice) {
	free := Limit{Low: NoLow, High: NoHigh}
	want := *c
	*c = choice{-1, -1, -1, -1}
	for a := range want {
		n := d.axis[a].len()
		for off := range 2 * n {
			// 0, -1, 1, -2, 2, ...
			c[a] = want[a] + (off+1)/2*(1-off%2*2)
			if c[a] >= 0 && c[a] < n && d.legal(*c, &free) {
				break
			}
		}
		c[a] = min(max(c[a], 0), n-1)
	}
}

// split takes a date apart.
func (d *date) split(v int64) [axes]int64 {
	day := floorDiv(v, d.perDay)
	y, m, dd := civil(day)
	return [axes]int64{y, m, dd, v - day*d.perDay}
}

func (d *date) rare(row []int32, r *rng.Stream) {
	if i := pick(append(slices.Clone(d.gaps.rows), d.axis[axisYear].rows...), r); i < d.gaps.len() {
		d.code(d.gaps.value(int32(i)), row)
		return
	}
	var c choice
	for a := range c {
		c[a] = pick(d.axis[a].rows, r)
	}
	d.code(d.near(c), row)
}

// civil gives year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", civil_from_days).
func civil(day int64) (y, m, d int64) {
	day += 719468
	era := floorDiv(day, 146097)
	doe := day - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = mp + 3
	if m > 12 {
		m -= 12
	}
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

// daysFrom gives the first day of a month, counted from 1970-01-01 (days_from_civil of the same source).
func daysFrom(y, m int64) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	mp := m - 3
	if mp < 0 {
		mp += 12
	}
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + (153*mp+2)/5 - 719468
}

// monthDays gives the number of days of a month.
func monthDays(y, m int64) int64 {
	if m == 12 {
		return 31
	}
	return daysFrom(y, m+1) - daysFrom(y, m)
}
