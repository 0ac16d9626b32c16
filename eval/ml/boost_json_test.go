package ml

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// modelGolden is testdata/boost_model_*.json, written by testdata/boost.py with three versions of XGBoost.
type modelGolden struct {
	XGBoost string
	Models  []struct {
		Classes         int
		Kind, Model     string
		P, Margin, Shap []float64
	}
}

func modelGoldens(t testing.TB) (g []modelGolden) {
	t.Helper()
	g = make([]modelGolden, 3)
	for i := range g {
		readJSON(t, fmt.Sprintf("boost_model_%d.json", i+1), &g[i])
		require.Len(t, g[i].Models, 6)
		require.True(t, strings.HasPrefix(g[i].XGBoost, fmt.Sprint(i+1, ".")))
	}
	return g
}

// Models that XGBoost 1.7, 2.1 and 3.2 saved predict what those predicted, also after they were written and read again.
func TestImportedModelsPredictAlike(t *testing.T) {
	for _, g := range modelGoldens(t) {
		for _, m := range g.Models {
			x, _ := madeTable(300, 1, 12, m.Classes, 4+m.Classes)
			b, err := ReadBoost(strings.NewReader(m.Model))
			require.NoError(t, err)
			again := new(bytes.Buffer)
			require.NoError(t, b.WriteJSON(again))
			for range 2 {
				margin, err := b.Margin(tail(x, 200))
				require.NoError(t, err)
				require.Less(t, worst(t, m.Margin, byRow(margin)), 1e-6, "XGBoost %s, %d classes, %s", g.XGBoost, m.Classes, m.Kind)
				require.Less(t, worst(t, m.P, flatProba(t, b, tail(x, 200))), 1e-6, "XGBoost %s, %d classes, %s", g.XGBoost, m.Classes, m.Kind)
				b, err = ReadBoost(bytes.NewReader(again.Bytes()))
				require.NoError(t, err)
			}
		}
	}
}

// A model of our own is the same after it was written and read.
func TestWrittenModelIsTheSame(t *testing.T) {
	for _, method := range []BoostMethod{Hist, Exact} {
		for _, classes := range []int{0, 2, 4} {
			x, y := madeTable(300, 1, 20, classes, 3)
			b := Boost{Method: method, Classes: classes, Rounds: 7, Gamma: 0.1}
			require.NoError(t, b.Fit(x, y))
			var file bytes.Buffer
			require.NoError(t, b.WriteJSON(&file))
			c, err := ReadBoost(&file)
			require.NoError(t, err)
			want, err := b.Margin(x)
			require.NoError(t, err)
			got, err := c.Margin(x)
			require.NoError(t, err)
			// The base of the logistic loss goes through a probability.
			require.Less(t, worst(t, byRow(want), byRow(got)), 1e-6)
			require.Equal(t, b.trees, c.trees)
		}
	}
}

// Models of all kinds go through a file. With COHORT_MODELS=DIR the files stay, with what the models predict, for testdata/load.py, which
// lets XGBoost read them.
func TestModelsInFiles(t *testing.T) {
	dir := cmp.Or(os.Getenv("COHORT_MODELS"), t.TempDir())
	write := func(name string, b *Boost) {
		x, _ := madeTable(300, 1, 12, b.Classes, 4+b.Classes)
		margin, err := b.Margin(x)
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, b.WriteJSON(&file))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".json"), file.Bytes(), 0o644))
		again, err := ReadBoost(&file)
		require.NoError(t, err)
		same, err := again.Margin(x)
		require.NoError(t, err)
		require.Less(t, worst(t, byRow(margin), byRow(same)), 1e-6, name)
		p, err := json.Marshal(map[string]any{"classes": b.Classes, "margin": byRow(margin), "wide": len(b.base) > 1 && b.base[0] != b.base[1]})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".margin"), p, 0o644))
	}
	for _, method := range []BoostMethod{Hist, Exact} {
		for _, classes := range []int{0, 2, 3} {
			x, y := madeTable(300, 1, 12, classes, 4+classes)
			b := Boost{Method: method, Classes: classes, Rounds: 7, Gamma: 0.1}
			require.NoError(t, b.Fit(x, y))
			write(fmt.Sprintf("own-%d-%d", method, classes), &b)
		}
	}
	for _, g := range modelGoldens(t) {
		for _, m := range g.Models {
			b, err := ReadBoost(strings.NewReader(m.Model))
			require.NoError(t, err)
			write(fmt.Sprintf("read-%s-%d-%s", g.XGBoost, m.Classes, m.Kind), b)
		}
	}
}

// brokenModel changes one place of a good model.
func brokenModel(t *testing.T, change func(learner, tree map[string]any)) string {
	t.Helper()
	var whole map[string]any
	require.NoError(t, json.Unmarshal(plain([]byte(modelGoldens(t)[2].Models[3].Model)), &whole))
	learner := whole["learner"].(map[string]any)
	trees := learner["gradient_booster"].(map[string]any)["model"].(map[string]any)["trees"].([]any)
	change(learner, trees[0].(map[string]any))
	b, err := json.Marshal(whole)
	require.NoError(t, err)
	return string(b)
}

