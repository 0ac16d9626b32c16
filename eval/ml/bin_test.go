package ml

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func TestEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	require.Empty(t, edges(nil))
	require.Empty(t, edges([]float64{nan, nan}))
	require.Empty(t, edges([]float64{4, 4, 4}))
	require.Equal(t, []float64{1.5, 3}, edges([]float64{4, 1, nan, 2, 1}))
	require.Equal(t, []float64{-inf, 1}, edges([]float64{inf, 1, -inf}), "midway to infinity is no number")
	require.Equal(t, []float64{1}, edges([]float64{1, math.Nextafter(1, 2)}), "no number lies between")
	require.Equal(t, []float64{0}, edges([]float64{-1.7e308, 1.7e308}))
}

// Few different numbers are kept apart; many are cut into bins of about as many rows, and a frequent one has its own.
func TestBinsOfManyNumbers(t *testing.T) {
	r := rng.New(1, rng.Demo, 6)
	numbers := make([]float64, 20_000)
	for i := range numbers {
		if numbers[i] = math.Exp(3 * r.Norm()); i%4 == 0 {
			numbers[i] = 1
		}
	}
	b := newBinner(Column{Numbers: numbers})
	require.Equal(t, maxBins+1, b.card)
	require.True(t, slices.IsSorted(b.edges))
	c, ok := b.column(Column{Numbers: numbers})
	require.True(t, ok)
	rows := make([]int, b.card)
	for _, k := range c.Codes {
		rows[k]++
	}
	require.Zero(t, rows[0])
	slices.Sort(rows[1:])
	require.GreaterOrEqual(t, rows[maxBins], 5000)
	require.Less(t, rows[maxBins-1], 2*15_000/maxBins)
	require.Greater(t, rows[2], 15_000/maxBins/3)
}

func TestBinnerCodes(t *testing.T) {
	b := newBinner(Column{Numbers: []float64{10, 20, 30}})
	c, ok := b.column(Column{Numbers: []float64{math.NaN(), math.Inf(-1), 10, 15, 15.1, 25, 26, 1e300}})
	require.True(t, ok)
	require.Equal(t, []uint16{0, 1, 1, 1, 2, 2, 3, 3}, c.Codes)
	_, ok = b.column(Column{Codes: []int32{1}, Card: 2})
	require.False(t, ok)

	b = newBinner(Column{Codes: []int32{7, 3, -1, 3}, Card: 9})
	c, ok = b.column(Column{Codes: []int32{3, 7, -5, 0, 8, 1000}, Card: 2000})
	require.True(t, ok)
	require.Equal(t, []uint16{1, 2, 0, 3, 3, 3}, c.Codes, "what was never seen shares the last code")

	// Ten thousand categories: the frequent ones keep a code.
	many := Column{Card: 10_000}
	for k := range 10_000 {
		many.Codes = append(many.Codes, int32(k))
	}
	many.Codes = append(many.Codes, 9_999, 9_999, 5_000)
	b = newBinner(many)
	require.Equal(t, maxCategories+2, b.card)
	require.Equal(t, uint16(1), b.code[9_999])
	require.Equal(t, uint16(2), b.code[5_000])
	require.Equal(t, uint16(3), b.code[0])
	require.Equal(t, uint16(b.card-1), b.code[9_998])
}
