package synthcity

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"example.org/cohort/kernels"
)

const (
	// tile is the side of a square of pairs: 256 KB of float32, which stay in the cache of the second level.
	tile = 256
	// mostStrips bounds the strips of rows that a coupling is cut into, each of which keeps sums of all columns.
	mostStrips = 64
	// A tile is computed in float32 where half the squared norms, over the temperature, stay below this: the exponents
	// are then exact to 2^-11, and the errors have either sign.
	float32Reach = 1 << 13
	// Sums outside these bounds have lost digits to float32's range, and are computed again by themselves.
	leastSum, mostSum = 1e-20, 1e30
)

// A coupling is one of the three problems of transport: real to synthetic rows, and each table to itself.
//
// With the potentials f [n] and g [m] that it holds, softmin gives
//
//	f'_i = -eps log sum_j exp((g_j - C_ij)/eps) / m,    g'_j = -eps log sum_i exp((f_i - C_ij)/eps) / n.
//
// Both come from one exponential per pair, P_ij = exp((f_i + g_j - C_ij)/eps), for f'_i = f_i - eps log sum_j P_ij / m. That
// also keeps the exponents near 0, where float32 has its range: P is nearly the plan of the last temperature.
type coupling struct {
	a, b       *cloud
	f, g       []float64 // potentials; one slice where a is b
	rows, cols []float64 // sums of P over the columns [n] and the rows [m]
	strips     []strip
	eps        float64
	u, v       []float64 // (f_i - |a_i|^2/2) / eps and its like for b
	bias       []float32 // v
}

// A strip is some tiles of rows; begin and end count tiles.
type strip struct {
	begin, end int
	cols       []float64 // [m] sums over the strip's rows
}

func newCoupling(a, b *cloud) *coupling {
	c := &coupling{a: a, b: b, f: make([]float64, a.n), rows: make([]float64, a.n), u: make([]float64, a.n),
		cols: make([]float64, b.n), v: make([]float64, b.n), bias: make([]float32, b.n)}
	if c.g = c.f; a != b {
		c.g = make([]float64, b.n)
	}
	each := (len(a.packed) + mostStrips - 1) / mostStrips
	for at := 0; at < len(a.packed); at += each {
		c.strips = append(c.strips, strip{begin: at, end: min(at+each, len(a.packed)), cols: make([]float64, b.n)})
	}
	return c
}

// soften computes the sums of all couplings at one temperature, strips side by side.
func soften(ctx context.Context, eps float64, all []*coupling) error {
	p := pass{ctx: ctx}
	for _, c := range all {
		c.ready(eps)
		for i := range c.strips {
			p.of, p.strip = append(p.of, c), append(p.strip, &c.strips[i])
		}
	}
	kernels.Run(&p, len(p.of))
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, c := range all {
		c.gather()
	}
	return nil
}

// A pass is the work of soften: one chunk for each strip.
type pass struct {
	ctx   context.Context
	of    []*coupling
	strip []*strip
}

// Chunk does one strip.
func (p *pass) Chunk(i int) {
	if p.ctx.Err() == nil {
		p.of[i].sum(p.strip[i])
	}
}

// ready sets what all tiles share.
func (c *coupling) ready(eps float64) {
	c.eps = eps
	for i, f := range c.f {
		c.u[i] = (f - c.a.half[i]) / eps
	}
	for j, g := range c.g {
		c.v[j] = (g - c.b.half[j]) / eps
		c.bias[j] = float32(c.v[j])
	}
	clear(c.rows)
	for _, s := range c.strips {
		clear(s.cols)
	}
}

// sum adds up the tiles of a strip. Of a coupling of a table to itself only the tiles on and right of the diagonal are
// computed: the sums of their columns are those of the rows on the other side.
func (c *coupling) sum(s *strip) {
	left := make([]float32, tile*(c.a.d+1))
	p, rows, cols := make([]float32, tile*tile), make([]float32, tile), make([]float32, tile)
	for r := s.begin; r < s.end; r++ {
		c.left(left, r)
		first := 0
		if c.a == c.b {
			first = r
		}
		n := min(tile, c.a.n-r*tile)
		for q := first; q < len(c.b.packed); q++ {
			m := min(tile, c.b.n-q*tile)
			part := p[:n*m]
			c.exponents(part, left, r, q)
			kernels.Exp(part, part)
			kernels.RowSums(rows[:n], part, n, m)
			addWide(c.rows[r*tile:], rows[:n])
			if c.a != c.b || q > r {
				kernels.ColSums(cols[:m], part, n, m)
				addWide(s.cols[q*tile:], cols[:m])
			}
		}
	}
}

