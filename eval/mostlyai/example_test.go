package mostlyai_test

import (
	"fmt"

	"example.org/cohort/eval/mostlyai"
	"example.org/cohort/eval/suite"
)

// rows makes a table of marks; every mark is given to as many rows.
func rows(marks ...float64) *suite.Table {
	t := &suite.Table{Rows: 25 * len(marks), Columns: []suite.Column{{Name: "Mark", Kind: suite.Number}}}
	for r := range t.Rows {
		t.Columns[0].Numbers = append(t.Columns[0].Numbers, marks[r%len(marks)])
	}
	return t
}

func ExampleAccuracy() {
	results, err := mostlyai.Accuracy(rows(1, 2, 3, 4), nil, rows(1, 2, 2, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results[:6] {
		if r.Reason != "" {
			fmt.Println(r.Name, r.Reason)
			continue
		}
		fmt.Printf("%s %.3f\n", r.Name, r.Value)
	}
	// Output:
	// mostlyai.accuracy 0.750
	// mostlyai.accuracy_max 0.902
	// mostlyai.accuracy.univariate 0.750
	// mostlyai.accuracy.univariate_max 0.902
	// mostlyai.accuracy.bivariate too few columns
	// mostlyai.accuracy.bivariate_max too few columns
}

func ExampleDistances() {
	train := rows(1, 2, 3, 4)
	train.Columns = append(train.Columns, suite.Column{Name: "Age", Numbers: train.Columns[0].Numbers})
	results, err := mostlyai.Distances(train, nil, train)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.0f\n", results[0].Name, results[0].Value)
	fmt.Println(results[1].Name, "has no number:", results[1].Reason)
	// Output:
	// mostlyai.ims_training 1
	// mostlyai.ims_holdout has no number: no rows were set aside
}
