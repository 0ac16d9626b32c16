package column_test

import (
	"context"
	"fmt"
	"strings"

	"example.org/cohort/table"
	"example.org/cohort/transformer/column"
)

// A table in which one column decides the other, in either order.
func ExampleFit() {
	var b strings.Builder
	b.WriteString("club,day\n")
	for i := range 400 {
		fmt.Fprintln(&b, []string{"chess,Monday", "drama,Friday"}[i%2])
	}
	t, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	if err != nil {
		panic(err)
	}
	m, err := column.Fit(context.Background(), t, column.Options{Members: 1})
	if err != nil {
		panic(err)
	}
	for _, where := range []string{`club = "drama"`, `day = "Monday"`} {
		conds, err := table.ParseConds(where)
		if err != nil {
			panic(err)
		}
		rows, _, err := m.Sample(context.Background(), column.SampleOptions{Rows: 1, Where: conds})
		if err != nil {
			panic(err)
		}
		club, _ := rows.Cell(0, 0)
		day, _ := rows.Cell(0, 1)
		fmt.Println(where, "->", club, day)
	}
	// Output:
	// club = "drama" -> drama Friday
	// day = "Monday" -> chess Monday
}
