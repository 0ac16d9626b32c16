package transformer

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
	"github.com/stretchr/testify/require"
)

// smallModel is one from scratch, quick to train.
func smallModel(t testing.TB, dropout float64) *Model {
	t.Helper()
	m, err := New(Config{Layers: 2, Heads: 2, Width: 16, Positions: 12, Vocab: 20, Tied: true, BOS: 0, EOS: 0, EmbedDropout: dropout, AttnDropout: dropout, ResidDropout: dropout}, 1)
	require.NoError(t, err)
	return m
}

// countingData are sequences in which each token is the one before plus 3, of 2 to 12 tokens.
func countingData(n int, seed uint64) Data {
	return Data{Len: n, At: func(epoch, i int) Sequence {
		r := rng.New(seed, 0xffff0001, uint64(i))
		ids := make([]int32, 2+r.Intn(11))
		ids[0] = int32(r.Intn(20))
		for k := 1; k < len(ids); k++ {
			ids[k] = (ids[k-1] + 3) % 20
		}
		return Sequence{IDs: ids}
	}}
}

// trained gives the losses of a training and the model.
func trained(t *testing.T, o TrainOptions, dropout float64) ([]Step, *Model, Report) {
	t.Helper()
	m := smallModel(t, dropout)
	var steps []Step
	o.Trace = func(s Step) { steps = append(steps, s) }
	r, err := Train(context.Background(), m, countingData(40, 5), o)
	require.NoError(t, err)
	return steps, m, r
}

func values(p *nn.Params) []float32 {
	var v []float32
	for _, s := range p.Save() {
		v = append(v, s.Data...)
	}
	return v
}

func TestTrainingLearns(t *testing.T) {
	steps, m, r := trained(t, TrainOptions{Epochs: 20, Rate: 1e-2}, 0)
	require.Equal(t, Report{Planned: 100, Steps: 100, StoppedBy: "plan", HeldStep: 100, Bytes: r.Bytes}, r)
	require.InDelta(t, math.Log(20), steps[0].Loss, 0.2, "at first all tokens are as likely")
	require.Less(t, steps[99].Loss, 0.2)
	nll, _, err := m.Evaluate(context.Background(), countingData(30, 6), nil)
	require.NoError(t, err)
	require.Less(t, nll, 0.2, "sequences that were not learned")
}

// What each option does to the numbers of a training.
func TestOptionsOfTraining(t *testing.T) {
	base := TrainOptions{Epochs: 2, Rate: 1e-3}
	plain, reference, _ := trained(t, base, 0)
	last := len(plain) - 1
	for i, s := range plain {
		require.InEpsilon(t, 1e-3*(1-float32(i)/float32(len(plain))), s.Rate, 1e-6, "the rate falls to 0")
	}
	with := func(change func(o *TrainOptions), dropout float64) ([]Step, *Model) {
		o := base
		change(&o)
		s, m, _ := trained(t, o, dropout)
		return s, m
	}
	s, _ := with(func(o *TrainOptions) { o.Warmup = 4 }, 0)
	require.InEpsilon(t, 0.25e-3, s[0].Rate, 1e-6)
	require.InEpsilon(t, 1e-3, s[3].Rate, 1e-6)
	require.Greater(t, s[2].Loss, plain[2].Loss, "slower at first")

	s, m := with(func(o *TrainOptions) { o.Clip = 1e-10 }, 0)
	require.Equal(t, plain[0].Norm, s[0].Norm, "the length before")
	require.Greater(t, s[last].Loss, plain[last].Loss+0.01, "such gradients are lost beside Adam's epsilon")
	require.NotEqual(t, values(reference.Params), values(m.Params))

	_, m = with(func(o *TrainOptions) { o.Decay = 50 }, 0)
	require.Less(t, norm(m.tokens.Weight.Data.Data), 0.9*norm(reference.tokens.Weight.Data.Data))
	require.InDelta(t, 1, m.Blocks.layers[0].norm1.Weight.Data.Data[0], 0.02, "norms do not decay")

	s, _ = with(func(*TrainOptions) {}, 0.3)
	require.NotEqual(t, plain[0].Loss, s[0].Loss, "dropout")
	again, _ := with(func(*TrainOptions) {}, 0.3)
	require.Equal(t, s, again, "and the same again")
	s, _ = with(func(o *TrainOptions) { o.Seed = 1 }, 0)
	require.NotEqual(t, plain[0].Loss, s[0].Loss, "another order")

	head := []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}
	s, m = with(func(o *TrainOptions) { o.Head = head }, 0)
	for i := range s {
		require.InDelta(t, plain[i].Loss, s[i].Loss, 1e-4, "a head of all")
	}
	near(t, values(reference.Params), values(m.Params), 1e-3, "a head of all")
}

