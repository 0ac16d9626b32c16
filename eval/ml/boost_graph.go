package ml

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// tree makes a tree of a file's lists. Every node that can be reached is reached once, so that no row walks in circles; nodes
// that were pruned away may lie about.
func (j *jsonTree) tree(features int) (t boostTree, err error) {
	n := len(j.Left)
	if n == 0 || n > math.MaxInt32/2 {
		return t, errors.New("it has no nodes, or too many")
	}
	for _, list := range []struct {
		name string
		len  int
	}{{"right_children", len(j.Right)}, {"split_indices", len(j.Feature)}, {"split_conditions", len(j.Cut)}, {"default_left", len(j.MissingLeft)}} {
		if list.len != n {
			return t, fmt.Errorf("%s has %d entries, left_children %d", list.name, list.len, n)
		}
	}
	t.nodes, t.stats = make([]boostNode, n), make([]boostStat, n)
	if err := j.statistics(t.stats); err != nil {
		return t, err
	}
	for i := range t.nodes {
		t.nodes[i] = boostNode{j.Left[i], j.Right[i], j.Feature[i], float32(j.Cut[i]), 0, bool(j.MissingLeft[i])}
	}
	if err := j.categories(&t); err != nil {
		return t, err
	}
	return t, t.walk(features)
}

// statistics takes over what SHAP needs. A file may do without: then cover is 0.
func (j *jsonTree) statistics(stats []boostStat) error {
	for _, list := range [][]jsonFloat{j.Weight, j.Gain, j.Cover} {
		if len(list) != 0 && len(list) != len(stats) {
			return fmt.Errorf("a list of statistics has %d entries, left_children %d", len(list), len(stats))
		}
	}
	for i, v := range j.Weight {
		stats[i].weight = float32(v)
	}
	for i, v := range j.Gain {
		stats[i].gain = float32(v)
	}
	for i, v := range j.Cover {
		if !(v >= 0 && v <= math.MaxFloat32) {
			return errors.New("sum_hessian has an entry that is negative or infinite")
		}
		stats[i].cover = float32(v)
	}
	return nil
}

// categories gives the nodes that split by categories their sets.
func (j *jsonTree) categories(t *boostTree) error {
	if len(j.Kind) != 0 && len(j.Kind) != len(t.nodes) {
		return fmt.Errorf("split_type has %d entries, left_children %d", len(j.Kind), len(t.nodes))
	}
	if len(j.SetBegins) != len(j.SetNodes) || len(j.SetSizes) != len(j.SetNodes) {
		return errors.New("categories_nodes, _segments and _sizes differ in length")
	}
	for k, node := range j.SetNodes {
		begin, size := j.SetBegins[k], j.SetSizes[k]
		if node < 0 || node >= len(j.Kind) || j.Kind[node] != 1 || t.nodes[node].set > 0 {
			return errors.New("categories_nodes names a node that is none, has no such split, or comes twice")
		}
		if begin < 0 || size < 0 || begin > len(j.Sets) || size > len(j.Sets)-begin {
			return errors.New("categories_segments or categories_sizes leads out of categories")
		}
		var set []uint64
		for _, c := range j.Sets[begin : begin+size] {
			if c < 0 || c >= maxBoostCategory {
				return errors.New("categories has one that is negative or too large")
			}
			if c>>6 >= len(set) {
				set = append(set, make([]uint64, c>>6+1-len(set))...)
			}
			set[c>>6] |= 1 << (c & 63)
		}
		t.sets = append(t.sets, set)
		t.nodes[node].set = int32(len(t.sets))
	}
	if slices.Contains(j.Kind, 1) && len(j.SetNodes) < count1(j.Kind) {
		return errors.New("a split by categories has no entry in categories_nodes")
	}
	return nil
}

func count1(kinds []int) (n int) {
	for _, k := range kinds {
		if k == 1 {
			n++
		}
	}
	return n
}

// walk visits every node from the root on, level by level.
func (t *boostTree) walk(features int) error {
	visited := make([]bool, len(t.nodes))
	level := []int32{0}
	visited[0] = true
	for depth := 0; len(level) > 0; depth++ {
		if depth > maxBoostDepth {
			return fmt.Errorf("it is deeper than %d levels", maxBoostDepth)
		}
		var next []int32
		for _, i := range level {
			n := &t.nodes[i]
			if n.leaf() != (n.right < 0) {
				return fmt.Errorf("node %d has one child", i)
			}
			if n.cut != n.cut && n.set == 0 || math.IsInf(float64(n.cut), 0) {
				return fmt.Errorf("split_conditions: node %d has no finite number", i)
			}
			if n.leaf() {
				continue
			}
			if n.feature < 0 || int(n.feature) >= features {
				return fmt.Errorf("split_indices: node %d asks a feature that there is not", i)
			}
			for _, c := range []int32{n.left, n.right} {
				if int(c) >= len(t.nodes) || visited[c] {
					return fmt.Errorf("the children of node %d are out of range, or reached twice", i)
				}
				visited[c] = true
				next = append(next, c)
			}
		}
		level = next
	}
	return nil
}
