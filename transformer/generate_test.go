package transformer

import (
	"context"
	"math"
	"slices"
	"testing"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
	"github.com/stretchr/testify/require"
)

// generated collects rows.
func generated(t testing.TB, m *Model, o GenerateOptions) []Row {
	t.Helper()
	var rows []Row
	require.NoError(t, m.Generate(context.Background(), o, func(r Row) error {
		r.IDs = slices.Clone(r.IDs)
		rows = append(rows, r)
		return nil
	}))
	return rows
}

// Token by token, in blocks, and of several sequences of different lengths: the bits of the whole sequence.
func TestCacheHasTheBitsOfTheWhole(t *testing.T) {
	m := peerModel(t, tiny)
	seqs := [][]int32{{5, 250, 0, 17, 299, 42, 42, 131}, {7, 8, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}
	c, tape := NewCache(m.Blocks, 4, 16), autograd.New(new(tensor.Arena))
	got := make([][]float32, len(seqs))
	for step, at := 0, []int{0, 0, 0}; step < 9; step++ {
		var ids, positions []int32
		var news []kernels.NewTokens
		var which []int
		for i, s := range seqs {
			n := min(len(s)-at[i], 1+(step+i)%3)
			if n == 0 {
				continue
			}
			news = append(news, kernels.NewTokens{Slot: int32(i), Start: int32(at[i]), Count: int32(n)})
			for range n {
				ids, positions, which = append(ids, s[at[i]]), append(positions, int32(at[i])), append(which, i)
				at[i]++
			}
		}
		tape.Reset()
		h := c.Forward(tape, m.embed(tape, ids, positions, nil), news)
		for k, i := range which {
			got[i] = append(got[i], h.Data()[k*32:(k+1)*32]...)
		}
	}
	for i, s := range seqs {
		var b batch
		require.NoError(t, m.pack(&b, []Sequence{{IDs: s}}, nil))
		whole := m.Blocks.Forward(autogradOf(tape), m.embed(tape, b.ids, b.positions, nil), b.time, b.lengths, nil)
		require.Equal(t, whole.Data(), got[i])
	}
}

func autogradOf(t *autograd.Tape) *autograd.Tape { t.Reset(); return t }

// Row r is the same whatever is computed beside it: for each batch, from the middle, and with a prefix computed once or in each prompt.
func TestRowsDependOnTheirNumberAlone(t *testing.T) {
	m := peerModel(t, tiny)
	prompt := func(row int) []int32 { return []int32{7, int32(row % 300), int32(row * row % 300)}[:1+row%3] }
	o := GenerateOptions{Rows: 21, Seed: 3, Prompt: prompt, Temperature: 3, Batch: 1, TopP: .95, TopK: 100, Penalty: 1.1}
	want := generated(t, m, o)
	require.Len(t, want, 21)
	for _, batch := range []int{2, 5, 64} {
		o.Batch = batch
		require.Equal(t, want, generated(t, m, o), "batch of %d", batch)
	}
	o.First, o.Rows = 9, 4
	require.Equal(t, want[9:13], generated(t, m, o))
	o.Prefix, o.Prompt = []int32{7}, func(row int) []int32 { return prompt(row)[1:] }
	require.Equal(t, want[9:13], generated(t, m, o)[:4])
	o.Seed++
	require.NotEqual(t, want[9:13], generated(t, m, o))
	lengths := map[int]bool{}
	for i, r := range want {
		require.Equal(t, i, r.Number)
		require.Equal(t, 1+i%3, r.Own)
		require.Equal(t, len(r.IDs)-r.Own, r.Drawn)
		require.Zero(t, r.Mass)
		lengths[len(r.IDs)] = true
	}
	require.True(t, lengths[16], "as long as the context")
}

// What is drawn has the probabilities that the model says.
func TestDrawnTokensHaveTheirProbabilities(t *testing.T) {
	m := peerModel(t, tiny)
	head := []int32{3, 50, 51, 120, 299}
	logits, err := m.Logits([]int32{17, 4})
	require.NoError(t, err)
	weights, total := map[int32]float64{}, 0.0
	for _, id := range head {
		weights[id] = math.Exp(float64(logits[300+id]) / 2)
		total += weights[id]
	}
	for name, o := range map[string]GenerateOptions{
		"a head":  {Head: head},
		"allowed": {Next: func(Row) Next { return Next{Allowed: head} }},
	} {
		o.Rows, o.Most, o.Temperature, o.Batch = 4000, 3, 2, 500
		o.Prompt = func(int) []int32 { return []int32{17, 4} }
		count := map[int32]float64{}
		for _, r := range generated(t, m, o) {
			require.Len(t, r.IDs, 3)
			count[r.IDs[2]]++
		}
		require.Len(t, count, len(head), name)
		for id, w := range weights {
			p := w / total
			require.InDelta(t, p, count[id]/4000, 4*math.Sqrt(p*(1-p)/4000), name)
		}
	}
}

// A guide that forces, restricts and stops; the model is asked once for each token that is drawn.
func TestNext(t *testing.T) {
	m := peerModel(t, tiny)
	digits := []int32{20, 21, 22, 23}
	asked := 0
	guide := func(r Row) Next {
		asked++
		own := r.IDs[r.Own:]
		switch len(own) {
		case 0:
			return Next{Forced: []int32{100, 101, 102}}
		case 3:
			return Next{Allowed: digits}
		case 4:
			return Next{Allowed: []int32{200}} // one: as if forced
		case 5:
			if own[3] == 20 {
				return Next{Stop: true}
			}
			return Next{Forced: []int32{103, 104}}
		case 7:
			return Next{Allowed: digits[:2]}
		}
		return Next{Stop: true}
	}
	rows := generated(t, m, GenerateOptions{Rows: 40, Next: guide, Mass: true, Prompt: func(int) []int32 { return []int32{1} }})
	short := 0
	for _, r := range rows {
		own := r.IDs[1:]
		require.Equal(t, []int32{100, 101, 102}, own[:3])
		require.Contains(t, digits, own[3])
		require.Equal(t, int32(200), own[4])
		logits, err := m.Logits(r.IDs[:4])
		require.NoError(t, err)
		mass := massOf(logits[3*300:], digits)
		if own[3] == 20 {
			short++
			require.Len(t, own, 5)
			require.Equal(t, 1, r.Drawn)
			require.InEpsilon(t, mass, r.Mass, 1e-5)
			continue
		}
		require.Equal(t, []int32{103, 104}, own[5:7])
		require.Contains(t, digits[:2], own[7])
		require.Equal(t, 2, r.Drawn)
		logits, err = m.Logits(r.IDs[:8])
		require.NoError(t, err)
		require.InEpsilon(t, (mass+massOf(logits[7*300:], digits[:2]))/2, r.Mass, 1e-5)
	}
	require.Positive(t, short)
	require.Less(t, short, 40)
	require.Equal(t, 4*short+6*(40-short), asked)

	all := generated(t, m, GenerateOptions{Rows: 3, Next: func(r Row) Next { return Next{Stop: len(r.IDs) == 3, Forced: []int32{9}} }})
	for _, r := range all { // nothing is drawn, and no first token is needed
		require.Equal(t, []int32{9, 9, 9}, r.IDs)
		require.Zero(t, r.Drawn)
	}
}

func massOf(logits []float32, ids []int32) float64 {
	all, some := 0.0, 0.0
	for i, v := range logits {
		p := math.Exp(float64(v))
		all += p
		if slices.Contains(ids, int32(i)) {
			some += p
		}
	}
	return some / all
}

// A row without a token begins with BOS, and the model's EOS ends one.
func TestFirstAndLastTokens(t *testing.T) {
	m := peerModel(t, tiny)
	m.Config.BOS, m.Config.EOS = 11, 13
	rows := generated(t, m, GenerateOptions{Rows: 30, Head: []int32{12, 13}})
	ended := 0
	for _, r := range rows {
		require.Equal(t, int32(11), r.IDs[0])
		require.Equal(t, 1, r.Own)
		if at := slices.Index(r.IDs, 13); at >= 0 {
			require.Len(t, r.IDs, at+1)
			ended++
		} else {
			require.Len(t, r.IDs, 16)
		}
	}
	require.Positive(t, ended)
}

// Weights as bfloat16 give nearly the same logits, and so nearly the same choices. So do products of bfloat16, whatever the batch.
func TestHalf(t *testing.T) {
	m := peerModel(t, tiny)
	o := GenerateOptions{Rows: 50, Most: 2, Prompt: func(row int) []int32 { return []int32{int32(row)} }, Temperature: 1}
	want := generated(t, m, o)
	o.Half = true
	got, differ := generated(t, m, o), 0
	for i := range want {
		if !slices.Equal(want[i].IDs, got[i].IDs) {
			differ++
		}
	}
	require.Less(t, differ, 10)
	testBF16(t, m, o, want)

	var b batch
	require.NoError(t, m.pack(&b, []Sequence{{IDs: []int32{1, 2, 3}}}, nil))
	tape := autograd.New(new(tensor.Arena))
	x := m.embed(tape, b.ids, b.positions, nil)
	whole := m.Blocks.Forward(tape, x, 3, nil, nil).Data()
	half := m.Blocks.halved().Forward(tape, x, 3, nil, nil).Data()
	near(t, whole, half, 0.03, "what the blocks give")
	require.NotEqual(t, whole, half)
}

func testBF16(t *testing.T, m *Model, o GenerateOptions, f32 []Row) {
	o.BF16, o.Most = true, 12
	restore, err := kernels.Use("generic")
	require.NoError(t, err)
	err = m.Generate(context.Background(), o, func(Row) error { return nil })
	restore()
	require.ErrorContains(t, err, "have no products of bfloat16 (AVX512_BF16); leave BF16 out")
	if err := kernels.CheckBF16(); err != nil {
		t.Logf("not tested: %v", err)
		return
	}
	whole := generated(t, m, o)
	o.Batch = 3
	require.Equal(t, whole, generated(t, m, o), "whatever the batch")
	differ := 0
	for i := range f32 {
		if !slices.Equal(f32[i].IDs, whole[i].IDs[:2]) {
			differ++
		}
	}
	require.Less(t, differ, 10)
}

func TestGenerationOfWhatCannotBe(t *testing.T) {
	long := make([]int32, 16)
	for want, o := range map[string]GenerateOptions{
		"row 0 has no first token and the model no BOS":             {},
		"17 tokens in a row; the model takes 2 to 16":               {Most: 17},
		"a temperature of -1":                                       {Temperature: -1},
		"top-p is 1.5":                                              {TopP: 1.5},
		"a repetition penalty of -1":                                {Penalty: -1},
		"the prefix: token 0 is not in the vocabulary of 300":       {Prefix: []int32{300}},
		"the prompt of row 0: token 1 is not in the vocabulary":     {Prompt: func(int) []int32 { return []int32{1, -1} }},
		"a prefix of 16 tokens in rows of at most 16":               {Prefix: long},
		"row 0 begins with 16 tokens, and may have 16 at most":      {Prompt: func(int) []int32 { return long }},
		"what is allowed in row 0 is not ascending or not among":    {Prefix: []int32{1}, Head: []int32{1, 2}, Next: func(Row) Next { return Next{Allowed: []int32{2, 3}} }},
		"nothing is allowed behind 1 tokens of row 0":               {Prefix: []int32{1}, Next: func(Row) Next { return Next{Allowed: []int32{}} }},
		"what is forced in row 0: token 0 is not in the vocabulary": {Next: func(Row) Next { return Next{Forced: []int32{-5}} }},
		"the ids of the head are not ascending at place 1":          {Head: []int32{2, 1}},
		"rows from 0 on, -1 of them":                                {Rows: -1},
	} {
		m := peerModel(t, tiny)
		m.Config.BOS = -1
		if o.Rows == 0 {
			o.Rows = 1
		}
		err := m.Generate(context.Background(), o, func(Row) error { return nil })
		require.ErrorContains(t, err, want)
	}
	m := peerModel(t, tiny)
	m.Params.Save()[0].Data[0] = float32(math.NaN())
	m.Params.Changed()
	err := m.Generate(context.Background(), GenerateOptions{Rows: 1, Prefix: []int32{0}}, func(Row) error { return nil })
	require.ErrorIs(t, err, errNoLogits)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, m.Generate(ctx, GenerateOptions{Rows: 1, Prefix: []int32{5}}, func(Row) error { return nil }), context.Canceled)
	require.NoError(t, m.Generate(context.Background(), GenerateOptions{}, func(Row) error { panic("no row was asked for") }))
}
