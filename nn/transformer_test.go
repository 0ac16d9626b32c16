package nn

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// block is a transformer of one block with a tied head, as testdata/transformer.py has it.
type block struct {
	wte, wpe           *Embedding
	ln1, ln2, lnf      *LayerNorm
	qkv, proj, fc, out *Linear
}

const blockB, blockT, blockE, blockH, blockV = 2, 5, 8, 2, 11

func newBlock(p *Params) *block {
	const e = blockE
	return &block{
		wte: NewEmbedding(p.Scope("wte"), blockV, e, Normal(0.02)), wpe: NewEmbedding(p.Scope("wpe"), blockT, e, Normal(0.02)),
		ln1: NewLayerNorm(p.Scope("ln1"), e), ln2: NewLayerNorm(p.Scope("ln2"), e), lnf: NewLayerNorm(p.Scope("lnf"), e),
		qkv: NewLinear(p.Scope("qkv"), e, 3*e), proj: NewLinear(p.Scope("proj"), e, e),
		fc: NewLinear(p.Scope("fc"), e, 4*e), out: NewLinear(p.Scope("out"), 4*e, e),
	}
}

func (m *block) loss(t *autograd.Tape, ids, labels []int32) autograd.Var {
	positions := make([]int32, len(ids))
	counted := 0
	for i := range ids {
		positions[i] = int32(i % blockT)
		if labels[i] >= 0 {
			counted++
		}
	}
	h := t.Add(m.wte.Forward(t, ids), m.wpe.Forward(t, positions))
	a := t.Attention(m.qkv.Forward(t, m.ln1.Forward(t, h)), kernels.Attention{Batch: blockB, Time: blockT, Heads: blockH, Size: blockE / blockH})
	h = t.Add(h, m.proj.Forward(t, a))
	f := m.fc.ForwardAct(t, m.ln2.Forward(t, h), Activation{Kind: Gelu}, kernels.Dropout{})
	h = t.Add(h, m.out.Forward(t, f))
	return t.LMLoss(m.lnf.Forward(t, h), m.wte.Weight.On(t), labels, nil, 1/float32(counted))
}

// Loss, gradients, and six steps of AdamW with warm-up and linear decay are PyTorch's.
func TestTransformerIsPyTorchs(t *testing.T) {
	var want struct {
		IDs, Labels          []int32
		Losses               []float64
		Params, Grads, After map[string][]float32
	}
	b, err := os.ReadFile("testdata/transformer.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &want))
	near := func(want, got []float32, bound float64, what string) {
		t.Helper()
		require.Len(t, got, len(want), what)
		for i, w := range want {
			require.LessOrEqual(t, math.Abs(float64(got[i]-w)), bound*(0.1+math.Abs(float64(w))), "%s, number %d: %g, not %g", what, i, got[i], w)
		}
	}
	params := NewParams()
	m := newBlock(params)
	params.Init(1)
	for _, q := range params.All() {
		q.Set(want.Params[q.Name])
	}
	adam := NewAdam(params, Adam{Decay: 0.1, Decoupled: true})
	schedule := Schedule{Shape: Line, Warmup: 2, Steps: 6}
	arena := &tensor.Arena{}
	arena.Poison(true)
	tape := autograd.New(arena)
	for step, loss := range want.Losses {
		tape.Reset()
		params.ZeroGrad()
		y := m.loss(tape, want.IDs, want.Labels)
		require.InDelta(t, loss, y.Scalar(), 2e-5*loss, "step %d", step)
		tape.Backward(y)
		for _, q := range params.All() {
			if step == 0 {
				near(want.Grads[q.Name], q.Grad, 2e-5, "gradient of "+q.Name)
			}
		}
		adam.Rate = 0.01 * schedule.At(step)
		adam.Step()
	}
	for _, q := range params.All() {
		w, got := want.After[q.Name], q.Data.Data
		if q.Name == "qkv.bias" { // a bias of the keys changes nothing: its gradient is rounding alone, which Adam makes large
			clear(w[blockE : 2*blockE])
			clear(got[blockE : 2*blockE])
		}
		near(w, got, 2e-3, q.Name+" afterwards")
	}
}
