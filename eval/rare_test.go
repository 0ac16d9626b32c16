package eval

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"example.org/cohort/internal/rng"
	"github.com/stretchr/testify/require"
)

// Ends of ranges are those of exact arithmetic, whatever float64 makes of decimals: a column of noise whose ends are written raises no alarm, and
// one that goes a single step beyond does. Wide tables of noise had ended in DO NOT RELEASE for the last bit of an end.
func TestRareValuesAreExactOnDecimalGrids(t *testing.T) {
	const columns, n, k = 60, 300, 5
	for digits := 1; digits <= 6; digits++ {
		r := rng.New(uint64(digits), rng.Demo, 7)
		var header []string
		var numbers [columns][]int64 // multiples of the step, sorted
		for c := range columns {
			header = append(header, "n"+strconv.Itoa(c))
			numbers[c] = []int64{1} // so that the step is seen
			for len(numbers[c]) < n {
				numbers[c] = append(numbers[c], int64(r.Norm()*1000*float64(1+c%7)))
			}
			slices.Sort(numbers[c])
		}
		rows := func(count int, cell func(c, row int) int64) func(yield func([]string) bool) {
			return func(yield func([]string) bool) {
				for i := range count {
					var record []string
					for c := range columns {
						record = append(record, inDecimals(cell(c, i), digits))
					}
					if !yield(record) {
						return
					}
				}
			}
		}
		actual := fromRecords(t, header, rows(n, func(c, i int) int64 { return numbers[c][i] }))
		ends := func(beyond int64) func(c, i int) int64 {
			return func(c, i int) int64 {
				low, high := exactEnds(numbers[c], k)
				return []int64{low - beyond, high + beyond}[i%2]
			}
		}
		checks, _ := judged(t, actual, fromRecords(t, header, rows(20, ends(0))), Options{Protect: k})
		require.Equal(t, OK, checks["rare values"].Status, checks["rare values"].Sentence)
		checks, _ = judged(t, actual, fromRecords(t, header, rows(20, ends(1))), Options{Protect: k})
		require.Equal(t, Stop, checks["rare values"].Status)
		require.Equal(t, fmt.Sprint(2*columns, " in it"), checks["rare values"].Shown)
	}
}

// exactEnds are the least and the greatest multiple of a column's range, of whole numbers.
func exactEnds(sorted []int64, k int) (low, high int64) {
	low, high = sorted[k-1], sorted[len(sorted)-k]
	if i, _ := slices.BinarySearch(sorted, low); i > 0 {
		low -= (low - sorted[i-1]) / 2
	}
	if i, _ := slices.BinarySearch(sorted, high+1); i < len(sorted) {
		high += (sorted[i] - high) / 2
	}
	return low, high
}

// inDecimals writes n multiples of 10^-digits without a float64.
func inDecimals(n int64, digits int) string {
	text := fmt.Sprintf("%0*d", digits+1, max(n, -n))
	text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	if n < 0 {
		return "-" + text
	}
	return text
}
