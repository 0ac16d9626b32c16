package transformer

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
	"example.org/cohort/transformer/hf"
	"github.com/stretchr/testify/require"
)

// golden is what transformers and PEFT say; testdata/golden.py writes it.
type golden struct {
	Parity struct {
		IDs, Labels [][]int32
		Loss        float64
		Head        []int32
		HeadLoss    float64
		Logits      [][][]float32
		Gradients   map[string]float64
	}
	Steps []float64
	LoRA  struct {
		IDs       []int32
		Logits    [][]float32
		Gradients map[string]float64
	}
	Filters struct {
		Logits  [][]float32
		Present [][]int32
		Cases   []struct {
			Options struct {
				Temperature float32 `json:"temperature"`
				TopK        int     `json:"top_k"`
				TopP        float64 `json:"top_p"`
				Penalty     float32 `json:"repetition_penalty"`
				Allowed     []int32 `json:"allowed"`
			}
			Order         []string
			Probabilities [][][2]float64
		}
	}
	Greedy []struct {
		Prompt, IDs []int32
		Penalty     float64
	}
}

func readGolden(t testing.TB) golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var g golden
	require.NoError(t, json.Unmarshal(b, &g))
	return g
}

// peerModel is a folder that transformers wrote. The tiny one has L=2, H=4, E=32, P=16, V=300 and dropout 0.1.
func peerModel(t testing.TB, name string) *Model {
	t.Helper()
	m, warnings, err := Open(os.DirFS(filepath.Join("hf", "testdata", name)))
	require.NoError(t, err)
	require.Empty(t, warnings)
	return m
}

const tiny = "safetensors-f32"

// sequences are those of the golden file, of 12, 7 and 16 tokens, some not asked for.
func (g golden) sequences() []Sequence {
	var s []Sequence
	for i := range g.Parity.IDs {
		s = append(s, Sequence{g.Parity.IDs[i], g.Parity.Labels[i]})
	}
	return s
}

func dataOf(s []Sequence) Data {
	return Data{Len: len(s), At: func(_, i int) Sequence { return s[i] }}
}

// near says that got is want up to a part of the largest number of want.
func near(t *testing.T, want, got []float32, part float64, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	top, worst := 0.0, 0.0
	for i := range want {
		top = max(top, math.Abs(float64(want[i])))
		worst = max(worst, math.Abs(float64(want[i])-float64(got[i])))
	}
	require.LessOrEqual(t, worst, part*top, what)
}

func norm(x []float32) float64 {
	s := 0.0
	for _, v := range x {
		s += float64(v) * float64(v)
	}
	return math.Sqrt(s)
}

func TestLogitsOfThePeer(t *testing.T) {
	g, m := readGolden(t), peerModel(t, tiny)
	for i, ids := range g.Parity.IDs {
		logits, err := m.Logits(ids)
		require.NoError(t, err)
		for k, want := range g.Parity.Logits[i] {
			var got []float32
			for v := 0; v < m.Config.Vocab; v += 10 {
				got = append(got, logits[k*m.Config.Vocab+v])
			}
			near(t, want, got, 1e-4, "logits")
		}
	}
}

// In one batch, of different lengths.
func TestLossAndGradientsOfThePeer(t *testing.T) {
	g, m := readGolden(t), peerModel(t, tiny)
	var b batch
	require.NoError(t, m.pack(&b, g.sequences(), nil))
	n := 0
	for _, s := range g.sequences() {
		n += s.count()
	}
	tape := autograd.New(new(tensor.Arena))
	require.InEpsilon(t, g.Parity.Loss, float64(m.backward(tape, &b, 1/float32(n), nil)), 1e-5)
	gradientsOf(t, m.Params, g.Parity.Gradients)

	nll, tokens, err := m.Evaluate(context.Background(), dataOf(g.sequences()), g.Parity.Head)
	require.NoError(t, err)
	require.Equal(t, n, tokens)
	require.InEpsilon(t, g.Parity.HeadLoss, nll, 1e-5)
	require.Less(t, nll, g.Parity.Loss, "fewer tokens compete")
}

func gradientsOf(t *testing.T, p *nn.Params, want map[string]float64) {
	t.Helper()
	require.Len(t, p.All(), len(want))
	for _, q := range p.All() {
		require.InEpsilon(t, want[q.Name], norm(q.Grad), 1e-4, q.Name)
	}
}

