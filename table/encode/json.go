package encode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"example.org/cohort/table"
)

// version is that of the JSON form. Forms of all versions from 1 on are read, and 1 is written where there is no rule that only version 2 knows,
// so that programs of before read it, too.
const version = 2

// file is the JSON form of an Encoder.
type file struct {
	Version int
	Protect int
	Level   string
	Schema  json.RawMessage
	Columns []fileColumn
	Cycles  []cycle `json:",omitempty"`

	Decisions []fileDecision `json:",omitempty"`
}

// fileDecision is what a rule A -> B says: the images from each value of A on; the least int64 is none.
type fileDecision struct {
	Rule      int
	At, Image []int64
}

// fileColumn is one column: one codec at most, and perhaps a fill.
type fileColumn struct {
	KeptOut  int           `json:",omitempty"`
	Category *fileCategory `json:",omitempty"`
	Number   *fileNumber   `json:",omitempty"`
	Date     *fileDate     `json:",omitempty"`
	Fill     *fill         `json:",omitempty"`
}

// fileCategory has rows by value; Missing is -1 where MISSING is no code.
type fileCategory struct {
	Missing int64
	Rows    []int64
}

// fileCells are cells with their bounds in half steps.
type fileCells struct {
	Edges [][2]int64
	Rows  []int64
	Unit  int64   `json:",omitempty"`
	Heap  float64 `json:",omitempty"`
}

type fileNumber struct {
	Missing bool
	Gaps    []int64
	Cells   fileCells
	Groups  []int32 `json:",omitempty"`
}

// fileDate has the range in half steps and the cells of year, month, day and time of day.
type fileDate struct {
	Missing bool
	Gaps    []int64
	Range   [2]int64
	Axes    [axes]fileCells
}

