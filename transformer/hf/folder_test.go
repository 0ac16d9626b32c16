package hf

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// small is a model of 1 layer, width 4, 3 positions, vocabulary 60.
var small = Config{Layers: 1, Heads: 2, Width: 4, Inner: 16, Positions: 3, Vocab: 60, Epsilon: 1e-5, Tied: true, BOS: -1, EOS: 59}

// filled gives every tensor of a configuration values of its own.
func filled(c Config) []Tensor {
	out, next := c.Tensors(), float32(0)
	for i := range out {
		out[i].Data = make([]float32, out[i].Len())
		for k := range out[i].Data {
			next++
			out[i].Data[k] = next / 8
		}
	}
	return out
}

// memory is a folder with the configuration and the tensors under whatever names they have.
func memory(t testing.TB, c Config, tensors []Tensor) fstest.MapFS {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, writeSafetensors(&b, tensors))
	conf, err := json.Marshal(c.file())
	require.NoError(t, err)
	return fstest.MapFS{configName: {Data: conf}, weightsName: {Data: b.Bytes()}}
}

// with gives the configuration's keys with some replaced.
func with(t *testing.T, keys map[string]any) fstest.MapFS {
	t.Helper()
	m := memory(t, small, filled(small))
	all := small.file()
	maps.Copy(all, keys)
	b, err := json.Marshal(all)
	require.NoError(t, err)
	m[configName].Data = b
	return m
}

func TestBadConfigurations(t *testing.T) {
	f, err := Open(with(t, map[string]any{"reorder_and_upcast_attn": true, "activation_function": "gelu_pytorch_tanh", "n_inner": 16, "summary_type": "x"}))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	for _, c := range []struct {
		key   string
		value any
		want  string
	}{
		{"model_type", "llama", `model_type is "llama"; only gpt2`}, {"model_type", "gpt_neo", "gpt_neo"}, {"activation_function", "relu", `"relu"; only gelu_new`},
		{"activation_function", "gelu", `"gelu"; only gelu_new`}, {"scale_attn_weights", false, "scale_attn_weights is false"},
		{"scale_attn_by_inverse_layer_idx", true, "scale_attn_by_inverse_layer_idx is true"}, {"add_cross_attention", true, "add_cross_attention"},
		{"pruned_heads", map[string][]int{"0": {1}}, "pruned_heads"}, {"quantization_config", map[string]any{"bits": 4}, "quantization_config"},
		{"n_layer", 0, "n_layer is 0"}, {"n_layer", -1, "n_layer is -1"}, {"n_layer", 1 << 40, "n_layer is 1099511627776; it must be from 1 to 512"},
		{"n_embd", 1 << 62, "n_embd is"}, {"n_embd", 5, "2 heads (n_head) can't share evenly"}, {"n_head", 0, "n_head is 0"}, {"n_inner", -4, "n_inner is -4"},
		{"n_positions", 1 << 40, "n_positions"}, {"vocab_size", 0, "vocab_size is 0"}, {"vocab_size", 1 << 50, "vocab_size"}, {"attn_pdrop", 1, "attn_pdrop is 1"},
		{"embd_pdrop", -.5, "embd_pdrop"}, {"layer_norm_epsilon", 0, "layer_norm_epsilon is 0"}, {"initializer_range", -1, "initializer_range"},
		{"eos_token_id", 60, "eos_token_id is 60, and vocab_size is 60"}, {"bos_token_id", -2, "bos_token_id"}, {"n_layer", "two", "config.json"},
		{"eos_token_id", []int{1, 2}, "eos_token_id"}, {"n_layer", 1.5, "n_layer"},
	} {
		_, err := Open(with(t, map[string]any{c.key: c.value}))
		require.ErrorContains(t, err, "hf: config.json: ", "%v", c)
		require.ErrorContains(t, err, c.want, "%v", c)
	}
	for text, want := range map[string]string{
		"": "config.json", "{": "config.json", "[]": "config.json", "{}": `model_type is ""`, `{"architectures":["BertModel"]}`: "model_type",
		strings.Repeat(`{"a":`, 100_000): "config.json", "{" + strings.Repeat(" ", mostJSON): "more than 1048576 bytes",
	} {
		_, err := Open(fstest.MapFS{configName: {Data: []byte(text)}})
		require.ErrorContains(t, err, want)
	}
	// What the first GPT-2 files lack, and their older name of n_positions.
	c, err := readConfig(fstest.MapFS{configName: {Data: []byte(`{"architectures":["GPT2LMHeadModel"],"n_ctx":77,"n_inner":null}`)}})
	require.NoError(t, err)
	require.Equal(t, Config{Layers: 12, Heads: 12, Width: 768, Inner: 3072, Positions: 77, Vocab: 50257, Epsilon: 1e-5, EmbedDropout: .1,
		AttnDropout: .1, ResidDropout: .1, InitRange: .02, Tied: true, BOS: -1, EOS: -1}, c)
}

