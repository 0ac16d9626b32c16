package ctgan

import (
	"context"
	"time"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/tensor"
)

// Whose batch it is, for its stream of random numbers.
const (
	criticBatch = iota
	generatorBatch
	epochOrder
	batchKinds
)

// batchStream draws what a step or a pass needs for its batches.
func batchStream(seed uint64, number int64, what uint64) rng.Stream {
	return rng.New(seed, rng.GANBatch, uint64(number)*batchKinds+what)
}

// shuffle brings rows into random order (Fisher and Yates).
func shuffle(rows []int32, r *rng.Stream) {
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
}

// A sampled GAN learns by sampling: presets sdv and plus (Xu et al., 2019, algorithm 1).
type sampled struct {
	*gan
	sampler *sampler
	b       batch
	order   []int32
}

// step does step n: one update of the critic, one of the generator, each with conditions of its own.
func (g *sampled) step(n int64) (Step, bool) {
	began := time.Now()
	r := batchStream(g.draws.Seed, n, criticBatch)
	g.sampler.conditions(&g.b, g.s.Batch, &r)
	g.order = resize(g.order, g.s.Batch)
	g.sampler.match(&g.b, g.s.Pac, g.order, &r)
	g.last.Rows = time.Since(began)
	g.criticStep(n, &g.b)
	if !g.last.finite() {
		return g.last, false
	}
	began = time.Now()
	r = batchStream(g.draws.Seed, n, generatorBatch)
	g.sampler.conditions(&g.b, g.s.Batch, &r)
	g.last.Rows += time.Since(began)
	g.generatorStep(n, &g.b, g.asked)
	return g.last, g.last.finite()
}

// A loaded GAN goes through batches of a shuffled list of rows, as synthcity does. Every row stands beside a condition that was drawn for
// another one, so that the conditions say nothing: the peer stores them in the order of the draws and looks them up by the
// number of the row.
type loaded struct {
	*gan
	ctx   context.Context // ends a look of stop, and so does halt
	halt  <-chan struct{}
	m     *matrix
	ids   []int32 // rows to learn from, as often as they were drawn
	field []int32 // by row: the condition that stands beside it
	label []int32
	epoch int64
	order []int32 // ids in the order of the epoch
	b     batch
	stop  *stopper // nil: learning goes on to the end of the plan
	// undone tells that the last step was undone, because ctx was cancelled while stop looked.
	undone bool
	// By field that can be asked for: which fake shares the peer's condition loss looks at [B, K], and how much each counts [B].
	picked, weight [][]float32
}

