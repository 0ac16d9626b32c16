package eval

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Combination is one regression, or means and shares, of a real table beside the estimates that several synthetic sets of one generator give together.
// The combined intervals are for people like the real ones as far as the generator keeps what is asked: its own error is in none of them.
type Combination struct {
	Formula   string
	Rule      SetsRule
	Sets      int        // M
	Units     [2]float64 // N real rows, or persons where some have several, and the mean K of the sets
	Clustered bool       // persons have several rows
	Terms     []CombinedTerm
	// Adjusted counts the terms of ProperSets whose variance was not above 0 and was replaced by Reiter's.
	Adjusted int
	// Spread is true where sets that should be those of one model differ by more than drawing explains (chi-squared, 1 % over all terms): then
	// they are several models', and the interval of SimpleSets is too narrow.
	Spread bool
}

// A CombinedTerm is one coefficient, mean or share.
type CombinedTerm struct {
	Name           string
	Real, Combined Estimate
	Overlap        float64 // of the two intervals, as [Term] has it
	// Lost is true where the combined estimate of SimpleSets lies further from the real one than drawing explains, whose variance is v/m (1 % over
	// all terms): the generator does not keep it, and no interval around it says anything about people.
	Lost bool
}

// Combine puts together regressions of one formula on one real table and several synthetic sets. It is an error if they are of different formulas, if
// none is given, if one has a Status other than OK, or if a rule other than SimpleSets has less than two sets.
func Combine(rule SetsRule, sets ...*Regression) (*Combination, error) {
	if len(sets) == 0 || len(sets) == 1 && rule != SimpleSets {
		return nil, errors.New("combine: two sets are the least")
	}
	first := sets[0]
	c := &Combination{Formula: first.Formula, Rule: rule, Sets: len(sets), Clustered: first.Clustered,
		Terms: make([]CombinedTerm, len(first.Terms))}
	c.Units[0] = float64(first.Units[0])
	for _, r := range sets {
		switch {
		case r.Status != OK:
			return nil, errors.New("combine: one set tells nothing: " + r.Reason)
		case r.Formula != first.Formula || len(r.Terms) != len(first.Terms):
			return nil, errors.New("combine: the sets are of different formulas")
		}
		c.Units[1] += float64(r.Units[1]) / float64(len(sets))
	}
	for i := range first.Terms {
		t := CombinedTerm{Name: first.Terms[i].Name, Real: first.Terms[i].Real}
		var each []Estimate
		for _, r := range sets {
			each = append(each, r.Terms[i].Fake)
		}
		t.Combined = c.together(each, t.Real.DF)
		t.Overlap = overlap(t.Real, t.Combined)
		t.Lost = c.lost(t.Real, t.Combined)
		c.Terms[i] = t
	}
	return c, nil
}

// lost tells whether drawing does not explain how far an estimate lies from the real one.
func (c *Combination) lost(real, combined Estimate) bool {
	if c.Rule != SimpleSets || math.IsNaN(combined.Value) {
		return false
	}
	m := float64(c.Sets)
	drawing := combined.SE / math.Sqrt(m*(c.Units[1]/c.Units[0]+1/m)) // the root of v/m
	return math.Abs(combined.Value-real.Value) > drawing*distuv.UnitNormal.Quantile(1-0.005/float64(len(c.Terms)))
}

// together combines the estimates of one term; real are the degrees of freedom of the real rows.
func (c *Combination) together(each []Estimate, real float64) Estimate {
	var q, v []float64
	df := math.Inf(1) // of the smallest set
	for _, e := range each {
		if math.IsNaN(e.Value) {
			return noEstimate
		}
		q, v = append(q, e.Value), append(v, e.SE*e.SE)
		df = math.Min(df, e.DF)
	}
	m, b := float64(len(q)), 0.0
	if len(q) > 1 {
		b = stat.Variance(q, nil)
	}
	mean, within := stat.Mean(q, nil), stat.Mean(v, nil)
	total := 0.0
	switch c.Rule {
	case ProperSets:
		total, df = c.proper(m, b, within)
	case PartialSets:
		total = within + b/m
		df = (m - 1) * math.Pow(1+within/(b/m), 2)
	case FilledSets:
		total = within + (1+1/m)*b
		df = barnardRubin(m, b, total, df)
	default:
		total, df = within*(c.Units[1]/c.Units[0]+1/m), math.Min(df, real)
		c.judgeSpread(m, b, within)
	}
	if b == 0 && c.Rule == PartialSets {
		df = math.Inf(1)
	}
	return newEstimate(mean, math.Sqrt(total), df)
}

// proper is the variance of ProperSets and its degrees of freedom.
func (c *Combination) proper(m, b, within float64) (total, df float64) {
	if total = (1+1/m)*b - within; total > 0 {
		return total, math.Max((m-1)*math.Pow(1-within/((1+1/m)*b), 2), 1) // below 1 Student's t has no width that means anything
	}
	c.Adjusted++
	return within * c.Units[1] / c.Units[0], m - 1
}

// barnardRubin gives the degrees of freedom of filled sets of a table that has df of them without gaps.
func barnardRubin(m, b, total, df float64) float64 {
	if b == 0 {
		return df
	}
	missing := (1 + 1/m) * b / total
	old := (m - 1) / (missing * missing)
	if math.IsInf(df, 0) {
		return old
	}
	seen := (df + 1) / (df + 3) * df * (1 - missing)
	return 1 / (1/old + 1/seen)
}

// judgeSpread compares the variance between sets with that of drawing.
func (c *Combination) judgeSpread(m, b, within float64) {
	if m < 2 || within == 0 {
		return
	}
	of := distuv.ChiSquared{K: m - 1}
	c.Spread = c.Spread || of.CDF((m-1)*b/within) > 1-0.01/float64(len(c.Terms))
}
