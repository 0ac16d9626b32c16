package hf

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden is what torch, transformers and peft say of the folders in testdata.
type golden struct {
	Tensors map[string]map[string]struct {
		Shape  []int
		SHA256 string
	}
	Versions map[string]string
}

func readGolden(t testing.TB) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(b, &g))
	require.NotEmpty(t, g.Tensors)
	return g
}

func folder(name string) fs.FS { return os.DirFS(filepath.Join("testdata", name)) }

func sum(t *testing.T, v []float32) string {
	t.Helper()
	b, err := binary.Append(nil, binary.LittleEndian, v)
	require.NoError(t, err)
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func (g golden) equal(t *testing.T, name string, tensors []Tensor) {
	t.Helper()
	require.Len(t, tensors, len(g.Tensors[name]))
	for _, x := range tensors {
		want, ok := g.Tensors[name][x.Name]
		require.True(t, ok, x.Name)
		require.Equal(t, want.Shape, x.Shape, x.Name)
		require.Equal(t, want.SHA256, sum(t, x.Data), "values of %s", x.Name)
	}
}

// Every container that torch and safetensors write gives the values that torch itself has, bit for bit.
func TestFoldersOfThePeers(t *testing.T) {
	formats := map[string]string{
		"safetensors-f32": "safetensors", "safetensors-f16": "safetensors", "safetensors-bf16": "safetensors", "safetensors-f64": "safetensors",
		"shards": "safetensors, 3 shards", "untied": "safetensors", "shards-bin": "PyTorch, zip, 3 shards",
		"zip-f32": "PyTorch, zip", "zip-bf16": "PyTorch, zip", "zip-views": "PyTorch, zip", "nested": "PyTorch, zip",
		"legacy-f32": "PyTorch, stream of before 1.6", "legacy-half": "PyTorch, stream of before 1.6", "legacy-views": "PyTorch, stream of before 1.6",
	}
	g := readGolden(t)
	require.Len(t, g.Tensors, len(formats)+1, "and the adapter")
	for name := range formats {
		t.Run(name, func(t *testing.T) {
			f, err := Open(folder(name))
			require.NoError(t, err)
			defer f.Close()
			require.Empty(t, f.Warnings)
			require.Equal(t, name != "untied", f.Config.Tied)
			require.Equal(t, formats[name], f.weights.format)
			tensors, err := f.Load()
			require.NoError(t, err)
			g.equal(t, name, tensors)
		})
	}
}

// What the views are for: their tensors lie in files as nothing else here does.
func TestViewsAreViews(t *testing.T) {
	for _, name := range []string{"zip-views", "legacy-views"} {
		f, err := Open(folder(name))
		require.NoError(t, err)
		defer f.Close()
		square, wide, part := f.tensors["h.0.attn.c_proj.weight"], f.tensors["h.0.mlp.c_fc.weight"], f.tensors["h.0.mlp.c_proj.weight"]
		require.Equal(t, []int64{1, 16}, square.stride)
		require.Equal(t, []int64{1, 16}, wide.stride)
		require.Equal(t, []int64{32, 1}, part.stride)
		first, second := f.tensors["wte.weight"], f.tensors["wpe.weight"]
		require.Equal(t, first.at+4*int64(first.len()), second.at, "one storage")
	}
}

func TestConfigOfThePeer(t *testing.T) {
	c, err := readConfig(folder("legacy-f32"))
	require.NoError(t, err)
	require.Equal(t, Config{Layers: 2, Heads: 4, Width: 32, Inner: 128, Positions: 16, Vocab: 300, Epsilon: 1e-5, EmbedDropout: .1,
		AttnDropout: .1, ResidDropout: .1, InitRange: .02, Tied: true, BOS: 299, EOS: 299}, c)
	require.EqualValues(t, 2*(12*32*32+13*32)+300*32+16*32+64, c.Parameters())
}

// Published sizes: the documentation of transformers, and the files themselves.
func TestParametersOfTheFamily(t *testing.T) {
	for _, m := range []struct {
		layers, heads, width int
		want                 int64
	}{{6, 12, 768, 81_912_576}, {12, 12, 768, 124_439_808}, {24, 16, 1024, 354_823_168}, {36, 20, 1280, 774_030_080}, {48, 25, 1600, 1_557_611_200}} {
		c := Config{Layers: m.layers, Heads: m.heads, Width: m.width, Inner: 4 * m.width, Positions: 1024, Vocab: 50257, Tied: true}
		require.Equal(t, m.want, c.Parameters())
	}
}

func TestMasksOfOldFilesAreLeftOut(t *testing.T) {
	f, err := Open(folder("legacy-f32"))
	require.NoError(t, err)
	defer f.Close()
	slices.Sort(f.ignored)
	require.Equal(t, []string{"h.0.attn.bias", "h.0.attn.masked_bias", "h.1.attn.bias", "h.1.attn.masked_bias"}, f.ignored)
}

func TestAdapterOfThePeer(t *testing.T) {
	f, err := Open(folder("zip-bf16")) // the same configuration
	require.NoError(t, err)
	defer f.Close()
	a, err := ReadAdapter(folder("lora"), f.Config)
	require.NoError(t, err)
	require.Equal(t, 4, a.Rank)
	require.Equal(t, 2., a.Scale)
	require.Equal(t, .05, a.Dropout)
	readGolden(t).equal(t, "lora", a.Tensors)
}

// half against the definition, for every one there is.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		got := half(uint16(h))
		exponent, mantissa := h>>10&31, float64(h&1023)
		var want float64
		switch {
		case exponent == 31 && mantissa != 0:
			require.True(t, got != got, "%#x", h)
			continue
		case exponent == 31:
			want = inf
		case exponent == 0:
			want = mantissa / (1 << 24)
		default:
			want = (1 + mantissa/1024) * pow2(exponent-15)
		}
		if h&0x8000 != 0 {
			want = -want
		}
		require.Equal(t, bits(float32(want)), bits(got), "%#x", h)
	}
}
