package eval

import (
	"context"
	"math"
	"strings"

	"example.org/cohort/eval/suite"
	"example.org/cohort/eval/synthcity"
)

// paperNote says what a number of the paper's table can be.
const paperNote = "A fresh sample of real people gets about 0.65 in paper.quality, and an exact copy no less. In paper.detection 0.5 is a table that can't be " +
	"told apart. paper.wasserstein is about half a squared distance."

// paperSuite is the table of Khalil et al. (LAK 2025, arXiv 2501.01793) as its authors computed it: synthcity 0.2.10, with the people
// set aside as real rows. Beside it stands the sound SDIS.
func paperSuite() peerSuite {
	names := []string{"paper.wasserstein", "paper.jsd", "paper.chi_squared", "paper.quality", "paper.detection", "paper.ood.auc", "paper.ood.r2",
		"sdis.paper", "sdis.paper.sum", "sdis.sound"}
	for _, key := range synthcity.Keys() {
		for _, part := range synthcity.PaperOnly {
			if strings.HasPrefix(key, part) && !strings.HasSuffix(key, "_OC") {
				names = append(names, key)
			}
		}
	}
	return peerSuite{name: Paper, whose: "the table of Khalil et al. (LAK 2025), by synthcity 0.2.10", main: "sdis.paper", names: names, run: runPaper}
}

func runPaper(v *view, ctx context.Context, wanted func(string) bool) ([]Metric, error) {
	in, real := v.synthcityInputs(synthcity.V0210)
	metrics, err := v.paperRow(ctx, in, 0)
	if err != nil {
		return nil, err
	}
	if real != nil {
		others, err := v.paperRow(ctx, *real, 1)
		if err != nil {
			return nil, err
		}
		setReal(metrics, others)
	}
	v.notes = append(v.notes, paperNote)
	if !wanted("sdis.sound") {
		return metrics, nil
	}
	sound, err := v.besidePaper(ctx)
	if err != nil {
		return nil, err
	}
	v.notes = append(v.notes, whySDISDiffer)
	at := len(paperRowNames)
	return append(metrics[:at:at], append([]Metric{sound}, metrics[at:]...)...), nil
}

// besidePaper makes what the sound SDIS needs.
func (v *view) besidePaper(ctx context.Context) (Metric, error) {
	var metrics []Metric
	for _, step := range []func(context.Context) (*finding, []Metric, error){v.shape, v.pairs, v.useful, v.detect, v.copies} {
		f, more, err := step(ctx)
		if err != nil {
			return Metric{}, err
		}
		if f != nil {
			metrics = append(metrics, f.Metrics...)
		}
		metrics = append(metrics, more...)
	}
	return soundSDIS(metrics, v.opt.Weights), ctx.Err()
}

// paperRowNames are the lines of the paper's table, in the order of paperRow.
var paperRowNames = []struct {
	name   string
	best   float64
	better int
}{
	{"paper.wasserstein", 0, -1}, {"paper.jsd", 0, -1}, {"paper.chi_squared", 1, 1}, {"paper.quality", 1, 1}, {"paper.detection", .5, -1}, {"paper.ood.auc", 1, 1},
	{"sdis.paper", 1, 1}, {"sdis.paper.sum", 3, 1},
}

// paperRow gives the lines of the paper's table and the scores that they are made of. pass is 1 for the numbers of real people.
func (v *view) paperRow(ctx context.Context, in synthcity.Input, pass int64) ([]Metric, error) {
	row, results, err := synthcity.Paper(ctx, in, func(_ string, done, total int64) { v.tell(pass*total+done, 2*total) })
	if err != nil {
		return nil, peerError(ctx, err)
	}
	mean, err := row.SDIS(v.opt.Weights)
	if err != nil {
		return nil, err
	}
	scores := synthcityMetrics(results)
	values := []float64{row.Wasserstein, row.JSD, row.ChiSquared, row.Quality, row.Detection, row.OOD, mean, row.Sum()}
	var metrics []Metric
	for i, line := range paperRowNames {
		if line.name == "paper.ood.auc" && row.R2 {
			line.name = "paper.ood.r2"
		}
		m := peerMetric(suite.OK(line.name, values[i]), line.best, line.better)
		if math.IsNaN(m.Value) {
			m.Status, m.Reason = Failed, "it lacks "+strings.Join(row.Missing, ", ")
		}
		metrics = append(metrics, m)
	}
	if pass == 0 && row.R2 {
		v.notes = append(v.notes, "The target counts as a number, so paper.ood.r2 is R2, which has no lower bound; the paper prints it as OOD AUCROC.")
	}
	return append(metrics, scores...), nil
}
