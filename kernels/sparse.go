package kernels

import (
	"fmt"
	"math"
)

// A Sparse is a matrix most of whose elements are 0, such as rows of one-hot codes: row i has its elements RowPtr[i] to
// RowPtr[i+1]-1, whose columns Col ascend within a row. Val nil means that all of them are 1.
type Sparse struct {
	RowPtr []int32 // [M+1]
	Col    []int32
	Val    []float32
}

// one is the value of every element where Val is nil.
var one = []float32{1}

// GemmSparse computes C[M,N] = S[M,K] B[K,N] with the epilogue e, which may be nil, from the elements of S that are not 0
// alone. Where B is finite, the bits are those of the dense product. It panics where shapes do not fit or a column lies
// outside K or does not ascend.
func GemmSparse(m, n, k int, s Sparse, b []float32, ldb int, c []float32, ldc int, e *Epilogue) {
	s.check(m, k)
	checkOperand("B", b, k, n, ldb)
	check(NN, m, n, 0, nil, 0, c, ldc, e)
	t := sparses.get()
	t.product = newGemm(NN, m, n, k, nil, 0, c, ldc, e)
	t.s, t.b, t.ldb = s, b, ldb
	if m > 0 && n > 0 {
		Run(t, (m+sumRows-1)/sumRows)
	}
	t.product.end()
	*t = sparseTask{}
	sparses.put(t)
}

// check panics where a sparse matrix is not [M,K].
func (s *Sparse) check(m, k int) {
	if len(s.RowPtr) < m+1 {
		panic(fmt.Sprintf("kernels: GemmSparse: %d row pointers for A [%d %d]", len(s.RowPtr), m, k))
	}
	for i := range m {
		from, to := int(s.RowPtr[i]), int(s.RowPtr[i+1])
		if from < 0 || to < from || to > len(s.Col) || s.Val != nil && to > len(s.Val) {
			panic(fmt.Sprintf("kernels: GemmSparse: row %d is elements %d to %d of %d", i, from, to, len(s.Col)))
		}
		last := int32(-1)
		for _, col := range s.Col[from:to] {
			if col <= last || int(col) >= k {
				panic(fmt.Sprintf("kernels: GemmSparse: column %d after %d in row %d of A [%d %d]", col, last, i, m, k))
			}
			last = col
		}
	}
}

// sparseTask is one product; a chunk is sumRows rows.
type sparseTask struct {
	product *gemmTask
	s       Sparse
	b       []float32
	ldb     int
}

var sparses freelist[sparseTask]

// Chunk computes rows of C: for each block of K the sum of the rows of B that the elements name.
func (t *sparseTask) Chunk(i int) {
	p := t.product
	for r := i * sumRows; r < min((i+1)*sumRows, p.m); r++ {
		row := p.c[r*p.ldc : r*p.ldc+p.n]
		if !p.e.Add {
			Fill(row, negativeZero) // what changes no sum that is added, not even -0
		}
		blocks := (p.k + blockK - 1) / blockK
		from, to := int(t.s.RowPtr[r]), int(t.s.RowPtr[r+1])
		for from < to {
			end, block := from, t.s.Col[from]/blockK
			for end < to && t.s.Col[end]/blockK == block {
				end++
			}
			val := one
			if t.s.Val != nil {
				val = t.s.Val[from:end]
			}
			t.addParts(row, t.s.Col[from:end], val)
			from = end
			blocks--
		}
		if blocks > 0 || p.k == 0 && !p.e.Add {
			for j := range row {
				row[j] += 0 // the sums of the blocks without elements
			}
		}
		if p.e.Bias != nil {
			AddTo(row, p.e.Bias[:p.n])
		}
		p.afterBias(row, r, 0)
	}
}

// fewColumns is how many columns of C one call of the assembly does, so that none takes longer than 4.5 MFLOP.
const fewColumns = 8192

var negativeZero = float32(math.Copysign(0, -1))

// addParts is addRows, some columns after the others.
func (t *sparseTask) addParts(row []float32, cols []int32, val []float32) {
	for j := 0; j < len(row); j += fewColumns {
		t.addRows(row[j:min(j+fewColumns, len(row))], j, cols, val)
	}
}

// addRowsGo is the reference of addRows: row, the columns of C from first on,
// += sum over the columns named of val times the row of B.
func (t *sparseTask) addRowsGo(row []float32, first int, cols []int32, val []float32) {
	scratch := scratches.get()
	sum := grow(scratch.a, len(row))
	clear(sum)
	for i, col := range cols {
		x := val[min(i, len(val)-1)]
		b := t.b[int(col)*t.ldb+first:]
		for j := range sum {
			if useNEON { // its products are fused
				sum[j] = fma32(x, b[j], sum[j])
			} else {
				sum[j] += float32(x * b[j])
			}
		}
	}
	for j, s := range sum {
		row[j] += s
	}
	scratch.a = sum
	scratches.put(scratch)
}
