package cohort

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A judge tells how much more often people of a table have what a row has than rows of the stack do: boosted trees learn to tell the one from the
// other, and the odds are the ratio of the densities (Sugiyama, Suzuki and Kanamori, "Density ratio estimation", 2012). Rows are drawn until one is
// kept, in proportion to it (Azadi et al., "Discriminator rejection sampling", 2019). It is a booster whose target is of which of both a row is.
// It is not told a target that is drawn evenly, which comes when all else of the rows is known.

var judgeSettings = []boostSetting{{4, 60, 0.06, 10}, {5, 200, 0.06, 20}, {6, 400, 0.06, 20}}

const (
	// judgeRows is the most people that a judge is shown; of rows there are judgeDraws times as many.
	judgeRows, judgeDraws = 10_000, 2
	// judgeMost is the greatest ratio that is told from smaller ones: of so many rows about one is kept.
	judgeMost = 2
	// judgeHeld is the part of people and rows that is held out while settings are compared: one of so many.
	judgeHeld = 4
	// judgeSure is by how many standard errors a judge must tell rows held out better than a coin does.
	judgeSure = 3
)

// newJudge prepares a judge of rows that the stack's plan draws, or gives nil where there is nothing to judge by.
func (s *stack) newJudge() *booster {
	enc, left := s.columns.Component().Encoder, int32(-1)
	if s.plan.EvenRows() > 0 {
		left = s.trees.Component().Target.V
	}
	side := encode.Var{Card: 2, Share: []float64{0.5, 0.5}, Parts: 1}
	b := &booster{v: int32(len(enc.Vars()))}
	b.vars = append(append(b.vars, enc.Vars()...), side)
	b.choices, b.power = draw.NewChoices(&side), draw.Pools()[0]
	for _, v := range draw.FirstParts(enc.Vars(), s.columns.Component().Order) {
		if v != left {
			b.before = append(b.before, v)
		}
	}
	if len(b.before) == 0 {
		return nil
	}
	return b
}

// learnJudge lets the stack keep the rows that a judge takes for people, if it tells people and rows held out. Where persons have several rows there
// is none: a leaf of a boosted tree counts rows, and one person may have them all.
func (s *stack) learnJudge(ctx context.Context, t *table.Table, seed uint64) error {
	b := s.newJudge()
	if _, people := t.Persons(); b == nil || people < t.Rows() {
		return nil
	}
	codes, err := s.shown(ctx, t, seed)
	if err != nil {
		return err
	}
	var rest, held []int
	for i := range codes[b.v] {
		if r := rng.New(seed, rng.JudgeHeld, uint64(i)); r.Intn(judgeHeld) == 0 {
			held = append(held, i)
		} else {
			rest = append(rest, i)
		}
	}
	chosen, most := boostSetting{}, 0.0
	for _, set := range judgeSettings {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := b.fit(codes, rest, set, seed); err != nil {
			return err
		}
		p, err := b.scores(codes, held)
		if err != nil {
			return err
		}
		if gain, chance := b.overCoin(codes, held, p); gain > max(most, judgeSure*chance) {
			chosen, most = set, gain
		}
	}
	if chosen.Rounds == 0 {
		return nil
	}
	s.judge = b
	return b.fit(codes, every(len(codes[b.v])), chosen, seed)
}

// overCoin gives by how many nats p, of the sides of rows, says more than their shares do, and the standard error of that.
func (b *booster) overCoin(codes [][]int32, rows []int, p []float64) (gain, chance float64) {
	squares, share := 0.0, []float64{1 - b.levels[0].Share, b.levels[0].Share}
	for j, i := range rows {
		g := math.Log(max(p[j], leastTold) / share[codes[b.v][i]])
		gain, squares = gain+g, squares+float64(g*g)
	}
	return gain, math.Sqrt(max(squares-float64(gain*gain)/float64(len(rows)), 0))
}

// shown gives the codes [V+1][N] of people of the table and of rows of the stack; the last code is 1 for people.
func (s *stack) shown(ctx context.Context, t *table.Table, seed uint64) ([][]int32, error) {
	people := spaced(every(t.Rows()), judgeRows)
	r, opt := rng.New(seed, rng.JudgeRows, 0), drawOptions{}
	opt.Rows, opt.Seed = int64(judgeDraws*len(people)), r.Uint64()
	rows, _, err := s.draw(ctx, opt)
	if err != nil {
		return nil, err
	}
	enc := s.columns.Component().Encoder
	codes := make([][]int32, len(enc.Vars())+1)
	for side, x := range []*table.Table{rows, t.Select(people)} {
		more, err := enc.Codes(x)
		if err != nil {
			return nil, err
		}
		for v := range more {
			codes[v] = append(codes[v], more[v]...)
		}
		for range x.Rows() {
			codes[len(more)] = append(codes[len(more)], int32(side))
		}
	}
	return codes, nil
}

// Weigh gives the ratio of densities of each row. It is asked only where there is a judge.
func (s *stackSource) Weigh(rows []*draw.Row, w []float64) {
	b := s.s.judge
	l := b.levels[0]
	x := mat.NewDense(len(rows), len(b.before)+1, nil)
	for i, r := range rows {
		l.row(b, func(v int32) int32 { return r.Codes[v] }, span{0, 2}, x.RawRowView(i))
	}
	p, err := l.later(x)
	if err != nil {
		panic("cohort: " + err.Error()) // what was learned, and what was checked when it was loaded, takes any row
	}
	for i := range w {
		w[i] = p[i] / max(1-p[i], leastTold) * (1 - l.Share) / l.Share
	}
}
