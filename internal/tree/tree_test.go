package tree

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// random makes n rows of columns with the given numbers of codes (negative: no order) and a target that depends on the
// first two of them.
func random(n, target int, cards []int, seed uint64) (x []Column, y Column, rows []int32) {
	r := rng.New(seed, rng.Demo, 0)
	for _, k := range cards {
		c := Column{Codes: make([]uint16, n), Card: max(k, -k), Ordered: k > 0}
		for i := range c.Codes {
			c.Codes[i] = uint16(r.Intn(c.Card))
		}
		x = append(x, c)
	}
	y = Column{Codes: make([]uint16, n), Card: target}
	for i := range y.Codes {
		a := int(x[0].Codes[i])
		if len(x) > 1 {
			a += int(x[1].Codes[i]) % 3
		}
		if r.Intn(3) == 0 {
			a += r.Intn(target)
		}
		y.Codes[i] = uint16(a % target)
		rows = append(rows, int32(i))
	}
	return x, y, rows
}

// slowImpurity is the sum of squared deviations of the scores, or the Gini impurity times the number of rows.
func slowImpurity(g *grower, part []int32) float64 {
	sum, n := 0.0, float64(len(part))
	if g.opt.Variance {
		mean := 0.0
		for _, i := range part {
			mean += float64(g.score[g.y.Codes[i]]) / n
		}
		for _, i := range part {
			d := float64(g.score[g.y.Codes[i]]) - mean
			sum += d * d
		}
		return sum
	}
	for t := range g.y.Card {
		hits := 0.0
		for _, i := range part {
			if int(g.y.Codes[i]) == t {
				hits++
			}
		}
		sum += hits * (n - hits) / n
	}
	return sum
}

// slowOrder gives the codes of a column in the order in which they are cut: without an order, by mean score or by share of
// the pivot class.
func slowOrder(g *grower, x *Column, rows []int32) []uint16 {
	order, value := make([]uint16, x.Card), make([]float64, x.Card)
	for c := range order {
		order[c] = uint16(c)
		hits, n := 0.0, 0.0
		for _, i := range rows {
			if int(x.Codes[i]) != c {
				continue
			}
			n++
			if g.opt.Variance {
				hits += float64(g.score[g.y.Codes[i]])
			} else if g.y.Codes[i] == g.pivot {
				hits++
			}
		}
		value[c] = hits / max(n, 1)
	}
	if !x.Ordered {
		slices.SortStableFunc(order, func(a, b uint16) int { return cmp.Compare(value[a], value[b]) })
	}
	return order
}

// slowBest is the reference for best with all columns tried: impurities from their definition, for every cut of every column.
func slowBest(g *grower, rows []int32) (gain float64, ok bool) {
	for f := range g.x {
		order := slowOrder(g, &g.x[f], rows)
		for cut := 1; cut < len(order); cut++ {
			var l, r []int32
			for _, i := range rows {
				if slices.Contains(order[:cut], g.x[f].Codes[i]) {
					l = append(l, i)
				} else {
					r = append(r, i)
				}
			}
			if len(l) < g.opt.MinLeaf || len(r) < g.opt.MinLeaf {
				continue
			}
			if v := slowImpurity(g, rows) - slowImpurity(g, l) - slowImpurity(g, r); v > gain && v > 1e-7 {
				gain, ok = v, true
			}
		}
	}
	return gain, ok
}

func TestBestAgainstReference(t *testing.T) {
	for seed := range uint64(60) {
		for _, variance := range []bool{false, true} {
			n := 8 + int(seed)*3
			x, y, rows := random(n, 2+int(seed%7), []int{4, -3, -7, 9, 40, -2}, seed)
			opt := Options{MinLeaf: 1 + int(seed%5), Variance: variance}
			g := newGrower(x, y, rows, nil, opt)
			r := rng.New(seed, rng.TreeColumns, 1)
			g.r = &r
			s, ok := g.best(rows, 0)
			want, wantOK := slowBest(g, rows)
			require.Equal(t, wantOK, ok, "seed %d", seed)
			if ok {
				require.InEpsilon(t, want, s.gain, 1e-6, "seed %d, variance %v", seed, variance)
			}
		}
	}
}

