package eval

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/table"
)

// A pattern is something that a row has or has not.
type pattern struct {
	cols      []int
	words     string // ends the sentence that the name of the first column begins: "has decimals"
	has       func(s *side, row int) bool
	form      bool // it is about how cells are written, not about people
	joined    bool // of two patterns or more
	remedy    string
	signature string
}

// What is said of numbers that no real row of the finding half has but the row itself, of numbers that another row of the own table has, and
// of synthetic numbers that are all the same.
const (
	newNumber      = "is a number that no other real row has"
	repeatedNumber = "is a number that another row of the same table has"
	oneNumber      = "has one value only"
)

// The signatures and what they come from.
var causes = map[string]string{
	"number-precision": "It is how numbers are written, and tells nothing of people: detectors near 1 come from it, and rounding to the real grid mends it.",
	"heaping":          "Some numbers are round because people round them, or because the generator does: it tells little of what they mean.",
	"category-codes":   "Values are spelt or coded otherwise than in the real table, so that every model takes them for other values.",
	"new-values":       "The generator takes the numbers for a scale without gaps: it writes numbers between those that occur.",
	"repeated-values":  "The generator writes few different values again and again: it is prompted with the same list of values for every batch, or has collapsed onto them.",
	"clipped-extremes": "The generator cuts numbers off at a limit, and puts onto it what lies beyond, so that the limit is far too common.",
	"copied-values":    "The generator takes values of real rows: some are prompted with them, others learn them by heart.",
	"out-of-range":     "The generator knows no range, or a wider one than the real rows have.",
	"broken-rule":      "The generator learned the columns, and not that one follows from the other.",
}

// patterns lists what may tell rows apart by one column, how it is written first. They are listed once.
func (h *halves) patterns(col int) []pattern {
	if h.listed[col] == nil {
		h.listed[col] = h.list(col)
	}
	return h.listed[col]
}

func (h *halves) list(col int) []pattern {
	c := &h.v.columns[col]
	out := []pattern{h.missing(col)}
	if c.number {
		out = append(h.written(col), out...)
		out = append(out, h.commonNumbers(col)...)
		out = append(out, h.cut(col)...)
	} else {
		const words = "is a value that no other real row has"
		out = append([]pattern{h.unseen(col, words, "--category "+argument(c.name), "category-codes")}, out...)
	}
	return append(out, h.commonLabels(col)...)
}

func (h *halves) missing(col int) pattern {
	return pattern{cols: []int{col}, words: "is missing", has: func(s *side, row int) bool { return s.cells[col].code[row] == none }}
}

// numberPattern holds for cells that are numbers and pass.
func numberPattern(col int, words string, pass func(x float64) bool) pattern {
	return pattern{cols: []int{col}, words: words, has: func(s *side, row int) bool {
		return s.cells[col].code[row] == isNumber && pass(s.cells[col].num[row])
	}}
}

// written are the patterns of how numbers are written.
func (h *halves) written(col int) []pattern {
	c := &h.v.columns[col]
	real := h.numbers(0, col)
	mend := "--number "
	if c.isDate() {
		mend = "--date "
	}
	mend += argument(c.name)
	off := numberPattern(col, c.offWords(), func(x float64) bool { return !c.onGrid(x) })
	off.form, off.remedy, off.signature = true, mend, "number-precision"
	text := pattern{cols: []int{col}, words: "is text in place of a number", form: true, remedy: mend, signature: "category-codes",
		has: func(s *side, row int) bool { return s.cells[col].code[row] >= c.known }}
	out := []pattern{off, text}
	if len(real) == 0 {
		return out
	}
	beyond := numberPattern(col, "lies outside the range of other real rows", func(x float64) bool { return x < real[0] || x > real[len(real)-1] })
	beyond.form, beyond.signature = true, "out-of-range"
	out = append(out, h.round(col)...)
	out = append(out, beyond)
	out = append(out, h.clipped(col)...)
	// Which signature it is, its direction says: see reason.
	return append(out, h.unseen(col, newNumber, mend, ""), h.repeated(col))
}

// asCategories is the option that makes categories of numbers that take few different values, as no number between them is then written;
// "" where they take more.
func (h *halves) asCategories(col int) string {
	c := &h.v.columns[col]
	if c.isDate() || len(slices.Compact(slices.Clone(h.numbers(0, col)))) > 10 {
		return ""
	}
	return "--category " + argument(c.name)
}

