package column

import (
	"fmt"
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/table/encode"
	"example.org/cohort/tensor"
	"example.org/cohort/transformer"
)

// A field is a learned column: its parts are the variables first, ..., first+parts-1.
type field struct{ first, parts int }

// fieldsOf lists the columns that have variables, C of them.
func fieldsOf(vars []encode.Var) []field {
	var f []field
	for v, x := range vars {
		if x.Part == 0 {
			f = append(f, field{v, x.Parts})
		}
	}
	return f
}

// A net is the network for an encoder's variables.
type net struct {
	vars   []encode.Var
	fields []field
	size   Size
	params *nn.Params
	blocks *transformer.Blocks

	from   []int32   // V: the row of a variable's first code in values; one more row follows its last for "does not apply"
	none   int32     // the row for a part that a column does not have
	values *nn.Param // [D+V+1, E]
	smooth *nn.Param // [M of all, E], what codes near each other in an order have in common
	knots  tensor.Tensor
	own    *nn.Param // [C+1, E]: a column, or the beginning of a row
	next   *nn.Param // [C, E]: the column that comes next
	heads  []head    // V
}

// A head tells the codes of one variable.
type head struct {
	weight *nn.Param     // [K, E]
	bias   *nn.Param     // [K]; its first values are the logarithms of the shares
	smooth *nn.Param     // [M, E]; nil where there is no order
	knots  tensor.Tensor // [K, M]
	scale  *nn.Param     // [D of the earlier parts, E]: how a code of theirs stretches what the head sees; nil at part 0
	shift  *nn.Param     // the same shape: how it moves it
}

// A start is the deviations of a network's first weights: of the blocks, of the vectors that go into them, of the heads.
type start struct{ blocks, vectors, heads float64 }

// startFor gives GPT-2's deviation to deep networks. It is made for a width of 768: in a narrow one little of what goes in comes out, and for its
// first hundreds of steps a network tells little more than shares. One of two layers, which has few steps, begins with weights that keep
// the size of what goes through; three layers gain nothing by that. bench/quality says what this rests on.
func startFor(s Size) start {
	if s.Layers > 2 {
		return start{0.02, 0.02, 0.02}
	}
	return start{1 / math.Sqrt(float64(s.Width)), 0.07, 0.03}
}

const (
	mostKnots = 16   // of an order
	leastBias = 1e-4 // share that a code without any has in the first bias
)

// newNet declares and draws the network.
func newNet(vars []encode.Var, size Size, seed uint64) *net {
	n := &net{vars: vars, fields: fieldsOf(vars), size: size, params: nn.NewParams()}
	s, e, from := n.params.Scope(""), size.Width, startFor(size)
	vectors := nn.Normal(float32(from.vectors))
	at := int32(0)
	for _, v := range vars {
		n.from = append(n.from, at)
		at += int32(v.Card) + 1
	}
	n.none = at
	n.values = s.Param("values", vectors, int(at)+1, e)
	n.own = s.Param("own", vectors, len(n.fields)+1, e)
	n.next = s.Param("next", vectors, len(n.fields), e)
	if n.knots = n.allKnots(); n.knots.Data != nil {
		n.smooth = s.Param("smooth", vectors, n.knots.Shape[1], e)
	}
	n.blocks = transformer.NewBlocks(s, transformer.Config{Width: e, Heads: size.Heads, Layers: size.Layers, Inner: size.Inner,
		Epsilon: 1e-5, InitRange: from.blocks, AttnDropout: size.Dropout, ResidDropout: size.Dropout})
	for v := range vars {
		n.heads = append(n.heads, newHead(s.Scope(fmt.Sprintf("head.%d", v)), vars, v, e, nn.Normal(float32(from.heads))))
	}
	n.begin(seed)
	return n
}

// begin gives the parameters their first values.
func (n *net) begin(seed uint64) {
	n.params.Init(seed)
	for v, x := range n.vars {
		n.heads[v].begin(x.Share)
	}
	n.params.Changed()
}

func newHead(s nn.Scope, vars []encode.Var, v, width int, first nn.Init) head {
	x := &vars[v]
	h := head{weight: s.Param("weight", first, x.Card, width), bias: s.Param("bias", nn.Init{}, x.Card), knots: knotsOf(x)}
	if h.knots.Data != nil {
		h.smooth = s.Param("smooth", first, h.knots.Shape[1], width)
	}
	if x.Part > 0 {
		earlier := 0
		for p := v - x.Part; p < v; p++ {
			earlier += vars[p].Card + 1
		}
		h.scale, h.shift = s.Param("scale", nn.Init{}, earlier, width), s.Param("shift", nn.Init{}, earlier, width)
	}
	return h
}

