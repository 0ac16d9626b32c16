package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/run"
	"example.org/cohort/tensor"
)

// finishing is what comes after the last step, all of it a function of how many steps there were.
type finishing struct {
	batches int   // that BatchNorm's statistics are taken from
	rounds  int   // in which the codes' shares are balanced
	balance int   // rows written in such a round
	tilt    int   // rows written to find the tilt
	judge   int64 // steps of the judge
}

const mostJudgeSteps = 900

func finishingOf(steps int64) finishing {
	clamp := func(x, low, high int64) int { return int(min(max(x, low), high)) }
	return finishing{
		batches: clamp(steps/20, 5, 50),
		rounds:  clamp(steps/50, 2, 8),
		balance: clamp(10*steps, 500, balanceRows),
		tilt:    clamp(50*steps, 1000, tiltRows),
		judge:   int64(clamp(steps/5, 20, mostJudgeSteps)),
	}
}

// ofRow and ofJudge are about how many floating-point operations a row that is written and a step of the judge take.
func (m *Model) ofRow() float64 { return 2 * float64(m.gen.params.Len()) }

func (m *Model) ofJudge() float64 {
	judge := 2 * 3 * 2 * judgeBatch * float64(judgeWidth*(judgeWidth+40)) // forward and backward, twice as many rows as a batch
	return 1.2 * (judge + judgeBatch*m.ofRow())
}

// cost is about how many steps of the plan the work takes, for progress.
func (p finishing) cost(m *Model) int64 {
	rows := float64(m.set.Batch*p.batches + p.balance*p.rounds + p.tilt)
	if len(m.Schema().Rules) > 0 {
		rows += float64(p.tilt)
	}
	return int64(math.Ceil((float64(p.judge)*m.ofJudge() + rows*m.ofRow()) / m.flops()))
}

// An ending tells how far finishing has come, in steps of the plan.
type ending struct {
	f           *fitting
	steps, rest int64
	done        float64 // floating-point operations
}

// tick adds to what is done. It is an error where the fit's context is cancelled.
func (e *ending) tick(flops float64) error {
	e.done += flops
	e.f.opt.Progress("learn", e.steps+min(int64(e.done/e.f.m.flops()), e.rest-1), e.steps+e.rest)
	return e.f.ctx.Err()
}

// finish ends learning: the networks become a model.
func (f *fitting) finish(report run.Report) error {
	m := f.m
	m.report = report
	if l, ok := f.learner.(interface{ done() error }); ok {
		if err := l.done(); err != nil {
			return err
		}
	}
	if !state(m.gen.params.Save()).finite() {
		return notLearned("the last step of learning went out of bounds")
	}
	if m.set.peer() {
		return nil
	}
	p := finishingOf(m.report.Steps)
	e := &ending{f: f, steps: m.report.Steps, rest: p.cost(m)}
	if err := f.weigh(p, e); err != nil {
		return err
	}
	f.opt.Progress("learn", e.steps+e.rest, e.steps+e.rest)
	return nil
}

// weigh brings what the generator writes nearer to the table: column by column by its biases, then by the weights of whole rows.
func (f *fitting) weigh(p finishing, e *ending) (err error) {
	m, tape := f.m, autograd.New(&tensor.Arena{})
	const seed = 1
	tick := func(rows int) error { return e.tick(float64(rows) * m.ofRow()) }
	if err := m.recalibrate(tape, seed, p.batches, tick); err != nil {
		return err
	}
	if err := m.balance(tape, seed, p.rounds, p.balance, tick); err != nil {
		return err
	}
	if m.tilt, err = newTilt(m, f.data, f.kept, f.opt.Protect, p.tilt, tape, tick); err != nil || len(f.held) == 0 {
		return err
	}
	h := &hearing{m: m, data: f.data, learn: f.kept, held: some(f.held, judgeHeld), tape: tape}
	if len(m.Schema().Rules) > 0 {
		if h.ruled, err = m.ruledCodes(scoreSeed+1, p.tilt, tick); err != nil {
			return err
		}
	}
	j, err := h.learnJudge(f.opt.Seed, p.judge, func() error { return e.tick(m.ofJudge()) })
	if err != nil {
		return err
	}
	// A judge that knows no more than the tilt would only add noise.
	if j.held < h.heldOut(nil, f.opt.Seed)-leastKnown {
		m.judges = append(m.judges, j)
	}
	return nil
}

// leastKnown is by how much a judge's loss on rows held out must be below that of the tilt alone.
const leastKnown = 0.002
