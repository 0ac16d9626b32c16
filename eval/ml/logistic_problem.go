package ml

import (
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// logisticRows are read once for the loss and its gradient, while they are in cache. How many decides the order of sums.
const logisticRows = 192

// A logisticProblem is what is minimised. Its variables theta are, for each output, D coefficients and an intercept.
type logisticProblem struct {
	rows, cols, outs      int // outs is 1 for two classes
	code                  []int32
	x                     []float64 // shifted and scaled: [N, D]; of two classes as kernels.Logistic has it, the last column being 1
	target                []float64 // [N] the code, of two classes
	shift, scale, penalty []float64 // [D]
	over                  float64   // what the sum of the rows' losses is divided by

	last  []float64 // theta of the last evaluation
	grad  []float64 // there
	z     []float64 // [chunks][outs][rows of chunk]: logits, then the loss's derivatives; of two classes scratch
	parts []float64 // [chunks][1 + len(theta)]: loss and gradient
}

func (p *logisticProblem) fill(x *mat.Dense) {
	n := p.outs * (p.cols + 1)
	p.last, p.grad = make([]float64, n), make([]float64, n)
	p.parts = make([]float64, p.chunks()*(n+1))
	if p.outs == 1 {
		p.fillTiles(x)
		return
	}
	p.z = make([]float64, p.rows*p.outs)
	p.x = make([]float64, p.rows*p.cols)
	for i := range p.rows {
		dst := p.x[i*p.cols : (i+1)*p.cols]
		for j, v := range x.RawRowView(i) {
			dst[j] = (v - p.shift[j]) * p.scale[j]
		}
	}
}

// fillTiles is fill for two classes.
func (p *logisticProblem) fillTiles(x *mat.Dense) {
	const tile = kernels.LogisticTile
	size := tile * (p.cols + 1)
	p.x = make([]float64, (p.rows+tile-1)/tile*size)
	p.target = make([]float64, p.rows)
	p.z = make([]float64, p.chunks()*4*(p.cols+1))
	for i := range p.rows {
		dst := p.x[i/tile*size+i%tile:]
		for j, v := range x.RawRowView(i) {
			dst[j*tile] = (v - p.shift[j]) * p.scale[j]
		}
		dst[p.cols*tile] = 1
		p.target[i] = float64(p.code[i])
	}
}

func (p *logisticProblem) chunks() int { return (p.rows + logisticRows - 1) / logisticRows }

// nearest is how small the derivatives can surely be made: below, the loss differs by less than its rounding.
const nearest = 1e-7

// minimise takes steps from zero, by scipy's rules: the same line search, and an end also where a step gains next to nothing.
func (p *logisticProblem) minimise(maxIter int, tolerance float64) (theta []float64, steps int, converged bool, err error) {
	start := make([]float64, len(p.last))
	p.evaluate(start)
	if floats.Norm(p.grad, math.Inf(1)) <= tolerance {
		return start, 0, true, nil
	}
	problem := optimize.Problem{Func: p.evaluate, Grad: func(grad, theta []float64) {
		if !slices.Equal(theta, p.last) {
			p.evaluate(theta)
		}
		copy(grad, p.grad)
	}}
	settings := optimize.Settings{GradientThreshold: tolerance, MajorIterations: maxIter,
		Converger: &optimize.FunctionConverge{Absolute: 64 * 0x1p-52, Relative: 64 * 0x1p-52, Iterations: 1}}
	method := optimize.LBFGS{Store: 10, Linesearcher: &optimize.MoreThuente{DecreaseFactor: 1e-3, CurvatureFactor: 0.9}}
	if tolerance <= nearest {
		settings.Converger = optimize.NeverTerminate{}
	}
	// An error is a line search that finds nothing better any more, at the limit of rounding: the best place stands.
	result, _ := optimize.Minimize(problem, start, &settings, &method)
	if result == nil || bad(result.F) || floats.HasNaN(result.X) {
		return nil, 0, false, fmt.Errorf("%w: the loss is not finite: standardise the columns", ErrInput)
	}
	p.evaluate(result.X)
	converged = floats.Norm(p.grad, math.Inf(1)) <= max(tolerance, nearest) || result.Status == optimize.FunctionConvergence
	return result.X, result.MajorIterations, converged, nil
}

// evaluate gives the loss at theta and keeps its gradient.
func (p *logisticProblem) evaluate(theta []float64) float64 {
	copy(p.last, theta)
	run.Parallel(p.chunks(), func(c int) { p.chunk(c, theta) })
	loss, size := 0.0, len(theta)+1
	clear(p.grad)
	for c := range p.chunks() {
		part := p.parts[c*size : (c+1)*size]
		loss += part[0]
		floats.Add(p.grad, part[1:])
	}
	loss /= p.over
	floats.Scale(1/p.over, p.grad)
	for k := range p.outs {
		w := theta[k*(p.cols+1):][:p.cols]
		g := p.grad[k*(p.cols+1):][:p.cols]
		for j, v := range w {
			loss += p.penalty[j] * v * v / 2
			g[j] += p.penalty[j] * v
		}
	}
	return loss
}

// chunk computes loss and gradient of some rows.
func (p *logisticProblem) chunk(c int, theta []float64) {
	from, to := c*logisticRows, min(p.rows, (c+1)*logisticRows)
	part := p.parts[c*(len(theta)+1) : (c+1)*(len(theta)+1)]
	if p.outs == 1 {
		lanes := 4 * len(theta)
		part[0] = kernels.Logistic(part[1:], p.z[c*lanes:(c+1)*lanes], p.x[from*len(theta):], p.target[from:to], theta)
		return
	}
	n := to - from
	x := blas64.General{Rows: n, Cols: p.cols, Stride: p.cols, Data: p.x[from*p.cols : to*p.cols]}
	z := p.z[from*p.outs : to*p.outs]
	for k := range p.outs {
		row := blas64.Vector{N: n, Inc: 1, Data: z[k*n : (k+1)*n]}
		w := theta[k*(p.cols+1) : (k+1)*(p.cols+1)]
		for i := range row.Data {
			row.Data[i] = w[p.cols]
		}
		blas64.Gemv(blas.NoTrans, 1, x, blas64.Vector{N: p.cols, Inc: 1, Data: w}, 1, row)
	}
	part[0] = multinomial(z, p.code[from:to], p.outs)
	for k := range p.outs {
		row := blas64.Vector{N: n, Inc: 1, Data: z[k*n : (k+1)*n]}
		g := part[1+k*(p.cols+1) : 1+(k+1)*(p.cols+1)]
		blas64.Gemv(blas.Trans, 1, x, row, 0, blas64.Vector{N: p.cols, Inc: 1, Data: g})
		g[p.cols] = floats.Sum(row.Data)
	}
}

// multinomial gives the loss of the logits z [outs, N], and replaces them by its derivatives.
func multinomial(z []float64, code []int32, outs int) float64 {
	n, loss := len(code), 0.0
	for i, own := range code {
		most := z[i]
		for k := 1; k < outs; k++ {
			most = max(most, z[k*n+i])
		}
		loss += most - z[int(own)*n+i]
		sum := 0.0
		for k := range outs {
			z[k*n+i] = math.Exp(z[k*n+i] - most)
			sum += z[k*n+i]
		}
		loss += math.Log(sum)
		for k := range outs {
			z[k*n+i] /= sum
		}
		z[int(own)*n+i]--
	}
	return loss
}

// unscaled gives coefficients [outs, D] and intercepts [outs] for the columns as they came.
func (p *logisticProblem) unscaled(theta []float64) (coef [][]float64, intercept []float64) {
	for k := range p.outs {
		w := slices.Clone(theta[k*(p.cols+1) : (k+1)*(p.cols+1)])
		floats.Mul(w[:p.cols], p.scale)
		coef = append(coef, w[:p.cols])
		intercept = append(intercept, w[p.cols]-floats.Dot(w[:p.cols], p.shift))
	}
	return coef, intercept
}
