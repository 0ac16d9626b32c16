package cohort_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// pupils writes a table of n fictional pupils with one column of every kind: ids, names, dates, gaps, marks, an order,
// two all-different decimals of 12 digits, one exact sum and one pair of dates in order.
func pupils(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("Student No,Name,Born,Year,House,Maths,English,Total,Score,Index,Start,Leave\n")
	syllables := []string{"ka", "lo", "mi", "ne", "ru", "sa", "te", "vo", "zi", "du"}
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		pick := func(of []string) string { return of[r.Intn(len(of))] }
		name := strings.ToUpper(pick(syllables)) + pick(syllables) + pick(syllables) + fmt.Sprintf("%03d", i) +
			" " + strings.ToUpper(pick(syllables)) + pick(syllables) + pick(syllables) + pick(syllables)
		year := r.Intn(5)
		born := time.Date(2013-year, time.Month(1+r.Intn(12)), 1+r.Intn(28), 0, 0, 0, 0, time.UTC)
		house := pick([]string{"Red", "Red", "Red", "Blue", "Blue", "Green", "Gold", ""})
		ability := r.Norm()
		maths := min(max(int(25+4*float64(year)+6*ability+4*r.Norm()), 0), 60)
		english := min(max(int(30+6*ability+5*r.Norm()), 0), 60)
		marks, total := fmt.Sprint(maths), fmt.Sprint(maths+english)
		if r.Intn(20) == 0 {
			marks, total = "ABS", ""
		}
		start := time.Date(2020, 9, 1+r.Intn(900), 0, 0, 0, 0, time.UTC)
		leave := start.AddDate(0, 0, 1+r.Intn(900))
		fmt.Fprintf(&b, "%012d,%s,%s,Y%d,%s,%s,%d,%s,%.6f,%.6f,%s,%s\n",
			100000000000+rng.Permute(seed, rng.Demo, 500000000000, uint64(i)), name, born.Format("02/01/2006"), 7+year, house, marks,
			english, total, 100000+900000*r.Float64(), 500000+100000*r.Norm(), start.Format("02/01/2006"),
			leave.Format("02/01/2006"))
	}
	return b.String()
}

// read types a table that stands in text.
func read(t testing.TB, text string) *table.Table {
	t.Helper()
	actual, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	require.NoError(t, err)
	return actual
}

// shared reads one of the real tables beside the repository; false where it is not at hand.
func shared(t testing.TB, name string) (*table.Table, bool) {
	t.Helper()
	f, err := os.Open("../shared/data/" + name)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	actual, err := table.ReadCSV(f, table.ReadOptions{})
	require.NoError(t, err)
	return actual, true
}

// text writes a table as a file.
func text(t testing.TB, rows *table.Table) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, table.WriteCSV(&b, rows))
	return b.String()
}
