package synthcity

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/testutil"
)

// readGolden reads a file of testdata.
type paperGolden struct {
	Rows []struct {
		Set, Model string
		Scores     map[string]float64
		Table      map[string]float64
	}
}

// The authors' own scores give the paper's table.
func TestPaperTable(t *testing.T) {
	var golden paperGolden
	testutil.JSON(t, "testdata/paper.json", &golden)
	require.Len(t, golden.Rows, 8)
	for _, g := range golden.Rows {
		r := NewPaperRow(g.Scores, g.Set == "A")
		require.Empty(t, r.Missing)
		sdis, err := r.SDIS([3]float64{})
		require.NoError(t, err)
		require.InDelta(t, sdis, r.Sum()/3, 1e-15)
		for name, got := range map[string]float64{"wasserstein": r.Wasserstein, "jsd": r.JSD, "chi_squared": r.ChiSquared,
			"quality": r.Quality, "detection": r.Detection, "ood": r.OOD, "sdis": sdis} {
			require.InDelta(t, g.Table[name], got, 0.5001e-4, "%s %s %s", g.Set, g.Model, name)
		}
	}
}

// On set A DialoGPT leads at equal weights, on B1 GPT-2, as the table has it; neither at all weightings.
func TestStandOfThePaper(t *testing.T) {
	var golden paperGolden
	testutil.JSON(t, "testdata/paper.json", &golden)
	for set, leader := range map[string]string{"A": "DialoGPT", "B1": "GPT2"} {
		var rows []PaperRow
		var models []string
		for _, g := range golden.Rows {
			if g.Set == set {
				rows, models = append(rows, NewPaperRow(g.Scores, set == "A")), append(models, g.Model)
			}
		}
		s, err := Stand(rows)
		require.NoError(t, err)
		require.Equal(t, leader, models[s.Winner])
		require.Equal(t, 66, s.Weightings)
		// Asked again with weights of their own.
		stays := 0
		for a := 0.0; a <= 10; a++ {
			for b := 0.0; a+b <= 10; b++ {
				best, at := math.Inf(-1), -1
				for i, r := range rows {
					v, err := r.SDIS([3]float64{a / 10, b / 10, (10 - a - b) / 10})
					require.NoError(t, err)
					if v > best {
						best, at = v, i
					}
				}
				if at == s.Winner {
					stays++
				}
			}
		}
		require.Equal(t, stays, s.Stays)
		require.Less(t, s.Stays, 66)
		t.Logf("set %s: %s stays first in %d of 66", set, leader, s.Stays)
	}
}

func TestStandOfClearRows(t *testing.T) {
	good := PaperRow{Quality: .6, OOD: .7, Detection: .5}
	bad := PaperRow{Quality: .5, OOD: .6, Detection: .6}
	s, err := Stand([]PaperRow{bad, good})
	require.NoError(t, err)
	require.Equal(t, Standing{Winner: 1, Stays: 66, Weightings: 66}, s)
	s, err = Stand([]PaperRow{good, good})
	require.NoError(t, err)
	require.Equal(t, Standing{Winner: 0, Stays: 66, Weightings: 66}, s, "equal rows share every place")
	_, err = Stand([]PaperRow{good})
	require.ErrorContains(t, err, "two rows")
	_, err = Stand([]PaperRow{good, {Quality: math.NaN()}})
	require.ErrorContains(t, err, "row 2")
}

func TestPaperRowWithGaps(t *testing.T) {
	var golden paperGolden
	testutil.JSON(t, "testdata/paper.json", &golden)
	scores := golden.Rows[0].Scores
	delete(scores, "detection.detection_gmm.mean")
	delete(scores, "stats.wasserstein_dist.joint")
	r := NewPaperRow(scores, true)
	require.Equal(t, []string{"stats.wasserstein_dist.joint", "detection.detection_gmm.mean"}, r.Missing)
	require.True(t, math.IsNaN(r.Wasserstein))
	require.InDelta(t, (scores["detection.detection_xgb.mean"]+scores["detection.detection_mlp.mean"])/2, r.Detection, 1e-15)

	delete(scores, "performance.mlp.syn_ood")
	r = NewPaperRow(scores, true)
	require.True(t, math.IsNaN(r.OOD))
	v, err := r.SDIS([3]float64{1, 0, 1})
	require.NoError(t, err)
	require.InDelta(t, (r.Quality+1-r.Detection)/2, v, 1e-15, "a part without weight may be missing")
	_, err = r.SDIS([3]float64{1, -1, 1})
	require.ErrorContains(t, err, "weight 2")
}
