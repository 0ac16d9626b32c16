package autograd

import (
	"fmt"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A Sparse is a matrix [Rows, Cols] most of whose elements are 0, such as rows of one-hot codes. It may be filled anew for every
// batch; its memory is used again.
type Sparse struct {
	kernels.Sparse
	Rows, Cols int

	turned kernels.Sparse // the transpose, which a weight's gradient reads
}

// Sparse is a constant that stands on the left of [Tape.MatMul], [Tape.Linear] and [Tape.LinearAct], and nowhere else: its bits there
// are those of a dense matrix, its work is that of the elements that are not 0. s must not change until the tape's Reset.
// It panics where an element lies outside the matrix.
func (t *Tape) Sparse(s *Sparse) Var {
	if len(s.RowPtr) != s.Rows+1 {
		panic(fmt.Sprintf("autograd: Sparse of [%d %d] with %d row pointers", s.Rows, s.Cols, len(s.RowPtr)))
	}
	s.turn()
	n, v := t.emit(opLeaf)
	n.val = tensor.Tensor{Shape: t.arena.Shape(s.Rows, s.Cols)}
	n.sparse = s
	return v
}

// turn makes the transpose: elements column by column, and within a column by ascending row.
func (s *Sparse) turn() {
	at := resize(&s.turned.RowPtr, s.Cols+1)
	clear(at)
	for _, c := range s.Col {
		if c < 0 || int(c) >= s.Cols {
			panic(fmt.Sprintf("autograd: Sparse of [%d %d] with column %d", s.Rows, s.Cols, c))
		}
		if int(c)+2 <= s.Cols {
			at[c+2]++
		}
	}
	for c := 2; c <= s.Cols; c++ {
		at[c] += at[c-1]
	}
	row := resize(&s.turned.Col, len(s.Col))
	var val []float32
	if s.Val != nil {
		val = resize(&s.turned.Val, len(s.Val))
	}
	for i := range s.Rows {
		for e := s.RowPtr[i]; e < s.RowPtr[i+1]; e++ {
			to := &at[s.Col[e]+1]
			row[*to] = int32(i)
			if val != nil {
				val[*to] = s.Val[e]
			}
			*to++
		}
	}
	s.turned.Val = val
}

// resize gives *s the length n; what it holds is lost where it has to grow.
func resize[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n, n+n/8)
	}
	*s = (*s)[:n]
	return *s
}

// gemm is C[m, n] = A B with a sparse A, or A' B.
func (s *Sparse) gemm(l kernels.Layout, m, n, k int, b *node, c []float32, e *kernels.Epilogue) {
	a := s.Sparse
	switch l {
	case kernels.TN:
		a = s.turned
	case kernels.NT:
		panic("autograd: MatMulNT of a Sparse")
	}
	kernels.GemmSparse(m, n, k, a, b.val.Data, b.val.Shape[1], c, n, e)
}
