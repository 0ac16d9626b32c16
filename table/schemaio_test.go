package table

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fullSchema has something in every field of its second column and of its dialect.
func fullSchema(t *testing.T) *Schema {
	rule, err := ParseRule(`A = "B b" + C`)
	require.NoError(t, err)
	s := &Schema{
		Columns: []Column{{Name: "A", Kind: Whole}, {}, {Name: "C", Kind: Decimal}, {Name: "D", Kind: Text, Treat: Invent}, {Name: "E", Kind: ID, Treat: Drop}},
		Person:  "E", Rules: []Rule{rule},
	}
	fill(reflect.ValueOf(&s.Columns[1]).Elem())
	s.Columns[1].Name, s.Columns[1].Kind, s.Columns[1].Treat, s.Columns[1].Max = "B b", Date, Blank, math.Nextafter(7, 8)
	fill(reflect.ValueOf(&s.Dialect).Elem())
	return s
}

// fill sets every field of a struct to something, so that a field that the JSON form forgets is found out.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x\u00a0")
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Int32:
			f.SetInt('\u00a0')
		case reflect.Float64:
			f.SetFloat(0.25)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{"b", "a <&>"}))
		case reflect.Uint8:
		default:
			panic("a new kind of field: " + f.Kind().String())
		}
	}
}

func TestSchemaComesBack(t *testing.T) {
	s := fullSchema(t)
	var b bytes.Buffer
	require.NoError(t, s.Write(&b))
	got, err := ReadSchema(bytes.NewReader(b.Bytes()))
	require.NoError(t, err)
	require.Equal(t, s, got)
	require.Contains(t, b.String(), `"kind": "date"`)
	require.Contains(t, b.String(), `"A = \"B b\" + C"`)
}

func TestReadSchemaByHand(t *testing.T) {
	s, err := ReadSchema(strings.NewReader(`{"columns": [{"name": "No", "kind": "id"}, {"name": "Mark"}], "dialect": {"comma": ";"}}`))
	require.NoError(t, err)
	require.Equal(t, &Schema{Columns: []Column{{Name: "No", Kind: ID, Treat: Invent}, {Name: "Mark"}}, Dialect: Dialect{Comma: ';'}}, s)
}

func TestReadSchemaRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "no schema in JSON",
		"[]":                  "does not hold what it is to hold",
		"null":                "no object",
		"{\n\n\"columns\": }": "line 3: this is no schema",
		`{"columns": []} {}`:  "no schema in JSON",
		`{"colums": []}`:      `no field "colums"; did you mean "columns"?`,
		`{"columns": [{"name": "A", "Kind": "whole"}]}`:                `column 1 has no field "Kind"; did you mean "kind"?`,
		`{"columns": [{"name": "A", "kind": 3}]}`:                      `the field "columns.kind" does not hold`,
		`{"columns": [null]}`:                                          "column 1 is no object",
		`{"columns": [{"name": "A", "kind": "hole"}]}`:                 `there is no kind "hole"; did you mean "whole"?`,
		`{"columns": [{"name": "A", "treat": "keep"}]}`:                `there is no treatment "keep"`,
		`{"columns": [{"name": "A", "min": 1e999}]}`:                   "does not hold",
		`{"columns": [{"name": "A", "min": 2, "max": 1}]}`:             "its least number is above its greatest",
		`{"columns": [{"name": "A", "step": -1}]}`:                     "its step",
		`{"columns": [{"name": "A", "kind": "whole", "step": 0.5}]}`:   "its step is not whole",
		`{"columns": [{"name": "A", "values": ["x", "x"]}]}`:           "its values",
		`{"columns": [{"name": ""}]}`:                                  "column 1 has no name",
		`{"columns": [{"name": "A"}, {"name": "A"}]}`:                  "two columns",
		`{"columns": [{"name": "Alpha"}], "person": "alpha"}`:          `did you mean "Alpha"?`,
		`{"columns": [{"name": "Alpha"}], "rules": ["Alpha <= Beta"]}`: `column "Beta": there is no such column`,
		`{"columns": [{"name": "Alpha"}], "rules": ["Alpha"]}`:         "no rule of a form that is known",
		`{"columns": [], "dialect": {"comma": ";;"}}`:                  "longer than one letter",
		`{"columns": [], "dialect": {"semicolon": ";"}}`:               `the dialect has no field "semicolon"`,
	} {
		_, err := ReadSchema(strings.NewReader(text))
		var e *Error
		require.ErrorAs(t, err, &e, text)
		require.Contains(t, err.Error(), want, text)
	}
}

func TestWriteRefuses(t *testing.T) {
	for _, s := range []*Schema{
		{Columns: []Column{{Name: "A", Min: math.NaN()}}},
		{Columns: []Column{{Name: "A", Max: math.Inf(1)}}},
		{Columns: []Column{{Name: "A", Step: math.Inf(1)}}},
		{Columns: []Column{{Name: "A", Kind: 99}}},
		{Columns: []Column{{Name: "A", Treat: 99}}},
		{Columns: []Column{{Name: "A"}}, Rules: []Rule{{}}},
		{Columns: []Column{{Name: "A"}}, Person: "B"},
	} {
		var b bytes.Buffer
		var e *Error
		require.ErrorAs(t, s.Write(&b), &e)
		require.Zero(t, b.Len())
	}
}

func FuzzReadSchema(f *testing.F) {
	var b bytes.Buffer
	s := Schema{Columns: []Column{{Name: "A", Kind: Whole, Step: 1, Max: 3}, {Name: "B", Kind: Category, Values: []string{"x"}}}}
	if err := s.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"columns":[{"name":"A"},{"name":"B"},{"name":"C"}],"rules":["A = B + C"],"person":"A","dialect":{"comma":"\t"}}`))
	f.Add([]byte(`{"columns":[{"nam`))
	f.Add([]byte(`{"columns":null,"dialect":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadSchema(bytes.NewReader(b))
		if err != nil {
			return
		}
		var out bytes.Buffer
		require.NoError(t, s.Write(&out))
		again, err := ReadSchema(bytes.NewReader(out.Bytes()))
		require.NoError(t, err)
		var out2 bytes.Buffer
		require.NoError(t, again.Write(&out2))
		require.Equal(t, out.String(), out2.String())
	})
}

func TestColumnSuggests(t *testing.T) {
	s := &Schema{Columns: []Column{{Name: "Passed"}, {Name: "Passes"}, {Name: "passed "}, {Name: "Year group"}}}
	c, err := s.Column("Passed")
	require.NoError(t, err)
	require.Same(t, &s.Columns[0], c)
	for name, fix := range map[string]string{
		"passed":    `did you mean "Passed"?`,
		" PASSES ":  `did you mean "Passes"?`,
		"Year grup": `did you mean "Year group"?`,
		"Postcode":  `there are "Passed", "Passes", "passed ", "Year group"`,
		"":          `there are "Passed", "Passes", "passed ", "Year group"`,
	} {
		_, err := s.Column(name)
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, "no-such-column", e.Code)
		require.Equal(t, name, e.Column)
		require.Equal(t, fix, e.Fix, name)
	}
	_, err = new(Schema).Column("A")
	require.EqualError(t, err, `table: column "A": there is no such column`)
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"ä", "a", 1}, {"gumbo", "gambol", 2}} {
		require.Equal(t, c.want, editDistance([]rune(c.a), []rune(c.b)), c)
		require.Equal(t, c.want, editDistance([]rune(c.b), []rune(c.a)), c)
	}
}
