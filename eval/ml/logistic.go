package ml

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Logistic is logistic regression, binomial for two classes and multinomial for more, with a penalty on the squared
// coefficients but not on the intercepts: it minimises the mean loss plus |w|^2/(2 C N). It takes the steps of scikit-learn's
// LogisticRegression, L-BFGS with 10 pairs from zero until no partial derivative exceeds 1e-4, which on columns of very
// different sizes stay far from the minimum: that is what Standardise and Converge are for. The zero value is ready to fit;
// its fields must not change between a fit and a prediction.
type Logistic struct {
	Classes int     // K; 0 is one more than the greatest code
	C       float64 // weight of the loss against the penalty; 0 is 1
	MaxIter int     // most steps; 0 is 100, with Converge 10,000
	// Standardise divides each column by its standard deviation first, so that the penalty treats columns alike.
	Standardise bool
	// Converge finds the minimum itself: the same problem in variables in which it is round, until no partial derivative exceeds
	// 1e-8 or rounding lets it go no further. It takes some dozen steps where the peer takes thousands.
	Converge bool
	// Peer copies a version of scikit-learn step by step, for measurement, in place of Standardise and Converge: [PeerScikit13] or
	// [PeerScikit15]. Where steps end far from the minimum, its number hangs on each of them.
	Peer Peer

	known
	coef      [][]float64 // [K', D]; K' is 1 for two classes
	intercept []float64   // [K']
	steps     int
	converged bool
}

// Fit learns to tell the classes y [N], codes from 0 to K-1, from x [N, D]. A class that no row has gets probability 0. Steps that
// run out are no error: see [Logistic.Steps]. The error is ErrNoRows or ErrOneClass, or wraps ErrInput.
func (l *Logistic) Fit(x *mat.Dense, y []float64) error {
	if err := checkTaught(x, y); err != nil {
		return err
	}
	k, err := newKnown(y, l.Classes)
	if err != nil {
		return err
	}
	if l.C < 0 || l.MaxIter < 0 {
		return fmt.Errorf("%w: C and MaxIter must not be negative", ErrInput)
	}
	if _, known := stepRules[l.Peer]; l.Peer != 0 && !known {
		return fmt.Errorf("%w: Peer %d has no logistic regression", ErrInput, l.Peer)
	}
	p, err := l.problem(x, &k)
	if err != nil {
		return err
	}
	theta, steps, converged, err := l.minimise(p)
	if err != nil {
		return err
	}
	l.known, l.steps, l.converged = k, steps, converged
	l.coef, l.intercept = p.unscaled(theta)
	return nil
}

// minimise takes the steps.
func (l *Logistic) minimise(p *logisticProblem) (theta []float64, steps int, converged bool, err error) {
	if rule, ok := stepRules[l.Peer]; ok {
		return p.follow(rule, l.maxIter(), l.tolerance())
	}
	return p.minimise(l.maxIter(), l.tolerance())
}

func (l *Logistic) maxIter() int {
	switch {
	case l.MaxIter > 0:
		return l.MaxIter
	case l.Converge && l.Peer == 0:
		return 10_000
	}
	return 100
}

func (l *Logistic) tolerance() float64 {
	if l.Converge && l.Peer == 0 {
		return 1e-8
	}
	return 1e-4
}

// problem copies the table as the steps see it: column j is (x - shift) scale, and its coefficients count for the penalty with
// weight penalty[j].
func (l *Logistic) problem(x *mat.Dense, k *known) (*logisticProblem, error) {
	rows, cols := x.Dims()
	c := l.C
	if c == 0 {
		c = 1
	}
	p := &logisticProblem{rows: rows, cols: cols, outs: len(k.classes), code: k.code,
		shift: make([]float64, cols), scale: make([]float64, cols), penalty: make([]float64, cols), over: float64(rows)}
	if l.Peer == PeerScikit13 {
		p.over = 1
	}
	if p.outs == 2 {
		p.outs = 1
	}
	mean, sd, err := spread(x)
	if err != nil {
		return nil, err
	}
	for j := range cols {
		p.scale[j], p.penalty[j] = 1, 1/(c*p.over)
		if l.Peer != 0 {
			continue
		}
		if l.Standardise && sd[j] > 0 {
			p.scale[j] = 1 / sd[j]
		}
		if l.Standardise || l.Converge {
			p.shift[j] = mean[j]
		}
		if l.Converge {
			// The second derivative at zero is sd^2/4 and the penalty: divided by its root, all columns curve alike.
			s := sd[j] * p.scale[j]
			round := 1 / math.Sqrt(s*s/4+p.penalty[j])
			p.scale[j] *= round
			p.penalty[j] *= round * round
		}
	}
	p.fill(x)
	return p, nil
}

// ask gives the probabilities of the classes that are known, by their place: [K known][N].
func (l *Logistic) ask(x *mat.Dense) [][]float64 {
	rows, _ := x.Dims()
	k := known{all: len(l.classes)}
	p := k.lists(rows)
	z := make([]float64, len(l.coef))
	for i := range rows {
		for c := range l.coef {
			z[c] = l.intercept[c] + floats.Dot(x.RawRowView(i), l.coef[c])
		}
		if len(z) == 1 {
			p[1][i] = 1 / (1 + math.Exp(-z[0]))
			p[0][i] = 1 / (1 + math.Exp(z[0]))
			continue
		}
		most, sum := floats.Max(z), 0.0
		for c := range z {
			p[c][i] = math.Exp(z[c] - most)
			sum += p[c][i]
		}
		for c := range z {
			p[c][i] /= sum
		}
	}
	return p
}

// Predict gives the most probable class of each row of x [N, D]: N of them. The error is as PredictProba's.
func (l *Logistic) Predict(x *mat.Dense) ([]float64, error) {
	p, err := l.PredictProba(x)
	if err != nil {
		return nil, err
	}
	return likeliest(p), nil
}

// PredictProba gives the probability of each class: K lists of N numbers. The error is ErrUnfitted or ErrNoRows, or wraps
// ErrInput.
func (l *Logistic) PredictProba(x *mat.Dense) ([][]float64, error) {
	if err := checkAsked(x, l.fitted()); err != nil {
		return nil, err
	}
	rows, _ := x.Dims()
	p := l.lists(rows)
	for c, list := range l.ask(x) {
		p[l.classes[c]] = list
	}
	for _, list := range p {
		if floats.HasNaN(list) {
			return nil, fmt.Errorf("%w: numbers too large to be predicted from", ErrInput)
		}
	}
	return p, nil
}

// fitted gives D; 0 before a fit.
func (l *Logistic) fitted() int {
	if l.coef == nil {
		return 0
	}
	return len(l.coef[0])
}

// Coefficients gives the log odds' coefficients and intercepts in terms of the columns as they came. For two classes it is
// one list of D numbers, for the second class against the first; for more, a list for each class that a row had.
func (l *Logistic) Coefficients() (coef [][]float64, intercept []float64) {
	for _, c := range l.coef {
		coef = append(coef, slices.Clone(c))
	}
	return coef, slices.Clone(l.intercept)
}

// Steps gives how many steps the fit took, and whether they ended at the minimum.
func (l *Logistic) Steps() (n int, converged bool) { return l.steps, l.converged }
