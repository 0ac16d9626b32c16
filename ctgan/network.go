package ctgan

import (
	"strconv"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A generator turns noise and a condition into encoded rows. Each block puts what it computes before its input: ReLU of a linear
// layer, with BatchNorm between them in CTGAN. A plain one, a TVAE's decoder, is linear layers with ReLU between them, and knows no
// conditions.
type generator struct {
	params *nn.Params
	blocks []block
	out    *nn.Linear
	z      int
	plain  bool
}

type block struct {
	linear *nn.Linear
	norm   *nn.BatchNorm // nil: none
}

func newGenerator(s *settings, l *layout) *generator {
	g := &generator{params: nn.NewParams(), z: s.Z, plain: s.Plain}
	at := g.params.Scope("generator")
	widths := []int{s.Z}
	if l.condWidth > 0 {
		widths = append(widths, l.condWidth)
	}
	for i, h := range s.Gen {
		here := at.Scope(strconv.Itoa(i))
		if s.Preset == synthcity && i > 0 {
			h = 0 // the peer's later blocks are as wide as their input
			for _, w := range widths {
				h += w
			}
		}
		b := block{linear: nn.NewLinearConcat(here.Scope("linear"), h, widths...)}
		if s.BatchNorm {
			b.norm = nn.NewBatchNorm(here.Scope("norm"), h)
			b.norm.ReLU = true
		}
		g.blocks = append(g.blocks, b)
		if s.Plain {
			widths = nil
		}
		widths = append([]int{h}, widths...)
	}
	g.out = nn.NewLinearConcat(at.Scope("out"), l.width, widths...)
	return g
}

// A phase says which statistics BatchNorm uses.
type phase uint8

const (
	training  phase = iota // those of the batch, and the estimates move
	counting               // those of the batch, which are collected for exact estimates
	writing                // the estimates
	blockwise              // those of the batch, and nothing moves: how ctgan writes rows
)

// logits gives what the head is applied to, [B, D], of noise [B, Z] and conditions [B, C]. Several goroutines may call it at a
// time in the last two phases, each with a tape of its own.
func (g *generator) logits(t *autograd.Tape, z tensor.Tensor, cond *autograd.Sparse, p phase) autograd.Var {
	if g.plain {
		return g.through(t, t.Const(z))
	}
	var room [8]autograd.Var
	xs := room[:] // what the blocks put before the input, from the end
	from := len(xs) - 1
	if cond.Cols > 0 {
		xs[from] = t.Sparse(cond)
		from--
	}
	xs[from] = t.Const(z)
	for _, b := range g.blocks {
		y := b.forward(t, b.linear.ForwardConcat(t, xs[from:]...), p)
		from--
		xs[from] = y
	}
	return g.out.ForwardConcat(t, xs[from:]...)
}

// through is the logits of a plain generator, whose input may be what was computed before.
func (g *generator) through(t *autograd.Tape, x autograd.Var) autograd.Var {
	for _, b := range g.blocks {
		x = b.linear.ForwardAct(t, x, nn.Activation{Kind: nn.ReLU}, kernels.Dropout{})
	}
	return g.out.Forward(t, x)
}

// forward is ReLU of x, normalised if there is a norm.
func (b *block) forward(t *autograd.Tape, x autograd.Var, p phase) autograd.Var {
	n := b.norm
	switch {
	case n == nil:
		return t.ReLU(x)
	case p == training:
		return n.Forward(t, x, nn.Train)
	case p == counting:
		return n.Forward(t, x, nn.Recalibrate)
	case p == writing:
		return n.Forward(t, x, nn.Eval)
	}
	y, _ := t.BatchNorm(x, n.Weight.On(t), n.Bias.On(t), n.Eps, n.ReLU)
	return y
}

// A critic says how real a pack of rows looks. Its last layer but those before have LeakyReLU and dropout. The pack's rows stand before
// all of its conditions, which the packages put behind each row: they are nearly all 0, and so are never multiplied.
type critic struct {
	params *nn.Params
	layers []*nn.Linear
	slope  float32
	drop   []float32
}

func newCritic(s *settings, l *layout) *critic {
	c := &critic{params: nn.NewParams(), slope: float32(s.Slope)}
	widths := []int{s.Pac * l.width}
	if l.condWidth > 0 {
		widths = append(widths, s.Pac*l.condWidth)
	}
	at := c.params.Scope("critic")
	for i, h := range append(append([]int(nil), s.Critic...), 1) {
		c.layers = append(c.layers, nn.NewLinearConcat(at.Scope(strconv.Itoa(i)), h, widths...))
		widths = []int{h}
	}
	for _, p := range s.Drop {
		c.drop = append(c.drop, float32(p))
	}
	return c
}

// first is the first layer of packs of rows [P, pac*D] and their conditions [P, pac*C], before its activation.
func (c *critic) first(t *autograd.Tape, rows autograd.Var, cond *autograd.Sparse) autograd.Var {
	if cond.Cols == 0 {
		return c.layers[0].ForwardConcat(t, rows)
	}
	return c.layers[0].ForwardConcat(t, rows, t.Sparse(cond))
}

// judge goes on from the first layer, or several below each other: [P, 1].
func (c *critic) judge(t *autograd.Tape, x autograd.Var, d *nn.Draws) autograd.Var {
	x = t.Dropout(t.LeakyReLU(x, c.slope), d.Dropout(c.drop[0]))
	last := len(c.layers) - 1
	for i, l := range c.layers[1:last] {
		x = l.ForwardAct(t, x, nn.Activation{Kind: nn.LeakyReLU, Slope: c.slope}, d.Dropout(c.drop[i+1]))
	}
	return c.layers[last].Forward(t, x)
}

// penalty is the gradient penalty at the mixture of two first layers, [P, H1] each, with the share s [P] of the first. A linear layer of
// a mixture is the mixture of the layers, so the mixed packs themselves are never multiplied, nor made.
func (c *critic) penalty(t *autograd.Tape, real, fake, s autograd.Var, weight float32, d *nn.Draws) autograd.Var {
	mixed := t.Interpolate(real, fake, s)
	y := c.judge(t, mixed, d)
	slope := t.Grad(y, mixed, autograd.Create)                   // [P, H1]
	norm := t.RowNorm(t.MatMulNT(slope, c.layers[0].Part(t, 0))) // [P], over a pack's rows
	if c.layers[0].Parts() > 1 {
		n := norm.Shape()[0]
		cond := t.RowNorm(t.MatMulNT(slope, c.layers[0].Part(t, 1)))
		norm = t.RowNorm(t.Concat(t.Reshape(norm, n, 1), t.Reshape(cond, n, 1))) // over its conditions, too
	}
	return t.Scale(t.Mean(t.Square(t.AddConst(norm, -1))), weight)
}
