package synthcity

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval/ml"
)

// Whoever reads why a score is missing has the tables before him, and no matrix.
func TestErrorsNameColumnsAndTables(t *testing.T) {
	table := func(rows int, gaps bool, passed ...string) Table {
		columns := make([][]string, 3)
		for i := range rows {
			mark := fmt.Sprint(float64(i*7%rows) / 4)
			if gaps && i%9 == 4 {
				mark = []string{"", "inf"}[i%2]
			}
			for c, cell := range []string{fmt.Sprint(11 + i%7), mark, passed[i%len(passed)]} {
				columns[c] = append(columns[c], cell)
			}
		}
		return Table{[]Column{FromText(V0210, "Age", columns[0]), FromText(V0210, "Mark", columns[1]), FromText(V0210, "Passed", columns[2])}}
	}
	whole, gaps, one := table(40, false, "no", "yes", "yes"), table(40, true, "no", "yes", "yes"), table(40, false, "yes")
	said := func(real, synthetic Table, key string) string {
		t.Helper()
		results, _, err := Suite(context.Background(), Input{Version: V0210, Real: real, Synthetic: synthetic}, Options{Only: []string{key}})
		require.NoError(t, err)
		require.NotEmpty(t, results)
		if results[0].Err == nil {
			return results[0].Note
		}
		return results[0].Err.Error()
	}
	const gap = `column "Mark" of the %s: a cell is missing or infinite: fill such cells first`
	for _, key := range []string{"stats.max_mean_discrepancy.joint", "stats.wasserstein_dist.joint", "stats.prdc.recall", "stats.alpha_precision.authenticity_naive",
		"detection.detection_mlp.mean", "detection.detection_gmm.mean", "detection.detection_linear.mean",
		"privacy.k-anonymization.syn", "privacy.k-map.score", "privacy.identifiability_score.score"} {
		require.Equal(t, "synthcity: "+key+": "+fmt.Sprintf(gap, "synthetic rows"), said(whole, gaps, key))
		require.Equal(t, "synthcity: "+key+": "+fmt.Sprintf(gap, "real rows"), said(gaps, whole, key))
	}
	const chi = "stats.chi_squared_test.marginal"
	require.Equal(t, "synthcity: "+chi+": "+fmt.Sprintf(gap, "real rows"), said(gaps, whole, chi))
	for _, model := range []string{"linear_model", "mlp"} {
		require.Equal(t, "0 for: "+fmt.Sprintf(gap, "synthetic rows"), said(whole, gaps, "performance."+model+".syn_ood"))
	}
	require.Equal(t, `0 for: column "Mark" of the synthetic rows: a cell is infinite or too large for 32 bits: make it missing or clip it`,
		said(whole, gaps, "performance.xgb.syn_ood"))
	for _, model := range []string{"linear_model", "mlp", "xgb"} {
		require.Equal(t, "0 for: the target has only one class in the synthetic rows", said(whole, one, "performance."+model+".syn_id"))
		require.Contains(t, said(whole, table(1, false, "no"), "performance."+model+".gt"), "a fifth of the rows is to be judged: too few rows to split: 1")
	}
	require.Contains(t, said(table(3, false, "no", "yes"), whole, "performance.xgb.gt"), "too few rows: 2 for 3 folds")
	require.Contains(t, said(table(1, false, "no"), whole, "privacy.identifiability_score.score"), "too few rows: it takes 2")

	require.EqualError(t, inWords(ml.ErrOneClass, nil, ""), "the target has one class only")
	require.EqualError(t, inWords(fmt.Errorf("%w: ask for fewer", ml.ErrInput), nil, ""), "ask for fewer")
	require.EqualError(t, inWords(errors.New("it is late"), nil, ""), "it is late")
	require.NoError(t, inWords(nil, nil, ""))
}
