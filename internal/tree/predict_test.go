package tree

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// gaps makes ordered columns of which every fourth row has no value.
func gaps(n, target int, seed uint64) (x []Column, y Column, rows []int32) {
	x, y, rows = random(n, target, []int{9, 30}, seed)
	r := rng.New(seed, rng.Demo, 2)
	for f := range x {
		x[f].Missing = true
		for i := range x[f].Codes {
			if x[f].Codes[i] == 0 || r.Intn(4) == 0 {
				x[f].Codes[i] = 0
			}
		}
	}
	return x, y, rows
}

// slowMissing is the reference for best with columns that have gaps: every cut, with the gaps on either side.
func slowMissing(g *grower, rows []int32) (gain float64, ok bool) {
	for f := range g.x {
		for cut := range uint16(g.x[f].Card) {
			for _, side := range []bool{true, false} {
				var l, r []int32
				for _, i := range rows {
					c := g.x[f].Codes[i]
					if c == 0 && side || c > 0 && c <= cut {
						l = append(l, i)
					} else {
						r = append(r, i)
					}
				}
				if min(len(l), len(r)) < g.opt.MinLeaf {
					continue
				}
				if v := slowImpurity(g, rows) - slowImpurity(g, l) - slowImpurity(g, r); v > gain && v > 1e-7 {
					gain, ok = v, true
				}
			}
		}
	}
	return gain, ok
}

func TestMissingAgainstReference(t *testing.T) {
	right := 0
	for seed := range uint64(80) {
		for _, opt := range []Options{{}, {Variance: true}, {Variance: true, Values: []int64{5, -100, 7, 1 << 40, 0, 3}}} {
			x, y, rows := gaps(20+int(seed)*2, 6, seed)
			opt.MinLeaf, opt.Midway = 1+int(seed%4), seed%2 == 0
			g := newGrower(x, y, rows, nil, opt)
			r := rng.New(seed, rng.TreeColumns, 1)
			g.r = &r
			s, ok := g.best(rows, 0)
			want, wantOK := slowMissing(g, rows)
			require.Equal(t, wantOK, ok)
			if !ok {
				continue
			}
			require.InEpsilon(t, want, s.gain, 1e-6, "seed %d", seed)
			cut := g.part(rows, Node{Feature: s.feature, Split: uint32(s.code), Low: s.low})
			got := slowImpurity(g, rows) - slowImpurity(g, rows[:cut]) - slowImpurity(g, rows[cut:])
			require.InEpsilon(t, want, got, 1e-6, "the node parts the rows as the gain says")
			right += int(s.low)
		}
	}
	require.Greater(t, right, 10, "missing values went right at times")
}

func TestMidway(t *testing.T) {
	grow := func(x, y Column) *Tree {
		r := rng.New(1, rng.TreeColumns, 0)
		rows := make([]int32, len(y.Codes))
		for i := range rows {
			rows[i] = int32(i)
		}
		return Grow([]Column{x}, y, rows, nil, Options{Midway: true, Variance: true, Values: []int64{0, 1}}, &r)
	}
	y := Column{Codes: []uint16{0, 0, 0, 1, 1}, Card: 2}
	goesLeft := func(tr *Tree, code uint16) bool { return tr.left(&tr.Nodes[0], code) }

	tr := grow(Column{Codes: []uint16{10, 12, 20, 31, 40}, Card: 50, Ordered: true}, y)
	require.True(t, goesLeft(tr, 25))
	require.False(t, goesLeft(tr, 26))

	// No row without value: they follow the three rows on the left, and in the mirror image those on the right.
	x := Column{Codes: []uint16{10, 12, 20, 31, 40}, Card: 50, Ordered: true, Missing: true}
	require.True(t, goesLeft(grow(x, y), 0))
	slices.Reverse(x.Codes)
	mirror := grow(x, y)
	require.False(t, goesLeft(mirror, 0))
	require.True(t, goesLeft(mirror, 16))
	require.False(t, goesLeft(mirror, 17))

	// Rows without value by themselves: the cut is theirs alone.
	tr = grow(Column{Codes: []uint16{0, 0, 0, 31, 40}, Card: 50, Ordered: true, Missing: true}, y)
	require.True(t, goesLeft(tr, 0))
	require.False(t, goesLeft(tr, 1))

	// Codes without order: 7 was never seen and follows the three rows.
	for _, swap := range []bool{false, true} {
		z := Column{Codes: slices.Clone(y.Codes), Card: 2}
		if swap {
			z.Codes = []uint16{1, 1, 1, 0, 0}
		}
		tr = grow(Column{Codes: []uint16{3, 4, 70, 1, 2}, Card: 90}, z)
		require.Equal(t, goesLeft(tr, 70), goesLeft(tr, 7))
		require.NotEqual(t, goesLeft(tr, 1), goesLeft(tr, 7))
	}
}

// A column of many codes that says nothing: without Discount its gain is far above that of an ordered one, with it no
// longer.
func TestDiscount(t *testing.T) {
	for _, opt := range []Options{{}, {Variance: true}} {
		for _, card := range []int{10, 60, 250} {
			mean := map[bool]float64{}
			for seed := range uint64(40) {
				_, y, rows := random(300, 3, []int{2}, seed)
				r := rng.New(seed, rng.Demo, 4)
				x := []Column{{Codes: make([]uint16, 300), Card: card}, {Codes: make([]uint16, 300), Card: 300, Ordered: true}}
				for i := range rows {
					x[0].Codes[i], x[1].Codes[i] = uint16(r.Intn(card)), uint16(i*7%300)
				}
				for _, discount := range []bool{false, true} {
					opt.Discount = discount
					g := newGrower(x, y, rows, nil, opt)
					g.r = &r
					require.True(t, g.enter(rows))
					without, _ := g.try(rows, 0)
					with, _ := g.try(rows, 1)
					mean[discount] += (without.gain - with.gain) / slowImpurity(g, rows) * 300 / 40
				}
			}
			require.Greater(t, mean[false], 0.2*float64(card)-2)
			require.Less(t, math.Max(mean[true], 0), 1.5, "in units of the target's variance")
		}
	}
}

func TestLeafIsEndOfPath(t *testing.T) {
	x, y, rows := random(500, 4, []int{12, -30, 5}, 3)
	r := rng.New(1, rng.TreeColumns, 0)
	tr := Grow(x, y, slices.Clone(rows), nil, Options{MinLeaf: 3}, &r)
	for _, i := range rows {
		path := tr.Path([]uint16{x[0].Codes[i], x[1].Codes[i], x[2].Codes[i]}, nil)
		require.Equal(t, path[len(path)-1], tr.Leaf(x, i))
	}
}