// begin sets the bias to the shares, so that learning begins at independent columns.
func (h *head) begin(share []float64) {
	for k, p := range share {
		h.bias.Data.Data[k] = float32(math.Log(max(p, leastBias)))
	}
}

// knotsOf gives for each code of an order [K, M] how near it lies to each of M knots, evenly spaced in the share of rows below: a straight
// line between the two beside it. Codes without a place in the order are near to none. It is empty where there is no order worth the word.
func knotsOf(x *encode.Var) tensor.Tensor {
	codes := x.Card - x.Scale
	if !x.Ordered || codes < 4 {
		return tensor.Tensor{}
	}
	m := min(mostKnots, codes/2)
	k := tensor.New(x.Card, m)
	all, below := 0.0, 0.0
	for _, p := range x.Share[x.Scale:] {
		all += p
	}
	for c := x.Scale; c < x.Card; c++ {
		rank := (float64(c-x.Scale) + 0.5) / float64(codes)
		if all > 0 {
			rank = min((below+x.Share[c]/2)/all, 1)
		}
		below += x.Share[c]
		place := rank * float64(m-1)
		i := min(int(place), m-2)
		k.Data[c*m+i], k.Data[c*m+i+1] = float32(float64(i+1)-place), float32(place-float64(i))
	}
	return k
}

// allKnots puts the knots of all variables side by side, for the rows of values.
func (n *net) allKnots() tensor.Tensor {
	cols := 0
	var each []tensor.Tensor
	for v := range n.vars {
		each = append(each, knotsOf(&n.vars[v]))
		if k := each[v]; k.Data != nil {
			cols += k.Shape[1]
		}
	}
	if cols == 0 {
		return tensor.Tensor{}
	}
	all, at := tensor.New(int(n.none)+1, cols), 0
	for v, k := range each {
		if k.Data == nil {
			continue
		}
		m := k.Shape[1]
		for c := range k.Shape[0] {
			copy(all.Data[(int(n.from[v])+c)*cols+at:], k.Data[c*m:(c+1)*m])
		}
		at += m
	}
	return all
}

// embed gives what goes into the positions of b, [B*T, E].
func (n *net) embed(t *autograd.Tape, b *batch, d *nn.Draws) autograd.Var {
	table := n.table(t)
	x := t.Add(t.Embedding(n.own.On(t), b.own), t.Embedding(n.next.On(t), b.next))
	for _, ids := range b.values {
		x = t.Add(x, t.Embedding(table, ids))
	}
	return nn.Dropout{P: float32(n.size.Dropout)}.Forward(t, x, d)
}

// table is the vectors of all codes, [D+V+1, E].
func (n *net) table(t *autograd.Tape) autograd.Var {
	if n.smooth == nil {
		return n.values.On(t)
	}
	return t.Add(n.values.On(t), t.MatMul(t.Const(n.knots), n.smooth.On(t)))
}

// head gives the logits [N, K] of variable v from what the blocks say, z [N, E]. earlier is the codes of the column's earlier parts, N of
// each; -1 does not apply.
func (n *net) head(t *autograd.Tape, v int, z autograd.Var, earlier [][]int32) autograd.Var {
	h := &n.heads[v]
	if n.vars[v].Part > 0 {
		z = n.follow(t, v, z, earlier)
	}
	w := h.weight.On(t)
	if h.smooth != nil {
		w = t.Add(w, t.MatMul(t.Const(h.knots), h.smooth.On(t)))
	}
	return t.AddBias(t.MatMulNT(z, w), h.bias.On(t))
}

// follow turns what the blocks say into what is seen behind the earlier parts' codes: z (1 + scale) + shift.
func (n *net) follow(t *autograd.Tape, v int, z autograd.Var, earlier [][]int32) autograd.Var {
	h, at := &n.heads[v], int32(0)
	scale, shift := h.scale.On(t), h.shift.On(t)
	var stretch, move autograd.Var
	for p, codes := range earlier {
		card := int32(n.vars[v-n.vars[v].Part+p].Card)
		ids := make([]int32, len(codes))
		for i, c := range codes {
			if ids[i] = at + c; c < 0 {
				ids[i] = at + card
			}
		}
		at += card + 1
		a, b := t.Embedding(scale, ids), t.Embedding(shift, ids)
		if p == 0 {
			stretch, move = a, b
			continue
		}
		stretch, move = t.Add(stretch, a), t.Add(move, b)
	}
	return t.Add(t.Add(z, t.Mul(z, stretch)), move)
}
