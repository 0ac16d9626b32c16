package synthcity

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// fewValues is the number of different values from which on numbers stay as they are.
const fewValues = 15

// An encoder turns the cells of a column into numbers: DataLoader.encode of the peer. Columns of words, and of numbers
// with fewer than 15 different values, also decimal ones, get the codes 0, 1, ... in order of their values, what is missing the
// last one. Whole numbers that are 0..k-1 already, and other numbers, stay. Nothing is scaled.
type encoder struct {
	coded    bool
	numbers  []float64 // values in order
	words    []string
	hasBlank bool
}

// fitEncoder finds the codes of a column.
func fitEncoder(c *Column) encoder {
	var e encoder
	for row := range c.Rows() {
		switch {
		case c.missing(row):
			e.hasBlank = true
		case c.Words != nil:
			e.words = append(e.words, c.Words[row])
		default:
			e.numbers = append(e.numbers, c.Numbers[row])
		}
	}
	slices.Sort(e.numbers)
	e.numbers = slices.Compact(e.numbers)
	slices.Sort(e.words)
	e.words = slices.Compact(e.words)
	values := len(e.numbers) + len(e.words)
	if e.hasBlank {
		values++
	}
	codesAlready := c.Whole && len(e.numbers) > 0 && e.numbers[0] == 0 && e.numbers[len(e.numbers)-1] == float64(values-1)
	e.coded = !codesAlready && (c.Words != nil || values < fewValues)
	return e
}

// join puts the cells of one column of several tables one after the other. It fails where words meet numbers, which the peer
// cannot sort.
func join(cols []Column) (Column, error) {
	joint := Column{Name: cols[0].Name, Whole: true}
	words, numbers := false, false
	for i := range cols {
		if !cols[i].empty() {
			words = words || cols[i].Words != nil
			numbers = numbers || cols[i].Words == nil
		}
	}
	if words && numbers {
		return joint, fmt.Errorf("column %q has words in one table and numbers in another, which can't be sorted together", joint.Name)
	}
	for _, c := range cols {
		joint.Whole = joint.Whole && c.Whole
		for row := range c.Rows() {
			switch {
			case !words && c.Words == nil:
				joint.Numbers = append(joint.Numbers, c.Numbers[row])
			case !words:
				joint.Numbers = append(joint.Numbers, math.NaN())
			case c.missing(row):
				joint.Words, joint.Missing = append(joint.Words, ""), append(joint.Missing, true)
			default:
				joint.Words, joint.Missing = append(joint.Words, c.Words[row]), append(joint.Missing, false)
			}
		}
	}
	return joint, nil
}

// encode gives the numbers of a column, and whether they are int64 in pandas.
func (e *encoder) encode(c *Column) (cells []float64, whole bool) {
	cells = make([]float64, c.Rows())
	for row := range cells {
		switch {
		case !e.coded:
			cells[row] = c.Numbers[row]
		case c.missing(row):
			cells[row] = float64(len(e.words) + len(e.numbers))
		case c.Words != nil:
			cells[row] = float64(sort.SearchStrings(e.words, c.Words[row]))
		default:
			cells[row] = float64(sort.SearchFloat64s(e.numbers, c.Numbers[row]))
		}
	}
	return cells, e.coded || c.Whole
}