func TestBrokenModelsAreErrors(t *testing.T) {
	first := func(name string, value any) func(_, tree map[string]any) {
		return func(_, tree map[string]any) { tree[name].([]any)[0] = value }
	}
	param := func(name string, value any) func(learner, _ map[string]any) {
		return func(learner, _ map[string]any) { learner["learner_model_param"].(map[string]any)[name] = value }
	}
	for name, c := range map[string]struct {
		change func(learner, tree map[string]any)
		says   string
	}{
		"child out of range": {first("left_children", 1000), "out of range"},
		"cycle":              {first("right_children", 0), "reached twice"},
		"two ways to a node": {first("right_children", 1), "reached twice"},
		"one child":          {first("right_children", -1), "one child"},
		"huge child":         {first("left_children", 1e12), "wrong kind"},
		"feature":            {first("split_indices", 4), "feature"},
		"no number":          {first("split_conditions", nil), "finite number"},
		"direction":          {first("default_left", 7), "0 or 1"},
		"cover":              {first("sum_hessian", -1), "sum_hessian"},
		"category":           {first("categories", 1<<30), "too large"},
		"begin":              {first("categories_segments", 1<<40), "leads out"},
		"size":               {first("categories_sizes", math.MaxInt64/2), "leads out"},
		"category node":      {first("categories_nodes", -1), "categories_nodes"},
		"length":             {func(_, tree map[string]any) { tree["split_indices"] = []int{0} }, "1 entries"},
		"no nodes":           {func(_, tree map[string]any) { tree["left_children"] = []int{} }, "no nodes"},
		"statistics":         {func(_, tree map[string]any) { tree["base_weights"] = []int{1} }, "statistics"},
		"kinds":              {func(_, tree map[string]any) { tree["split_type"] = []int{1} }, "split_type"},
		"classes":            {param("num_class", "many"), "num_class"},
		"features":           {param("num_feature", "99999999999999999999"), "num_feature"},
		"no features":        {param("num_feature", "0"), "no features"},
		"base":               {param("base_score", "[1E-1,2E-1]"), "2 numbers for 1"},
		"base word":          {param("base_score", "half"), "base_score"},
		"base of a logit":    {param("base_score", "3"), "no probability"},
		"targets":            {param("num_target", "2"), "target"},
		"objective":          {func(l, _ map[string]any) { l["objective"].(map[string]any)["name"] = "rank:pairwise" }, "objective"},
		"more classes": {func(l, tree map[string]any) {
			l["objective"].(map[string]any)["name"] = "multi:softprob"
			param("num_class", "60000")(l, tree)
		}, "fewer trees"},
		"booster":       {func(l, _ map[string]any) { l["gradient_booster"].(map[string]any)["name"] = "dart" }, `train with booster="gbtree"`},
		"other booster": {func(l, _ map[string]any) { l["gradient_booster"].(map[string]any)["name"] = "mine" }, "none of XGBoost's"},
		"vector leaves": {func(_, tree map[string]any) {
			tree["tree_param"].(map[string]any)["size_leaf_vector"] = "3"
		}, "one_output_per_tree"},
		"trees without group": {func(l, _ map[string]any) {
			l["gradient_booster"].(map[string]any)["model"].(map[string]any)["tree_info"] = []int{0}
		}, "tree_info"},
		"group": {func(l, _ map[string]any) {
			l["gradient_booster"].(map[string]any)["model"].(map[string]any)["tree_info"].([]any)[0] = 5
		}, "tree_info"},
	} {
		_, err := ReadBoost(strings.NewReader(brokenModel(t, c.change)))
		require.ErrorIs(t, err, ErrModel, name)
		require.ErrorContains(t, err, c.says, name)
	}
	good := modelGoldens(t)[0].Models[0].Model
	for _, n := range []int{0, 1, 100, len(good) / 2, len(good) - 1} {
		_, err := ReadBoost(strings.NewReader(good[:n]))
		require.ErrorIs(t, err, ErrModel)
	}
	for text, says := range map[string]string{"{}": "holds no booster: write it with save_model", "null": "holds no booster", "[]": "the whole is of the wrong kind"} {
		_, err := ReadBoost(strings.NewReader(text))
		require.ErrorContains(t, err, says)
	}
}

// A chain of one-sided splits, as deep as a file likes, is no trap.
func TestDeepModelsAreErrors(t *testing.T) {
	const n = 5001
	tree := jsonTree{}
	for i := range n {
		left, right := int32(-1), int32(-1)
		if i%2 == 0 && i < n-1 {
			left, right = int32(i+1), int32(i+2)
		}
		tree.Left, tree.Right = append(tree.Left, left), append(tree.Right, right)
		tree.Feature, tree.Cut, tree.MissingLeft = append(tree.Feature, 0), append(tree.Cut, 0), append(tree.MissingLeft, false)
	}
	_, err := tree.tree(1)
	require.ErrorContains(t, err, "deeper")
}

// Whatever a file holds, reading ends, and what was read can be asked.
func FuzzReadBoost(f *testing.F) {
	for _, g := range modelGoldens(f) {
		for _, m := range g.Models[:4] {
			f.Add([]byte(m.Model))
		}
	}
	f.Add([]byte(`{"learner":{"gradient_booster":{"name":"gbtree"},"learner_model_param":{"base_score":"NaN","num_feature":"1"}}}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		b, err := ReadBoost(bytes.NewReader(file))
		if err != nil {
			require.ErrorIs(t, err, ErrModel)
			return
		}
		if b.features > 1000 {
			return
		}
		row := make([]float64, b.features)
		for j := range row {
			row[j] = []float64{0, math.NaN(), 3.5, -2}[j%4]
		}
		_, err = b.Predict(mat.NewDense(1, b.features, row))
		require.NoError(t, err)
		require.NoError(t, b.WriteJSON(new(bytes.Buffer)))
	})
}
