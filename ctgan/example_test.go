package ctgan_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"example.org/cohort/ctgan"
	"example.org/cohort/table"
)

// Learn a small table for a few steps, and write rows that meet a condition.
func ExampleFit() {
	text := "Lesson,Room\n" + strings.Repeat("art,attic\nmusic,attic\nsport,hall\n", 20)
	t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	m, err := ctgan.Fit(context.Background(), t, ctgan.Options{Steps: 5, Gen: []int{32}, Critic: []int{32}})
	if err != nil {
		log.Fatal(err)
	}
	where := []table.Cond{table.Is("Lesson", "art", "sport")}
	rows, _, err := m.Sample(context.Background(), ctgan.SampleOptions{Rows: 100, Seed: 1, Where: where})
	if err != nil {
		log.Fatal(err)
	}
	agree := 0
	for i := range rows.Rows() {
		lesson, _ := rows.Cell(i, 0)
		room, _ := rows.Cell(i, 1)
		if lesson == "art" && room == "attic" || lesson == "sport" && room == "hall" {
			agree++
		}
	}
	fmt.Println(m.Kind(), rows.Rows(), "rows,", rows.Cols(), "columns, as asked and in the right room:", agree)
	// Output:
	// ctgan 100 rows, 2 columns, as asked and in the right room: 100
}
