package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"example.org/cohort/internal/demo"
	"example.org/cohort/table"
)

// school reads the demonstration table.
func school() *table.Table {
	t, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	if err != nil {
		panic(err)
	}
	return t
}

func ExampleNew() {
	s := &table.Schema{Columns: []table.Column{
		{Name: "Year", Kind: table.Ordered, Values: []string{"Y7", "Y8"}},
		{Name: "Maths", Kind: table.Decimal, Step: 0.5, Layout: "0.0"},
	}}
	t, err := table.New(s, []any{[]int32{1, 0, -1}, []int64{91, 120, 7}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := table.WriteCSV(os.Stdout, t); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Year,Maths
	// Y8,45.5
	// Y7,60.0
	// ,3.5
}

func ExampleTable_Split() {
	train, held := school().Split(0.8, 1, "Passed")
	fmt.Println(train.Rows(), held.Rows())
	// Output: 480 120
}

func ExampleParseConds() {
	conds, err := table.ParseConds(`"Year group" = Y9 and Maths < 40 and SEN is not missing`)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := school().Schema()
	sets, err := table.Sets(s, conds)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, set := range sets {
		fmt.Println(s.Columns[set.Col].Name, set.Missing, set.Values, set.Spans)
	}
	_, err = table.ParseConds(`Maths << 40`)
	var e *table.Error
	if errors.As(err, &e) {
		fmt.Println(e.Reason)
	}
	// Output:
	// Year group false [false false true false false] []
	// SEN false [true true true] []
	// Maths false [] [[5 39]]
	// here a value is expected
	//   Maths << 40
	//          ^
}

func ExampleRule() {
	r, err := table.ParseRule(`"Total mark" = Maths + English`)
	if err != nil {
		fmt.Println(err)
		return
	}
	op, columns := r.Terms()
	fmt.Println(op, columns)

	total, err := table.ParseRule("Total = Maths + English")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(total.Broken(school())), "pupils have marks in science, too")
	// Output:
	// = [Total mark Maths English]
	// 600 pupils have marks in science, too
}

func ExampleFindRules() {
	for _, f := range table.FindRules(school()) {
		fmt.Println(f.Rule, "in", f.Holds, "of", f.Rows)
	}
	// Output: Total = Maths + English + Science in 600 of 600
}

func ExampleSchema_Write() {
	s := &table.Schema{Columns: []table.Column{{Name: "Maths", Kind: table.Whole, Step: 1, Max: 100}}}
	if err := s.Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	_, err := table.ReadSchema(strings.NewReader(`{"columns": [{"nam": "Maths"}]}`))
	fmt.Println(err)
	// Output:
	// {
	//   "columns": [
	//     {
	//       "name": "Maths",
	//       "kind": "whole",
	//       "treat": "learn",
	//       "max": 100,
	//       "step": 1
	//     }
	//   ],
	//   "dialect": {}
	// }
	// table: column 1 has no field "nam"; did you mean "name"?
}

func ExampleSchema_Column() {
	_, err := school().Schema().Column("passed")
	fmt.Println(err)
	// Output: table: column "passed": there is no such column; did you mean "Passed"?
}

func ExampleFromStructs() {
	type student struct {
		Name  string `cohort:",text"`
		Year  string `cohort:"Year group,ordered"`
		Born  time.Time
		Maths *int
	}
	mark := 63
	t, err := table.FromStructs([]student{
		{"Ann", "Y9", time.Date(2011, 9, 30, 0, 0, 0, 0, time.UTC), &mark},
		{"Bob", "Y10", time.Date(2010, 9, 1, 0, 0, 0, 0, time.UTC), nil},
	}, table.ReadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := table.WriteCSV(os.Stdout, t); err != nil {
		fmt.Println(err)
	}
	back, err := table.ToStructs[student](t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(back[0].Name, *back[0].Maths, back[1].Maths == nil)
	// Output:
	// Name,Year group,Born,Maths
	// Ann,Y9,2011-09-30,63
	// Bob,Y10,2010-09-01,
	// Ann 63 true
}
