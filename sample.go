package cohort

import (
	"context"
	"fmt"
	"iter"
	"math"
	"runtime"

	"example.org/cohort/baseline"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// chunkRows is how many rows one worker draws at a time, but for the presets of peers.
const chunkRows = 4096

// Sample writes rows into memory. An impossible condition, a column or value that the model does not know, and, with
// Strict, a row that no try meets, are errors.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (*table.Table, error) {
	var all gather
	for rows, err := range m.Chunks(ctx, opt) {
		if err != nil {
			return nil, err
		}
		all.add(rows)
	}
	t, err := all.table()
	if err != nil {
		return nil, during(ctx, "sample", err)
	}
	return t, nil
}

// Chunks writes rows a few thousand at a time, in order, in constant memory. The table is nil when the error is not, so
// that a loop that ignores the error can't lose rows in silence; the error ends the loop. Leaving the loop stops the work.
func (m *Model) Chunks(ctx context.Context, opt SampleOptions) iter.Seq2[*table.Table, error] {
	return func(yield func(*table.Table, error) bool) {
		if opt.Rows == 0 {
			opt.Rows = int64(m.info.Rows)
		}
		if err := opt.check(); err != nil {
			yield(nil, during(ctx, "sample", err))
			return
		}
		if _, ok := m.gen.(writer); !ok && (opt.Examples != nil || opt.Shots != 0) {
			yield(nil, during(ctx, "sample", problem("bad-option", fmt.Sprintf("a model %s can't be shown examples", m.info.Kind),
				"leave them out, or learn the table with the model great")))
			return
		}
		if _, ok := m.gen.(writer); !ok && opt.BF16 {
			yield(nil, during(ctx, "sample", problem("bad-option", fmt.Sprintf("a model %s has no products of bfloat16", m.info.Kind),
				"leave them out, or learn the table with the model great")))
			return
		}
		m.warnFamily(opt.Warn)
		s := newStream(ctx, m, opt)
		defer s.stop()
		progress := run.Throttle(opt.Progress)
		var done, set int64
		hears := m.newAudience(opt)
		for {
			progress("write", done, opt.Rows)
			c, more := s.next()
			if !more {
				break
			}
			if c.err != nil {
				yield(nil, during(ctx, "sample", impossible(c.err)))
				return
			}
			done += int64(c.rows.Rows())
			set += c.set
			hears.hear(m, c)
			if !yield(c.rows, nil) {
				break
			}
		}
		m.warnSet(opt, set, done)
		hears.tell()
	}
}

// check refuses numbers that make no sense.
func (o *SampleOptions) check() error {
	switch {
	case o.Rows < 0:
		return problem("bad-option", "the number of rows is negative", "ask for 1 row or more")
	case o.First < 0 || o.First > math.MaxInt64-o.Rows:
		return problem("bad-option", "the rows asked for have numbers below 0 or above the greatest number there is",
			"count rows from 0")
	case o.Temperature < 0 || math.IsNaN(o.Temperature) || math.IsInf(o.Temperature, 0):
		return problem("bad-option", "the temperature is no positive number", "1 is the learned distribution")
	}
	return nil
}

// warnSet says into how many rows a condition had to be set; of a peer's preset, how many rows its filter would not have let through,
// and that conditions are no more than likely there.
func (m *Model) warnSet(opt SampleOptions, set, rows int64) {
	switch {
	case opt.Warn == nil:
	case m.peer():
		if set > 0 {
			opt.Warn(m.filterDropped(set, rows))
		}
		if len(opt.Where) > 0 {
			opt.Warn(problem("peer-condition", "the preset of a peer asks for the condition as its package does, and rows need not meet it",
				"take a model of preset plus, whose rows do"))
		}
	case set > 0:
		opt.Warn(problem("condition-set", fmt.Sprintf("%d of %d rows did not meet the conditions after 100 tries and had "+
			"them set, so their other cells are less like real ones", set, rows), "ask for fewer conditions at once"))
	}
}

// filterDropped says how many rows a peer's filter would not have let through.
func (m *Model) filterDropped(set, rows int64) *table.Error {
	if _, ok := m.gen.(writer); ok {
		return problem("filter-dropped", fmt.Sprintf("%d of %d rows could not be read in 500 tries: the filter of this preset's package was "+
			"dropped, and they have gaps", set, rows), "learn for longer, or take the preset plus, whose rows are always whole")
	}
	return problem("doubles-kept", fmt.Sprintf("%d of %d rows are like another one, which the package of this preset drops: "+
		"after 500 rounds they were let through", set, rows), "the preset plus writes as many different rows as the table has")
}

// ahead is how many chunks are under way beside the one that the reader waits for.
func (m *Model) ahead() int {
	if w, ok := m.gen.(writer); ok && w.large() {
		return 0
	}
	return runtime.GOMAXPROCS(0)
}

// A stream draws chunks ahead of the reader, each on a goroutine of its own, and hands them over in order.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	model  *Model
	opt    SampleOptions
	from   int64        // rows started so far
	queue  []chan chunk // what was started and not yet handed over, in order
}

// chunk is some rows, and into how many of them a condition was set.
type chunk struct {
	rows    *table.Table
	set     int64
	mass    float64 // mean probability of the tokens that a GPT-2's grammar allowed
	weighed bool    // whether there is one
	alone   bool    // whether the transformer of a stack drew them alone
	// effective has for rows picked from candidates the share of these that counts, and 0 for others; nil: none was picked.
	effective []float64
	err       error
}

func newStream(ctx context.Context, m *Model, opt SampleOptions) *stream {
	s := &stream{model: m, opt: opt}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// next gives the next chunk and keeps the workers busy; false after the last.
func (s *stream) next() (chunk, bool) {
	// One chunk more than there are processors is under way as a rule, so that none waits while the reader is at work.
	for len(s.queue) <= s.model.ahead() && s.from < s.opt.Rows {
		s.start()
	}
	if len(s.queue) == 0 {
		return chunk{}, false
	}
	first := s.queue[0]
	s.queue = s.queue[1:]
	return <-first, true
}

// start begins the next chunk.
func (s *stream) start() {
	opt := drawOptions{examples: s.opt.Examples, shots: s.opt.Shots, bf16: s.opt.BF16}
	most := s.model.chunkRows()
	opt.SampleOptions = baseline.SampleOptions{
		First:       s.opt.First + s.from,
		Rows:        min(most-(s.opt.First+s.from)%most, s.opt.Rows-s.from),
		Seed:        s.opt.Seed,
		Where:       s.opt.Where,
		Strict:      s.opt.Strict,
		Balance:     s.opt.Balance,
		Temperature: s.opt.Temperature,
	}
	s.from += opt.Rows
	done := make(chan chunk, 1)
	s.queue = append(s.queue, done)
	go func() {
		done <- s.model.gen.Sample(s.ctx, opt)
	}()
}

// stop ends the work and waits until all of it has ended.
func (s *stream) stop() {
	s.cancel()
	for _, c := range s.queue {
		<-c
	}
}
