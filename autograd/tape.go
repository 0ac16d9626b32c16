package autograd

import (
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A Tape remembers operations, so that their gradients can be computed. Make it with [New].
type Tape struct {
	arena  *tensor.Arena
	chunks []*[chunk]node // a node never moves
	count  uint32         // nodes in use; node 0 is none
	epoch  uint32

	bf16    bool   // products round their factors
	silent  bool   // a plain backward is under way: nothing is recorded
	leaves  bool   // gradients of leaves go to their owners
	stamp   uint32 // of the nodes that the walk is about; 0: those that are trained
	stamps  uint32 // the last one that was used
	current uint32 // the gradient of the node that the walk is at
	spare   [][]float32
	results []Var
	copies  copyTask
}

// chunk is how many nodes are allocated at a time.
const chunk = 64

// A node is one operation that was done. Which fields beyond in are in use depends on the operation.
type node struct {
	op   opcode
	in   [maxIn]uint32 // nodes that were read, 0 for none
	aux  uint32        // a node that was read and that no gradient flows to
	self uint32
	val  tensor.Tensor

	needs  bool    // depends on a leaf or an input
	trains bool    // depends on a leaf
	spent  bool    // the next operation may overwrite the value
	taken  bool    // the value's memory has gone to another node
	shared bool    // the value's memory is read by another node
	uses   int32   // recorded operations that read the value
	sloped bool    // the gradient has been multiplied by the derivative of Gelu already
	refs   int32   // inputs whose gradient this is
	grad   uint32  // the gradient while a walk is under way
	stamp  uint32  // the walk that is about this node
	keep   bool    // the gradient is asked for
	weight *Weight // of a leaf with packed copies
	sparse *Sparse // in place of a value
	owner  []float32

	layout     kernels.Layout
	ep         Epilogue
	s          float32
	at         int // first column
	saved      []float32
	mean, rstd []float32
	spans      []kernels.Span
	eval, relu bool // of BatchNorm
	attention  kernels.Attention
	ids        []int32
	table      []float32 // the rows of a table that ids names
}

const maxIn = 4

// New makes an empty tape whose values live in the arena. Only the tape may use the arena, and it resets it.
func New(arena *tensor.Arena) *Tape {
	return &Tape{arena: arena, epoch: 1, count: 1, chunks: []*[chunk]node{{}}}
}

// Reset forgets everything. All Vars become invalid, and so do the tensors that they gave.
func (t *Tape) Reset() {
	clear(t.spare)
	t.spare = t.spare[:0]
	if t.arena.Spilled() {
		for _, c := range t.chunks { // else old and new memory are there at a time
			clear(c[:])
		}
	}
	t.arena.Reset()
	t.epoch++
	t.count = 1
	t.silent, t.leaves, t.stamp, t.stamps, t.current = false, false, 0, 0, 0
}

// UseBF16 says whether the products of the tape, on the way up and back, round their factors to bfloat16 as [kernels.GemmBF16] does;
// sums, values and gradients stay float32, and so do sparse products and attention. It lasts beyond Reset. A product panics where the
// processor can't: ask [kernels.CheckBF16] before.
func (t *Tape) UseBF16(on bool) { t.bf16 = on }

// Len is how many operations and leaves are on the tape.
func (t *Tape) Len() int { return int(t.count - 1) }

// node is the node with an index.
func (t *Tape) node(i uint32) *node { return &t.chunks[i/chunk][i%chunk] }

// at is the node of a Var.
func (t *Tape) at(v Var) *node {
	if v.tape != t || v.epoch != t.epoch {
		v.mustBe(t)
	}
	n := t.node(v.index)
	if n.sparse != nil {
		panic("autograd: a Sparse is the left factor of a product and nothing else")
	}
	return n
}

// left is the node of the left factor of a product.
func (t *Tape) left(op string, v Var) (n *node, rows, cols int) {
	if v.tape == t && v.epoch == t.epoch {
		if n = t.node(v.index); n.sparse != nil {
			return n, n.sparse.Rows, n.sparse.Cols
		}
	}
	return t.matrix(op, v)
}

// emit appends a node without a value. Its inputs are nodes, or nil.
func (t *Tape) emit(op opcode, in ...*node) (*node, Var) {
	i := t.count
	if int(i/chunk) == len(t.chunks) {
		t.chunks = append(t.chunks, new([chunk]node))
	}
	t.count++
	n := t.node(i)
	*n = node{op: op, self: i}
	for k, a := range in {
		if a == nil {
			continue
		}
		n.in[k] = a.self
		if !t.silent {
			a.uses++
			n.needs = n.needs || a.needs
			n.trains = n.trains || a.trains
		}
	}
	return n, Var{t, i, t.epoch}
}

// unary appends a node with a value like that of a, in memory of its own, or in a's where that is spent.
func (t *Tape) unary(op opcode, a *node) (*node, Var) {
	n, y := t.emit(op, a)
	n.val = tensor.Tensor{Shape: a.val.Shape, Data: t.like(a)}
	return n, y
}

// like is memory for a value like that of a: a's own where it is spent.
func (t *Tape) like(a *node) []float32 {
	if a.spent {
		a.spent, a.taken = false, true
		return a.val.Data
	}
	return t.floats(len(a.val.Data))
}

// floats is memory for n numbers. In a plain backward it may be that of a gradient that was needed before.
func (t *Tape) floats(n int) []float32 {
	if t.silent {
		for i := len(t.spare) - 1; i >= 0; i-- {
			if s := t.spare[i]; n <= cap(s) && cap(s) <= 2*n {
				last := len(t.spare) - 1
				t.spare[i] = t.spare[last]
				t.spare = t.spare[:last]
				return s[:n]
			}
		}
	}
	return t.arena.Floats(n)
}

// fresh appends a node with a value of the given shape.
func (t *Tape) fresh(op opcode, rows, cols int, in ...*node) (*node, Var) {
	n, y := t.emit(op, in...)
	n.val = tensor.Tensor{Shape: t.arena.Shape(rows, cols), Data: t.floats(rows * cols)}
	return n, y
}

// vector appends a node with a value of n numbers.
func (t *Tape) vector(op opcode, length int, in ...*node) (*node, Var) {
	n, y := t.emit(op, in...)
	n.val = tensor.Tensor{Shape: t.arena.Shape(length), Data: t.floats(length)}
	return n, y
}
