package ctgan

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Fit learns t. Errors of the table or the options are *[table.Error]; a cancelled ctx gives ctx.Err() within 100 ms and the time that the
// checkpoint takes, where one is named.
func Fit(ctx context.Context, t *table.Table, opt Options) (*Model, error) {
	opt, set, err := opt.resolve()
	if err != nil {
		return nil, err
	}
	if opt.Budget < 0 || opt.Steps < 0 {
		return nil, badOption("a budget or a number of steps is below 0", "leave it out, or ask for more than 0")
	}
	f := &fitting{ctx: ctx, opt: opt, began: time.Now(), m: &Model{set: set, rows: t.Rows()}}
	f.opt.Progress = run.Throttle(opt.Progress)
	for _, do := range []func() error{func() error { return f.encode(t) }, ctx.Err, f.learn} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	return f.m, nil
}

// A fitting is one call of Fit.
type fitting struct {
	ctx   context.Context
	opt   Options
	began time.Time
	m     *Model
	data  *matrix
	kept  []int32 // preset plus: the rows to learn from, and those held out
	held  []int32
	learner
}

// A learner is a model that learns in steps.
type learner interface {
	// step does step n and says what it was like. It gives false where a number is not finite; nothing has moved then.
	step(n int64) (Step, bool)
	// slower halves the learning rate.
	slower()
	// save gives the state, of which load takes a copy back.
	save() state
	load(s state) error
}

// encode turns the table into codes and numbers.
func (f *fitting) encode(t *table.Table) error {
	f.opt.Progress("encode", 0, 0)
	m := f.m
	if !m.set.peer() {
		return f.encodeCodes(t)
	}
	t = refined(t)
	var err error
	if m.enc, err = encode.Fit(t, encode.Options{Level: "research", Warn: f.opt.Warn}); err != nil {
		return err
	}
	var cols []int
	for c := range m.enc.Schema().Columns {
		if !m.enc.Filled(c) {
			cols = append(cols, c)
		}
	}
	if len(cols) == 0 {
		return &table.Error{Code: "nothing-to-learn", Reason: "no column is learned: all are ids or text", Fix: "read one as a number or category"}
	}
	src := peerTable{t, m.enc.Schema()}
	m.coder, err = fitPeer(m.set.Preset, src, cols, func(done int) error {
		f.opt.Progress("encode", int64(done), int64(len(cols)))
		return f.ctx.Err()
	})
	if err != nil {
		return err
	}
	f.data = m.coder.encode(src)
	m.l = newLayout(m.coder.fields(), m.set.Preset == sdv)
	return nil
}

// learn makes the networks, runs the plan and finishes the model.
func (f *fitting) learn() error {
	m := f.m
	if err := f.fits(); err != nil {
		return err
	}
	f.prepare()
	if err := f.ctx.Err(); err != nil {
		return err
	}
	steps := f.planned()
	h := &health{fitting: f}
	job := run.Job{
		Plan: run.Plan{Steps: steps},
		Key:  f.key(),
		Step: func(_ context.Context, from, to int64) error { return h.steps(from, to) },
		Save: h.save,
		Load: h.load,
	}
	if l, ok := f.learner.(interface{ finished() bool }); ok {
		job.Ended = l.finished
	}
	if !m.set.peer() { // a peer's preset has next to nothing to finish
		job.Finish = f.finish
	}
	report, err := run.Train(f.ctx, job, run.Options{Budget: f.left(), Steps: f.opt.Steps, Stop: f.opt.Stop,
		Checkpoint: f.opt.Checkpoint, Progress: func(phase string, done, total int64) {
			rest := int64(0)
			if !m.set.peer() {
				rest = finishingOf(total).cost(m)
			}
			f.opt.Progress(phase, done, total+rest)
		}})
	if errors.Is(err, run.ErrOtherRun) {
		return &table.Error{Code: "other-checkpoint", Reason: "the file to go on from belongs to another table, other options, another " +
			"build of the program or other kernels", Fix: "remove it, or repeat the first run's options", Err: err}
	}
	if err != nil {
		return err
	}
	if m.set.peer() {
		return f.finish(report)
	}
	return nil
}

// stepsPerEpoch is the number of updates that a pass over the table comes to.
func (f *fitting) stepsPerEpoch() int64 {
	if l, ok := f.learner.(interface{ perEpoch() int64 }); ok {
		return l.perEpoch()
	}
	return max(int64(f.data.rows/f.m.set.Batch), 1)
}

// nominalRate is how many floating-point operations a second a plan with a budget counts on: more than two cores do, so that on
// most computers the clock ends the plan and no time is left over.
const nominalRate = 400e9

// wholePlan is the number of steps of a plan without a budget.
func (s *settings) wholePlan(perEpoch int64, rows int) int64 {
	least := s.LeastSteps
	if s.MostVisits > 0 {
		least = min(least, s.MostVisits*int64(rows)/int64(s.Batch))
	}
	return max(int64(s.Epochs)*perEpoch, least, 1)
}

