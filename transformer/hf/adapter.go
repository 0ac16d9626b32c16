package hf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
)

// An Adapter is a LoRA adapter as PEFT saves it. Where a layer computes y = xW + b, it computes y = xW + b + Scale * (xA^T)B^T.
// Source: Hu et al. 2022, "LoRA", section 4.1; PEFT 0.21, LoraConfig.
type Adapter struct {
	Rank    int     // R
	Scale   float64 // lora_alpha / R, or lora_alpha / sqrt(R) under use_rslora
	Dropout float64 // of the input, while training: a probability
	// Pairs of "h.0.attn.c_attn.lora_A" [R, in] and "h.0.attn.c_attn.lora_B" [out, R], in the order of the model.
	Tensors []Tensor
}

// An adapterFile is adapter_config.json.
type adapterFile struct {
	Type      string                     `json:"peft_type"`
	Rank      int                        `json:"r"`
	Alpha     float64                    `json:"lora_alpha"`
	Dropout   float64                    `json:"lora_dropout"`
	Bias      string                     `json:"bias"`
	RSLoRA    bool                       `json:"use_rslora"`
	DoRA      bool                       `json:"use_dora"`
	LoRABias  bool                       `json:"lora_bias"`
	Saved     []string                   `json:"modules_to_save"`
	Ranks     map[string]json.RawMessage `json:"rank_pattern"`
	Alphas    map[string]json.RawMessage `json:"alpha_pattern"`
	Init      json.RawMessage            `json:"init_lora_weights"`
	Replicate json.RawMessage            `json:"layer_replication"`
}

// adapterModules are the products that an adapter may stand beside, and their shapes [in, out].
func adapterModules(c Config) []Tensor {
	var out []Tensor
	for _, t := range c.Tensors() {
		if name, ok := strings.CutSuffix(t.Name, ".weight"); ok && strings.Contains(name, ".c_") {
			out = append(out, Tensor{Name: name, Shape: t.Shape})
		}
	}
	return out
}

// ReadAdapter reads adapter_config.json and adapter_model.safetensors (or .bin) for a model of configuration base. Options of
// PEFT beyond plain LoRA and rank-stabilised LoRA are refused by name; tensors that don't fit are a *[MismatchError].
func ReadAdapter(fsys fs.FS, base Config) (*Adapter, error) {
	a, err := readAdapterConfig(fsys)
	if err != nil {
		return nil, err
	}
	w, err := openWeights(fsys, adapterWeightsName, adapterTorchName)
	if err != nil {
		return nil, err
	}
	defer w.close()
	have, e := map[string]stored{}, &MismatchError{}
	for _, s := range w.tensors {
		name := strings.TrimSuffix(canonical(strings.TrimPrefix(s.Name, "base_model.model.")), ".weight")
		if _, twice := have[name]; twice {
			e.Wrong = append(e.Wrong, quote(name)+" comes twice, with and without a prefix")
		}
		have[name] = s
	}
	for _, m := range adapterModules(base) {
		for _, t := range adapterPair(m, a.Rank) {
			s, ok := have[t.Name]
			delete(have, t.Name)
			switch {
			case ok && (!slices.Equal(s.Shape, t.Shape) || !isFloat(s.DType)):
				e.Wrong = append(e.Wrong, fmt.Sprintf("%s is %s %v and should be %v", t.Name, s.DType, s.Shape, t.Shape))
			case ok:
				t.Data = make([]float32, t.Len())
				if err := s.read(t.Data); err != nil {
					return nil, fmt.Errorf("hf: %s: tensor %s: %w", s.File, quote(s.Name), err)
				}
				a.Tensors = append(a.Tensors, t)
			}
		}
	}
	for name := range have {
		e.Unknown = append(e.Unknown, name)
	}
	slices.Sort(e.Unknown)
	e.Missing = halfPairs(base, a)
	if !e.empty() {
		return nil, e
	}
	if len(a.Tensors) == 0 {
		return nil, errors.New("hf: the adapter has no tensors")
	}
	return a, nil
}

// adapterPair gives names and shapes of the two tensors beside a product of shape [in, out].
func adapterPair(m Tensor, rank int) [2]Tensor {
	return [2]Tensor{{Name: m.Name + ".lora_A", Shape: []int{rank, m.Shape[0]}}, {Name: m.Name + ".lora_B", Shape: []int{m.Shape[1], rank}}}
}

// halfPairs lists the tensors without which another one is of no use.
func halfPairs(base Config, a *Adapter) []string {
	have := map[string]bool{}
	for _, t := range a.Tensors {
		have[t.Name] = true
	}
	var missing []string
	for _, m := range adapterModules(base) {
		pair := adapterPair(m, a.Rank)
		for i, t := range pair {
			if !have[t.Name] && have[pair[1-i].Name] {
				missing = append(missing, t.Name)
			}
		}
	}
	return missing
}

