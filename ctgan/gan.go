package ctgan

import (
	"math"
	"time"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A gan is a generator and a critic while they learn.
type gan struct {
	s       *settings
	l       *layout
	tape    *autograd.Tape
	gen     *generator
	head    nn.SpanHead
	critic  *critic
	genOpt  *nn.Adam
	critOpt *nn.Adam
	average *nn.EMA // of the generator's weights; nil: none
	draws   nn.Draws

	z      tensor.Tensor   // [B, Z]
	packs  []float32       // [P, pac*D] real packs, where they are dense
	packed autograd.Sparse // [P, pac*C] what the fakes of a batch are asked for
	share  []float32       // [P] of a real pack in what the penalty is taken at
	last   Step            // what the last step was like
	part   float64         // of the settings' learning rate
}

func newGAN(s *settings, l *layout, seed uint64) *gan {
	g := &gan{s: s, l: l, tape: autograd.New(&tensor.Arena{}), gen: newGenerator(s, l), critic: newCritic(s, l),
		head: nn.SpanHead{Spans: l.spans, Tau: float32(s.Tau)}}
	g.draws.Seed = seed
	if s.Preset == synthcity {
		seed = 0 // the peer seeds every network with 0
		g.draws.Seed = 0
	}
	g.gen.params.Init(seed)
	g.critic.params.Init(seed)
	o := nn.Adam{Beta1: float32(s.Beta1), Beta2: float32(s.Beta2), Decay: float32(s.Decay)}
	g.genOpt, g.critOpt = nn.NewAdam(g.gen.params, o), nn.NewAdam(g.critic.params, o)
	g.rate(1)
	if s.Average > 0 {
		g.average = nn.NewEMA(g.gen.params, float32(s.Average))
	}
	return g
}

// rate sets the learning rate to a part of what the settings say.
func (g *gan) rate(part float64) {
	g.part, g.last.Rate = part, g.s.LR*part
	g.genOpt.Rate, g.critOpt.Rate = float32(g.last.Rate), float32(g.last.Rate)
}

// fakes gives logits and rows [B, D] for the conditions of a batch.
func (g *gan) fakes(b *batch) (logits, rows autograd.Var) {
	n := len(b.which)
	g.z = tensor.FromSlice(resize(g.z.Data, n*g.s.Z), n, g.s.Z)
	g.draws.Normal(g.z.Data)
	logits = g.gen.logits(g.tape, g.z, &b.cond, training)
	return logits, g.head.Forward(g.tape, logits, &g.draws)
}

// first is the critic's first layer of rows [B, D] that b asked for, in packs.
func (g *gan) first(rows autograd.Var, b *batch) autograd.Var {
	packs, pac, to := len(b.which)/g.s.Pac, g.s.Pac, &g.packed
	to.Rows, to.Cols = packs, pac*g.l.condWidth
	to.RowPtr, to.Col = append(to.RowPtr[:0], 0), to.Col[:0]
	for i := range packs * pac {
		for _, at := range b.cond.Col[b.cond.RowPtr[i]:b.cond.RowPtr[i+1]] {
			to.Col = append(to.Col, int32(i%pac*g.l.condWidth)+at)
		}
		if i%pac == pac-1 {
			to.RowPtr = append(to.RowPtr, int32(len(to.Col)))
		}
	}
	return g.critic.first(g.tape, g.tape.Reshape(rows, packs, pac*g.l.width), to)
}

// criticStep moves the critic. The fakes are constants to it: no gradient of the generator is computed.
func (g *gan) criticStep(step int64, b *batch) {
	began := time.Now()
	g.criticGrad(step, b)
	g.last.CriticNorm = float64(g.critic.params.GradNorm())
	if !g.last.finite() {
		return
	}
	g.update(g.critOpt, g.last.CriticNorm)
	g.last.CriticTime = time.Since(began)
}

// criticGrad leaves the gradients of loss and penalty in the critic (Gulrajani et al., 2017).
func (g *gan) criticGrad(step int64, b *batch) {
	t := g.tape
	t.Reset()
	g.draws.Begin(2 * uint64(step))
	g.gen.params.Freeze(true)
	_, rows := g.fakes(b)
	fake := g.first(rows, b)
	g.gen.params.Freeze(false)
	real := g.critic.first(t, g.real(b), &b.realCond)
	packs := len(b.which) / g.s.Pac

	y := g.critic.judge(t, t.Stack(fake, real), &g.draws)
	loss := nn.CriticLoss(t, t.Rows(y, 0, packs), t.Rows(y, packs, 2*packs))
	penalty := g.critic.penalty(t, real, fake, t.Const(g.mix(step, packs)), float32(g.s.Penalty), &g.draws)

	g.critic.params.ZeroGrad()
	t.Backward(t.Add(loss, penalty))
	g.last.Critic, g.last.Penalty = float64(loss.Scalar()), float64(penalty.Scalar())
}

// gathered is the share of elements that are not 0 up to which a product by gathering rows of weights is faster than a dense one.
const gathered = 1.0 / 8

// real is the batch's real packs, dense where too little of them is 0. The bits of the product are the same.
func (g *gan) real(b *batch) autograd.Var {
	s := &b.real
	if float64(len(s.Col)) <= gathered*float64(s.Rows*s.Cols) {
		return g.tape.Sparse(s)
	}
	g.packs = resize(g.packs, s.Rows*s.Cols)
	clear(g.packs)
	for i := range s.Rows {
		row := g.packs[i*s.Cols : (i+1)*s.Cols]
		for e := s.RowPtr[i]; e < s.RowPtr[i+1]; e++ {
			row[s.Col[e]] = s.Val[e]
		}
	}
	return g.tape.Const(tensor.FromSlice(g.packs, s.Rows, s.Cols))
}

// mix draws where between real and fake the penalty is taken, one number a pack.
func (g *gan) mix(step int64, packs int) tensor.Tensor {
	g.share = resize(g.share, packs)
	r := rng.New(g.draws.Seed, rng.GANMix, uint64(step))
	for i := range g.share {
		g.share[i] = float32(r.Float64())
	}
	return tensor.FromSlice(g.share, packs)
}

// A term is what a preset adds to the generator's loss.
type term func(t *autograd.Tape, logits, rows autograd.Var, b *batch) autograd.Var

// generatorStep moves the generator.
func (g *gan) generatorStep(step int64, b *batch, condition term) {
	began := time.Now()
	t := g.tape
	t.Reset()
	g.draws.Begin(2*uint64(step) + 1)
	logits, rows := g.fakes(b)
	g.critic.params.Freeze(true)
	y := g.critic.judge(t, g.first(rows, b), &g.draws)
	g.critic.params.Freeze(false)
	loss := nn.GeneratorLoss(t, y)
	total := loss
	if g.last.Condition = 0; condition != nil && g.l.condWidth > 0 {
		c := condition(t, logits, rows, b)
		total = t.Add(loss, c)
		g.last.Condition = float64(c.Scalar())
	}
	g.gen.params.ZeroGrad()
	t.Backward(total)
	g.last.Generator = float64(loss.Scalar())
	g.last.GeneratorNorm = float64(g.gen.params.GradNorm())
	if !g.last.finite() {
		return
	}
	g.update(g.genOpt, g.last.GeneratorNorm)
	if g.average != nil {
		g.average.Update()
	}
	g.last.GeneratorTime = time.Since(began)
}

// asked is CTGAN's term: the cross-entropy of what was asked for.
func (g *gan) asked(t *autograd.Tape, logits, _ autograd.Var, b *batch) autograd.Var {
	return nn.ConditionLoss(t, logits, g.l.spans, b.which, b.label)
}

// update moves a network by its gradient, whose length is known, or by what the settings leave of it.
func (g *gan) update(o *nn.Adam, norm float64) {
	if g.s.Clip > 0 {
		o.StepClipped(float32(norm), float32(g.s.Clip))
		return
	}
	o.Step()
}

// finite tells whether losses and gradients are numbers.
func (s *Step) finite() bool {
	sum := s.Critic + s.Penalty + s.Generator + s.Condition + s.CriticNorm + s.GeneratorNorm
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}
