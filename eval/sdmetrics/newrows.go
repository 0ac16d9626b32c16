package sdmetrics

import (
	"math"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
)

// sameWithin is how much of a synthetic number a real one may differ to count as the same.
const sameWithin = .01

// chunk is how many rows one goroutine takes at a time.
const chunk = 64

// NewRows is SDMetrics' NewRowSynthesis, "sdmetrics.new_rows": the share of synthetic rows that no real row matches in all columns
// that both tables have. Categories match if they are equal, missing cells match each other, and numbers and dates match
// within 1 % of the synthetic one. It compares every row with every real row of the same categories. The error is that of
// [suite.Check].
func NewRows(actual, fake *suite.Table) (suite.Result, error) {
	if err := suite.Check([]string{"the real table", "the synthetic table"}, actual, fake); err != nil {
		return suite.Result{}, err
	}
	const name = "sdmetrics.new_rows"
	var numbers []scoredColumn
	var categories []codedColumn
	for _, c := range scored(actual, fake) {
		switch {
		case c.fake == nil:
		case c.actual.Numeric():
			numbers = append(numbers, c)
		default:
			categories = append(categories, codedColumn{actual: c.actual.Codes, fake: c.fake.Codes})
		}
	}
	if len(numbers)+len(categories) == 0 {
		return suite.No(name, "the tables share no column of numbers, dates or categories"), nil
	}
	real, group, groups := combine(categories, actual.Rows, fake.Rows)
	members := make([][]int32, groups) // real rows of each group
	for r, g := range real {
		members[g] = append(members[g], int32(r))
	}
	fresh := make([]int, (fake.Rows+chunk-1)/chunk) // by chunk
	run.Parallel(len(fresh), func(i int) {
		for r := i * chunk; r < min((i+1)*chunk, fake.Rows); r++ {
			if group[r] < 0 || !anyMatch(numbers, members[group[r]], r) {
				fresh[i]++
			}
		}
	})
	sum := 0
	for _, n := range fresh {
		sum += n
	}
	return suite.OK(name, float64(sum)/float64(fake.Rows)), nil
}

// anyMatch tells whether one of the real rows has the numbers of synthetic row r.
func anyMatch(numbers []scoredColumn, real []int32, r int) bool {
candidates:
	for _, candidate := range real {
		for i := range numbers {
			if !sameNumber(numbers[i].actual.Numbers[candidate], numbers[i].fake.Numbers[r]) {
				continue candidates
			}
		}
		return true
	}
	return false
}

func sameNumber(real, synthetic float64) bool {
	if math.IsNaN(synthetic) {
		return math.IsNaN(real)
	}
	return math.Abs(real-synthetic) <= sameWithin*math.Abs(synthetic)
}