// clipped are the smallest and the greatest synthetic number, where real ones lie beyond. No sentence says which numbers they are. Where
// both are the same, it says that.
func (h *halves) clipped(col int) []pattern {
	real, fake := h.numbers(0, col), h.numbers(1, col)
	if len(fake) == 0 {
		return nil
	}
	low, high := fake[0], fake[len(fake)-1]
	if low == high {
		if real[0] == low && real[len(real)-1] == low {
			return nil
		}
		only := numberPattern(col, oneNumber, func(x float64) bool { return x == low })
		only.form, only.signature = true, "repeated-values"
		return []pattern{only}
	}
	var out []pattern
	for _, p := range []struct {
		at    float64
		cut   bool
		words string
	}{{low, real[0] < low, "is the smallest number that synthetic rows have"}, {high, real[len(real)-1] > high, "is the greatest number that synthetic rows have"}} {
		if p.cut {
			q := numberPattern(col, p.words, func(x float64) bool { return x == p.at })
			q.form, q.signature = true, "clipped-extremes"
			out = append(out, q)
		}
	}
	return out
}

// repeated are numbers that another person of the finding half of the same table has.
func (h *halves) repeated(col int) pattern {
	others := map[*side]func(row int) int{}
	for i, s := range h.side {
		others[s] = h.others(i, col)
	}
	return pattern{cols: []int{col}, words: repeatedNumber, form: true, signature: "repeated-values", has: func(s *side, row int) bool {
		return s.cells[col].code[row] == isNumber && others[s](row) > 0
	}}
}

// offWords say that a number is off the real grid.
func (c *column) offWords() string {
	switch step := c.step(); {
	case c.isDate():
		return "has a time of day"
	case step == 1:
		return "has decimals"
	case step > 1:
		return "is no multiple of " + strconv.FormatFloat(step, 'f', -1, 64)
	}
	return "has more decimals than the real numbers"
}

// round are multiples of what is coarser than the step, 0 aside, which has a meaning of its own.
func (h *halves) round(col int) []pattern {
	c := &h.v.columns[col]
	if c.isDate() {
		return nil
	}
	var out []pattern
	for _, m := range []float64{0.1, 1, 5, 10, 100, 1000} {
		if m < c.step()*1.5 || !multiple(m, c.step()) || m > c.high-c.low {
			continue
		}
		text := strconv.FormatFloat(m, 'f', -1, 64)
		words := "is a multiple of " + text
		switch m {
		case 0.1:
			words = "has at most one decimal"
		case 1:
			words = "is a whole number"
		}
		p := numberPattern(col, words, func(x float64) bool { return x != 0 && multiple(x, m) })
		p.form, p.signature, p.remedy = true, "heaping", "--coarsen "+argument(c.name)+"="+text
		out = append(out, p)
	}
	return out
}

// unseen are values that no other real person has of those who find.
func (h *halves) unseen(col int, words, remedy, signature string) pattern {
	real := h.others(0, col)
	holders := h.holdersOf(0, col)
	return pattern{cols: []int{col}, words: words, form: true, remedy: remedy, signature: signature, has: func(s *side, row int) bool {
		at := &s.cells[col]
		if at.code[row] == none || h.v.columns[col].number && at.code[row] != isNumber {
			return false
		}
		if s == h.side[0] {
			return real(row) == 0
		}
		return holders[at.key(row)] == 0
	}}
}

// holdersOf counts the persons of the finding half of a side who have each value of a column.
func (h *halves) holdersOf(side, col int) map[key]int {
	s := h.side[side]
	holders, last := make(map[key]int), make(map[key]int32)
	byPerson := slices.Clone(h.find[side])
	slices.SortStableFunc(byPerson, func(a, b int32) int { return cmp.Compare(s.person[a], s.person[b]) })
	for _, r := range byPerson {
		k, p := s.cells[col].key(int(r)), s.person[r]
		if before, ok := last[k]; !ok || before != p {
			holders[k]++
			last[k] = p
		}
	}
	return holders
}

