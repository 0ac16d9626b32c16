package synthcity

import (
	"context"
	"errors"
	"strings"
)

// A Score is one row of the peer's table, of one round: its min, max and mean are Value, its standard deviation 0.
type Score struct {
	Key    string // as the peer's: "stats.jensenshannon_dist.marginal"
	Value  float64
	Better int   // +1: the peer maximises it, -1: it minimises it
	Err    error // why there is no Value, where the peer has none
}

// A metric makes the scores of one class of the peer.
type metric struct {
	keys   []string
	better int
	// score gives a value for each key, or says why the peer has none.
	score func(ctx context.Context, p *Pair) ([]float64, error)
}

// errOmitted are scores that are not ported, and why.
var errOmitted = []struct {
	keys []string
	why  error
}{
	{[]string{"stats.alpha_precision.delta_precision_alpha_OC", "stats.alpha_precision.delta_coverage_beta_OC", "stats.alpha_precision.authenticity_OC", "privacy.identifiability_score.score_OC"},
		errors.New("not applicable: the one-class net starts from whatever random numbers were drawn before, so no run gives another's value")},
	{[]string{"privacy.DomiasMIA_BNAF.accuracy", "privacy.DomiasMIA_BNAF.aucroc"},
		errors.New("not applicable: a normalising flow of minutes, whose answer for 10 reference rows is noise")},
	{[]string{"stats.survival_km_distance.optimism", "stats.survival_km_distance.abs_optimism", "stats.survival_km_distance.sightedness"},
		errors.New("not applicable: for survival times only")},
	{[]string{"stats.fid.score"}, errors.New("not applicable: for images only")},
}

// direction of the scores that are not ported.
func direction(key string) int {
	if strings.HasPrefix(key, "stats.alpha_precision") {
		return +1
	}
	return -1
}
