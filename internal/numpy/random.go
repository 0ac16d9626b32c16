package numpy

import (
	"fmt"
	"math"
	"math/bits"
	"sort"
)

// The constants of MT19937 (Matsumoto and Nishimura, 1998).
const (
	stateLen  = 624
	stateLag  = 397
	upperMask = 0x80000000
	lowerMask = 0x7fffffff
	twist     = 0x9908b0df
)

// A RandomState is numpy.random.RandomState: a Mersenne Twister and the legacy way to make numbers of it. It is not safe
// for concurrent use.
type RandomState struct {
	key      [stateLen]uint32
	next     int     // word of key to use next
	gauss    float64 // second number of a pair that Gauss made
	hasGauss bool
}

// NewRandomState is numpy.random.RandomState(seed) for a whole number.
func NewRandomState(seed uint32) *RandomState {
	r := &RandomState{next: stateLen}
	r.key[0] = seed
	for i := 1; i < stateLen; i++ {
		prev := r.key[i-1]
		r.key[i] = 1812433253*(prev^prev>>30) + uint32(i)
	}
	return r
}

// Uint32 gives the next 32 bits.
func (r *RandomState) Uint32() uint32 {
	if r.next == stateLen {
		r.refill()
	}
	y := r.key[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// refill makes the next 624 words.
func (r *RandomState) refill() {
	for i := range r.key {
		y := r.key[i]&upperMask | r.key[(i+1)%stateLen]&lowerMask
		r.key[i] = r.key[(i+stateLag)%stateLen] ^ y>>1
		if y&1 == 1 {
			r.key[i] ^= twist
		}
	}
	r.next = 0
}

// interval draws from 0..most, both included: as many low bits as most has, again until they are in.
func (r *RandomState) interval(most uint64) uint64 {
	if most == 0 {
		return 0
	}
	mask := uint64(1)<<bits.Len64(most) - 1
	for {
		v := uint64(r.Uint32())
		if most > math.MaxUint32 {
			v = v<<32 | uint64(r.Uint32())
		}
		if v &= mask; v <= most {
			return v
		}
	}
}

// Randint is randint(low, high): a whole number in low..high-1. It panics where there is none.
func (r *RandomState) Randint(low, high int) int {
	if low >= high {
		panic(fmt.Sprintf("numpy: Randint from %d to %d", low, high))
	}
	return low + int(r.interval(uint64(high-low-1)))
}

// RandomSample is random_sample(): a number in [0, 1) of 53 bits.
func (r *RandomState) RandomSample() float64 {
	high, low := r.Uint32()>>5, r.Uint32()>>6
	return (float64(high)*(1<<26) + float64(low)) / (1 << 53)
}

// Uniform is uniform(low, high).
func (r *RandomState) Uniform(low, high float64) float64 { return low + (high-low)*r.RandomSample() }

// Gauss is standard_normal(): the polar method, which makes two numbers at a time.
func (r *RandomState) Gauss() float64 {
	if r.hasGauss {
		r.hasGauss = false
		return r.gauss
	}
	for {
		x, y := 2*r.RandomSample()-1, 2*r.RandomSample()-1
		if s := x*x + y*y; s > 0 && s < 1 {
			f := math.Sqrt(-2 * math.Log(s) / s)
			r.gauss, r.hasGauss = f*x, true
			return f * y
		}
	}
}

// Shuffle is shuffle(x): in place, from the last place down.
func (r *RandomState) Shuffle(x []int) {
	for i := len(x) - 1; i > 0; i-- {
		j := int(r.interval(uint64(i)))
		x[i], x[j] = x[j], x[i]
	}
}

// Permutation is permutation(n): the numbers 0..n-1, shuffled.
func (r *RandomState) Permutation(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	r.Shuffle(x)
	return x
}

// Choice is choice(n, size, replace=False): size different numbers of 0..n-1. It panics where size is above n.
func (r *RandomState) Choice(n, size int) []int {
	if size > n {
		panic(fmt.Sprintf("numpy: Choice of %d different numbers from %d", size, n))
	}
	return r.Permutation(n)[:size]
}

// ChoiceReplace is choice(n, size): size numbers of 0..n-1, each drawn from all of them. It panics where n is 0.
func (r *RandomState) ChoiceReplace(n, size int) []int {
	x := make([]int, size)
	for i := range x {
		x[i] = r.Randint(0, n)
	}
	return x
}

// ChoiceWeighted is choice(len(p), p=p): a number drawn with the probabilities p, which must sum to 1.
func (r *RandomState) ChoiceWeighted(p []float64) int {
	cdf := make([]float64, len(p))
	sum := 0.0
	for i, v := range p {
		sum += v
		cdf[i] = sum
	}
	for i := range cdf {
		cdf[i] /= sum
	}
	u := r.RandomSample()
	return sort.Search(len(cdf), func(i int) bool { return cdf[i] > u })
}
