package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/tensor"
)

// finishing is what comes after the last step, all of it a function of how many steps there were.
type finishing struct {
	batches int   // that BatchNorm's statistics are taken from
	rounds  int   // in which the codes' shares are balanced
	judge   int64 // steps of the judge
}

const mostJudgeSteps = 1500

func finishingOf(steps int64) finishing {
	return finishing{batches: int(min(max(steps/20, 5), 50)), rounds: int(min(max(steps/50, 2), 8)), judge: min(max(steps/3, 20), mostJudgeSteps)}
}

// cost is about how many steps of the plan the work takes, for progress.
func (p finishing) cost(m *Model) int64 {
	judge := 2 * 3 * 2 * judgeBatch * float64(judgeWidth*(judgeWidth+40)) // forward and backward, twice as many rows as a batch
	gen := 2 * judgeBatch * float64(m.gen.params.Len())
	rows := 2 * float64(m.set.Batch*p.batches+balanceRows*p.rounds+tiltRows) * float64(m.gen.params.Len())
	return int64(math.Ceil((float64(p.judge)*(judge+gen)*1.2 + rows) / m.flops()))
}

// finish ends learning: the networks become a model.
func (f *fitting) finish() error {
	m := f.m
	if l, ok := f.learner.(interface{ done() error }); ok {
		if err := l.done(); err != nil {
			return err
		}
	}
	if m.set.peer() {
		return nil
	}
	steps := m.report.Steps
	p := finishingOf(steps)
	rest := p.cost(m)
	tape := autograd.New(&tensor.Arena{})
	const seed = 1
	m.recalibrate(tape, seed, p.batches)
	m.balance(tape, seed, p.rounds)
	m.tilt = newTilt(m, f.data, f.kept, f.opt.Protect, tape)
	if err := f.ctx.Err(); err != nil || len(f.held) == 0 {
		f.opt.Progress("learn", steps+rest, steps+rest)
		return err
	}
	h := &hearing{m: m, data: f.data, learn: f.kept, held: f.held, tape: tape}
	j, err := h.learnJudge(f.ctx, f.opt.Seed, p.judge, func(done int64) {
		f.opt.Progress("learn", steps+rest*done/p.judge, steps+rest)
	})
	if err != nil {
		return err
	}
	// A judge that knows no more than the tilt would only add noise.
	if j.held < h.heldOut(nil, f.opt.Seed)-leastKnown {
		m.judges = append(m.judges, j)
	}
	f.opt.Progress("learn", steps+rest, steps+rest)
	return nil
}

// leastKnown is by how much a judge's loss on rows held out must be below that of the tilt alone.
const leastKnown = 0.002
