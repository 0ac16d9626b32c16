package cohort

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A teller is a generator that can say how likely rows are.
type teller interface {
	// encoder is how a table is written in the codes that scores takes.
	encoder() *encode.Encoder
	// scores gives the probability of each code of the rows of codes [V][N], given the codes before it; 1 where a variable does not apply.
	// It is nil where the generator can't.
	scores() func(codes [][]int32) ([][]float64, error)
}

func (p plain) encoder() *encode.Encoder       { return p.Component().Encoder }
func (m transformed) encoder() *encode.Encoder { return m.Component().Encoder }
func (s *stack) encoder() *encode.Encoder      { return s.columns.Component().Encoder }

func (p plain) scores() func([][]int32) ([][]float64, error)       { return p.Component().Scores }
func (m transformed) scores() func([][]int32) ([][]float64, error) { return m.Component().Scores }

// scores mixes what the components say of each variable, as rows are drawn.
func (s *stack) scores() func([][]int32) ([][]float64, error) {
	return func(codes [][]int32) ([][]float64, error) {
		p, err := s.trees.Component().Scores(codes)
		if err != nil {
			return nil, err
		}
		q, err := s.columns.Component().Scores(codes)
		if err != nil {
			return nil, err
		}
		for v, x := range s.encoder().Vars() {
			w := &s.weight[v]
			boosted := make([]float64, len(codes[v]))
			if w[3] > 0 {
				boosted = s.boost.toldRows(s.trees.Component().Source(1), codes, every(len(codes[v])))
			}
			for i, c := range codes[v] {
				if c >= 0 {
					p[v][i] = w.mixed(&shares{x.Share[c], p[v][i], q[v][i], boosted[i]})
				}
			}
		}
		return p, nil
	}
}

const (
	// leastTold is the least probability of a code, so that no row has none: what no row had that was learned can still be met.
	leastTold = 1e-12
	// toldRows are told between two looks at the context.
	toldRows = 4096
)

// LogProb gives the natural log-likelihood of every row of t, [N], all finite: how likely the model is to draw just these codes of its
// learned columns. t needs those columns, by name. A number counts by its code, which is the bin that it falls in. A value that the model does
// not know counts by the code that takes its place ([encode.Encoder.Codes]), but as no likelier than one row in one more than were learned.
// Rules and conditions do not count. Models of other columns, or of other bins, can't be compared by it. The models trees, independent, columns and auto can; of the others the error wraps
// [errors.ErrUnsupported]. A table that lacks a column is a [*table.Error] with the code "other-columns"; a cancelled ctx gives ctx.Err().
func (m *Model) LogProb(ctx context.Context, t *table.Table) ([]float64, error) {
	parts, err := m.LogProbParts(ctx, t)
	if err != nil {
		return nil, err
	}
	sum := make([]float64, t.Rows())
	for _, part := range parts {
		for i, x := range part {
			sum[i] += x
		}
	}
	return sum, nil
}

// LogProbParts gives what each column adds to [Model.LogProb], by column of the schema of [Model.Info] and row, [C][N]; nil for a column that
// is not learned. A column is told by those before it in the model's order, so that of two that do not fit together the later one stands out.
// Errors are those of LogProb.
func (m *Model) LogProbParts(ctx context.Context, t *table.Table) ([][]float64, error) {
	g, ok := m.gen.(teller)
	if !ok || g.scores() == nil {
		bad := problem("bad-option", fmt.Sprintf("a model %s can't say how likely a row is", m.info.Kind),
			"learn the table with the model trees, columns or auto")
		bad.Err = errors.ErrUnsupported
		return nil, during(ctx, "log-likelihood", bad)
	}
	codes, err := g.encoder().Codes(t)
	if err != nil {
		return nil, during(ctx, "log-likelihood", err)
	}
	vars := g.encoder().Vars()
	parts := make([][]float64, len(m.info.Schema.Columns))
	for _, v := range draw.FirstParts(vars, nil) {
		parts[vars[v].Col] = make([]float64, t.Rows())
	}
	some := make([][]int32, len(codes))
	for lo := 0; lo < t.Rows(); lo += toldRows {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for v := range codes {
			some[v] = codes[v][lo:min(lo+toldRows, t.Rows())]
		}
		p, err := g.scores()(some)
		if err != nil {
			return nil, during(ctx, "log-likelihood", err)
		}
		for v := range p {
			for i, x := range p[v] {
				parts[vars[v].Col][lo+i] += math.Log(max(x, leastTold))
			}
		}
	}
	m.boundUnknown(parts, t)
	return parts, nil
}

// boundUnknown makes values that the model does not know no likelier than 1 / (rows learned + 1) each.
func (m *Model) boundUnknown(parts [][]float64, t *table.Table) {
	most := -math.Log(float64(m.info.Rows) + 1)
	for c, part := range parts {
		if part == nil {
			continue
		}
		col := &m.info.Schema.Columns[c]
		for j := range t.Schema().Columns {
			if t.Schema().Columns[j].Name != col.Name {
				continue
			}
			unknown := unknownCell(t, j, col)
			for i := range part {
				if unknown(i) {
					part[i] = min(part[i], most)
				}
			}
		}
	}
}

// unknownCell tells of which rows the cell in column j of t is a value, a mark or a number beyond the range that col does not have. Of columns
// of another kind, which are read as col is, it tells nothing.
func unknownCell(t *table.Table, j int, col *table.Column) func(row int) bool {
	from := &t.Schema().Columns[j]
	if !numeric(from.Kind) {
		if len(col.Values) == 0 {
			return func(int) bool { return false }
		}
		known, codes := make([]bool, len(from.Values)), t.Codes(j)
		for k, text := range from.Values {
			known[k] = slices.Contains(col.Values, text)
		}
		return func(i int) bool { return codes[i] >= 0 && int(codes[i]) < len(known) && !known[codes[i]] }
	}
	if !numeric(col.Kind) {
		return func(int) bool { return false }
	}
	x, cells := t.Floats(j), t.Ints(j)
	return func(i int) bool {
		if !math.IsNaN(x[i]) {
			return x[i] < col.Min || x[i] > col.Max
		}
		mark := cells[i] - math.MinInt64 - 1
		return mark >= 0 && !slices.Contains(col.Marks, from.Marks[mark])
	}
}
