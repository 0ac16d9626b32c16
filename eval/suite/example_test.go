package suite_test

import (
	"fmt"
	"strings"

	"example.org/cohort/eval/suite"
	"example.org/cohort/table"
)

func Example() {
	var tables []*table.Table
	for _, text := range []string{"Form,Mark\n9a,40\n9b,50\n", "Form,Mark\n9b,44\n9c,\n"} {
		t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{Schema: &table.Schema{Columns: []table.Column{
			{Name: "Form", Kind: table.Category}, {Name: "Mark", Kind: table.Whole},
		}}})
		if err != nil {
			fmt.Println(err)
			return
		}
		tables = append(tables, t)
	}
	out, err := suite.Of(tables...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out[1].Column("Form").Codes, out[1].Column("Form").Labels, out[1].Column("Mark").Numbers)
	// Output: [1 2] [9a 9b 9c] [44 NaN]
}