func TestFoldersWithoutFiles(t *testing.T) {
	_, err := Open(fstest.MapFS{})
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "no config.json here")
	m := memory(t, small, filled(small))
	delete(m, weightsName)
	_, err = Open(m)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "no weights here, neither model.safetensors nor pytorch_model.bin")
	m[adapterConfigName] = &fstest.MapFile{}
	_, err = Open(m)
	require.ErrorContains(t, err, "a LoRA adapter, which needs the folder of its model")
	m[weightsName] = &fstest.MapFile{Mode: fs.ModeDir}
	_, err = Open(m)
	require.ErrorContains(t, err, "model.safetensors")

	m = memory(t, small, filled(small))
	b := zipped(t, zip.Deflate, member{configName, string(m[configName].Data)}, member{weightsName, string(m[weightsName].Data)})
	packed, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	_, err = Open(packed)
	require.EqualError(t, err, "hf: model.safetensors can't be read from any place on; give a folder on a disk")
}

// All that is missing, unknown or wrong is in one error.
func TestMismatches(t *testing.T) {
	tensors := filled(small)
	tensors = tensors[:len(tensors)-2]                                                        // without ln_f
	tensors[0] = Tensor{Name: "wte.weight", Shape: []int{61, 4}, Data: make([]float32, 61*4)} // one token too many
	tensors[1] = Tensor{Name: "h.0.crossattention.c_attn.weight"}
	tensors[1].Shape, tensors[1].Data = []int{1}, []float32{1}
	tensors[2].Shape = []int{2, 2}
	tensors = append(tensors, Tensor{Name: "score.weight", Shape: []int{1}, Data: []float32{1}})
	_, err := Open(memory(t, small, tensors))
	var e *MismatchError
	require.ErrorAs(t, err, &e)
	require.Equal(t, &MismatchError{Missing: []string{"wpe.weight", "ln_f.weight", "ln_f.bias"}, Unknown: []string{"h.0.crossattention.c_attn.weight", "score.weight"},
		Wrong: []string{"wte.weight is [61 4] and should be [60 4]", "h.0.ln_1.weight is [2 2] and should be [4]"}}, e)
	require.EqualError(t, err, "hf: the weights and the configuration don't belong together: 3 missing (wpe.weight, ln_f.weight, ln_f.bias); "+
		"2 not known (h.0.crossattention.c_attn.weight, score.weight); 2 wrong (wte.weight is [61 4] and should be [60 4], h.0.ln_1.weight is [2 2] and should be [4])")

	less := small
	less.Vocab, less.EOS = 59, -1
	_, err = Open(memory(t, less, filled(small)))
	require.ErrorContains(t, err, "wte.weight is [60 4] and should be [59 4]")
	_, err = Open(memory(t, small, filled(less)))
	require.ErrorContains(t, err, "wte.weight is [59 4] and should be [60 4]")
	two := small
	two.Layers = 2
	_, err = Open(memory(t, two, filled(small)))
	require.ErrorContains(t, err, "12 missing (h.1.ln_1.weight, ")
	open := small
	open.Tied = false
	_, err = Open(memory(t, open, filled(small)))
	require.ErrorContains(t, err, "1 missing (lm_head.weight)")
}

func TestWeightsOfWholeNumbersAreRefused(t *testing.T) {
	m := memory(t, small, filled(small))
	m[weightsName].Data = bytes.Replace(m[weightsName].Data, []byte(`"dtype":"F32"`), []byte(`"dtype":"I32"`), 1)
	_, err := Open(m)
	require.ErrorContains(t, err, "has type I32; weights have F32, F16, BF16 or F64")
}

func TestPrefixes(t *testing.T) {
	for _, prefix := range []string{"", "transformer.", "module.", "model.", "module.transformer.", "model.module.transformer."} {
		tensors := filled(small)
		for i := range tensors {
			tensors[i].Name = prefix + tensors[i].Name
		}
		f, err := Open(memory(t, small, tensors))
		require.NoError(t, err, prefix)
		got, err := f.Load()
		require.NoError(t, err)
		require.Equal(t, filled(small), got)
	}
	_, err := Open(memory(t, small, append(filled(small), Tensor{Name: "transformer.wte.weight", Shape: []int{60, 4}, Data: make([]float32, 240)})))
	require.ErrorContains(t, err, `"wte.weight" comes twice, with and without a prefix`)
}

// A head with wte's values is no head; one with others is, and is told. The old name of the head is known.
func TestHeads(t *testing.T) {
	for _, name := range []string{"lm_head.weight", "lm_head.decoder.weight"} {
		tensors := filled(small)
		head := Tensor{Name: name, Shape: []int{60, 4}, Data: append([]float32(nil), tensors[0].Data...)}
		f, err := Open(memory(t, small, append(tensors, head)))
		require.NoError(t, err)
		require.True(t, f.Config.Tied)
		require.Empty(t, f.Warnings)
		head.Data[239]++
		f, err = Open(memory(t, small, append(tensors, head)))
		require.NoError(t, err)
		require.False(t, f.Config.Tied)
		require.Len(t, f.Warnings, 1)
		got, err := f.Load()
		require.NoError(t, err)
		require.Equal(t, head.Data, got[len(got)-1].Data)
		require.Equal(t, "lm_head.weight", got[len(got)-1].Name)
	}
}

