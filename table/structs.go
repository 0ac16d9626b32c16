package table

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// FromStructs makes a table from exported fields: numbers, strings, bools, time.Time, and pointers or sql.Null values
// for cells that can be missing; so are an empty string, NaN and the zero time. The tag `cohort:"name,kind"` names a
// column and its kind, each of which can be left out; `cohort:"-"` skips the field. Fields of embedded structs count
// as fields.
//
// bools are categories ("true", "false") and times are dates; other kinds that neither the tag nor opt settles are
// found as in a file. Of a time the clock's reading is kept and the zone is not. Numbers of a float field keep up to
// 15 significant digits. The error is an [*Error] with Code "bad-struct" that names the field, or one of FromRecords.
func FromStructs[T any](rows []T, opt ReadOptions) (*Table, error) {
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	if opt.Dialect.Decimal == 0 {
		opt.Dialect.Decimal = '.'
	}
	all := reflect.ValueOf(rows)
	header := make([]string, len(fields))
	columns := make([]Column, len(fields))
	write := make([]func(v reflect.Value) string, len(fields))
	for i := range fields {
		f := &fields[i]
		header[i] = f.name
		columns[i] = Column{Name: f.name, Kind: f.kind}
		if err := f.checkAll(all); err != nil {
			return nil, err
		}
		write[i] = f.writer(all, &columns[i], byte(opt.Dialect.Decimal))
	}
	opt.Schema = overlay(columns, opt.Schema)
	return FromRecords(header, func(yield func([]string) bool) {
		record := make([]string, len(fields))
		for r := range len(rows) {
			for i := range fields {
				record[i] = ""
				if v, ok := fields[i].get(all.Index(r)); ok {
					record[i] = write[i](v)
				}
			}
			if !yield(record) {
				return
			}
		}
	}, opt)
}

// overlay gives the schema of the fields, with the columns of s in place of those of the same name unless they leave
// the kind open.
func overlay(columns []Column, s *Schema) *Schema {
	out := &Schema{}
	if s != nil {
		*out = *s
	}
	out.Columns = columns
	for i := range columns {
		if s == nil {
			continue
		}
		for _, c := range s.Columns {
			if c.Name != columns[i].Name {
				continue
			}
			kind, layout := columns[i].Kind, columns[i].Layout
			columns[i] = c
			if c.Kind == Auto {
				columns[i].Kind = kind
			}
			if kind == Date {
				columns[i].Layout = layout // it is how the cells are written
			}
		}
	}
	return out
}

