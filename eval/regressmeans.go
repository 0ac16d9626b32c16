package eval

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/table"
)

// mostShares bounds the values of which Means gives shares: the most frequent ones.
const mostShares = 12

// Means gives the mean of a column of numbers, or the shares of the values of a category, on the rows of both tables, with the errors of least
// squares on an intercept alone: those of persons where some have several rows. They are the terms of a Regression, for [Combine]. Rows in which the
// column is missing, a mark or a value that no real row has are left out. Errors are "no-such-column", "not-for-regression", "too-few-rows" and
// those of [Compare].
func Means(ctx context.Context, name string, actual, fake *table.Table, opt Options) (*Regression, error) {
	if _, err := actual.Schema().Column(name); err != nil {
		return nil, err
	}
	opt.Twin = nil
	v, err := newView(actual, fake, opt)
	if err != nil {
		return nil, err
	}
	d, err := v.newMeans(name)
	if err != nil {
		return nil, err
	}
	r := &Regression{Formula: "mean of " + strconv.Quote(name), Outcome: name, Overlap: math.NaN(), Sets: v.sets()}
	cells := []int32{isNumber}
	if !v.columns[d.outcome].number {
		r.Formula = "shares of " + strconv.Quote(name)
		cells = v.commonest(d.outcome)
	}
	for _, code := range cells {
		t := Term{Name: "mean", Column: name}
		if code != isNumber {
			t.Level = v.columns[d.outcome].label[code]
			t.Name = t.Level
		}
		real, made := d.having(v.learned, code), d.having(v.trial, code)
		r.Rows, r.Left = [2]int{real.n(), made.n()}, [2]int{v.learned.rows - real.n(), v.trial.rows - made.n()}
		r.Units, r.Clustered = [2]int{real.units(), made.units()}, real.clustered()
		if t.Real, err = real.mean("the real table"); err != nil {
			return nil, err
		}
		if t.Fake, err = made.mean("the synthetic table"); err != nil {
			r.Status, r.Reason = Failed, reasonOf(err)
		}
		r.Terms = append(r.Terms, t)
	}
	if len(cells) == 0 {
		return nil, d.having(v.learned, isNumber).tooFew("the real table")
	}
	r.compareTerms()
	return r, ctx.Err()
}

// newMeans is newRegressors with an outcome of any kind and nothing that explains it.
func (v *view) newMeans(name string) (*regressors, error) {
	col := slices.IndexFunc(v.columns, func(c column) bool { return c.name == name })
	if col < 0 || !v.columns[col].learned {
		return nil, &table.Error{Code: "not-for-regression", Column: name,
			Reason: "ids, texts and columns that are dropped or filled have no means and no shares", Fix: "read it as another kind: --number or --category"}
	}
	return &regressors{v: v, outcome: col, base: make([]int32, len(v.columns))}, nil
}

// commonest gives the codes of a category that real rows have, the most frequent ones, in the order of the schema.
func (v *view) commonest(col int) []int32 {
	counts := make([]int, len(v.columns[col].label))
	for _, code := range v.learned.cells[col].code {
		if code > none && int(code) < len(counts) {
			counts[code]++
		}
	}
	var codes []int32
	for code, n := range counts {
		if n > 0 {
			codes = append(codes, int32(code))
		}
	}
	slices.SortStableFunc(codes, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	codes = codes[:min(len(codes), mostShares)]
	slices.Sort(codes)
	return codes
}

// having is a design of an intercept, of the rows that have the outcome: its number, or, of a category, whether it has this code.
func (d *regressors) having(s *side, code int32) *sampleRows {
	out := &sampleRows{d: d, column: []int{-1}}
	known := d.v.columns[d.outcome].known
	for r := range s.rows {
		if !d.whole(s, r) || code != isNumber && s.cells[d.outcome].code[r] >= known {
			continue
		}
		out.y, out.person = append(out.y, cell{d.outcome, code}.value(s, r)), append(out.person, s.person[r])
	}
	if n := len(out.y); n > 0 {
		ones := make([]float64, n)
		for i := range ones {
			ones[i] = 1
		}
		out.x = mat.NewDense(n, 1, ones)
	}
	return out
}

// mean is the one coefficient of a design of an intercept.
func (s *sampleRows) mean(side string) (Estimate, error) {
	if err := s.tooFew(side); err != nil {
		return noEstimate, err
	}
	length, err := s.scale()
	if err != nil {
		return noEstimate, err
	}
	e, err := s.leastSquares(length)
	if err != nil {
		return noEstimate, err
	}
	return e[0], nil
}
