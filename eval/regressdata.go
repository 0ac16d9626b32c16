package eval

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/table"
)

// regressors say how rows become a regression: the outcome, and the columns of the design after the intercept.
type regressors struct {
	v        *view
	outcome  int
	logistic bool
	event    int32   // of a category: the code that counts as 1
	other    int32   // and the one that counts as 0
	columns  []int   // of the view, as the formula has them
	terms    []cell  // P-1 of them
	base     []int32 // by column of the view: the value of a category that has no term
}

// A cell is a column of the view and a code there, or isNumber for its numbers.
type cell struct {
	col  int
	code int32
}

// newRegressors looks at the real rows for the values that categories have. Rows that lack any cell of the formula don't count.
func (v *view) newRegressors(f formula) (*regressors, error) {
	d := &regressors{v: v, base: make([]int32, len(v.columns))}
	for i, name := range append([]string{f.outcome}, f.terms...) {
		col := slices.IndexFunc(v.columns, func(c column) bool { return c.name == name })
		if col < 0 || !v.columns[col].learned {
			return nil, &table.Error{Code: "not-for-regression", Column: name,
				Reason: "ids, texts and columns that are dropped or filled can't be in a regression",
				Fix:    "read it as another kind: --number or --category"}
		}
		if i == 0 {
			d.outcome = col
		} else {
			d.columns = append(d.columns, col)
		}
	}
	met := d.met()
	if err := d.chooseModel(met[d.outcome]); err != nil {
		return nil, err
	}
	for _, col := range d.columns {
		if v.columns[col].number {
			d.terms = append(d.terms, cell{col, isNumber})
			continue
		}
		codes := met[col]
		if len(codes) == 0 {
			continue // no row is whole, which is told as too few rows
		}
		d.base[col] = codes[0]
		if len(codes) == 1 {
			return nil, collinear(v.columns[col].name, "has one value only in the rows without gaps")
		}
		for _, code := range codes[1:] {
			d.terms = append(d.terms, cell{col, code})
		}
	}
	return d, nil
}

// met lists by column the codes of categories in whole real rows, in the order of the schema.
func (d *regressors) met() [][]int32 {
	met := make([][]int32, len(d.v.columns))
	s := d.v.learned
	for _, col := range append([]int{d.outcome}, d.columns...) {
		seen := make([]bool, len(d.v.columns[col].label))
		for r := range s.rows {
			if code := s.cells[col].code[r]; code > none && d.whole(s, r) {
				seen[code] = true
			}
		}
		for code, yes := range seen {
			if yes {
				met[col] = append(met[col], int32(code))
			}
		}
	}
	return met
}

// whole tells whether a row has a number or a value in every column of the formula.
func (d *regressors) whole(s *side, row int) bool {
	has := func(col int) bool {
		code := s.cells[col].code[row]
		if d.v.columns[col].number {
			return code == isNumber && !math.IsInf(s.cells[col].num[row], 0)
		}
		return code > none
	}
	return has(d.outcome) && !slices.ContainsFunc(d.columns, func(col int) bool { return !has(col) })
}

// chooseModel decides between least squares and logistic regression by the outcome's real values; codes are those of a category.
func (d *regressors) chooseModel(codes []int32) error {
	c := &d.v.columns[d.outcome]
	if !c.number {
		if len(codes) != 2 {
			return badOutcome(c.name, fmt.Sprintf("has %s in the rows without gaps; a regression needs a number or two values",
				count(len(codes), "value", "values")))
		}
		d.logistic, d.other, d.event = true, codes[0], codes[1]
		return nil
	}
	s := d.v.learned
	first, seen := 0.0, 0
	one, binary := true, true
	for r := range s.rows {
		if !d.whole(s, r) {
			continue
		}
		x := s.cells[d.outcome].num[r]
		if seen == 0 {
			first = x
		}
		seen++
		one = one && x == first
		binary = binary && (x == 0 || x == 1)
	}
	if one && seen > 0 {
		return badOutcome(c.name, "has one value only in the rows without gaps")
	}
	d.logistic = binary && seen > 0
	return nil
}