// Four batches of two are one of eight, up to rounding.
func TestAccumulationIsTheBigBatch(t *testing.T) {
	big, one, _ := trained(t, TrainOptions{Epochs: 3, Batch: 8, Rate: 1e-3}, 0)
	parts, four, _ := trained(t, TrainOptions{Epochs: 3, Batch: 2, Accumulate: 4, Rate: 1e-3}, 0)
	require.Len(t, parts, len(big))
	for i := range big {
		require.InDelta(t, big[i].Loss, parts[i].Loss, 1e-5)
		require.InEpsilon(t, big[i].Norm, parts[i].Norm, 1e-4)
	}
	near(t, values(one.Params), values(four.Params), 1e-3, "weights")
	small, _, _ := trained(t, TrainOptions{Epochs: 3, Batch: 2, Rate: 1e-3}, 0)
	require.Len(t, small, 4*len(big))
}

// Gradients are those of one tape to the bit, with dropout and with an adapter; the memory is a third less or better.
func TestRecomputation(t *testing.T) {
	for name, adapt := range map[string]bool{"weights": false, "adapter": true} {
		t.Run(name, func(t *testing.T) {
			gradients := func(recompute bool) ([]float32, float64, int) {
				m, err := New(Config{Layers: 6, Heads: 2, Width: 32, Positions: 40, Vocab: 50, Tied: true, EmbedDropout: .1, AttnDropout: .1, ResidDropout: .1}, 3)
				require.NoError(t, err)
				if adapt {
					require.NoError(t, m.Adapt(nil, 4))
				}
				f := &training{m: m, o: TrainOptions{Recompute: recompute, Batch: 3, Accumulate: 2}, params: m.trained(), draws: nn.Draws{Seed: 9}}
				f.arena, f.kept = new(tensor.Arena), new(tensor.Arena)
				f.tape = autograd.New(f.arena)
				f.data = Data{Len: 5, At: func(_, i int) Sequence {
					ids := make([]int32, 40-3*i)
					for k := range ids {
						ids[k] = int32(k*k+7*i) % 50
					}
					return Sequence{IDs: ids}
				}}
				loss, err := f.gradient(context.Background(), 0)
				require.NoError(t, err)
				var g []float32
				for _, p := range m.trained().All() {
					g = append(g, p.Grad...)
				}
				return g, loss, f.bytes()
			}
			g, loss, bytes := gradients(false)
			again, lossAgain, less := gradients(true)
			require.NotZero(t, norm(g))
			require.Equal(t, loss, lossAgain)
			require.Equal(t, g, again)
			t.Logf("%d bytes, %d with recomputation", bytes, less)
			require.Less(t, float64(less), 0.7*float64(bytes))
		})
	}
}

