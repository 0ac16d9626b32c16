package table

import (
	"math"
	"strconv"
	"strings"
)

// A grid is the exact form of a Step: unit * 10^-decimals. Cells are int64 multiples of it.
type grid struct {
	unit     int64 // 1, 5 (for steps such as 0.5), 86400 (for days)
	decimals int   // 0 to 18
}

// newGrid takes a Step apart: 0.25 is 25 * 10^-2. A step that is not positive and finite counts as 1.
func newGrid(step float64) grid {
	if !(step > 0) || math.IsInf(step, 0) {
		return grid{unit: 1}
	}
	s := strconv.FormatFloat(step, 'f', -1, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if len(frac) > 18 {
		return grid{unit: 1, decimals: 18}
	}
	unit, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || unit == 0 {
		return grid{unit: 1}
	}
	return grid{unit: unit, decimals: len(frac)}
}

// step is the way back from newGrid.
func (g grid) step() float64 { return float64(g.unit) / pow10[g.decimals] }

// float gives n multiples of the grid as a float64.
func (g grid) float(n int64) float64 { return float64(n*g.unit) / pow10[g.decimals] }

var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
