package encode

import (
	"strconv"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// adultLike gives a table of the shape of the census table "adult": 6 numbers, 9 categories, and an id and a date beside.
func adultLike(t testing.TB, rows int) *table.Table {
	r := rng.New(3, rng.Mock, 0)
	s := &table.Schema{}
	var cols []any
	for c := range 6 {
		v := make([]int64, rows)
		for i := range v {
			switch c {
			case 0:
				v[i] = 17 + int64(r.Intn(70))
			case 1, 2:
				v[i] = int64(r.Exp() * 200000)
			case 3:
				v[i] = max(0, int64(r.Norm()*5000-5000))
			default:
				v[i] = int64(r.Intn(20))
			}
		}
		s.Columns = append(s.Columns, table.Column{Name: "n" + strconv.Itoa(c), Kind: table.Whole, Step: 1})
		cols = append(cols, v)
	}
	for c := range 9 {
		values := texts(2+c*5, func(i int) string { return "v" + strconv.Itoa(100+i) })
		v := make([]int32, rows)
		for i := range v {
			v[i] = int32(r.Intn(len(values)))
		}
		s.Columns = append(s.Columns, table.Column{Name: "c" + strconv.Itoa(c), Kind: table.Category, Values: values})
		cols = append(cols, v)
	}
	days := make([]int64, rows)
	for i := range days {
		days[i] = 10000 + int64(r.Intn(4000))
	}
	s.Columns = append(s.Columns, table.Column{Name: "day", Kind: table.Date, Step: 86400, Layout: "2006-01-02"},
		table.Column{Name: "no", Kind: table.ID})
	cols = append(cols, days, texts(rows, func(i int) string { return strconv.Itoa(100000 + i) }))
	tab, err := table.New(s, cols)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

const benchRows = 32561

func BenchmarkFit(b *testing.B) {
	tab := adultLike(b, benchRows)
	b.ResetTimer()
	for b.Loop() {
		if _, err := Fit(tab, Options{Protect: 5}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCodes(b *testing.B) {
	tab := adultLike(b, benchRows)
	e := fit(b, tab, 5, "")
	b.ResetTimer()
	for b.Loop() {
		if _, err := e.Codes(tab); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkDecode turns rows of codes into a table: Value of every cell, and Build.
func BenchmarkDecode(b *testing.B) {
	tab := adultLike(b, benchRows)
	e := fit(b, tab, 5, "")
	codes, _ := e.Codes(tab)
	b.ResetTimer()
	for b.Loop() {
		if decode(b, e, codes, benchRows, 1).Rows() != benchRows {
			b.Fatal("rows")
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// decode makes a table of codes.
func decode(t testing.TB, e *Encoder, codes [][]int32, rows int, seed uint64) *table.Table {
	cells := make([][]int64, len(e.Schema().Columns))
	for c := range cells {
		cells[c] = make([]int64, rows)
	}
	row := make([]int32, len(codes))
	for r := range rows {
		for v := range codes {
			row[v] = codes[v][r]
		}
		s := rng.New(seed, rng.SampleCell, uint64(r))
		for c := range cells {
			cells[c][r] = e.Value(c, row, noLimit, &s)
		}
	}
	tab, err := e.Build(seed, 0, cells)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func BenchmarkValue(b *testing.B) {
	tab := adultLike(b, benchRows)
	e := fit(b, tab, 5, "")
	codes, _ := e.Codes(tab)
	row := make([]int32, len(codes))
	for _, col := range []int{0, 1, 3, 10, 15} {
		b.Run(e.Schema().Columns[col].Name, func(b *testing.B) {
			s := rng.New(1, rng.SampleCell, 0)
			sum := int64(0)
			r := 0
			for b.Loop() {
				c := &e.cols[col]
				for v := c.first; v < c.first+c.parts; v++ {
					row[v] = codes[v][r]
				}
				sum += e.Value(col, row, noLimit, &s)
				if r++; r == benchRows {
					r = 0
				}
			}
			_ = sum
		})
	}
}

func BenchmarkAllowed(b *testing.B) {
	tab := adultLike(b, benchRows)
	e := fit(b, tab, 5, "")
	codes, _ := e.Codes(tab)
	row := make([]int32, len(codes))
	for v := range codes {
		row[v] = codes[v][0]
	}
	ok := make([]bool, 512)
	for v, x := range e.Vars() {
		if x.Parts > 1 && x.Col != 2 {
			b.Run(e.Schema().Columns[x.Col].Name+"-"+strconv.Itoa(x.Part), func(b *testing.B) {
				for b.Loop() {
					e.Allowed(v, row, noLimit, ok)
				}
			})
		}
	}
}
