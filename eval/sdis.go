package eval

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/eval/synthcity"
)

// whySDISDiffer stands where the paper's SDIS and the sound one stand beside each other.
const whySDISDiffer = "sdis.paper and sdis.sound differ by design. The paper's quality gives an exact copy no less than a fresh sample of people; its " +
	"detection counts a model that says about 0.5 whatever it is shown, and an AUC below 0.5 as better than 0.5; and its usefulness is AUC or R2 " +
	"under one name. The sound one takes the worst of single columns and pairs, what rows teach above guessing, and an AUC against people " +
	"whom the generator never saw, folded at 0.5, and counts none of it for the share of rows that are copies of people beyond those that people " +
	"set aside have."

// soundSDIS is "sdis.sound": the weighted mean of quality, usefulness and indistinguishability, each from 0 to 1, of sound metrics, times
// the share of rows that are no copies of people beyond those that unseen real people have.
//
// Quality is the smaller of shape.mean and pairs.mean. Usefulness is the score above guessing (2 AUC - 1, R2, or useful.score over several
// columns), at least 0. Indistinguishability is 2 (1 - detect.auc.unseen). The last factor is 1 - max(0, private.copies - the same of people
// set aside): all three parts of a copy are as good as those of the people copied, so that it must sink the whole, and an exact copy has 0.
//
// The interval is the ends of the three intervals added up, as if they erred together, times the ends of the share's; that of quality
// has the smaller of the lower and the smaller of the upper ends. Real is the same of the real people's numbers.
func soundSDIS(metrics []Metric, weights [3]float64) Metric {
	out := notMade("sdis.sound", 1, 1, "")
	find := func(names ...string) (Metric, bool) {
		at := slices.IndexFunc(metrics, func(m Metric) bool {
			return slices.Contains(names, m.Name) && (len(m.Columns) == 0 || len(lessons(metrics)) == 1)
		})
		if at < 0 {
			return notMade(names[0], 1, 1, "it was not measured"), false
		}
		return metrics[at], metrics[at].Status == OK && !math.IsNaN(metrics[at].Value)
	}
	use, taught := find("useful.auc", "useful.r2", "useful.score")
	if use.Name == "useful.auc" {
		use = use.changed(func(x float64) float64 { return 2*x - 1 })
	}
	use = use.changed(func(x float64) float64 { return max(x, 0) })
	apart, told := find("detect.auc.unseen")
	apart = apart.changed(func(x float64) float64 { return 2 * (1 - x) })
	shape, shaped := find("shape.mean")
	pairs, paired := find("pairs.mean")
	copies, copied := find("private.copies")
	for _, part := range []struct {
		is Metric
		ok bool
	}{{shape, shaped}, {pairs, paired}, {copies, copied}, {use, taught}, {apart, told}} {
		if !part.ok {
			out.Status, out.Reason = max(part.is.Status, TooFew), lacking(part.is)
			return out
		}
	}
	shape, pairs = shape.changed(hundredth), pairs.changed(hundredth)
	copies = copies.changed(func(x float64) float64 { return 1 - max(x-copies.Real, 0) })
	w := shares3(weights)
	out.Status, out.Value, out.Low, out.High, out.Real = OK, 0, 0, 0, 0
	for i, part := range []Metric{worst(shape, pairs), use, apart} {
		out.Value += w[i] * part.Value
		out.Low += w[i] * min(part.Low, part.High) // changed turns some of them round
		out.High += w[i] * max(part.Low, part.High)
		out.Real += w[i] * part.Real
	}
	out.Value, out.Real = out.Value*copies.Value, out.Real*copies.Real
	out.Low, out.High = max(out.Low, 0)*copies.High, min(out.High, 1)*copies.Low // more copies are worse
	return out
}

// partWords say in words what the sound SDIS is made of.
var partWords = map[string]string{
	"shape.mean": "the likeness of single columns", "pairs.mean": "the likeness of pairs", "private.copies": "the share of copies",
	"useful.auc": "what its rows teach", "useful.r2": "what its rows teach", "useful.score": "what its rows teach",
	"detect.auc.unseen": "how well rows are told from people set aside",
}

// lacking says which part there is not, and why.
func lacking(part Metric) string {
	why := "it lacks " + partWords[part.Name]
	if part.Reason != "" {
		why += ": " + part.Reason
	}
	return why
}

func hundredth(x float64) float64 { return x / 100 }

// worst is the smallest of several numbers, and its interval: no end is above that of any of them.
func worst(list ...Metric) Metric {
	out := list[0]
	out.Low, out.High = min(out.Low, out.High), max(out.Low, out.High)
	for _, m := range list[1:] {
		out.Value, out.Real = min(out.Value, m.Value), min(out.Real, m.Real)
		out.Low, out.High = min(out.Low, m.Low, m.High), min(out.High, max(m.Low, m.High))
	}
	return out
}

// changed applies f to all numbers of a metric.
func (m Metric) changed(f func(float64) float64) Metric {
	m.Value, m.Low, m.High, m.Real = f(m.Value), f(m.Low), f(m.High), f(m.Real)
	return m
}

// lessons are the scores of single columns that were predicted.
func lessons(metrics []Metric) []Metric {
	var out []Metric
	for _, m := range metrics {
		if m.Name == "useful.auc" || m.Name == "useful.r2" {
			out = append(out, m)
		}
	}
	return out
}

// shares3 makes weights add up to 1. All 0 are equal ones.
func shares3(w [3]float64) [3]float64 {
	sum := w[0] + w[1] + w[2]
	if sum == 0 {
		w, sum = [3]float64{1, 1, 1}, 3
	}
	return [3]float64{w[0] / sum, w[1] / sum, w[2] / sum}
}

// A Standing says how far the choice of weights decides which generator has the highest "sdis.paper".
type Standing struct {
	Winner     string `json:"winner"`     // About.Generator of that with the highest SDIS at equal weights
	Stays      int    `json:"stays"`      // weightings at which it is the highest, alone or with others
	Weightings int    `json:"weightings"` // 66: steps of .1 that sum to 1
}

// Stand asks all 66 weightings of quality, usefulness and indistinguishability for the generator with the highest SDIS, of reports of the
// suite "paper" as [Rank] takes them: of several seeds it is the mean. The error is of fewer than two generators, or says which
// report lacks a part.
func Stand(reports ...*Report) (Standing, error) {
	var rows []synthcity.PaperRow
	entries := contenders(reports)
	if len(entries) < 2 {
		return Standing{}, errors.New("eval: Stand: one generator wins at any weights: compare two or more")
	}
	for _, e := range entries {
		var sum synthcity.PaperRow
		n := float64(len(e.Reports))
		for _, i := range e.Reports {
			for _, part := range []struct {
				names []string
				to    *float64
			}{{[]string{"paper.quality"}, &sum.Quality}, {[]string{"paper.ood.auc", "paper.ood.r2"}, &sum.OOD}, {[]string{"paper.detection"}, &sum.Detection}} {
				at := slices.IndexFunc(reports[i].Metrics, func(m Metric) bool { return slices.Contains(part.names, m.Name) && m.Status == OK })
				if at < 0 {
					return Standing{}, fmt.Errorf("eval: Stand: report %d has no %s", i+1, part.names[0])
				}
				*part.to += reports[i].Metrics[at].Value / n
			}
		}
		rows = append(rows, sum)
	}
	s, err := synthcity.Stand(rows)
	if err != nil {
		return Standing{}, fmt.Errorf("eval: %w", err)
	}
	return Standing{entries[s.Winner].Generator, s.Stays, s.Weightings}, nil
}
