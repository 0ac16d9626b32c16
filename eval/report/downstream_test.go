package report

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
)

func downstreamReport() *eval.Report {
	none := math.NaN()
	m := func(name string, value, low, high, real float64) eval.Metric {
		return eval.Metric{Name: name, Value: value, Low: low, High: high, Real: real, Best: 1}
	}
	missing := eval.Metric{Name: "downstream.mlp.r2", Value: none, Low: none, High: none, Real: .5, Status: eval.NotApplicable, Reason: "it takes real people"}
	return &eval.Report{Metrics: []eval.Metric{
		m("useful.score", .7, none, none, .9),
		m("downstream.rf.auc.macro", .81, .75, .9, .92), m("downstream.rf.auc.macro.gap", -.11, -.2, -.0302, none),
		m("downstream.rf.auc.micro", .8, none, none, .9), m("downstream.rf.auc.micro.gap", -.1, none, none, none),
		m("downstream.knn.rmse", 4.4778, 3.5, 5.35, 1.884), m("downstream.knn.rmse.gap", 2.5935, 1.8487, 3.3641, none), missing,
	}}
}

// Every score stands once, with both sides, the gap and its interval, under its model.
func TestDownstreamTable(t *testing.T) {
	v := newDownstream(Inside, downstreamReport().Metrics)
	require.Equal(t, &downstreamView{Ranges: true, Reasons: []string{"it takes real people"}, Models: []taughtModel{
		{"Random forest", []taughtScore{
			{"AUC, macro", "0.810", "0.750 to 0.900", "0.920", "−0.110", "−0.200 to −0.030"},
			{"AUC, micro", "0.800", "–", "0.900", "−0.100", "–"}}},
		{"Nearest neighbours", []taughtScore{{"RMSE (lower is better)", "4.478", "3.500 to 5.350", "1.884", "2.594", "1.849 to 3.364"}}},
		{"Neural network (MLP)", []taughtScore{{"R²", "–", "–", "0.500", "–", "–"}}},
	}}, v)
	require.Nil(t, newDownstream(Inside, wild()[0].Metrics))
	for _, to := range []Audience{Inside, Outside} {
		page := page0(t, to, downstreamReport())
		requireSound(t, page)
		require.Equal(t, to == Inside, strings.Contains(page, "95 % interval of the gap"), "outsiders have no intervals")
		require.Contains(t, page, "AUC, macro")
		require.Contains(t, page, "“–” was not computed: it takes real people.")
	}
}

// A column of a table that has nothing in it is not there.
func TestMetricTableWithoutEmptyColumns(t *testing.T) {
	require.Equal(t, 4, metricRows(downstreamReport().Outside().Metrics).Width)
	all := metricRows(append(downstreamReport().Metrics, eval.Metric{Name: "shape.ks", Columns: []string{"a"}}))
	require.Equal(t, 6, all.Width)
	require.True(t, all.Columns && all.Intervals)
}

// Outsiders learn neither folders nor how the table could be made anew.
func TestOutsidersGetNoCommandAndNoFolder(t *testing.T) {
	r := downstreamReport()
	r.Checks = []eval.Check{{Group: "Private", Name: "guessing", Status: eval.Look, Sentence: "Told.", Remedy: "cohort make secret/real.csv --text Postcode"}}
	r.About = eval.About{Table: "secret/fake-1.csv", Generator: "secret/fake-*.csv", Real: "secret/real.csv", Holdout: "secret/held.csv"}
	require.Contains(t, page0(t, Inside, r), "--text Postcode")
	other := *r
	other.About.Table = "secret/fake-2.csv"
	for _, page := range []string{page0(t, Outside, r), page0(t, Outside, r, &other)} {
		requireWithout(t, page, "secret")
		requireWithout(t, page, "--text Postcode")
		require.Contains(t, page, "fake-1.csv")
	}
	require.Equal(t, "secret/real.csv", r.About.Real, "reports are only read")
	require.NotEmpty(t, r.Checks[0].Remedy)
}

func TestFixed(t *testing.T) {
	for x, want := range map[float64]string{0: "0.000", -.0001: "0.000", -.0006: "−0.001", .3: "0.300", 12.3456: "12.346", 2e7: "2e+07"} {
		require.Equal(t, want, fixed(x, 3))
	}
	require.Equal(t, "–", fixed(math.NaN(), 3))
	require.Equal(t, []string{"0.30", "0", "−3"}, []string{fixed(.3, 2), fixed(-.2, 0), fixed(-3, 0)})
}

// Rounding changes neither who is first nor what can be told apart, and takes the intervals away.
func TestRankingForOutsiders(t *testing.T) {
	inside := newRankingView(Inside, wild(), wild(), tableNames(wild()), fits[0])
	outside := newRankingView(Outside, wild(), wild(), tableNames(wild()), fits[0])
	require.Equal(t, inside.Title, outside.Title)
	require.Equal(t, inside.Sentences[0], outside.Sentences[0])
	require.Contains(t, outside.Sentences[0], "can’t be told apart")
	require.True(t, inside.Ranges)
	require.False(t, outside.Ranges)
	for i, row := range outside.Rows {
		require.Equal(t, inside.Rows[i].Name, row.Name)
		require.Regexp(t, `^\d\.\d\d$`, row.Value)
		require.Equal(t, "–", row.Interval)
	}
}

// Two files of one name are told apart by their folders, and others have none.
func TestTableNames(t *testing.T) {
	var reports []*eval.Report
	for _, name := range []string{"a/fake.csv", "b/fake.csv", "b/other.csv", "fake.csv", ""} {
		reports = append(reports, &eval.Report{About: eval.About{Table: name}})
	}
	require.Equal(t, []string{"a/fake.csv", "b/fake.csv", "other.csv", "fake.csv", "table 5"}, tableNames(reports))
	require.Equal(t, []string{"fake.csv"}, tableNames(reports[:1]))
}
