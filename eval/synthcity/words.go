package synthcity

import (
	"errors"
	"fmt"
	"strings"

	"example.org/cohort/eval/ml"
)

// What is said of tables: columns are named as their header does, and rows by the table that they are of.

const gapWords = "a cell is missing or infinite: fill such cells first"

// gap says which column of a frame has a cell that is missing or infinite; nil where none has.
func (f *Frame) gap() error {
	for j, name := range f.names {
		if !finite(f.Column(j)) {
			return ofColumn(name, f.of, gapWords)
		}
	}
	return nil
}

// gap is that of the real or the synthetic rows. Such cells are what scikit-learn refuses.
func (p *Pair) gap() error {
	if err := p.Real.gap(); err != nil {
		return err
	}
	return p.Synthetic.gap()
}

func ofColumn(name, of, what string) error {
	return fmt.Errorf("column %q of the %s: %s", name, of, what)
}

// inWords says what a model says of a matrix, whose columns have these names, in words for whoever has only seen the tables.
func inWords(err error, names []string, of string) error {
	if err == nil {
		return nil
	}
	var cell *ml.CellError
	if errors.As(err, &cell) && cell.Column < len(names) {
		return ofColumn(names[cell.Column], of, cell.What)
	}
	return errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "ml: "), "bad input: "))
}
