package run_test

import (
	"context"
	"fmt"

	"example.org/cohort/internal/run"
)

func Example() {
	sum := int64(0)
	job := run.Job{
		Plan: run.Plan{Steps: 10, Wave: 4},
		Step: func(_ context.Context, from, to int64) error {
			for i := from; i < to; i++ {
				sum += i
			}
			return nil
		},
	}
	report, err := run.Train(context.Background(), job, run.Options{})
	fmt.Println(sum, report.Steps, report.StoppedBy, err)

	// Output: 45 10 plan <nil>
}

func ExampleParallel() {
	squares := make([]int, 5)
	run.Parallel(len(squares), func(i int) { squares[i] = i * i })
	fmt.Println(squares)

	// Output: [0 1 4 9 16]
}
