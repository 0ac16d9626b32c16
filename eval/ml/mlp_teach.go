package ml

import (
	"fmt"
	"math"
	"slices"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/nn"
)

// A teaching is one fit of a network.
type teaching struct {
	of     *MLP
	number int // of the network
	net    *network
	tape   *autograd.Tape
	opt    *nn.Adam
	clip   float32 // most length of a gradient; 0: any

	all    rowBatch // every row
	b      rowBatch
	taught []int32
	held   []int32
}

// A rowBatch is rows as the network sees them, with their targets: codes or numbers.
type rowBatch struct {
	rows   int
	x      []float32 // [B, D]
	code   []int32   // [B]
	number []float32 // [B]
}

// split holds out a share of the rows: of the same shuffled rows, each network the next ones.
func (t *teaching) split(share float64) {
	n := t.all.rows
	order := count(n)
	rng.Shuffle(t.of.Seed, rng.MLPHeld, n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	held := int(math.Ceil(share * float64(n)))
	first := t.number * held % n
	order = slices.Concat(order[first:], order[:first])
	t.held, t.taught = order[:held], order[held:]
}

// gather makes t.b of some rows.
func (t *teaching) gather(rows []int32) *rowBatch {
	b, cols := &t.b, t.net.cols
	b.rows, b.x, b.code, b.number = len(rows), b.x[:0], b.code[:0], b.number[:0]
	for _, i := range rows {
		b.x = append(b.x, t.all.x[int(i)*cols:int(i+1)*cols]...)
		if t.net.classes {
			b.code = append(b.code, t.all.code[i])
		} else {
			b.number = append(b.number, t.all.number[i])
		}
	}
	return b
}

// pass takes a step for each batch of at least so many rows, and gives the mean loss of their rows.
func (t *teaching) pass(batch, least int) float64 {
	sum, rows := 0.0, 0
	for from := 0; from < len(t.taught); from += batch {
		part := t.taught[from:min(len(t.taught), from+batch)]
		if len(part) < least {
			continue
		}
		t.tape.Reset()
		loss := t.net.loss(t.tape, t.gather(part))
		t.net.params.ZeroGrad()
		t.tape.Backward(loss)
		if t.clip > 0 {
			t.net.params.ClipGrad(t.clip)
		}
		sum += float64(loss.Scalar()) * float64(len(part))
		rows += len(part)
		t.opt.Step()
	}
	return sum / float64(rows)
}

// look gives the mean loss of rows that are not learned from now.
func (t *teaching) look(rows []int32) float64 {
	sum := 0.0
	for from := 0; from < len(rows); from += askRows {
		part := rows[from:min(len(rows), from+askRows)]
		t.tape.Reset()
		sum += float64(t.net.loss(t.tape, t.gather(part)).Scalar()) * float64(len(part))
	}
	return sum / float64(len(rows))
}

// heldLeast is the fewest rows of which some are held out.
const heldLeast = 20

// patientSteps are the fewest steps without a gain before the end.
const patientSteps = 200

// learn is how scikit-learn's classifier learns, but that rows held out, if there are any, say when to stop.
func (t *teaching) learn() error {
	m, share := t.of, 0.0
	if t.all.rows >= heldLeast {
		share = or(m.Held, 0.1)
	}
	t.split(share)
	batch := or(m.Batch, min(200, max(len(t.taught)/10, 16)))
	// The peer's penalty is alpha/2 |w|^2 over the rows of a batch.
	t.opt = nn.NewAdam(t.net.params, nn.Adam{Rate: float32(or(m.Rate, 1e-3)), Decay: float32(or(m.Decay, 1e-4) / float64(batch))})
	// Few steps in a pass move so little that ten passes say nothing.
	patience := or(m.Patience, max(10, patientSteps/((len(t.taught)+batch-1)/batch)))
	best, bar, since := math.Inf(1), math.Inf(1), 0
	var saved []nn.State
	for epoch := range or(m.Epochs, 200) {
		if run.Closed(m.Stop) {
			return ErrStopped
		}
		r := rng.New(m.Seed, rng.MLPOrder, uint64(t.number)<<32|uint64(epoch))
		r.Shuffle(len(t.taught), func(i, j int) { t.taught[i], t.taught[j] = t.taught[j], t.taught[i] })
		loss := t.pass(batch, 1)
		if len(t.held) > 0 {
			loss = t.look(t.held)
		}
		if loss < best {
			best, saved = loss, keep(saved, t.net.params.Save())
		}
		if loss < bar-or(m.Tol, 1e-4) {
			since = 0
		} else if since++; since > patience {
			break
		}
		bar = min(bar, loss)
	}
	if saved == nil {
		return fmt.Errorf("%w: the network's loss is not finite: a smaller Rate may help", ErrInput)
	}
	if err := t.net.params.Load(saved); err != nil {
		panic("ml: " + err.Error()) // a copy of the same tensors
	}
	return nil
}

// keep copies a state over an older copy.
func keep(old, state []nn.State) []nn.State {
	if old == nil {
		old = make([]nn.State, len(state))
	}
	for i, s := range state {
		old[i] = nn.State{Name: s.Name, Shape: s.Shape, Data: append(old[i].Data[:0], s.Data...)}
	}
	return old
}

// synthcity is how [PeerSynthcity] learns.
func (t *teaching) synthcity() error {
	t.split(0)
	everyone := count(t.all.rows)
	t.taught = t.taught[:int(0.8*float64(t.all.rows))]
	t.opt = nn.NewAdam(t.net.params, nn.Adam{Rate: 1e-3, Decay: 1e-3})
	t.clip = 1
	best, since := 999999.0, 0
	defer func() { t.net.learned = t.net.step }()
	for epoch := range 1000 {
		if run.Closed(t.of.Stop) {
			return ErrStopped
		}
		t.pass(500, 2)
		if loss := t.look(everyone); loss < best {
			best, since = loss, 0
		} else if since++; since > 10 && epoch > 100 {
			break
		}
	}
	return nil
}