// others counts for a row of a side the persons of its finding half who have the row's value. A row of that half, which has it itself, is
// not counted: it must not be its own other.
func (h *halves) others(side, col int) func(row int) int {
	s := h.side[side]
	holders := h.holdersOf(side, col)
	own := make([]bool, s.rows)
	for _, r := range h.find[side] {
		own[r] = true
	}
	return func(row int) int { return holders[s.cells[col].key(row)] - int(is(own[row])) }
}

// numbers gives the numbers of the rows that find, ascending. They are sorted once.
func (h *halves) numbers(side, col int) []float64 {
	if out := h.sorted[side][col]; out != nil {
		return out
	}
	s := h.side[side]
	out := []float64{}
	for _, r := range h.find[side] {
		if s.cells[col].code[r] == isNumber {
			out = append(out, s.cells[col].num[r])
		}
	}
	slices.Sort(out)
	h.sorted[side][col] = out
	return out
}

// holders counts the real persons with a row that passes.
func (h *halves) holders(pass func(row int) bool) int {
	s := h.side[0]
	seen, n := make([]bool, s.persons), 0
	for r, p := range s.person {
		if !seen[p] && pass(r) {
			seen[p] = true
			n++
		}
	}
	return n
}

// commonLabels are the values and marks that enough real persons have, one by one; the rarer ones are one pattern.
func (h *halves) commonLabels(col int) []pattern {
	c, at := &h.v.columns[col], &h.side[0].cells[col]
	rare := make([]bool, len(c.label))
	var out []pattern
	for code := none + 1; code < c.known; code++ {
		n := h.holders(func(row int) bool { return at.code[row] == code })
		if rare[code] = n > 0 && n < h.named; n < h.named {
			continue
		}
		p := pattern{cols: []int{col}, words: "is " + strconv.Quote(c.label[code])}
		p.has = func(s *side, row int) bool { return s.cells[col].code[row] == code }
		out = append(out, p)
	}
	if slices.Contains(rare, true) {
		out = append(out, pattern{cols: []int{col}, words: "is a rare value",
			has: func(s *side, row int) bool { code := s.cells[col].code[row]; return code > none && rare[code] }})
	}
	return out
}

// mostValues is how many numbers of a column are looked at one by one.
const mostValues = 5

// commonNumbers are the numbers whose shares differ most, if enough real persons have them.
func (h *halves) commonNumbers(col int) []pattern {
	c := &h.v.columns[col]
	if c.isDate() {
		return nil
	}
	share := make(map[float64]float64) // synthetic less real
	for i := range h.side {
		numbers := h.numbers(i, col)
		for _, x := range numbers {
			share[x] += float64(2*i-1) / float64(len(numbers))
		}
	}
	values := make([]float64, 0, len(share))
	for x := range share {
		values = append(values, x)
	}
	slices.Sort(values)
	slices.SortStableFunc(values, func(a, b float64) int { return compareSize(share[b], share[a]) })
	var out []pattern
	for _, x := range values[:min(len(values), mostValues)] {
		at := &h.side[0].cells[col]
		if h.holders(func(row int) bool { return at.code[row] == isNumber && at.num[row] == x }) < h.named {
			continue
		}
		out = append(out, numberPattern(col, "is "+gridText(x, c.step()), func(y float64) bool { return y == x }))
	}
	return out
}

