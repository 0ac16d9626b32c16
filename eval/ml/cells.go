package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/run"
)

// The trees of this file's neighbours split numbers of 32 bits, as their peers do.

// columns32 gives x [N, D] by columns: D lists of N. NaN is a missing cell; an infinite one, or one beyond 32 bits, is an
// error.
func columns32(x *mat.Dense) ([][]float32, error) {
	if err := checkShape(x); err != nil {
		return nil, err
	}
	n, d := x.Dims()
	all := make([]float32, n*d)
	columns, broken := make([][]float32, d), make([]bool, d)
	for j := range columns {
		columns[j] = all[j*n : (j+1)*n]
	}
	for i := range n {
		for j, v := range x.RawRowView(i) {
			columns[j][i] = float32(v) + 0 // -0 becomes 0
			broken[j] = broken[j] || math.Abs(v) > math.MaxFloat32
		}
	}
	for j := range broken {
		if broken[j] {
			return nil, errTooLarge(j)
		}
	}
	return columns, nil
}

func errTooLarge(column int) error {
	return &CellError{column, "a cell is infinite or too large for 32 bits: make it missing or clip it"}
}

func checkShape(x *mat.Dense) error {
	if x == nil || x.IsEmpty() {
		return fmt.Errorf("%w: a matrix without rows and columns", ErrNoRows)
	}
	return nil
}

// checkAnswers tells whether y [N] can be learned: class codes below classes, or numbers where classes is 0.
func checkAnswers(y []float64, n, classes int) error {
	if len(y) != n {
		return fmt.Errorf("%w: a target of %d rows in a table of %d", ErrInput, len(y), n)
	}
	if classes < 0 || classes == 1 || classes > maxClasses {
		return fmt.Errorf("%w: a target of %d classes: give 0 for numbers, else 2 to %d", ErrInput, classes, maxClasses)
	}
	one := true
	for _, v := range y {
		if classes == 0 && !(math.Abs(v) <= math.MaxFloat32) {
			return fmt.Errorf("%w: a target that is missing, infinite or too large for 32 bits", ErrInput)
		}
		if classes > 0 && (v != math.Trunc(v) || v < 0 || v >= float64(classes)) {
			return fmt.Errorf("%w: a class that is no whole number from 0 to %d", ErrInput, classes-1)
		}
		one = one && v == y[0]
	}
	if classes > 0 && one {
		return ErrOneClass
	}
	return nil
}

// eachBlock calls f with blocks of rows of x as 32-bit numbers, row after row, in parallel. They are only good during the call.
func eachBlock(x *mat.Dense, fitted int, f func(from, to int, rows []float32)) error {
	if fitted == 0 {
		return ErrUnfitted
	}
	if err := checkShape(x); err != nil {
		return err
	}
	n, d := x.Dims()
	if d != fitted {
		return fmt.Errorf("%w: %d columns after a fit on %d", ErrInput, d, fitted)
	}
	broken := make([]int, (n+block-1)/block) // 1 + a column
	run.Parallel(len(broken), func(b int) {
		from, to := b*block, min(n, (b+1)*block)
		rows := make([]float32, 0, (to-from)*d)
		for i := from; i < to; i++ {
			for j, v := range x.RawRowView(i) {
				if math.Abs(v) > math.MaxFloat32 {
					broken[b] = j + 1
					return
				}
				rows = append(rows, float32(v)+0)
			}
		}
		f(from, to, rows)
	})
	for _, j := range broken {
		if j > 0 {
			return errTooLarge(j - 1)
		}
	}
	return nil
}

// ascending gives the rows that have a number, by number and then by row. It is a radix sort of 11 bits at a time; where all
// rows agree in a digit, as most do in columns of small whole numbers, the pass is left out.
func ascending(v []float32) []int32 {
	keys := make([]uint64, 0, len(v))
	for i, x := range v {
		if x == x {
			keys = append(keys, uint64(ordered(x))<<32|uint64(i))
		}
	}
	spare := make([]uint64, len(keys))
	for shift := 32; shift < 64; shift += 11 {
		var end [1<<11 + 1]int32
		for _, k := range keys {
			end[k>>shift&(1<<11-1)+1]++
		}
		if len(keys) > 0 && int(end[keys[0]>>shift&(1<<11-1)+1]) == len(keys) {
			continue
		}
		for d := 1; d < len(end); d++ {
			end[d] += end[d-1]
		}
		for _, k := range keys {
			d := k >> shift & (1<<11 - 1)
			spare[end[d]] = k
			end[d]++
		}
		keys, spare = spare, keys
	}
	rows := make([]int32, len(keys))
	for i, k := range keys {
		rows[i] = int32(uint32(k))
	}
	return rows
}

// ordered gives bits that compare as the numbers do.
func ordered(x float32) uint32 {
	b := math.Float32bits(x)
	if b>>31 == 1 {
		return ^b
	}
	return b | 1<<31
}