// planned gives the number of steps, from the table's size and the budget alone.
func (f *fitting) planned() int64 {
	steps := f.m.set.wholePlan(f.stepsPerEpoch(), f.data.rows)
	if f.opt.Budget > 0 {
		steps = min(steps, int64(f.opt.Budget.Seconds()*nominalRate/f.m.flops()))
	}
	return max(steps, 1)
}

// left is the time for the steps: the budget less what went by and what finishing takes.
func (f *fitting) left() time.Duration {
	if f.opt.Budget == 0 {
		return 0
	}
	share := 0.97
	if !f.m.set.peer() { // what finishes takes a part of the steps' time
		rest := float64(finishingOf(1000).cost(f.m)) / 1000
		share /= 1 + 1.5*rest
	}
	return max(time.Duration(share*float64(f.opt.Budget))-time.Since(f.began), 1)
}

// key tells one run from another: everything that decides what the weights will be.
func (f *fitting) key() [32]byte {
	h := sha256.New()
	put := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			panic("ctgan: " + err.Error()) // settings and encoders always marshal
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	put([]any{f.m.set, f.m.enc, f.m.coder, f.opt.Level, f.opt.Protect, f.opt.Seed, f.opt.Budget, f.data.rows, kernels.Arithmetic(kernels.Family())})
	for i := range f.data.code {
		h.Write(container.Bytes(f.data.code[i]))
		h.Write(container.Bytes(f.data.num[i]))
	}
	return [32]byte(h.Sum(nil))
}

// A health looks after a learner: it keeps a copy of its state, and goes back to it when a number is not finite.
type health struct {
	*fitting
	good      state
	at        int64 // the step before which good was copied
	rollbacks int
}

const (
	keepEvery     = 100 // steps between two copies
	mostRollbacks = 8
)

// breaks makes a step count as out of bounds, for tests; else it is nil.
var breaks func(step int64) bool

// steps does the steps from, ..., to-1.
func (h *health) steps(from, to int64) error {
	for n := from; n < to; n++ {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		if n%keepEvery == 0 || h.good == nil {
			// The step before may have made weights infinite, which shows in the next one's loss.
			if now := h.learner.save(); h.good == nil || now.networks().finite() {
				h.good, h.at = now.copy(h.good), n
			}
		}
		s, ok := h.learner.step(n)
		if l, is := h.learner.(interface{ cancelled() bool }); is && l.cancelled() {
			return h.ctx.Err()
		}
		if breaks != nil && breaks(n) {
			ok = false
		}
		s.Number, s.Epoch = n, float64(n+1)/float64(h.stepsPerEpoch())
		if !ok {
			if err := h.back(n); err != nil {
				return err
			}
			s.RolledBack = true
		}
		if h.opt.Trace != nil {
			h.opt.Trace(s)
		}
	}
	return nil
}

// back undoes step n.
func (h *health) back(n int64) error {
	if h.rollbacks++; h.rollbacks > mostRollbacks {
		return notLearned(fmt.Sprintf("learning went out of bounds %d times, at step %d for the last time", h.rollbacks, n))
	}
	if err := h.learner.load(h.good); err != nil {
		return err
	}
	h.learner.slower()
	if h.opt.Warn != nil {
		h.opt.Warn(&table.Error{Code: "rolled-back", Reason: fmt.Sprintf("at step %d a loss was not a number: learning goes on from where it was %d "+
			"steps before, at half the rate", n, n-h.at), Fix: "a lower learning rate avoids that"})
	}
	h.good = h.learner.save().copy(h.good)
	return nil
}

func notLearned(reason string) error {
	return &table.Error{Code: "not-learned", Reason: reason, Fix: "take a lower learning rate"}
}

// watch is what a health goes on from, beside the two states.
type watch struct {
	Rollbacks int
	At        int64
}

func (h *health) save() (*container.File, error) {
	f := &container.File{Kind: "ctgan-checkpoint"}
	head, err := json.Marshal(watch{h.rollbacks, h.at})
	if err != nil {
		return nil, err
	}
	f.Header = head
	h.learner.save().lend(f, "now/")
	h.good.lend(f, "good/")
	return f, nil
}

func (h *health) load(f *container.File) error {
	var w watch
	if json.Unmarshal(f.Header, &w) != nil {
		return container.ErrDamaged
	}
	h.rollbacks, h.at = w.Rollbacks, w.At
	now := h.learner.save()
	h.good = now.copy(nil)
	if err := h.good.get(f, "good/"); err != nil {
		return err
	}
	again := now.copy(nil)
	if err := again.get(f, "now/"); err != nil {
		return err
	}
	return h.learner.load(again)
}
