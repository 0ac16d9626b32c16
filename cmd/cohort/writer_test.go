package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer"
)

// weightsIn makes a folder with a small GPT-2 that nobody has trained, and its tokenizer.
func weightsIn(t *testing.T, dir, name string) {
	t.Helper()
	tok, err := tokenizer.Train(slices.Values([]string{"Name is x, Total is 12, Maths is 7", "English is 9"}),
		tokenizer.TrainOptions{Size: 300, MinCount: 1, Specials: []string{"<|endoftext|>"}})
	require.NoError(t, err)
	end, ok := tok.Special("<|endoftext|>")
	require.True(t, ok)
	m, err := transformer.New(transformer.Config{Layers: 2, Heads: 2, Width: 32, Positions: 512, Vocab: tok.Size(), Tied: true, InitRange: 0.5,
		BOS: int(end), EOS: int(end)}, 1)
	require.NoError(t, err)
	folder := filepath.Join(dir, name)
	require.NoError(t, m.Write(folder))
	vocab, merges := tok.Files()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "vocab.json"), vocab, 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "merges.txt"), merges, 0o666))
}

// Options of a GPT-2 alone mean great, and go with it alone.
func TestWriterOptions(t *testing.T) {
	t.Chdir(t.TempDir())
	weightsIn(t, ".", "w")
	for _, args := range []string{"--model great", "--preset be_great", "--preset realtabformer --epochs 2", "--weights w", "--temperature .7", "--bf16",
		"--model gpt2 --weights w --lora 4"} {
		_, o := parsed(t, append([]string{"fit", "g.csv"}, strings.Fields(args)...)...)
		require.NoError(t, o.checkModel(), args)
		require.NotNil(t, o.writer(), args)
		require.Nil(t, o.network(), args)
		require.Equal(t, "great", o.libraryModel(), args)
	}
	_, o := parsed(t, "fit", "g.csv", "--preset", "be_great")
	require.NoError(t, o.checkModel())
	require.True(t, o.noRules)
	require.Zero(t, o.persons())
	for args, want := range map[string]string{
		"fit g.csv --model trees --lora 4":               "--lora belongs to the models great, gpt2, distilgpt2 and dialogpt",
		"fit g.csv --model ctgan --preset be_great":      "--preset be_great belongs to the models great, gpt2,",
		"fit g.csv --model great --preset sdv":           "--preset sdv belongs to the models ctgan and tvae",
		"fit g.csv --model great --pac 3":                "--pac belongs to the model ctgan, and the model is great.",
		"fit g.csv --model distilgpt2":                   "the model distilgpt2 begins with weights",
		"fit g.csv --model great --lora 4":               "--lora trains an adapter beside weights",
		"fit g.csv --model trees --bf16":                 "--bf16 belongs to the models great, gpt2, distilgpt2 and dialogpt",
		"fit g.csv --temperature 0":                      "--temperature needs",
		"sample m.cohort --shots 3 --examples":           "--examples needs a value",
		"fit g.csv --model great --weights ./not-there":  "is no folder that can be read",
		"fit g.csv --weights w --model tvae --epochs 10": "--weights belongs to the models great",
	} {
		got := runIn(t, strings.Fields(args)...)
		require.NotZero(t, got.code, args)
		require.Contains(t, strings.Join(strings.Fields(got.err), " "), strings.Join(strings.Fields(want), " "), args)
	}
}

// Products of bfloat16 are refused in one line where there are none, by a model that has none, and work where they do.
func TestBF16OfTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "fit", "t.csv", "--model", "independent", "-o", "i.cohort")
	require.Zero(t, r.code, r.err)
	r = call(t, dir, "sample", "i.cohort", "--bf16")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "a model independent has no products of bfloat16")
	if err := kernels.CheckBF16(); err == nil {
		r = call(t, dir, "fit", "t.csv", "--bf16", "--steps", "2", "-o", "g.cohort")
		require.Zero(t, r.code, r.err)
		r = call(t, dir, "sample", "g.cohort", "--bf16", "-n", "3", "-o", "-")
		require.Zero(t, r.code, r.err)
		require.Len(t, rowsOf(r.out), 3)
	}
	restore, err := kernels.Use("generic")
	require.NoError(t, err)
	defer restore()
	t.Chdir(dir)
	got := runIn(t, "fit", "t.csv", "--bf16", "-o", "h.cohort")
	require.Equal(t, exitError, got.code)
	require.Contains(t, strings.Join(strings.Fields(got.err), " "), "have no products of bfloat16")
	require.NoFileExists(t, "h.cohort")
}

