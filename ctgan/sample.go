package ctgan

import (
	"context"
	"fmt"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
)

// Sample writes rows. set is the number of rows into which a condition, or the balanced value, was set because it was not
// drawn; of a peer's preset it is the number of rows that the peer's filter would not have let through, because they are doubles.
// A condition that no row can meet gives an error that wraps draw's ErrNoRow; other errors of the options
// are *[table.Error]. A cancelled ctx gives ctx.Err() within 100 ms.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	if opt.First < 0 || opt.Rows < 0 {
		panic(fmt.Sprintf("ctgan: Sample of %d rows from %d", opt.Rows, opt.First))
	}
	if m.set.peer() {
		return m.samplePeer(ctx, opt)
	}
	s, err := m.plan.Sampler(draw.Options{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict,
		Balance: opt.Balance, Temperature: opt.Temperature, Candidates: m.candidates(len(opt.Where) > 0 || opt.Balance != "")})
	if err != nil {
		return nil, 0, err
	}
	w, err := m.wantedBy(opt, s)
	if err != nil {
		return nil, 0, err
	}
	return s.Rows(ctx, func(n int) draw.Source { return m.newSource(n, w) })
}

// candidates is how many rows are drawn for each that is written: where there is something to weigh them by, and under conditions, which a
// candidate meets by chance.
func (m *Model) candidates(conditions bool) int {
	switch {
	case m.tilt != nil:
		return min(max(candidateRows/max(m.rows, 1), leastCandidates), mostCandidates)
	case conditions:
		return 1 // draw takes as many as it needs
	}
	return 0
}

// So many candidates are drawn for the rows of a table as large as the one learned, but for each row at least and at most so many: more of
// them bring the rows nearer to the table, and small tables are written in no time.
const candidateRows, leastCandidates, mostCandidates = 160_000, 32, 64
