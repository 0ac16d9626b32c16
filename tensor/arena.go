package tensor

import (
	"math"
	"runtime/debug"
)

// An Arena lends memory until [Arena.Reset]. Every buffer begins at a multiple of 64 bytes. The zero value is ready. It is
// for one goroutine.
//
// Whatever does not fit into its memory is allocated, and the next Reset makes the memory as large as the most that was
// asked for between two of them: after the largest batch has been seen nothing is allocated any more.
type Arena struct {
	floats, spill   []float32 // not yet lent: of the memory, of what was allocated besides
	memory          []float32
	used            int // of floats since the last Reset, those besides included
	ints, intMemory []int
	intsUsed        int
	poison          bool
}

// leastSpill is how many floats are allocated at least where the memory does not suffice.
const leastSpill = 1 << 16

// much is how many numbers are worth telling the operating system of: 64 MB.
const much = 1 << 24

// Floats lends n numbers, which may hold anything.
func (a *Arena) Floats(n int) []float32 {
	room := (n + line - 1) / line * line
	a.used += room
	from := &a.floats
	if room > len(a.floats) {
		from = &a.spill
		if room > len(a.spill) {
			a.spill = aligned(max(room, leastSpill, a.used/2))
			a.fill(a.spill)
		}
	}
	s := (*from)[:n:n]
	*from = (*from)[room:]
	return s
}

// Shape lends a copy of a shape.
func (a *Arena) Shape(shape ...int) []int {
	n := len(shape)
	a.intsUsed += n
	if n > len(a.ints) {
		a.ints = make([]int, max(n, 256, a.intsUsed))
	}
	s := a.ints[:n:n]
	a.ints = a.ints[n:]
	copy(s, shape)
	return s
}

// New lends a tensor, which may hold anything. It panics where a dimension is negative.
func (a *Arena) New(shape ...int) Tensor {
	return Tensor{a.Shape(shape...), a.Floats(size("Arena.New", shape))}
}

// Reset takes all memory back. What was lent must not be used any more.
func (a *Arena) Reset() {
	if a.Spilled() {
		a.floats, a.spill, a.memory = nil, nil, nil
		if a.used >= much {
			debug.FreeOSMemory() // else old and new memory are there at a time
		}
		a.memory = aligned(a.used)
	}
	if a.intsUsed > len(a.intMemory) {
		a.intMemory = make([]int, a.intsUsed)
	}
	a.floats, a.spill, a.used = a.memory, nil, 0
	a.ints, a.intsUsed = a.intMemory, 0
	a.fill(a.memory)
}

// Spilled tells whether more was lent than the memory has: Reset will replace it, and gives the old one back to the system where nobody
// holds a part of it any more.
func (a *Arena) Spilled() bool { return a.used > len(a.memory) }

// Poison makes Reset fill the memory with NaN, so that a test sees the use of numbers that nobody has written.
func (a *Arena) Poison(on bool) {
	a.poison = on
	a.fill(a.floats)
	a.fill(a.spill)
}

// Discard says that numbers that were lent will be written before they are read again: the poison goes there too.
func (a *Arena) Discard(s []float32) { a.fill(s) }

func (a *Arena) fill(s []float32) {
	if !a.poison {
		return
	}
	nan := float32(math.NaN())
	for i := range s {
		s[i] = nan
	}
}

// Size is how many bytes the arena keeps for numbers.
func (a *Arena) Size() int { return 4 * len(a.memory) }
