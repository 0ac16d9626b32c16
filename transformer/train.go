package transformer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// TrainOptions say how a model is trained. The zero value does what transformers' Trainer does: AdamW with betas 0.9 and 0.999, a rate
// of 5e-5 that falls in a straight line to 0, gradients clipped to length 1, batches of 8, 3 epochs, each in a new order. Source:
// transformers 5.24, training_args.py.
type TrainOptions struct {
	Epochs     int     // 0: 3
	Batch      int     // sequences that are computed together; 0: 8. The last of an epoch may have fewer
	Accumulate int     // batches whose gradients are added up to one step; 0: 1
	Rate       float32 // the highest; 0: 5e-5
	Warmup     int     // steps in which the rate rises from 0
	Decay      float32 // of matrices, per step and rate, apart from the moments; biases and norms keep theirs
	Average    float32 // decay of a moving average of the weights, which is what is looked at and kept; 0: none. It rises with the steps to it
	Clip       float32 // length of all gradients together; 0: 1, below 0: not clipped
	Head       []int32 // ids that softmax is over, ascending; nil: the vocabulary
	Seed       uint64

	Held     Data // sequences that are not learned but looked at: the weights that foretell them best are kept. Len 0: none
	Every    int  // steps between two looks; 0: an epoch
	Patience int  // looks without a better one that end training; 0: 3

	BF16      bool // products of bfloat16, up and back; weights, gradients and moments stay float32. See [kernels.CheckBF16]
	Recompute bool // keep what goes into each block only, and compute the rest again on the way back: less memory, more time, the same bits

	Budget     time.Duration // 0: none. The plan has no more steps than two cores of a server do in it, and the clock may cut it short
	Steps      int64         // repeats a training that was cut short: exactly so many steps of the same plan; 0: the plan's
	Stop       <-chan struct{}
	Checkpoint string // file to go on from, and to write now and then; empty: none
	Progress   func(phase string, done, total int64)
	Trace      func(Step)   // every step, on the goroutine of Train
	Warn       func(string) // sentences
}

// A Step is what one step of training was like.
type Step struct {
	Number     int64   // from 0
	Epoch      float64 // of data seen, this step included
	Loss       float64 // mean -ln probability of a token before the step, in nats, with dropout
	Norm       float32 // length of all gradients before clipping
	Rate       float32
	Held       float64 // mean -ln probability of the tokens held out, where they were looked at before this step; else 0
	RolledBack bool    // a number was not finite: the weights are those before the last step, or those of the best look
}

// A Report is what a training came to.
type Report struct {
	Planned   int64  // steps of the plan
	Steps     int64  // steps done; TrainOptions.Steps set to it repeats the training byte for byte
	StoppedBy string // "plan", "held-out score", "clock" or "stop"
	Held      float64
	HeldStep  int64 // the number of steps that the weights kept have had; that of all of them where nothing is held out
	Bytes     int   // of activations and their gradients, at most
}

// Train trains the model on data: its adapter where it has one, else its weights. With sequences held out, the model ends with the weights
// that foretell those best, which may be the first ones.
//
// Loss and gradients are checked in each step. A number that is not finite takes back the last step, or, with sequences held out, all since the best look, and halves the
// rate; training that goes wrong more often than 8 times, or in its first step, is an error. So is a sequence that does not fit the
// model. A cancelled ctx gives its error at the end of the batch that is being computed, and leaves the weights of the last step.
//
// A training with a checkpoint that was stopped in whatever way ends, when it is called with the same model, data and options
// again, with the bytes of one that was not.
func Train(ctx context.Context, m *Model, data Data, o TrainOptions) (Report, error) {
	if err := o.complete(data); err != nil {
		return Report{}, err
	}
	f := &training{m: m, data: data, o: o, params: m.trained(), began: time.Now(), draws: nn.Draws{Seed: o.Seed}, best: watch{Rate: 1}}
	f.arena, f.kept = new(tensor.Arena), new(tensor.Arena)
	f.tape = autograd.New(f.arena)
	f.tape.UseBF16(o.BF16)
	var err error
	if f.head, err = m.newHead(o.Head); err != nil {
		return Report{}, err
	}
	f.adam, f.average = f.newAdam(), f.newAverage()
	f.planned = f.plan()
	job := run.Job{
		Plan: run.Plan{Steps: f.planned}, Step: f.steps, Ended: f.ended, Save: f.save, Load: f.load,
	}
	if o.Checkpoint != "" {
		job.Key = f.key()
	}
	r, err := run.Train(ctx, job, run.Options{Budget: f.left(), Steps: o.Steps, Stop: o.Stop, Checkpoint: o.Checkpoint, Progress: o.Progress})
	if errors.Is(err, run.ErrOtherRun) {
		err = fmt.Errorf("transformer: the file to go on from belongs to another model, other data, other options, another build of the program or other kernels; "+
			"remove it, or repeat the first run's: %w", err)
	}
	if err != nil {
		return Report{}, err
	}
	if err := f.finish(ctx, r.Steps); err != nil {
		return Report{}, err
	}
	return Report{Planned: r.Planned, Steps: r.Steps, StoppedBy: r.StoppedBy, Held: f.best.held(), HeldStep: f.best.Step, Bytes: f.bytes()}, nil
}

