package eval

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"example.org/cohort/table"
)

const (
	// collinearShare is the part of a column's length that must be left when the columns before it are taken away: that of R's lm.
	collinearShare = 1e-7
	// Newton's steps on a likelihood that has a maximum double their digits each time. On separated data they never get shorter.
	logitSteps, logitStep = 40, 1e-9
)

// fit gives an estimate for every column of the design.
func (s *sampleRows) fit() ([]Estimate, error) {
	scale, err := s.scale()
	if err != nil {
		return nil, err
	}
	if s.d.logistic {
		return s.logit(scale)
	}
	return s.leastSquares(scale)
}

// scale brings the columns of x to length 1, so that cells of very different sizes don't look dependent, and gives their lengths. A
// column that depends on those before it is an error.
func (s *sampleRows) scale() ([]float64, error) {
	n, p := s.x.Dims()
	length := make([]float64, p)
	for j := range length {
		length[j] = mat.Norm(s.x.ColView(j), 2)
	}
	x := mat.DenseCopyOf(s.x)
	for j, l := range length {
		if l == 0 || math.IsInf(l, 0) {
			return nil, collinear(s.name(j), "is 0, or too large to compute with, in every row")
		}
		for i := range n {
			x.Set(i, j, x.At(i, j)/l)
		}
	}
	s.x = x
	var qr mat.QR
	qr.Factorize(x)
	var r mat.Dense
	qr.RTo(&r)
	for j := range p {
		if math.Abs(r.At(j, j)) < collinearShare {
			why := "can be computed from the columns before it in the formula"
			if first := s.x.At(0, j); !slices.ContainsFunc(mat.Col(nil, j, s.x), func(v float64) bool { return v != first }) {
				why = "has one value only in the rows without gaps"
			}
			return nil, collinear(s.name(j), why)
		}
	}
	return length, nil
}

func (s *sampleRows) name(j int) string {
	if s.column[j] < 0 {
		return "the intercept"
	}
	return s.d.v.columns[s.column[j]].name
}

// solve does least squares of y on x, both already multiplied by the roots of the weights, and gives the inverse of x'x.
func solve(x *mat.Dense, y []float64) (coef []float64, inverse *mat.Dense, err error) {
	n, p := x.Dims()
	var qr mat.QR
	qr.Factorize(x)
	coef = make([]float64, p)
	if err := qr.SolveVecTo(mat.NewVecDense(p, coef), false, mat.NewVecDense(n, y)); err != nil {
		return nil, nil, err
	}
	var full mat.Dense
	qr.RTo(&full)
	r := mat.NewTriDense(p, mat.Upper, nil)
	for i := range p {
		for j := i; j < p; j++ {
			r.SetTri(i, j, full.At(i, j))
		}
	}
	var back mat.TriDense
	if err := back.InverseTri(r); err != nil {
		return nil, nil, err
	}
	inverse = mat.NewDense(p, p, nil)
	inverse.Mul(&back, back.T())
	return coef, inverse, nil
}

func (s *sampleRows) leastSquares(scale []float64) ([]Estimate, error) {
	n, p := s.x.Dims()
	coef, inverse, err := solve(s.x, s.y)
	if err != nil {
		return nil, collinear(s.name(p-1), "depends on the other columns, as far as numbers can tell")
	}
	off, sum := s.off(coef), 0.0
	for _, e := range off {
		sum += e * e
	}
	df := float64(n - p)
	if s.clustered() {
		inverse, df = s.sandwich(inverse, off)
	} else {
		inverse.Scale(sum/df, inverse)
	}
	return estimates(coef, inverse, scale, df), nil
}

// off gives what is left of y after the prediction.
func (s *sampleRows) off(coef []float64) []float64 {
	out := make([]float64, s.n())
	for i, y := range s.y {
		at := mat.Dot(s.x.RowView(i), mat.NewVecDense(len(coef), coef))
		if s.d.logistic {
			at = 1 / (1 + math.Exp(-at))
		}
		out[i] = y - at
	}
	return out
}

