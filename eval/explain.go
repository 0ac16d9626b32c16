package eval

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

const (
	explainRows   = 5_000 // of each table
	explainRounds = 50    // of boosting; few rows tell tables apart, so that more only learn them by heart
	explainDepth  = 4
	explainShare  = 0.01 // difference of shares that is worth a sentence
	mostReasons   = 10
)

// An Explanation says by what synthetic rows are told from real ones. It names columns and their common values: it is for those who may
// see the real table, and its counts of people are not rounded.
type Explanation struct {
	// Metrics are "explain.auc", with which boosting tells rows apart that it has not seen; "explain.auc.snapped", the same when
	// numbers are brought to the real grid and nothing is said of how they are written; and "explain.importance" of each column,
	// the greatest first: its part in the detector's answers, as the mean of |SHAP| over rows (Lundberg et al., 2020), all adding
	// up to 1.
	Metrics []Metric
	Reasons []Reason // what differs: the worst leaf, then the most certain first
}

// A Reason is one thing that differs. It is found on one half of the people and measured on the other.
type Reason struct {
	Columns   []string `json:"columns"`   // up to three, or those of a rule
	Sentence  string   `json:"sentence"`  // "age has decimals in 31 % of synthetic rows, never in real ones"
	Remedy    string   `json:"remedy"`    // the option that mends it, such as "--number age", or ""
	Signature string   `json:"signature"` // a key of causes, such as "number-precision", or ""
	Cause     string   `json:"cause"`     // what the signature comes from, in a sentence
	Real      Count    `json:"real"`      // rows that it is true of
	Fake      Count    `json:"fake"`
	P         float64  `json:"p"` // Holm-adjusted over all that was measured
	// Leaf is true of the worst leaf: of shallow trees, grown to tell rows apart, that with the greatest excess of synthetic rows among
	// people whom the trees have not seen.
	Leaf bool `json:"leaf"`
}

// A Count is how many rows of how many.
type Count struct {
	Rows int `json:"rows"`
	Of   int `json:"of"`
}

// Explain says by what rows of fake are told from the people learned. Half of the persons of each table find the detector and the
// reasons, the other half measures them. No sentence has a value that fewer than max(5, Options.Protect) real persons have, and a
// threshold lies between two values with as many persons on each side.
func Explain(ctx context.Context, actual, fake *table.Table, opt Options) (*Explanation, error) {
	v, err := newView(actual, fake, opt)
	if err != nil {
		return nil, err
	}
	return v.explanation(ctx)
}

// explain is the step of Compare. It has no part in the verdict.
func (v *view) explain(ctx context.Context) (*finding, []Metric, error) {
	e, err := v.explanation(ctx)
	if err != nil {
		return nil, nil, err
	}
	v.reasons = e.Reasons
	return nil, e.Metrics, nil
}

func (v *view) explanation(ctx context.Context) (*Explanation, error) {
	why := v.tooFewToExplain()
	if why != "" {
		auc, snapped := notMade("explain.auc", 0.5, 0, why), notMade("explain.auc.snapped", 0.5, 0, why)
		auc.Status, snapped.Status = TooFew, TooFew
		return &Explanation{Metrics: []Metric{auc, snapped}}, nil
	}
	h := v.newHalves()
	e := &Explanation{}
	auc, importance, gain, err := h.detect(ctx, "explain.auc", h.traits(false))
	if err != nil {
		return nil, err
	}
	snapped, _, _, err := h.detect(ctx, "explain.auc.snapped", h.traits(true))
	if err != nil {
		return nil, err
	}
	e.Metrics = append(e.Metrics, auc, snapped)
	e.Metrics = append(e.Metrics, v.importances(importance)...)
	if e.Reasons, err = h.reasons(ctx, gain); err != nil {
		return nil, err
	}
	return e, ctx.Err()
}

func (v *view) tooFewToExplain() string {
	for _, s := range []*side{v.learned, v.trial} {
		if min(s.rows, s.persons) < 2*fewestLikeness {
			return "it takes 40 rows of each table, of as many persons"
		}
	}
	if len(v.learnedColumns()) == 0 {
		return "no column is learned"
	}
	return ""
}

