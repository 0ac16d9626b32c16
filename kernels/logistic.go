package kernels

import (
	"fmt"
	"math"
)

// LogisticTile is how many rows of a column lie together for [Logistic].
const LogisticTile = 32

// logisticMost is the most rows of a call: the product of their 1 + exp(-|z|) stays finite.
const logisticMost = 512

// logisticTiles is what the kernel is told, and what it adds to.
type logisticTiles struct {
	x, y, w, lanes *float64
	cols, tiles    int
	loss, product  [4]float64
}

// Logistic gives the sum over rows of the losses of a logistic regression, log(1 + exp(z)) - y z, and its gradient [D], where z is the row times
// the weights w [D], and y [N], at most 512, are 0 or 1. x is [tiles][D][32]: tiles of [LogisticTile] rows, the last one filled up
// with zeros. lanes [4 D] is scratch. avx2 and avx512 agree bit for bit, and so do neon and generic, whose products are not fused with their sums.
func Logistic(grad, lanes, x, y, w []float64) (loss float64) {
	n, d := len(y), len(w)
	tiles := n / LogisticTile
	size := d * LogisticTile
	if n > logisticMost || len(grad) < d || len(lanes) < 4*d || len(x) < (n+LogisticTile-1)/LogisticTile*size {
		panic(fmt.Sprintf("kernels: Logistic: %d rows, %d columns, x of %d, gradient of %d, lanes of %d", n, d, len(x), len(grad), len(lanes)))
	}
	if n == 0 || d == 0 {
		clear(grad[:d])
		return float64(n) * math.Ln2
	}
	lanes = lanes[:4*d]
	clear(lanes)
	t := logisticTiles{cols: d, product: [4]float64{1, 1, 1, 1}}
	if tiles > 0 && useAVX2 {
		t.x, t.y, t.w, t.lanes, t.tiles = &x[0], &y[0], &w[0], &lanes[0], tiles
		logisticAssembly(&t)
	} else {
		for i := range tiles {
			t.tile(lanes, x[i*size:(i+1)*size], y[i*LogisticTile:(i+1)*LogisticTile], w)
		}
	}
	if rest := tiles * LogisticTile; rest < n {
		t.tile(lanes, x[tiles*size:(tiles+1)*size], y[rest:], w)
	}
	for j := range d {
		l := lanes[4*j : 4*j+4]
		grad[j] = (l[0] + l[1]) + (l[2] + l[3])
	}
	l, p := &t.loss, &t.product
	return (l[0] + l[1]) + (l[2] + l[3]) + math.Log(p[0]*p[1]*(p[2]*p[3]))
}

// tile is the reference: it adds up to 32 rows. The conversions keep compilers from fusing products with sums, so that it has the same bits
// everywhere.
func (t *logisticTiles) tile(lanes, x, y, w []float64) {
	var z [LogisticTile]float64
	for j, v := range w {
		for i, u := range (*[LogisticTile]float64)(x[j*LogisticTile:]) {
			z[i] += float64(u * v)
		}
	}
	for i, v := range y {
		var loss, factor float64
		z[i], loss, factor = logisticRow(z[i], v)
		t.loss[i%4] += loss
		t.product[i%4] *= factor
	}
	clear(z[len(y):])
	for j := range w {
		column, l := (*[LogisticTile]float64)(x[j*LogisticTile:]), (*[4]float64)(lanes[4*j:])
		a, b, c, d := l[0], l[1], l[2], l[3]
		for i := 0; i < LogisticTile; i += 4 {
			a += float64(column[i] * z[i])
			b += float64(column[i+1] * z[i+1])
			c += float64(column[i+2] * z[i+2])
			d += float64(column[i+3] * z[i+3])
		}
		l[0], l[1], l[2], l[3] = a, b, c, d
	}
}

// The logarithm of 2 in two parts, of which the first one has so few digits that a multiple of it is exact (FreeBSD's e_exp.c).
const (
	ln2First = 6.93147180369123816490e-01
	ln2Rest  = 1.90821492927058770002e-10
)

// expTerms are the Taylor series of exp, 1/n!.
var expTerms = func() (terms [14]float64) {
	factorial := 1.0
	for n := range terms {
		factorial *= float64(max(1, n))
		terms[n] = 1 / factorial
	}
	return terms
}()

// logisticRow gives the derivative of a row's loss by its logit z, and the loss in two parts: one number to be added and one to be multiplied with
// those of other rows, whose product's logarithm is to be added. A logarithm takes longer than all the rest.
func logisticRow(z, y float64) (derivative, loss, factor float64) {
	x := max(-math.Abs(z), -708) // beyond, exp is not normal
	shifted := float64(x*math.Log2E) + (0x1.8p52 + 1023)
	k := shifted - (0x1.8p52 + 1023)
	x -= float64(k * ln2First)
	x -= float64(k * ln2Rest)
	odd, even, square := expTerms[13], expTerms[12], float64(x*x) // two chains are twice as fast as one
	for n := 11; n > 0; n -= 2 {
		odd, even = float64(odd*square)+expTerms[n], float64(even*square)+expTerms[n-1]
	}
	e := float64(odd*x) + even
	e = float64(e * math.Float64frombits(math.Float64bits(shifted)<<52))
	factor = 1 + e
	sigmoid := 1 / factor
	if math.Signbit(z) {
		sigmoid = float64(sigmoid * e)
	}
	return sigmoid - y, max(z, 0) - float64(z*y), factor
}
