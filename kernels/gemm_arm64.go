//go:build !noasm

package kernels

//go:noescape
func gemm8x12NEON(a, b, c *float32, ldc, k, add int, ran *uint64)

//go:noescape
func fmaLoopNEON(n int)

// panelWidth is how many columns a panel of B has.
func panelWidth() int {
	if useNEON {
		return neonCols
	}
	return genericPanel
}

const neonRows, neonCols = 8, 12

// block computes the rows r0 to r1 and columns c0 to c1 of C. Tiles at the edges are computed whole, aside.
func (t *gemmTask) block(r0, r1, c0, c1 int) {
	if !useNEON || t.k == 0 {
		t.gemmGo(r0, r1, c0, c1)
		return
	}
	s := scratches.get()
	s.tile.ran = 0
	s.a = grow(s.a, neonRows*(blockK+neonCols))
	a, edge := s.a[:neonRows*blockK], s.a[neonRows*blockK:]
	for k := 0; k < t.k; k += blockK {
		kb := min(blockK, t.k-k)
		b := t.blockB(s, c0, c1, k, kb)
		for r := r0; r < r1; r += neonRows {
			rows := min(neonRows, r1-r)
			t.packA(a, r, rows, k, kb)
			for j := c0; j < c1; j += neonCols {
				cols := min(neonCols, c1-j)
				panel := &b[(j-c0)*kb]
				c := t.c[r*t.ldc+j:]
				add := k > 0 || t.e.Add
				if rows == neonRows && cols == neonCols {
					gemm8x12NEON(&a[0], panel, &c[0], 4*t.ldc, kb, toInt(add), &s.tile.ran)
					continue
				}
				gemm8x12NEON(&a[0], panel, &edge[0], 4*neonCols, kb, 0, &s.tile.ran)
				copyEdge(c, t.ldc, edge, rows, cols, add)
			}
		}
	}
	for r := r0; r < r1; r++ {
		t.finishGo(t.c[r*t.ldc+c0:r*t.ldc+c1], r, c0)
	}
	tiles[2].Add(s.tile.ran)
	scratches.put(s)
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// copyEdge stores the part of a tile that C has.
func copyEdge(c []float32, ldc int, edge []float32, rows, cols int, add bool) {
	for i := range rows {
		for j := range cols {
			x := edge[i*neonCols+j]
			if add {
				x += c[i*ldc+j]
			}
			c[i*ldc+j] = x
		}
	}
}

// blockB gives the panels of a block of B.
func (t *gemmTask) blockB(s *scratch, c0, c1, k0, kb int) []float32 {
	if t.packed != nil {
		return t.packed.panels(&s.b, c0, c1, k0, kb)
	}
	s.b = grow(s.b, kb*roundUp(c1-c0, neonCols))
	packPanels(s.b, t.bTrans, k0, kb, c0, c1, t.b, t.ldb)
	return s.b
}

// packA brings rows of A into the order of the kernel: k after k, the rows side by side, zeros where there is no row.
func (t *gemmTask) packA(dst []float32, r, rows, k0, kb int) {
	rs, cs := t.lda, 1
	if t.layout == TN {
		rs, cs = 1, t.lda
	}
	for k := range kb {
		at := r*rs + (k0+k)*cs
		for i := range neonRows {
			dst[k*neonRows+i] = 0
			if i < rows {
				dst[k*neonRows+i] = t.a[at+i*rs]
			}
		}
	}
}

func packFull([]float32, int, int, []float32, int) int { return 0 }

func packBlocks([]float32, int, int, int, []float32, int) int { return 0 }

// A round of the loop is 24 multiply-adds of 4 numbers.
func ceilingLoops() []fmaCase {
	if len(assemblyFamilies()) == 0 {
		return nil
	}
	return []fmaCase{{"f32 neon", neon, fmaLoopNEON, 24 * 4 * 2}}
}

func triad(dst, x, y []float32, s float32) { triadGo(dst, x, y, s) }
