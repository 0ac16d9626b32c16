package table

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// realFiles are tables from the field, each with one trait that has broken readers before.
var realFiles = []string{
	"adult.csv",                     // blanks in front of values
	"california_housing.csv",        // whole numbers written as 880.0
	"dropout.csv",                   // a byte order mark, a tab in a quoted name
	"oulad_assessments.csv",         // CRLF, everything in quotes
	"oulad_courses.csv",             //
	"oulad_studentInfo.csv",         //
	"oulad_studentRegistration.csv", // quoted gaps
	"paperB1_oulad10pct.csv",        //
	"paperD_joined.csv",             // eight places
	"standinB2_oulad30pct.csv",      //
	"student-mat.csv",               // quotes around texts and two columns of numbers, none in the header
}

func realFile(t testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", name))
	if err != nil {
		t.Skip("the real tables are not here")
	}
	return b
}

func TestRealFilesRoundTrip(t *testing.T) {
	for _, name := range realFiles {
		t.Run(name, func(t *testing.T) {
			in := realFile(t, name)
			var warned []string
			tab, err := ReadCSV(bytes.NewReader(in), ReadOptions{Warn: func(e *Error) { warned = append(warned, e.Error()) }})
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, WriteCSV(&out, tab))
			requireSameBytes(t, in, out.Bytes())
			if testing.Verbose() {
				for _, c := range tab.Schema().Columns {
					odd := len(tab.cols[indexOf(tab, c.Name)].odd)
					if len(c.Values) > 12 {
						c.Values = c.Values[:12]
					}
					t.Logf("%-32.32q %-8s why %-28q layout %-12q step %g range %g..%g missing %q marks %q values %.10q odd %d", c.Name, c.Kind, c.Why, c.Layout, c.Step, c.Min, c.Max, c.Missing, c.Marks, c.Values, odd)
				}
				for _, w := range warned {
					t.Log(w)
				}
			}
		})
	}
}

// A table reads the same under its own schema, as a model's schema reads other tables.
func TestRealFilesUnderTheirOwnSchema(t *testing.T) {
	for _, name := range realFiles {
		in := realFile(t, name)
		tab, err := ReadCSV(bytes.NewReader(in), ReadOptions{})
		require.NoError(t, err)
		again, err := ReadCSV(bytes.NewReader(in), ReadOptions{Schema: tab.Schema(), Dialect: tab.Schema().Dialect})
		require.NoError(t, err)
		require.Equal(t, tab.schema, again.schema, name)
		require.Equal(t, tab.cols, again.cols, name)
	}
}

func indexOf(t *Table, name string) int {
	i, err := t.schema.find(name)
	if err != nil {
		panic(err)
	}
	return i
}

func requireSameBytes(t *testing.T, want, got []byte) {
	t.Helper()
	if bytes.Equal(want, got) {
		return
	}
	n := 0
	for n < len(want) && n < len(got) && want[n] == got[n] {
		n++
	}
	t.Fatalf("bytes differ from %d on: want %q, got %q", n, want[n:min(len(want), n+60)], got[n:min(len(got), n+60)])
}
