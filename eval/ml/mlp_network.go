package ml

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A network is the layers of an [MLP] and what stands before and behind them.
type network struct {
	params  *nn.Params
	layers  *nn.MLP
	head    *nn.SpanHead // a sample of Gumbel-softmax in place of logits; nil: none
	draws   nn.Draws     // for the head
	step    uint64       // of the draws
	learned uint64       // step after the last one of the fit: answers begin with it
	classes bool
	cols    int
	outs    int
}

// newNetwork makes the network with the first weights of the one that it follows: scikit-learn's (Glorot and Bengio) or
// PyTorch's.
func newNetwork(m *MLP, number, cols, outs int) *network {
	widths := []int{cols, 100}
	if m.Hidden != nil {
		widths = append(widths[:1], m.Hidden...)
	}
	widths = append(widths, outs)
	n := &network{params: nn.NewParams(), classes: m.Classes > 0, cols: cols, outs: outs, draws: nn.Draws{Seed: m.Seed}}
	n.layers = &nn.MLP{Activation: nn.Activation{Kind: nn.ReLU}}
	for i := range len(widths) - 1 {
		scope, in, out := n.params.Scope(fmt.Sprintf("%d.%d", number, i)), widths[i], widths[i+1]
		first := nn.Xavier(in, out)
		if m.Peer == PeerSynthcity {
			first = nn.FanIn(in)
		}
		n.layers.Layers = append(n.layers.Layers, nn.NewLinearInit(scope, in, out, first, first))
	}
	if m.Peer == PeerSynthcity && n.classes {
		n.gumbel()
	}
	n.params.Init(m.Seed)
	return n
}

// gumbel gives the network the peer's head.
func (n *network) gumbel() {
	n.head = &nn.SpanHead{Spans: []kernels.Span{{Width: n.outs, Kind: kernels.SpanSoftmax}}, Tau: 0.2}
}

// forward takes rows [B, D] to [B, outs]: logits, the head's samples, or numbers.
func (n *network) forward(t *autograd.Tape, x tensor.Tensor) autograd.Var {
	v := n.layers.Forward(t, t.Const(x), nil)
	if n.head != nil {
		n.draws.Begin(n.step)
		n.step++
		v = n.head.Forward(t, v, &n.draws)
	}
	return v
}

// loss is the mean of the cross-entropies, or of the squared differences, of rows x [B, D]: [1].
func (n *network) loss(t *autograd.Tape, b *rowBatch) autograd.Var {
	v := n.forward(t, tensor.FromSlice(b.x, b.rows, n.cols))
	if n.classes {
		return nn.CrossEntropy(t, v, b.code)
	}
	return nn.MSE(t, v, t.Const(tensor.FromSlice(b.number, b.rows, 1)))
}

// askRows are predicted at a time.
const askRows = 1024

// answers gives what the network says of each row, by output: probabilities, or a number. The head's noise goes on where the fit
// left it, as the peer's generator does: networks of one seed that learned for different times, such as those of the folds of a
// cross-validation, get different noise, and the same network the same again.
func (n *network) answers(b *rowBatch) [][]float64 {
	k := known{all: n.outs}
	p := k.lists(b.rows)
	tape := autograd.New(&tensor.Arena{})
	n.step = n.learned
	for from := 0; from < b.rows; from += askRows {
		to := min(from+askRows, b.rows)
		tape.Reset()
		v := n.forward(tape, tensor.FromSlice(b.x[from*n.cols:to*n.cols], to-from, n.cols))
		if n.classes && n.head == nil {
			v = tape.Softmax(v)
		}
		for i, value := range v.Data() {
			p[i%n.outs][from+i/n.outs] = float64(value)
		}
	}
	return p
}
