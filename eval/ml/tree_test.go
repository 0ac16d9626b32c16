package ml

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// goesLeft lists all ways to part the rows by one column: numbers at every threshold, with the missing ones on either
// side or by themselves; categories, missing being one more of them, in every possible way.
func goesLeft(c Column, n int) (all [][]bool) {
	part := func(left func(i int) bool) {
		rows := make([]bool, n)
		for i := range rows {
			rows[i] = left(i)
		}
		all = append(all, rows)
	}
	if c.Codes != nil {
		for set := range 1 << (c.Card + 1) {
			part(func(i int) bool { return set>>(c.Codes[i]+1)&1 == 1 })
		}
		return all
	}
	for _, edge := range append(c.Numbers, math.Inf(1)) {
		part(func(i int) bool { return c.Numbers[i] <= edge })
		part(func(i int) bool { return !(c.Numbers[i] > edge) })
	}
	return all
}

// squares is the sum of squared deviations of the numbers from their mean on either side.
func squares(y []float64, left []bool) (sum float64, n int) {
	mean, rows := map[bool]float64{}, map[bool]float64{}
	for i, v := range y {
		mean[left[i]] += v
		rows[left[i]]++
	}
	for i, v := range y {
		d := v - mean[left[i]]/rows[left[i]]
		sum += d * d
	}
	return sum, int(min(rows[true], rows[false]))
}

// rootSplit gives the rows that the first split of a tree sends to the left.
func rootSplit(tree *Tree) (left []bool) {
	g := tree.trees[0].tree
	for i := range tree.x[0].Codes {
		left = append(left, g.Leaf(tree.x, int32(i)) < g.Nodes[0].Right)
	}
	return left
}

// The first split is the best of all possible ones, also with gaps and categories, for two classes as for numbers. With
// larger leaves that is so for numbers only: the best order of categories may have no cut that leaves enough rows.
func TestTreeAgainstBruteForce(t *testing.T) {
	for seed := range uint64(200) {
		x, number, class := smallTable(seed)
		leaf := 1
		if seed%2 == 1 {
			x, leaf = x[:2], 6
		}
		for _, y := range []Column{number, class} {
			numbers := y.Numbers
			for _, k := range y.Codes {
				numbers = append(numbers, float64(k))
			}
			best := math.Inf(1)
			for _, c := range x {
				for _, left := range goesLeft(c, len(numbers)) {
					if sum, least := squares(numbers, left); least >= leaf {
						best = min(best, sum)
					}
				}
			}
			tree := Tree{MinLeaf: leaf, Seed: seed}
			require.NoError(t, tree.Fit(x, y))
			if math.IsInf(best, 1) {
				require.Len(t, tree.trees[0].tree.Nodes, 1, "seed %d", seed)
				continue
			}
			got, _ := squares(numbers, rootSplit(&tree))
			require.InDelta(t, best, got, 1e-9, "seed %d", seed)
		}
	}
}

// smallTable makes two columns of numbers, with gaps, and two of categories.
func smallTable(seed uint64) (x []Column, y, class Column) {
	r := rng.New(seed, rng.Demo, 4)
	n := 12 + r.Intn(6)
	x = []Column{{}, {}, {Card: 3}, {Card: 2}}
	y, class = Column{}, Column{Card: 2}
	for i := range n {
		x[0].Numbers = append(x[0].Numbers, r.Norm())
		x[1].Numbers = append(x[1].Numbers, float64(r.Intn(5)))
		x[2].Codes = append(x[2].Codes, int32(r.Intn(4)-1))
		x[3].Codes = append(x[3].Codes, int32(r.Intn(2)))
		if r.Intn(4) == 0 {
			x[r.Intn(2)].Numbers[i] = math.NaN()
		}
		y.Numbers = append(y.Numbers, r.Norm()+float64(x[seed%2+2].Codes[i]))
		class.Codes = append(class.Codes, int32((i+r.Intn(2))%2))
	}
	class.Codes[0], class.Codes[1] = 0, 1
	return x, y, class
}

// Small differences between great numbers, and numbers near the ends of what a float64 holds, are told apart.
func TestTreeOfExtremeNumbers(t *testing.T) {
	x := []Column{{Numbers: []float64{1, 2, 3, 4, 5, 6, math.Inf(1), math.Inf(-1)}}}
	for _, y := range [][]float64{
		{1e9, 1e9, 1e9 + 1, 1e9 + 1, 1e9 + 2, 1e9 + 2, 1e9 + 3, 1e9 - 3},
		{-1e308, -1e308, 1e308, 1e308, 0, 0, 1.7e308, -1.7e308},
		{1e-300, 1e-300, 2e-300, 2e-300, 3e-300, 3e-300, 0, 4e-300},
		{0, 0, 1, 1, 2, 2, 1e12, 3},
		{7, 7, 7, 7, 7, 7, 7, 7},
	} {
		tree := Tree{MinLeaf: 1}
		require.NoError(t, tree.Fit(x, Column{Numbers: y}))
		p, err := tree.Predict(x)
		require.NoError(t, err)
		require.Equal(t, y, p.Numbers)
	}
}

// More different numbers than codes: neighbours share one.
func TestTargetOfManyNumbers(t *testing.T) {
	const n = 3 * maxValues
	y := make([]float64, n)
	r := rng.New(1, rng.Demo, 5)
	for i := range y {
		y[i] = r.Float64()
	}
	target := newNumbers(y)
	require.Len(t, target.value, maxValues)
	off := 0.0
	for i, k := range target.column.Codes {
		off = max(off, math.Abs(y[i]-target.value[k]))
	}
	require.Less(t, off, 1e-3)
}

func TestTreeOfOneRow(t *testing.T) {
	var tree Tree
	require.NoError(t, tree.Fit([]Column{{Numbers: []float64{math.NaN()}}}, Column{Numbers: []float64{3}}))
	p, err := tree.Predict([]Column{{Numbers: []float64{1, 2}}})
	require.NoError(t, err)
	require.Equal(t, []float64{3, 3}, p.Numbers)
}
