package cohort

import (
	"context"
	"encoding/json"
	"fmt"

	"example.org/cohort/baseline"
	"example.org/cohort/internal/container"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer/column"
)

// blobStack is the blob by which a file with a stack is known: the weights.
const blobStack = "stack"

// blobJudge is the blob of the judge of a stack's rows.
const blobJudge = "judge"

// blobBoost is the blob of what tells a stack's target.
const blobBoost = "boost"

func (s *stack) Save(f *container.File) error {
	data, err := json.Marshal(s.weight)
	if err != nil {
		return fmt.Errorf("stack: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobStack, Data: data})
	if s.boost != nil {
		data, err := s.boost.save()
		if err != nil {
			return fmt.Errorf("stack: save: %w", err)
		}
		f.Blobs = append(f.Blobs, container.Blob{Name: blobBoost, Data: data})
	}
	if s.judge != nil {
		data, err := s.judge.save()
		if err != nil {
			return fmt.Errorf("stack: save: %w", err)
		}
		f.Blobs = append(f.Blobs, container.Blob{Name: blobJudge, Data: data})
	}
	if err := s.trees.Save(f); err != nil {
		return err
	}
	return s.columns.Save(f)
}

func loadStack(f *container.File) (*stack, error) {
	data, _ := f.Blob(blobStack)
	s := &stack{}
	bad := fmt.Errorf("stack: %w: its components do not belong together", container.ErrDamaged)
	if json.Unmarshal(data, &s.weight) != nil {
		return nil, bad
	}
	var err error
	if s.trees, err = baseline.Load(f); err != nil {
		return nil, err
	}
	if s.columns, err = column.Load(f); err != nil {
		return nil, err
	}
	vars := s.columns.Component().Encoder.Vars()
	if len(s.weight) != len(vars) || !sameVars(vars, s.trees.Component().Encoder.Vars()) {
		return nil, bad
	}
	if data, ok := f.Blob(blobBoost); ok {
		c := s.columns.Component()
		if s.boost = newBooster(c.Encoder, c.Order, s.trees.Component().Target); s.boost == nil {
			return nil, bad
		}
		if err := s.boost.load(data); err != nil {
			return nil, err
		}
	}
	for v, w := range s.weight {
		if sum := w[0] + w[1] + w[2] + w[3]; !(min(w[0], w[1], w[2], w[3]) >= 0 && sum > 0.999 && sum < 1.001) {
			return nil, bad
		}
		if w[3] > 0 && (s.boost == nil || s.boost.v != int32(v)) {
			return nil, bad
		}
	}
	if s.prepare() != nil {
		return nil, bad
	}
	if data, ok := f.Blob(blobJudge); ok {
		if s.judge = s.newJudge(); s.judge == nil {
			return nil, bad
		}
		if err := s.judge.load(data); err != nil {
			return nil, err
		}
		if len(s.judge.levels) != 1 || s.judge.levels[0].Boost == nil {
			return nil, bad
		}
	}
	return s, nil
}

func sameVars(a, b []encode.Var) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Card != b[i].Card || a[i].Col != b[i].Col || a[i].Part != b[i].Part {
			return false
		}
	}
	return true
}

// transformed is a column.Model as a generator.
type transformed struct{ *column.Model }

func (m transformed) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	o := column.SampleOptions{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict, Balance: opt.Balance,
		Temperature: opt.Temperature}
	if len(opt.Where) > 1 {
		o.Effective = make([]float64, opt.Rows)
	}
	c.rows, c.set, c.err = m.Model.Sample(ctx, o)
	c.effective = o.Effective
	return c
}

func (m transformed) fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	return m.Fill(ctx, t, column.FillOptions{Seed: opt.Seed, Temperature: opt.Temperature, Warn: opt.Warn})
}

// fill is the transformer's: trees know one order only.
func (s *stack) fill(ctx context.Context, t *table.Table, opt SampleOptions) (*table.Table, error) {
	return transformed{s.columns}.fill(ctx, t, opt)
}

// blobColumns is the blob by which a file with a column transformer is known.
const blobColumns = "columns"

func loadColumns(f *container.File) (generator, error) {
	m, err := column.Load(f)
	if err != nil {
		return nil, err
	}
	return transformed{m}, nil
}
