package transformer

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"example.org/cohort/transformer/hf"
	"github.com/stretchr/testify/require"
)

var forPeer = flag.String("peer", "", "folder to write a model, its adapter and their logits to, for bench/transformer/trained.py")

// Writes what transformers and PEFT are then asked to read.
func TestFoldersForThePeer(t *testing.T) {
	if *forPeer == "" {
		t.Skip("writes to the folder of -peer; bench/transformer/trained.py runs it")
	}
	m := peerModel(t, tiny)
	require.NoError(t, m.Write(filepath.Join(*forPeer, "base")))
	require.NoError(t, m.Adapt(nil, 1))
	g := readGolden(t)
	_, err := Train(context.Background(), m, dataOf(g.sequences()), TrainOptions{Epochs: 30, Rate: 1e-2})
	require.NoError(t, err)
	require.NoError(t, hf.WriteAdapter(filepath.Join(*forPeer, "adapter"), m.Config, m.Adapter()))
	require.NoError(t, m.Write(filepath.Join(*forPeer, "merged")))
	logits, err := m.Logits(g.Parity.IDs[0])
	require.NoError(t, err)
	b, err := json.Marshal(map[string]any{"ids": g.Parity.IDs[0], "logits": logits})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(*forPeer, "logits.json"), b, 0o666))
}

// hashed is the i-th value of a tensor, uniform in [-0.5, 0.5). bench/transformer/large.py computes the same.
func hashed(tensor, i int) float32 {
	x := uint32(tensor)*0x9e3779b1 + uint32(i)
	x ^= x >> 16
	x *= 0x7feb352d
	x ^= x >> 15
	x *= 0x846ca68b
	x ^= x >> 16
	return float32(x>>8)*0x1p-24 - 0.5
}

// largeModel has the size of GPT-2 and weights that come from one integer hash.
func largeModel(t testing.TB) *Model {
	t.Helper()
	m, err := New(gpt2, 0)
	require.NoError(t, err)
	for k, p := range m.Params.All() {
		vector, middle := len(p.Data.Shape) == 1, float32(0)
		if vector && filepath.Ext(p.Name) == ".weight" {
			middle = 1
		}
		for i := range p.Data.Data {
			p.Data.Data[i] = middle + hashed(k, i)*0.125
		}
	}
	m.Params.Changed()
	return m
}

// Logits of a model of 124 million weights against those of transformers, which bench/transformer/large.py wrote.
func TestLargeModelOfThePeer(t *testing.T) {
	if !*long {
		t.Skip("a model of 0.5 GB; -long runs it")
	}
	b, err := os.ReadFile("testdata/large.json")
	require.NoError(t, err)
	var g struct {
		IDs    []int32
		Top    float64 // the largest logit
		Logits [][]float32
	}
	require.NoError(t, json.Unmarshal(b, &g))
	m := largeModel(t)
	logits, err := m.Logits(g.IDs)
	require.NoError(t, err)
	worst := 0.0
	for k, row := range g.Logits {
		at := (len(g.IDs) - len(g.Logits) + k) * m.Config.Vocab
		for i, want := range row {
			worst = max(worst, abs(float64(logits[at+i*500]-want)))
			if i < 4 {
				t.Logf("position %d, token %5d: %10.6f here, %10.6f there", len(g.IDs)-len(g.Logits)+k, i*500, logits[at+i*500], want)
			}
		}
	}
	t.Logf("largest difference %.3g, largest logit %.3g: %.3g of it", worst, g.Top, worst/g.Top)
	require.LessOrEqual(t, worst, 1e-4*g.Top)
}

func abs(x float64) float64 { return max(x, -x) }