// Learning goes on from the best weights of those held out, and ends when nothing better comes.
func TestHeldOut(t *testing.T) {
	noise := Data{Len: 4, At: func(_, i int) Sequence { // to be learned by heart alone
		r := rng.New(1, 0xffff0002, uint64(i))
		ids := make([]int32, 12)
		for k := range ids {
			ids[k] = int32(r.Intn(20))
		}
		return Sequence{IDs: ids}
	}}
	m := smallModel(t, 0)
	var looks []float64
	r, err := Train(context.Background(), m, noise, TrainOptions{Epochs: 200, Rate: 1e-2, Held: countingData(20, 8), Every: 5, Patience: 2, Trace: func(s Step) {
		if s.Held > 0 {
			looks = append(looks, s.Held)
		}
	}})
	require.NoError(t, err)
	require.Equal(t, "held-out score", r.StoppedBy)
	require.Less(t, r.Steps, int64(200))
	require.Equal(t, slices.Min(looks), r.Held)
	require.Equal(t, int64(5*slices.Index(looks, r.Held)), r.HeldStep)
	require.Greater(t, looks[len(looks)-1], r.Held)
	nll, _, err := m.Evaluate(context.Background(), countingData(20, 8), nil)
	require.NoError(t, err)
	require.Equal(t, r.Held, nll, "the weights kept are the best ones")
}

// The model ends with the average of the weights after each step, which is also what is looked at.
func TestAverage(t *testing.T) {
	const steps = 6
	want := values(smallModel(t, 0).Params)
	for n := range int64(steps) {
		_, m, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Steps: n + 1}, 0)
		decay := min(0.3, float32(n+1)/float32(n+10))
		for i, v := range values(m.Params) {
			want[i] = decay*want[i] + (1-decay)*v
		}
	}
	_, m, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Steps: steps, Average: 0.3}, 0)
	near(t, want, values(m.Params), 1e-6, "the average")
	held := countingData(20, 8)
	_, m, r := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Steps: steps, Average: 0.3, Held: held}, 0)
	near(t, want, values(m.Params), 1e-6, "the average, which does best at the end")
	nll, _, err := m.Evaluate(context.Background(), held, nil)
	require.NoError(t, err)
	require.Equal(t, r.Held, nll)
}

// A kill at any step: what the last checkpoint holds leads to the same bytes.
func TestResumeIsByteEqual(t *testing.T) {
	options := func(o TrainOptions) TrainOptions {
		o.Epochs, o.Batch, o.Accumulate, o.Rate, o.Warmup = 2, 3, 2, 1e-2, 3
		o.Held, o.Every, o.Average = countingData(6, 9), 4, 0.9
		return o
	}
	defer func() { breaks = nil }()
	breaks = func(n int64) bool { return n == 6 } // the way back is part of it
	_, m, report := trained(t, options(TrainOptions{}), 0.1)
	want := values(m.Params)
	for _, adapt := range []bool{false, true} {
		for _, stop := range []int64{1, 5, 7, 10} {
			path := filepath.Join(t.TempDir(), "checkpoint")
			ctx, cancel := context.WithCancel(context.Background())
			o := options(TrainOptions{Checkpoint: path, Trace: func(s Step) {
				if s.Number == stop {
					cancel()
				}
			}})
			run := func(ctx context.Context, o TrainOptions) ([]float32, Report, error) {
				m := smallModel(t, 0.1)
				if adapt {
					require.NoError(t, m.Adapt(nil, 7))
				}
				r, err := Train(ctx, m, countingData(40, 5), o)
				return values(m.trained()), r, err
			}
			_, _, err := run(ctx, o)
			require.ErrorIs(t, err, context.Canceled)
			require.FileExists(t, path)
			other := options(TrainOptions{Checkpoint: path, Seed: 3})
			_, _, err = run(context.Background(), other)
			require.ErrorContains(t, err, "another model, other data, other options")
			seen := []int64{}
			got, r, err := run(context.Background(), options(TrainOptions{Checkpoint: path, Trace: func(s Step) { seen = append(seen, s.Number) }}))
			require.NoError(t, err)
			require.Equal(t, stop+1, seen[0], "it went on")
			if adapt {
				whole, _, err := run(context.Background(), options(TrainOptions{}))
				require.NoError(t, err)
				require.Equal(t, whole, got)
				continue
			}
			r.Bytes = report.Bytes
			require.Equal(t, report, r)
			require.Equal(t, want, got)
		}
	}
}

