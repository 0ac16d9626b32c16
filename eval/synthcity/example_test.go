package synthcity_test

import (
	"context"
	"fmt"
	"strings"

	"example.org/cohort/eval/synthcity"
)

func ExampleSuite() {
	read := func(csv string) synthcity.Table {
		t, err := synthcity.ReadCSV(synthcity.V0210, strings.NewReader(csv), ',')
		if err != nil {
			panic(err)
		}
		return t
	}
	scores, _, err := synthcity.Suite(context.Background(), synthcity.Input{
		Version:   synthcity.V0210,
		Real:      read("grade,passed\n12,yes\n7,no\n15,yes\n9,no\n"),
		Synthetic: read("grade,passed\n12,yes\n12,yes\n16,yes\n9,no\n"),
	}, synthcity.Options{Only: []string{"sanity.common", "stats.ks_test"}})
	if err != nil {
		panic(err)
	}
	for _, s := range scores {
		fmt.Printf("%s %.3f\n", s.Key, s.Value)
	}
	// Output:
	// sanity.common_rows_proportion.score 0.500
	// stats.ks_test.marginal 0.750
}
