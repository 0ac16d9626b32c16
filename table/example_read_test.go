package table_test

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"example.org/cohort/table"
)

// A table is read with nothing but its text: separator, decimal mark, dates and the kind of every column are found, and
// what is written is what was read.
func ExampleReadCSV() {
	text := `Student No;Born;Year;Maths
00417;31.08.2012;Y9;71,5
00418;01.09.2011;Y10;58
00421;14.02.2012;Y9;64
00422;30.11.2009;Y11;
`
	t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range t.Schema().Columns {
		fmt.Printf("%-10s %-8v %s\n", c.Name, c.Kind, c.Why)
	}
	fmt.Println(t.Schema().Columns[2].Values)
	if err := table.WriteCSV(os.Stdout, t); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Student No id       4 different
	// Born       date     dd.mm.yyyy
	// Year       ordered  3 values, in order
	// Maths      decimal  numbers, 1 place
	// [Y9 Y10 Y11]
	// Student No;Born;Year;Maths
	// 00417;31.08.2012;Y9;71,5
	// 00418;01.09.2011;Y10;58
	// 00421;14.02.2012;Y9;64
	// 00422;30.11.2009;Y11;
}

// The caller knows better: a schema names only what is to be read otherwise.
func ExampleReadCSV_override() {
	text := "Room,Maths\n12,71\n7,ABS\n12,64\n"
	t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{
		Schema: &table.Schema{Columns: []table.Column{{Name: "Room", Kind: table.Category}, {Name: "Maths", Kind: table.Whole}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range t.Schema().Columns {
		fmt.Println(c.Name, c.Kind, c.Values, c.Marks)
	}
	// Output:
	// Room category [12 7] []
	// Maths whole [] [ABS]
}

func ExampleFromRecords() {
	rows := [][]string{{"Y9", "71"}, {"Y10", "64"}, {"Y9"}}
	t, err := table.FromRecords([]string{"Year", "Maths"}, slices.Values(rows), table.ReadOptions{MaxRejected: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows(), "rows")
	for _, r := range t.Rejected() {
		fmt.Println("line", r.Line, r.Reason)
	}
	// Output:
	// 2 rows
	// line 4 1 field where the header has 2
}

// Parts that several writers wrote make one file when put together: only the first has a header.
func ExampleCSVWriter() {
	t, err := table.ReadCSV(strings.NewReader("Year;Maths\nY9;71\nY10;64\n"), table.ReadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for part := range 2 {
		w := table.NewCSVWriter(os.Stdout, t.Schema())
		w.NoHeader = part > 0
		if err := w.Write(t.Select([]int{part})); err != nil {
			fmt.Println(err)
		}
		if err := w.Flush(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// Year;Maths
	// Y9;71
	// Y10;64
}
