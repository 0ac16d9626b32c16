package eval_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// year writes the file of a school year and reads it: 240 pupils whose points say much about whether they passed. With luck
// set they say nothing.
func year(number int, luck bool) *table.Table {
	var b strings.Builder
	b.WriteString("Pupil No,House,Points,Passed\n")
	state := uint64(number)
	next := func(n int) int { // Lehmer's generator
		state = state * 48271 % (1<<31 - 1)
		return int(state>>8) % n
	}
	for i := range 240 {
		points, passed := next(41)+next(41), "no"
		counts := points
		if luck {
			counts = next(41) + next(41)
		}
		if counts+next(20) > 45 {
			passed = "yes"
		}
		fmt.Fprintf(&b, "%d,%s,%d,%s\n", 100000+1000*number+i, []string{"Red", "Blue", "Green"}[next(3)], points, passed)
	}
	t, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	if err != nil {
		log.Fatal(err)
	}
	return t
}

// A generator learned one year, never saw another, and wrote pupils whose single columns are fine; but it lost what points have
// to do with passing.
func Example() {
	learned, others := year(1, false), year(2, false)
	made := year(3, true)
	r, err := eval.Compare(context.Background(), learned, made, eval.Options{
		Holdout: others,
		Only:    []string{"shape", "pairs", "rules"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := r.WriteText(os.Stdout); err != nil {
		log.Fatal(err)
	}
	worst, _ := r.Metric("pairs.tv")
	fmt.Printf("%s: %.0f, other real people %.0f\n", strings.Join(worst.Columns, " with "), worst.Value, worst.Real)
	// Output:
	// VERDICT    LOOK CLOSER
	//            2 checks found no problem; 1 needs your eye, 1 could not tell.
	//
	// Looks alike   [ok]   single columns    96 of 100   other real people: 95
	//               [look] pairs of columns  59 of 100   other real people: 91
	//                      The table reaches 59 of 100 where other real people reach
	//                      91. Least alike: "Points" with "Passed".
	// Rules         [ok]   kept              239 of 240  real people: 236 of 240
	// Private       [?]    privacy           not checked
	//                      Only metrics of other things were asked for, so nothing
	//                      here says whether the table gives real people away.
	// Points with Passed: 59, other real people 91
}

// The researcher's own regression finds on real rows that those who passed have many points more, and on synthetic ones nothing.
func ExampleRegress() {
	learned, made := year(1, false), year(3, true)
	r, err := eval.Regress(context.Background(), "Points ~ Passed", learned, made, eval.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range r.Terms {
		fmt.Printf("%-13s real %.0f to %.0f, synthetic %.0f to %.0f, overlap %.2f\n",
			t.Name, t.Real.Low, t.Real.High, t.Fake.Low, t.Fake.High, t.Overlap)
	}
	// Output:
	// (Intercept)   real 22 to 26, synthetic 38 to 44, overlap 0.00
	// Passed = yes  real 25 to 30, synthetic -6 to 2, overlap 0.00
}
