package eval

import (
	"context"
	"fmt"
	"math"

	"example.org/cohort/table"
)

// A Regression is one regression of the researcher's own, fitted on real and on synthetic rows. Its coefficients on real rows, and the
// values of categories in it, are for those who may see the real table.
type Regression struct {
	Formula string
	Outcome string
	// Logistic is true where the outcome has two values, or is 0 or 1. Event is then the value whose log odds are modelled.
	// Else the model is least squares.
	Logistic bool
	Event    string
	Terms    []Term // P of them, the intercept first
	// Rows and Left count the rows that are used and those that are left out, for a cell that is missing, a mark or a value that
	// no real row has: real, synthetic.
	Rows, Left [2]int
	// Units counts what is drawn independently, real and synthetic: persons where some have several rows, else rows.
	Units [2]int
	// Sets is what the synthetic table is beside the real one, as far as the two tell: [SimpleSets], [PartialSets] or [FilledSets].
	Sets SetsRule
	// Clustered is true where persons have several rows: then the errors allow for rows of one person being alike.
	Clustered bool
	Overlap   float64 // mean of the terms' overlaps; NaN where there is none
	// SameSign and SameSignificance count the terms that agree.
	SameSign, SameSignificance int
	Status                     Status // Failed where the synthetic rows carry no such regression
	Reason                     string // why Status is not OK
}

// A Term is one coefficient.
type Term struct {
	Name       string // "(Intercept)", "studytime", "Mjob = teacher"
	Column     string // "" for the intercept
	Level      string // of a category: the value that is set against Base
	Base       string // the first value, which has no term
	Real, Fake Estimate
	// Overlap is the overlap of the two 95 % intervals as Karr et al. (2006, The American Statistician 60, 224-232, equation 1)
	// have it: the mean, over both intervals, of the part that lies in the other one. 1 is the same interval, 0 no overlap, and 0
	// also where the synthetic rows tell nothing about the coefficient.
	Overlap          float64
	SameSign         bool
	SameSignificance bool // of both, or of neither, the interval holds no 0
}

// An Estimate is a coefficient with its standard error, 95 % interval and two-sided p, and the degrees of freedom of Student's t by which these
// are made: +Inf is the normal distribution. All are NaN where rows tell nothing of it.
type Estimate struct {
	Value, SE, Low, High, P, DF float64
}

// Regress fits a formula such as "G3 ~ studytime + failures" on the rows of both tables and compares the coefficients. Names with
// blanks or signs stand in quotes or backquotes. Numbers and dates are taken as they are, categories as one 0/1 column for each value
// but the first. An outcome of two values, or of 0 and 1, makes a logistic regression (maximum likelihood; intervals by Wald), any
// other number least squares (intervals of Student's t): as statsmodels' OLS and Logit have them, and, where persons have several
// rows, with their cluster-robust errors and correction for small samples.
//
// What is wrong with the formula or the real rows is a [*table.Error] with Code "bad-formula", "no-such-column", "not-for-regression",
// "bad-outcome", "too-few-rows", "collinear" or "separated"; other errors are those of [Compare]. What is wrong with the synthetic rows
// alone is in Regression.Status.
func Regress(ctx context.Context, text string, actual, fake *table.Table, opt Options) (*Regression, error) {
	f, err := parseFormula(text, actual.Schema())
	if err != nil {
		return nil, err
	}
	opt.Twin = nil
	v, err := newView(actual, fake, opt)
	if err != nil {
		return nil, err
	}
	d, err := v.newRegressors(f)
	if err != nil {
		return nil, err
	}
	r := &Regression{Formula: text, Outcome: f.outcome, Logistic: d.logistic, Overlap: math.NaN(), Sets: v.sets()}
	if d.logistic && !v.columns[d.outcome].number {
		r.Event = v.columns[d.outcome].label[d.event]
	} else if d.logistic {
		r.Event = "1"
	}
	real := d.sample(v.learned)
	r.Rows[0], r.Left[0], r.Clustered = real.n(), v.learned.rows-real.n(), real.clustered()
	if err := real.tooFew("the real table"); err != nil {
		return nil, err
	}
	ours, err := real.fit()
	if err != nil {
		return nil, err
	}
	r.Units[0] = real.units()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	made := d.sample(v.trial)
	r.Rows[1], r.Left[1], r.Units[1] = made.n(), v.trial.rows-made.n(), made.units()
	theirs, err := d.fitFake(made)
	if err != nil {
		r.Status, r.Reason = Failed, reasonOf(err)
	}
	r.compare(d, ours, theirs)
	return r, ctx.Err()
}

