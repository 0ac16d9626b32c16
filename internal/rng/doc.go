// Package rng draws random numbers that depend on names, not on order.
//
// The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
// doi:10.1145/2063384.2063405), a keyed bijection of 128-bit counters. The key is the seed; the counter is
//
//	word 0  element: number of the block within the stream, from 0
//	word 1  row or step, low half
//	word 2  row or step, high half
//	word 3  stream: one of the named constants of streams.go
//
// so that the numbers of a row are the same whoever draws them, in which order and on how many threads. A sampler that
// rejects a number draws again from the same [Stream].
//
// [New] computes nothing and allocates nothing: a stream for every cell of a table costs what its numbers cost.
package rng
