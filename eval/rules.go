package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// What can be wrong with a cell.
const (
	unseen  = iota // a value that no real cell of the column has, text among numbers too
	outside        // a number out of the range of the real ones
	offGrid        // a number with finer steps than the real ones have
	gap            // missing, where no real cell is
	faults
)

var faultNames = [faults]string{"rules.unseen", "rules.range", "rules.grid", "rules.gaps"}

// A fitness is what a side has of faults.
type fitness struct {
	cells  [][faults]int // by column: rows
	rules  []int         // by rule: rows
	breaks [][]bool      // by rule and person: breaks it
	faulty []bool        // by person: a fault of a cell
	strong []bool        // by person: text or finer steps among numbers
}

// broken lists by person whether there is any fault of a cell, or any of the rules is broken that pass.
func (x *fitness) broken(pass func(rule int) bool) []bool {
	out := slices.Clone(x.faulty)
	for i, breaks := range x.breaks {
		for p, b := range breaks {
			out[p] = out[p] || b && pass(i)
		}
	}
	return out
}

func anyRule(int) bool { return true }

// A fit is what the real table allows.
type fit struct {
	v      *view
	cols   []int
	spans  []span
	met    [][]bool // by column of the view and code: some real cell has it
	rules  []boundRule
	gapsOK []bool // by column of the view
}

func (v *view) newFit(ctx context.Context) *fit {
	f := &fit{v: v, cols: v.learnedColumns(), spans: v.wholeSpans(), met: make([][]bool, len(v.columns)), gapsOK: make([]bool, len(v.columns))}
	for _, r := range v.rules() {
		if !slices.ContainsFunc(rowNumbers(v.all.rows), func(row int) bool { return r.broken(v, v.all, row) }) {
			f.rules = append(f.rules, r)
		}
	}
	for _, col := range f.cols {
		if ctx.Err() != nil {
			break
		}
		c := &v.columns[col]
		f.met[col] = make([]bool, c.known)
		numbers := 0
		for _, code := range v.all.cells[col].code {
			if code == isNumber {
				numbers++
			} else {
				f.met[col][code] = true
			}
		}
		// A column of too few numbers is written as missing.
		f.gapsOK[col] = c.missing || c.number && numbers < 2*max(v.opt.Protect, 1) || v.opt.Level == "structure"
	}
	return f
}