func TestNumbersThatAreNotFinite(t *testing.T) {
	defer func() { breaks = nil }()
	breaks = func(n int64) bool { return n == 3 || n == 8 }
	var warned int
	steps, m, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Warn: func(string) { warned++ }}, 0)
	require.Equal(t, 2, warned)
	require.True(t, steps[3].RolledBack && steps[8].RolledBack)
	_, before, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Decay: 0.1, Steps: 2}, 0)
	_, after, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Decay: 0.1, Steps: 4}, 0)
	for i, v := range values(before.Params) {
		require.InDelta(t, v, values(after.Params)[i], 1e-7*(1+math.Abs(float64(v))), "back at the weights before the step before")
	}
	_, first, _ := trained(t, TrainOptions{Epochs: 4, Rate: 1e-2, Steps: 4, Held: countingData(6, 9), Every: 10}, 0)
	require.Equal(t, values(smallModel(t, 0).Params), values(first.Params), "back at the weights of the best look, which was the first")
	require.InEpsilon(t, 1e-2/4*(1-9./20), steps[9].Rate, 1e-5, "half of half the rate")
	require.False(t, slices.ContainsFunc(values(m.Params), func(v float32) bool { return v-v != 0 }))

	breaks = func(n int64) bool { return n > 3 }
	_, err := Train(context.Background(), smallModel(t, 0), countingData(40, 5), TrainOptions{Epochs: 4})
	require.ErrorContains(t, err, "learning went out of bounds 9 times, at step 12 for the last time")

	breaks = nil
	breaks = func(n int64) bool { return n == 0 }
	_, err = Train(context.Background(), smallModel(t, 0), countingData(40, 5), TrainOptions{Epochs: 4, Held: countingData(6, 9)})
	require.ErrorContains(t, err, "learning went out of bounds 1 times, at step 0", "there is nothing to go back to")

	breaks = nil
	m = smallModel(t, 0)
	m.Params.All()[0].Data.Data[0] = float32(math.NaN())
	_, err = Train(context.Background(), m, countingData(40, 5), TrainOptions{Epochs: 4})
	require.ErrorContains(t, err, "or other weights to begin with")
}

// A budget plans fewer steps, a stop ends earlier, and both can be repeated by number.
func TestBudgetStopAndSteps(t *testing.T) {
	stop := make(chan struct{})
	var progress []int64
	m := smallModel(t, 0.1)
	r, err := Train(context.Background(), m, countingData(40, 5), TrainOptions{Epochs: 5, Stop: stop, Progress: func(_ string, done, total int64) { progress = append(progress, done, total) },
		Trace: func(s Step) {
			if s.Number == 6 {
				close(stop)
			}
		}})
	require.NoError(t, err)
	require.Equal(t, "stop", r.StoppedBy)
	require.EqualValues(t, 7, r.Steps)
	require.Equal(t, []int64{0, 25}, progress[:2])
	again := smallModel(t, 0.1)
	r, err = Train(context.Background(), again, countingData(40, 5), TrainOptions{Epochs: 5, Steps: 7})
	require.NoError(t, err)
	require.EqualValues(t, 7, r.Steps)
	require.Equal(t, values(m.Params), values(again.Params))

	r, err = Train(context.Background(), again, countingData(40, 5), TrainOptions{Epochs: 1 << 20, Budget: 1})
	require.NoError(t, err)
	require.EqualValues(t, 1, r.Planned)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Train(ctx, again, countingData(40, 5), TrainOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestTrainingOfWhatCannotBe(t *testing.T) {
	one := func(s Sequence) Data { return dataOf([]Sequence{s}) }
	for want, c := range map[string]struct {
		data Data
		o    TrainOptions
	}{
		"there is no sequence to learn from":                     {},
		"sequence 0 of the batch has 13 tokens; the model takes": {data: one(Sequence{IDs: make([]int32, 13)})},
		"the average's decay is 1":                               {data: countingData(3, 1), o: TrainOptions{Average: 1}},
		"sequence 0 of the batch has 0 tokens":                   {data: one(Sequence{}), o: TrainOptions{Held: one(Sequence{})}},
		"token 1 is not in the vocabulary of 20":                 {data: one(Sequence{IDs: []int32{1, 20}})},
		"sequence 0 of the batch has 2 tokens and 1 labels":      {data: one(Sequence{IDs: []int32{1, 2}, Labels: []int32{1}}), o: TrainOptions{Held: one(Sequence{IDs: []int32{1, 2}, Labels: []int32{1}})}},
		"there is no token to foretell":                          {data: one(Sequence{IDs: []int32{1}})},
		"a label is not among the 2 ids of the head":             {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Head: []int32{3, 4}}},
		"a label is not in the vocabulary of 20":                 {data: one(Sequence{IDs: []int32{1, 2}, Labels: []int32{1, 99}})},
		"the ids of the head are not ascending at place 1":       {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Head: []int32{2, 2}}},
		"the head has no ids":                                    {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Head: []int32{}}},
		"Batch is -1":                                            {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Batch: -1}},
		"a rate of -1 with decay 0":                              {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Rate: -1}},
		"a budget or a number of steps is below 0":               {data: one(Sequence{IDs: []int32{1, 2}}), o: TrainOptions{Budget: -1}},
	} {
		m := smallModel(t, 0)
		before := values(m.Params)
		_, err := Train(context.Background(), m, c.data, c.o)
		require.ErrorContains(t, err, want)
		require.Equal(t, before, values(m.Params))
	}
	full := errors.New("full")
	require.ErrorIs(t, smallModel(t, 0).Generate(context.Background(), GenerateOptions{Rows: 1}, func(Row) error { return full }), full)
}

