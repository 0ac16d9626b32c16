package synthcity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// missingWords are what pandas.read_csv takes for a missing cell.
var missingWords = []string{"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
	"N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"}

// FromText makes a column of cells of text, as pandas.read_csv reads them: of whole numbers, of numbers, of "False" and "True", or
// of words. pandas 2, on which 0.2.12 stands, also takes None for a missing cell; pandas 1 does not.
func FromText(v Version, name string, cells []string) Column {
	c := Column{Name: name, Numbers: make([]float64, len(cells)), Whole: true, Missing: make([]bool, len(cells))}
	numbers, truth := true, true
	for i, cell := range cells {
		if slices.Contains(missingWords, cell) || cell == "None" && v != V0210 {
			c.Numbers[i], c.Missing[i], c.Whole = math.NaN(), true, false
			continue
		}
		truth = truth && (strings.EqualFold(cell, "true") || strings.EqualFold(cell, "false"))
		if trimmed := strings.TrimSpace(cell); numbers {
			number, err := strconv.ParseFloat(trimmed, 64)
			numbers = (err == nil || errors.Is(err, strconv.ErrRange)) && !strings.ContainsAny(trimmed, "xXpP_")
			_, notWhole := strconv.ParseInt(trimmed, 10, 64)
			c.Numbers[i], c.Whole = number, c.Whole && notWhole == nil
		}
	}
	if numbers {
		c.Missing = nil
		return c
	}
	c.Numbers, c.Whole = nil, false
	c.Words = slices.Clone(cells)
	if !slices.Contains(c.Missing, true) {
		c.Missing = nil
	}
	if truth {
		for i, cell := range cells {
			// pandas knows True, TRUE and true as the same value.
			c.Words[i] = map[bool]string{true: "True", false: "False"}[strings.EqualFold(cell, "true")]
		}
	}
	return c
}

// ReadCSV reads a table with a header, as pandas.read_csv(sep=comma) does.
func ReadCSV(v Version, r io.Reader, comma rune) (Table, error) {
	in := csv.NewReader(r)
	in.Comma, in.LazyQuotes = comma, true
	records, err := in.ReadAll()
	if err != nil {
		var bad *csv.ParseError
		if errors.As(err, &bad) { // its own words are kept, which name line and column and no cell
			return Table{}, fmt.Errorf("synthcity: line %d: %w", bad.Line, bad.Err)
		}
		return Table{}, fmt.Errorf("synthcity: read a table: %w", err)
	}
	if len(records) < 2 {
		return Table{}, errors.New("synthcity: the table has no rows")
	}
	var t Table
	for j, name := range records[0] {
		cells := make([]string, len(records)-1)
		for i, record := range records[1:] {
			cells[i] = record[j]
		}
		t.Columns = append(t.Columns, FromText(v, name, cells))
	}
	return t, nil
}
