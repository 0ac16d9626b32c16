package synthcity

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// tieRange bounds what a score of alpha_precision can be over all choices among equally near synthetic rows; the bounds are those of
// each point of the curve, so that no choice lies outside.
func tieRange(t *testing.T, p *Pair, key string) (low, high float64) {
	t.Helper()
	real, synthetic := withoutTarget(p.Real), withoutTarget(p.Synthetic)
	scaleToReal(real, synthetic)
	var c curves
	c.fromCentre(real, synthetic)
	n := len(c.realOut)
	own, cross := make([]float64, n), make([][]float64, n)
	for i := range n {
		own[i] = math.Inf(1)
		cross[i] = distancesFrom(synthetic, real.RawRowView(i))
		for j, d := range distancesFrom(real, real.RawRowView(i)) {
			if j != i {
				own[i] = min(own[i], d)
			}
		}
	}
	const close = 1e-9
	nearest, farthest := make([]float64, n), make([]float64, n) // of the tied rows from their centre
	sure, possible := make([]bool, n), make([]bool, n)          // covered
	authentic, maybe := 0, 0
	tied := 0
	for i, d := range cross {
		least := d[0]
		for _, v := range d {
			least = min(least, v)
		}
		nearest[i] = math.Inf(1)
		all, some, rows := true, false, 0
		for j, v := range d {
			if v > least+close {
				continue
			}
			rows++
			nearest[i], farthest[i] = min(nearest[i], c.syntheticOut[j]), max(farthest[i], c.syntheticOut[j])
			all, some = all && own[j] < least-close, some || own[j] < least+close
		}
		if rows > 1 {
			tied++
		}
		sure[i], possible[i] = least <= own[i]-close, least <= own[i]+close
		if all {
			authentic++
		}
		if some {
			maybe++
		}
	}
	require.Positive(t, tied, "%s: no ties, so no excuse", key)
	switch key {
	case "stats.alpha_precision.authenticity_naive":
		return float64(authentic) / float64(n), float64(maybe) / float64(n)
	case "stats.alpha_precision.delta_coverage_beta_naive":
		return coverageRange(nearest, farthest, sure, possible)
	}
	require.Fail(t, "a score without ties differs", key)
	return 0, 0
}

// coverageRange bounds 1 less the distance of the curve from the diagonal.
func coverageRange(nearest, farthest []float64, sure, possible []bool) (low, high float64) {
	n := float64(len(nearest))
	least, most := quantiles(nearest), quantiles(farthest)
	far, close, sum := 0.0, 0.0, 0.0
	for k := range alphaSteps {
		below, above := 0.0, 0.0
		for i := range nearest {
			if sure[i] && farthest[i] <= least[k] {
				below += 1 / n
			}
			if possible[i] && nearest[i] <= most[k] {
				above += 1 / n
			}
		}
		sum += alpha(k)
		far += max(math.Abs(alpha(k)-below), math.Abs(alpha(k)-above))
		close += max(0, below-alpha(k), alpha(k)-above)
	}
	return 1 - far/sum, 1 - close/sum
}
