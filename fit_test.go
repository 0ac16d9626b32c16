package cohort_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// refused fits what can't be fitted and gives the error.
func refused(t *testing.T, actual *table.Table, opt cohort.Options) *table.Error {
	t.Helper()
	m, err := cohort.Fit(context.Background(), actual, opt)
	require.Nil(t, m)
	var bad *table.Error
	require.ErrorAs(t, err, &bad)
	require.True(t, strings.HasPrefix(err.Error(), "cohort: fit: "), err.Error())
	require.NotContains(t, err.Error(), "zq7")
	require.NotEmpty(t, bad.Reason)
	return bad
}

func TestFitRefusesNonsense(t *testing.T) {
	actual := read(t, pupils(60, 20))
	require.Equal(t, "no-such-model", refused(t, actual, cohort.Options{Model: "gan"}).Code)
	require.Equal(t, "no-such-level", refused(t, actual, cohort.Options{Level: "public"}).Code)
	require.Equal(t, "no-such-model", refused(t, actual, cohort.Options{Model: "trees", Level: "structure"}).Code)
	require.Equal(t, "no-such-column", refused(t, actual, cohort.Options{Target: "Hause"}).Code)
	require.Equal(t, "bad-option", refused(t, actual, cohort.Options{Steps: -1}).Code)
	require.Equal(t, "bad-option", refused(t, actual, cohort.Options{Budget: -1}).Code)
	require.Equal(t, "bad-option", refused(t, actual, cohort.Options{Memory: -1}).Code)
}

func TestFewRows(t *testing.T) {
	for _, n := range []int{1, 2, 11, 19, 20} {
		actual := read(t, pupils(n, 21))
		for _, level := range []string{"", "share", "research"} {
			if n < 20 {
				bad := refused(t, actual, cohort.Options{Level: level})
				require.Equal(t, "too-few-rows", bad.Code)
				require.Contains(t, bad.Fix, "structure")
				continue
			}
			m := fit(t, actual, cohort.Options{Level: level})
			require.Equal(t, 30, sample(t, m, cohort.SampleOptions{Rows: 30}).Rows())
		}
		m := fit(t, actual, cohort.Options{Level: "structure"})
		require.Equal(t, "independent", m.Info().Kind)
		rows := sample(t, m, cohort.SampleOptions{Rows: 30})
		require.Equal(t, 30, rows.Rows())
		require.Equal(t, actual.Cols(), rows.Cols())
	}
	_, err := table.ReadCSV(strings.NewReader("a,b\n"), table.ReadOptions{})
	if err == nil {
		require.Equal(t, "too-few-rows", refused(t, read(t, "a,b\n"), cohort.Options{Level: "structure"}).Code)
	}
}

// Persons count, not rows: forty rows of ten persons are ten persons.
func TestPersonsAreCounted(t *testing.T) {
	one := pupils(10, 22)
	lines := strings.SplitAfter(one, "\n")
	body := strings.Join(lines[1:], "")
	s := &table.Schema{Person: "Student No"}
	actual, err := table.ReadCSV(strings.NewReader(lines[0]+body+body+body+body), table.ReadOptions{Schema: s})
	require.NoError(t, err)
	require.Equal(t, "too-few-rows", refused(t, actual, cohort.Options{}).Code)
}

func TestOddTables(t *testing.T) {
	tables := map[string]string{
		"one column":      "a\n" + strings.Repeat("x\ny\nz\n", 20),
		"constant":        "a,b\n" + strings.Repeat("x,1\nx,2\n", 20),
		"all missing":     "a,b\n" + strings.Repeat(",1\n,2\n", 20),
		"only categories": "a,b\n" + strings.Repeat("x,p\ny,q\nx,q\n", 20),
		"only numbers":    "a,b\n" + strings.Repeat("1,2.5\n2,3.5\n3,4.5\n", 20),
		"one row, often":  "a,b,c\n" + strings.Repeat("x,1,2.5\n", 40),
		"only ids":        "Student No\n" + lines(60, func(i int) string { return pad(i) }),
	}
	for name, content := range tables {
		t.Run(name, func(t *testing.T) {
			actual := read(t, content)
			for _, model := range generators {
				for _, protect := range []int{0, -1} {
					m := fit(t, actual, cohort.Options{Model: model, Protect: protect})
					rows := sample(t, m, cohort.SampleOptions{Rows: 50})
					require.Equal(t, 50, rows.Rows())
					legal(t, m, rows)
				}
			}
		})
	}
}

