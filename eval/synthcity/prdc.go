package synthcity

import (
	"context"
	"fmt"
	"math"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/mat"
)

// nearestK is the peer's number of neighbours that make a ball.
const nearestK = 5

// prdc is precision, recall, density and coverage (Naeem et al., arXiv 2002.09797), on unscaled codes. The ball of a row reaches to its
// fifth neighbour and holds what is strictly nearer.
func prdc(ctx context.Context, p *Pair) ([]float64, error) {
	n := p.Real.Rows()
	// argpartition needs one more row than the sixth nearest, itself among them, takes.
	if n < nearestK+2 {
		return nil, fmt.Errorf("too few rows: it takes %d", nearestK+2)
	}
	if err := p.gap(); err != nil {
		return nil, err
	}
	real, err := ballRadii(p.Real.Data)
	if err != nil {
		return nil, err
	}
	synthetic, err := ballRadii(p.Synthetic.Data)
	if err != nil {
		return nil, err
	}
	b := countBalls(ctx, p.Real.Data, p.Synthetic.Data, real, synthetic)
	precision, recall, density, coverage := 0, 0, 0, 0
	for i := range n {
		if b.holders[i] > 0 {
			precision++
		}
		density += b.holders[i]
		if b.recalled[i] {
			recall++
		}
		if b.covered[i] {
			coverage++
		}
	}
	of := float64(n)
	return []float64{float64(precision) / of, float64(recall) / of, float64(density) / of / nearestK, float64(coverage) / of}, nil
}

// ballRadii are the distances of rows from their fifth neighbours.
func ballRadii(x *mat.Dense) ([]float64, error) {
	near, err := ml.Neighbours(x, x, nearestK, true)
	if err != nil {
		return nil, err
	}
	radii := make([]float64, x.RawMatrix().Rows)
	for i := range radii {
		radii[i] = near.Distance[(i+1)*nearestK-1]
	}
	return radii, nil
}

// balls say what lies in whose ball.
type balls struct {
	holders           []int  // of each synthetic row: real rows whose ball it is in
	recalled, covered []bool // of each real row: it is in a synthetic ball; a synthetic row is in its ball
}

// countBalls looks at all pairs of rows.
func countBalls(ctx context.Context, real, synthetic *mat.Dense, realRadius, syntheticRadius []float64) balls {
	n := len(realRadius)
	b := balls{holders: make([]int, n), recalled: make([]bool, n), covered: make([]bool, n)}
	run.Parallel(strips(n), func(strip int) {
		for j := strip * stripRows; j < min(n, (strip+1)*stripRows) && ctx.Err() == nil; j++ {
			for i := range n {
				// Roots are compared, as in the peer: squares that differ in the last bit have the same.
				limit := realRadius[i] * (1 + 1e-12)
				if d := squaredUpTo(real.RawRowView(i), synthetic.RawRowView(j), limit*limit); math.Sqrt(d) < realRadius[i] {
					b.holders[j]++
				}
			}
		}
	})
	run.Parallel(strips(n), func(strip int) {
		for i := strip * stripRows; i < min(n, (strip+1)*stripRows) && ctx.Err() == nil; i++ {
			for j := 0; j < n && !(b.recalled[i] && b.covered[i]); j++ {
				limit := max(realRadius[i], syntheticRadius[j]) * (1 + 1e-12)
				d := math.Sqrt(squaredUpTo(real.RawRowView(i), synthetic.RawRowView(j), limit*limit))
				b.recalled[i] = b.recalled[i] || d < syntheticRadius[j]
				b.covered[i] = b.covered[i] || d < realRadius[i]
			}
		}
	})
	return b
}
