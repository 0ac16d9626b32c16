package hf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Config is what config.json says of a GPT-2 model. Source: transformers 5.24, GPT2Config.
type Config struct {
	Layers    int // L, n_layer
	Heads     int // H, n_head
	Width     int // E, n_embd
	Inner     int // F, n_inner
	Positions int // P, n_positions: the longest context in tokens
	Vocab     int // V, vocab_size

	Epsilon      float64 // layer_norm_epsilon
	EmbedDropout float64 // embd_pdrop: a probability, as the next two
	AttnDropout  float64 // attn_pdrop
	ResidDropout float64 // resid_pdrop
	InitRange    float64 // initializer_range: standard deviation of new weights

	Tied bool // the output layer is wte; otherwise lm_head.weight
	BOS  int  // bos_token_id, -1 if there is none
	EOS  int  // eos_token_id, -1 if there is none
}

// The largest sizes that are believed, far above GPT-2 XL (48, 1600, 6400, 1024, 50257), so that products of them stay small.
const (
	mostLayers    = 512
	mostWidth     = 1 << 16
	mostInner     = 1 << 20
	mostPositions = 1 << 24
	mostVocab     = 1 << 24
)

// mostJSON is the most that a configuration may have, in bytes; real ones have less than 3 KB.
const mostJSON = 1 << 20

// A configFile is config.json. A key that is absent has the value that GPT2Config gives it.
type configFile struct {
	ModelType     string   `json:"model_type"`
	Architectures []string `json:"architectures"`

	Layers       int     `json:"n_layer"`
	Heads        int     `json:"n_head"`
	Width        int     `json:"n_embd"`
	Inner        int     `json:"n_inner"`
	Positions    int     `json:"n_positions"`
	Context      int     `json:"n_ctx"` // the older name of n_positions
	Vocab        int     `json:"vocab_size"`
	Epsilon      float64 `json:"layer_norm_epsilon"`
	EmbedDropout float64 `json:"embd_pdrop"`
	AttnDropout  float64 `json:"attn_pdrop"`
	ResidDropout float64 `json:"resid_pdrop"`
	InitRange    float64 `json:"initializer_range"`
	Tied         bool    `json:"tie_word_embeddings"`
	BOS          *int    `json:"bos_token_id"`
	EOS          *int    `json:"eos_token_id"`

	Activation string                     `json:"activation_function"`
	Scale      bool                       `json:"scale_attn_weights"`
	ScaleLayer bool                       `json:"scale_attn_by_inverse_layer_idx"`
	Cross      bool                       `json:"add_cross_attention"`
	Pruned     map[string]json.RawMessage `json:"pruned_heads"`
	Quantized  map[string]json.RawMessage `json:"quantization_config"`
}

// readConfig reads and checks config.json. reorder_and_upcast_attn has no effect on float32 and is ignored.
func readConfig(fsys fs.FS) (Config, error) {
	b, err := readSmall(fsys, configName, mostJSON)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("hf: no %s here: name the folder that holds it and the weights: %w", configName, err)
	}
	if err != nil {
		return Config{}, err
	}
	c := configFile{Layers: 12, Heads: 12, Width: 768, Vocab: 50257, Epsilon: 1e-5, EmbedDropout: .1, AttnDropout: .1,
		ResidDropout: .1, InitRange: .02, Tied: true, Activation: "gelu_new", Scale: true}
	if err := json.Unmarshal(b, &c); err != nil {
		return Config{}, fmt.Errorf("hf: %s: %w", configName, err)
	}
	if err := c.supported(); err != nil {
		return Config{}, fmt.Errorf("hf: %s: %w", configName, err)
	}
	out := c.config()
	if err := out.check(); err != nil {
		return Config{}, fmt.Errorf("hf: %s: %w", configName, err)
	}
	return out, nil
}

// supported names what the file asks for and this program does not do.
func (c *configFile) supported() error {
	known := c.ModelType == "gpt2" || c.ModelType == "" && slices.ContainsFunc(c.Architectures, func(a string) bool {
		return a == "GPT2LMHeadModel" || a == "GPT2Model"
	})
	switch {
	case !known:
		return fmt.Errorf("model_type is %s; only gpt2 is known (GPT-2, DistilGPT2, DialoGPT)", quote(c.ModelType))
	case c.Activation != "gelu_new" && c.Activation != "gelu_pytorch_tanh":
		return fmt.Errorf("activation_function is %s; only gelu_new is known, and gelu_pytorch_tanh, which is the same", quote(c.Activation))
	case !c.Scale:
		return errors.New("scale_attn_weights is false; only true is known")
	case c.ScaleLayer:
		return errors.New("scale_attn_by_inverse_layer_idx is true; only false is known")
	case c.Cross:
		return errors.New("add_cross_attention is true; only false is known")
	case len(c.Pruned) > 0:
		return errors.New("pruned_heads names heads that were removed; only whole models are known")
	case len(c.Quantized) > 0:
		return errors.New("quantization_config says that the weights are quantized; save the model in float32, float16 or bfloat16")
	}
	return nil
}