// Ten steps of AdamW with decay, clipping and a rate that falls to 0, without dropout.
func TestStepsOfThePeer(t *testing.T) {
	g, m := readGolden(t), peerModel(t, tiny)
	m = withoutDropout(t, m)
	var losses []float64
	r, err := Train(context.Background(), m, dataOf(g.sequences()), TrainOptions{
		Epochs: 10, Batch: 3, Rate: 1e-2, Decay: 0.1, Trace: func(s Step) { losses = append(losses, s.Loss) },
	})
	require.NoError(t, err)
	require.EqualValues(t, 10, r.Steps)
	require.Less(t, losses[9], losses[0]-1)
	for i, want := range g.Steps {
		require.InDelta(t, want, losses[i], 1e-3, "step %d", i)
	}
}

// withoutDropout is a copy of m that drops nothing.
func withoutDropout(t testing.TB, m *Model) *Model {
	t.Helper()
	c := m.Config
	c.EmbedDropout, c.AttnDropout, c.ResidDropout = 0, 0, 0
	out, err := New(c, 0)
	require.NoError(t, err)
	require.NoError(t, out.Params.Load(m.Params.Save()))
	return out
}

func TestAdapterOfThePeer(t *testing.T) {
	g, m := readGolden(t), peerModel(t, "shards")
	a, err := hf.ReadAdapter(os.DirFS("hf/testdata/lora"), m.Config)
	require.NoError(t, err)
	plain, err := m.Logits(g.LoRA.IDs)
	require.NoError(t, err)
	require.NoError(t, m.Adapt(a, 0))
	logits, err := m.Logits(g.LoRA.IDs)
	require.NoError(t, err)
	near(t, slices.Concat(g.LoRA.Logits...), logits, 1e-4, "logits with the adapter")
	require.NotEqual(t, plain, logits)

	var b batch
	require.NoError(t, m.pack(&b, []Sequence{{IDs: g.LoRA.IDs}}, nil))
	tape := autograd.New(new(tensor.Arena))
	m.backward(tape, &b, 1/float32(len(g.LoRA.IDs)-1), nil)
	gradientsOf(t, m.Adapters, g.LoRA.Gradients)
	for _, p := range m.Params.All() {
		require.Zero(t, norm(p.Grad), "%s is frozen", p.Name)
	}
}

// The distribution that is left of fixed logits, for each case, row and token.
func TestFiltersOfThePeer(t *testing.T) {
	g := readGolden(t)
	require.Equal(t, []string{"RepetitionPenaltyLogitsProcessor", "TemperatureLogitsWarper", "TopKLogitsWarper", "TopPLogitsWarper"}, g.Filters.Cases[7].Order)
	for _, c := range g.Filters.Cases {
		o := GenerateOptions{Temperature: float64(c.Options.Temperature), TopK: c.Options.TopK, TopP: c.Options.TopP, Penalty: float64(c.Options.Penalty)}
		require.NoError(t, o.complete(&Model{Config: Config{Positions: 9}}))
		f := filters{float32(o.Temperature), o.TopK, o.TopP, float32(o.Penalty)}
		for i, logits := range g.Filters.Logits {
			x, places := slices.Clone(logits), c.Options.Allowed
			if f.penalty != 1 {
				present := slices.Clone(g.Filters.Present[i])
				f.penalise(x, slices.Compact(present))
			}
			if places != nil {
				narrow := []float32{}
				for _, p := range places {
					narrow = append(narrow, x[p])
				}
				x = narrow
			}
			f.narrow(x)
			want, total := map[int]float64{}, 0.0
			for _, p := range c.Probabilities[i] {
				want[int(p[0])] = p[1]
			}
			for _, v := range x {
				total += math.Exp(float64(v))
			}
			for k, v := range x {
				place := k
				if places != nil {
					place = int(places[k])
				}
				require.InDelta(t, want[place], math.Exp(float64(v))/total, 1e-6, "%+v, row %d, token %d", c.Options, i, place)
				require.Equal(t, want[place] > 0, v > -inf, "%+v, row %d, token %d", c.Options, i, place)
			}
		}
	}
}

// The likeliest token each time, from prompts of different lengths at once.
func TestGreedyOfThePeer(t *testing.T) {
	g, m := readGolden(t), peerModel(t, tiny)
	for _, penalty := range []float64{1, 1.5} {
		var prompts, want, got [][]int32
		for _, row := range g.Greedy {
			if row.Penalty == penalty {
				prompts, want = append(prompts, row.Prompt), append(want, row.IDs)
			}
		}
		require.Len(t, prompts, 3)
		err := m.Generate(context.Background(), GenerateOptions{Rows: 3, TopK: 1, Penalty: penalty, Most: 15, Prompt: func(row int) []int32 { return prompts[row] }},
			func(r Row) error { got = append(got, slices.Clone(r.IDs)); return nil })
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
