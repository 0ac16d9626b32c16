package sdmetrics_test

import (
	"fmt"
	"strings"

	"example.org/cohort/eval/sdmetrics"
	"example.org/cohort/eval/suite"
	"example.org/cohort/table"
)

func read(text string) *table.Table {
	t, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{Schema: &table.Schema{Columns: []table.Column{
		{Name: "Form", Kind: table.Category}, {Name: "Mark", Kind: table.Whole}, {Name: "Hours", Kind: table.Whole},
	}}})
	if err != nil {
		panic(err)
	}
	return t
}

func ExampleQuality() {
	tables, err := suite.Of(
		read("Form,Mark,Hours\n9a,40,2\n9a,50,3\n9b,60,5\n9b,70,6\n"),
		read("Form,Mark,Hours\n9a,40,2\n9a,50,6\n9b,60,3\n9c,70,6\n"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := sdmetrics.Quality(tables[0], tables[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Printf("%s %v %.2f\n", r.Name, r.Columns, r.Value)
	}
	// Output:
	// sdmetrics.quality [] 0.71
	// sdmetrics.shapes [] 0.83
	// sdmetrics.pairs [] 0.60
	// sdmetrics.shapes.column [Form] 0.75
	// sdmetrics.shapes.column [Mark] 1.00
	// sdmetrics.shapes.column [Hours] 0.75
	// sdmetrics.pairs.column [Form Mark] 0.75
	// sdmetrics.pairs.column [Form Hours] 0.25
	// sdmetrics.pairs.column [Mark Hours] 0.79
}
