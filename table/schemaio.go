package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The JSON form of a schema: kinds and treatments by name, rules as their text, marks of the dialect as one-letter
// strings.
type (
	schemaJSON struct {
		Columns []columnJSON `json:"columns"`
		Person  string       `json:"person,omitempty"`
		Rules   []string     `json:"rules,omitempty"`
		Dialect dialectJSON  `json:"dialect"`
	}
	columnJSON struct {
		Name    string   `json:"name"`
		Kind    string   `json:"kind"`
		Treat   string   `json:"treat,omitempty"`
		Coarsen string   `json:"coarsen,omitempty"`
		Why     string   `json:"why,omitempty"`
		Values  []string `json:"values,omitempty"`
		Marks   []string `json:"marks,omitempty"`
		Missing []string `json:"missing,omitempty"`
		Min     float64  `json:"min,omitempty"`
		Max     float64  `json:"max,omitempty"`
		Step    float64  `json:"step,omitempty"`
		Layout  string   `json:"layout,omitempty"`
		Quoted  bool     `json:"quoted,omitempty"`
	}
	dialectJSON struct {
		Encoding string `json:"encoding,omitempty"`
		Comma    string `json:"comma,omitempty"`
		Decimal  string `json:"decimal,omitempty"`
		Thousand string `json:"thousand,omitempty"`
		BOM      bool   `json:"bom,omitempty"`
		CRLF     bool   `json:"crlf,omitempty"`
		QuoteAll bool   `json:"quoteAll,omitempty"`

		QuoteHeader bool `json:"quoteHeader,omitempty"`
		SepLine     bool `json:"sepLine,omitempty"`
		NoLastEnd   bool `json:"noLastEnd,omitempty"`
	}
)

var treatNames = [...]string{"learn", "invent", "blank", "drop"}

// Write writes the schema as indented JSON, which ReadSchema reads; json.Marshal would lose the rules. A schema that ReadSchema would refuse is an
// error, and nothing is written.
func (s *Schema) Write(w io.Writer) error {
	b, err := s.compact()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(out.Bytes())
	return err
}

// compact gives the form that Write writes, in one line.
func (s *Schema) compact() ([]byte, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	out := schemaJSON{Columns: make([]columnJSON, len(s.Columns)), Person: s.Person}
	for i := range s.Columns {
		c := &s.Columns[i]
		out.Columns[i] = columnJSON{
			Name: c.Name, Kind: c.Kind.String(), Treat: treatNames[c.Treat], Coarsen: c.Coarsen, Why: c.Why,
			Values: c.Values, Marks: c.Marks, Missing: c.Missing,
			Min: c.Min, Max: c.Max, Step: c.Step, Layout: c.Layout, Quoted: c.Quoted,
		}
	}
	for _, r := range s.Rules {
		out.Rules = append(out.Rules, r.String())
	}
	d := s.Dialect
	out.Dialect = dialectJSON{
		Encoding: d.Encoding, Comma: letter(d.Comma), Decimal: letter(d.Decimal), Thousand: letter(d.Thousand),
		BOM: d.BOM, CRLF: d.CRLF, QuoteAll: d.QuoteAll, QuoteHeader: d.QuoteHeader, SepLine: d.SepLine, NoLastEnd: d.NoLastEnd,
	}
	return json.Marshal(out)
}

// letter gives a rune as text, and none for 0.
func letter(r rune) string {
	if r == 0 {
		return ""
	}
	return string(r)
}

