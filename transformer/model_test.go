package transformer

import (
	"context"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/autograd"
	"example.org/cohort/tensor"
	"example.org/cohort/transformer/hf"
	"github.com/stretchr/testify/require"
)

// The first values of a new model are GPT-2's.
func TestNewModel(t *testing.T) {
	m, err := New(Config{Layers: 8, Heads: 4, Width: 64, Positions: 100, Vocab: 500, Tied: true}, 3)
	require.NoError(t, err)
	require.Equal(t, m.Config.Parameters(), int64(m.Params.Len()))
	require.Equal(t, 256, m.Config.Inner)
	for i, want := range m.Config.Tensors() {
		p := m.Params.All()[i]
		require.Equal(t, want.Name, p.Name)
		require.Equal(t, want.Shape, p.Data.Shape)
		deviation := norm(p.Data.Data) / math.Sqrt(float64(len(p.Data.Data)))
		switch {
		case len(p.Data.Shape) == 1 && strings.HasSuffix(p.Name, "bias"):
			require.Zero(t, deviation, p.Name)
		case len(p.Data.Shape) == 1:
			require.EqualValues(t, 1, deviation, p.Name)
		case strings.HasSuffix(p.Name, "c_proj.weight"):
			require.InEpsilon(t, 0.02/4, deviation, 0.05, p.Name)
		default:
			require.InEpsilon(t, 0.02, deviation, 0.05, p.Name)
		}
	}
	other, err := New(m.Config, 4)
	require.NoError(t, err)
	require.NotEqual(t, values(m.Params), values(other.Params))
}

func TestModelsThatCannotBe(t *testing.T) {
	for want, change := range map[string]func(c *Config){
		"Layers is 0":                func(c *Config) { c.Layers = 0 },
		"Vocab is -1":                func(c *Config) { c.Vocab = -1 },
		"Width is 30, which 4 heads": func(c *Config) { c.Width = 30 },
		"dropout is 1":               func(c *Config) { c.AttnDropout = 1 },
		"Positions is 0; it must be": func(c *Config) { c.Positions = 0 },
	} {
		c := Config{Layers: 1, Heads: 4, Width: 32, Positions: 8, Vocab: 9}
		change(&c)
		_, err := New(c, 0)
		require.ErrorContains(t, err, want)
	}
	_, _, err := Open(os.DirFS(t.TempDir()))
	require.ErrorContains(t, err, "config.json")
}