// Rows that fill the vocabulary up to a multiple of 64 are left out, and told.
func TestPaddedVocabulary(t *testing.T) {
	tensors := filled(small)
	want := tensors[0].Data
	tensors[0] = Tensor{Name: "wte.weight", Shape: []int{64, 4}, Data: append(append([]float32(nil), want...), make([]float32, 16)...)}
	f, err := Open(memory(t, small, tensors))
	require.NoError(t, err)
	require.Equal(t, []string{"wte.weight has 64 rows, 4 more than vocab_size: taken as padding and left out"}, f.Warnings)
	got, err := f.Load()
	require.NoError(t, err)
	require.Equal(t, want, got[0].Data)
}

func TestBadShards(t *testing.T) {
	part := func(tensors []Tensor) *fstest.MapFile {
		var b bytes.Buffer
		require.NoError(t, writeSafetensors(&b, tensors))
		return &fstest.MapFile{Data: b.Bytes()}
	}
	tensors := filled(small)
	for name, c := range map[string]struct {
		change func(m fstest.MapFS, where map[string]string)
		want   string
	}{
		"sound":            {func(fstest.MapFS, map[string]string) {}, ""},
		"a shard missing":  {func(m fstest.MapFS, _ map[string]string) { delete(m, "b.safetensors") }, "b.safetensors"},
		"elsewhere":        {func(_ fstest.MapFS, w map[string]string) { w["wte.weight"] = "b.safetensors" }, `tensor "wte.weight" is in a.safetensors`},
		"not listed":       {func(_ fstest.MapFS, w map[string]string) { delete(w, "wte.weight") }, `tensor "wte.weight" is in a.safetensors`},
		"not there":        {func(_ fstest.MapFS, w map[string]string) { w["more"] = "a.safetensors" }, `tensor "more" is not in a.safetensors`},
		"in two shards":    {func(m fstest.MapFS, _ map[string]string) { m["b.safetensors"] = part(tensors) }, `is in b.safetensors, and the list says "a.safetensors"`},
		"outside":          {func(_ fstest.MapFS, w map[string]string) { w["x"] = "../x.safetensors" }, "a shard lies beside it"},
		"outside, Windows": {func(_ fstest.MapFS, w map[string]string) { w["x"] = `..\x.safetensors` }, "a shard lies beside it"},
		"another ending":   {func(_ fstest.MapFS, w map[string]string) { w["x"] = "x.bin" }, "has the same ending"},
		"nothing":          {func(_ fstest.MapFS, w map[string]string) { clear(w) }, "no weight_map"},
		"many": {func(_ fstest.MapFS, w map[string]string) {
			for i := range 1100 {
				w[fmt.Sprint(i)] = fmt.Sprint(i, ".safetensors")
			}
		}, "more than 1000 files"},
	} {
		m := memory(t, small, nil)
		delete(m, weightsName)
		m["a.safetensors"], m["b.safetensors"] = part(tensors[:3]), part(tensors[3:])
		where := map[string]string{}
		for i, x := range tensors {
			where[x.Name] = map[bool]string{true: "a.safetensors", false: "b.safetensors"}[i < 3]
		}
		c.change(m, where)
		b, err := json.Marshal(map[string]any{"weight_map": where})
		require.NoError(t, err)
		m[weightsName+indexSuffix] = &fstest.MapFile{Data: b}
		_, err = Open(m)
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, c.want, name)
	}
	for text, want := range map[string]string{`{"weight_map":{"a":"x","a":"y"}}`: `"a" comes twice`, `{"weight_map":3}`: "not a JSON object", `[]`: "not a JSON object", ``: "index.json"} {
		m := memory(t, small, nil)
		delete(m, weightsName)
		m[weightsName+indexSuffix] = &fstest.MapFile{Data: []byte(text)}
		_, err := Open(m)
		require.ErrorContains(t, err, want, text)
	}
}

func TestReadPanicsWhereTheCallerIsWrong(t *testing.T) {
	f, err := Open(memory(t, small, filled(small)))
	require.NoError(t, err)
	require.PanicsWithValue(t, `hf: Read of "ln_f.bias", shape [4], into 3 values`, func() { f.Read("ln_f.bias", make([]float32, 3)) })
	require.Panics(t, func() { f.Read("nosuch", nil) })
}

// While a folder is read, memory holds the values and little else: at most 1.2 times them, all garbage included.
func TestMemoryOfReading(t *testing.T) {
	c := Config{Layers: 4, Heads: 4, Width: 256, Inner: 1024, Positions: 256, Vocab: 8000, Epsilon: 1e-5, Tied: true, BOS: -1, EOS: -1}
	dir := t.TempDir()
	require.NoError(t, Write(dir, c, filled(c)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Open(os.DirFS(dir))
	require.NoError(t, err)
	defer f.Close()
	tensors, err := f.Load()
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Len(t, tensors, len(c.Tensors()))
	ratio := float64(after.TotalAlloc-before.TotalAlloc) / float64(4*c.Parameters())
	t.Logf("allocated %.3f times the float32 values", ratio)
	require.LessOrEqual(t, ratio, 1.2)
}