// newLoaded splits the rows four to one, draws a condition and a row that meets it for every row of the table, and keeps the rows
// that are in the larger part. Without columns that can be asked for the peer draws nothing and keeps that part as it is. The split and
// the draws are all that the seed decides.
func newLoaded(g *gan, m *matrix, seed uint64) *loaded {
	l := &loaded{gan: g, ctx: context.Background(), m: m, epoch: -1,
		picked: make([][]float32, len(g.l.cond)), weight: make([][]float32, len(g.l.cond))}
	rows := make([]int32, m.rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	rng.Shuffle(seed, rng.GANSplit, len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	learn, held := rows[:len(rows)*4/5], rows[len(rows)*4/5:]
	if g.s.EarlyStop {
		l.stop = newStopper(held)
	}
	l.drawIDs(learn, newSampler(g.l, m, frequency), rng.New(seed, rng.GANSplit, 1))
	if len(l.ids) == 0 {
		l.ids = learn // no column can be asked for; or, of very few rows, none was drawn
	}
	return l
}

// drawIDs draws a condition for each row of the table, and a row that meets it: one that is to learn from is kept.
func (g *loaded) drawIDs(learn []int32, s *sampler, r rng.Stream) {
	inTraining := make([]bool, g.m.rows)
	for _, row := range learn {
		inTraining[row] = true
	}
	for len(g.field) < g.m.rows {
		s.conditions(&g.b, min(g.m.rows-len(g.field), g.s.Batch), &r)
		g.field, g.label = append(g.field, g.b.field...), append(g.label, g.b.label...)
	}
	for i, f := range g.field {
		if f < 0 {
			continue
		}
		if row := s.draw(f, g.label[i], &r); inTraining[row] {
			g.ids = append(g.ids, int32(row))
		}
	}
}

// perEpoch is the number of steps of a pass. The last batch is kept however small it is.
func (g *loaded) perEpoch() int64 { return int64((len(g.ids) + g.s.Batch - 1) / g.s.Batch) }

// step does step n: the critic and then the generator with the same rows' conditions. After some passes it ends with a look at what the
// generator makes.
func (g *loaded) step(n int64) (Step, bool) {
	began := time.Now()
	g.undone = false
	epoch, at := n/g.perEpoch(), int(n%g.perEpoch())
	if epoch != g.epoch {
		g.epoch = epoch
		g.order = append(g.order[:0], g.ids...)
		r := batchStream(g.draws.Seed, epoch, epochOrder)
		shuffle(g.order, &r)
	}
	ids := g.order[at*g.s.Batch : min((at+1)*g.s.Batch, len(g.order))]
	g.take(ids)
	g.last.Rows = time.Since(began)
	var before state
	look := (n+1)%g.perEpoch() == 0 && g.stop.due(epoch+1)
	if look {
		before = g.save().copy(nil)
	}
	g.criticStep(n, &g.b)
	if !g.last.finite() {
		return g.last, false
	}
	g.generatorStep(n, &g.b, func(t *autograd.Tape, _, rows autograd.Var, _ *batch) autograd.Var {
		return g.likely(t, rows, ids)
	})
	// Where halt has ended a look, learning ends here in any case.
	if look && g.last.finite() && !g.stop.look(g.over, g, epoch+1) && g.ctx.Err() != nil {
		g.undone = true
		if err := g.load(before); err != nil {
			panic("ctgan: " + err.Error()) // a copy of the same tensors
		}
	}
	return g.last, g.last.finite()
}

// over tells that learning is to end at once.
func (g *loaded) over() bool { return g.ctx.Err() != nil || run.Closed(g.halt) }

// finished tells whether learning ends after the last step.
func (g *loaded) finished() bool { return g.stop != nil && g.stop.ended }

// cancelled tells that the last step was not done.
func (g *loaded) cancelled() bool { return g.undone }

// save gives everything that learning goes on from.
func (g *loaded) save() state {
	s := g.gan.save()
	if g.stop != nil {
		s = append(s, g.stop.save())
	}
	return s
}

// load takes what save gave, or a copy of it.
func (g *loaded) load(s state) error {
	if g.stop != nil {
		g.stop.load(s[len(s)-1])
		s = s[:len(s)-1]
	}
	return g.gan.load(s)
}

// take makes the batch of the rows named.
func (g *loaded) take(ids []int32) {
	g.conditionsOf(&g.b, ids)
	pack := packer{l: g.l, to: &g.b.real, cond: &g.b.realCond, pac: 1}
	pack.begin()
	for i, id := range ids {
		pack.row(g.m, int(id), g.b.field[i], g.b.label[i])
	}
	pack.end()
}

// conditionsOf takes the conditions that stand beside the rows named.
func (g *loaded) conditionsOf(b *batch, ids []int32) {
	n := len(ids)
	b.which, b.label, b.field = resize(b.which, n), resize(b.label, n), resize(b.field, n)
	for i, id := range ids {
		b.field[i], b.label[i] = g.field[id], g.label[id]
	}
	g.l.ask(b)
}

// likely is the peer's condition loss: for each field, over the rows that are asked for one of its codes, the mean of -log(share + 1e-8)
// of the real row's code in the fake row, Gumbel noise included; their sum is divided by the batch once more. A field for which no
// row is asked does not move the place in the condition where the next one is looked for: that is the peer's mistake.
func (g *loaded) likely(t *autograd.Tape, rows autograd.Var, ids []int32) autograd.Var {
	n := len(ids)
	total := t.Const(tensor.New(1))
	from := 0
	for j, at := range g.l.cond {
		k := g.l.fields[at].K
		picked, weight := resize(g.picked[j], n*k), resize(g.weight[j], n)
		g.picked[j], g.weight[j] = picked, weight
		clear(picked)
		clear(weight)
		active := 0
		for i, f := range g.b.field {
			if f < 0 {
				continue
			}
			if place := g.l.condAt[f] + int(g.b.label[i]); place >= from && place < from+k {
				active++
				picked[i*k+int(g.m.code[at][ids[i]])] = 1
				weight[i] = -1 / float32(n)
			}
		}
		if active == 0 {
			continue
		}
		from += k
		own := t.Slice(rows, g.l.codes(at), g.l.codes(at)+k)
		share := t.RowSum(t.Mul(own, t.Const(tensor.FromSlice(picked, n, k))))
		loss := t.Sum(t.Mul(t.Log(t.AddConst(share, 1e-8)), t.Const(tensor.FromSlice(weight, n))))
		total = t.Add(total, t.Scale(loss, 1/float32(active)))
	}
	return total
}
