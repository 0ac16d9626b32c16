package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/tensor"
)

// someRows is a sparse matrix, some rows of which are empty, beside the same matrix dense.
func someRows(seed uint64, n, d int, ones bool) (*autograd.Sparse, tensor.Tensor) {
	r := rng.New(seed, 0, 1)
	s := &autograd.Sparse{Rows: n, Cols: d}
	s.RowPtr = []int32{0}
	dense := tensor.New(n, d)
	for i := range n {
		for j := 0; j < d && i%5 != 3; j++ {
			if r.Intn(7) != 0 {
				continue
			}
			x := float32(1)
			if !ones {
				x = float32(r.Norm())
				s.Val = append(s.Val, x)
			}
			s.Col = append(s.Col, int32(j))
			dense.Row(i)[j] = x
		}
		s.RowPtr = append(s.RowPtr, int32(len(s.Col)))
	}
	return s, dense
}

// Values and gradients of a product with a sparse matrix have the bits of the dense one's.
func TestSparseHasTheBitsOfDense(t *testing.T) {
	eachFamily(t, func(t *testing.T) {
		for _, c := range []struct {
			n, d, h int
			ones    bool
		}{{50, 300, 64, true}, {7, 1, 3, false}, {129, 700, 33, false}, {1, 5, 1, true}} {
			sparse, dense := someRows(uint64(c.n), c.n, c.d, c.ones)
			w, b := random(1, c.d, c.h), random(2, c.h)
			run := func(x func(t *autograd.Tape) autograd.Var) (y, dw, db []float32) {
				tape := newTape()
				dw, db = make([]float32, c.d*c.h), make([]float32, c.h)
				wv, bv := tape.Leaf(w, dw), tape.Leaf(b, db)
				a := tape.Linear(x(tape), wv, bv)
				m := tape.MatMul(x(tape), wv)
				out := tape.Sum(tape.Square(tape.Add(a, m)))
				tape.Backward(out)
				return append([]float32{}, a.Data()...), dw, db
			}
			y1, w1, b1 := run(func(tape *autograd.Tape) autograd.Var { return tape.Const(dense) })
			y2, w2, b2 := run(func(tape *autograd.Tape) autograd.Var { return tape.Sparse(sparse) })
			require.Equal(t, y1, y2)
			require.Equal(t, w1, w2)
			require.Equal(t, b1, b2)
		}
	})
}

func TestSparseStandsOnTheLeft(t *testing.T) {
	sparse, dense := someRows(1, 4, 4, true)
	tape := newTape()
	s := tape.Sparse(sparse)
	require.Panics(t, func() { tape.MatMul(tape.Const(dense), s) })
	require.Panics(t, func() { tape.Add(s, s) })
	require.Panics(t, func() { tape.Concat(s, s) })
	sparse.Col[0] = 4
	require.Panics(t, func() { tape.Sparse(sparse) })
}
