package nn

import "math"

// A Schedule gives the factor by which an optimiser's rate is multiplied at each step. The factor rises from 0 in a straight
// line, (step+1)/Warmup, to 1, and then falls along the shape to Floor, which it reaches at step Steps and keeps. The zero
// value is 1 at every step.
type Schedule struct {
	Shape  Shape
	Warmup int     // steps, 0: none
	Steps  int     // of the whole training
	Floor  float32 // of Line and Cosine
}

// A Shape is how a [Schedule] falls.
type Shape uint8

// The shapes of a schedule.
const (
	Flat   Shape = iota // not at all
	Line                // in a straight line
	Cosine              // as half a wave of the cosine (Loshchilov and Hutter, "SGDR", ICLR 2017)
)

// At is the factor at a step, counted from 0.
func (s Schedule) At(step int) float32 {
	if step < s.Warmup {
		return float32(step+1) / float32(s.Warmup)
	}
	if s.Shape == Flat {
		return 1
	}
	gone := 1.0
	if s.Steps > s.Warmup {
		gone = min(1, float64(step-s.Warmup)/float64(s.Steps-s.Warmup))
	}
	height := 1 - gone
	if s.Shape == Cosine {
		height = (1 + math.Cos(math.Pi*gone)) / 2
	}
	return s.Floor + float32((1-float64(s.Floor))*height)
}
