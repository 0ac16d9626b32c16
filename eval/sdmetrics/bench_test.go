package sdmetrics

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"example.org/cohort/eval/suite"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// mixed makes a table of half numbers, half categories that share a trait.
func mixed(seed uint64, rows, columns int) *suite.Table {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &suite.Table{Rows: rows}
	trait := make([]float64, rows)
	for i := range trait {
		trait[i] = r.NormFloat64()
	}
	for i := range columns {
		c := suite.Column{Name: fmt.Sprint(i), Type: "float64"}
		for _, x := range trait {
			switch v := x + r.NormFloat64()/2; {
			case i%2 == 1:
				c.Codes = append(c.Codes, int32(max(0, min(7, 3+2*v))))
			case r.IntN(20) == 0:
				c.Numbers = append(c.Numbers, math.NaN())
			default:
				c.Numbers = append(c.Numbers, v)
			}
		}
		if i%2 == 1 {
			c.Kind, c.Type, c.Labels = suite.Category, "object", []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

func BenchmarkQuality(b *testing.B) {
	actual, fake := mixed(1, 10_000, 30), mixed(2, 10_000, 30)
	for b.Loop() {
		if _, err := Quality(actual, fake); err != nil {
			b.Fatal(err)
		}
	}
}

// Two columns whose values are all different have a joint table that no array holds.
func BenchmarkQualityManyCategories(b *testing.B) {
	wide := func(seed uint64) *suite.Table {
		r := rand.New(rand.NewPCG(seed, 2))
		t := &suite.Table{Rows: 10_000}
		labels := make([]string, 10_000)
		for i := range labels {
			labels[i] = fmt.Sprint(i)
		}
		for i := range 4 {
			c := suite.Column{Name: fmt.Sprint(i), Kind: suite.Category, Labels: labels}
			for range t.Rows {
				c.Codes = append(c.Codes, int32(r.IntN(len(labels))))
			}
			t.Columns = append(t.Columns, c)
		}
		return t
	}
	actual, fake := wide(1), wide(2)
	for b.Loop() {
		if _, err := Quality(actual, fake); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOverfitting(b *testing.B) {
	train, holdout, fake := mixed(1, 2000, 30), mixed(2, 2000, 30), mixed(3, 2000, 30)
	for b.Loop() {
		if _, err := Overfitting(train, fake, holdout); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewRows(b *testing.B) {
	actual, fake := mixed(1, 10_000, 10), mixed(2, 10_000, 10)
	for b.Loop() {
		if _, err := NewRows(actual, fake); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQualityOfFiles takes the two tables named by COHORT_SUITES_REAL and COHORT_SUITES_FAKE, as bench/suites/speed.py does. Columns
// whose names start with "c" are categories, with "d" dates, all others numbers.
func BenchmarkQualityOfFiles(b *testing.B) {
	if os.Getenv("COHORT_SUITES_REAL") == "" {
		b.Skip("COHORT_SUITES_REAL names no file")
	}
	in, err := suite.Of(readFile(b, os.Getenv("COHORT_SUITES_REAL")), readFile(b, os.Getenv("COHORT_SUITES_FAKE")))
	require.NoError(b, err)
	var results []suite.Result
	for b.Loop() {
		results, err = Quality(in[0], in[1])
		require.NoError(b, err)
	}
	b.ReportMetric(results[0].Value, "quality")
}

func readFile(b *testing.B, path string) *table.Table {
	b.Helper()
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	header, _, _ := strings.Cut(string(text), "\n")
	schema := &table.Schema{}
	for name := range strings.SplitSeq(header, ",") {
		kind := table.Decimal
		switch name[0] {
		case 'c':
			kind = table.Category
		case 'd':
			kind = table.Date
		}
		schema.Columns = append(schema.Columns, table.Column{Name: name, Kind: kind})
	}
	out, err := table.ReadCSV(bytes.NewReader(text), table.ReadOptions{Schema: schema, Dialect: table.Dialect{Comma: ',', Decimal: '.'}})
	require.NoError(b, err)
	return out
}