// The two ways to sweep Gini impurity must agree wherever both can be used.
func TestSweepsAgree(t *testing.T) {
	for seed := range uint64(20) {
		x, y, rows := random(500, 5, []int{12, -12}, seed)
		for f := range x {
			g := newGrower(x, y, rows, nil, Options{MinLeaf: 3})
			r := rng.New(seed, rng.TreeColumns, 1)
			g.r = &r
			require.True(t, g.enter(rows))
			g.fill(rows, &x[f])
			if !x[f].Ordered {
				g.arrange()
			}
			c1, v1 := g.sweepCells(rows, &x[f])
			c2, v2 := g.sweepTargets(rows, &x[f])
			require.Equal(t, c1, c2)
			require.Equal(t, v1, v2)
		}
	}
}

func TestGrow(t *testing.T) {
	x, y, rows := random(3000, 6, []int{6, -3, 30, -20}, 1)
	sorted := slices.Clone(rows)
	r := rng.New(1, rng.TreeColumns, 0)
	tr := Grow(x, y, rows, nil, Options{MinLeaf: 7, Try: 2}, &r)
	linked := *tr
	linked.Nodes = slices.Clone(tr.Nodes)
	for i := range linked.Nodes { // what a file holds
		n := &linked.Nodes[i]
		*n = Node{Feature: n.Feature, Split: n.Split, Count: n.Count}
		if n.Feature != Leaf {
			n.Count = 0
			if !x[n.Feature].Ordered {
				n.Split = 0
			}
		}
	}
	require.NoError(t, linked.Link(x, y))
	require.Equal(t, tr, &linked)
	again := rng.New(1, rng.TreeColumns, 0)
	require.Equal(t, tr, Grow(x, y, sorted, nil, Options{MinLeaf: 7, Try: 2}, &again))
	row := make([]uint16, len(x))
	leaves := map[int32]int{}
	for i := range y.Codes {
		for f := range x {
			row[f] = x[f].Codes[i]
		}
		path := tr.Path(row, nil)
		leaf := tr.Nodes[path[len(path)-1]]
		leaves[path[len(path)-1]]++
		require.Contains(t, tr.Codes[leaf.First:leaf.First+leaf.Count], y.Codes[i])
	}
	for i, n := range tr.Nodes {
		if n.Feature == Leaf {
			require.GreaterOrEqual(t, n.Count, int32(7))
			require.Equal(t, int(n.Count), leaves[int32(i)])
			require.True(t, slices.IsSorted(tr.Codes[n.First:n.First+n.Count]))
		}
	}
	require.Greater(t, len(leaves), 10)
}

// Every leaf holds enough persons, also where persons have unlike numbers of rows.
func TestGrowCountsPersons(t *testing.T) {
	x, y, rows := random(2000, 4, []int{30, -25, 12}, 3)
	person := make([]int32, len(rows))
	r := rng.New(5, rng.Demo, 9)
	for i := range person {
		person[i] = int32(r.Intn(150) * r.Intn(2))
	}
	tr := Grow(x, y, rows, person, Options{MinLeaf: 9}, &r)
	require.Greater(t, len(tr.Nodes), 2)
	members := map[int32]map[int32]bool{}
	for i := range y.Codes {
		path := tr.Path([]uint16{x[0].Codes[i], x[1].Codes[i], x[2].Codes[i]}, nil)
		leaf := path[len(path)-1]
		if members[leaf] == nil {
			members[leaf] = map[int32]bool{}
		}
		members[leaf][person[i]] = true
	}
	for _, m := range members {
		require.GreaterOrEqual(t, len(m), 9)
	}
}

