package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/transformer/hf"
)

// A manifest knows the folder of weights by its content: a replay takes the same one, wherever it lies now, and no other.
func TestReplayWithWeights(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "models"), 0o777))
	weightsIn(t, dir, "models/w")
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "make", "t.csv", "--weights", "models/w", "--steps", "2", "-n", "12", "--lora", "2")
	delivered(t, dir, "t", r)
	require.Contains(t, read(t, dir, "out-private/t_recipe.toml"), "\nweights = \"models/w\"\nlora = \"2\"\n# temperature = \"0.7\"\n")
	manifest := filepath.Join("out-private", "t_manifest.json")
	m, err := readManifest(filepath.Join(dir, manifest))
	require.NoError(t, err)
	require.Equal(t, "../models/w", m.Weights.Path)
	require.Len(t, m.Weights.SHA256, 64)
	require.NotContains(t, m.Options, "weights")

	again := call(t, dir, "make", "--replay", manifest)
	require.Contains(t, []int{0, exitDoNotRelease}, again.code, again.err)
	require.True(t, read(t, dir, "out-private/t.cohort") == read(t, dir, "out-2-private/t.cohort"), "the bytes differ")

	require.NoError(t, os.Rename(filepath.Join(dir, "models/w"), filepath.Join(dir, "moved")))
	gone := call(t, dir, "make", "--replay", manifest)
	require.Equal(t, exitError, gone.code)
	require.Contains(t, gone.err, "--weights THE-FOLDER")
	file := filepath.Join(dir, "moved", "model.safetensors")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	b[len(b)-1] ^= 1
	require.NoError(t, os.WriteFile(file, b, 0o666))
	other := call(t, dir, "make", "--replay", manifest, "--weights", "moved")
	require.Equal(t, exitError, other.code)
	require.Contains(t, strings.Join(strings.Fields(other.err), " "), "their content is another one")
}

// The screen of a whole folder, line by line; the number behind "mean loss" depends on the kernels.
func TestDoctorWeightsScreen(t *testing.T) {
	t.Chdir(t.TempDir())
	weightsIn(t, ".", "w")
	r := runIn(t, "doctor", "--weights", "w", "--quiet")
	require.Equal(t, 0, r.code, r.err)
	plain(t, r.out)
	require.Equal(t, doctorGolden, regexp.MustCompile(`mean loss \d+\.\d+`).ReplaceAllString(r.out, "mean loss N"))
}

const doctorGolden = `Folder     w
Model      gpt2: 2 layers, 2 heads, width 32, inner 128, 512 positions,
           vocabulary 282, head tied
Parameters 50880
Weights    safetensors, 28 tensors, 206120 bytes
  transformer.h.*.attn.c_attn.bias         F32   [96], 2 times
  transformer.h.*.attn.c_attn.weight       F32   [32 96], 2 times
  transformer.h.*.attn.c_proj.bias         F32   [32], 2 times
  transformer.h.*.attn.c_proj.weight       F32   [32 32], 2 times
  transformer.h.*.ln_1.bias                F32   [32], 2 times
  transformer.h.*.ln_1.weight              F32   [32], 2 times
  transformer.h.*.ln_2.bias                F32   [32], 2 times
  transformer.h.*.ln_2.weight              F32   [32], 2 times
  transformer.h.*.mlp.c_fc.bias            F32   [128], 2 times
  transformer.h.*.mlp.c_fc.weight          F32   [32 128], 2 times
  transformer.h.*.mlp.c_proj.bias          F32   [32], 2 times
  transformer.h.*.mlp.c_proj.weight        F32   [128 32], 2 times
  transformer.ln_f.bias                    F32   [32]
  transformer.ln_f.weight                  F32   [32]
  transformer.wpe.weight                   F32   [512 32]
  transformer.wte.weight                   F32   [282 32]
Complete   every tensor is there and has its shape
Tokenizer  the folder's own, 282 ids
Self-test  [ok] opened; the logits of 8 tokens are numbers (mean loss N;
           knowing nothing is 5.64)
Next       cohort make TABLE --model great --weights w
`

// A name is held against the sizes in which the model is known, and a tokenizer against the weights.
func TestWeightsOfAnotherModel(t *testing.T) {
	known := &hf.Config{Layers: 12, Heads: 12, Width: 768, Vocab: gpt2Vocab}
	require.Empty(t, otherSize("gpt2", known))
	require.Empty(t, otherSize("dialogpt", known))
	require.Empty(t, otherSize("great", &hf.Config{Layers: 2}))
	require.Equal(t, "12 layers of width 768 and 50,257 tokens, and distilgpt2 has 6 layers and 50,257 tokens; it is learned as it is", otherSize("distilgpt2", known))
	require.NotEmpty(t, otherSize("gpt2", &hf.Config{Layers: 12, Heads: 12, Width: 768, Vocab: 300}))

	dir := t.TempDir()
	weightsIn(t, dir, "w")
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "fit", "t.csv", "--model", "distilgpt2", "--weights", "w", "--steps", "1", "--json")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.err, `"code":"other-weights"`)
	for _, name := range []string{"vocab.json", "merges.txt"} {
		require.NoError(t, os.Remove(filepath.Join(dir, "w", name)))
		r = call(t, dir, "fit", "t.csv", "--weights", "w")
		require.Equal(t, exitError, r.code)
		require.Contains(t, strings.Join(strings.Fields(r.err), " "), "the tokenizer of w can't be used")
	}
}
