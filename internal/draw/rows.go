package draw

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// tries is how often a row is drawn anew until it meets the conditions, and candidates how many rows are then drawn with
// the conditions set into them, for one of them to be picked.
const tries, candidates = 100, 16

// block is the number of rows that one goroutine draws together, column by column, so that what tells a variable is at
// hand, and a network sees many rows at once.
const block = 2048

// Conditions tells whether rows must meet conditions or have a balanced value.
func (s *Sampler) Conditions() bool { return s.conditions }

// Rows draws the rows. newSource makes a source for rows with an Index below n, for one goroutine. set is the number of
// rows into which a condition, or the balanced value, was set because it was not drawn in 100 tries; with
// [Options].Candidates, because what the model has learned gives it no chance. A row that rules and conditions leave
// nothing gives an error that wraps [ErrNoRow]. A cancelled ctx gives ctx.Err() soon.
func (s *Sampler) Rows(ctx context.Context, newSource func(n int) Source) (t *table.Table, set int64, err error) {
	if s.evenly() && s.opt.Rows > 0 {
		return s.evenRows(ctx, newSource)
	}
	cells, set, err := s.cells(ctx, newSource, nil)
	if err != nil {
		return nil, 0, err
	}
	t, err = s.plan.enc.Build(s.opt.Seed, s.opt.First, cells)
	return t, set, err
}

// cells is Rows without the table. l is what rows know before their targets are drawn, if those are drawn evenly.
func (s *Sampler) cells(ctx context.Context, newSource func(n int) Source, l *later) (cells [][]int64, set int64, err error) {
	cells = s.plan.cells(int(s.opt.Rows))
	each := s.each()
	size := max(s.block()/each, 1)
	room := int(min(int64(size), s.opt.Rows)) * each
	var made []*Worker
	var mu sync.Mutex
	workers := sync.Pool{New: func() any {
		k := s.Worker(newSource(room), room)
		k.later = l
		mu.Lock()
		defer mu.Unlock()
		made = append(made, k)
		return k
	}}
	defer func() {
		for _, k := range made {
			if r, ok := k.source.(Releaser); ok {
				r.Release()
			}
		}
	}()
	blocks := (int(s.opt.Rows) + size - 1) / size
	var count, failed atomic.Int64
	run.Parallel(blocks, func(i int) {
		if failed.Load() > 0 || ctx.Err() != nil {
			return
		}
		k := workers.Get().(*Worker)
		from := i * size
		n := min(size, int(s.opt.Rows)-from)
		fill := k.fill
		switch {
		case s.opt.Candidates > 0:
			fill = k.fillPicked
		case s.opt.Most > 0:
			fill = k.fillKept
		}
		if !fill(ctx, from, n, cells, &count) {
			failed.Add(1)
		}
		workers.Put(k)
	})
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	if failed.Load() > 0 {
		return nil, 0, noRow("", "a row that meets them was not found", "ask for less")
	}
	return cells, count.Load(), nil
}

func (s *Sampler) block() int {
	if s.opt.Block > 0 {
		return s.opt.Block
	}
	return block
}

// meeting tells whether conditions are set into rows from the first try on.
func (s *Sampler) meeting() bool { return s.opt.Meets && s.conditions }

// fill draws n rows of the sample into cells, from index at on. It is false where a row can't be drawn.
func (k *Worker) fill(ctx context.Context, at, n int, cells [][]int64, set *atomic.Int64) bool {
	rows := k.rows[:n]
	for i, w := range rows {
		w.Number = k.sampler.opt.First + int64(at+i)
		w.R = rng.New(k.sampler.opt.Seed, rng.SampleCell, uint64(w.Number))
	}
	if k.Draw(ctx, rows, k.sampler.meeting()) != nil {
		return false
	}
	k.wait(alive(k.live[:copy(k.live, rows)]))
	for i, w := range rows {
		if w.dead {
			if !k.again(ctx, w, set) {
				return false
			}
			k.wait([]*Row{w})
		}
		k.store(w, cells, at+i)
	}
	return true
}

// fillKept is fill where rows are drawn until they are kept. One that is not in as many tries as allowed is drawn as if all were.
func (k *Worker) fillKept(ctx context.Context, at, n int, cells [][]int64, set *atomic.Int64) bool {
	left := make([]int, n) // the rows that are not kept yet
	for i := range left {
		left[i] = at + i
	}
	for try := 0; try < tries && len(left) > 0; try++ {
		rows := k.rows[:len(left)]
		for i, w := range rows {
			w.Number = k.sampler.opt.First + int64(left[i])
			w.R = rng.New(k.sampler.opt.Seed, rng.DrawCandidate, uint64(w.Number)<<20|uint64(try))
		}
		if k.Draw(ctx, rows, k.sampler.meeting()) != nil {
			return false
		}
		weight := k.weigh(rows)
		var kept []*Row
		again := left[:0]
		for i, w := range rows {
			if float64(w.R.Float64()*k.sampler.opt.Most) < weight[i] {
				kept = append(kept, w)
				k.store(w, cells, left[i])
			} else {
				again = append(again, left[i])
			}
		}
		k.wait(kept)
		left = again
	}
	return k.alone(ctx, left, cells, set)
}

// alone draws the rows of these places, which no round gave, one by one and without regard to weights.
func (k *Worker) alone(ctx context.Context, left []int, cells [][]int64, set *atomic.Int64) bool {
	for _, place := range left {
		w := k.rows[0]
		w.Number = k.sampler.opt.First + int64(place)
		if !k.again(ctx, w, set) {
			return false
		}
		k.wait([]*Row{w})
		k.store(w, cells, place)
	}
	return true
}

