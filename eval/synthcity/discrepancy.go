package synthcity

import (
	"context"
	"math"

	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/mat"
)

// stripRows is how many rows of a matrix of distances are looked at together. Sums of strips are added in their order, so
// that the result is that of one thread.
const stripRows = 64

// meanDiscrepancy is the biased squared maximum mean discrepancy with the kernel exp(-|x-y|^2). Quirk: the data are not scaled, so
// that the kernel is about 1 for equal rows, else about 0, and the result about 2/N whatever the tables are.
func meanDiscrepancy(ctx context.Context, p *Pair) ([]float64, error) {
	if err := p.gap(); err != nil {
		return nil, err
	}
	within := meanKernel(ctx, p.Real.Data, p.Real.Data) + meanKernel(ctx, p.Synthetic.Data, p.Synthetic.Data)
	return []float64{within - 2*meanKernel(ctx, p.Real.Data, p.Synthetic.Data)}, nil
}

// meanKernel is the mean of exp(-|x-y|^2) over all pairs of rows.
func meanKernel(ctx context.Context, x, y *mat.Dense) float64 {
	n, m := x.RawMatrix().Rows, y.RawMatrix().Rows
	sums := make([]float64, strips(n))
	run.Parallel(len(sums), func(strip int) {
		for i := strip * stripRows; i < min(n, (strip+1)*stripRows) && ctx.Err() == nil; i++ {
			for j := range m {
				// Beyond 40 the kernel is lost in the sum with that of a row and itself, or of N^2 others as small.
				if d := squaredUpTo(x.RawRowView(i), y.RawRowView(j), 40); d < 40 {
					sums[strip] += math.Exp(-d)
				}
			}
		}
	})
	total := 0.0
	for _, s := range sums {
		total += s
	}
	return total / float64(n) / float64(m)
}

func strips(n int) int { return (n + stripRows - 1) / stripRows }

// squaredUpTo is the squared distance of two rows, or a number of at least limit if that is as much.
func squaredUpTo(x, y []float64, limit float64) float64 {
	d := 0.0
	y = y[:len(x)]
	for j, v := range x {
		if d += (v - y[j]) * (v - y[j]); d >= limit {
			return d
		}
	}
	return d
}
