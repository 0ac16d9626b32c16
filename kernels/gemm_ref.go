package kernels

// This file is the algorithmic reference of the products, and what runs where there is no assembly.

// gemmGo computes one rectangle of C: a chain of multiplications and additions over k for each element, in blocks of
// blockK that are added in order.
func (t *gemmTask) gemmGo(r0, r1, c0, c1 int) {
	scratch := scratches.get()
	sum := grow(scratch.a, c1-c0)
	for i := r0; i < r1; i++ {
		row := t.c[i*t.ldc+c0 : i*t.ldc+c1]
		if !t.e.Add {
			clear(row)
		}
		for k0 := 0; k0 < t.k; k0 += blockK {
			clear(sum)
			for k := k0; k < min(k0+blockK, t.k); k++ {
				t.axpyGo(sum, i, k, c0)
			}
			for j, s := range sum {
				row[j] += s
			}
		}
		t.finishGo(row, i, c0)
	}
	tiles[3].Add(uint64(r1 - r0))
	scratch.a = sum
	scratches.put(scratch)
}

// axpyGo adds A[i,k] B[k,:] to a row. The conversion keeps the compiler from fusing, which would give other bits on other
// processors.
func (t *gemmTask) axpyGo(sum []float32, i, k, c0 int) {
	a := t.a
	at := i*t.lda + k
	if t.layout == TN {
		at = k*t.lda + i
	}
	x := a[at]
	switch {
	case t.packed != nil:
		for j := range sum {
			sum[j] += float32(x * t.packed.at(k, c0+j))
		}
	case t.bTrans:
		for j := range sum {
			sum[j] += float32(x * t.b[(c0+j)*t.ldb+k])
		}
	default:
		b := t.b[k*t.ldb+c0:]
		for j := range sum {
			sum[j] += float32(x * b[j])
		}
	}
}

// finishGo is the epilogue for part of a row of C.
func (t *gemmTask) finishGo(row []float32, i, c0 int) {
	if t.e.Bias != nil {
		for j, b := range t.e.Bias[c0 : c0+len(row)] {
			row[j] += b
		}
	}
	t.afterBias(row, i, c0)
}

// gelu applies GELU or GELUGrad to part of row i of C, which begins at column c0. It has more numbers under way than registers are left
// beside a tile's sums, so it is done to rows that have just been stored and lie in the cache of the first level.
func (t *gemmTask) gelu(row []float32, i, c0 int) {
	var pre []float32
	if t.e.Pre != nil {
		pre = t.e.Pre[i*t.ldc+c0:][:len(row)]
	}
	switch t.e.Act {
	case GELU:
		copy(pre, row)
		lanes(opGelu, row, row, nil, nil, 0, 0)
	case GELUGrad:
		lanes(opGeluGrad, row, row, pre, nil, 0, 0)
	}
}

// afterBias is what an epilogue does once the bias is added.
func (t *gemmTask) afterBias(row []float32, i, c0 int) {
	e := &t.e
	switch e.Act {
	case ReLU:
		for j, x := range row {
			if x < 0 {
				row[j] = 0
			}
		}
	case LeakyReLU:
		for j, x := range row {
			if signbit(x) {
				row[j] = e.Slope * x
			}
		}
	case GELU, GELUGrad:
		t.gelu(row, i, c0)
	}
	if e.Drop != nil {
		scale := e.Drop.scale()
		for j := range row {
			if e.Drop.keeps(uint64(i*t.n + c0 + j)) {
				row[j] *= scale
			} else {
				row[j] *= 0
			}
		}
	}
	if e.ColSums != nil {
		sums := t.sums[i/sumRows*t.n+c0:]
		for j, x := range row {
			sums[j] += x
		}
	}
}
