package table

import (
	"math"
	"math/big"
	"math/bits"
)

// Broken lists the rows of t, ascending, in which the rule does not hold. Arithmetic is exact. Of "A -> B" these are the rows in which
// B is not what most rows with the same A have, the first of equally frequent ones. A rule that t has not the columns for (none of that
// name, text in a sum, a number compared with a date) holds in no row.
func (r Rule) Broken(t *Table) []int {
	cols, err := r.bind(t.schema)
	if err != nil || r.op == "" {
		all := make([]int, t.rows)
		for i := range all {
			all[i] = i
		}
		return all
	}
	switch r.op {
	case "->":
		return t.undecided(cols[0], cols[1])
	case "xor":
		return t.notEither(cols[0], cols[1])
	}
	var broken []int
	check := t.ruleCheck(r.op, cols)
	for i := range t.rows {
		if testable, holds := check.row(i); testable && !holds {
			broken = append(broken, i)
		}
	}
	return broken
}

// bind finds the columns of the rule in s, by number, and checks that they fit its form; the error is an *Error.
func (r Rule) bind(s *Schema) ([]int, error) {
	cols := make([]int, len(r.columns))
	dates := 0
	for i, name := range r.columns {
		col, err := s.find(name)
		if err != nil {
			return nil, err
		}
		kind := s.Columns[col].Kind
		if kind == Date {
			dates++
		}
		if r.op == "->" || r.op == "xor" {
			cols[i] = col
			continue
		}
		if !kind.numeric() || kind == Date && r.op == "=" {
			return nil, &Error{Code: "bad-rule", Column: name,
				Reason: "the rule " + r.String() + " needs numbers here, and the column is of kind " + kind.String()}
		}
		cols[i] = col
	}
	if dates == 1 && r.op == "<=" {
		return nil, &Error{Code: "bad-rule", Reason: "the rule " + r.String() + " compares a number with a date"}
	}
	return cols, nil
}

// ruleCheck tests a rule row by row on columns brought to one grid: a cell counts cell*factor of its units.
type ruleCheck struct {
	op      string
	nums    [][]int64
	factors []int64
	exact   []*big.Rat // the steps of the columns, where int64 does not hold all sums
}

// ruleCheck makes the test of a rule on columns by number, which are numeric.
func (t *Table) ruleCheck(op string, cols []int) ruleCheck {
	c := ruleCheck{op: op, nums: make([][]int64, len(cols))}
	grids := make([]grid, len(cols))
	for i, col := range cols {
		c.nums[i] = t.cols[col].nums
		grids[i] = newGrid(t.schema.Columns[col].Step)
	}
	factors, fits := commonGrid(grids)
	var bound uint64 // of the sum of all absolute values in a row
	for i := 0; fits && i < len(cols); i++ {
		hi, lo := bits.Mul64(largest(c.nums[i]), uint64(factors[i]))
		fits = hi == 0 && lo < math.MaxInt64-bound
		bound += lo
	}
	if fits {
		c.factors = factors
		return c
	}
	for _, g := range grids {
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(g.decimals)), nil)
		c.exact = append(c.exact, new(big.Rat).SetFrac(big.NewInt(g.unit), scale))
	}
	return c
}

// largest gives the largest absolute value of the numbers among nums.
func largest(nums []int64) uint64 {
	var top int64
	for _, n := range nums {
		if n >= lowestNumber {
			top = max(top, n, -n)
		}
	}
	return uint64(top)
}

// commonGrid gives the factors that bring multiples of each grid to multiples of one; ok is false if they leave int64.
func commonGrid(grids []grid) (factors []int64, ok bool) {
	decimals := 0
	for _, g := range grids {
		decimals = max(decimals, g.decimals)
	}
	factors = make([]int64, len(grids))
	var common int64
	for i, g := range grids {
		factors[i] = g.unit
		for range decimals - g.decimals {
			if factors[i] > math.MaxInt64/10 {
				return nil, false
			}
			factors[i] *= 10
		}
		common = gcd(common, factors[i])
	}
	for i := range factors {
		factors[i] /= common
	}
	return factors, true
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// row tests row i: testable is false where a cell is missing or a mark.
func (c *ruleCheck) row(i int) (testable, holds bool) {
	for _, nums := range c.nums {
		if nums[i] < lowestNumber {
			return false, false
		}
	}
	if c.exact != nil {
		return true, c.exactRow(i)
	}
	first := c.nums[0][i] * c.factors[0]
	if c.op == "<=" {
		return true, first <= c.nums[1][i]*c.factors[1]
	}
	for p, nums := range c.nums[1:] {
		first -= nums[i] * c.factors[p+1]
	}
	return true, first == 0
}

// exactRow is row in numbers of any size, for grids so different that int64 does not hold them together.
func (c *ruleCheck) exactRow(i int) bool {
	var sum, part big.Rat
	for p := 1; p < len(c.nums); p++ {
		part.SetInt64(c.nums[p][i])
		sum.Add(&sum, part.Mul(&part, c.exact[p]))
	}
	part.SetInt64(c.nums[0][i])
	order := part.Mul(&part, c.exact[0]).Cmp(&sum)
	return order == 0 || order < 0 && c.op == "<="
}

// undecided lists the rows in which b is not what most rows with the same a have.
func (t *Table) undecided(a, b int) []int {
	x, nx := t.denseCells(a)
	y, _ := t.denseCells(b)
	count := make(map[[2]int32]int)
	for i := range x {
		if x[i] >= 0 && y[i] >= 0 {
			count[[2]int32{x[i], y[i]}]++
		}
	}
	most, told := make([]int, nx), make([]int32, nx)
	for i := range x {
		if x[i] < 0 || y[i] < 0 {
			continue
		}
		if n := count[[2]int32{x[i], y[i]}]; n > most[x[i]] {
			most[x[i]], told[x[i]] = n, y[i]
		}
	}
	var rows []int
	for i := range x {
		if x[i] >= 0 && y[i] >= 0 && told[x[i]] != y[i] {
			rows = append(rows, i)
		}
	}
	return rows
}

// denseCells numbers the values of a column; -1 is missing or a mark.
func (t *Table) denseCells(col int) (codes []int32, n int) {
	if nums := t.cols[col].nums; nums != nil {
		return denseCodes(nums)
	}
	codes = t.cols[col].codes
	for _, c := range codes {
		n = max(n, int(c)+1)
	}
	return codes, n
}

// notEither lists the rows in which both columns have a cell, or none has.
func (t *Table) notEither(a, b int) []int {
	x, y := t.gaps(a), t.gaps(b)
	var rows []int
	for i := range x {
		if x[i] == y[i] {
			rows = append(rows, i)
		}
	}
	return rows
}