// The folder is explained, and what is wrong with it is said all at once, before the table is read.
func TestDoctorWeights(t *testing.T) {
	dir := t.TempDir()
	weightsIn(t, dir, "w")
	r := call(t, dir, "doctor", "--weights", "w")
	require.Equal(t, 0, r.code, r.err)
	for _, says := range []string{"2 layers, 2 heads, width 32", "wte.weight", "every tensor is there", "the folder's own", "opened; the logits of 8 tokens"} {
		require.Contains(t, r.out, says)
	}
	config := read(t, dir, "w/config.json")
	write(t, dir, "w/config.json", strings.Replace(config, `"n_layer": 2`, `"n_layer": 3`, 1))
	require.NotEqual(t, config, read(t, dir, "w/config.json"))
	write(t, dir, "t.csv", marked(60))
	for _, args := range [][]string{{"doctor", "--weights", "w"}, {"fit", "t.csv", "--weights", "w"}} {
		r = call(t, dir, args...)
		require.Equal(t, exitError, r.code)
		for _, name := range []string{"h.2.ln_1.weight", "h.2.mlp.c_proj.bias"} {
			require.Contains(t, strings.Join(strings.Fields(r.err), " "), name)
		}
		require.NotContains(t, r.err, "zq7")
	}
	write(t, dir, "w/config.json", strings.Replace(config, `"gpt2"`, `"llama"`, 1))
	r = call(t, dir, "doctor", "--weights", "w")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "llama")
}

// A GPT-2 from scratch is learned, kept, traced and writes rows that meet conditions.
func TestWriterFromScratch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "t.csv", marked(120))
	r := call(t, dir, "fit", "t.csv", "--model", "great", "--steps", "20", "--trace", "steps.csv")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	require.Contains(t, r.err, "Model      a GPT-2 from scratch, ")
	text := read(t, dir, "steps.csv")
	require.Equal(t, writerHeader, header(text))
	require.Len(t, rowsOf(text), 20)
	r = call(t, dir, "sample", "t.cohort", "-n", "12", "-o", "-")
	require.Equal(t, 0, r.code, r.err)
	require.Len(t, rowsOf(r.out), 12)
	require.NotContains(t, r.out, "zq7")
	require.Contains(t, r.err, "hardly learned") // after 20 steps
	again := call(t, dir, "sample", "t.cohort", "-n", "12", "-o", "-")
	require.Equal(t, r.out, again.out)
	r = call(t, dir, "inspect", "t.cohort")
	require.Equal(t, 0, r.code, r.err)
}

// At level structure nothing is learned: the weights see the schema, and the rows that --examples shows.
func TestWriterIsShownExamples(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	weightsIn(t, dir, "w")
	write(t, dir, "t.csv", marked(60))
	r := call(t, dir, "fit", "t.csv", "--level", "structure", "--weights", "w")
	require.Equal(t, 0, r.code, r.err)
	plain := call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "-")
	require.Equal(t, 0, plain.code, plain.err)
	shown := call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "-", "--examples", "t.csv", "--shots", "2")
	require.Equal(t, 0, shown.code, shown.err)
	require.Len(t, rowsOf(shown.out), 5)
	require.NotEqual(t, plain.out, shown.out)
	write(t, dir, "rare.csv", strings.Replace(marked(60), ",Y9,", ",zq7rare,", 1))
	r = call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "-", "--examples", "rare.csv", "--shots", "2")
	require.Equal(t, 0, r.code, "a value that protection keeps out: %s", r.err)
	unmarked(t, r)
	r = call(t, dir, "sample", "t.cohort", "-n", "5", "-o", "-", "--examples", "t.csv", "--shots", "50")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "token")
	require.NotContains(t, r.err, "zq7")
	r = call(t, dir, "fit", "t.csv", "--model", "trees", "-o", "trees.cohort")
	require.Equal(t, 0, r.code, r.err)
	r = call(t, dir, "sample", "trees.cohort", "-o", "-", "--examples", "t.csv")
	require.Equal(t, exitError, r.code)
	require.Contains(t, r.err, "can't be shown examples")
}