func badOutcome(name, reason string) error {
	return &table.Error{Code: "bad-outcome", Column: name, Reason: "the outcome " + reason,
		Fix: "choose another outcome, or read the column as a number: --number"}
}

func collinear(name, reason string) error {
	return &table.Error{Code: "collinear", Column: name, Reason: name + " " + reason, Fix: "leave it out of the formula"}
}

// A sampleRows is a design with its outcome and the persons of its rows.
type sampleRows struct {
	d      *regressors
	x      *mat.Dense // [N, P], a column of ones first; nil without rows
	y      []float64  // [N]
	person []int32    // [N]
	column []int      // by column of x: that of the view, -1 for the intercept
}

// sample gives the rows of a side that are whole and have values that real rows have, too.
func (d *regressors) sample(s *side) *sampleRows {
	out := &sampleRows{d: d, column: []int{-1}}
	for _, t := range d.terms {
		out.column = append(out.column, t.col)
	}
	var x []float64
	for r := range s.rows {
		if !d.whole(s, r) {
			continue
		}
		if y, ok := d.answer(s, r); ok && d.familiar(s, r) {
			out.y, out.person = append(out.y, y), append(out.person, s.person[r])
			x = append(x, 1)
			for _, t := range d.terms {
				x = append(x, t.value(s, r))
			}
		}
	}
	if len(out.y) > 0 {
		out.x = mat.NewDense(len(out.y), len(out.column), x)
	}
	return out
}

// value is what the design has for a row: the number, or 1 for a category's own value.
func (c cell) value(s *side, row int) float64 {
	switch {
	case c.code == isNumber:
		return s.cells[c.col].num[row]
	case s.cells[c.col].code[row] == c.code:
		return 1
	}
	return 0
}

// answer gives the outcome of a row; false for a value that no real row has.
func (d *regressors) answer(s *side, row int) (float64, bool) {
	at := &s.cells[d.outcome]
	switch {
	case !d.v.columns[d.outcome].number:
		code := at.code[row]
		if code == d.event {
			return 1, true
		}
		return 0, code == d.other
	case d.logistic:
		return at.num[row], at.num[row] == 0 || at.num[row] == 1
	}
	return at.num[row], true
}

// familiar tells whether all categories of a row have a value that whole real rows have.
func (d *regressors) familiar(s *side, row int) bool {
	for _, col := range d.columns {
		if d.v.columns[col].number {
			continue
		}
		code := s.cells[col].code[row]
		if code != d.base[col] && !slices.Contains(d.terms, cell{col, code}) {
			return false
		}
	}
	return true
}

func (s *sampleRows) n() int { return len(s.y) }

// clustered tells whether a person has several rows.
func (s *sampleRows) clustered() bool {
	seen := make(map[int32]bool)
	for _, p := range s.person {
		if seen[p] {
			return true
		}
		seen[p] = true
	}
	return false
}

// units counts persons where some have several rows, else rows.
func (s *sampleRows) units() int {
	persons := make(map[int32]bool)
	for _, p := range s.person {
		persons[p] = true
	}
	return len(persons)
}

// tooFew is the error of a side with too few whole rows.
func (s *sampleRows) tooFew(side string) error {
	least := max(fewestLikeness, 2*len(s.column))
	if s.n() >= least {
		return nil
	}
	return &table.Error{Code: "too-few-rows", Fix: "take fewer columns into the formula, or columns with fewer gaps",
		Reason: fmt.Sprintf("%s has %s without gaps in the columns of the formula; %d are the least", side, count(s.n(), "row", "rows"), least)}
}

// constant tells whether a column of the design is the same in all rows.
func (s *sampleRows) constant(j int) bool {
	for i := range s.y {
		if s.x.At(i, j) != s.x.At(0, j) {
			return false
		}
	}
	return true
}

// only keeps some columns of the design.
func (s *sampleRows) only(columns []int) *sampleRows {
	out := *s
	out.x, out.column = mat.NewDense(s.n(), len(columns), nil), nil
	for k, j := range columns {
		out.column = append(out.column, s.column[j])
		out.x.SetCol(k, mat.Col(nil, j, s.x))
	}
	return &out
}
