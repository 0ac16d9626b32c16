package hf

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"example.org/cohort/internal/container"
)

// Write writes a folder that transformers loads as GPT2LMHeadModel: model.safetensors (F32), generation_config.json and
// config.json, in this order, each of which is either complete or not there. It makes the folder where there is none and replaces
// these files where they are. The tensors are those of c.Tensors() with their values, in any order; others, or too few, are a
// *[MismatchError]. It panics if a tensor's values are not as many as its shape says.
func Write(dir string, c Config, tensors []Tensor) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("hf: write %s: %w", configName, err)
	}
	if err := complete(c, tensors); err != nil {
		return err
	}
	named := make([]Tensor, len(tensors))
	for i, t := range tensors {
		if t.Name != headName {
			t.Name = "transformer." + t.Name
		}
		named[i] = t
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("hf: write: %w", err)
	}
	if err := writeFile(dir, weightsName, func(w io.Writer) error { return writeSafetensors(w, named) }); err != nil {
		return err
	}
	if err := writeJSON(dir, generationName, map[string]any{"_from_model_config": true, "bos_token_id": id(c.BOS), "eos_token_id": id(c.EOS)}); err != nil {
		return err
	}
	return writeJSON(dir, configName, c.file())
}

// complete tells whether the tensors are those of the configuration.
func complete(c Config, tensors []Tensor) error {
	have := map[string]Tensor{}
	e := &MismatchError{}
	for _, t := range tensors {
		if t.Len() != len(t.Data) {
			panic(fmt.Sprintf("hf: tensor %q of shape %v has %d values", t.Name, t.Shape, len(t.Data)))
		}
		if _, twice := have[t.Name]; twice {
			e.Wrong = append(e.Wrong, quote(t.Name)+" comes twice")
		}
		have[t.Name] = t
	}
	for _, want := range c.Tensors() {
		t, ok := have[want.Name]
		switch {
		case !ok:
			e.Missing = append(e.Missing, want.Name)
		case !slices.Equal(t.Shape, want.Shape):
			e.Wrong = append(e.Wrong, fmt.Sprintf("%s is %v and should be %v", t.Name, t.Shape, want.Shape))
		}
		delete(have, want.Name)
	}
	for name := range have {
		e.Unknown = append(e.Unknown, name)
	}
	slices.Sort(e.Unknown)
	if e.empty() {
		return nil
	}
	return e
}

// id is a token id as JSON has it.
func id(n int) any {
	if n < 0 {
		return nil
	}
	return n
}

// file gives the keys of config.json. What the model does not use (summary_*, use_cache) is left to transformers' defaults.
func (c Config) file() map[string]any {
	var inner any
	if c.Inner != 4*c.Width {
		inner = c.Inner
	}
	return map[string]any{
		"architectures": []string{"GPT2LMHeadModel"}, "model_type": "gpt2", "dtype": "float32",
		"n_layer": c.Layers, "n_head": c.Heads, "n_embd": c.Width, "n_inner": inner, "n_positions": c.Positions, "vocab_size": c.Vocab,
		"activation_function": "gelu_new", "layer_norm_epsilon": c.Epsilon, "initializer_range": c.InitRange,
		"embd_pdrop": c.EmbedDropout, "attn_pdrop": c.AttnDropout, "resid_pdrop": c.ResidDropout,
		"scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false, "reorder_and_upcast_attn": false, "add_cross_attention": false,
		"tie_word_embeddings": c.Tied, "bos_token_id": id(c.BOS), "eos_token_id": id(c.EOS),
	}
}

func writeFile(dir, name string, write func(io.Writer) error) error {
	if err := container.WriteAtomic(filepath.Join(dir, name), write); err != nil {
		return fmt.Errorf("hf: write: %w", err)
	}
	return nil
}

// writeJSON writes with sorted keys and two spaces, as transformers does.
func writeJSON(dir, name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("hf: write %s: %w", name, err)
	}
	return writeFile(dir, name, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// writeSafetensors writes F32 tensors, sorted by name as the safetensors package sorts those of one type, the header filled
// with spaces so that the data begins at a multiple of 8.
func writeSafetensors(w io.Writer, tensors []Tensor) error {
	tensors = slices.Clone(tensors)
	slices.SortFunc(tensors, func(a, b Tensor) int { return cmp.Compare(a.Name, b.Name) })
	header, at := map[string]any{"__metadata__": map[string]string{"format": "pt"}}, int64(0)
	for _, t := range tensors {
		end := at + 4*int64(len(t.Data))
		header[t.Name] = headerEntry{DType: "F32", Shape: int64Shape(t.Shape), Offsets: []int64{at, end}}
		at = end
	}
	b, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(len(b))); err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	buf := make([]byte, 0, 4*window)
	for _, t := range tensors {
		for part := range slices.Chunk(t.Data, window) {
			buf = buf[:0]
			for _, v := range part {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}

func int64Shape(shape []int) []int64 {
	out := make([]int64, len(shape))
	for i, d := range shape {
		out[i] = int64(d)
	}
	return out
}
