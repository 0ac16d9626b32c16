package synthcity

import (
	"math"
	"sort"

	"example.org/cohort/internal/numpy"
	"example.org/cohort/internal/run"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	kMeansSteps     = 300
	kMeansTolerance = 1e-4 // of the mean variance of the columns
	strideRows      = 256  // rows that are summed one after the other, as in the peer
)

// A clustering parts rows among K centres.
type clustering struct {
	centres [][]float64 // [K][D]
	label   []int       // [N]
	inertia float64     // sum of squared distances from the centres
}

// kMeans is KMeans(k, init="k-means++", n_init=tries) of scikit-learn 1.3 to 1.9: its random numbers, its seeding, Lloyd's steps
// and its ends. It gives the same labels but for what hangs on the last bits of a sum: a row midway between two centres when there are so
// many rows that the peer's threads add them up in an order of their own, or the order in which two clusters that are empty in one
// step get a new row.
func kMeans(x *mat.Dense, k, tries int, r *numpy.RandomState) clustering {
	n, cols := x.Dims()
	mean := make([]float64, cols)
	for i := range n {
		floats.Add(mean, x.RawRowView(i))
	}
	for j := range mean {
		mean[j] /= float64(n) // not times 1/n: midway must stay midway
	}
	centred := mat.NewDense(n, cols, nil)
	variance := 0.0
	for i := range n {
		row := centred.RawRowView(i)
		floats.SubTo(row, x.RawRowView(i), mean)
		variance += floats.Dot(row, row) / float64(n)
	}
	tolerance := kMeansTolerance * variance / float64(cols)
	var best clustering
	for try := range tries {
		c := clustering{centres: seedCentres(centred, k, r), label: make([]int, n)}
		c.lloyd(centred, tolerance)
		if try == 0 || c.inertia < best.inertia && !sameClusters(c.label, best.label, k) {
			best = c
		}
	}
	for _, centre := range best.centres {
		floats.Add(centre, mean)
	}
	return best
}

// seedCentres is k-means++ (Arthur and Vassilvitskii, 2007) with the best of several candidates for each centre.
func seedCentres(x *mat.Dense, k int, r *numpy.RandomState) [][]float64 {
	n := x.RawMatrix().Rows
	equal := make([]float64, n)
	for i := range equal {
		equal[i] = 1 / float64(n)
	}
	first := x.RawRowView(r.ChoiceWeighted(equal))
	centres := [][]float64{append([]float64(nil), first...)}
	closest := squaredFrom(x, first, nil)
	cumulative := make([]float64, n)
	candidates := make([]float64, 2+int(math.Log(float64(k))))
	for len(centres) < k {
		floats.CumSum(cumulative, closest)
		for i := range candidates {
			candidates[i] = r.RandomSample()
		}
		var bestRow int
		var best []float64
		for _, u := range candidates {
			row := min(sort.SearchFloat64s(cumulative, u*cumulative[n-1]), n-1)
			if d := squaredFrom(x, x.RawRowView(row), closest); best == nil || floats.Sum(d) < floats.Sum(best) {
				bestRow, best = row, d
			}
		}
		closest = best
		centres = append(centres, append([]float64(nil), x.RawRowView(bestRow)...))
	}
	return centres
}

// squaredFrom gives the squared distances of the rows from a point, or those of most where they are less.
func squaredFrom(x *mat.Dense, point, most []float64) []float64 {
	d := make([]float64, x.RawMatrix().Rows)
	for i := range d {
		limit := math.Inf(1)
		if most != nil {
			limit = most[i]
		}
		d[i] = min(limit, squaredUpTo(x.RawRowView(i), point, limit))
	}
	return d
}

// lloyd moves the centres until no row changes its cluster, or they hardly move.
func (c *clustering) lloyd(x *mat.Dense, tolerance float64) {
	before := make([]int, len(c.label))
	for i := range before {
		before[i] = -1
	}
	l := newLeads(x)
	for range kMeansSteps {
		assign(x, c.centres, c.label, l)
		old := c.centres
		moved := c.moveCentres(x)
		l.move(old, c.centres, c.label)
		same := true
		for i, l := range c.label {
			same = same && l == before[i]
		}
		if same {
			break
		}
		if moved <= tolerance {
			assign(x, c.centres, c.label, l)
			break
		}
		copy(before, c.label)
	}
	for i, l := range c.label {
		c.inertia += squaredUpTo(x.RawRowView(i), c.centres[l], math.Inf(1))
	}
}

