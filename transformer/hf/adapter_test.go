package hf

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// tiny is the model that testdata/lora was made for.
var tiny = Config{Layers: 1, Heads: 4, Width: 16, Inner: 64, Positions: 8, Vocab: 60, Epsilon: 1e-5, Tied: true, BOS: -1, EOS: -1}

// The tensors that are written are, byte for byte, those that PEFT wrote; so are the options that matter.
func TestWriteAdapterEqualsThePeer(t *testing.T) {
	a, err := ReadAdapter(folder("lora"), tiny)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "adapter")
	require.NoError(t, WriteAdapter(dir, tiny, a))
	require.Equal(t, readFile(t, "testdata/lora/"+adapterWeightsName), readFile(t, filepath.Join(dir, adapterWeightsName)))
	var ours, peers map[string]any
	require.NoError(t, json.Unmarshal(readFile(t, filepath.Join(dir, adapterConfigName)), &ours))
	require.NoError(t, json.Unmarshal(readFile(t, "testdata/lora/"+adapterConfigName), &peers))
	require.Equal(t, []any{"attn.c_attn", "attn.c_proj", "mlp.c_proj"}, ours["target_modules"], "each ends the name of what PEFT adapted")
	delete(ours, "target_modules")
	for key, v := range ours {
		require.Equal(t, peers[key], v, key)
	}
	again, err := ReadAdapter(os.DirFS(dir), tiny)
	require.NoError(t, err)
	require.Equal(t, a, again)
}

func TestBadAdapters(t *testing.T) {
	keys := map[string]any{}
	require.NoError(t, json.Unmarshal(readFile(t, "testdata/lora/"+adapterConfigName), &keys))
	weights := readFile(t, "testdata/lora/"+adapterWeightsName)
	open := func(key string, value any) (*Adapter, error) {
		all := maps.Clone(keys)
		all[key] = value
		b, err := json.Marshal(all)
		require.NoError(t, err)
		return ReadAdapter(fstest.MapFS{adapterConfigName: {Data: b}, adapterWeightsName: {Data: weights}}, tiny)
	}
	a, err := open("use_rslora", true)
	require.NoError(t, err)
	require.Equal(t, 4., a.Scale, "8 / sqrt(4)")
	_, err = open("init_lora_weights", "gaussian")
	require.NoError(t, err)
	for _, c := range []struct {
		key   string
		value any
		want  string
	}{
		{"peft_type", "IA3", `peft_type is "IA3"`}, {"bias", "all", "bias"}, {"use_dora", true, "use_dora"}, {"lora_bias", true, "lora_bias"}, {"modules_to_save", []string{"wte"}, "modules_to_save"},
		{"rank_pattern", map[string]int{"c_attn": 2}, "rank_pattern"}, {"alpha_pattern", map[string]int{"c_attn": 2}, "alpha_pattern"}, {"r", 0, "r is 0"}, {"r", 1 << 40, "r is"},
		{"lora_dropout", 1, "lora_dropout"}, {"layer_replication", [][]int{{0, 1}}, "layer_replication"}, {"init_lora_weights", "pissa", `"pissa"`}, {"r", "four", "adapter_config.json"},
	} {
		_, err := open(c.key, c.value)
		require.ErrorContains(t, err, c.want, "%v", c)
	}
	_, err = open("r", 5)
	require.ErrorContains(t, err, "h.0.attn.c_attn.lora_A is F32 [4 16] and should be [5 16]")
	_, err = ReadAdapter(fstest.MapFS{}, tiny)
	require.ErrorIs(t, err, os.ErrNotExist)

	full, err := ReadAdapter(folder("lora"), tiny)
	require.NoError(t, err)
	var b bytes.Buffer
	half := append([]Tensor{{Name: "h.0.attn.c_attn.lora_magnitude_vector", Shape: []int{1}, Data: []float32{1}}}, full.Tensors[1:]...)
	require.NoError(t, writeSafetensors(&b, half))
	weights = b.Bytes()
	_, err = open("r", 4)
	var e *MismatchError
	require.ErrorAs(t, err, &e)
	require.Equal(t, &MismatchError{Missing: []string{"h.0.attn.c_attn.lora_A"}, Unknown: []string{"h.0.attn.c_attn.lora_magnitude_vector"}}, e)

	// What the writer refuses: half a pair, another layer than there is, another shape, nothing.
	dir := filepath.Join(t.TempDir(), "new")
	require.ErrorContains(t, WriteAdapter(dir, tiny, &Adapter{Rank: 4, Tensors: full.Tensors[:1]}), "1 missing (h.0.attn.c_attn.lora_B)")
	require.ErrorContains(t, WriteAdapter(dir, tiny, &Adapter{Rank: 4, Tensors: half}), "not known (h.0.attn.c_attn.lora_B, h.0.attn.c_attn.lora_magnitude_vector)")
	require.ErrorContains(t, WriteAdapter(dir, tiny, &Adapter{Rank: 5, Tensors: full.Tensors}), "is [4 16] and should be [5 16]")
	two := tiny
	two.Layers = 2
	require.ErrorContains(t, WriteAdapter(dir, two, full), "6 missing (h.1.attn.c_attn.lora_A")
	require.ErrorContains(t, WriteAdapter(dir, tiny, &Adapter{Rank: 4}), "no tensors")
	require.Panics(t, func() { WriteAdapter(dir, tiny, &Adapter{Rank: 4, Tensors: []Tensor{{Name: "x", Shape: []int{3}}}}) })
	require.NoDirExists(t, dir)
}
