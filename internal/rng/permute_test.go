package rng

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPermuteIsABijection(t *testing.T) {
	sizes := []uint64{4095, 4096, 4097, 65535, 65536, 65537, 100_003}
	for n := range uint64(130) {
		sizes = append(sizes, n+1)
	}
	for _, n := range sizes {
		seen := make([]bool, n)
		for i := range n {
			p := Permute(42, FillID, n, i)
			require.Less(t, p, n)
			require.False(t, seen[p], "n %d: %d comes twice", n, p)
			seen[p] = true
		}
	}
}

// Domains too large to list: the round function's inverse leads back.
func TestPermuteHasAnInverse(t *testing.T) {
	inverse := func(seed uint32, half int, x uint64) uint64 {
		mask := uint32(1)<<half - 1
		left, right := uint32(x>>half), uint32(x)&mask
		for round := feistelRounds - 1; round >= 0; round-- {
			word, _, _, _ := block(left, uint32(round), uint32(half), FillID, seed, 0)
			left, right = right^word&mask, left
		}
		return uint64(left)<<half | uint64(right)
	}
	for _, n := range []uint64{1 << 32, 1<<40 + 1, 1<<62 + 3, 1 << 63, math.MaxUint64} {
		half := 32
		for uint64(1)<<(2*half-2) >= n && half > 1 {
			half--
		}
		for _, i := range []uint64{0, 1, n / 3, n - 1} {
			p := Permute(9, FillID, n, i)
			require.Less(t, p, n)
			x := inverse(9, half, p)
			for x >= n {
				x = inverse(9, half, x)
			}
			require.Equal(t, i, x, "n %d", n)
		}
	}
}

// Over many seeds every place is equally likely, and so is every ordered pair of places.
func TestPermuteIsUniformOverSeeds(t *testing.T) {
	for _, n := range []uint64{2, 3, 5, 8, 10} {
		place, pair := make([]int, n), make([]int, n*(n-1))
		for seed := range uint64(20_000) {
			a, b := Permute(seed, FillID, n, 0), Permute(seed, FillID, n, n-1)
			place[a]++
			if b > a {
				b--
			}
			pair[a*(n-1)+b]++
		}
		require.Greater(t, chiSquare(place), 1e-4, n)
		require.Greater(t, chiSquare(pair), 1e-4, n)
	}
}

func TestPermuteDependsOnEverything(t *testing.T) {
	const n = 1 << 20
	same := func(f func(i uint64) uint64) (hits int) {
		for i := range uint64(1000) {
			if f(i) == Permute(1, FillID, n, i) {
				hits++
			}
		}
		return hits
	}
	require.Less(t, same(func(i uint64) uint64 { return i }), 5)
	require.Less(t, same(func(i uint64) uint64 { return Permute(2, FillID, n, i) }), 5)
	require.Less(t, same(func(i uint64) uint64 { return Permute(1, FillRepeats, n, i) }), 5)
	require.Less(t, same(func(i uint64) uint64 { return Permute(1, FillID, 4*n, i) }), 5)
}

func TestShuffleIsUniform(t *testing.T) {
	orders := map[[4]int]int{}
	for seed := range uint64(24_000) {
		v := [4]int{0, 1, 2, 3}
		Shuffle(seed, Split, 4, func(i, j int) { v[i], v[j] = v[j], v[i] })
		orders[v]++
	}
	require.Len(t, orders, 24)
	var counts []int
	for _, c := range orders {
		counts = append(counts, c)
	}
	require.Greater(t, chiSquare(counts), 1e-4)
}
