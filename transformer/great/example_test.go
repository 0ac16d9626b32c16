package great_test

import (
	"bytes"
	"context"
	"fmt"

	"example.org/cohort/internal/demo"
	"example.org/cohort/table"
	"example.org/cohort/transformer/great"
)

func Example() {
	t, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	m, err := great.Fit(ctx, t, great.Options{Steps: 1, Batch: 2}) // a real fit leaves both out
	if err != nil {
		fmt.Println(err)
		return
	}
	where, _ := table.ParseConds("Language = English")
	rows, _, err := m.Sample(ctx, great.SampleOptions{Rows: 5, Where: where})
	if err != nil {
		fmt.Println(err)
		return
	}
	language, _ := rows.Cell(4, 4)
	fmt.Println(m.Kind(), "wrote", rows.Rows(), "rows of", rows.Cols(), "columns; the last speaks", language)
	// Output:
	// great wrote 5 rows of 14 columns; the last speaks English
}
