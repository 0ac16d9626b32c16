package rng

import (
	"fmt"
	"math"
	"math/bits"
)

// A Stream draws the numbers of one (seed, stream, row), 2^34 words of 32 bits before it repeats. It is a plain value: a
// copy draws the same numbers again. It is also a source for math/rand/v2 and so for gonum's distributions.
type Stream struct {
	k0, k1  uint32
	element uint32 // of the next block
	r0, r1  uint32
	stream  uint32
	buf     [4]uint32
	left    int // words of buf not yet drawn
}

// New gives the stream's first number next. The streams are the named constants of this package; row is a row or a step.
func New(seed uint64, stream uint32, row uint64) Stream {
	return Stream{k0: uint32(seed), k1: uint32(seed >> 32), r0: uint32(row), r1: uint32(row >> 32), stream: stream}
}

// Uint32 draws one word.
func (s *Stream) Uint32() uint32 {
	if s.left == 0 {
		s.fill()
	}
	s.left--
	return s.buf[3-s.left&3]
}

func (s *Stream) fill() {
	b := &s.buf
	b[0], b[1], b[2], b[3] = block(s.element, s.r0, s.r1, s.stream, s.k0, s.k1)
	s.element++
	s.left = 4
}

// Uint64 draws two words, the low one first.
func (s *Stream) Uint64() uint64 {
	lo := s.Uint32()
	hi := s.Uint32()
	return uint64(hi)<<32 | uint64(lo)
}

// Float64 draws a multiple of 2^-53 in [0, 1).
func (s *Stream) Float64() float64 {
	return float64(s.Uint64()>>11) * 0x1p-53
}

// Intn draws a whole number in [0, n) without bias, by Lemire's multiplication (doi:10.1145/3230636). It panics if n < 1.
func (s *Stream) Intn(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("rng: Intn of %d", n))
	}
	if uint64(n) <= math.MaxUint32 {
		return int(s.below32(uint32(n)))
	}
	return int(s.below64(uint64(n)))
}

func (s *Stream) below32(n uint32) uint32 {
	hi, lo := bits.Mul32(s.Uint32(), n)
	if lo < n {
		for least := -n % n; lo < least; {
			hi, lo = bits.Mul32(s.Uint32(), n)
		}
	}
	return hi
}

func (s *Stream) below64(n uint64) uint64 {
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n {
		for least := -n % n; lo < least; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return hi
}

// Norm draws from the standard normal distribution. It inverts the distribution function at an odd multiple of 2^-53, so
// that every number costs two words, none is infinite, and |Norm| stays below 8.3.
func (s *Stream) Norm() float64 {
	odd := 2*(int64(s.Uint64())>>11) + 1 // in (-2^53, 2^53), exact as float64
	return math.Sqrt2 * math.Erfinv(float64(odd)*0x1p-53)
}

// Exp draws from the exponential distribution with mean 1. It lies in [0, 36.8].
func (s *Stream) Exp() float64 {
	return -math.Log(float64(s.Uint64()>>11+1) * 0x1p-53)
}
