package nn

import "example.org/cohort/autograd"

// Dropout sets each number to 0 with probability P and divides the others by 1-P (Srivastava, Hinton, Krizhevsky, Sutskever
// and Salakhutdinov, JMLR 15, 2014). The zero value drops nothing.
type Dropout struct{ P float32 }

// Forward gives x, of any shape, with the next draw's elements dropped. d nil, as when a model is used and not trained, is
// x itself.
func (l Dropout) Forward(t *autograd.Tape, x autograd.Var, d *Draws) autograd.Var {
	if d == nil {
		return x
	}
	return t.Dropout(x, d.Dropout(l.P))
}
