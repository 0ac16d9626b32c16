package baseline

import (
	"sync/atomic"
	"time"

	"example.org/cohort/internal/run"
)

// A pace tells how far learning has come in work and not in steps: the first tree of a variable comes with the choice of its
// settings, which costs as much as many trees. Work is counted in nominal microseconds.
type pace struct {
	tell   func(phase string, done, total int64)
	total  int64        // of the run
	choice []int64      // by variable: the choice of its settings
	sums   [2][]int64   // of the first i steps of the first round, of the first i of any other
	base   int64        // done before the wave that is under way
	most   int64        // done after it
	part   atomic.Int64 // done of it
}

// newPace prepares the pace of a run of so many steps. A nil progress gives nil: nothing is counted.
func (l *learner) newPace(steps int64, progress func(phase string, done, total int64)) *pace {
	if progress == nil {
		return nil
	}
	p := &pace{tell: run.Throttle(progress), choice: make([]int64, len(l.d.x))}
	first, later, bins := []int64{0}, []int64{0}, l.bins()
	for i, v := range l.order {
		choice, tree := l.costOf(v, l.d.rows(), bins)
		p.choice[v] = int64(choice * 1e6)
		one := 1 + int64(tree*1e6)
		first, later = append(first, first[i]+p.choice[v]+one), append(later, later[i]+one)
	}
	p.sums = [2][]int64{first, later}
	p.total = p.work(steps)
	return p
}

// work gives what the first steps cost.
func (p *pace) work(steps int64) int64 {
	n := int64(len(p.sums[0]) - 1)
	switch {
	case n == 0:
		return steps
	case steps <= n:
		return p.sums[0][steps]
	}
	steps -= n
	return p.sums[0][n] + steps/n*p.sums[1][n] + p.sums[1][steps%n]
}

// progress fits [run.Options].
func (p *pace) progress() func(phase string, done, total int64) {
	if p == nil {
		return nil
	}
	return func(phase string, done, total int64) { p.tell(phase, p.work(done), p.work(total)) }
}

// add counts a share of the choice of settings for variable v. Any goroutine may call it.
func (p *pace) add(v int32, share float64) {
	if p != nil {
		p.part.Add(int64(float64(p.choice[v]) * share))
	}
}

// parallel is [run.Parallel] for the steps from, ..., to-1, and tells now and then, on this goroutine, how far it has come.
func (p *pace) parallel(from, to int64, f func(i int)) {
	if p == nil {
		run.Parallel(int(to-from), f)
		return
	}
	p.base, p.most = p.work(from), p.work(to)
	p.part.Store(0)
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		run.Parallel(int(to-from), f)
	}()
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case cause := <-ended:
			if cause != nil {
				panic(cause)
			}
			return
		case <-t.C:
			p.tell("learn", min(p.base+p.part.Load(), p.most-1), p.total)
		}
	}
}
