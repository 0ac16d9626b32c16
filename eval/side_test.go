package eval

import (
	"context"
	"fmt"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// pupilsInRows makes a table of several rows a pupil; ids start at first, and the names are those of the ids from named on.
func pupilsInRows(t *testing.T, pupils, each, first, named int) *table.Table {
	t.Helper()
	header := []string{"Student No", "Name", "Subject", "Mark"}
	i := func(yield func([]string) bool) {
		for p := range pupils {
			for r := range each {
				mark := (p*7+r*13)%60 + 20
				if !yield([]string{fmt.Sprintf("P%05d", first+p), fmt.Sprintf("Name-%d", named+p), []string{"Maths", "Art", "Latin"}[r%3], fmt.Sprint(mark)}) {
					return
				}
			}
		}
	}
	out, err := table.FromRecords(header, i, table.ReadOptions{Schema: &table.Schema{Person: "Student No"}})
	require.NoError(t, err)
	return out
}

// A name that stands in each of a pupil's rows tells who that is: no category to be learned, and never to come back.
func TestNamesThatRepeatWithTheirPerson(t *testing.T) {
	actual := pupilsInRows(t, 60, 3, 1000, 0)
	v, err := newView(actual, pupilsInRows(t, 60, 3, 5000, 5000), Options{})
	require.NoError(t, err)
	require.True(t, v.columns[1].own)
	require.False(t, v.columns[1].learned)
	require.False(t, v.columns[2].own)
	real := func(fake *table.Table) *finding {
		v, err := newView(actual, fake, Options{})
		require.NoError(t, err)
		f, _, err := v.reals(context.Background())
		require.NoError(t, err)
		return f
	}
	require.Equal(t, OK, real(pupilsInRows(t, 60, 3, 5000, 5000)).Status)
	f := real(pupilsInRows(t, 60, 3, 5000, 59)) // one of the names is real
	require.Equal(t, Stop, f.Status)
	require.Equal(t, "1", f.Shown)
}

// One id for many rows must not make many copies one.
func TestRowsUnderOneID(t *testing.T) {
	actual := pupilsInRows(t, 60, 3, 1000, 0)
	v, err := newView(actual, pupilsInRows(t, 1, 180, 9000, 9000), Options{})
	require.NoError(t, err)
	require.Equal(t, 180, v.result.persons)
	v, err = newView(actual, pupilsInRows(t, 36, 5, 9000, 9000), Options{})
	require.NoError(t, err)
	require.Equal(t, 36, v.result.persons)
}

func TestPeopleSetAsideWhoAreInTheTable(t *testing.T) {
	actual, fake := pupilsInRows(t, 60, 3, 1000, 0), pupilsInRows(t, 60, 3, 5000, 5000)
	for first, want := range map[int]bool{1000: true, 1050: true, 1058: false, 2000: false} {
		v, err := newView(actual, fake, Options{Holdout: pupilsInRows(t, 60, 3, first, first)})
		require.NoError(t, err)
		require.Equal(t, want, v.sameIDs(), first)
	}
}

// Real ids under another name are real ids, and so they are in small letters.
func TestRealIDsInDisguise(t *testing.T) {
	header := func(id string) []string { return []string{id, "Mark"} }
	make3 := func(id, prefix string, first int) *table.Table {
		return fromRecords(t, header(id), func(yield func([]string) bool) {
			for i := range 100 {
				if !yield([]string{fmt.Sprintf("%s%05d", prefix, first+i), fmt.Sprint(i % 10)}) {
					return
				}
			}
		})
	}
	for _, c := range []struct {
		id, prefix string
		first      int
		want       Status
		shown      string
	}{
		{"Pupil No", "K", 5000, OK, "0"},
		{"Pupil No", "k", 1000, Stop, "100"},
		{"Stud", "K", 1000, Stop, "100"},
		{"Stud", "K", 1020, Stop, "80"},
		{"Stud", "K", 5000, OK, "none there"},
	} {
		v, err := newView(make3("Pupil No", "K", 1000), make3(c.id, c.prefix, c.first), Options{})
		require.NoError(t, err)
		f, _, err := v.reals(context.Background())
		require.NoError(t, err)
		require.Equal(t, c.want, f.Status, c)
		require.Equal(t, c.shown, f.Shown, c)
	}
}
