package transformer

import (
	"fmt"
	"math"
	"strconv"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// Blocks is the decoder between the embeddings and the head: L blocks, each x + attention(norm(x)) and then x + perceptron(norm(x)), and
// a last norm. A model with other embeddings or another head builds on it. Source: transformers 5.24, modeling_gpt2.py.
type Blocks struct {
	layers []*block
	norm   *nn.LayerNorm // ln_f
	heads  int
	size   int     // of a head: E/H
	drop   float32 // of attention weights
}

// A block is one layer. Drop applies to what it adds to x.
type block struct {
	name         string // h.0
	norm1, norm2 *nn.LayerNorm
	attn         *linear // E to 3E: queries, keys, values
	proj         *linear // E to E
	fc           *linear // E to F
	out          *linear // F to E
	drop         float32
}

// A linear is x W + b, with an adapter beside it or without.
type linear struct {
	*nn.Linear
	adapter *adapter        // nil: none
	half    *kernels.Packed // W as bfloat16, to be used in its place; nil: none
	out     []float32       // what half's products are put into
}

// NewBlocks declares the parameters "h.0.ln_1.weight" to "ln_f.bias" with GPT-2's first values: normal with deviation InitRange, divided by
// sqrt(2L) where a block adds to x, biases 0. Of c it reads everything but Positions, Vocab, EmbedDropout and what is about tokens.
// It panics where Heads does not divide Width.
func NewBlocks(s nn.Scope, c Config) *Blocks {
	if c.Heads < 1 || c.Width%c.Heads != 0 {
		panic(fmt.Sprintf("transformer: Blocks of width %d with %d heads", c.Width, c.Heads))
	}
	b := &Blocks{heads: c.Heads, size: c.Width / c.Heads, drop: float32(c.AttnDropout)}
	start := nn.Normal(float32(c.InitRange))
	last := nn.Normal(float32(c.InitRange / math.Sqrt(2*float64(c.Layers))))
	norm := func(s nn.Scope) *nn.LayerNorm {
		n := nn.NewLayerNorm(s, c.Width)
		n.Eps = float32(c.Epsilon)
		return n
	}
	dense := func(s nn.Scope, from, to int, w nn.Init) *linear {
		return &linear{Linear: nn.NewLinearInit(s, from, to, w, nn.Init{})}
	}
	for i := range c.Layers {
		name := "h." + strconv.Itoa(i)
		at := s.Scope(name)
		b.layers = append(b.layers, &block{
			name:  name,
			norm1: norm(at.Scope("ln_1")),
			attn:  dense(at.Scope("attn.c_attn"), c.Width, 3*c.Width, start),
			proj:  dense(at.Scope("attn.c_proj"), c.Width, c.Width, last),
			norm2: norm(at.Scope("ln_2")),
			fc:    dense(at.Scope("mlp.c_fc"), c.Width, c.Inner, start),
			out:   dense(at.Scope("mlp.c_proj"), c.Inner, c.Width, last),
			drop:  float32(c.ResidDropout),
		})
	}
	b.norm = norm(s.Scope("ln_f"))
	return b
}

// Forward takes x [B*T, E] to [B*T, E], sequences one after the other, each padded to time positions. lengths [B] are the positions
// in use, nil all of them; it must not change until the tape's Reset. What comes out of padding means nothing. With d, parts are dropped
// as in training; nil is a model in use. It panics where the shapes do not fit.
func (b *Blocks) Forward(t *autograd.Tape, x autograd.Var, time int, lengths []int32, d *nn.Draws) autograd.Var {
	for i := range b.layers {
		x = b.layer(t, i, x, time, lengths, d)
	}
	return b.norm.Forward(t, x)
}

// layer is block i.
func (b *Blocks) layer(t *autograd.Tape, i int, x autograd.Var, time int, lengths []int32, d *nn.Draws) autograd.Var {
	return b.layers[i].forward(t, x, d, func(qkv autograd.Var) autograd.Var {
		a := kernels.Attention{Batch: qkv.Shape()[0] / time, Time: time, Heads: b.heads, Size: b.size, Lengths: lengths}
		if d != nil {
			a.Drop = d.Dropout(b.drop)
		}
		return t.Attention(qkv, a)
	})
}

// forward is one block, for whatever attend makes of queries, keys and values: [N, 3E] to [N, E].
func (b *block) forward(t *autograd.Tape, x autograd.Var, d *nn.Draws, attend func(qkv autograd.Var) autograd.Var) autograd.Var {
	qkv := b.attn.forward(t, b.norm1.Forward(t, x), nn.Activation{}, 0, d) // [N, 3E]
	x = t.Add(x, b.proj.forward(t, attend(qkv), nn.Activation{}, b.drop, d))
	m := b.fc.forward(t, b.norm2.Forward(t, x), nn.Activation{Kind: nn.Gelu}, 0, d) // [N, F]
	return t.Add(x, b.out.forward(t, m, nn.Activation{}, b.drop, d))
}

// forward is x W + b and what the adapter adds, an activation, and dropout.
func (l *linear) forward(t *autograd.Tape, x autograd.Var, a nn.Activation, drop float32, d *nn.Draws) autograd.Var {
	if l.half != nil {
		return a.Forward(t, l.adapt(t, x, l.halfProduct(t, x), d)) // never in training
	}
	if l.adapter == nil {
		var mask kernels.Dropout
		if d != nil {
			mask = d.Dropout(drop)
		}
		return l.ForwardAct(t, x, a, mask)
	}
	return nn.Dropout{P: drop}.Forward(t, a.Forward(t, l.adapt(t, x, l.Linear.Forward(t, x), d)), d)
}

// adapt adds to y what the adapter, if there is one, makes of x.
func (l *linear) adapt(t *autograd.Tape, x, y autograd.Var, d *nn.Draws) autograd.Var {
	if l.adapter == nil {
		return y
	}
	return t.Add(y, l.adapter.forward(t, x, d))
}

// halfProduct is x W + b as a constant, with W as bfloat16. It is there until the next call.
func (l *linear) halfProduct(t *autograd.Tape, x autograd.Var) autograd.Var {
	rows, from, to := x.Shape()[0], l.Weight.Data.Shape[0], l.Weight.Data.Shape[1]
	if cap(l.out) < rows*to {
		l.out = tensor.New(rows * to).Data
	}
	y := tensor.Tensor{Shape: []int{rows, to}, Data: l.out[:rows*to]}
	kernels.GemmPacked(kernels.NN, rows, x.Data(), from, l.half, y.Data, to, &kernels.Epilogue{Bias: l.Bias.Data.Data})
	return t.Const(y)
}

// halved gives blocks with the same parameters that compute with copies of the weights as bfloat16. They belong to one goroutine.
func (b *Blocks) halved() *Blocks {
	out := *b
	out.layers = nil
	for _, l := range b.layers {
		c := *l
		for _, p := range []**linear{&c.attn, &c.proj, &c.fc, &c.out} {
			shape := (*p).Weight.Data.Shape
			*p = &linear{Linear: (*p).Linear, adapter: (*p).adapter, half: new(kernels.Packed)}
			(*p).half.PackHalf(kernels.NN, shape[0], shape[1], (*p).Weight.Data.Data, shape[1])
		}
		out.layers = append(out.layers, &c)
	}
	return &out
}

// linears are the products of a block, under the names that come behind the block's.
func (b *block) linears() []struct {
	name string
	*linear
} {
	return []struct {
		name string
		*linear
	}{{"attn.c_attn", b.attn}, {"attn.c_proj", b.proj}, {"mlp.c_fc", b.fc}, {"mlp.c_proj", b.out}}
}