// MarshalJSON gives a form that equal encoders have byte for byte.
func (e *Encoder) MarshalJSON() ([]byte, error) {
	var schema bytes.Buffer
	if err := e.schema.Write(&schema); err != nil {
		return nil, err
	}
	f := file{Version: 1, Protect: e.protect, Level: e.level, Schema: schema.Bytes(), Cycles: e.cycles}
	for i := range e.cols {
		c := &e.cols[i]
		out := fileColumn{KeptOut: c.kept, Fill: c.fill}
		switch x := c.codec.(type) {
		case *category:
			out.Category = &fileCategory{x.missing, x.rows}
		case *number:
			out.Number = &fileNumber{Missing: x.gaps.missing, Gaps: x.gaps.rows, Cells: x.cells.file(), Groups: x.group}
		case *date:
			out.Date = &fileDate{Missing: x.gaps.missing, Gaps: x.gaps.rows, Range: [2]int64{2*x.low - 1, 2*x.high + 1}}
			for a := range x.axis {
				out.Date.Axes[a] = x.axis[a].file()
			}
		}
		f.Columns = append(f.Columns, out)
	}
	for i, r := range e.schema.Rules {
		if op, _ := r.Terms(); op == "->" || op == "xor" {
			f.Version = version
		}
		if d := e.Decision(i); d != nil {
			f.Decisions = append(f.Decisions, fileDecision{i, d.at, d.image})
		}
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote. It checks everything that decoding relies on, so that a damaged file is an error
// here and nothing worse later.
func (e *Encoder) UnmarshalJSON(data []byte) error {
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return fmt.Errorf("encode: damaged encoder: %w", err)
	}
	if f.Version < 1 || f.Version > version {
		return fmt.Errorf("encode: an encoder of version %d, this program reads versions up to %d", f.Version, version)
	}
	schema, err := table.ReadSchema(bytes.NewReader(f.Schema))
	if err != nil {
		return fmt.Errorf("encode: damaged encoder: %w", err)
	}
	if len(schema.Columns) != len(f.Columns) || len(f.Columns) == 0 {
		return errDamaged
	}
	n := Encoder{schema: schema, cycles: f.Cycles, protect: f.Protect, level: f.Level}
	for i := range n.cycles {
		if !n.cycles[i].valid() {
			return errDamaged
		}
		n.cycles[i].link()
	}
	for i := range f.Columns {
		c, err := f.Columns[i].column(&schema.Columns[i], len(f.Cycles))
		if err != nil {
			return err
		}
		n.cols = append(n.cols, c)
	}
	n.link()
	if !n.setDecisions(f.Decisions) {
		return errDamaged
	}
	*e = n
	return nil
}

// setDecisions checks what each rule A -> B says, and that the columns of a rule about gaps can have them.
func (e *Encoder) setDecisions(list []fileDecision) bool {
	e.decisions = make([]*Decision, len(e.schema.Rules))
	col := func(name string) int {
		return slices.IndexFunc(e.schema.Columns, func(c table.Column) bool { return c.Name == name })
	}
	for i, r := range e.schema.Rules {
		op, names := r.Terms()
		switch op {
		case "->":
			if len(list) == 0 || list[0].Rule != i {
				return false
			}
			d := &Decision{From: col(names[0]), To: col(names[1]), at: list[0].At, image: list[0].Image}
			if list = list[1:]; !d.valid(e) {
				return false
			}
			e.decisions[i] = d
		case "xor":
			a, b := col(names[0]), col(names[1])
			if e.cols[a].codec == nil || e.cols[b].codec == nil || !e.either(a, b) {
				return false
			}
		}
	}
	return len(list) == 0
}

// column checks one column against its schema.
func (f *fileColumn) column(s *table.Column, cycles int) (column, error) {
	c := column{fill: f.Fill, kept: f.KeptOut}
	if f.Fill != nil && (!f.Fill.valid(cycles) || s.Kind != table.ID && s.Kind != table.Text) {
		return c, errDamaged
	}
	codecs := 0
	var err error
	if f.Category != nil {
		codecs++
		c.codec, err = f.Category.codec(s, f.Fill != nil)
	}
	if f.Number != nil {
		codecs++
		c.codec, err = f.Number.codec(s)
	}
	if f.Date != nil {
		codecs++
		c.codec, err = f.Date.codec(s)
	}
	wrong := codecs > 1 || f.KeptOut < 0 || f.Fill != nil && codecs > 0 && f.Category == nil ||
		f.Fill == nil && codecs == 0 && s.Treat != table.Blank
	if err != nil || wrong {
		return c, errDamaged
	}
	return c, nil
}

// codec checks a closed set, or the presence of the cells of a filled column.
func (f *fileCategory) codec(s *table.Column, filled bool) (codec, error) {
	values := len(s.Values)
	if filled {
		values = 1
	} else if s.Kind != table.Category && s.Kind != table.Ordered {
		return nil, errDamaged
	}
	if len(f.Rows) != values || f.Missing < -1 || f.Missing > maxRows || !validRows(f.Rows) || len(f.Rows) == 0 && f.Missing < 0 {
		return nil, errDamaged
	}
	return newCategory(s.Kind == table.Ordered, f.Missing, f.Rows), nil
}

// newGaps checks the gaps of a column of numbers or dates.
func newGaps(missing bool, rows []int64, s *table.Column) (gaps, error) {
	n := len(s.Marks)
	if missing {
		n++
	}
	if !numeric(s.Kind) || len(rows) != n || !validRows(rows) || !(s.Step > 0) {
		return gaps{}, errDamaged
	}
	return gaps{missing: missing, rows: rows}, nil
}

// codec checks a column of numbers.
func (f *fileNumber) codec(s *table.Column) (codec, error) {
	cells, err := f.Cells.cells()
	if err != nil {
		return nil, err
	}
	g, err := newGaps(f.Missing, f.Gaps, s)
	if err != nil || g.len()+cells.len() == 0 {
		return nil, errDamaged
	}
	n := &number{gaps: g, cells: cells}
	if f.Groups == nil {
		return n, nil
	}
	last := len(f.Groups) - 1
	if last < 1 || f.Groups[0] != 0 || int(f.Groups[last]) != cells.len() {
		return nil, errDamaged
	}
	for g := range last {
		if size := int(f.Groups[g+1]) - int(f.Groups[g]); size < 1 || size > maxLeaves {
			return nil, errDamaged
		}
	}
	n.group = f.Groups
	n.link()
	return n, nil
}

// The years that a date may have.
const firstYear, lastYear = 0, 10000

// codec checks a column of dates.
func (f *fileDate) codec(s *table.Column) (codec, error) {
	g, err := newGaps(f.Missing, f.Gaps, s)
	if err != nil || perDay(s.Step) == 0 {
		return nil, errDamaged
	}
	d := &date{gaps: g, perDay: perDay(s.Step), low: (f.Range[0] + 1) >> 1, high: (f.Range[1] - 1) >> 1}
	bounds := [axes][2]int64{{firstYear, lastYear}, {1, 12}, {1, 31}, {0, d.perDay - 1}}
	for a := range d.axis {
		if d.axis[a], err = f.Axes[a].cells(); err != nil {
			return nil, err
		}
		x := &d.axis[a]
		if x.len() == 0 || x.low[0] < bounds[a][0] || x.high[x.len()-1] > bounds[a][1] {
			return nil, errDamaged
		}
	}
	d.link()
	if d.low > d.high || d.low < daysFrom(firstYear, 1)*d.perDay || d.high > daysFrom(lastYear, 1)*d.perDay ||
		!d.legal(choice{-1, -1, -1, -1}, &Limit{Low: NoLow, High: NoHigh}) {
		return nil, errDamaged
	}
	return d, nil
}

func validRows(rows []int64) bool {
	for _, r := range rows {
		if r < 0 || r > maxRows {
			return false
		}
	}
	return true
}

// valid checks a fill.
func (f *fill) valid(cycles int) bool {
	if f.Cycle < -1 || f.Cycle >= cycles || f.Digits < 0 || f.Digits > 18 {
		return false
	}
	return f.ID == nil || f.ID.valid()
}

// valid checks a pattern.
func (p *pattern) valid() bool {
	if len(p.Form) == 0 || len([]rune(p.Fixed)) != len(p.Form) {
		return false
	}
	for i := range len(p.Form) {
		if p.Form[i] != '=' && alphabets[p.Form[i]] == "" {
			return false
		}
	}
	return true
}

// valid checks a cycle.
func (c *cycle) valid() bool {
	persons := int64(0)
	for _, s := range c.Sizes {
		if s.Persons < 1 || s.Persons > maxCycle || s.Rows < 1 || s.Rows > 1<<32 {
			return false
		}
		persons += s.Persons
	}
	return persons >= 1 && persons <= 2*maxCycle
}
