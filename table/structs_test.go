package table

import (
	"database/sql"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type yearGroup string

type person struct {
	No   string `cohort:"Student No,id"`
	Born time.Time
}

// everyType has one field of each sort, under embedded ones.
type everyType struct {
	person
	Year     yearGroup `cohort:",ordered"`
	Maths    *int
	English  int8
	Absences uint16
	Reading  float64
	Ratio    float32 `cohort:"R"`
	Boarder  bool
	Left     sql.NullTime
	Fee      sql.Null[float64]
	Bus      *bool
	Note     sql.NullString
	_        int   // unexported: no column
	Skipped  []int `cohort:"-"`
}

func people(n int) []everyType {
	rows := make([]everyType, n)
	for i := range rows {
		mark := 3 * i % 101
		yes := i%3 == 0
		rows[i] = everyType{
			person:  person{No: strings.Repeat("0", 3) + string(rune('a'+i%26)) + string(rune('a'+i/26)), Born: time.Date(2010, 1, 1+i, 0, 0, 0, 0, time.UTC)},
			Year:    yearGroup([]string{"Y7", "Y8", "Y10"}[i%3]),
			Maths:   &mark,
			English: int8(i%90) - 20, Absences: uint16(i * i % 70), Reading: float64(i) / 8, Ratio: float32(i) / 10, Boarder: i%2 == 0,
			Left: sql.NullTime{Time: time.Date(2020, 3, 1, i%24, 30, i%60, 0, time.UTC), Valid: i%4 != 0},
			Fee:  sql.Null[float64]{V: float64(i) * 0.25, Valid: true},
			Bus:  &yes,
			Note: sql.NullString{String: "seen on day " + strings.Repeat("x", 1+i%17) + string(rune('a'+i%26)), Valid: true},
		}
	}
	rows[3].Maths, rows[4].Bus, rows[5].Fee, rows[6].Note = nil, nil, sql.Null[float64]{}, sql.NullString{}
	rows[7].Reading, rows[8].Born = math.NaN(), time.Time{}
	for i := range rows {
		if !rows[i].Left.Valid {
			rows[i].Left.Time = time.Time{}
		}
	}
	return rows
}

func TestStructsComeBack(t *testing.T) {
	rows := people(200)
	tab, err := FromStructs(rows, ReadOptions{})
	require.NoError(t, err)
	got, err := ToStructs[everyType](tab)
	require.NoError(t, err)
	require.True(t, math.IsNaN(got[7].Reading))
	got[7].Reading, rows[7].Reading = 0, 0
	require.Equal(t, rows, got)
	var names []string
	for _, c := range tab.Schema().Columns {
		names = append(names, c.Name+" "+c.Kind.String())
	}
	require.Equal(t, []string{"Student No id", "Born date", "Year ordered", "Maths whole", "English whole", "Absences whole", "Reading decimal",
		"R decimal", "Boarder category", "Left date", "Fee decimal", "Bus category"}, names[:12])
	require.Equal(t, 0.1, tab.Schema().Columns[7].Step, "a float32 does not show its binary digits")
	require.Equal(t, "2006-01-02", tab.Schema().Columns[1].Layout)
}

func TestFromStructsTakesOptions(t *testing.T) {
	type row struct {
		When time.Time
		Mark float64
	}
	rows := make([]row, 30)
	for i := range rows {
		rows[i] = row{time.Date(2020, 1, 1, 0, 0, 0, 1000*i, time.FixedZone("x", 3600)), float64(i) + 0.5}
	}
	tab, err := FromStructs(rows, ReadOptions{Dialect: Dialect{Decimal: ',', Comma: ';'}, Schema: &Schema{Columns: []Column{{Name: "Mark", Coarsen: "5"}}}})
	require.NoError(t, err)
	text, _ := tab.Cell(1, 1)
	require.Equal(t, "1,5", text)
	require.Equal(t, "5", tab.Schema().Columns[1].Coarsen)
	text, _ = tab.Cell(3, 0)
	require.Equal(t, "2020-01-01 00:00:00.000003", text)
	back, err := ToStructs[row](tab)
	require.NoError(t, err)
	require.Equal(t, time.Date(2020, 1, 1, 0, 0, 0, 3000, time.UTC), back[3].When)
	require.Equal(t, 1.5, back[1].Mark)
}

func TestStructsRefuse(t *testing.T) {
	check := func(err error, code, text string) {
		t.Helper()
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, code, e.Code)
		require.Contains(t, err.Error(), text)
		require.NotContains(t, err.Error(), "zq7")
	}
	_, err := FromStructs([]int{1}, ReadOptions{})
	check(err, "bad-struct", "no struct")
	_, err = FromStructs([]struct{ a int }{{1}}, ReadOptions{})
	check(err, "bad-struct", "no exported field")
	_, err = FromStructs([]struct{ Tags []string }{{}}, ReadOptions{})
	check(err, "bad-struct", "field Tags: its type []string is no number")
	_, err = FromStructs([]struct{ P **int }{{}}, ReadOptions{})
	check(err, "bad-struct", "field P: its type **int")
	_, err = FromStructs([]struct {
		A int `cohort:"x,hole"`
	}{{}}, ReadOptions{})
	check(err, "bad-struct", `field A: its tag names a kind "hole", which does not exist; did you mean "whole"?`)
	_, err = FromStructs([]struct {
		A int
		B int `cohort:"A"`
	}{{}}, ReadOptions{})
	check(err, "bad-struct", "field B: the field A has the same column name")
	_, err = FromStructs([]struct{ F float64 }{{1}, {math.Inf(-1)}}, ReadOptions{})
	check(err, "bad-struct", "line 2: column \"F\": field F: the number is infinite")
	_, err = FromStructs([]struct{ T time.Time }{{time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}}, ReadOptions{})
	check(err, "bad-struct", "field T: the time is not in the years")

	tab, err := New(&Schema{Columns: []Column{{Name: "N", Kind: Decimal, Step: 0.5, Marks: []string{"zq7"}}, {Name: "D", Kind: Date, Step: 86400},
		{Name: "C", Kind: Category, Values: []string{"zq7"}}, {Name: "G", Kind: Whole}}},
		[]any{[]int64{2, 300, 1, noNumber + 1}, []int64{0, 1, 2, 3}, []int32{0, 0, 0, 0}, []int64{1, 2, 3, noNumber}})
	require.NoError(t, err)
	_, err = ToStructs[struct{ N int8 }](tab.Select([]int{0, 1, 2}))
	check(err, "bad-struct", "line 2: column \"N\": field N: the cell is no number that int8 can hold")
	_, err = ToStructs[struct{ N int }](tab)
	check(err, "bad-struct", "line 3: column \"N\": field N: the number is not whole")
	_, err = ToStructs[struct{ N float64 }](tab)
	check(err, "bad-struct", "line 4")
	_, err = ToStructs[struct{ G int }](tab)
	check(err, "bad-struct", "no room for a missing cell; make it *int or sql.Null[int]")
	_, err = ToStructs[struct{ D int }](tab)
	check(err, "bad-struct", "the cell is no number")
	_, err = ToStructs[struct{ C time.Time }](tab)
	check(err, "bad-struct", "the cell is no date")
	_, err = ToStructs[struct{ C bool }](tab)
	check(err, "bad-struct", "neither true nor false")
	_, err = ToStructs[struct{ Cc string }](tab)
	check(err, "no-such-column", `did you mean "C"?`)

	loose, err := ToStructs[struct {
		N, D, C string
		G       *uint
	}](tab)
	require.NoError(t, err)
	require.Equal(t, "zq7", loose[3].N)
	require.Equal(t, "150", strings.TrimRight(loose[1].N, ".0")+"0")
	require.Nil(t, loose[3].G)
	require.Equal(t, uint(2), *loose[1].G)
}

func BenchmarkStructs(b *testing.B) {
	rows := people(300)
	b.Run("from", func(b *testing.B) {
		for b.Loop() {
			if _, err := FromStructs(rows, ReadOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	tab, err := FromStructs(rows, ReadOptions{})
	require.NoError(b, err)
	b.Run("to", func(b *testing.B) {
		for b.Loop() {
			if _, err := ToStructs[everyType](tab); err != nil {
				b.Fatal(err)
			}
		}
	})
}
