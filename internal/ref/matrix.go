package ref

import (
	"fmt"
	"math"
)

// A Matrix is Rows x Cols numbers, row-major.
type Matrix struct {
	Rows, Cols int
	Data       []float64
}

// New is a matrix of zeros.
func New(rows, cols int) Matrix { return Matrix{rows, cols, make([]float64, rows*cols)} }

// From is float32 numbers as a matrix. It panics where their number is not rows*cols.
func From(x []float32, rows, cols int) Matrix {
	if len(x) != rows*cols {
		panic(fmt.Sprintf("ref: From of %d numbers and [%d %d]", len(x), rows, cols))
	}
	m := New(rows, cols)
	for i, v := range x {
		m.Data[i] = float64(v)
	}
	return m
}

// Row is row i, a view.
func (m Matrix) Row(i int) []float64 { return m.Data[i*m.Cols : (i+1)*m.Cols] }

// At is element (i, j).
func (m Matrix) At(i, j int) float64 { return m.Data[i*m.Cols+j] }

// T is the transpose.
func (m Matrix) T() Matrix {
	t := New(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Data[j*t.Cols+i] = v
		}
	}
	return t
}

// Map is f of each element.
func (m Matrix) Map(f func(v float64) float64) Matrix {
	y := New(m.Rows, m.Cols)
	for i, v := range m.Data {
		y.Data[i] = f(v)
	}
	return y
}

// Zip is f of each pair of elements. It panics where the shapes differ.
func (m Matrix) Zip(b Matrix, f func(v, w float64) float64) Matrix {
	m.mustFit("Zip", m.Rows == b.Rows && m.Cols == b.Cols, b)
	y := New(m.Rows, m.Cols)
	for i, v := range m.Data {
		y.Data[i] = f(v, b.Data[i])
	}
	return y
}

// Add is m + b. It panics where the shapes differ.
func (m Matrix) Add(b Matrix) Matrix { return m.Zip(b, func(v, w float64) float64 { return v + w }) }

// Mul is m*b, elementwise. It panics where the shapes differ.
func (m Matrix) Mul(b Matrix) Matrix { return m.Zip(b, func(v, w float64) float64 { return v * w }) }

// Scale is m*s.
func (m Matrix) Scale(s float64) Matrix { return m.Map(func(v float64) float64 { return v * s }) }

// Norm is the Euclidean length of all elements.
func (m Matrix) Norm() float64 {
	s := 0.0
	for _, v := range m.Data {
		s += v * v
	}
	return math.Sqrt(s)
}

func (m Matrix) mustFit(op string, ok bool, b Matrix) {
	if !ok {
		panic(fmt.Sprintf("ref: %s of [%d %d] and [%d %d]", op, m.Rows, m.Cols, b.Rows, b.Cols))
	}
}

// MatMul is a b. It panics where the shapes do not fit.
func MatMul(a, b Matrix) Matrix {
	a.mustFit("MatMul", a.Cols == b.Rows, b)
	c := New(a.Rows, b.Cols)
	for i := range a.Rows {
		row := c.Row(i)
		for k, v := range a.Row(i) {
			for j, w := range b.Row(k) {
				row[j] += v * w
			}
		}
	}
	return c
}

// MatMulGrad is da = g b' and db = a' g.
func MatMulGrad(a, b, g Matrix) (da, db Matrix) { return MatMul(g, b.T()), MatMul(a.T(), g) }

// AddBias is x [N, D] with b [1, D] added to every row. It panics where the shapes do not fit.
func AddBias(x, b Matrix) Matrix {
	x.mustFit("AddBias", b.Rows == 1 && b.Cols == x.Cols, b)
	y := New(x.Rows, x.Cols)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			y.Row(i)[j] = v + b.Data[j]
		}
	}
	return y
}

// ColSums is the sums of the columns, [1, D]: the gradient of a bias.
func ColSums(g Matrix) Matrix {
	s := New(1, g.Cols)
	for i := range g.Rows {
		for j, v := range g.Row(i) {
			s.Data[j] += v
		}
	}
	return s
}

// RowSums is the sums of the rows, [N, 1].
func RowSums(x Matrix) Matrix {
	s := New(x.Rows, 1)
	for i := range x.Rows {
		for _, v := range x.Row(i) {
			s.Data[i] += v
		}
	}
	return s
}

// RowSumsGrad is dx[i,j] = g[i] for x [N, cols].
func RowSumsGrad(cols int, g Matrix) Matrix {
	d := New(g.Rows, cols)
	for i := range d.Rows {
		for j := range d.Row(i) {
			d.Row(i)[j] = g.Data[i]
		}
	}
	return d
}

// MulRows is x [N, D] with row i times s[i], s [N, 1].
func MulRows(x, s Matrix) Matrix { return x.Mul(RowSumsGrad(x.Cols, s)) }

// MulRowsGrad is dx = g*s and ds[i] = g[i] x[i].
func MulRowsGrad(x, s, g Matrix) (dx, ds Matrix) { return MulRows(g, s), RowSums(g.Mul(x)) }

// RowNorm is the Euclidean lengths of the rows, [N, 1].
func RowNorm(x Matrix) Matrix {
	return RowSums(x.Mul(x)).Map(math.Sqrt)
}

// RowNormGrad is dx[i] = g[i] x[i]/|x[i]|, and 0 where that is 0.
func RowNormGrad(x, g Matrix) Matrix {
	return MulRows(x, g.Zip(RowNorm(x), func(g, n float64) float64 {
		if n == 0 {
			return 0
		}
		return g / n
	}))
}

// Concat is a and b side by side. It panics where the numbers of rows differ.
func Concat(a, b Matrix) Matrix {
	a.mustFit("Concat", a.Rows == b.Rows, b)
	y := New(a.Rows, a.Cols+b.Cols)
	for i := range y.Rows {
		copy(y.Row(i)[copy(y.Row(i), a.Row(i)):], b.Row(i))
	}
	return y
}

// Slice is the columns lo to hi-1, and so the gradient of Concat.
func Slice(x Matrix, lo, hi int) Matrix {
	y := New(x.Rows, hi-lo)
	for i := range y.Rows {
		copy(y.Row(i), x.Row(i)[lo:hi])
	}
	return y
}

// SliceGrad is g in the columns from lo of a matrix [N, cols].
func SliceGrad(g Matrix, lo, cols int) Matrix {
	y := New(g.Rows, cols)
	for i := range y.Rows {
		copy(y.Row(i)[lo:], g.Row(i))
	}
	return y
}
