package run

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"example.org/cohort/internal/container"
)

// A Plan says how much there is to do.
type Plan struct {
	Steps int64 // at least 1
	Wave  int64 // steps between two looks at the clock; 0 is 1
}

// A Job is a model that learns.
type Job struct {
	Plan Plan
	Key  [32]byte // identifies table and options; a checkpoint of another key is refused
	// Step does the steps from, from+1, ..., to-1, all of them or none: if it returns an error, what Save writes is as it
	// was before. It returns ctx.Err() within 100 ms of ctx's end, or has waves shorter than that.
	Step func(ctx context.Context, from, to int64) error
	// Ended tells, after a wave, that what the model found out itself ends learning; nil is never.
	Ended func() bool
	// Save gives what the steps have done so far, in memory that the next step may change; Load takes it back. They may be nil where no
	// checkpoint is named.
	Save func() (*container.File, error)
	Load func(*container.File) error
	// Finish makes the model of what was learned, where that takes so long that it may be interrupted; nil is nothing. A checkpoint is
	// written before it, and stays where ctx ends Finish.
	Finish func(Report) error
}

// Options say when to end early, and whom to tell. The zero value does the whole plan in silence.
type Options struct {
	Budget     time.Duration // 0 is none. No wave is begun that, going by the one before, would end later
	Steps      int64         // repeats a run that was cut short: exactly so many, whatever the clock says; 0 is the plan's
	Stop       <-chan struct{}
	Checkpoint string        // file; empty is none
	Every      time.Duration // between two checkpoints; 0 is 2 s
	Phase      string        // for Progress; empty is "learn"
	Progress   func(phase string, done, total int64)
}

// A Report tells how far a run came.
type Report struct {
	Planned int64 // the plan's steps
	Steps   int64 // those done; with Options.Steps set to it, the run can be repeated byte for byte
	// StoppedBy is "plan" (also when Options.Steps were done), "held-out score" (Job.Ended), "clock" or "stop". A file whose bytes must not depend on
	// the clock must not hold it.
	StoppedBy string
}

const (
	everyDefault = 2 * time.Second
	// Checkpoints may take one part in so many of the time, so that a large model does not spend its time on writing.
	saveShare = 50
)

// Train runs j to its end, to the clock's or to Stop's, and at least one wave of it, so that there is a model. It calls
// Progress on this goroutine, at most ten times a second.
//
// If Options.Checkpoint exists, Train goes on from there; [ErrOtherRun] says that it belongs to another table or other
// options. The file is written atomically, every now and then and when ctx is cancelled after the first wave, and is
// removed when Train returns no error. A cancelled ctx gives the zero Report and ctx.Err().
func Train(ctx context.Context, j Job, o Options) (Report, error) {
	if j.Plan.Steps < 1 || j.Plan.Wave < 0 || o.Steps < 0 {
		panic(fmt.Sprintf("run: plan of %d steps in waves of %d, %d asked", j.Plan.Steps, j.Plan.Wave, o.Steps))
	}
	l := loop{Job: j, Options: o, ctx: ctx, start: time.Now()}
	l.wave, l.total = max(j.Plan.Wave, 1), j.Plan.Steps
	if o.Steps > 0 {
		l.total = o.Steps
	}
	if l.Phase == "" {
		l.Phase = "learn"
	}
	if l.Every == 0 {
		l.Every = everyDefault
	}
	l.tell = Throttle(o.Progress)
	by, err := l.run()
	if err != nil {
		return Report{}, err
	}
	return l.report(by), nil
}

// A loop is the state of one call of Train.
type loop struct {
	Job
	Options
	ctx         context.Context
	tell        func(phase string, done, total int64)
	wave        int64
	total, done int64
	start       time.Time     // of this process's part
	before      time.Duration // spent by the parts before, as the checkpoint says
	lastWave    time.Duration
	nextSave    time.Time
}

func (l *loop) run() (stoppedBy string, err error) {
	if err := l.ctx.Err(); err != nil {
		return "", err
	}
	if err := l.resume(); err != nil {
		return "", err
	}
	l.nextSave = time.Now().Add(l.Every)
	l.tell(l.Phase, l.done, l.total)
	for {
		if by := l.ended(); by != "" {
			whole := l.done // what was cut short is done, too
			if by == "held-out score" {
				whole = l.total // nothing was cut short
			}
			l.tell(l.Phase, whole, whole)
			return by, l.finish(by)
		}
		if err := l.step(); err != nil {
			return "", err
		}
		l.tell(l.Phase, l.done, l.total)
	}
}

func (l *loop) report(by string) Report {
	return Report{Planned: l.Plan.Steps, Steps: l.done, StoppedBy: by}
}

// finish does what comes after the last step. The checkpoint goes, unless ctx has ended it.
func (l *loop) finish(by string) error {
	if l.Finish != nil {
		if err := l.save(); err != nil {
			return err
		}
		if err := l.Finish(l.report(by)); err != nil {
			if l.ctx.Err() == nil {
				return cmp.Or(l.removeCheckpoint(), err)
			}
			return err
		}
	}
	return l.removeCheckpoint()
}

// ended says why the loop ends here, or "".
func (l *loop) ended() string {
	switch {
	case l.done >= l.total:
		return "plan"
	case l.done == 0:
		return ""
	case l.Ended != nil && l.Ended():
		return "held-out score"
	case Closed(l.Stop):
		return "stop"
	case l.Budget > 0 && l.Options.Steps == 0 && l.spent()+l.lastWave > l.Budget:
		return "clock"
	}
	return ""
}

// step does one wave. Its bounds depend on the plan alone.
func (l *loop) step() error {
	began := time.Now()
	to := min(l.done-l.done%l.wave+l.wave, l.total)
	if err := l.Step(l.ctx, l.done, to); err != nil {
		if l.ctx.Err() == nil {
			return err
		}
		return l.cancelled()
	}
	l.done = to
	l.lastWave = time.Since(began)
	if l.ctx.Err() != nil {
		return l.cancelled()
	}
	if l.done < l.total && time.Now().After(l.nextSave) {
		return l.save()
	}
	return nil
}

func (l *loop) spent() time.Duration { return l.before + time.Since(l.start) }

// Closed tells whether a channel that nobody sends on is closed, without waiting. A nil channel never is.
func Closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
