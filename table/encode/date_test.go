package encode

import (
	"testing"
	"time"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestCalendarAgreesWithTheStandardLibrary(t *testing.T) {
	for day := int64(-800000); day < 800000; day += 97 {
		want := time.Unix(day*86400, 0).UTC()
		y, m, d := civil(day)
		require.True(t, int64(want.Year()) == y && int64(want.Month()) == m && int64(want.Day()) == d, "day %d", day)
		require.Equal(t, day, daysFrom(y, m)+d-1)
		last := time.Date(int(y), time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
		require.Equal(t, int64(last), monthDays(y, m))
	}
}

// randomDays gives n days from 2000-01-01 on.
func randomDays(n, span int) []int64 {
	r := rng.New(2, rng.Mock, 5)
	out := make([]int64, n)
	for i := range out {
		out[i] = 10957 + int64(r.Intn(span))
	}
	return out
}

func TestBirthDatesKeepMonthAndYear(t *testing.T) {
	days := randomDays(2000, 2000)
	for _, c := range []struct {
		name, level, coarsen string
		parts                int
	}{
		{"Born", "share", "", 2}, {"birth_date", "", "", 2}, {"DOB", "", "", 2}, {"Geburtsdatum", "", "", 2}, {"date de naissance", "", "", 2},
		{"Born", "share", "year", 1}, {"Born", "research", "", 3}, {"Born", "structure", "", 1}, {"Enrolled", "share", "", 3},
		{"Enrolled", "share", "month", 2}, {"Enrolled", "research", "year", 1}, {"Enrolled", "structure", "", 1},
	} {
		tab := one(t, table.Column{Name: c.name, Kind: table.Date, Step: 86400, Layout: "2006-01-02", Coarsen: c.coarsen}, days)
		e := fit(t, tab, 5, c.level)
		require.Len(t, e.Vars(), c.parts, "%+v", c)
		requireRoundTrip(t, e, 10)
		requireJSON(t, e)
		codes := requireCodes(t, e, tab)
		if c.parts != 2 {
			continue
		}
		// Month and year are those of the row; the day is not.
		row, same := make([]int32, 2), 0
		for r, day := range days {
			row[0], row[1] = codes[0][r], codes[1][r]
			s := rng.New(1, rng.SampleCell, uint64(r))
			v := e.Value(0, row, noLimit, &s)
			y, m, _ := civil(day)
			y2, m2, _ := civil(v)
			require.Equal(t, [2]int64{y, m}, [2]int64{y2, m2})
			if v == day {
				same++
			}
		}
		require.Less(t, same, 150) // one in 30 by chance
	}
	require.False(t, isBirth("Reborn project"))
	require.False(t, isBirth("Airborne"))
}

// TestDatesOfUnevenLayout has dates without days, and days that end months.
func TestDatesOfUnevenLayout(t *testing.T) {
	var months, ends, times []int64
	for i := range int64(600) {
		y, m := 1950+i%97, 1+i*7%12
		months = append(months, daysFrom(y, m))
		ends = append(ends, daysFrom(y, m)+monthDays(y, m)-1)
		times = append(times, daysFrom(y, m)*1440+i*11%1440)
	}
	for _, x := range []struct {
		c     table.Column
		cells []int64
	}{
		{table.Column{Kind: table.Date, Step: 86400, Layout: "2006-01"}, months},
		{table.Column{Kind: table.Date, Step: 86400, Layout: "2006-01-02"}, ends},
		{table.Column{Kind: table.Date, Step: 60, Layout: "2006-01-02 15:04"}, times},
	} {
		for _, k := range []int{0, 5, 40} {
			for _, level := range []string{"share", "structure"} {
				e := fit(t, one(t, x.c, x.cells), k, level)
				requireRoundTrip(t, e, 5)
				requireJSON(t, e)
				codes := requireCodes(t, e, one(t, x.c, x.cells))
				if x.c.Layout == "2006-01" {
					out := decode(t, e, codes, 100, 1)
					for r, v := range out.Ints(0) {
						_, _, d := civil(v)
						require.Equal(t, int64(1), d, "row %d", r)
					}
				}
			}
		}
	}
}
