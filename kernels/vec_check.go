package kernels

import "fmt"

// check1 panics unless x has as many numbers as dst.
func check1(op string, dst, x []float32) {
	if len(x) != len(dst) {
		panic(fmt.Sprintf("kernels: %s of %d into %d numbers", op, len(x), len(dst)))
	}
}

// check2 panics unless a and b have as many numbers as dst.
func check2(op string, dst, a, b []float32) {
	if len(a) != len(dst) || len(b) != len(dst) {
		panic(fmt.Sprintf("kernels: %s of %d and %d into %d numbers", op, len(a), len(b), len(dst)))
	}
}

// checkMatrix panics unless x is a matrix of rows and cols.
func checkMatrix(op string, x []float32, rows, cols int) {
	if rows < 0 || cols < 0 || len(x) != rows*cols {
		panic(fmt.Sprintf("kernels: %s of [%d %d] with %d numbers", op, rows, cols, len(x)))
	}
}

// checkSide panics unless something that goes with a matrix has n numbers, one for each row or column.
func checkSide(op, side string, got, n, rows, cols int) {
	if got != n {
		panic(fmt.Sprintf("kernels: %s of [%d %d] with %d numbers of %s", op, rows, cols, got, side))
	}
}