// complete fills in what was left out, and refuses what can't be.
func (o *TrainOptions) complete(data Data) error {
	for _, n := range []struct {
		name   string
		have   *int
		unsaid int
	}{{"Epochs", &o.Epochs, 3}, {"Batch", &o.Batch, 8}, {"Accumulate", &o.Accumulate, 1}, {"Patience", &o.Patience, 3}, {"Warmup", &o.Warmup, 0}, {"Every", &o.Every, 0}} {
		if *n.have < 0 {
			return fmt.Errorf("transformer: %s is %d; leave it out, or ask for more than 0", n.name, *n.have)
		}
		if *n.have == 0 {
			*n.have = n.unsaid
		}
	}
	if o.Rate == 0 {
		o.Rate = 5e-5
	}
	if o.Clip == 0 {
		o.Clip = 1
	}
	switch {
	case data.Len < 1:
		return errors.New("transformer: there is no sequence to learn from")
	case !(o.Rate > 0) || !(o.Decay >= 0) || o.Rate-o.Rate != 0 || o.Decay-o.Decay != 0:
		return fmt.Errorf("transformer: a rate of %g with decay %g; both must be finite, the one more than 0 and the other not less", o.Rate, o.Decay)
	case o.BF16 && kernels.CheckBF16() != nil:
		return fmt.Errorf("transformer: %w; leave BF16 out", kernels.CheckBF16())
	case !(o.Average >= 0 && o.Average < 1):
		return fmt.Errorf("transformer: the average's decay is %g; it must be from 0 to below 1", o.Average)
	case o.Budget < 0 || o.Steps < 0:
		return errors.New("transformer: a budget or a number of steps is below 0; leave it out, or ask for more than 0")
	}
	return nil
}

// nominalRate is how many floating-point operations a second a plan with a budget counts on: about what two cores of a recent server do.
const nominalRate = 200e9

// perEpoch is the steps of an epoch.
func (f *training) perEpoch() int64 {
	each := f.o.Batch * f.o.Accumulate
	return int64((f.data.Len + each - 1) / each)
}

// plan gives the number of steps, from sizes and the budget alone.
func (f *training) plan() int64 {
	steps := int64(f.o.Epochs) * f.perEpoch()
	if f.o.Budget == 0 {
		return steps
	}
	looked := min(f.data.Len, 64)
	tokens := 0
	for i := range looked {
		tokens += len(f.data.At(0, i).IDs)
	}
	each := float64(tokens) / float64(looked) * float64(f.o.Batch*f.o.Accumulate)
	flops := 6 * each * float64(f.m.Config.Parameters()) // Kaplan et al., arXiv 2001.08361, section 2.1
	return max(1, min(steps, int64(f.o.Budget.Seconds()*nominalRate/max(flops, 1))))
}

// left is the time for the steps, 0 for any.
func (f *training) left() time.Duration {
	if f.o.Budget == 0 {
		return 0
	}
	return max(f.o.Budget*97/100-time.Since(f.began), 1)
}

// key tells one training from another: everything that decides what the weights will be.
func (f *training) key() [32]byte {
	h := sha256.New()
	o := f.o
	settings, err := json.Marshal(struct {
		Kernels string
		Config  Config
		Data    int
		Options plainOptions
	}{kernels.Arithmetic(kernels.Family()), f.m.Config, f.data.Len, plainOptions{
		o.Epochs, o.Batch, o.Accumulate, o.Warmup, o.Every, o.Patience, o.Held.Len, o.Rate, o.Decay, o.Average, o.Clip, o.Head, o.Seed, o.Budget, o.BF16,
	}})
	if err != nil {
		panic("transformer: " + err.Error()) // numbers always marshal
	}
	h.Write(settings)
	for _, d := range []Data{f.data, f.o.Held} {
		for i := range d.Len {
			s := d.At(0, i)
			h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(s.IDs))))
			h.Write(container.Bytes(s.IDs))
			h.Write(container.Bytes(s.Labels))
		}
	}
	for _, p := range []*nn.Params{f.m.Params, f.m.Adapters} {
		if p != nil {
			for _, s := range p.Save() {
				h.Write(container.Bytes(s.Data))
			}
		}
	}
	return [32]byte(h.Sum(nil))
}

// plainOptions are the options that decide what the weights will be. Recompute does not: its bits are the same.
type plainOptions struct {
	Epochs, Batch, Accumulate, Warmup, Every, Patience, Held int
	Rate, Decay, Average, Clip                               float32
	Head                                                     []int32
	Seed                                                     uint64
	Budget                                                   time.Duration
	BF16                                                     bool
}
