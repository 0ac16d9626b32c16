package synthcity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/kernels"
)

// The settings of the peer's SamplesLoss("sinkhorn"): the blur is the scale below which points are not told apart, and the
// scaling is what the blur shrinks by from one step to the next.
const (
	sinkhornBlur    = 0.05
	sinkhornScaling = 0.5
)

// ErrOnePoint is what [Sinkhorn] says of two tables that are one and the same point: the annealing has no first scale.
var ErrOnePoint = errors.New("synthcity: sinkhorn: every row of both tables is the same point")

// Sinkhorn gives the debiased Sinkhorn divergence of two clouds of points, x [N, D] and y [M, D], each row of a cloud
// weighing the same: what SamplesLoss("sinkhorn") of geomloss 0.3.1 gives with p = 2, blur = .05 and scaling = .5
// (Feydy et al., 2019; symmetric updates, one step at each temperature, and a last one that is not averaged). Costs are
// half the squared distances, so the number is about half the squared Wasserstein distance, and no distance itself. In
// at most three dimensions and above 10^8 pairs geomloss cuts pairs off; this function does not.
//
// Exponentials are taken in float32, their logarithms in float64: the result is within 2e-7 of its size, and within 1e-7 where both
// clouds fill about the same box. No matrix of all pairs is kept, and the number of threads changes no bit.
// The error is ctx's, ErrOnePoint, or says that a table has no rows, no columns or a number that is not finite.
func Sinkhorn(ctx context.Context, x, y *mat.Dense) (float64, error) {
	if err := checkClouds(x, y); err != nil {
		return 0, err
	}
	temperatures, err := annealing(diameter(x, y))
	if err != nil {
		return 0, err
	}
	centre := columnMeans(x)
	a, b := newCloud(x, centre), newCloud(y, centre)
	cross, selfA, selfB := newCoupling(a, b), newCoupling(a, a), newCoupling(b, b)
	all := []*coupling{cross, selfA, selfB}
	// The first potentials are those that no potential at all leads to.
	if err := soften(ctx, temperatures[0], all); err != nil {
		return 0, err
	}
	for _, c := range all {
		c.accept(1)
	}
	for _, eps := range temperatures {
		if err := soften(ctx, eps, all); err != nil {
			return 0, err
		}
		for _, c := range all {
			c.accept(0.5)
		}
	}
	if err := soften(ctx, temperatures[len(temperatures)-1], all); err != nil {
		return 0, err
	}
	for _, c := range all {
		c.accept(1)
	}
	ofX := (floats.Sum(cross.f) - floats.Sum(selfA.f)) / float64(a.n)
	ofY := (floats.Sum(cross.g) - floats.Sum(selfB.f)) / float64(b.n)
	return ofX + ofY, nil
}

// checkClouds tells whether x and y are rows of as many finite numbers.
func checkClouds(x, y *mat.Dense) error {
	if x.IsEmpty() || y.IsEmpty() {
		return errors.New("synthcity: sinkhorn: a table without rows or columns")
	}
	_, d := x.Dims()
	for side, t := range []*mat.Dense{x, y} {
		name := []string{"real", "synthetic"}[side]
		n, cols := t.Dims()
		if cols != d {
			return fmt.Errorf("synthcity: sinkhorn: the real table has %d columns, the synthetic one %d", d, cols)
		}
		for i := range n {
			for j, v := range t.RawRowView(i) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Errorf("synthcity: sinkhorn: row %d of the %s table, column %d: missing or infinite", i+1, name, j+1)
				}
			}
		}
	}
	return nil
}

// diameter is the diagonal of the box around both clouds.
func diameter(x, y *mat.Dense) float64 {
	low, high := slices.Clone(x.RawRowView(0)), slices.Clone(x.RawRowView(0))
	for _, t := range []*mat.Dense{x, y} {
		n, _ := t.Dims()
		for i := range n {
			for j, v := range t.RawRowView(i) {
				low[j], high[j] = min(low[j], v), max(high[j], v)
			}
		}
	}
	return floats.Distance(high, low, 2)
}

// annealing lists the temperatures: the squared diameter, then from there on a quarter each time while above the squared
// blur, and that at last. The first one comes twice, as in geomloss.
func annealing(diameter float64) ([]float64, error) {
	if diameter == 0 {
		return nil, ErrOnePoint
	}
	first, last, step := 2*math.Log(diameter), 2*math.Log(sinkhornBlur), 2*math.Log(sinkhornScaling)
	list := []float64{diameter * diameter}
	for i := range max(0, int(math.Ceil((last-first)/step))) {
		list = append(list, math.Exp(first+float64(i)*step))
	}
	return append(list, sinkhornBlur*sinkhornBlur), nil
}

func columnMeans(x *mat.Dense) []float64 {
	n, d := x.Dims()
	mean := make([]float64, d)
	for i := range n {
		floats.Add(mean, x.RawRowView(i))
	}
	floats.Scale(1/float64(n), mean)
	return mean
}

// A cloud is the points of one table in the forms that products need.
type cloud struct {
	n, d   int
	x      []float64         // [n, d], about the centre
	half   []float64         // [n] half the squared norms
	far    []float64         // [tiles] the largest of half in each tile
	packed []*kernels.Packed // [tiles] of [d+1, tile]: a row of ones, then the points
}

// newCloud puts points in order of their distance from the centre, so that few tiles hold far ones.
func newCloud(points *mat.Dense, centre []float64) *cloud {
	n, d := points.Dims()
	c := &cloud{n: n, d: d}
	order, norm := make([]int, n), make([]float64, n)
	for i := range n {
		order[i] = i
		for j, v := range points.RawRowView(i) {
			norm[i] += (v - centre[j]) * (v - centre[j]) / 2
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(norm[i], norm[j]) })
	c.x, c.half = make([]float64, c.n*c.d), make([]float64, c.n)
	for to, from := range order {
		floats.SubTo(c.x[to*c.d:(to+1)*c.d], points.RawRowView(from), centre)
		c.half[to] = norm[from]
	}
	c.pack()
	return c
}

// pack readies the tiles of points that stand on the right side of a product.
func (c *cloud) pack() {
	k := c.d + 1
	for at := 0; at < c.n; at += tile {
		n := min(tile, c.n-at)
		right := make([]float32, n*k)
		for i := range n {
			right[i*k] = 1
			for j, v := range c.x[(at+i)*c.d : (at+i+1)*c.d] {
				right[i*k+1+j] = float32(v)
			}
		}
		p := new(kernels.Packed)
		p.Pack(kernels.NT, k, n, right, k)
		c.packed = append(c.packed, p)
		c.far = append(c.far, c.half[at+n-1])
	}
}