// readAdapterConfig refuses what changes the meaning of the tensors in a way that is not known.
func readAdapterConfig(fsys fs.FS) (*Adapter, error) {
	b, err := readSmall(fsys, adapterConfigName, mostJSON)
	if err != nil {
		return nil, err
	}
	c := adapterFile{Rank: 8, Alpha: 8, Bias: "none"}
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("hf: %s: %w", adapterConfigName, err)
	}
	if err := c.supported(); err != nil {
		return nil, fmt.Errorf("hf: %s: %w", adapterConfigName, err)
	}
	a := &Adapter{Rank: c.Rank, Scale: c.Alpha / float64(c.Rank), Dropout: c.Dropout}
	if c.RSLoRA {
		a.Scale = c.Alpha / math.Sqrt(float64(c.Rank))
	}
	return a, nil
}

func (c *adapterFile) supported() error {
	var init string
	if len(c.Init) > 0 && c.Init[0] == '"' {
		if err := json.Unmarshal(c.Init, &init); err != nil {
			return err
		}
	}
	switch {
	case c.Type != "LORA":
		return fmt.Errorf("peft_type is %s; only LORA is known", quote(c.Type))
	case c.Rank < 1 || c.Rank > mostWidth:
		return fmt.Errorf("r is %d; it must be from 1 to %d", c.Rank, mostWidth)
	case !(c.Dropout >= 0 && c.Dropout < 1):
		return fmt.Errorf("lora_dropout is %g; it must be from 0 to below 1", c.Dropout)
	case c.Bias != "none":
		return fmt.Errorf("bias is %s; only none is known", quote(c.Bias))
	case c.DoRA:
		return errors.New("use_dora is true; only false is known")
	case c.LoRABias:
		return errors.New("lora_bias is true; only false is known")
	case len(c.Saved) > 0:
		return errors.New("modules_to_save names modules that were trained whole; only LoRA's own tensors are known")
	case len(c.Ranks) > 0 || len(c.Alphas) > 0:
		return errors.New("rank_pattern or alpha_pattern gives modules ranks of their own; only one rank for all is known")
	case len(c.Replicate) > 0 && string(c.Replicate) != "null":
		return errors.New("layer_replication repeats layers; only the model's own layers are known")
	case init != "" && init != "gaussian" && init != "orthogonal":
		return fmt.Errorf("init_lora_weights is %s, which changes the model's weights too; save it with path_initial_model_for_weight_conversion", quote(init))
	}
	return nil
}

// WriteAdapter writes adapter_model.safetensors and adapter_config.json for a model of configuration base, so that PEFT loads
// it on that model. The same modules must be there in every layer. It panics if a tensor's values are not as many as its shape says.
func WriteAdapter(dir string, base Config, a *Adapter) error {
	targets, err := a.targets(base)
	if err != nil {
		return err
	}
	named := make([]Tensor, len(a.Tensors))
	for i, t := range a.Tensors {
		t.Name = "base_model.model.transformer." + t.Name + ".weight"
		named[i] = t
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("hf: write: %w", err)
	}
	if err := writeFile(dir, adapterWeightsName, func(w io.Writer) error { return writeSafetensors(w, named) }); err != nil {
		return err
	}
	return writeJSON(dir, adapterConfigName, map[string]any{
		"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": nil, "r": a.Rank, "lora_alpha": a.Scale * float64(a.Rank),
		"lora_dropout": a.Dropout, "bias": "none", "fan_in_fan_out": true, "inference_mode": true, "target_modules": targets,
	})
}

// targets lists the adapted modules as PEFT names them, by the ends of their names, and checks the tensors.
func (a *Adapter) targets(base Config) ([]string, error) {
	have, e := map[string]bool{}, &MismatchError{}
	for _, t := range a.Tensors {
		if t.Len() != len(t.Data) {
			panic(fmt.Sprintf("hf: tensor %q of shape %v has %d values", t.Name, t.Shape, len(t.Data)))
		}
		if have[t.Name] {
			e.Wrong = append(e.Wrong, quote(t.Name)+" comes twice")
		}
		have[t.Name] = true
	}
	var targets []string
	for _, m := range adapterModules(base) {
		module := m.Name[strings.Index(m.Name[2:], ".")+3:] // without "h.0."
		if strings.HasPrefix(m.Name, "h.0.") && have[m.Name+".lora_A"] {
			targets = append(targets, module)
		}
		if !slices.Contains(targets, module) {
			continue
		}
		for _, want := range adapterPair(m, a.Rank) {
			i := slices.IndexFunc(a.Tensors, func(t Tensor) bool { return t.Name == want.Name })
			switch {
			case i < 0:
				e.Missing = append(e.Missing, want.Name)
			case !slices.Equal(a.Tensors[i].Shape, want.Shape):
				e.Wrong = append(e.Wrong, fmt.Sprintf("%s is %v and should be %v", want.Name, a.Tensors[i].Shape, want.Shape))
			}
			delete(have, want.Name)
		}
	}
	for name := range have {
		e.Unknown = append(e.Unknown, name)
	}
	slices.Sort(e.Unknown)
	if !e.empty() {
		return nil, e
	}
	if len(targets) == 0 {
		return nil, errors.New("hf: write: the adapter has no tensors")
	}
	return targets, nil
}
