package synthcity

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
)

// The names, in the peer's table, of the scores that the paper's table is made of.
var (
	qualityScores = []string{
		"stats.alpha_precision.delta_precision_alpha_naive",
		"stats.alpha_precision.delta_coverage_beta_naive",
		"stats.alpha_precision.authenticity_naive",
	}
	// detection_linear is left out, as in the paper.
	detectionScores = []string{"detection.detection_xgb.mean", "detection.detection_mlp.mean", "detection.detection_gmm.mean"}
	oodScores       = []string{"performance.linear_model.syn_ood", "performance.mlp.syn_ood", "performance.xgb.syn_ood"}
)

// A PaperRow is one line of the table of Khalil et al. (LAK 2025, arXiv 2501.01793): what a pair of tables scores, under the
// paper's names. A number that could not be made is NaN.
type PaperRow struct {
	Wasserstein float64 // stats.wasserstein_dist.joint, about half the squared distance; lower is better
	JSD         float64 // stats.jensenshannon_dist.marginal; lower is better
	ChiSquared  float64 // stats.chi_squared_test.marginal; higher is better
	Quality     float64 // mean of the three naive scores of alpha_precision; a fresh sample of real rows gets about .65
	Detection   float64 // mean AUC of xgb, mlp and gmm, or of those that could be computed; lower is better
	OOD         float64 // mean of linear_model, mlp and xgb, learned on synthetic and asked about real rows
	// R2 says that OOD is a mean of R2, which has no lower bound, and not of AUC, though the paper prints both as OOD AUCROC.
	R2      bool
	Missing []string // scores that were not there
}

// NewPaperRow makes a line from the scores of a pair, by the peer's names. regression says that the target is a number, and
// the scores of performance R2. As in the paper a missing detector is left out of Detection; without one of its other
// scores a number is NaN.
func NewPaperRow(scores map[string]float64, regression bool) PaperRow {
	r := PaperRow{R2: regression}
	get := func(name string) float64 {
		v, ok := scores[name]
		if !ok || math.IsNaN(v) {
			r.Missing = append(r.Missing, name)
			return math.NaN()
		}
		return v
	}
	all := func(names []string) (values []float64) {
		for _, name := range names {
			values = append(values, get(name))
		}
		return values
	}
	r.Wasserstein = get("stats.wasserstein_dist.joint")
	r.JSD = get("stats.jensenshannon_dist.marginal")
	r.ChiSquared = get("stats.chi_squared_test.marginal")
	r.Quality = stat.Mean(all(qualityScores), nil)
	r.OOD = stat.Mean(all(oodScores), nil)
	var detectors []float64
	for _, v := range all(detectionScores) {
		if !math.IsNaN(v) {
			detectors = append(detectors, v)
		}
	}
	r.Detection = stat.Mean(detectors, nil) // of none it is NaN
	return r
}

// parts are what SDIS is made of: quality, usefulness and indistinguishability.
func (r PaperRow) parts() [3]float64 { return [3]float64{r.Quality, r.OOD, 1 - r.Detection} }

// SDIS is the weighted mean of Quality, OOD and 1 - Detection: "sdis.paper". Weights that are all 0 are equal ones, whose
// values are those that the paper quotes. The error says which weight is negative or not finite.
func (r PaperRow) SDIS(weights [3]float64) (float64, error) {
	if weights == [3]float64{} {
		weights = [3]float64{1, 1, 1}
	}
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return 0, fmt.Errorf("synthcity: SDIS: weight %d of quality, usefulness and indistinguishability must be a number from 0 up", i+1)
		}
	}
	sum, total := 0.0, 0.0
	for i, p := range r.parts() {
		if weights[i] > 0 { // a part without weight may be missing
			sum += weights[i] * p
			total += weights[i]
		}
	}
	return sum / total, nil
}

// Sum is Quality + OOD + 1 - Detection, SDIS as the paper's formula is written: "sdis.paper.sum".
func (r PaperRow) Sum() float64 {
	p := r.parts()
	return p[0] + p[1] + p[2]
}

// A Standing says how far the choice of weights decides which of several generators has the highest SDIS.
type Standing struct {
	Winner     int // row with the highest SDIS at equal weights
	Stays      int // weightings at which that row is the highest, alone or with others
	Weightings int // 66: steps of .1 that sum to 1
}

// Stand asks all 66 weightings in steps of .1 for the row with the highest SDIS. Of equal rows at equal weights the first is
// the winner. The error is of fewer than two rows, or of a row without one of its three parts.
func Stand(rows []PaperRow) (Standing, error) {
	if len(rows) < 2 {
		return Standing{}, errors.New("synthcity: SDIS: a winner needs two rows or more")
	}
	for i, r := range rows {
		if math.IsNaN(r.Sum()) {
			return Standing{}, fmt.Errorf("synthcity: SDIS: row %d lacks quality, usefulness or detection", i+1)
		}
	}
	s := Standing{}
	for i, r := range rows {
		if r.Sum() > rows[s.Winner].Sum() {
			s.Winner = i
		}
	}
	const steps = 10
	for a := range steps + 1 {
		for b := range steps - a + 1 {
			// Whole numbers as weights, so that rows that are equal stay equal.
			weights := [3]float64{float64(a), float64(b), float64(steps - a - b)}
			s.Weightings++
			if highest(rows, s.Winner, weights) {
				s.Stays++
			}
		}
	}
	return s, nil
}

// highest tells whether no row has a higher weighted sum than the one named.
func highest(rows []PaperRow, row int, weights [3]float64) bool {
	sum := func(r PaperRow) (s float64) {
		for i, p := range r.parts() {
			s += weights[i] * p
		}
		return s
	}
	for _, r := range rows {
		if sum(r) > sum(rows[row]) {
			return false
		}
	}
	return true
}
