package encode_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// school gives a small table: 60 pupils, one of whom speaks a language of her own.
func school() *table.Table {
	var b strings.Builder
	b.WriteString("No,Name,Language,Score\n")
	for i := range 60 {
		language := []string{"English", "Polish"}[i%2]
		if i == 17 {
			language = "Cornish"
		}
		fmt.Fprintf(&b, "%d,Pupil %c%c,%s,%d\n", 40100+7*i, 'A'+i%26, 'A'+i/26, language, i%5*10)
	}
	t, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	if err != nil {
		panic(err)
	}
	return t
}

// What fewer than 5 persons have is not in the encoder; ids and names are not learned.
func ExampleFit() {
	e, err := encode.Fit(school(), encode.Options{Protect: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Schema().Columns[2].Values, e.KeptOut()[2], "kept out")
	for _, v := range e.Vars() {
		fmt.Printf("%s: %d codes, shares %.2f\n", e.Schema().Columns[v.Col].Name, v.Card, v.Share)
	}
	// Output:
	// [English Polish] 1 kept out
	// Language: 2 codes, shares [0.51 0.49]
	// Score: 5 codes, shares [0.20 0.20 0.20 0.20 0.20]
}

// Codes are drawn by a model, here by the shares of each column alone, and decoded. Every row depends on its number only.
func ExampleEncoder_Build() {
	e, err := encode.Fit(school(), encode.Options{Protect: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	free := encode.Limit{Low: encode.NoLow, High: encode.NoHigh}
	cells := make([][]int64, len(e.Schema().Columns))
	row := make([]int32, len(e.Vars()))
	for r := range uint64(4) {
		s := rng.New(7, rng.SampleCell, r)
		for v, x := range e.Vars() {
			row[v] = 0
			for u := s.Float64() - x.Share[0]; u >= 0; u -= x.Share[row[v]] {
				row[v]++
			}
		}
		for col := range cells {
			cells[col] = append(cells[col], e.Value(col, row, free, &s))
		}
	}
	t, err := e.Build(7, 0, cells)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range t.Records() {
		fmt.Println(strings.Join(r, ","))
	}
	// Output:
	// 93881,Student 0001,Polish,40
	// 92250,Student 0002,Polish,10
	// 91058,Student 0003,Polish,30
	// 95489,Student 0004,Polish,0
}

// The JSON form is what model files hold.
func ExampleEncoder_UnmarshalJSON() {
	e, err := encode.Fit(school(), encode.Options{Protect: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	form, err := json.Marshal(e)
	if err != nil {
		fmt.Println(err)
		return
	}
	var back encode.Encoder
	fmt.Println(json.Unmarshal(form, &back), len(back.Vars()), strings.Contains(string(form), "Cornish"))
	fmt.Println(json.Unmarshal(form[:100], &back) != nil)
	// Output:
	// <nil> 2 false
	// true
}
