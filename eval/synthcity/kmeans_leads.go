package synthcity

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// leads tell which rows need not be asked again for their nearest centre: what a centre's moves can have changed is bounded by
// their lengths (Hamerly, "Making k-means even faster", SDM 2010).
type leads struct {
	norm  []float64 // [N] squared length of each row
	lead  []float64 // [N] at least so much nearer is a row's centre than any other
	least float64   // a lead that rounding of squared distances, 1e-13 of the greatest length, can't have made
}

func newLeads(x *mat.Dense) *leads {
	n, _ := x.Dims()
	l := &leads{norm: make([]float64, n), lead: make([]float64, n)}
	for i := range l.norm {
		l.norm[i] = floats.Dot(x.RawRowView(i), x.RawRowView(i))
	}
	l.least = 2e-6 * math.Sqrt(floats.Max(l.norm))
	return l
}

// move takes from the leads what moves of the centres may have cost.
func (l *leads) move(old, centres [][]float64, label []int) {
	moves := make([]float64, len(centres))
	for k := range moves {
		moves[k] = floats.Distance(old[k], centres[k], 2)
	}
	most := floats.Max(moves)
	for i, k := range label {
		l.lead[i] -= moves[k] + most
	}
}
