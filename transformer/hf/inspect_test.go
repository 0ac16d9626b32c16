package hf

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestInspect(t *testing.T) {
	r := Inspect(folder("legacy-f32"))
	require.Empty(t, r.Problems)
	require.Len(t, r.Entries, 12*2+4+4)
	require.EqualValues(t, 146910, r.Bytes)
	require.Equal(t, `model       gpt2: 2 layers, 4 heads, width 32, inner 128, 16 positions, vocabulary 300, head tied
parameters  35584
weights     PyTorch, stream of before 1.6, 32 tensors, 146910 bytes
  wte.weight                               F32   [300 32]
  wpe.weight                               F32   [16 32]
  h.*.ln_1.weight                          F32   [32], 2 times
  h.*.ln_1.bias                            F32   [32], 2 times
  h.*.attn.c_attn.weight                   F32   [32 96], 2 times
  h.*.attn.c_attn.bias                     F32   [96], 2 times
  h.*.attn.c_proj.weight                   F32   [32 32], 2 times
  h.*.attn.c_proj.bias                     F32   [32], 2 times
  h.*.ln_2.weight                          F32   [32], 2 times
  h.*.ln_2.bias                            F32   [32], 2 times
  h.*.mlp.c_fc.weight                      F32   [32 128], 2 times
  h.*.mlp.c_fc.bias                        F32   [128], 2 times
  h.*.mlp.c_proj.weight                    F32   [128 32], 2 times
  h.*.mlp.c_proj.bias                      F32   [32], 2 times
  ln_f.weight                              F32   [32]
  ln_f.bias                                F32   [32]
  h.*.attn.bias                            U8    [1 1 16 16], 2 times
  h.*.attn.masked_bias                     F32   [], 2 times
left out    4 masks of older versions
complete    every tensor is there and has its shape
`, r.String())
}

// What is wrong with a folder is told, along with what could be read of it.
func TestInspectOfBrokenFolders(t *testing.T) {
	tensors := filled(small)
	r := Inspect(memory(t, small, tensors[1:]))
	require.NotNil(t, r.Config)
	require.Len(t, r.Entries, len(tensors)-1)
	require.Equal(t, []string{"1 missing (wte.weight)"}, r.Problems)
	require.Contains(t, r.String(), "problem     1 missing (wte.weight)\n")
	require.NotContains(t, r.String(), "complete")

	r = Inspect(with(t, map[string]any{"model_type": "bert"}))
	require.Nil(t, r.Config)
	require.Len(t, r.Entries, len(tensors))
	require.Equal(t, []string{`config.json: model_type is "bert"; only gpt2 is known (GPT-2, DistilGPT2, DialoGPT)`}, r.Problems)

	r = Inspect(fstest.MapFS{})
	require.Len(t, r.Problems, 2)
	require.Contains(t, r.String(), "no config.json here")

	head := Tensor{Name: "lm_head.weight", Shape: []int{60, 4}, Data: make([]float32, 240)}
	r = Inspect(memory(t, small, append(tensors, head)))
	require.Empty(t, r.Problems)
	require.Contains(t, r.String(), "head of its own")
	require.Contains(t, r.String(), "warning     tie_word_embeddings is true")
	require.Equal(t, small.Parameters()+240, r.Parameters)
}
