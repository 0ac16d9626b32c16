package nn

import "example.org/cohort/autograd"

// Embedding is a table of V vectors of D numbers, looked up by id as torch.nn.Embedding does. A language model's head can share
// it: see [autograd.Tape.LMLoss].
type Embedding struct{ Weight *Param } // [V, D]

// NewEmbedding declares "weight".
func NewEmbedding(s Scope, v, d int, init Init) *Embedding {
	return &Embedding{Weight: s.Param("weight", init, v, d)}
}

// Forward gives the vectors of the ids, [N, D]; the ids are not copied. It panics where an id is not below V.
func (e *Embedding) Forward(t *autograd.Tape, ids []int32) autograd.Var {
	return t.Embedding(e.Weight.On(t), ids)
}