// A model that is written and opened again says the same, with a head of its own and with one that is tied.
func TestWriteAndOpen(t *testing.T) {
	for _, name := range []string{tiny, "untied"} {
		m := peerModel(t, name)
		dir := t.TempDir()
		require.NoError(t, m.Write(dir))
		again, _, err := Open(os.DirFS(dir))
		require.NoError(t, err)
		require.Equal(t, m.Config, again.Config)
		require.Equal(t, m.Config.Tied, name == tiny)
		want, err := m.Logits([]int32{3, 1, 2})
		require.NoError(t, err)
		got, err := again.Logits([]int32{3, 1, 2})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// A new adapter changes nothing until it has learned; then the weights are what they were, and the file has the adapter alone.
func TestAdapterLearns(t *testing.T) {
	m := smallModel(t, 0)
	before := values(m.Params)
	ids := []int32{1, 4, 7, 10}
	plain, err := m.Logits(ids)
	require.NoError(t, err)
	require.Nil(t, m.Adapter())
	require.NoError(t, m.Adapt(&hf.Adapter{Rank: 4, Scale: 2, Dropout: 0.05}, 1))
	require.ErrorContains(t, m.Adapt(nil, 1), "has an adapter already")
	require.Len(t, m.Adapter().Tensors, 2*3*2)
	same, err := m.Logits(ids)
	require.NoError(t, err)
	require.Equal(t, plain, same)

	first, _, err := m.Evaluate(context.Background(), countingData(20, 6), nil)
	require.NoError(t, err)
	_, err = Train(context.Background(), m, countingData(40, 5), TrainOptions{Epochs: 20, Rate: 3e-2})
	require.NoError(t, err)
	last, _, err := m.Evaluate(context.Background(), countingData(20, 6), nil)
	require.NoError(t, err)
	require.Less(t, last, first-0.1, "what an adapter can do beside random weights")
	require.Equal(t, before, values(m.Params))
	want, err := m.Logits(ids)
	require.NoError(t, err)

	dir := t.TempDir()
	require.NoError(t, hf.WriteAdapter(dir, m.Config, m.Adapter()))
	a, err := hf.ReadAdapter(os.DirFS(dir), m.Config)
	require.NoError(t, err)
	again := smallModel(t, 0)
	require.NoError(t, again.Adapt(a, 0))
	got, err := again.Logits(ids)
	require.NoError(t, err)
	require.Equal(t, want, got)

	merged := t.TempDir()
	require.NoError(t, m.Write(merged))
	whole, _, err := Open(os.DirFS(merged))
	require.NoError(t, err)
	got, err = whole.Logits(ids)
	require.NoError(t, err)
	near(t, want, got, 1e-5, "an adapter in the weights")
	weights, err := os.Stat(merged + "/model.safetensors")
	require.NoError(t, err)
	adapter, err := os.Stat(dir + "/adapter_model.safetensors")
	require.NoError(t, err)
	require.Less(t, adapter.Size(), weights.Size())

	for want, a := range map[string]*hf.Adapter{
		"the adapter's rank is 17": {Rank: 17},
		"dropout is 1":             {Rank: 1, Dropout: 1},
		"belongs to another model": {Rank: 1, Tensors: []hf.Tensor{{Name: "h.0.attn.c_attn.lora_A", Shape: []int{1, 5}, Data: make([]float32, 5)}}},
	} {
		require.ErrorContains(t, smallModel(t, 0).Adapt(a, 0), want)
	}
}

// The same bits for any number of threads.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var want []float32
	var rows []Row
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		m, err := New(Config{Layers: 1, Heads: 4, Width: 128, Positions: 64, Vocab: 900, Tied: true, EmbedDropout: .1, AttnDropout: .1, ResidDropout: .1}, 1)
		require.NoError(t, err)
		data := Data{Len: 12, At: func(epoch, i int) Sequence {
			ids := make([]int32, 64-i)
			for k := range ids {
				ids[k] = int32(k*k+i*epoch) % 900
			}
			return Sequence{IDs: ids}
		}}
		_, err = Train(context.Background(), m, data, TrainOptions{Epochs: 1, Batch: 4})
		require.NoError(t, err)
		got := generated(t, m, GenerateOptions{Rows: 8, Prefix: []int32{1}, Most: 10, TopP: .9})
		if want == nil {
			want, rows = values(m.Params), got
		}
		require.True(t, slices.Equal(want, values(m.Params)), "%d threads", threads)
		require.Equal(t, rows, got)
	}
}

// Sequences in a batch do not see each other or padding.
func TestPaddingIsNotSeen(t *testing.T) {
	m := peerModel(t, tiny)
	seqs := []Sequence{{IDs: []int32{5, 6, 7}}, {IDs: []int32{9}}, {IDs: []int32{1, 2, 3, 4, 5, 6, 7, 8}}}
	var b batch
	require.NoError(t, m.pack(&b, seqs, nil))
	require.Equal(t, []int32{6, 7, -1, -1, -1, -1, -1, -1}, b.labels[:8])
	require.Equal(t, []int32{0, 1, 2, 0, 0, 0, 0, 0}, b.positions[:8])
	tape := autograd.New(new(tensor.Arena))
	h := m.Blocks.Forward(tape, m.embed(tape, b.ids, b.positions, nil), b.time, b.lengths, nil).Data()
	for i, s := range seqs {
		var alone batch
		require.NoError(t, m.pack(&alone, []Sequence{s}, nil))
		want := m.Blocks.Forward(tape, m.embed(tape, alone.ids, alone.positions, nil), alone.time, alone.lengths, nil).Data()
		require.Equal(t, want, h[i*8*32:i*8*32+len(want)])
	}
}