func (c *configFile) config() Config {
	out := Config{Layers: c.Layers, Heads: c.Heads, Width: c.Width, Inner: c.Inner, Positions: c.Positions, Vocab: c.Vocab,
		Epsilon: c.Epsilon, EmbedDropout: c.EmbedDropout, AttnDropout: c.AttnDropout, ResidDropout: c.ResidDropout,
		InitRange: c.InitRange, Tied: c.Tied, BOS: -1, EOS: -1}
	if out.Inner == 0 && out.Width <= mostWidth {
		out.Inner = 4 * out.Width
	}
	if out.Positions == 0 {
		out.Positions = c.Context
	}
	if out.Positions == 0 {
		out.Positions = 1024
	}
	if c.BOS != nil {
		out.BOS = *c.BOS
	}
	if c.EOS != nil {
		out.EOS = *c.EOS
	}
	return out
}

// check tells the first thing that no model can have.
func (c Config) check() error {
	for _, size := range []struct {
		name       string
		have, most int
	}{
		{"n_layer", c.Layers, mostLayers}, {"n_embd", c.Width, mostWidth}, {"n_head", c.Heads, mostWidth}, {"n_inner", c.Inner, mostInner},
		{"n_positions", c.Positions, mostPositions}, {"vocab_size", c.Vocab, mostVocab},
	} {
		if size.have < 1 || size.have > size.most {
			return fmt.Errorf("%s is %d; it must be from 1 to %d", size.name, size.have, size.most)
		}
	}
	if c.Width%c.Heads != 0 {
		return fmt.Errorf("n_embd is %d, which %d heads (n_head) can't share evenly", c.Width, c.Heads)
	}
	for _, p := range []struct {
		name string
		have float64
	}{{"embd_pdrop", c.EmbedDropout}, {"attn_pdrop", c.AttnDropout}, {"resid_pdrop", c.ResidDropout}} {
		if !(p.have >= 0 && p.have < 1) {
			return fmt.Errorf("%s is %g; it must be from 0 to below 1", p.name, p.have)
		}
	}
	if !(c.Epsilon > 0 && c.Epsilon < 1) {
		return fmt.Errorf("layer_norm_epsilon is %g; it must be between 0 and 1", c.Epsilon)
	}
	if !(c.InitRange >= 0 && c.InitRange < 100) {
		return fmt.Errorf("initializer_range is %g; it must be from 0 to below 100", c.InitRange)
	}
	for _, id := range []struct {
		name string
		have int
	}{{"bos_token_id", c.BOS}, {"eos_token_id", c.EOS}} {
		if id.have < -1 || id.have >= c.Vocab {
			return fmt.Errorf("%s is %d, and vocab_size is %d", id.name, id.have, c.Vocab)
		}
	}
	return nil
}

// A Tensor is float32 values with a name and a shape.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32 // row-major; nil where only name and shape are told
}

// Len is the number of values that the shape holds.
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Tensors lists what a model of this configuration consists of, without values: wte, wpe, the layers in order, the last
// norm, and lm_head where the output is not tied. Source: transformers 5.24, modeling_gpt2.py.
func (c Config) Tensors() []Tensor {
	e, f := c.Width, c.Inner
	out := []Tensor{{Name: "wte.weight", Shape: []int{c.Vocab, e}}, {Name: "wpe.weight", Shape: []int{c.Positions, e}}}
	for i := range c.Layers {
		for _, t := range []Tensor{
			{Name: "ln_1.weight", Shape: []int{e}}, {Name: "ln_1.bias", Shape: []int{e}},
			{Name: "attn.c_attn.weight", Shape: []int{e, 3 * e}}, {Name: "attn.c_attn.bias", Shape: []int{3 * e}},
			{Name: "attn.c_proj.weight", Shape: []int{e, e}}, {Name: "attn.c_proj.bias", Shape: []int{e}},
			{Name: "ln_2.weight", Shape: []int{e}}, {Name: "ln_2.bias", Shape: []int{e}},
			{Name: "mlp.c_fc.weight", Shape: []int{e, f}}, {Name: "mlp.c_fc.bias", Shape: []int{f}},
			{Name: "mlp.c_proj.weight", Shape: []int{f, e}}, {Name: "mlp.c_proj.bias", Shape: []int{e}},
		} {
			t.Name = fmt.Sprintf("h.%d.%s", i, t.Name)
			out = append(out, t)
		}
	}
	out = append(out, Tensor{Name: "ln_f.weight", Shape: []int{e}}, Tensor{Name: "ln_f.bias", Shape: []int{e}})
	if !c.Tied {
		out = append(out, Tensor{Name: headName, Shape: []int{c.Vocab, e}})
	}
	return out
}

// Parameters counts the values of all tensors: 124,439,808 for GPT-2.
func (c Config) Parameters() int64 {
	n := int64(0)
	for _, t := range c.Tensors() {
		n += int64(t.Len())
	}
	return n
}