// ToStructs is the way back: one T a row. Every field that FromStructs would take needs a column of its name; further
// columns are left out. Numbers go into number fields if they fit exactly (float fields round), dates into times
// (UTC), "true", "yes", "1" and their like into bools, everything into strings, and any text that spells a number
// into numbers. The error is an [*Error] that names the field, with Code "no-such-column", or "bad-struct" for a cell
// that the field has no room for; Line is then the 1-based row.
func ToStructs[T any](t *Table) ([]T, error) {
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	rows := make([]T, t.rows)
	all := reflect.ValueOf(rows)
	for i := range fields {
		f := &fields[i]
		col, err := t.schema.find(f.name)
		if err != nil {
			return nil, err
		}
		r := cellReader{t: t, f: f, col: col, cells: newCellWriter(t.schema, col)}
		for row := range t.rows {
			if err := r.read(row, all.Index(row)); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// structField is a field that is a column.
type structField struct {
	name   string
	kind   Kind
	goName string
	index  []int
	base   reflect.Type // without pointer or sql.Null
	wrap   wrapping
}

type wrapping uint8

const (
	bare    wrapping = iota
	pointer          // *T
	null             // sql.Null[T], sql.NullString, ...: the value, then Valid
)

var timeType = reflect.TypeFor[time.Time]()

// structFields lists the columns that t has.
func structFields(t reflect.Type) ([]structField, error) {
	if t.Kind() != reflect.Struct {
		return nil, &Error{Code: "bad-struct", Reason: "rows are of type " + t.String() + ", which is no struct"}
	}
	var fields []structField
	if err := addFields(t, nil, &fields); err != nil {
		return nil, err
	}
	seen := make(map[string]string)
	for _, f := range fields {
		if other, twice := seen[f.name]; twice {
			return nil, f.problem("the field " + other + " has the same column name")
		}
		seen[f.name] = f.goName
	}
	if len(fields) == 0 {
		return nil, &Error{Code: "bad-struct", Reason: t.String() + " has no exported field"}
	}
	return fields, nil
}

func addFields(t reflect.Type, index []int, fields *[]structField) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("cohort")
		if tag == "-" {
			continue
		}
		at := append(index[:len(index):len(index)], i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && sf.Type != timeType && !isNull(sf.Type) {
			if err := addFields(sf.Type, at, fields); err != nil {
				return err
			}
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := structField{name: sf.Name, goName: sf.Name, index: at, base: sf.Type}
		name, kind, _ := strings.Cut(tag, ",")
		if name != "" {
			f.name = name
		}
		switch {
		case sf.Type.Kind() == reflect.Pointer:
			f.wrap, f.base = pointer, sf.Type.Elem()
		case isNull(sf.Type):
			f.wrap, f.base = null, sf.Type.Field(0).Type
		}
		switch {
		case f.base == timeType:
			f.kind = Date
		case f.base.Kind() == reflect.Bool:
			f.kind = Category
		case f.base.Kind() != reflect.String && !f.base.ConvertibleTo(reflect.TypeFor[float64]()):
			return f.problem("its type " + sf.Type.String() + " is no number, string, bool or time")
		}
		if err := f.setKind(kind); err != nil {
			return err
		}
		*fields = append(*fields, f)
	}
	return nil
}

// isNull tells whether t is one of the types of database/sql for values that can be missing.
func isNull(t reflect.Type) bool {
	return t.PkgPath() == "database/sql" && t.Kind() == reflect.Struct && t.NumField() == 2 && t.Field(1).Name == "Valid"
}

// setKind takes the kind from the tag.
func (f *structField) setKind(name string) error {
	if name == "" {
		return nil
	}
	for k, n := range kindNames {
		if n == name {
			f.kind = Kind(k)
			return nil
		}
	}
	e := f.problem("its tag names a kind " + strconv.Quote(name) + ", which does not exist")
	e.Fix = suggest(name, kindNames[:])
	return e
}

// problem is the error of a field.
func (f *structField) problem(reason string) *Error {
	return &Error{Code: "bad-struct", Column: f.name, Reason: "field " + f.goName + ": " + reason}
}

// get gives the value of the field in a struct; ok is false where it is missing.
func (f *structField) get(row reflect.Value) (v reflect.Value, ok bool) {
	v = row.FieldByIndex(f.index)
	switch f.wrap {
	case pointer:
		if v.IsNil() {
			return v, false
		}
		v = v.Elem()
	case null:
		if !v.Field(1).Bool() {
			return v, false
		}
		v = v.Field(0)
	}
	if v.CanFloat() && math.IsNaN(v.Float()) || f.base == timeType && v.Interface().(time.Time).IsZero() {
		return v, false
	}
	return v, true
}

// checkAll looks for values that no cell can hold.
func (f *structField) checkAll(all reflect.Value) error {
	for r := range all.Len() {
		v, ok := f.get(all.Index(r))
		switch {
		case !ok:
		case v.CanFloat() && math.IsInf(v.Float(), 0):
			e := f.problem("the number is infinite")
			e.Line = int64(r) + 1
			return e
		case f.base == timeType && (v.Interface().(time.Time).Year() < 1 || v.Interface().(time.Time).Year() > 9999):
			e := f.problem("the time is not in the years 1 to 9999")
			e.Line = int64(r) + 1
			return e
		}
	}
	return nil
}

// writer gives the function that writes a value as text, and sets the layout of times.
func (f *structField) writer(all reflect.Value, c *Column, decimal byte) func(v reflect.Value) string {
	switch {
	case f.base == timeType:
		layout := f.timeLayout(all)
		if c.Kind == Date {
			c.Layout = layout
		}
		return func(v reflect.Value) string { return v.Interface().(time.Time).Format(layout) }
	case f.base.Kind() == reflect.Float64 || f.base.Kind() == reflect.Float32:
		bits := f.base.Bits()
		places := f.floatPlaces(all, bits)
		return func(v reflect.Value) string {
			text := strconv.FormatFloat(v.Float(), 'f', -1, bits)
			if _, frac, _ := strings.Cut(text, "."); len(frac) > places {
				text = strconv.FormatFloat(v.Float(), 'f', places, bits)
			}
			return strings.Replace(text, ".", string(decimal), 1)
		}
	case f.base.Kind() == reflect.Bool:
		return func(v reflect.Value) string { return strconv.FormatBool(v.Bool()) }
	case f.base.Kind() == reflect.String:
		return reflect.Value.String
	}
	return func(v reflect.Value) string {
		if v.CanInt() {
			return strconv.FormatInt(v.Int(), 10)
		}
		return strconv.FormatUint(v.Uint(), 10)
	}
}

// floatPlaces gives the places after the point that keep 15 significant digits, or 7 of a float32.
func (f *structField) floatPlaces(all reflect.Value, bits int) int {
	var values []float64
	for r := range all.Len() {
		if v, ok := f.get(all.Index(r)); ok {
			x := v.Float()
			if bits == 32 { // the decimal number that was meant, and not its binary neighbour
				x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', -1, 32), 64)
			}
			values = append(values, x)
		}
	}
	return newGrid(floatStep(values, Decimal)).decimals
}

// timeLayout is the shortest layout that keeps all times.
func (f *structField) timeLayout(all reflect.Value) string {
	finest := int64(86400e9)
	for r := range all.Len() {
		v, ok := f.get(all.Index(r))
		if !ok {
			continue
		}
		t := v.Interface().(time.Time)
		nanos := int64(t.Hour())*3600e9 + int64(t.Minute())*60e9 + int64(t.Second())*1e9 + int64(t.Nanosecond())
		for _, step := range []int64{86400e9, 60e9, 1e9, 1e6, 1e3, 1} {
			if nanos%step == 0 {
				finest = min(finest, step)
				break
			}
		}
	}
	g := grid{unit: finest / 1e9}
	if finest < 1e9 {
		g = grid{unit: 1, decimals: 9}
		for ; finest > 1; finest /= 10 {
			g.decimals--
		}
	}
	return defaultLayout(g)
}

// cellReader puts the cells of one column into a field.
type cellReader struct {
	t     *Table
	f     *structField
	col   int
	cells cellWriter
	buf   []byte
}

// read puts one cell into its struct.
func (r *cellReader) read(row int, into reflect.Value) error {
	v := into.FieldByIndex(r.f.index)
	var ok bool
	r.buf, ok = r.cells.append(r.buf[:0], &r.t.cols[r.col], row)
	if !ok {
		switch {
		case r.f.wrap != bare || r.f.base.Kind() == reflect.String || r.f.base == timeType:
		case v.CanFloat():
			v.SetFloat(math.NaN())
		default:
			e := r.problem(row, "there is no room for a missing cell")
			e.Fix = "make it *" + r.f.base.String() + " or sql.Null[" + r.f.base.String() + "]"
			return e
		}
		return nil
	}
	switch r.f.wrap {
	case pointer:
		v.Set(reflect.New(r.f.base))
		v = v.Elem()
	case null:
		v.Field(1).SetBool(true)
		v = v.Field(0)
	}
	return r.set(row, v)
}

func (r *cellReader) problem(row int, reason string) *Error {
	e := r.f.problem(reason)
	e.Line = int64(row) + 1
	return e
}

// set puts the text in r.buf, or the number it stands for, into v.
func (r *cellReader) set(row int, v reflect.Value) error {
	c := &r.t.schema.Columns[r.col]
	isNumber := c.Kind.numeric() && r.t.cols[r.col].nums[row] >= lowestNumber
	text := strings.Trim(string(r.buf), blanks)
	switch {
	case v.Kind() == reflect.String:
		v.SetString(string(r.buf))
		return nil
	case v.Type() == timeType:
		if c.Kind == Date && isNumber {
			t := instantOf(r.t.cols[r.col].nums[row], r.cells.grid)
			v.Set(reflect.ValueOf(time.Unix(t.sec, t.nano).UTC()))
			return nil
		}
		return r.problem(row, "the cell is no date")
	case v.Kind() == reflect.Bool:
		for i, words := range [][]string{{"false", "no", "n", "f", "0"}, {"true", "yes", "y", "t", "1"}} {
			for _, word := range words {
				if strings.EqualFold(word, text) {
					v.SetBool(i == 1)
					return nil
				}
			}
		}
		return r.problem(row, "the cell is neither true nor false")
	}
	if c.Kind == Date {
		return r.problem(row, "the cell is no number")
	}
	if isNumber {
		n, g := r.t.cols[r.col].nums[row], r.cells.grid
		if v.CanFloat() {
			v.SetFloat(g.float(n))
			return nil
		}
		scale := int64(upow10[g.decimals])
		if n*g.unit%scale != 0 {
			return r.problem(row, "the number is not whole")
		}
		text = strconv.FormatInt(n*g.unit/scale, 10)
	}
	return r.setNumber(row, v, text)
}

// setNumber puts a number given as text into v.
func (r *cellReader) setNumber(row int, v reflect.Value, text string) error {
	bits := v.Type().Bits()
	var err error
	switch {
	case v.CanFloat():
		var x float64
		if r.t.schema.Dialect.Decimal == ',' {
			text = strings.Replace(text, ",", ".", 1)
		}
		x, err = strconv.ParseFloat(text, bits)
		v.SetFloat(x)
	case v.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 10, bits)
		v.SetInt(n)
	default:
		var n uint64
		n, err = strconv.ParseUint(text, 10, bits)
		v.SetUint(n)
	}
	if err != nil {
		return r.problem(row, "the cell is no number that "+v.Type().String()+" can hold")
	}
	return nil
}
