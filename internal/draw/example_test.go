package draw_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// shares is the least source that there is: it draws each variable by its shares.
type shares []draw.Shares

func (s shares) Begin([]*draw.Row)               {}
func (s shares) Next([]*draw.Row, int32) []int32 { return nil }
func (s shares) Draw(w *draw.Row, v int32) int32 { return s[v].Draw(&w.R) }
func (s shares) Set(w *draw.Row, v, code int32)  {}
func (s shares) Spread(w *draw.Row, v int32, p []float64) {
	clear(p)
	s[v].Add(p, 1)
}

func Example() {
	pupils := "maths,english,total\n" + strings.Repeat("1,2,3\n2,2,4\n3,1,4\n2,5,7\n", 10)
	t, err := table.ReadCSV(strings.NewReader(pupils), table.ReadOptions{})
	if err != nil {
		panic(err)
	}
	rule, err := table.ParseRule("total = maths + english")
	if err != nil {
		panic(err)
	}
	enc, err := encode.Fit(t.WithRules(rule), encode.Options{})
	if err != nil {
		panic(err)
	}

	rules, err := draw.NewRules(enc)
	if err != nil {
		panic(err)
	}
	plan, err := draw.NewPlan(enc, rules.Order(nil))
	if err != nil {
		panic(err)
	}
	sampler, err := plan.Sampler(draw.Options{Rows: 4, Where: []table.Cond{table.Is("english", "5")}})
	if err != nil {
		panic(err)
	}
	var source shares
	for _, v := range enc.Vars() {
		source = append(source, draw.NewShares(v.Share))
	}
	rows, set, err := sampler.Rows(context.Background(), func(int) draw.Source { return source })
	if err != nil {
		panic(err)
	}
	if err := table.WriteCSV(os.Stdout, rows); err != nil {
		panic(err)
	}
	fmt.Println("set into", set)
	// Output:
	// maths,english,total
	// 3,5,8
	// 1,5,6
	// 2,5,7
	// 2,5,7
	// set into 0
}
