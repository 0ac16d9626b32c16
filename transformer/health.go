package transformer

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/container"
	"example.org/cohort/nn"
)

const mostRollbacks = 8

// breaks makes a step count as out of bounds, for tests; else it is nil.
var breaks func(step int64) bool

// A watch is the part of a training's state that is no tensor.
type watch struct {
	Rate      float32 // what the rate is multiplied by: halved by each way back
	Rollbacks int
	Adam      int     // steps of the optimiser, which begins anew after a way back
	Last      float32 // the rate of its last step
	Looks     int     // how often the sequences held out were looked at
	Score     uint64  // bits of the best of those looks
	Step      int64   // where it was
	Worse     int     // looks since then
}

func (w *watch) held() float64 { return math.Float64frombits(w.Score) }

func (f *training) every() int64 {
	if f.o.Every > 0 {
		return int64(f.o.Every)
	}
	return f.perEpoch()
}

// look says how well the weights after n steps, or their average, foretell the sequences held out, and keeps them if none did better.
func (f *training) look(ctx context.Context, n int64) (float64, error) {
	if f.average != nil {
		f.average.Swap()
		defer f.average.Swap()
	}
	v, _, err := f.m.evaluate(ctx, f.tape, f.o.Held, f.head)
	if err != nil {
		return 0, err
	}
	w := &f.best
	if w.Looks++; w.Looks == 1 || v < w.held() {
		w.Score, w.Step, w.Worse = math.Float64bits(v), n, 0
		f.keep()
		return v, nil
	}
	w.Worse++
	return v, nil
}

// ended tells that nothing better came for long enough.
func (f *training) ended() bool { return f.best.Worse >= f.o.Patience }

// finish gives the model its best weights, or the average of all. The checkpoint is gone, so this is done to its end, whatever ctx says.
func (f *training) finish(ctx context.Context, steps int64) error {
	if f.o.Held.Len == 0 {
		f.best.Step = steps
		if f.average != nil {
			f.average.Copy()
		}
		return nil
	}
	if _, err := f.look(context.WithoutCancel(ctx), steps); err != nil {
		return err
	}
	return f.params.Load(f.good)
}

// keep copies the weights.
func (f *training) keep() { f.good = copied(f.params.Save(), f.good) }

func copied(from, to []nn.State) []nn.State {
	if to == nil {
		to = slices.Clone(from)
		for i := range to {
			to[i].Data = make([]float32, len(from[i].Data))
		}
	}
	for i := range from {
		copy(to[i].Data, from[i].Data)
	}
	return to
}

// back undoes what led to step n: all since the best look, or, where nothing is held out, the last step, whose weights had a finite
// loss. That one is computed from the moments, so that nobody keeps a copy of the weights. The moments begin anew: they are what may
// have led there.
func (f *training) back(n int64) error {
	w := &f.best
	if w.Rollbacks++; w.Rollbacks > mostRollbacks || n == 0 {
		return fmt.Errorf("transformer: learning went out of bounds %d times, at step %d for the last time: take a lower rate, or other weights to begin with", w.Rollbacks, n)
	}
	if f.good != nil {
		if err := f.params.Load(f.good); err != nil {
			return err
		}
		f.adam.Forget()
	} else {
		stepped, _ := f.adam.Save()
		f.adam.Undo()
		if stepped > 0 {
			f.shrink(1 / (1 - w.Last*f.o.Decay))
			f.params.Changed()
		}
	}
	f.average = f.newAverage()
	w.Rate /= 2
	if f.o.Warn != nil {
		f.o.Warn(fmt.Sprintf("at step %d a loss was not a number: learning goes on from the last good weights at half the rate; a lower rate avoids that", n))
	}
	return nil
}

// under puts a name before those of s.
func under(name string, s []nn.State) []nn.State {
	out := slices.Clone(s)
	for i := range out {
		out[i].Name = name + s[i].Name
	}
	return out
}

// states are the tensors that a training goes on from. The best weights are among them where some are held out.
func (f *training) states() []nn.State {
	_, moments := f.adam.Save()
	s := append(under("weights/", f.params.Save()), moments...)
	if f.average != nil {
		s = append(s, f.average.Save()...)
	}
	return append(s, under("good/", f.good)...)
}

// save lends everything to a file that is written before the next step.
func (f *training) save() (*container.File, error) {
	f.best.Adam, _ = f.adam.Save()
	head, err := json.Marshal(f.best)
	if err != nil {
		return nil, err
	}
	c := &container.File{Kind: "transformer-checkpoint", Header: head}
	for _, s := range f.states() {
		c.Blobs = append(c.Blobs, container.Blob{Name: s.Name, Floats: s.Data})
	}
	return c, nil
}

// load takes what save gave.
func (f *training) load(c *container.File) error {
	var w watch
	if json.Unmarshal(c.Header, &w) != nil {
		return fmt.Errorf("transformer: %w: its header is not what this program writes", container.ErrDamaged)
	}
	if f.o.Held.Len > 0 {
		f.keep() // makes room
	}
	for _, s := range f.states() {
		b, ok := c.Blob(s.Name)
		if !ok {
			return fmt.Errorf("transformer: %w: a tensor is missing", container.ErrDamaged)
		}
		v, err := container.Values[float32](b, len(s.Data))
		if err != nil {
			return err
		}
		copy(s.Data, v)
	}
	f.params.Changed()
	_, moments := f.adam.Save()
	f.best, f.adam.Rate = w, w.Last
	return f.adam.Load(w.Adam, moments)
}
