package testutil

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"example.org/cohort/eval/suite"
	"example.org/cohort/table"
)

// JSON reads a file into what into points to. NaN, which Python writes and JSON has not, reads as null.
func JSON(t testing.TB, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	if err := json.Unmarshal(bytes.ReplaceAll(b, []byte("NaN"), []byte("null")), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Unzipped gives what a file of gzip holds.
func Unzipped(t testing.TB, path string) io.Reader {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	z, err := gzip.NewReader(bytes.NewReader(b))
	check(t, err)
	all, err := io.ReadAll(z)
	check(t, err)
	return bytes.NewReader(all)
}

// Judged reads NAME-real, -fake and -holdout.csv.gz of folder, with the kinds of columns in its kinds.json, by the words of the
// peers: "whole", "decimal", "date", "category" and "key". The treatment is that of keys.
func Judged(t testing.TB, folder, name string, keys table.Treat) (actual, fake, holdout *suite.Table) {
	t.Helper()
	var kinds map[string]map[string]string
	JSON(t, filepath.Join(folder, "kinds.json"), &kinds)
	kind := map[string]table.Kind{"whole": table.Whole, "decimal": table.Decimal, "date": table.Date, "category": table.Category, "key": table.ID}
	schema := &table.Schema{}
	for column, k := range kinds[name] {
		c := table.Column{Name: column, Kind: kind[k]}
		if k == "key" {
			c.Treat = keys
		}
		schema.Columns = append(schema.Columns, c)
	}
	var tables []*table.Table
	for _, role := range []string{"real", "fake", "holdout"} {
		path := filepath.Join(folder, name+"-"+role+".csv.gz")
		read, err := table.ReadCSV(Unzipped(t, path), table.ReadOptions{Schema: schema, Dialect: table.Dialect{Comma: ',', Decimal: '.'}})
		check(t, err)
		tables = append(tables, read)
	}
	out, err := suite.Of(tables...)
	check(t, err)
	return out[0], out[1], out[2]
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