// ReadSchema reads what Write wrote, or what somebody wrote by hand in that form. A field left out is zero, but an id
// or text column that does not say how it is treated is invented. Errors are an [*Error] with Code "bad-schema",
// "bad-rule" or "no-such-column"; a field of another name is one, and the error suggests the nearest.
func ReadSchema(r io.Reader) (*Schema, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := checkFields(b); err != nil {
		return nil, err
	}
	var in schemaJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, notJSON(b, err)
	}
	s := &Schema{Columns: make([]Column, len(in.Columns)), Person: in.Person}
	for i := range in.Columns {
		if s.Columns[i], err = in.Columns[i].column(); err != nil {
			return nil, err
		}
	}
	for _, text := range in.Rules {
		rule, err := ParseRule(text)
		if err != nil {
			return nil, err
		}
		s.Rules = append(s.Rules, rule)
	}
	d := in.Dialect
	s.Dialect = Dialect{Encoding: d.Encoding, BOM: d.BOM, CRLF: d.CRLF, QuoteAll: d.QuoteAll,
		QuoteHeader: d.QuoteHeader, SepLine: d.SepLine, NoLastEnd: d.NoLastEnd}
	for _, f := range []struct {
		name, text string
		to         *rune
	}{
		{"comma", d.Comma, &s.Dialect.Comma},
		{"decimal", d.Decimal, &s.Dialect.Decimal},
		{"thousand", d.Thousand, &s.Dialect.Thousand},
	} {
		if utf8.RuneCountInString(f.text) > 1 {
			return nil, badSchema("", "the dialect's "+f.name+" is longer than one letter", "")
		}
		for _, r := range f.text {
			*f.to = r
		}
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// column is the way back from columnJSON.
func (in *columnJSON) column() (Column, error) {
	c := Column{
		Name: in.Name, Coarsen: in.Coarsen, Why: in.Why, Values: in.Values, Marks: in.Marks, Missing: in.Missing,
		Min: in.Min, Max: in.Max, Step: in.Step, Layout: in.Layout, Quoted: in.Quoted,
	}
	kind := max(0, slices.Index(kindNames[:], in.Kind))
	if in.Kind != "" && kindNames[kind] != in.Kind {
		return c, badSchema(in.Name, "there is no kind "+strconv.Quote(in.Kind), suggest(in.Kind, kindNames[:]))
	}
	c.Kind = Kind(kind)
	if in.Treat == "" && (c.Kind == ID || c.Kind == Text) {
		c.Treat = Invent
		return c, nil
	}
	treat := max(0, slices.Index(treatNames[:], in.Treat))
	if in.Treat != "" && treatNames[treat] != in.Treat {
		return c, badSchema(in.Name, "there is no treatment "+strconv.Quote(in.Treat), suggest(in.Treat, treatNames[:]))
	}
	c.Treat = Treat(treat)
	return c, nil
}

func badSchema(column, reason, fix string) *Error {
	return &Error{Code: "bad-schema", Column: column, Reason: reason, Fix: fix}
}

// validate tells what no table could have: the error is an *Error.
func (s *Schema) validate() error {
	seen := make(map[string]bool, len(s.Columns))
	for i := range s.Columns {
		c := &s.Columns[i]
		switch {
		case c.Name == "":
			return badSchema("", "column "+strconv.Itoa(i+1)+" has no name", "")
		case seen[c.Name]:
			return badSchema(c.Name, "two columns have this name", "")
		}
		seen[c.Name] = true
		if err := c.validate(); err != nil {
			return err
		}
	}
	if s.Person != "" && !seen[s.Person] {
		return noSuchColumn(s.Person, s.names())
	}
	for _, r := range s.Rules {
		if r.op == "" {
			return &Error{Code: "bad-rule", Reason: "the rule is empty"}
		}
		for _, name := range r.columns {
			if !seen[name] {
				return noSuchColumn(name, s.names())
			}
		}
	}
	return nil
}

func (c *Column) validate() error {
	switch finite := func(v float64) bool { return math.Abs(v) <= math.MaxFloat64 }; {
	case int(c.Kind) >= len(kindNames):
		return badSchema(c.Name, "its kind is no kind", "")
	case int(c.Treat) >= len(treatNames):
		return badSchema(c.Name, "its treatment is no treatment", "")
	case !finite(c.Min) || !finite(c.Max):
		return badSchema(c.Name, "the ends of its range are no numbers", "")
	case c.Min > c.Max:
		return badSchema(c.Name, "its least number is above its greatest", "")
	case !finite(c.Step) || c.Step < 0:
		return badSchema(c.Name, "its step is no number above 0", "")
	case c.Kind == Whole && c.Step != math.Trunc(c.Step):
		return badSchema(c.Name, "its step is not whole, and its numbers are", "take the kind decimal")
	case slices.Contains(c.Values, "") || repeated(c.Values) != "":
		return badSchema(c.Name, "one of its values is empty or stands there twice", "")
	case slices.Contains(c.Marks, "") || repeated(c.Marks) != "":
		return badSchema(c.Name, "one of its marks is empty or stands there twice", "")
	}
	return nil
}

// notJSON is the error of text that is no JSON, or holds a list where a name belongs: with the line, without the text.
func notJSON(b []byte, err error) *Error {
	at := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	reason := "this is no schema in JSON"
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
		reason = "the field " + strconv.Quote(kind.Field) + " does not hold what it is to hold"
	}
	at = min(at, int64(len(b)))
	return &Error{Code: "bad-schema", Line: int64(1 + bytes.Count(b[:at], []byte("\n"))), Reason: reason}
}

// checkFields looks for fields that a schema has not, which encoding/json would pass over in silence.
func checkFields(b []byte) error {
	var top struct {
		Columns []json.RawMessage `json:"columns"`
		Dialect json.RawMessage   `json:"dialect"`
	}
	if err := json.Unmarshal(b, &top); err != nil {
		return notJSON(b, err)
	}
	if err := checkObject(b, "the schema", reflect.TypeFor[schemaJSON]()); err != nil {
		return err
	}
	for i, c := range top.Columns {
		if err := checkObject(c, "column "+strconv.Itoa(i+1), reflect.TypeFor[columnJSON]()); err != nil {
			return err
		}
	}
	if top.Dialect == nil {
		return nil
	}
	return checkObject(top.Dialect, "the dialect", reflect.TypeFor[dialectJSON]())
}

// checkObject compares the names in a JSON object with the fields of form.
func checkObject(b []byte, what string, form reflect.Type) error {
	var known []string
	for i := range form.NumField() {
		name, _, _ := strings.Cut(form.Field(i).Tag.Get("json"), ",")
		known = append(known, name)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil || object == nil {
		return badSchema("", what+" is no object in braces", "")
	}
	unknown := ""
	for name := range object {
		if !slices.Contains(known, name) && (unknown == "" || name < unknown) {
			unknown = name
		}
	}
	if unknown == "" {
		return nil
	}
	return badSchema("", what+" has no field "+strconv.Quote(unknown), suggest(unknown, known))
}