func TestInfo(t *testing.T) {
	actual := read(t, pupils(100, 23))
	m := fit(t, actual, cohort.Options{Seed: 77})
	info := m.Info()
	require.Equal(t, "trees", info.Kind)
	require.NotEmpty(t, info.Why)
	require.Equal(t, 100, info.Rows)
	require.Equal(t, 5, info.Protect)
	require.EqualValues(t, 77, info.Seed)
	require.Positive(t, info.Planned)
	require.Equal(t, info.Planned, info.Steps)
	require.Equal(t, "plan", info.StoppedBy)
	require.Equal(t, "generic", info.Kernels)
	require.NotEmpty(t, info.Version)
	require.Equal(t, actual.Cols(), len(info.Schema.Columns))
	for i, c := range info.Schema.Columns {
		require.Equal(t, actual.Schema().Columns[i].Name, c.Name)
	}
	loaded, err := cohort.Load(bytes.NewReader(file(t, m)))
	require.NoError(t, err)
	require.Equal(t, info, loaded.Info())
}

func TestProtectIsResolved(t *testing.T) {
	actual := read(t, pupils(100, 24))
	for _, c := range []struct {
		level   string
		protect int
		want    int
	}{{"", 0, 5}, {"share", 10, 10}, {"share", -1, 0}, {"research", 0, 0}, {"research", 7, 7}, {"structure", 0, 5}} {
		m := fit(t, actual, cohort.Options{Model: "independent", Level: c.level, Protect: c.protect})
		require.Equal(t, c.want, m.Info().Protect, "%s %d", c.level, c.protect)
	}
}

func TestProgressIsOnTheCallersGoroutine(t *testing.T) {
	actual := read(t, pupils(300, 25))
	home, returned := goroutine(), false
	phases := make(map[string]int)
	calls, began := 0, time.Now()
	fit(t, actual, cohort.Options{Progress: func(p string, done, total int64) {
		require.False(t, returned)
		require.Equal(t, home, goroutine())
		phases[p]++
		calls++
	}})
	// The first and the last call of a phase always come through.
	require.LessOrEqual(t, calls, 2*len(phases)+1+int(time.Since(began)/(100*time.Millisecond)), "more than ten calls a second")
	returned = true
	require.Positive(t, phases["encode"])
	require.Positive(t, phases["learn"])
}

func TestStopKeepsTheBestSoFar(t *testing.T) {
	actual := read(t, pupils(300, 26))
	stop := make(chan struct{})
	close(stop)
	m := fit(t, actual, cohort.Options{Stop: stop, Seed: 3})
	info := m.Info()
	require.Equal(t, "stop", info.StoppedBy)
	require.Less(t, info.Steps, info.Planned)
	require.Positive(t, info.Steps)
	rows := sample(t, m, cohort.SampleOptions{Rows: 300})
	require.Equal(t, 300, rows.Rows())
	again := fit(t, actual, cohort.Options{Steps: info.Steps, Seed: 3})
	require.True(t, bytes.Equal(file(t, m), file(t, again)), "so many steps give another model")
	require.True(t, text(t, rows) == text(t, sample(t, again, cohort.SampleOptions{Rows: 300})))
}

func TestCancelGivesNothing(t *testing.T) {
	actual := read(t, pupils(1000, 27))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, err := cohort.Fit(ctx, actual, cohort.Options{})
	require.Nil(t, m)
	require.Equal(t, context.Canceled, err)
	ctx, cancel = context.WithCancel(context.Background())
	at := make(chan time.Time, 1)
	begun := false
	m, err = cohort.Fit(ctx, actual, cohort.Options{Progress: func(phase string, done, total int64) {
		if phase == "learn" && !begun {
			begun = true
			time.AfterFunc(50*time.Millisecond, func() { at <- time.Now(); cancel() })
		}
	}})
	require.Nil(t, m)
	require.Equal(t, context.Canceled, err)
	t.Logf("cancelled after %v", time.Since(<-at))
}

func TestMemoryBound(t *testing.T) {
	actual := read(t, pupils(200, 28))
	e, err := cohort.Plan(actual, cohort.Options{})
	require.NoError(t, err)
	bad := refused(t, actual, cohort.Options{Memory: e.Memory / 2})
	require.Equal(t, "not-enough-memory", bad.Code)
	require.NotEmpty(t, bad.Fix)
	fit(t, actual, cohort.Options{Memory: e.Memory + 1})
}

func TestBudgetTooShort(t *testing.T) {
	actual := read(t, pupils(1000, 29))
	bad := refused(t, actual, cohort.Options{Budget: time.Microsecond})
	require.Equal(t, "time-too-short", bad.Code)
	require.Contains(t, bad.Reason, "12 columns")
	require.NotEmpty(t, bad.Fix)
}

// Every error of a data set at fault is typed; none is a bare string.
func TestErrorsAreTyped(t *testing.T) {
	_, err := cohort.Fit(context.Background(), read(t, pupils(5, 30)), cohort.Options{})
	var bad *table.Error
	require.True(t, errors.As(err, &bad))
	require.False(t, math.Signbit(float64(bad.Line)))
}
