package baseline

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/internal/tree"
	"example.org/cohort/table/encode"
)

const (
	// lineRows bounds the rows from which the weights of a line are learned, and lineFolds is how often over, each time without some persons.
	lineRows, lineFolds = 10_000, 4
	// leastRows is how many rows with a number a line needs, and leastTold the part of the variance of persons held out that it must tell.
	leastRows, leastTold = 100, 0.1
)

// lineRidges are what the error on persons held out chooses from, in rows.
var lineRidges = []float64{10, 100, 1000}

// addLines fits a line to each number that one tells, and adds to the columns of the table the residuals of the lines, and then what they tell.
func (l *learner) addLines(ctx context.Context, enc *encode.Encoder, order []int32) error {
	all, sizes := l.candidates(enc, order)
	good := make([]bool, len(all))
	run.Parallel(len(all), func(i int) { good[i] = ctx.Err() == nil && l.fitLine(all[i], sizes[i]) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, x := range all {
		if good[i] {
			l.lines = append(l.lines, x)
		}
	}
	var levels []tree.Column
	for i, x := range l.lines {
		if x.place(i, len(l.lines), len(l.vars)); x.V == l.target {
			l.residual = x.res
		}
		residuals, level := x.columns(l.d, l.seed, l.d.people/l.leaf)
		l.d.x, levels = append(l.d.x, residuals), append(levels, level)
		l.d.prior = append(l.d.prior, append([]float64{0}, x.Share...))
		l.forests = append(l.forests, forest{Columns: append(slices.Clone(l.forests[x.V].Columns), x.level)})
		l.order = slices.Insert(l.order, slices.Index(l.order, x.V)+1, x.res)
	}
	l.d.x = append(l.d.x, levels...)
	return nil
}

// candidates gives the lines that there may be, and the numbers of their weights. Only trees have lines beside them.
func (l *learner) candidates(enc *encode.Encoder, order []int32) (all []*line, sizes []int) {
	for _, v := range order {
		if l.whole || len(l.forests[v].Columns) == 0 || l.like != nil && l.like.likeLine(v) == nil {
			continue
		}
		if x, size := newLine(enc, l.forests[v].Columns, v); x != nil {
			all, sizes = append(all, x), append(sizes, size)
		}
	}
	return all, sizes
}

// fitLine learns the weights, and what lines tell that have not learned a person. It is false where they tell too little.
func (l *learner) fitLine(x *line, size int) bool {
	fold := make([]int8, l.d.people)
	for i, p := range l.shuffled(rng.LineFolds, uint64(x.V)) {
		fold[p] = int8(i % lineFolds)
	}
	var rows []int32
	for i, c := range l.d.x[x.V].Codes {
		if int(c) > x.own.gaps {
			rows = append(rows, int32(i))
		}
	}
	if len(rows) < leastRows {
		return false
	}
	step := (len(rows) + lineRows - 1) / lineRows
	g := newGrams(size)
	row := make([]uint16, len(l.d.x))
	for k := 0; k < len(rows); k += step {
		l.d.row(rows[k], row)
		g.add(x, row, x.y(row), int(fold[l.personOf(rows[k])]))
	}
	folds, told := g.solve()
	if folds == nil || told < leastTold {
		return false
	}
	x.folded, x.Weights = make([]float64, l.d.rows()), folds[lineFolds]
	for i := range x.folded {
		x.folded[i] = math.NaN()
	}
	var some []int32
	for k, i := range rows {
		l.d.row(i, row)
		if k%step == 0 {
			some = append(some, i)
			x.folded[i] = x.straight(folds[fold[l.personOf(i)]], row)
		} else {
			x.folded[i] = x.straight(x.Weights, row)
		}
	}
	if l.d.person != nil { // a leaf of a boosted tree counts rows: one person may have them all
		return true
	}
	l.bendLine(x, rows, some, func(i int32) int { return int(fold[l.personOf(i)]) }, folds)
	return true
}

func (l *learner) personOf(row int32) int32 {
	if l.d.person != nil {
		return l.d.person[row]
	}
	return row
}

// y is the normal score of a row that has a number.
func (x *line) y(row []uint16) float64 {
	return x.own.mid[x.cellOf(row)]
}

func (x *line) cellOf(row []uint16) int {
	fine := uint16(0)
	if x.parts > 1 {
		fine = row[x.V+1]
	}
	return x.own.cell(row[x.V], fine)
}

// grams are sums of products of features and of y, by fold. P features.
type grams struct {
	size   int
	xx     [lineFolds][]float64 // P x P, upper
	xy     [lineFolds][]float64
	yy, y1 [lineFolds]float64
	n      [lineFolds]float64
	at     []int
	value  []float64
}

func newGrams(size int) *grams {
	g := &grams{size: size}
	for f := range lineFolds {
		g.xx[f], g.xy[f] = make([]float64, size*size), make([]float64, size)
	}
	return g
}

// add counts a row.
func (g *grams) add(l *line, row []uint16, y float64, fold int) {
	g.at, g.value = g.at[:0], g.value[:0]
	l.each(row, func(i int, x float64) { g.at, g.value = append(g.at, i), append(g.value, x) })
	xx, xy := g.xx[fold], g.xy[fold]
	for a, i := range g.at {
		x := g.value[a]
		xy[i] += float64(x * y)
		for b, j := range g.at[a:] {
			xx[i*g.size+j] += float64(x * g.value[a+b])
		}
	}
	g.yy[fold] += float64(y * y)
	g.y1[fold] += y
	g.n[fold]++
}

// solve gives the weights without each fold, and then of all, of the ridge that leaves the least error in the folds, and the part of the variance
// that it tells there.
func (g *grams) solve() (best [][]float64, told float64) {
	least := math.Inf(1)
	variance, mean, n := 0.0, 0.0, 0.0
	for f := range lineFolds {
		variance, mean, n = variance+g.yy[f], mean+g.y1[f], n+g.n[f]
	}
	variance -= float64(mean*mean) / n
	for _, ridge := range lineRidges {
		var all [][]float64
		sum := 0.0
		for f := range lineFolds + 1 {
			w := g.without(f, ridge)
			if w == nil {
				return nil, 0
			}
			all = append(all, w)
			if f < lineFolds {
				sum += g.error(w, f)
			}
		}
		if sum < least {
			least, best = sum, all
		}
	}
	return best, 1 - least/variance
}

// without solves the normal equations of all folds but one. The weights are rounded, so that the order of sums in a library does not matter.
func (g *grams) without(fold int, ridge float64) []float64 {
	a, b, n := mat.NewSymDense(g.size, nil), mat.NewVecDense(g.size, nil), 0.0
	for f := range lineFolds {
		if f == fold {
			continue
		}
		n += g.n[f]
		for i := range g.size {
			b.SetVec(i, b.AtVec(i)+g.xy[f][i])
			for j := i; j < g.size; j++ {
				a.SetSym(i, j, a.At(i, j)+g.xx[f][i*g.size+j])
			}
		}
	}
	for i := 1; i < g.size; i++ {
		mean := a.At(0, i) / n
		a.SetSym(i, i, a.At(i, i)+float64(ridge*max(a.At(i, i)/n-float64(mean*mean), 1e-3)))
	}
	var c mat.Cholesky
	var w mat.VecDense
	if !c.Factorize(a) || c.SolveVecTo(&w, b) != nil {
		return nil
	}
	out := make([]float64, g.size)
	for i := range out {
		out[i] = float64(float32(w.AtVec(i)))
	}
	return out
}

// error is the sum of squares that weights leave in a fold.
func (g *grams) error(w []float64, fold int) float64 {
	sum := g.yy[fold]
	for i, x := range w {
		sum -= float64(2 * x * g.xy[fold][i])
		sum += float64(float64(x*x) * g.xx[fold][i*g.size+i])
		for j := i + 1; j < len(w); j++ {
			sum += float64(float64(2*x*w[j]) * g.xx[fold][i*g.size+j])
		}
	}
	return sum
}

// columns finds the bins, at most so many, and gives the columns of the residuals and of what the line tells.
func (x *line) columns(d *coded, seed uint64, most int) (residuals, levels tree.Column) {
	r := rng.New(seed, rng.LineCells, uint64(x.V))
	row := make([]uint16, len(d.x))
	var off, told []float64
	at := make([]float64, d.rows())
	for i, t := range x.folded {
		u := r.Float64()
		if math.IsNaN(t) {
			continue
		}
		d.row(int32(i), row)
		c := x.cellOf(row)
		a, b := normalCDF(x.own.end[c]), normalCDF(x.own.end[c+1])
		at[i] = score(a+float64((b-a)*u)) - t
		off, told = append(off, at[i]), append(told, t)
	}
	k := max(1, min(max(int(math.Sqrt(float64(len(off)))), 8), 64, most))
	x.Edges, x.Levels = quantilesOf(off, k), quantilesOf(told, lineLevels)
	x.Levels = slices.Compact(x.Levels[1 : len(x.Levels)-1])
	if x.Edges = slices.Compact(x.Edges); len(x.Edges) < 2 { // the line tells all
		x.Edges = []float64{x.Edges[0], x.Edges[0] + 1e-6}
	}
	n := len(x.Edges) - 1
	x.outerEdges(off)
	residuals = tree.Column{Codes: make([]uint16, d.rows()), Card: n + 1, Ordered: true}
	levels = tree.Column{Codes: make([]uint16, d.rows()), Card: len(x.Levels) + 2, Ordered: true}
	count := make([]float64, n)
	for i, t := range x.folded {
		if math.IsNaN(t) {
			continue
		}
		b := bin(x.Edges[1:n], at[i])
		residuals.Codes[i], levels.Codes[i] = b, bin(x.Levels, t)
		count[b-1]++
	}
	for _, c := range count {
		x.Share = append(x.Share, c/float64(len(off)))
	}
	return residuals, levels
}

// outerEdges moves the two outermost edges to where the means of the outermost bins put them, as the farthest residual is that of one person.
func (x *line) outerEdges(off []float64) {
	n := len(x.Edges) - 1
	low, high := x.Edges[1], x.Edges[n-1]
	var sum, count [2]float64
	for _, r := range off {
		if r <= low {
			sum[0], count[0] = sum[0]+r, count[0]+1
		}
		if r >= high {
			sum[1], count[1] = sum[1]+r, count[1]+1
		}
	}
	if n > 1 && count[0] > 0 && count[1] > 0 {
		x.Edges[0] = min(float64(float32(2*sum[0]/count[0]-low)), low-1e-6)
		x.Edges[n] = max(float64(float32(2*sum[1]/count[1]-high)), high+1e-6)
	}
}

// quantilesOf gives k+1 quantiles, from the least of x to the greatest.
func quantilesOf(x []float64, k int) []float64 {
	x = slices.Sorted(slices.Values(x))
	out := make([]float64, k+1)
	for i := range out {
		out[i] = float64(float32(x[i*(len(x)-1)/k]))
	}
	return out
}