func TestScore(t *testing.T) {
	x, y, rows := random(400, 5, []int{5, -3}, 8)
	r := rng.New(1, rng.TreeColumns, 0)
	tr := Grow(x, y, slices.Clone(rows), nil, Options{MinLeaf: 10}, &r)
	prior := []float64{0.2, 0.2, 0.2, 0.2, 0.2}
	shrink := []float64{0, 3}
	got := tr.Score(x, y, rows, shrink, prior)
	for _, i := range rows {
		for j, w := range shrink {
			p := prior[0]
			for _, at := range tr.Path([]uint16{x[0].Codes[i], x[1].Codes[i]}, nil) {
				n, hits, kinds := tr.Nodes[at], 0.0, map[uint16]bool{}
				for _, c := range tr.Codes[n.First : n.First+n.Count] {
					kinds[c] = true
					if c == y.Codes[i] {
						hits++
					}
				}
				p = (hits + w*float64(len(kinds))*p) / (float64(n.Count) + w*float64(len(kinds)))
			}
			require.InDelta(t, p, got[int(i)*2+j], 1e-12)
		}
	}
	// The probabilities of all targets add up to one.
	sum := 0.0
	for c := range 5 {
		all := Column{Codes: slices.Repeat([]uint16{uint16(c)}, 400), Card: 5}
		sum += tr.Score(x, all, rows[:1], []float64{3}, prior)[0]
	}
	require.InDelta(t, 1, sum, 1e-12)
}

func TestLinkRefuses(t *testing.T) {
	x, y, rows := random(300, 5, []int{9, -13}, 8)
	r := rng.New(1, rng.TreeColumns, 0)
	fresh := func() *Tree {
		s := r
		return Grow(x, y, slices.Clone(rows), nil, Options{MinLeaf: 10}, &s)
	}
	require.NoError(t, fresh().Link(x, y))
	spoil := map[string]func(tr *Tree){
		"no nodes":         func(tr *Tree) { tr.Nodes = nil },
		"a node too many":  func(tr *Tree) { tr.Nodes = append(tr.Nodes, Node{Feature: Leaf, Count: 1}) },
		"a node too few":   func(tr *Tree) { tr.Nodes = tr.Nodes[:len(tr.Nodes)-1] },
		"a target":         func(tr *Tree) { tr.Codes[7] = 5 },
		"a target fewer":   func(tr *Tree) { tr.Codes = tr.Codes[1:] },
		"a target more":    func(tr *Tree) { tr.Codes = append(tr.Codes, 1) },
		"a set fewer":      func(tr *Tree) { tr.Sets = tr.Sets[:len(tr.Sets)-1] },
		"a set more":       func(tr *Tree) { tr.Sets = append(tr.Sets, 1) },
		"column too great": func(tr *Tree) { tr.Nodes[0].Feature = 2 },
		"column too small": func(tr *Tree) { tr.Nodes[0].Feature = -2 },
		"a leaf on top":    func(tr *Tree) { tr.Nodes[0].Feature = Leaf },
	}
	for name, f := range spoil {
		tr := fresh()
		f(tr)
		require.ErrorIs(t, tr.Link(x, y), ErrInvalid, name)
	}
	for i := range fresh().Nodes {
		for _, count := range []int32{0, -1, 1 << 30} {
			tr := fresh()
			if tr.Nodes[i].Feature == Leaf {
				tr.Nodes[i].Count = count
				require.ErrorIs(t, tr.Link(x, y), ErrInvalid, "node %d", i)
			}
		}
	}
}

// A file could hold a chain that no growth gives; a walk down must stay short all the same.
func TestLinkRefusesDepth(t *testing.T) {
	tr := &Tree{}
	for range 500 {
		tr.Nodes = append(tr.Nodes, Node{Feature: 0})
	}
	for range 501 {
		tr.Nodes = append(tr.Nodes, Node{Feature: Leaf, Count: 1})
		tr.Codes = append(tr.Codes, 0)
	}
	require.ErrorIs(t, tr.Link([]Column{{Card: 3, Ordered: true}}, Column{Card: 2}), ErrInvalid)
}

func TestGrowPanicsWithoutRows(t *testing.T) {
	r := rng.New(1, rng.TreeColumns, 0)
	require.Panics(t, func() { Grow(nil, Column{Card: 2}, nil, nil, Options{}, &r) })
}

func TestGrowWithoutColumns(t *testing.T) {
	_, y, rows := random(50, 3, []int{3}, 1)
	r := rng.New(1, rng.TreeColumns, 0)
	tr := Grow(nil, y, rows, nil, Options{}, &r)
	require.Len(t, tr.Nodes, 1)
	require.Len(t, tr.Codes, 50)
	require.NoError(t, tr.Link(nil, y))
}