func rowNumbers(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// fault tells what is wrong with a cell; faults is nothing.
func (f *fit) fault(s *side, col, row int) int {
	cells := &s.cells[col]
	switch code := cells.code[row]; {
	case code == none:
		if !f.gapsOK[col] {
			return gap
		}
	case code != isNumber:
		if int(code) >= len(f.met[col]) || !f.met[col][code] {
			return unseen
		}
	case !f.spans[col].has(cells.num[row]) && f.v.opt.Level != "structure":
		return outside
	case !f.v.columns[col].onGrid(cells.num[row]):
		return offGrid
	}
	return faults
}

func (f *fit) of(ctx context.Context, s *side) *fitness {
	out := &fitness{cells: make([][faults]int, len(f.v.columns)), rules: make([]int, len(f.rules)),
		breaks: make([][]bool, len(f.rules)), faulty: make([]bool, s.persons), strong: make([]bool, s.persons)}
	for _, col := range f.cols {
		if ctx.Err() != nil {
			break
		}
		number := f.v.columns[col].number
		for r := range s.rows {
			if x := f.fault(s, col, r); x != faults {
				out.cells[col][x]++
				out.faulty[s.person[r]] = true
				if number && (x == unseen || x == offGrid) {
					out.strong[s.person[r]] = true
				}
			}
		}
	}
	for i := range f.rules {
		if ctx.Err() != nil {
			break
		}
		out.breaks[i] = make([]bool, s.persons)
		for r := range s.rows {
			if f.rules[i].broken(f.v, s, r) {
				out.rules[i]++
				out.breaks[i][s.person[r]] = true
			}
		}
	}
	return out
}

// kept looks in the result for broken rules, kinds and ranges of the real table.
func (v *view) kept(ctx context.Context) (*finding, []Metric, error) {
	f := v.newFit(ctx)
	if err := ctx.Err(); err != nil || v.result.rows == 0 {
		return nil, nil, err
	}
	result := f.of(ctx, v.result)
	var held *fitness
	if v.held != nil && !v.made {
		held = f.of(ctx, v.held)
	}
	return f.judge(result, held), f.metrics(result, held), ctx.Err()
}

// metrics gives the shares of rows by column and by rule. Rows of one person are alike: only where each has one is there an
// interval.
func (f *fit) metrics(result, held *fitness) []Metric {
	var out []Metric
	add := func(name string, x, real int, columns ...string) {
		m := Metric{Name: name, Columns: columns, Value: float64(x) / float64(f.v.result.rows), Low: math.NaN(), High: math.NaN(),
			Real: math.NaN(), Better: -1}
		if f.v.result.persons == f.v.result.rows {
			m.Low, m.High = wilson(x, f.v.result.rows)
		}
		if held != nil && f.v.held.rows > 0 {
			m.Real = float64(real) / float64(f.v.held.rows)
		}
		out = append(out, m)
	}
	for i, r := range f.rules {
		real := 0
		if held != nil {
			real = held.rules[i]
		}
		names := []string{f.v.columns[r.cols[0]].name, f.v.columns[r.cols[1]].name}
		add("rules.broken", result.rules[i], real, names...)
	}
	for _, col := range f.cols {
		for x, name := range faultNames {
			if (x == outside || x == offGrid) && !f.v.columns[col].number {
				continue
			}
			real := 0
			if held != nil {
				real = held.cells[col][x]
			}
			add(name, result.cells[col][x], real, f.v.columns[col].name)
		}
	}
	return out
}

// alone tells which real persons break a kind or a range of all others: they alone have a value, a gap, or the least or greatest number of a
// column. Of unseen people about the same share does (Good, 1953).
func (f *fit) alone() []bool {
	s := f.v.all
	out := make([]bool, s.persons)
	for _, col := range f.cols {
		holder := make(map[key]int32) // -1: of several persons
		low, high := math.Inf(1), math.Inf(-1)
		cells := &s.cells[col]
		for r, code := range cells.code {
			if code == isNumber {
				low, high = min(low, cells.num[r]), max(high, cells.num[r])
			}
			k := cells.key(r)
			if p, met := holder[k]; !met {
				holder[k] = s.person[r]
			} else if p != s.person[r] {
				holder[k] = -1
			}
		}
		for r, code := range cells.code {
			inside := code == isNumber && cells.num[r] > low && cells.num[r] < high
			if !inside && holder[cells.key(r)] >= 0 {
				out[s.person[r]] = true
			}
		}
	}
	return out
}

// judge compares kinds and ranges with those of people set aside, who have new values, too. A rule that every real person
// keeps stands by itself.
func (f *fit) judge(result, held *fitness) *finding {
	out := &finding{Check: Check{Group: "Rules", Name: "kept"}}
	got := tallyOf(result.broken(anyRule))
	m := Metric{Name: "rules.kept", Value: 1 - got.share(), Real: math.NaN(), Best: 1, Better: 1}
	m.Low, m.High = wilson(got.n-got.x, got.n)
	out.Shown, out.Beside = grouped(len(f.rules))+" of "+grouped(len(f.rules)), "kinds and ranges, too"
	if len(f.rules) == 0 {
		out.Shown, out.Beside = "all rows", "kinds and ranges"
	}
	out.Sentence = "Every row keeps the rules, kinds and ranges of the real table."
	if got.x > 0 {
		out.Shown = grouped(got.n-got.x) + " of " + grouped(got.n)
		out.Beside = "the others break something"
		out.Sentence = fmt.Sprintf("%s a rule, a kind or a range of the real table, in %s.%s",
			count(got.x, "synthetic person breaks", "synthetic people break"), quoted(f.worst(result)), f.brokenRules(result))
	}
	switch {
	case f.v.made:
		if got.x > 0 {
			out.Status, out.Beside = Stop, "must be all"
			out.Sentence += " This is a fault of the program."
		}
	case held != nil:
		others := tallyOf(held.broken(anyRule))
		m.Real = 1 - others.share()
		out.Beside = "real people: " + grouped(int(math.Round((1-others.share())*float64(got.n)))) + " of " + grouped(got.n)
		// Rules that all real people keep are looked at by themselves.
		notReal := func(rule int) bool { return held.rules[rule] > 0 }
		odd, theirs := tallyOf(result.broken(notReal)), tallyOf(held.broken(notReal))
		if odd.share() > theirs.share()+fewBroken && fisher(odd.x, odd.n, theirs.x, theirs.n) <= lookLevel {
			out.Status = Look
		}
	default:
		got, alone := tallyOf(result.faulty), tallyOf(f.alone())
		if got.x > 0 {
			out.Beside = "real people: about " + grouped(int(math.Round((1-alone.share())*float64(got.n)))) + " of " + grouped(got.n)
		}
		if tallyOf(result.strong).share() > fewBroken || got.share() > alone.share()+fewBroken && fisher(got.x, got.n, alone.x, alone.n) <= lookLevel {
			out.Status = Look
		}
	}
	if !f.v.made && f.breaksReal(result, held) {
		out.Status = Look
	}
	out.Metrics = []Metric{m}
	return out
}

// breaksReal tells whether the result breaks a rule that all real people keep. That so many keep it leaves room for exceptions
// that are too rare to be among them: an unseen real table may break what was found in this one. So the result may break it as
// often as chance would have it, by Fisher's test, adjusted for several rules.
func (f *fit) breaksReal(result, held *fitness) bool {
	real := f.v.all.persons
	if held != nil {
		real += f.v.held.persons
	}
	var p []float64
	for i, breaks := range result.breaks {
		if held == nil || held.rules[i] == 0 {
			got := tallyOf(breaks)
			p = append(p, fisher(got.x, got.n, 0, real))
		}
	}
	rejected, _ := holm(p, lookLevel)
	return slices.Contains(rejected, true)
}

// brokenRules says which rules are broken and in how many rows, the most broken three of them.
func (f *fit) brokenRules(result *fitness) string {
	var order []int
	for i, n := range result.rules {
		if n > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(result.rules[b], result.rules[a]) })
	text := ""
	for _, i := range order[:min(len(order), 3)] {
		text += fmt.Sprintf(" The rule %s is broken in %s of %s.", f.rules[i].name, grouped(result.rules[i]), count(f.v.result.rows, "row", "rows"))
	}
	return text
}

// worst names the columns with the most faults, at most three.
func (f *fit) worst(result *fitness) []string {
	total := make(map[int]int)
	for _, col := range f.cols {
		for _, n := range result.cells[col] {
			total[col] += n
		}
	}
	for i, r := range f.rules {
		total[r.cols[0]] += result.rules[i]
	}
	cols := slices.Clone(f.cols)
	slices.SortStableFunc(cols, func(a, b int) int { return cmp.Compare(total[b], total[a]) })
	var names []string
	for _, col := range cols[:min(len(cols), 3)] {
		if total[col] > 0 {
			names = append(names, f.v.columns[col].name)
		}
	}
	return names
}
