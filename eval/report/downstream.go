package report

import (
	"cmp"
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// A downstreamView is the table of models that are taught by synthetic rows and by real ones.
type downstreamView struct {
	Models  []taughtModel
	Ranges  bool     // some number has an interval
	Reasons []string // why numbers are not there
}

// A taughtModel is one model with its scores.
type taughtModel struct {
	Name   string
	Scores []taughtScore
}

type taughtScore struct{ Name, Fake, FakeRange, Real, Gap, GapRange string }

var modelNames = map[string]string{
	"rf": "Random forest", "knn": "Nearest neighbours", "xgb": "Gradient boosting, as XGBoost", "dt": "Decision tree",
	"logistic": "Logistic regression", "linear": "Linear regression", "mlp": "Neural network (MLP)",
}

var scoreNames = map[string]string{
	"accuracy": "Accuracy", "auc.macro": "AUC, macro", "auc.micro": "AUC, micro",
	"f1.weighted": "F1, weighted", "r2": "R²", "rmse": "RMSE (lower is better)",
}

const (
	taught = "downstream."
	ofGap  = ".gap"
)

// newDownstream gathers the metrics "downstream.MODEL.SCORE" with their gaps; nil where there are none.
func newDownstream(to Audience, metrics []eval.Metric) *downstreamView {
	gaps := map[string]*eval.Metric{}
	for i := range metrics {
		if m := &metrics[i]; strings.HasPrefix(m.Name, taught) && strings.HasSuffix(m.Name, ofGap) {
			gaps[strings.TrimSuffix(m.Name, ofGap)] = m
		}
	}
	v, d := &downstreamView{}, scoreDecimals(to)
	for i := range metrics {
		m := &metrics[i]
		rest, ok := strings.CutPrefix(m.Name, taught)
		if !ok || strings.HasSuffix(m.Name, ofGap) {
			continue
		}
		model, score, _ := strings.Cut(rest, ".")
		if name := cmp.Or(modelNames[model], clean(model)); len(v.Models) == 0 || v.Models[len(v.Models)-1].Name != name {
			v.Models = append(v.Models, taughtModel{Name: name})
		}
		s := taughtScore{Name: cmp.Or(scoreNames[score], clean(score)), Fake: fixed(m.Value, d), FakeRange: fixedRange(m), Real: fixed(m.Real, d), Gap: "–", GapRange: "–"}
		if gap := gaps[m.Name]; gap != nil {
			s.Gap, s.GapRange = fixed(gap.Value, d), fixedRange(gap)
		}
		v.Ranges = v.Ranges || s.FakeRange != "–" || s.GapRange != "–"
		if why := clean(m.Reason); why != "" && !slices.Contains(v.Reasons, why) {
			v.Reasons = append(v.Reasons, why)
		}
		last := &v.Models[len(v.Models)-1]
		last.Scores = append(last.Scores, s)
	}
	if len(v.Models) == 0 {
		return nil
	}
	return v
}