func compareSize(a, b float64) int {
	switch a, b = math.Abs(a), math.Abs(b); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// gridText writes a number with as many decimals as its grid has.
func gridText(x, step float64) string {
	return strconv.FormatFloat(x, 'f', min(decimals(step), decimals(x)), 64)
}

// cut is the threshold at which the shares of both tables differ most. Dates are cut where a month begins.
func (h *halves) cut(col int) []pattern {
	c := &h.v.columns[col]
	real, fake := h.numbers(0, col), h.numbers(1, col)
	if len(real) == 0 || len(fake) == 0 {
		return nil
	}
	var best, most float64
	for _, x := range h.thresholds(c, real, fake) {
		i, _ := slices.BinarySearch(real, x)
		j, _ := slices.BinarySearch(fake, x)
		if d := math.Abs(float64(i)/float64(len(real)) - float64(j)/float64(len(fake))); d > most {
			best, most = x, d
		}
	}
	at := &h.side[0].cells[col]
	above := h.holders(func(row int) bool { return at.code[row] == isNumber && at.num[row] > best })
	below := h.holders(func(row int) bool { return at.code[row] == isNumber && at.num[row] < best })
	if most == 0 || min(above, below) < h.named {
		return nil
	}
	if c.isDate() {
		return []pattern{numberPattern(col, "is before "+time.Unix(int64(best), 0).UTC().Format(time.DateOnly), func(x float64) bool { return x < best })}
	}
	return []pattern{numberPattern(col, "is above "+strconv.FormatFloat(best, 'f', -1, 64), func(x float64) bool { return x > best })}
}

// thresholds lie between neighbours; none is a number of either table.
func (h *halves) thresholds(c *column, real, fake []float64) []float64 {
	all := slices.Concat(real, fake)
	slices.Sort(all)
	all = slices.Compact(all)
	var out []float64
	if !c.isDate() {
		for i := 1; i < len(all); i++ {
			out = append(out, between(all[i-1], all[i]))
		}
		return out
	}
	for x := unitStart(all[0], "month", 1); x < all[len(all)-1] && len(out) < explainRows; x = unitStart(x, "month", 1) {
		out = append(out, x)
	}
	return out
}

// between gives the number with the fewest digits near the middle of two.
func between(a, b float64) float64 {
	middle := a/2 + b/2
	for d := -9; d <= 12; d++ {
		scale := math.Pow10(d)
		if x := math.Round(middle*scale) / scale; a < x && x < b {
			return x
		}
	}
	return middle
}

// together are pairs of columns of which real rows that find keep an order that synthetic ones don't, and rules of the schema.
func (h *halves) together() []pattern {
	var out []pattern
	v := h.v
	rules := append(v.rules(), h.sums()...)
	for _, r := range rules {
		out = append(out, pattern{cols: r.cols, words: "breaks the rule " + r.name, signature: "broken-rule",
			remedy: "--rule " + argument(r.name), has: func(s *side, row int) bool { return r.broken(v, s, row) }})
	}
	var numbers []int
	for _, col := range v.learnedColumns() {
		if v.columns[col].number {
			numbers = append(numbers, col)
		}
	}
	for _, a := range numbers[:min(len(numbers), mostOrdered)] {
		for _, b := range numbers[:min(len(numbers), mostOrdered)] {
			stated := slices.ContainsFunc(rules, func(r boundRule) bool { return r.op == "<=" && slices.Equal(r.cols, []int{a, b}) })
			if a != b && !stated && v.columns[a].isDate() == v.columns[b].isDate() && h.ordered(a, b) {
				rule := orderRule(v.columns[a].name, v.columns[b].name)
				out = append(out, pattern{cols: []int{a, b}, words: "is above " + v.columns[b].name, signature: "broken-rule",
					remedy: "--rule " + argument(rule), has: above(a, b)})
			}
		}
	}
	return out
}

// sums are rules of the real table that nobody stated: a column is the sum of others, which chance does not make.
func (h *halves) sums() []boundRule {
	v := h.v
	var out []boundRule
	own := v.all.table.Schema().Rules
	for _, f := range table.FindRules(v.learned.table) {
		if op, _ := f.Rule.Terms(); op != "=" {
			continue
		}
		r, ok := v.bind(f.Rule)
		if ok && !slices.ContainsFunc(own, func(s table.Rule) bool { return s.String() == r.name }) {
			out = append(out, r)
		}
	}
	return out
}

// mostOrdered bounds the columns of numbers that are compared with each other.
const mostOrdered = 40

func above(a, b int) func(s *side, row int) bool {
	return func(s *side, row int) bool {
		return s.cells[a].code[row] == isNumber && s.cells[b].code[row] == isNumber && s.cells[a].num[row] > s.cells[b].num[row]
	}
}

// ordered tells whether a never exceeds b in real rows that find, though their ranges overlap.
func (h *halves) ordered(a, b int) bool {
	x, y := h.numbers(0, a), h.numbers(0, b)
	if min(len(x), len(y)) < fewestLikeness || x[len(x)-1] <= y[0] {
		return false
	}
	over := above(a, b)
	return !slices.ContainsFunc(h.find[0], func(r int32) bool { return over(h.side[0], int(r)) })
}

// orderRule writes the rule that a is at most b, as --rule reads it.
func orderRule(a, b string) string {
	quote := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	r, err := table.ParseRule(quote(a) + " <= " + quote(b))
	if err != nil {
		panic("eval: a rule of two columns: " + err.Error())
	}
	return r.String()
}