// left sets the left side of the products of a tile of rows: u, then the points over the temperature.
func (c *coupling) left(dst []float32, r int) {
	k := c.a.d + 1
	for i := range min(tile, c.a.n-r*tile) {
		at := r*tile + i
		dst[i*k] = float32(c.u[at])
		for j, v := range c.a.x[at*c.a.d : (at+1)*c.a.d] {
			dst[i*k+1+j] = float32(v / c.eps)
		}
	}
}

// exponents sets dst to u_i + v_j + a_i b_j / eps for a tile of pairs, which is (f_i + g_j - C_ij) / eps. Where the three
// are so large that float32 would lose their sum it is taken in float64.
func (c *coupling) exponents(dst, left []float32, r, q int) {
	n, m := min(tile, c.a.n-r*tile), min(tile, c.b.n-q*tile)
	if max(c.a.far[r], c.b.far[q]) < float32Reach*c.eps {
		kernels.GemmPacked(kernels.NN, n, left, c.a.d+1, c.b.packed[q], dst, m, &kernels.Epilogue{Bias: c.bias[q*tile : q*tile+m]})
		return
	}
	for i := range n {
		for j := range m {
			dst[i*m+j] = float32(c.exponent(r*tile+i, q*tile+j))
		}
	}
}

// exponent is (f_i + g_j - C_ij) / eps.
func (c *coupling) exponent(i, j int) float64 {
	x, y := c.a.x[i*c.a.d:(i+1)*c.a.d], c.b.x[j*c.a.d:(j+1)*c.a.d]
	cost := 0.0
	for k, v := range x {
		cost += (v - y[k]) * (v - y[k])
	}
	return (c.f[i] + c.g[j] - cost/2) / c.eps
}

// gather turns sums into their logarithms: the strips are added in their order, and what float32 could not hold is computed
// again.
func (c *coupling) gather() {
	clear(c.cols)
	for _, s := range c.strips {
		floats.Add(c.cols, s.cols)
	}
	if c.a == c.b {
		floats.Add(c.rows, c.cols)
		clear(c.cols)
	}
	kernels.Run(&logarithms{c}, len(c.a.packed)+len(c.b.packed))
}

// logarithms is a task: chunks are tiles of rows, then tiles of columns.
type logarithms struct{ c *coupling }

// Chunk does one tile.
func (l *logarithms) Chunk(i int) {
	c, at := l.c, i*tile
	if i < len(c.a.packed) {
		for i := at; i < min(at+tile, c.a.n); i++ {
			c.rows[i] = logSum(c.rows[i], c.b.n, func(j int) float64 { return c.exponent(i, j) })
		}
		return
	}
	if at -= len(c.a.packed) * tile; c.a == c.b {
		return
	}
	for j := at; j < min(at+tile, c.b.n); j++ {
		c.cols[j] = logSum(c.cols[j], c.a.n, func(i int) float64 { return c.exponent(i, j) })
	}
}

// logSum is the logarithm of a sum of n exponentials, from the sum itself where that has all of its digits.
func logSum(sum float64, n int, exponent func(i int) float64) float64 {
	if sum > leastSum && sum < mostSum {
		return math.Log(sum)
	}
	exponents := make([]float64, n)
	for i := range exponents {
		exponents[i] = exponent(i)
	}
	return floats.LogSumExp(exponents)
}

// accept moves the potentials by a share of the way to their softmins.
func (c *coupling) accept(share float64) {
	move := func(potential, logs []float64, others int) {
		for i, l := range logs {
			potential[i] -= share * c.eps * (l - math.Log(float64(others)))
		}
	}
	move(c.f, c.rows, c.b.n)
	if c.a != c.b {
		move(c.g, c.cols, c.a.n)
	}
}

// addWide adds numbers of float32 to sums of float64.
func addWide(sums []float64, x []float32) {
	for i, v := range x {
		sums[i] += float64(v)
	}
}
