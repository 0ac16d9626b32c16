package mostlyai

import (
	"math"
	"slices"
	"sort"

	"example.org/cohort/eval/suite"
)

// mostQuantiles is how many numbers describe the distribution of a column.
const mostQuantiles = 100

// An embedded table has rows of D numbers, all of length one.
type embedded struct {
	rows, dims int
	at         []float64 // rows x dims
}

func (e *embedded) row(r int) []float64 { return e.at[r*e.dims : (r+1)*e.dims] }

// embed turns rows of numbers and dates into points. A number becomes its rank among the rows of the first originals tables, from -.5 to
// .5; a missing one becomes 0, and where a column has any, in whichever table, a further dimension says which they are.
func embed(names []string, originals int, tables ...*suite.Table) []embedded {
	dims := make([][][]float64, len(tables)) // by table, dimension and row
	for _, name := range names {
		var columns []*suite.Column
		gaps := 0
		for _, t := range tables {
			c := t.Column(name)
			columns = append(columns, c)
			gaps += c.Gaps()
		}
		rows := 0
		for _, c := range columns[:originals] {
			rows += c.Rows()
		}
		quantiles := quantilesOf(present(columns[:originals]...), min(mostQuantiles, rows))
		for i, c := range columns {
			dims[i] = append(dims[i], ranks(c.Numbers, quantiles))
			if gaps > 0 {
				dims[i] = append(dims[i], missingness(c.Numbers))
			}
		}
	}
	out := make([]embedded, len(tables))
	for i, t := range tables {
		out[i] = atUnitLength(dims[i], t.Rows)
	}
	return out
}

// quantilesOf gives n quantiles of ascending values, from the smallest to the largest; none of no values. It takes numpy's steps one by
// one: whether a quantile equals a value or misses it by the last digit decides if the value gets the middle of its rank.
func quantilesOf(values []float64, n int) []float64 {
	if len(values) == 0 {
		return nil
	}
	out := make([]float64, n)
	last := len(values) - 1
	for i := range out {
		share := float64(i) * (1 / float64(max(n-1, 1)))
		at := float64(last) * (share * 100 / 100)
		low := min(int(at), last)
		t := at - float64(low)
		from, to := values[low], values[min(low+1, last)]
		if t < .5 {
			out[i] = from + float64((to-from)*t)
		} else {
			out[i] = to - float64((to-from)*(1-t))
		}
	}
	out[n-1] = values[last]
	return out
}

// ranks gives where numbers lie among quantiles, less one half; the middle of equal quantiles; 0 for missing numbers, and for all where
// there are no quantiles.
func ranks(numbers, quantiles []float64) []float64 {
	out := make([]float64, len(numbers))
	if len(quantiles) == 0 {
		return out
	}
	last := len(quantiles) - 1
	for r, x := range numbers {
		switch {
		case math.IsNaN(x):
		case x <= quantiles[0]:
			out[r] = -.5
		case x >= quantiles[last]:
			out[r] = .5
		default:
			// The first quantile that is not below x, and the first one above it.
			from := sort.SearchFloat64s(quantiles, x)
			to := from + sort.Search(last-from, func(i int) bool { return quantiles[from+i] > x })
			at := float64(from+to-1) / 2
			if from == to {
				below, above := quantiles[from-1], quantiles[from]
				at = float64(from-1) + (x-below)/(above-below)
			}
			out[r] = at/float64(last) - .5
		}
	}
	return out
}

func missingness(numbers []float64) []float64 {
	out := make([]float64, len(numbers))
	for r, x := range numbers {
		out[r] = -.5
		if math.IsNaN(x) {
			out[r] = .5
		}
	}
	return out
}

// atUnitLength puts dimensions together row by row. A row of nothing but zeros stays as it is.
func atUnitLength(dims [][]float64, rows int) embedded {
	e := embedded{rows: rows, dims: len(dims), at: make([]float64, rows*len(dims))}
	for i, values := range dims {
		for r, x := range values {
			e.at[r*e.dims+i] = x
		}
	}
	for r := range rows {
		row, sum := e.row(r), 0.0
		for _, x := range row {
			sum += x * x
		}
		length := math.Sqrt(sum)
		for i := range row {
			if length > 0 {
				row[i] /= length
			}
		}
	}
	return e
}

// evenly gives n rows of a table that lie evenly in it.
func evenly(t *suite.Table, n int) *suite.Table {
	out := &suite.Table{Rows: n, Columns: slices.Clone(t.Columns)}
	for i := range out.Columns {
		c := &out.Columns[i]
		if c.Numeric() {
			c.Numbers = taken(c.Numbers, n)
		} else {
			c.Codes = taken(c.Codes, n)
		}
	}
	return out
}

func taken[T any](cells []T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = cells[i*len(cells)/n]
	}
	return out
}
