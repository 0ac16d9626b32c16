package baseline

import (
	"context"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
)

// SampleOptions say which rows Sample writes.
type SampleOptions struct {
	First, Rows int64 // row i is a function of the model, Seed, the conditions and i alone
	Seed        uint64
	Where       []table.Cond // holds in every row
	Strict      bool         // ErrNoRow for a row that can't be drawn with Where, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is 1, the learned distribution; less sharpens every distribution of codes, more flattens it
}

// ErrNoRow says that no row can meet the conditions, or, with Strict, that a row was not drawn in as many tries as allowed.
var ErrNoRow = draw.ErrNoRow

// Sample writes rows. set is the number of rows into which a condition, or the balanced value, was set because it was not
// drawn in 100 tries. A condition that no row can meet gives an error that wraps [ErrNoRow]; other errors of the options
// are *[table.Error]. A cancelled ctx gives ctx.Err() within 100 ms.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	s, err := m.plan.Sampler(draw.Options{First: opt.First, Rows: opt.Rows, Seed: opt.Seed,
		Where: opt.Where, Strict: opt.Strict, Balance: opt.Balance, Temperature: opt.Temperature})
	if err != nil {
		return nil, 0, err
	}
	return s.Rows(ctx, func(n int) draw.Source { return m.source(n) })
}
