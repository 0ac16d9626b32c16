package ml

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// noParent is what XGBoost writes for the parent of a root.
const noParent = math.MaxInt32

// WriteJSON writes the model as XGBoost saves its own, so that its load_model reads it: every version from 1.7 on, but for
// models of several classes with base scores that differ, which only 3.1 and later know. The error is ErrUnfitted, or w's.
func (b *Boost) WriteJSON(w io.Writer) error {
	if b.loss == nil {
		return ErrUnfitted
	}
	j := jsonModel{Version: []int{2, 1, 4}}
	base, same := make([]string, len(b.base)), true
	for k, v := range b.base {
		same = same && v == b.base[0]
		if _, ok := b.loss.(logistic); ok {
			v = sigmoid(v)
		}
		base[k] = strconv.FormatFloat(float64(v), 'E', -1, 32)
	}
	l := &j.Learner
	l.Attributes = map[string]string{}
	l.Param = jsonParam{BaseScore: base[0], FromMean: "1", NumClass: "0", NumFeature: strconv.Itoa(b.features), NumTarget: "1"}
	if !same {
		j.Version, l.Param.BaseScore = []int{3, 1, 0}, "["+strings.Join(base, ",")+"]"
	}
	l.Objective = jsonObjective{Name: b.loss.name(), Reg: map[string]string{"scale_pos_weight": "1"}}
	if _, ok := b.loss.(softmax); ok {
		l.Param.NumClass = strconv.Itoa(b.classes)
		l.Objective.Reg, l.Objective.Softmax = nil, map[string]string{"num_class": l.Param.NumClass}
	}
	l.Booster.Name = "gbtree"
	trees := &l.Booster.Model
	trees.Param = map[string]string{"num_parallel_tree": "1", "num_trees": strconv.Itoa(len(b.trees))}
	trees.Info, trees.Trees = append([]int32{}, b.group...), []jsonTree{}
	for i := 0; i <= len(b.trees); i += b.outputs() {
		trees.Rounds = append(trees.Rounds, i)
	}
	for i := range b.trees {
		trees.Trees = append(trees.Trees, b.trees[i].json(i, b.features))
	}
	if err := json.NewEncoder(w).Encode(&j); err != nil {
		return fmt.Errorf("ml: writing a model: %w", err)
	}
	return nil
}

// json gives the lists of a tree.
func (t *boostTree) json(id, features int) jsonTree {
	n := len(t.nodes)
	j := jsonTree{
		ID: id, Left: make([]int32, n), Right: make([]int32, n), Parents: make([]int32, n), Feature: make([]int32, n),
		Cut: make([]jsonFloat, n), MissingLeft: make([]jsonBool, n), Weight: make([]jsonFloat, n), Gain: make([]jsonFloat, n),
		Cover: make([]jsonFloat, n), Kind: make([]int, n), Sets: []int{}, SetNodes: []int{}, SetBegins: []int{}, SetSizes: []int{},
		Param: jsonShape{Deleted: "0", Features: strconv.Itoa(features), Nodes: strconv.Itoa(n), Vector: "1"},
	}
	for i := range j.Parents {
		j.Parents[i] = noParent
	}
	for i, node := range t.nodes {
		j.Left[i], j.Right[i], j.Feature[i] = node.left, node.right, node.feature
		j.Cut[i], j.MissingLeft[i] = jsonFloat(node.cut), jsonBool(node.missingLeft)
		s := t.stats[i]
		j.Weight[i], j.Gain[i], j.Cover[i] = finite(s.weight), finite(s.gain), finite(s.cover)
		if !node.leaf() {
			j.Parents[node.left], j.Parents[node.right] = int32(i), int32(i)
		}
		if node.set > 0 {
			j.Kind[i], j.Cut[i] = 1, 0
			j.SetNodes, j.SetBegins = append(j.SetNodes, i), append(j.SetBegins, len(j.Sets))
			for c, word := range t.sets[node.set-1] {
				for ; word > 0; word &= word - 1 {
					j.Sets = append(j.Sets, c<<6+bits.TrailingZeros64(word))
				}
			}
			j.SetSizes = append(j.SetSizes, len(j.Sets)-j.SetBegins[len(j.SetBegins)-1])
		}
	}
	return j
}

func finite(v float32) jsonFloat {
	if bad(float64(v)) {
		return 0
	}
	return jsonFloat(v)
}