// assign gives each row the nearest centre. Whole numbers often lie midway between two centres, and then the last bit decides:
// so |c|^2 - 2xc is compared, which is what the peer computes, with the multiply-adds of its product of matrices. Rows with a
// lead keep their label.
func assign(x *mat.Dense, centres [][]float64, label []int, l *leads) {
	norm := make([]float64, len(centres))
	for k, centre := range centres {
		norm[k] = pairedNorm(centre)
	}
	run.Parallel(strips(len(label)), func(strip int) {
		products := make([]float64, len(centres))
		for i := strip * stripRows; i < min(len(label), (strip+1)*stripRows); i++ {
			if l.lead[i] > l.least {
				continue
			}
			multiply(x.RawRowView(i), centres, products)
			nearest, second := math.Inf(1), math.Inf(1)
			for k, product := range products {
				if d := math.FMA(-2, product, norm[k]); d < nearest {
					nearest, second, label[i] = d, nearest, k
				} else {
					second = min(second, d)
				}
			}
			l.lead[i] = math.Sqrt(max(0, second+l.norm[i])) - math.Sqrt(max(0, nearest+l.norm[i]))
		}
	})
}

// multiply gives the products of a row with all centres, each summed in order; four are under way at a time, for a sum waits for its
// last term.
func multiply(row []float64, centres [][]float64, products []float64) {
	k := 0
	for ; k+4 <= len(centres); k += 4 {
		a, b, c, d := centres[k][:len(row)], centres[k+1][:len(row)], centres[k+2][:len(row)], centres[k+3][:len(row)]
		var sa, sb, sc, sd float64
		for j, v := range row {
			sa, sb = math.FMA(v, a[j], sa), math.FMA(v, b[j], sb)
			sc, sd = math.FMA(v, c[j], sc), math.FMA(v, d[j], sd)
		}
		products[k], products[k+1], products[k+2], products[k+3] = sa, sb, sc, sd
	}
	for ; k < len(centres); k++ {
		sum := 0.0
		for j, v := range row {
			sum = math.FMA(v, centres[k][j], sum)
		}
		products[k] = sum
	}
}

// pairedNorm is the squared length of x, summed as numpy.einsum does: even and odd places apart, of each eight the last pair
// first.
func pairedNorm(x []float64) float64 {
	var even, odd float64
	at := 0
	for ; at+8 <= len(x); at += 8 {
		for pair := at + 6; pair >= at; pair -= 2 {
			even += float64(x[pair] * x[pair])
			odd += float64(x[pair+1] * x[pair+1])
		}
	}
	for ; at < len(x); at++ {
		if at%2 == 0 {
			even += float64(x[at] * x[at])
		} else {
			odd += float64(x[at] * x[at])
		}
	}
	return even + odd
}

// moveCentres moves each centre to the mean of its rows and gives the sum of squared moves.
func (c *clustering) moveCentres(x *mat.Dense) (moved float64) {
	sums, count := make([][]float64, len(c.centres)), make([]float64, len(c.centres))
	for k := range sums {
		sums[k] = make([]float64, x.RawMatrix().Cols)
	}
	for first := 0; first < len(c.label); first += strideRows {
		part := make([][]float64, len(sums))
		for i := first; i < min(first+strideRows, len(c.label)); i++ {
			l := c.label[i]
			if part[l] == nil {
				part[l] = make([]float64, len(sums[l]))
			}
			floats.Add(part[l], x.RawRowView(i))
			count[l]++
		}
		for k, p := range part {
			if p != nil {
				floats.Add(sums[k], p)
			}
		}
	}
	c.fillEmpty(x, sums, count)
	for k, sum := range sums {
		if count[k] > 0 {
			floats.Scale(1/count[k], sum)
		}
		moved += squaredUpTo(sum, c.centres[k], math.Inf(1))
	}
	c.centres = sums
	return moved
}

// fillEmpty gives clusters without rows the rows that are farthest from their centres.
func (c *clustering) fillEmpty(x *mat.Dense, sums [][]float64, count []float64) {
	var empty []int
	for k, n := range count {
		if n == 0 {
			empty = append(empty, k)
		}
	}
	if empty == nil {
		return
	}
	far := make([]float64, len(c.label))
	for i, l := range c.label {
		far[i] = -squaredUpTo(x.RawRowView(i), c.centres[l], math.Inf(1))
	}
	order := make([]int, len(far))
	floats.ArgsortStable(far, order)
	if far[0] == 0 {
		return
	}
	for i, k := range empty {
		row, from := x.RawRowView(order[i]), c.label[order[i]]
		floats.Sub(sums[from], row)
		count[from]--
		copy(sums[k], row)
		count[k] = 1
	}
}

// sameClusters tells whether two labellings differ in the names of the clusters alone.
func sameClusters(a, b []int, k int) bool {
	name := make([]int, k)
	for i := range name {
		name[i] = -1
	}
	for i, l := range a {
		if name[l] < 0 {
			name[l] = b[i]
		}
		if name[l] != b[i] {
			return false
		}
	}
	return true
}
