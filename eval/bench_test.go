package eval

import (
	"context"
	"fmt"
	"io"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// wide makes a table of people with half categories and half numbers, which hang together by a hidden ability.
func wide(b *testing.B, seed uint64, rows, columns int) *table.Table {
	s := &table.Schema{}
	cols := make([]any, columns)
	ability := make([]float64, rows)
	for i := range ability {
		r := rng.New(seed, rng.Demo, uint64(i))
		ability[i] = r.Norm()
	}
	for c := range cols {
		name := fmt.Sprint("column ", c)
		if c%2 == 0 {
			values := make([]string, rows)
			for i := range values {
				r := rng.New(seed, rng.Demo, uint64(c+1)<<32+uint64(i))
				values[i] = fmt.Sprint("v", min(max(int(3+ability[i]+2*r.Norm()), 0), 4+c))
			}
			cols[c] = values
			s.Columns = append(s.Columns, table.Column{Name: name, Kind: table.Category})
			continue
		}
		values := make([]int64, rows)
		for i := range values {
			r := rng.New(seed, rng.Demo, uint64(c+1)<<32+uint64(i))
			values[i] = int64(1000 * (ability[i] + 2*r.Norm()))
		}
		cols[c] = values
		s.Columns = append(s.Columns, table.Column{Name: name, Kind: table.Whole, Step: 1})
	}
	out, err := table.New(s, cols)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func benchView(b *testing.B, rows, held, columns int) *view {
	v, err := newView(wide(b, 1, rows, columns), wide(b, 2, rows, columns), Options{Holdout: wide(b, 3, held, columns)})
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// The whole of check: 10,000 rows of 30 columns, 2,500 people set aside.
func BenchmarkCompare(b *testing.B) {
	a, f, h := wide(b, 1, 10_000, 30), wide(b, 2, 10_000, 30), wide(b, 3, 2500, 30)
	for b.Loop() {
		r, err := Compare(context.Background(), a, f, Options{Holdout: h, Target: "column 0"})
		if err != nil {
			b.Fatal(err)
		}
		if err := r.WriteText(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, size := range []struct{ rows, held, columns int }{{10_000, 2500, 30}, {2000, 500, 100}} {
		v := benchView(b, size.rows, size.held, size.columns)
		for _, check := range []struct {
			name string
			run  func(context.Context) (*finding, []Metric, error)
		}{{"shape", v.shape}, {"pairs", v.pairs}, {"reals", v.reals}, {"copies", v.copies}, {"rare", v.rare}, {"kept", v.kept}} {
			b.Run(fmt.Sprintf("%s/%dx%d", check.name, size.rows, size.columns), func(b *testing.B) {
				for b.Loop() {
					if _, _, err := check.run(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