// reasonOf is the sentence of an error about the synthetic rows.
func reasonOf(err error) string {
	if e, ok := err.(*table.Error); ok {
		return e.Reason
	}
	return err.Error()
}

// fitFake is fit for synthetic rows. Terms that these rows have no case of, or no other, are left out first and get no estimate: that
// is a difference to be shown and no reason to compare nothing.
func (d *regressors) fitFake(s *sampleRows) ([]Estimate, error) {
	out := make([]Estimate, len(d.terms)+1)
	for i := range out {
		out[i] = noEstimate
	}
	if err := s.tooFew("the synthetic table"); err != nil {
		return out, err
	}
	kept := []int{0} // the intercept
	for j := 1; j <= len(d.terms); j++ {
		if !s.constant(j) {
			kept = append(kept, j)
		}
	}
	got, err := s.only(kept).fit()
	if err != nil {
		return out, err
	}
	for i, j := range kept {
		out[j] = got[i]
	}
	return out, nil
}

var noEstimate = Estimate{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}

// compare fills in the terms and what they come to.
func (r *Regression) compare(d *regressors, ours, theirs []Estimate) {
	for i := range ours {
		t := Term{Name: "(Intercept)", Real: ours[i], Fake: theirs[i]}
		if i > 0 {
			t.Name, t.Column, t.Level, t.Base = d.termName(i - 1)
		}
		r.Terms = append(r.Terms, t)
	}
	r.compareTerms()
}

// compareTerms fills in what the estimates of terms come to.
func (r *Regression) compareTerms() {
	sum := 0.0
	for i := range r.Terms {
		t := &r.Terms[i]
		t.Overlap = overlap(t.Real, t.Fake)
		if !math.IsNaN(t.Fake.Value) {
			t.SameSign = math.Signbit(t.Real.Value) == math.Signbit(t.Fake.Value)
			t.SameSignificance = t.Real.significant() == t.Fake.significant()
		}
		if t.SameSign {
			r.SameSign++
		}
		if t.SameSignificance {
			r.SameSignificance++
		}
		sum += t.Overlap
	}
	if r.Status == OK {
		r.Overlap = sum / float64(len(r.Terms))
	}
}

func (e Estimate) significant() bool { return e.Low > 0 || e.High < 0 }

// overlap is that of two intervals. Of two points, which exact fits leave, it is 1 where they are the same.
func overlap(a, b Estimate) float64 {
	if math.IsNaN(b.Value) {
		return 0
	}
	if a.Low == b.Low && a.High == b.High {
		return 1
	}
	shared := math.Min(a.High, b.High) - math.Max(a.Low, b.Low)
	if shared <= 0 {
		return 0
	}
	return (shared/(a.High-a.Low) + shared/(b.High-b.Low)) / 2
}

// Metrics gives "regress.overlap", the mean overlap of intervals, "regress.sign" and "regress.significance", the shares of terms that
// agree. They have no intervals: terms of one regression depend on each other.
func (r *Regression) Metrics() []Metric {
	n := float64(len(r.Terms))
	var out []Metric
	for _, m := range []struct {
		name  string
		value float64
	}{{"regress.overlap", r.Overlap}, {"regress.sign", float64(r.SameSign) / n}, {"regress.significance", float64(r.SameSignificance) / n}} {
		x := notMade(m.name, 1, 1, r.Reason)
		x.Status = r.Status
		if r.Status == OK {
			x.Value = m.value
		}
		out = append(out, x)
	}
	return out
}

// termName gives the names of term i, from 0 without the intercept.
func (d *regressors) termName(i int) (name, column, level, base string) {
	t := d.terms[i]
	c := &d.v.columns[t.col]
	if t.code == isNumber {
		return c.name, c.name, "", ""
	}
	return fmt.Sprintf("%s = %s", c.name, c.label[t.code]), c.name, c.label[t.code], c.label[d.base[t.col]]
}
