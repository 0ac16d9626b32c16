package baseline_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"example.org/cohort/baseline"
	"example.org/cohort/table"
)

// Learn a table in which the two columns agree, and write a longer one in which they agree as well.
func Example() {
	text := "Lesson,Room\n" + strings.Repeat("art,attic\nmusic,attic\nsport,hall\n", 40)
	t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := baseline.Fit(context.Background(), t, baseline.Options{})
	if err != nil {
		log.Fatal(err)
	}
	where := []table.Cond{table.Is("Lesson", "sport")}
	rows, set, err := m.Sample(context.Background(), baseline.SampleOptions{Rows: 1000, Where: where})
	if err != nil {
		log.Fatal(err)
	}
	hall := 0
	for i := range rows.Rows() {
		if room, _ := rows.Cell(i, 1); room == "hall" {
			hall++
		}
	}
	fmt.Println(m.Kind(), rows.Rows(), "rows,", set, "forced; sport is in the hall in more than 990:", hall > 990)
	// Output:
	// trees 1000 rows, 0 forced; sport is in the hall in more than 990: true
}
