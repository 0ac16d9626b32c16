package ctgan

import (
	"sort"

	"example.org/cohort/internal/rng"
)

// asks is how often each code is asked for, by field that can be asked for: cumulated weights.
type asks struct {
	upTo [][]float64
}

// pick draws a code of the i-th field.
func (a *asks) pick(i int, r *rng.Stream) int32 {
	upTo := a.upTo[i]
	at := float64(r.Float64() * upTo[len(upTo)-1])
	return int32(sort.Search(len(upTo)-1, func(k int) bool { return at < upTo[k] }))
}
