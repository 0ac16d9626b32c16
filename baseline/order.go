package baseline

import (
	"cmp"
	"slices"

	"example.org/cohort/table/encode"
)

// mostColumns bounds the columns from which another one is told. With more of them, most would be noise, and time would
// grow with the square of the number of columns.
const mostColumns = 48

// columns gives the variables from which v is told: the earlier parts of its own column, and all parts of those columns
// before it that depend on it most.
func columns(vars []encode.Var, before, first []int32, info [][]float64, v int32) []int32 {
	place := map[int]int{}
	for i, f := range first {
		place[vars[f].Col] = i
	}
	own := place[vars[v].Col]
	var cols []int // indices in first
	for _, b := range before {
		if vars[b].Part == 0 && vars[b].Col != vars[v].Col {
			cols = append(cols, place[vars[b].Col])
		}
	}
	slices.SortStableFunc(cols, func(a, b int) int { return cmp.Compare(info[own][b], info[own][a]) })
	keep := map[int]bool{own: true}
	for _, c := range cols[:min(len(cols), mostColumns)] {
		keep[c] = true
	}
	out := []int32{}
	for _, b := range before {
		if keep[place[vars[b].Col]] {
			out = append(out, b)
		}
	}
	return out
}
