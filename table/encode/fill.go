package encode

import "example.org/cohort/table"

// fill says how the cells of a column that is not learned are made.
type fill struct {
	Always bool     // every row has a cell; else the presence code says so, or none has
	ID     *pattern `json:",omitempty"`
	Text   string   `json:",omitempty"` // what stands before the number
	After  string   `json:",omitempty"` // what stands behind it
	Digits int      `json:",omitempty"` // of the number; 0: the text alone, the same in every row
	Cycle  int      // which of the encoder's cycles says whom a row is about; -1: every row is another person
}

// filled fits a column that is made anew, and turns it into an ID or Text column.
func (f *fitter) filled(i int, c *table.Column) column {
	words, codes := f.words(i)
	has := f.missing(len(codes), func(r int) bool { return codes[r] >= 0 })
	lacks := f.missing(len(codes), func(r int) bool { return codes[r] < 0 })
	fl := &fill{Cycle: -1}
	col := column{fill: fl}
	if has >= 0 && lacks >= 0 {
		rows := []int64{has}
		if f.level == levelStructure {
			t := tenths([]int64{lacks, has})
			lacks, rows = t[0], t[1:]
		}
		col.codec = newCategory(false, lacks, rows)
	} else {
		fl.Always = has >= 0 || f.k > 0 && lacks < 0
	}
	numeric := c.Kind == table.Whole || c.Kind == table.Decimal
	if c.Kind == table.ID || numeric {
		fl.ID = newPattern(words, max(f.k, 2))
		c.Kind, c.Layout = table.ID, fl.ID.layout()
	} else {
		fl.invent(c.Name, words)
		c.Kind, c.Layout = table.Text, ""
	}
	c.Treat = table.Invent
	c.Values, c.Marks, c.Min, c.Max, c.Step = nil, nil, 0, 0, 0
	return col
}

// words gives the texts of a column and, by row, which of them it has; -1 where missing.
func (f *fitter) words(i int) (words []string, codes []int32) {
	c := &f.t.Schema().Columns[i]
	codes = make([]int32, f.t.Rows())
	seen := map[string]int32{}
	if c.Kind == table.Whole || c.Kind == table.Decimal || c.Kind == table.Date {
		return f.numberWords(i, codes, seen)
	}
	known := map[int32]int32{}
	for r, code := range f.t.Codes(i) {
		if code < 0 {
			codes[r] = -1
			continue
		}
		w, ok := known[code]
		if !ok {
			text, _ := f.t.Cell(r, i)
			w = int32(len(words))
			words = append(words, text)
			known[code] = w
		}
		codes[r] = w
	}
	return words, codes
}

// numberWords is words for numbers and dates.
func (f *fitter) numberWords(i int, codes []int32, seen map[string]int32) ([]string, []int32) {
	var words []string
	for r, n := range f.t.Ints(i) {
		codes[r] = -1
		if n == noNumber {
			continue
		}
		text, _ := f.t.Cell(r, i)
		w, ok := seen[text]
		if !ok {
			w = int32(len(words))
			words = append(words, text)
			seen[text] = w
		}
		codes[r] = w
	}
	return words, codes
}
