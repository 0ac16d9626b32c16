package ml

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// A stepRule says when the peer's steps end.
type stepRule struct {
	gain     float64 // least gain of a step, as a part of the loss or of 1
	searches int     // most evaluations along a direction
}

const (
	// PeerScikit13 is LogisticRegression of scikit-learn 1.0 to 1.4 with scipy's L-BFGS-B: it minimises the sum of the losses, so that the
	// gradient must be N times as small, and ends where a step gains less than 2.2e-9 of the loss.
	PeerScikit13 Peer = 2
	// PeerScikit15 is that of 1.5 and later: it minimises the mean loss, and ends where a step gains next to nothing.
	PeerScikit15 Peer = 3
)

var stepRules = map[Peer]stepRule{PeerScikit13: {1e7 * 0x1p-52, 20}, PeerScikit15: {64 * 0x1p-52, 50}}

// follow takes the peer's steps from zero: L-BFGS-B (Byrd, Lu, Nocedal and Zhu, 1995) where nothing is bounded, with 10 pairs, the line
// search of Moré and Thuente (1994) as in MINPACK-2, and its ends. Where it forgets its pairs it begins anew, as the peer does.
func (p *logisticProblem) follow(rule stepRule, maxIter int, tolerance float64) (theta []float64, steps int, converged bool, err error) {
	at := place{theta: make([]float64, len(p.last))}
	at.look(p)
	var known pairs
	for steps < maxIter && !(floats.Norm(at.grad, math.Inf(1)) <= tolerance) {
		step := 1.0
		direction := known.direction(at.grad)
		if steps == 0 {
			step = min(1/floats.Norm(direction, 2), longestStep)
		}
		// The peer goes to a place and takes the way there for the direction.
		there := make([]float64, len(direction))
		floats.AddTo(there, at.theta, direction)
		floats.SubTo(direction, there, at.theta)
		next, step, found := p.search(at, direction, step, rule.searches)
		if !found {
			if len(known.s) == 0 {
				break
			}
			known = pairs{}
			continue
		}
		steps++
		before := at
		at = next
		if before.loss-at.loss <= rule.gain*max(math.Abs(before.loss), math.Abs(at.loss), 1) {
			converged = true
			break
		}
		known.learn(before, at, direction, step)
	}
	if bad(at.loss) || floats.HasNaN(at.theta) {
		return nil, 0, false, fmt.Errorf("%w: the loss is not finite: standardise the columns", ErrInput)
	}
	return at.theta, steps, converged || floats.Norm(at.grad, math.Inf(1)) <= tolerance, nil
}

// A place is a point with the loss and its gradient there.
type place struct {
	theta, grad []float64
	loss        float64
}

func (l *place) look(p *logisticProblem) {
	l.loss = p.evaluate(l.theta)
	l.grad = append(l.grad[:0], p.grad...)
}

// longestStep is the peer's where nothing is bounded.
const longestStep = 1e10

// search looks along a direction for a place that is low and flat enough, and gives how many times the direction it lies away.
// A search that can't go on takes the place where it is, and one that takes too long finds none.
func (p *logisticProblem) search(at place, direction []float64, step float64, most int) (next place, length float64, found bool) {
	slope := floats.Dot(at.grad, direction)
	if !(slope < 0) {
		return next, 0, false
	}
	line := optimize.MoreThuente{DecreaseFactor: 1e-3, CurvatureFactor: 0.9, StepTolerance: 0.1, MaximumStep: longestStep}
	line.Init(at.loss, slope, step)
	for range most {
		next.theta = append(next.theta[:0], at.theta...)
		floats.AddScaled(next.theta, step, direction)
		next.look(p)
		op, longer, err := line.Iterate(next.loss, floats.Dot(next.grad, direction))
		if err != nil || op == optimize.MajorIteration {
			return next, step, true
		}
		step = longer
	}
	return next, 0, false
}

// pairs are up to ten steps and what they did to the gradient, the last one at the end.
type pairs struct {
	s, y  [][]float64
	rho   []float64 // 1 / (s y)
	curve float64   // (y y) / (s y) of the last pair
}

// direction is the way to the minimum of the quadratic that the pairs suggest (Nocedal, 1980).
func (q *pairs) direction(grad []float64) []float64 {
	d := make([]float64, len(grad))
	floats.AddScaled(d, -1, grad)
	alpha := make([]float64, len(q.s))
	for i := len(q.s) - 1; i >= 0; i-- {
		alpha[i] = q.rho[i] * floats.Dot(q.s[i], d)
		floats.AddScaled(d, -alpha[i], q.y[i])
	}
	if len(q.s) > 0 {
		floats.Scale(1/q.curve, d)
	}
	for i := range q.s {
		beta := q.rho[i] * floats.Dot(q.y[i], d)
		floats.AddScaled(d, alpha[i]-beta, q.s[i])
	}
	return d
}

// learn takes a step in, unless the loss does not curve upwards along it.
func (q *pairs) learn(before, after place, direction []float64, step float64) {
	slope := floats.Dot(before.grad, direction)
	curve := (floats.Dot(after.grad, direction) - slope) * step
	if curve <= 0x1p-52*-slope*step {
		return
	}
	if len(q.s) == 10 {
		q.s, q.y, q.rho = q.s[1:], q.y[1:], q.rho[1:]
	}
	s, y := make([]float64, len(direction)), make([]float64, len(direction))
	floats.ScaleTo(s, step, direction)
	floats.SubTo(y, after.grad, before.grad)
	q.s, q.y, q.rho = append(q.s, s), append(q.y, y), append(q.rho, 1/curve)
	q.curve = floats.Dot(y, y) / curve
}
