package eval

import (
	"context"
	"fmt"

	"example.org/cohort/internal/rng"
)

// repeats counts the persons of the result with a row that another one of them has in every learned column, and holds that against as
// many real rows: the more rows, the more are alike by chance. The check is there only where it finds something; the metric always is.
// Columns that the maker of the result made coarser are left out, for coarse rows are alike more often.
func (v *view) repeats(ctx context.Context) (*finding, []Metric, error) {
	var cols []int
	for _, col := range v.learnedColumns() {
		theirs := findColumn(v.result.table.Schema(), v.columns[col].name)
		if theirs < 0 || v.result.table.Schema().Columns[theirs].Coarsen == "" {
			cols = append(cols, col)
		}
	}
	n := min(v.result.rows, v.all.rows)
	if len(cols) == 0 || n == 0 {
		return nil, []Metric{notMade("shape.repeats", 0, -1, "there are no rows or no learned columns")}, nil
	}
	search := func(s *side, tag uint64) (*rowIndex, tally) {
		if s.rows > n {
			s = s.only(some(v.opt.Seed, rng.EvalRepeats, tag, s.rows, n))
		}
		x := newRowIndex(ctx, s, cols)
		return x, x.copied(ctx, s)
	}
	_, real := search(v.all, 0)
	x, fake := search(v.result, 1)
	low, high := wilson(fake.x, fake.n)
	m := Metric{Name: "shape.repeats", Value: fake.share(), Low: low, High: high, Real: real.share(), Better: -1}
	if !moreRepeated(fake, real) {
		return nil, []Metric{m}, ctx.Err()
	}
	f := &finding{Check: Check{Group: "Looks alike", Name: "repeated rows", Status: Look, Metrics: []Metric{m}}}
	f.Shown, f.Beside = grouped(fake.x)+" of "+grouped(fake.n), fmt.Sprintf("real people: %s of %s", grouped(real.x), grouped(real.n))
	f.Sentence = fmt.Sprintf("%s in every column; of as many real rows it is %s. The commonest row is there %d times; %s rows are %s different ones.",
		count(fake.x, "synthetic person has a row that another one has", "synthetic people have a row that others have"), grouped(real.x), x.most(), grouped(n), grouped(len(x.row)))
	return f, nil, ctx.Err()
}

// moreRepeated tells whether more is repeated than among real rows, beyond chance. Two who equal each other are one coincidence: both
// counts are halved.
func moreRepeated(fake, real tally) bool {
	half := func(n int) int { return (n + 1) / 2 }
	return fake.share()-real.share() >= repeatedRows && fisher(half(fake.x), half(fake.n), half(real.x), half(real.n)) <= stopLevel
}

// most is how often the commonest row is there.
func (x *rowIndex) most() int {
	times := make([]int, len(x.row))
	most := 0
	for _, c := range x.class {
		times[c]++
		most = max(most, times[c])
	}
	return most
}
