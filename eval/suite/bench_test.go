package suite

import (
	"fmt"
	"strings"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func BenchmarkOf(b *testing.B) {
	var text strings.Builder
	text.WriteString("Form,Mark\n")
	for r := range 10_000 {
		fmt.Fprintf(&text, "form %d,%d\n", r*7919%300, r*104729%1000)
	}
	t, err := table.ReadCSV(strings.NewReader(text.String()), table.ReadOptions{Schema: &table.Schema{Columns: []table.Column{
		{Name: "Form", Kind: table.Category}, {Name: "Mark", Kind: table.Whole},
	}}})
	require.NoError(b, err)
	for b.Loop() {
		if _, err := Of(t, t); err != nil {
			b.Fatal(err)
		}
	}
}
