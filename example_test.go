package cohort_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/internal/demo"
	"example.org/cohort/table"
)

// marks is a small table: forty pupils, each with two marks and their exact sum.
func marks() string {
	var b strings.Builder
	b.WriteString("Pupil No,House,Maths,English,Total\n")
	for i := range 40 {
		maths, english := (i*7)%11, (i*5)%13
		fmt.Fprintf(&b, "%04d,%s,%d,%d,%d\n", 1000+37*i, []string{"Red", "Blue"}[i%2], maths, english, maths+english)
	}
	return b.String()
}

// Learn a table, and write rows that meet a condition.
func Example() {
	actual, err := table.ReadCSV(strings.NewReader(marks()), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := cohort.Fit(context.Background(), actual, cohort.Options{})
	if err != nil {
		log.Fatal(err)
	}
	where, err := table.ParseConds(`House = "Red" and Maths >= 5`)
	if err != nil {
		log.Fatal(err)
	}
	rows, err := m.Sample(context.Background(), cohort.SampleOptions{Rows: 100, Where: where})
	if err != nil {
		log.Fatal(err)
	}
	info := m.Info()
	fmt.Println(info.Kind, info.Rows, info.Schema.Rules[0], rows.Rows())
	fmt.Println("rows that break the rule:", len(info.Schema.Rules[0].Broken(rows)))
	// Output:
	// trees 40 Total = Maths + English 100
	// rows that break the rule: 0
}

// Everything that the command's make does: a synthetic table of a fictional school, and the verdict on it.
func ExampleMake() {
	actual, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	made, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{Check: eval.Options{Target: "Passed"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Table.Rows(), "rows,", len(made.Report.Checks), "checks")
	for _, c := range made.Report.Checks {
		if c.Status == eval.Stop {
			fmt.Println(c.Sentence, c.Remedy)
		}
	}
	// made.Report.Verdict says what the checks come to.

	// Output: 600 rows, 10 checks
}

// The second of four parts of a table has the bytes that one machine alone would write there.
func ExampleModel_Chunks() {
	actual, err := table.ReadCSV(strings.NewReader(marks()), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := cohort.Fit(context.Background(), actual, cohort.Options{Model: "independent"})
	if err != nil {
		log.Fatal(err)
	}
	first, n := cohort.Shard(20_000, 1, 4)
	w := table.NewCSVWriter(&strings.Builder{}, m.Info().Schema)
	w.NoHeader = first > 0
	written := 0
	for rows, err := range m.Chunks(context.Background(), cohort.SampleOptions{First: first, Rows: n, Seed: 7}) {
		if err != nil {
			log.Fatal(err)
		}
		if err := w.Write(rows); err != nil {
			log.Fatal(err)
		}
		written += rows.Rows()
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(first, written)
	// Output: 5000 5000
}

// A schema alone is enough for rows to test software with.
func ExampleMock() {
	s := &table.Schema{
		Columns: []table.Column{
			{Name: "House", Kind: table.Category, Values: []string{"Red"}},
			{Name: "Marks", Kind: table.Whole, Min: 7, Max: 7, Step: 1, Layout: "0"},
		},
		Dialect: table.Dialect{Comma: ';'},
	}
	rows, err := cohort.Mock(s, cohort.SampleOptions{Rows: 2})
	if err != nil {
		log.Fatal(err)
	}
	if err := table.WriteCSV(os.Stdout, rows); err != nil {
		log.Fatal(err)
	}
	// Output:
	// House;Marks
	// Red;7
	// Red;7
}
