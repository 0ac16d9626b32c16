package kernels

import (
	"math"
	"unsafe"
)

// Multipliers of the two halves and increments of the key, as published.
const (
	philoxMul0, philoxMul1 = 0xD2511F53, 0xCD9E8D57
	weyl0                  = 0x9E3779B9 // golden ratio
	weyl1                  = 0xBB67AE85 // sqrt(3) - 1
)

// philox is one block of Philox4x32-10, as internal/rng has it.
func philox(c0, c1, c2, c3, k0, k1 uint32) [4]uint32 {
	for range 10 {
		p0 := philoxMul0 * uint64(c0)
		p1 := philoxMul1 * uint64(c2)
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += weyl0
		k1 += weyl1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// draw names random numbers: element e of a stream and step is word e%4 of block e/4.
type draw struct {
	seed   uint64
	stream uint32
	step   uint64
}

const (
	wordGroup = 32   // words that the assembly makes at a time
	wordChunk = 1024 // words that are made before they are used, while they are in the nearest cache
)

// wordBuffer holds the words of a chunk whose first element need not begin a block.
type wordBuffer [wordChunk + wordGroup]float32

// words makes the words of the elements from first, n <= wordChunk of them, and returns them as the bits of numbers. What
// lies behind them up to the next 32 are words too.
func (d draw) words(buf *wordBuffer, first uint64, n int) []float32 {
	skip := int(first % 4)
	groups := (skip + n + wordGroup - 1) / wordGroup
	philoxWords(buf[:groups*wordGroup], uint32(first/4), d)
	return buf[skip : skip+n]
}

// philoxWordsGo is the reference of philoxWords: the words of the blocks from the given one, as the bits of dst.
func philoxWordsGo(dst []float32, block uint32, d draw) {
	for i := 0; i < len(dst); i += 4 {
		w := philox(block, uint32(d.step), uint32(d.step>>32), d.stream, uint32(d.seed), uint32(d.seed>>32))
		for l, v := range w {
			dst[i+l] = math.Float32frombits(v)
		}
		block++
	}
}

// normalsGo is the reference of normals: pairs of words become pairs of normal numbers.
func normalsGo(dst, words []float32) {
	for i := 0; i+1 < len(dst); i += 2 {
		dst[i], dst[i+1] = normal32(math.Float32bits(words[i]), math.Float32bits(words[i+1]))
	}
}

const opNormal vecOp = 255 // for randTask only: pairs, not elements

// randTask fills dst, or drops elements of src, in chunks.
type randTask struct {
	op       vecOp
	dst, src []float32
	d        draw
	first    uint64
	s, t     float32
}

var randTasks freelist[randTask]

// Chunk implements [Task].
func (r *randTask) Chunk(i int) {
	lo := i * vecChunk
	hi := min(lo+vecChunk, len(r.dst))
	r.fill(part(r.dst, lo, hi), part(r.src, lo, hi), r.first+uint64(lo))
}

func (r *randTask) fill(dst, src []float32, first uint64) {
	var buf wordBuffer
	for lo := 0; lo < len(dst); lo += wordChunk {
		to := dst[lo:min(lo+wordChunk, len(dst))]
		at := first + uint64(lo)
		switch r.op {
		case opNormal:
			// A pair belongs together wherever dst begins.
			odd := int(at % 2)
			words := r.d.words(&buf, at-uint64(odd), min(len(to)+odd, wordChunk))
			all := buf[:(int((at-uint64(odd))%4)+len(words)+wordGroup-1)/wordGroup*wordGroup]
			normals(all, all)
			n := copy(to, words[odd:])
			if n < len(to) { // an odd start of a full chunk: the last number is in the next block
				last := at + uint64(n)
				words = r.d.words(&buf, last&^1, 2)
				normals(buf[:wordGroup], buf[:wordGroup])
				to[n] = words[last&1]
			}
		case opDropout:
			lanes(opDropout, to, src[lo:lo+len(to)], r.d.words(&buf, at, len(to)), nil, r.s, r.t)
		default:
			lanes(r.op, to, r.d.words(&buf, at, len(to)), nil, nil, 0, 0)
		}
	}
}

// random fills dst on one thread or on many.
func random(op vecOp, dst, src []float32, d draw, first uint64, s, t float32) {
	r := randTasks.get()
	*r = randTask{op, dst, src, d, first, s, t}
	if len(dst)*20 < parallelWork {
		r.fill(dst, src, first)
	} else {
		Run(r, (len(dst)+vecChunk-1)/vecChunk)
	}
	*r = randTask{}
	randTasks.put(r)
}

// Uniform sets dst to uniform numbers, multiples of 2^-24 in [0, 1): the elements from first of a stream and step. Element
// e is word e%4 of Philox block e/4 with the counter of internal/rng.
func Uniform(dst []float32, seed uint64, stream uint32, step, first uint64) {
	random(opUniform, dst, nil, draw{seed, stream, step}, first, 0, 0)
}

// Exponential sets dst to exponential numbers of mean 1, in [6e-8, 16.7]: the elements from first of a stream and step.
func Exponential(dst []float32, seed uint64, stream uint32, step, first uint64) {
	random(opExponential, dst, nil, draw{seed, stream, step}, first, 0, 0)
}

// GumbelFill sets dst to standard Gumbel numbers, -ln of [Exponential]'s, in [-2.9, 16.7].
func GumbelFill(dst []float32, seed uint64, stream uint32, step, first uint64) {
	random(opGumbel, dst, nil, draw{seed, stream, step}, first, 0, 0)
}

// Normal sets dst to standard normal numbers, at most 5.8 from 0: the elements from first of a stream and step. Elements 2i
// and 2i+1 are a pair of Box and Muller (doi:10.1214/aoms/1177706645).
func Normal(dst []float32, seed uint64, stream uint32, step, first uint64) {
	random(opNormal, dst, nil, draw{seed, stream, step}, first, 0, 0)
}

// DropoutForward sets dst to x with elements dropped as d says, x[0] being element first of the stream. The gradient is the
// same call on the gradient of the output. A dropped Inf or NaN leaves NaN, as x*0 does. dst may be x. It panics where the
// lengths differ.
func DropoutForward(dst, x []float32, d Dropout, first uint64) {
	check1("DropoutForward", dst, x)
	limit := d.limit()
	if limit > math.MaxUint32 {
		Scale(dst, x, 0)
		return
	}
	random(opDropout, dst, x, draw{d.Seed, d.Stream, d.Step}, first, d.scale(), math.Float32frombits(uint32(limit)))
}

// raw is the address of the first element, nil where there is none.
func raw(x []float32) *float32 { return unsafe.SliceData(x) }