// importances gives a metric for each column, the greatest first.
func (v *view) importances(share []float64) []Metric {
	cols := v.learnedColumns()
	slices.SortStableFunc(cols, func(a, b int) int { return cmp.Compare(share[b], share[a]) })
	var out []Metric
	for _, col := range cols {
		out = append(out, Metric{Name: "explain.importance", Columns: []string{v.columns[col].name}, Value: share[col],
			Low: math.NaN(), High: math.NaN(), Real: math.NaN(), Best: 1 / float64(len(cols))})
	}
	return out
}

// halves are rows of both tables, parted by person: those that find and those that measure. Index 0 is real, 1 synthetic.
type halves struct {
	v             *view
	side          [2]*side
	find, measure [2][]int32
	named         int            // persons who must have a value for it to be named
	sorted        [2][][]float64 // by side and column of the view: see numbers
	listed        [][]pattern    // by column of the view: see patterns
}

func (v *view) newHalves() *halves {
	h := &halves{v: v, side: [2]*side{v.learned, v.trial}, named: max(rarePersons, v.opt.Protect)}
	h.listed = make([][]pattern, len(v.columns))
	h.sorted = [2][][]float64{make([][]float64, len(v.columns)), make([][]float64, len(v.columns))}
	n := min(v.learned.rows, v.trial.rows, explainRows)
	for i, s := range h.side {
		second := make([]bool, s.persons)
		for j, p := range some(v.opt.Seed, rng.EvalExplain, uint64(2+i), s.persons, s.persons) {
			second[p] = j%2 == 1
		}
		for _, r := range some(v.opt.Seed, rng.EvalExplain, uint64(i), s.rows, n) {
			if second[s.person[r]] {
				h.measure[i] = append(h.measure[i], r)
			} else {
				h.find[i] = append(h.find[i], r)
			}
		}
	}
	return h
}

// detect teaches a detector with one half and measures it on the other: its AUC, and by column of the view the part of SHAP values and
// that of the gain of splits.
func (h *halves) detect(ctx context.Context, name string, traits []trait) (m Metric, importance, gain []float64, err error) {
	x, y := h.matrix(traits, h.find)
	b := ml.Boost{Classes: 2, Rounds: explainRounds, Depth: explainDepth, Seed: h.v.opt.Seed, Stop: ctx.Done()}
	if err = b.Fit(x, y); err != nil {
		if errors.Is(err, ml.ErrStopped) {
			err = ctx.Err()
		}
		return m, nil, nil, err
	}
	if x, y = h.matrix(traits, h.measure); ctx.Err() != nil {
		return m, nil, nil, ctx.Err()
	}
	p, err := b.PredictProba(x)
	if err != nil {
		return m, nil, nil, err
	}
	positive := make([]bool, len(y))
	for i, k := range y {
		positive[i] = k == 1
	}
	s, err := ml.AUC(p[1], positive)
	if err != nil {
		return m, nil, nil, err
	}
	half := normal95 * s.SE(h.persons(h.measure))
	m = Metric{Name: name, Value: s.Value, Low: max(s.Value-half, 0), High: min(s.Value+half, 1), Real: math.NaN(), Best: 0.5}
	if importance, err = h.shap(&b, x, traits); err != nil {
		return m, nil, nil, err
	}
	each, err := b.Importance()
	if err != nil {
		return m, nil, nil, err
	}
	gain = make([]float64, len(h.v.columns))
	for j, t := range traits {
		gain[t.col] += each[j]
	}
	return m, importance, gain, nil
}

// persons numbers the persons of both tables.
func (h *halves) persons(rows [2][]int32) []int32 {
	return append(h.side[0].personsAt(rows[0], 0), h.side[1].personsAt(rows[1], h.side[0].persons)...)
}

// matrix gives the traits of rows [N, D], real ones first, and which are synthetic.
func (h *halves) matrix(traits []trait, rows [2][]int32) (*mat.Dense, []float64) {
	n := len(rows[0])
	x := mat.NewDense(n+len(rows[1]), len(traits), nil)
	y := make([]float64, n+len(rows[1]))
	for i, s := range h.side {
		for k, r := range rows[i] {
			y[i*n+k] = float64(i)
			for j, t := range traits {
				x.Set(i*n+k, j, t.of(s, int(r)))
			}
		}
	}
	return x, y
}
