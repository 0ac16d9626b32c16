package encode

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// The cells that codes lead to are in the order of value, and each is met as often as its share says.
func TestScaleIsInOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("Few,Many,Gaps,Name\n")
	r := rng.New(1, rng.Demo, 0)
	const n = 3000
	for range n {
		gap := fmt.Sprint(r.Intn(2000))
		if r.Intn(5) == 0 {
			gap = ""
		}
		fmt.Fprintf(&text, "%d,%d,%s,%s\n", r.Intn(9), int(r.Float64()*r.Float64()*1e6), gap, []string{"a", "b"}[r.Intn(2)])
	}
	tab, err := table.ReadCSV(strings.NewReader(text.String()), table.ReadOptions{})
	require.NoError(t, err)
	enc, err := Fit(tab, Options{Protect: -1})
	require.NoError(t, err)
	codes, err := enc.Codes(tab)
	require.NoError(t, err)
	_, ok := enc.Scale(3)
	require.False(t, ok)
	for v, x := range enc.Vars() {
		s, ok := enc.Scale(x.Col)
		if x.Part > 0 || !ok {
			continue
		}
		require.Len(t, s.First, x.Card-x.Scale+1)
		require.Equal(t, len(s.Share), s.First[len(s.First)-1])
		count, ends := make([]float64, len(s.Share)), map[int][2]int64{} // of each cell
		rows := 0.0
		for i := range n {
			if codes[v][i] < int32(x.Scale) {
				continue
			}
			cell := s.First[codes[v][i]-int32(x.Scale)]
			if x.Parts > 1 && codes[v+1][i] >= 0 {
				cell += int(codes[v+1][i])
			}
			count[cell]++
			rows++
			value := tab.Ints(x.Col)[i]
			if seen, ok := ends[cell]; ok {
				ends[cell] = [2]int64{min(value, seen[0]), max(value, seen[1])}
			} else {
				ends[cell] = [2]int64{value, value}
			}
		}
		for c := range count {
			require.InDelta(t, s.Share[c], count[c]/rows, 1e-9)
			if c > 0 {
				require.Less(t, ends[c-1][1], ends[c][0])
			}
		}
	}
}
