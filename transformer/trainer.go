package transformer

import (
	"context"
	"math"
	"time"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A training is one call of Train.
type training struct {
	m       *Model
	data    Data
	o       TrainOptions
	head    *head
	params  *nn.Params // those that are trained
	adam    *nn.Adam
	average *nn.EMA // nil: none
	planned int64
	began   time.Time

	tape  *autograd.Tape
	arena *tensor.Arena // of the tape
	kept  *tensor.Arena // what recomputation keeps beside it
	draws nn.Draws
	batch batch
	seqs  []Sequence
	order []int32 // of the epoch that was asked for last
	epoch int64   // that one, plus 1

	good []nn.State // the best weights; nil where nothing is held out
	best watch
}

func (f *training) newAdam() *nn.Adam {
	return nn.NewAdam(f.params, nn.Adam{}) // the decay is that of shrink
}

// newAverage begins with the weights as they are.
func (f *training) newAverage() *nn.EMA {
	if f.o.Average == 0 {
		return nil
	}
	return nn.NewEMA(f.params, f.o.Average)
}

// follow moves the average. Early on it forgets faster, so that the first values are not in it for long. Source: TensorFlow,
// ExponentialMovingAverage with num_updates.
func (f *training) follow(n int64) {
	if f.average != nil {
		f.average.Decay = min(f.o.Average, float32(n+1)/float32(n+10))
		f.average.Update()
	}
}

// steps does the steps from, ..., to-1, of which there is one: the plan has waves of 1.
func (f *training) steps(ctx context.Context, from, to int64) error {
	for n := from; n < to; n++ {
		if err := f.step(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// step does step n. Until its gradients are there nothing has changed.
func (f *training) step(ctx context.Context, n int64) error {
	s := Step{Number: n, Epoch: float64(n+1) / float64(f.perEpoch())}
	if f.o.Held.Len > 0 && n%f.every() == 0 {
		held, err := f.look(ctx, n)
		if err != nil {
			return err
		}
		s.Held = held
	}
	var err error
	if s.Loss, err = f.gradient(ctx, n); err != nil {
		return err
	}
	s.Norm = f.params.GradNorm()
	if breaks != nil && breaks(n) {
		s.Loss = math.NaN()
	}
	if s.Loss-s.Loss != 0 || s.Norm-s.Norm != 0 {
		if err := f.back(n); err != nil {
			return err
		}
		s.RolledBack = true
		f.trace(s)
		return nil
	}
	line := nn.Schedule{Shape: nn.Line, Warmup: f.o.Warmup, Steps: int(f.planned)}
	s.Rate = f.o.Rate * f.best.Rate * line.At(int(n))
	f.shrink(1 - s.Rate*f.o.Decay)
	f.adam.Rate, f.best.Last = s.Rate, s.Rate
	if f.o.Clip > 0 {
		f.adam.StepClipped(s.Norm, f.o.Clip)
	} else {
		f.adam.Step()
	}
	f.follow(n)
	f.trace(s)
	return nil
}

func (f *training) trace(s Step) {
	if f.o.Trace != nil {
		f.o.Trace(s)
	}
}

// shrink is the decay of AdamW, which is not for biases and norms.
func (f *training) shrink(by float32) {
	if f.o.Decay == 0 {
		return
	}
	for _, p := range f.params.All() {
		if len(p.Data.Shape) == 2 {
			kernels.Scale(p.Data.Data, p.Data.Data, by)
		}
	}
}

// gradient sets the gradients of the mean loss of step n's tokens, and gives that loss.
func (f *training) gradient(ctx context.Context, n int64) (float64, error) {
	f.choose(n)
	tokens := 0
	for i := range f.seqs {
		tokens += f.seqs[i].count()
	}
	if tokens == 0 {
		return 0, errNothing
	}
	f.params.ZeroGrad()
	f.draws.Begin(uint64(n))
	loss := 0.0
	for lo := 0; lo < len(f.seqs); lo += f.o.Batch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if err := f.m.pack(&f.batch, f.seqs[lo:min(lo+f.o.Batch, len(f.seqs))], f.head); err != nil {
			return 0, err
		}
		if f.o.Recompute {
			loss += float64(f.recomputed(1 / float32(tokens)))
			continue
		}
		f.tape.Reset()
		loss += float64(f.m.backward(f.tape, &f.batch, 1/float32(tokens), &f.draws))
	}
	return loss, nil
}

// choose sets seqs to the sequences of step n.
func (f *training) choose(n int64) {
	epoch, each := n/f.perEpoch(), f.o.Batch*f.o.Accumulate
	if f.epoch != epoch+1 {
		f.shuffle(epoch)
	}
	lo := int(n%f.perEpoch()) * each
	f.seqs = f.seqs[:0]
	for _, i := range f.order[lo:min(lo+each, f.data.Len)] {
		f.seqs = append(f.seqs, f.data.At(int(epoch), int(i)))
	}
}

// shuffle puts the sequences into the order of an epoch.
func (f *training) shuffle(epoch int64) {
	f.order = f.order[:0]
	for i := range f.data.Len {
		f.order = append(f.order, int32(i))
	}
	r := rng.New(f.o.Seed, rng.GPTOrder, uint64(epoch))
	r.Shuffle(len(f.order), func(i, j int) { f.order[i], f.order[j] = f.order[j], f.order[i] })
	f.epoch = epoch + 1
}

// bytes is the memory of activations and their gradients. An arena knows after Reset what it was asked for.
func (f *training) bytes() int {
	f.tape.Reset()
	f.kept.Reset()
	return f.arena.Size() + f.kept.Size()
}