// again draws a row whose first draw failed: anew, up to so many tries in all, and then with the conditions set into it.
func (k *Worker) again(ctx context.Context, w *Row, set *atomic.Int64) bool {
	w.R = rng.New(k.sampler.opt.Seed, rng.SampleTry, uint64(w.Number))
	one := []*Row{w}
	for range tries - 1 {
		if k.Draw(ctx, one, k.sampler.meeting()) != nil {
			return false
		}
		if !w.dead {
			return true
		}
	}
	if k.sampler.opt.Strict && k.sampler.conditions {
		return false
	}
	if k.sampler.conditions {
		set.Add(1)
	}
	best, total := make([]int64, len(w.Cells)), 0.0
	found := false
	for i := range 10 * candidates {
		if i >= candidates && found {
			break
		}
		if k.Draw(ctx, one, true) != nil {
			return false
		}
		if w.dead {
			continue
		}
		total += w.Weight
		if !found || float64(w.R.Float64()*total) < w.Weight {
			copy(best, w.Cells)
			found = true
		}
	}
	copy(w.Cells, best)
	return found
}

// A Weigher is a [Source] that weighs whole rows, none of them dead: w is how much more often than it is drawn each is to
// be picked, finite and at least 0. The weight of a row depends on that row alone.
type Weigher interface {
	Weigh(rows []*Row, w []float64)
}

const (
	// mostCandidates bounds the candidates for one row, so that all rounds of them have numbers of their own.
	mostCandidates = 10_000
	// leastCandidates are drawn where there are conditions: which of them is picked is what makes a row like those that
	// meet them.
	leastCandidates = 64
	// rounds is how often all candidates for a row are drawn while all are dead.
	rounds = 100
	// noChance is the sum over the candidates of the chances of the conditions at which they count as not drawn.
	noChance = 1e-9
)

// each is the number of rows that are drawn together for one.
func (s *Sampler) each() int {
	if s.opt.Candidates > 0 && s.conditions {
		return max(s.opt.Candidates, leastCandidates)
	}
	return max(s.opt.Candidates, 1)
}

// fillPicked is fill where each row is picked from candidates.
func (k *Worker) fillPicked(ctx context.Context, at, n int, cells [][]int64, set *atomic.Int64) bool {
	each := k.sampler.each()
	left := make([]int, n) // the rows for which none is picked yet
	for i := range left {
		left[i] = at + i
	}
	for round := 0; round < rounds && len(left) > 0; round++ {
		rows := k.rows[:len(left)*each]
		for i, w := range rows {
			w.Number = k.sampler.opt.First + int64(left[i/each])
			w.R = rng.New(k.sampler.opt.Seed, rng.DrawCandidate, uint64(w.Number)<<20|uint64(round*each+i%each))
		}
		if k.Draw(ctx, rows, k.sampler.conditions) != nil {
			return false
		}
		weight := k.weigh(rows)
		again := left[:0]
		for i, place := range left {
			from := i * each
			best, chance := k.pick(rows[from:from+each], weight[from:from+each])
			if best == nil {
				again = append(again, place)
				continue
			}
			if k.sampler.conditions && chance <= noChance {
				if k.sampler.opt.Strict {
					return false
				}
				set.Add(1)
			}
			if e := k.sampler.opt.Effective; e != nil {
				e[place] = effective(weight[from : from+each])
			}
			k.store(best, cells, place)
		}
		left = again
	}
	return k.alone(ctx, left, cells, set)
}

// weigh gives each row its weight: 0 where it is dead, otherwise what the source says, or 1.
func (k *Worker) weigh(rows []*Row) []float64 {
	weight := make([]float64, len(rows))
	for i := range weight {
		weight[i] = 1
	}
	live := alive(k.live[:copy(k.live, rows)])
	if by, ok := k.source.(Weigher); ok && len(live) > 0 {
		by.Weigh(live, weight[:len(live)])
	}
	// Each weight moves from the row's place among those that live to its place among all, the last one first.
	next := len(live)
	for i := len(rows) - 1; i >= 0; i-- {
		x := 0.0
		if !rows[i].dead {
			next--
			x = weight[next]
		}
		if weight[i] = 0; x > 0 { // what is no number is 0
			weight[i] = min(x, 1e300)
		}
	}
	return weight
}

// effective is 1 / sum of squares of the shares of weights, which are at least 0 and not all 0.
func effective(weight []float64) float64 {
	most := slices.Max(weight) // the squares of the greatest weights are beyond float64
	sum, squares := 0.0, 0.0
	for _, x := range weight {
		x /= most
		sum += x
		squares += float64(x * x)
	}
	return sum * sum / squares
}

// pick picks one of the candidates for a row in proportion to their weights and, with conditions, to how likely each met
// them; where the source weighs all that live as nothing, as if it had weighed them alike. It gives nil if all are dead,
// and the sum of the chances that the conditions had.
func (k *Worker) pick(rows []*Row, weight []float64) (best *Row, chance float64) {
	met := func(w *Row) float64 {
		switch {
		case w.dead:
			return 0
		case k.sampler.conditions:
			return w.Weight
		}
		return 1
	}
	total := 0.0
	for i, w := range rows {
		if w.dead {
			continue
		}
		best = w
		chance += w.chance
		weight[i] *= met(w)
		total += weight[i]
	}
	if best == nil {
		return nil, 0
	}
	if total == 0 {
		for i, w := range rows {
			weight[i] = met(w)
		}
	}
	r := rng.New(k.sampler.opt.Seed, rng.DrawPick, uint64(best.Number))
	if i := Pick(weight, &r); !rows[i].dead {
		best = rows[i]
	}
	return best, chance
}
