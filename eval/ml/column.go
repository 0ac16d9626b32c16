package ml

import (
	"errors"
	"fmt"
	"math"
)

// Why data cannot be learned from or scored. Other errors say which column or length is wrong.
var (
	ErrNoRows   = errors.New("ml: no rows")
	ErrOneClass = errors.New("ml: the target has one class only")
	ErrInput    = errors.New("ml: bad input") // lengths, kinds and codes that don't fit
	ErrUnfitted = errors.New("ml: not fitted yet")
	ErrStopped  = errors.New("ml: stopped")
)

// A CellError says which column of a matrix has a cell that can't be computed with. It is an [ErrInput].
type CellError struct {
	Column int    // from 0 on
	What   string // what is wrong, and what to do
}

// Error counts the columns from 1.
func (e *CellError) Error() string {
	return fmt.Sprintf("%v: column %d: %s", ErrInput, e.Column+1, e.What)
}

// Unwrap gives ErrInput.
func (e *CellError) Unwrap() error { return ErrInput }

// A Column is N numbers, or N codes of categories; the other field is nil. As a target, Codes are classes.
type Column struct {
	Numbers []float64 // NaN where missing; a target has none missing
	Codes   []int32   // in [0, Card), negative where missing; a target has none missing
	Card    int       // categories or classes, also those that no row has
}

// Len gives N.
func (c Column) Len() int { return max(len(c.Numbers), len(c.Codes)) }

// Rows gives the column of the given rows, in their order; a row may come more than once. It panics if one is out of range.
func (c Column) Rows(rows []int32) Column {
	out := Column{Card: c.Card}
	if c.Numbers != nil {
		out.Numbers = make([]float64, len(rows))
		for i, r := range rows {
			out.Numbers[i] = c.Numbers[r]
		}
	}
	if c.Codes != nil {
		out.Codes = make([]int32, len(rows))
		for i, r := range rows {
			out.Codes[i] = c.Codes[r]
		}
	}
	return out
}

// check tells whether the column is one kind of n rows with codes in range.
func (c Column) check(n int) error {
	if (c.Numbers != nil) == (c.Codes != nil) {
		return fmt.Errorf("%w: a column needs either numbers or codes", ErrInput)
	}
	if c.Len() != n {
		return fmt.Errorf("%w: a column of %d rows in a table of %d", ErrInput, c.Len(), n)
	}
	for _, k := range c.Codes {
		if int(k) >= c.Card {
			return fmt.Errorf("%w: a code beyond the column's %d", ErrInput, c.Card)
		}
	}
	return nil
}

// checkTarget tells whether the column is a target of n rows.
func (c Column) checkTarget(n int) error {
	if err := c.check(n); err != nil {
		return err
	}
	for _, v := range c.Numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: a target that is missing or infinite", ErrInput)
		}
	}
	if c.Codes != nil && c.Card > maxClasses {
		return fmt.Errorf("%w: a target with more than %d classes", ErrInput, maxClasses)
	}
	one := true
	for _, k := range c.Codes {
		if k < 0 {
			return fmt.Errorf("%w: a target that is missing", ErrInput)
		}
		one = one && k == c.Codes[0]
	}
	if c.Codes != nil && one {
		return ErrOneClass
	}
	return nil
}

// checkTable tells whether x has at least one column and every column n > 0 rows.
func checkTable(x []Column, n int) error {
	if n == 0 {
		return ErrNoRows
	}
	if len(x) == 0 {
		return fmt.Errorf("%w: no columns", ErrInput)
	}
	for i, c := range x {
		if err := c.check(n); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}
