package synthcity

import (
	"context"
	"errors"
	"math"

	"example.org/cohort/eval/ml"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// The shares of the scaled distance within which a value is close, and from which on it is distant.
const (
	closeValue   = .2
	distantValue = .8
)

var sanityMetrics = []metric{
	{[]string{"sanity.data_mismatch.score"}, -1, dataMismatch},
	{[]string{"sanity.common_rows_proportion.score"}, -1, commonRows},
	{[]string{"sanity.nearest_syn_neighbor_distance.mean"}, -1, nearestSynthetic},
	{[]string{"sanity.close_values_probability.score"}, +1, closeValues},
	{[]string{"sanity.distant_values_probability.score"}, -1, distantValues},
}

// dataMismatch is the share of columns whose type differs after encoding. Quirk: it divides by one column too many, so that
// it can't reach 1.
func dataMismatch(_ context.Context, p *Pair) ([]float64, error) {
	differ := 0
	for j, whole := range p.Real.Whole {
		if whole != p.Synthetic.Whole[j] {
			differ++
		}
	}
	return []float64{float64(differ) / float64(len(p.Names)+1)}, nil
}

// commonRows is the number of different rows that both tables hold, by that of real rows. Quirks: a row that ten real
// students share counts once; codes are compared, so that in 0.2.10 rows of different words can be equal.
func commonRows(_ context.Context, p *Pair) ([]float64, error) {
	cells := make([]byte, 0, 8*len(p.Names))
	key := func(f *Frame, row int) string {
		cells = cells[:0]
		for _, v := range f.Data.RawRowView(row) {
			bits := math.Float64bits(v + 0) // -0 equals 0
			if math.IsNaN(v) {
				bits = math.Float64bits(math.NaN()) // missing equals missing, as in a merge of pandas
			}
			for shift := 0; shift < 64; shift += 8 {
				cells = append(cells, byte(bits>>shift))
			}
		}
		return string(cells)
	}
	real := map[string]bool{}
	for row := range p.Real.Rows() {
		real[key(p.Real, row)] = true
	}
	common := 0
	for row := range p.Synthetic.Rows() {
		if k := key(p.Synthetic, row); real[k] {
			common++
			delete(real, k)
		}
	}
	return []float64{float64(common) / (float64(p.Real.Rows()) + 1e-8)}, nil
}

// nearestScaled are the distances of the real rows from their nearest synthetic ones, on unscaled codes. Quirk: they are
// scaled by their own least and greatest, so that real and synthetic rows a mile apart look as close as twins. Quirk: with
// missing cells the peer goes on with the one distance 999, which scales to 0.
func nearestScaled(p *Pair) []float64 {
	d := []float64{999}
	if near, err := ml.Neighbours(p.Real.Data, p.Synthetic.Data, 1, false); err == nil {
		d = near.Distance
	}
	least := floats.Min(d)
	span := floats.Max(d) - least + 1e-8
	for i := range d {
		d[i] = (d[i] - least) / span
	}
	return d
}

// nearestSynthetic is the mean scaled distance.
func nearestSynthetic(_ context.Context, p *Pair) ([]float64, error) {
	return []float64{stat.Mean(nearestScaled(p), nil)}, nil
}

// closeValues is the share of real rows with a scaled distance of at most .2.
func closeValues(_ context.Context, p *Pair) ([]float64, error) {
	return shareOf(p, func(d float64) bool { return d <= closeValue })
}

// distantValues is the share of real rows with a scaled distance of at least .8.
func distantValues(_ context.Context, p *Pair) ([]float64, error) {
	return shareOf(p, func(d float64) bool { return d >= distantValue })
}

// shareOf counts scaled distances. Quirk: of a single row the peer cannot take the length.
func shareOf(p *Pair, counts func(float64) bool) ([]float64, error) {
	if p.Real.Rows() == 1 && p.gap() == nil {
		return nil, errors.New("too few rows: it takes 2")
	}
	d := nearestScaled(p)
	return []float64{float64(floats.Count(counts, d)) / float64(len(d))}, nil
}