// sandwich gives the covariance of coefficients that allows for rows of a person being alike (Liang and Zeger, 1986), with the
// correction G/(G-1) (N-1)/(N-P) for small samples, and G-1, where G is the number of persons.
func (s *sampleRows) sandwich(inverse *mat.Dense, off []float64) (*mat.Dense, float64) {
	n, p := s.x.Dims()
	place := make(map[int32]int)
	var sums [][]float64 // by person: of x times what is left of y
	for i, e := range off {
		g, ok := place[s.person[i]]
		if !ok {
			g = len(sums)
			place[s.person[i]] = g
			sums = append(sums, make([]float64, p))
		}
		for j := range p {
			sums[g][j] += s.x.At(i, j) * e
		}
	}
	meat := mat.NewSymDense(p, nil)
	for _, u := range sums {
		meat.SymRankOne(meat, 1, mat.NewVecDense(p, u))
	}
	groups := float64(len(sums))
	out := mat.NewDense(p, p, nil)
	out.Product(inverse, meat, inverse)
	out.Scale(groups/(groups-1)*float64(n-1)/float64(n-p), out)
	return out, groups - 1
}

// errSeparated is the error of outcomes that some columns tell without fail: no finite coefficient is the likeliest.
var errSeparated = &table.Error{Code: "separated", Reason: "columns of the formula, or the values of one, tell the outcome without fail: the coefficients have no finite value",
	Fix: "leave such columns out of the formula"}

// logit is logistic regression by Newton's method.
func (s *sampleRows) logit(scale []float64) ([]Estimate, error) {
	n, p := s.x.Dims()
	ones := 0.0
	for _, y := range s.y {
		ones += y
	}
	if ones == 0 || ones == float64(n) {
		return nil, badOutcome(s.d.v.columns[s.d.outcome].name, "has one value only in the rows without gaps")
	}
	coef := make([]float64, p)
	for range logitSteps {
		step, inverse, err := s.newton(coef)
		if err != nil {
			return nil, errSeparated
		}
		most := 0.0
		for j := range coef {
			coef[j] += step[j]
			most = math.Max(most, math.Abs(step[j])/(1+math.Abs(coef[j])))
		}
		if math.IsNaN(most) {
			return nil, errSeparated
		}
		if most > logitStep {
			continue
		}
		if s.clustered() {
			inverse, _ = s.sandwich(inverse, s.off(coef))
		}
		return estimates(coef, inverse, scale, math.Inf(1)), nil
	}
	return nil, errSeparated
}

// newton gives the next step of the coefficients, and the inverse of the information at them.
func (s *sampleRows) newton(coef []float64) (step []float64, inverse *mat.Dense, err error) {
	n, p := s.x.Dims()
	x, y := mat.NewDense(n, p, nil), make([]float64, n)
	for i, e := range s.off(coef) {
		chance := s.y[i] - e
		root := math.Sqrt(math.Max(chance*(1-chance), 1e-300))
		y[i] = e / root
		for j := range p {
			x.Set(i, j, root*s.x.At(i, j))
		}
	}
	return solve(x, y)
}

// estimates turns coefficients of scaled columns into those of the columns themselves.
func estimates(coef []float64, covariance *mat.Dense, scale []float64, df float64) []Estimate {
	out := make([]Estimate, len(coef))
	for j := range out {
		out[j] = newEstimate(coef[j]/scale[j], math.Sqrt(covariance.At(j, j))/scale[j], df)
	}
	return out
}

// newEstimate gives value and standard error their interval and p, by Student's t.
func newEstimate(value, se, df float64) Estimate {
	var of interface {
		Quantile(float64) float64
		CDF(float64) float64
	} = distuv.UnitNormal
	if !math.IsInf(df, 0) {
		of = distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	}
	wide := of.Quantile(0.975)
	e := Estimate{Value: value, SE: se, Low: value - wide*se, High: value + wide*se, P: 2 * of.CDF(-math.Abs(value)/se), DF: df}
	if se == 0 { // an exact fit
		e.P = 0
	}
	return e
}
