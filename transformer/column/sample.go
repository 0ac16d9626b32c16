package column

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
	Strict      bool         // ErrNoRow for a row that the model gives no chance, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is 1, the learned distribution; less sharpens every distribution of codes, more flattens it
	// Effective, if it is not nil, has room for Rows numbers. It gets for each row that was picked from candidates the share of them that
	// counts: 1 / sum of squares of their shares of all weight, over [Candidates]. Where it is small, few of the candidates met the
	// conditions as rows of the model do, and those picked are less like them. Other rows get 0.
	Effective []float64
}

// ErrNoRow says that no row can meet the conditions.
var ErrNoRow = draw.ErrNoRow

// Rows are drawn side by side, so many at most and at least, and with so many positions together: what the networks remember of each takes memory.
const mostDrawn, leastDrawn, drawnPositions = 512, 64, 16_384

// Candidates is the number of rows that are drawn for one where two conditions or more are no equalities.
const Candidates = 64

// Sample writes rows. Columns with conditions are drawn first, so that equalities and one set or range are met exactly as the model's own rows
// that meet them are; with several, each row is picked from 64 candidates by how likely they met them. set is the number of rows for which
// the model gave the conditions no chance. A condition that no row can meet gives an error that wraps [ErrNoRow]; other errors of the
// options are *[table.Error]. A cancelled ctx gives ctx.Err() soon.
func (m *Model) Sample(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	s, err := m.sampler(opt)
	if err != nil {
		return nil, 0, err
	}
	clear(opt.Effective)
	if t, set, err = s.Rows(ctx, m.source); err != nil {
		return nil, 0, err
	}
	for i := range opt.Effective {
		opt.Effective[i] /= Candidates
	}
	return t, set, nil
}

// sampler plans a sample in the order that its conditions ask for.
func (m *Model) sampler(opt SampleOptions) (*draw.Sampler, error) {
	plan, loose := m.plan, 0
	if len(opt.Where) > 0 || opt.Balance != "" {
		order, n, err := m.orderFor(opt)
		if err != nil {
			return nil, err
		}
		loose = n
		if plan, err = draw.NewPlan(m.enc, order); err != nil {
			return nil, err
		}
	}
	o := draw.Options{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict, Balance: opt.Balance,
		Temperature: opt.Temperature, Block: m.block(), Meets: true}
	if loose > 1 {
		o.Candidates, o.Effective = Candidates, opt.Effective
	}
	return plan.Sampler(o)
}

// block is how many rows are drawn side by side.
func (m *Model) block() int {
	return min(max(drawnPositions/max(len(m.nets[0].fields)*len(m.nets), 1), leastDrawn), mostDrawn)
}

// orderFor puts columns with conditions first: equalities, a balanced column, and then the others, whose number is loose. Behind them, and
// where there are none, the order is the model's.
func (m *Model) orderFor(opt SampleOptions) (order []int32, loose int, err error) {
	sets, err := table.Sets(m.enc.Schema(), opt.Where)
	if err != nil {
		return nil, 0, err
	}
	const equal, balanced, other = 3e6, 2e6, 1e6
	first := map[int]float64{} // by column
	for i := range sets {
		// A column that another decides is asked of that.
		col, set := m.plan.Asked(sets[i].Col, &sets[i])
		if single(set) {
			first[col] = equal
			continue
		}
		first[col] = other
		loose++
	}
	for i, c := range m.enc.Schema().Columns {
		if c.Name == opt.Balance {
			i, _ = m.plan.Asked(i, nil)
			first[i] = balanced
		}
	}
	vars := m.enc.Vars()
	place := make([]int, len(vars))
	for i, v := range m.order {
		place[v] = i
	}
	var weight []float64
	for _, v := range draw.FirstParts(vars, nil) {
		weight = append(weight, first[vars[v].Col]-float64(place[v]))
	}
	rules, err := draw.NewRules(m.enc)
	if err != nil {
		return nil, 0, err
	}
	return rules.Order(weight), loose, nil
}

// single tells whether a set has one value.
func single(s *table.Set) bool {
	n := 0
	if s.Missing {
		n++
	}
	for _, x := range [][]bool{s.Values, s.Marks} {
		for _, in := range x {
			if in {
				n++
			}
		}
	}
	for _, x := range s.Spans {
		if n++; x[0] != x[1] {
			n++
		}
	}
	return n == 1
}
