package transformer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/transformer/hf"
)

// An adapter adds scale*(xA')B' to what a linear layer gives. Source: Hu et al. 2022, "LoRA", section 4.1.
type adapter struct {
	a, b  *nn.Param // [R, D] and [H, R], as PEFT has them
	scale float32
	drop  float32 // of the input
}

func (l *adapter) forward(t *autograd.Tape, x autograd.Var, d *nn.Draws) autograd.Var {
	x = nn.Dropout{P: l.drop}.Forward(t, x, d)
	return t.Scale(t.MatMulNT(t.MatMulNT(x, l.a.On(t)), l.b.On(t)), l.scale)
}

// loraTargets are the products that have an adapter where none are named: those that PEFT finds by c_attn and c_proj.
var loraTargets = []string{"attn.c_attn", "attn.c_proj", "mlp.c_proj"}

// Adapt puts an adapter beside the weights, which are trained no more. One without tensors starts anew beside c_attn and the two c_proj of
// each block: A uniform in [-1/sqrt(D), 1/sqrt(D)), B zero, so that the model says what it said. nil is rank 16, scale 2 and dropout
// 0.05, what be_great 0.0.14 asks PEFT for. One from [hf.ReadAdapter] goes on from its tensors. It is an error where there is an adapter
// already or it does not fit.
func (m *Model) Adapt(a *hf.Adapter, seed uint64) error {
	if a == nil {
		a = &hf.Adapter{Rank: 16, Scale: 2, Dropout: 0.05}
	}
	switch {
	case m.Adapters != nil:
		return errors.New("transformer: the model has an adapter already; write the model and open it again to have both in its weights")
	case a.Rank < 1 || a.Rank > m.Config.Width:
		return fmt.Errorf("transformer: the adapter's rank is %d; it must be from 1 to %d", a.Rank, m.Config.Width)
	case !(a.Dropout >= 0 && a.Dropout < 1):
		return fmt.Errorf("transformer: the adapter's dropout is %g; it must be from 0 to below 1", a.Dropout)
	}
	store, found := nn.NewParams(), map[*linear]*adapter{}
	for _, b := range m.Blocks.layers {
		for _, l := range b.linears() {
			name := b.name + "." + l.name
			if !slices.Contains(loraTargets, l.name) && len(a.Tensors) == 0 || len(a.Tensors) > 0 && !names(a.Tensors, name) {
				continue
			}
			shape, s := l.Weight.Data.Shape, store.Scope(name)
			found[l.linear] = &adapter{
				a:     s.Param("lora_A", nn.FanIn(shape[0]), a.Rank, shape[0]),
				b:     s.Param("lora_B", nn.Init{}, shape[1], a.Rank),
				scale: float32(a.Scale), drop: float32(a.Dropout),
			}
		}
	}
	store.Init(seed)
	if len(a.Tensors) > 0 {
		states := make([]nn.State, len(a.Tensors))
		for i, t := range a.Tensors {
			states[i] = nn.State{Name: t.Name, Shape: t.Shape, Data: t.Data}
		}
		if err := store.Load(states); err != nil {
			return fmt.Errorf("transformer: the adapter belongs to another model: %w", err)
		}
	}
	for l, x := range found {
		l.adapter = x
	}
	m.Params.Freeze(true)
	m.Adapters, m.lora = store, &hf.Adapter{Rank: a.Rank, Scale: a.Scale, Dropout: a.Dropout}
	return nil
}

// names tells whether a module has tensors.
func names(tensors []hf.Tensor, module string) bool {
	return slices.ContainsFunc(tensors, func(t hf.Tensor) bool { return strings.HasPrefix(t.Name, module+".lora_") })
}

// Adapter gives the adapter for [hf.WriteAdapter], nil where there is none. The tensors are views, not copies.
func (m *Model) Adapter() *hf.Adapter {
	if m.Adapters == nil {
		return nil
	}
	a := *m.lora
	for _, p := range m.Adapters.All() {
		a.Tensors = append(a.Tensors, hf.Tensor{Name: p.Name, Shape: p.Data.Shape, Data: p.Data.Data})
	}
	return &a
}

// merge replaces the tensors that have an adapter by copies with scale*(BA)' added.
func (m *Model) merge(tensors []hf.Tensor) {
	for _, b := range m.Blocks.layers {
		for _, l := range b.linears() {
			if l.adapter == nil {
				continue
			}
			i := slices.IndexFunc(tensors, func(t hf.Tensor) bool { return t.Name == l.Weight.Name })
			tensors[i].Data = l.merged()
		}
	}
}

func (l *linear) merged() []float32 {
	shape, rank := l.Weight.Data.Shape, l.adapter.a.Data.Shape[0]
	b := make([]float32, rank*shape[1]) // B' [R, H]
	for h := range shape[1] {
		for r := range rank {
			b[r*shape[1]+h] = l.adapter.scale * l.adapter.b.Data.Data[h*rank+r]
		}
	}
	w := slices.Clone(l.Weight.Data.Data)
	kernels.Gemm(kernels.TN, shape[0], shape[1], rank, l.adapter.a.Data.Data, shape[0], b, shape[1], w, shape[1], &kernels.Epilogue{Add: true})
	return w
}
