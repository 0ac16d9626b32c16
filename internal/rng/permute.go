package rng

import (
	"fmt"
	"math/bits"
)

// Eight rounds: four make a Feistel network a pseudorandom permutation (Luby and Rackoff 1988), the others are for
// domains of a few values, whose halves have one or two bits.
const feistelRounds = 8

// Permute gives the place of i under a permutation of [0, n) that seed and stream choose. It computes one place without
// the others: a Feistel network on the next even number of bits, walked until it falls below n (Black and Rogaway 2002),
// four times or less on average. It panics if i >= n.
func Permute(seed uint64, stream uint32, n, i uint64) uint64 {
	if i >= n {
		panic(fmt.Sprintf("rng: Permute of %d outside [0, %d)", i, n))
	}
	half := max(1, (bits.Len64(n-1)+1)/2)
	for {
		i = feistel(seed, stream, half, i)
		if i < n {
			return i
		}
	}
}

// feistel permutes [0, 4^half). The width enters every round, so that permutations of different widths have nothing in common.
func feistel(seed uint64, stream uint32, half int, i uint64) uint64 {
	mask := uint32(1)<<half - 1 // all ones for half = 32
	left, right := uint32(i>>half), uint32(i)&mask
	for round := range uint32(feistelRounds) {
		word, _, _, _ := block(right, round, uint32(half), stream, uint32(seed), uint32(seed>>32))
		left, right = right, left^word&mask
	}
	return uint64(left)<<half | uint64(right)
}

// Shuffle is [Stream.Shuffle] by row 0 of a stream.
func Shuffle(seed uint64, stream uint32, n int, swap func(i, j int)) {
	s := New(seed, stream, 0)
	s.Shuffle(n, swap)
}

// Shuffle brings n things into random order by calls of swap (Fisher and Yates), as [math/rand/v2.Shuffle] does. It panics
// if n < 0.
func (s *Stream) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic(fmt.Sprintf("rng: Shuffle of %d", n))
	}
	for i := n - 1; i > 0; i-- {
		swap(i, s.Intn(i+1))
	}
}
