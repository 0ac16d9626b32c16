package nn

import (
	"strconv"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// gan is CTGAN's generator and critic with their optimisers: what the layers of this package are for.
type gan struct {
	*ganSizes
	tape         *autograd.Tape
	generator    *Params
	blocks       []ganBlock
	out          *Linear
	head         SpanHead
	critic       *Params
	judge        *MLP
	criticAdam   *Adam
	genAdam      *Adam
	draws        Draws
	criticLosses [2]float32 // loss and penalty of the last critic step
	genLosses    [2]float32 // adversarial loss and cross-entropy of the last generator step
}

// ganBlock is ReLU(BatchNorm(Linear(x))), to be put before x.
type ganBlock struct {
	linear *Linear
	norm   *BatchNorm
}

func newGan(s *ganSizes) *gan {
	g := &gan{ganSizes: s, generator: NewParams(), critic: NewParams()}
	arena := &tensor.Arena{}
	g.tape = autograd.New(arena)
	widths := []int{s.z + s.cond}
	at := g.generator.Scope("generator")
	for i := range 2 {
		block := at.Scope(strconv.Itoa(i))
		b := ganBlock{NewLinearConcat(block.Scope("linear"), s.hidden, widths...), NewBatchNorm(block.Scope("norm"), s.hidden)}
		b.norm.ReLU = true
		g.blocks = append(g.blocks, b)
		widths = append([]int{s.hidden}, widths...)
	}
	g.out = NewLinearConcat(at.Scope("out"), s.width, widths...)
	g.head = SpanHead{Spans: s.spans, Tau: ganTau}
	g.judge = NewMLP(g.critic.Scope("critic"), Activation{LeakyReLU, ganSlope}, ganDrop, s.packWidth, s.hidden, s.hidden, 1)
	g.generator.Init(1)
	g.critic.Init(1)
	o := Adam{Rate: s.rate, Beta1: 0.5, Beta2: 0.9, Decay: 1e-6}
	g.genAdam, g.criticAdam = NewAdam(g.generator, o), NewAdam(g.critic, o)
	g.draws.Seed = hash(s.salt)
	return g
}

// forward gives logits and rows [batch, width].
func (g *gan) forward(n *ganNoise) (logits, rows autograd.Var) {
	t := g.tape
	var x [3]autograd.Var // the input and what the blocks put before it
	from := len(x) - 1
	x[from] = t.Concat(t.Const(n.z), t.Const(n.cond))
	for _, b := range g.blocks {
		y := b.norm.Forward(t, b.linear.ForwardConcat(t, x[from:]...), Train)
		from--
		x[from] = y
	}
	logits = g.out.ForwardConcat(t, x[:]...)
	g.head.Given = n.gumbel
	return logits, g.head.Forward(t, logits, &g.draws)
}

// pack gives rows and what was asked for as [packs, packWidth].
func (g *gan) pack(rows autograd.Var, cond tensor.Tensor) autograd.Var {
	t := g.tape
	return t.Reshape(t.Concat(rows, t.Const(cond)), g.batch/ganPac, g.packWidth)
}

// criticStep leaves the gradients of loss and penalty in the critic; penaltyOnly leaves out the loss.
func (g *gan) criticStep(step int, b *ganBatch, penaltyOnly bool) {
	t := g.tape
	t.Reset()
	g.draws.Begin(uint64(step))
	g.generator.Freeze(true)
	_, rows := g.forward(&b.critic)
	g.generator.Freeze(false)
	fake := g.pack(rows, b.critic.cond)
	real := g.pack(t.Const(b.real), b.realCond)
	packs := g.batch / ganPac

	y := g.judge.Forward(t, t.Stack(fake, real), &g.draws)
	loss := CriticLoss(t, t.Rows(y, 0, packs), t.Rows(y, packs, 2*packs))
	mixed := t.Input(t.Interpolate(real, fake, t.Const(b.alpha)).Value())
	penalty := GradientPenalty(t, mixed, g.judge.Forward(t, mixed, &g.draws), ganLambda)

	g.critic.ZeroGrad()
	total := penalty
	if !penaltyOnly {
		total = t.Add(loss, penalty)
	}
	t.Backward(total)
	g.criticLosses = [2]float32{loss.Scalar(), penalty.Scalar()}
}

// generatorStep leaves the gradients of both losses in the generator.
func (g *gan) generatorStep(b *ganBatch) {
	t := g.tape
	t.Reset()
	logits, rows := g.forward(&b.generator)
	g.critic.Freeze(true)
	y := g.judge.Forward(t, g.pack(rows, b.generator.cond), &g.draws)
	g.critic.Freeze(false)
	adversarial := GeneratorLoss(t, y)
	entropy := ConditionLoss(t, logits, g.spans, b.which, b.label)
	g.generator.ZeroGrad()
	t.Backward(t.Add(adversarial, entropy))
	g.genLosses = [2]float32{adversarial.Scalar(), entropy.Scalar()}
}

// train is a step of both.
func (g *gan) train(step int, b *ganBatch) {
	g.criticStep(step, b, false)
	g.criticAdam.Step()
	g.generatorStep(b)
	g.genAdam.Step()
}

// setGolden gives the parameters the values of golden.py.
func (g *gan) setGolden() {
	for _, p := range []*Params{g.generator, g.critic} {
		for _, q := range p.All() {
			name := g.salt + "." + q.Name
			n := len(q.Data.Data)
			switch {
			case q == g.blocks[0].norm.Weight || q == g.blocks[1].norm.Weight:
				v := signed(name, n, 0.25)
				kernels.AddConst(v, v, 1)
				q.Set(v)
			case q == g.blocks[0].norm.Bias || q == g.blocks[1].norm.Bias:
				q.Set(signed(name, n, 0.25))
			default:
				q.Set(signed(name, n, q.init.Spread))
			}
		}
	}
}
