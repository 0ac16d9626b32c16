package transformer

import (
	"fmt"
	"io/fs"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
	"example.org/cohort/transformer/hf"
)

// A Model is a GPT-2 with a language model's head. It may be used by several goroutines at a time while nobody trains it.
type Model struct {
	Config   Config
	Params   *nn.Params // names and shapes are those of Config.Tensors()
	Adapters *nn.Params // nil: none. Where there are some they are trained, and Params is frozen
	Blocks   *Blocks

	tokens    *nn.Embedding // wte, [V, E]
	positions *nn.Embedding // wpe, [P, E]
	head      *nn.Param     // [V, E]: wte's where the head is tied to it
	lora      *hf.Adapter   // without tensors; nil: none
}

// New makes a model from scratch, whose first values are GPT-2's. They depend on the seed and the parameters' names. An error says which
// size can't be.
func New(c Config, seed uint64) (*Model, error) {
	c, err := completed(c)
	if err != nil {
		return nil, err
	}
	m := declare(c)
	m.Params.Init(seed)
	return m, nil
}

// Open reads a model from a folder of Hugging Face; os.DirFS gives one on the disk. The warnings are sentences. Errors are those of
// [hf.Open].
func Open(fsys fs.FS) (m *Model, warnings []string, err error) {
	f, err := hf.Open(fsys)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	c := f.Config
	c.InitRange = 0 // no random numbers for what is read in the next moment
	m = declare(c)
	m.Params.Init(0)
	m.Config = f.Config
	for _, p := range m.Params.All() {
		if err := f.Read(p.Name, p.Data.Data); err != nil {
			return nil, nil, err
		}
	}
	m.Params.Changed()
	return m, f.Warnings, nil
}

func declare(c Config) *Model {
	m := &Model{Config: c, Params: nn.NewParams()}
	s, start := m.Params.Scope(""), nn.Normal(float32(c.InitRange))
	m.tokens = nn.NewEmbedding(s.Scope("wte"), c.Vocab, c.Width, start)
	m.positions = nn.NewEmbedding(s.Scope("wpe"), c.Positions, c.Width, start)
	m.Blocks = NewBlocks(s, c)
	m.head = m.tokens.Weight
	if !c.Tied {
		m.head = s.Scope("lm_head").Param("weight", start, c.Vocab, c.Width)
	}
	return m
}

// Write writes a folder that transformers loads, and [Open]. What an adapter adds is added to the weights that are written. Errors are
// those of [hf.Write].
func (m *Model) Write(dir string) error {
	tensors := make([]hf.Tensor, 0, len(m.Params.All()))
	for _, p := range m.Params.All() {
		tensors = append(tensors, hf.Tensor{Name: p.Name, Shape: p.Data.Shape, Data: p.Data.Data})
	}
	m.merge(tensors)
	return hf.Write(dir, m.Config, tensors)
}

// embed gives the first x [N, E] of tokens at positions, both [N] and not copied.
func (m *Model) embed(t *autograd.Tape, ids, positions []int32, d *nn.Draws) autograd.Var {
	x := t.Add(m.tokens.Forward(t, ids), m.positions.Forward(t, positions))
	return nn.Dropout{P: float32(m.Config.EmbedDropout)}.Forward(t, x, d)
}

// Logits gives what the model says after each token of a sequence: [T, V], before softmax. It is an error where the sequence is empty
// or too long, or an id is not in the vocabulary.
func (m *Model) Logits(ids []int32) ([]float32, error) {
	var b batch
	if err := m.pack(&b, []Sequence{{IDs: ids}}, nil); err != nil {
		return nil, err
	}
	t := autograd.New(new(tensor.Arena))
	h := m.Blocks.Forward(t, m.embed(t, b.ids, b.positions, nil), b.time, b.lengths, nil)
	return t.MatMulNT(h, m.head.On(t)).Data(), nil
}

// trained is the store of what a training changes.
func (m *Model) trained() *nn.Params {
	if m.Adapters != nil {
		return m.Adapters
	}
	return m.Params
}

// mustKnow is an error where an id is not in the vocabulary. It does not say which: a token is a piece of somebody's data.
func (m *Model) mustKnow(what string, ids []int32) error {
	for i, id := range ids {
		if id < 0 || int(id) >= m.Config.Vocab {
			return fmt.Errorf("transformer: %s: token %d is not in the vocabulary of %d; encode it with the model's own tokenizer", what, i, m.Config.Vocab)
		}
	}
	return nil
}