// What takes back a step is in the checkpoint, too.
func TestResumeBeforeAStepIsTakenBack(t *testing.T) {
	defer func() { breaks = nil }()
	breaks = func(n int64) bool { return n == 6 || n == 7 }
	options := TrainOptions{Epochs: 2, Batch: 3, Rate: 1e-2, Warmup: 3, Decay: 0.1}
	_, m, _ := trained(t, options, 0.1)
	want := values(m.Params)
	for _, stop := range []int64{5, 6, 7} {
		ctx, cancel := context.WithCancel(context.Background())
		o := options
		o.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
		o.Trace = func(s Step) {
			if s.Number == stop {
				cancel()
			}
		}
		_, err := Train(ctx, smallModel(t, 0.1), countingData(40, 5), o)
		require.ErrorIs(t, err, context.Canceled)
		o.Trace = nil
		m := smallModel(t, 0.1)
		_, err = Train(context.Background(), m, countingData(40, 5), o)
		require.NoError(t, err)
		require.Equal(t, want, values(m.Params))
	}
}

// Products of bfloat16 change the weights that training ends with, and hardly the loss.
func TestTrainingInBF16(t *testing.T) {
	if err := kernels.CheckBF16(); err != nil {
		t.Skip(err)
	}
	f32, plain, _ := trained(t, TrainOptions{Epochs: 6, Rate: 1e-2}, 0)
	bf16, rounded, _ := trained(t, TrainOptions{Epochs: 6, Rate: 1e-2, BF16: true}, 0)
	require.NotEqual(t, values(plain.Params), values(rounded.Params))
	for i := range f32 {
		require.InDelta(t, f32[i].Loss, bf16[i].Loss, 0.02*f32[0].Loss, "step %d", i)
	}
	last := len(f32) - 1
	require.Less(t, bf16[last].Loss, 0.5*bf16[0].Loss)
	t.Logf("loss %.4f to %.4f; with products of bfloat16 %.4f to %.4f", f32[0].Loss, f32[last].Loss, bf16[0].Loss, bf16[last].Loss)
	restore, err := kernels.Use("generic")
	require.NoError(t, err)
	defer restore()
	_, err = Train(context.Background(), smallModel(t, 0), countingData(40, 5), TrainOptions{BF16: true})
	require.ErrorContains(t, err, "have no products of bfloat16 (AVX512_BF16); leave BF16 out")
}
