package great

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// Products of bfloat16 are refused where there are none, by name and before anything is learned.
func TestBF16IsRefused(t *testing.T) {
	restore, err := kernels.Use("generic")
	require.NoError(t, err)
	defer restore()
	var bad *table.Error
	_, err = Fit(context.Background(), fewRows(t), Options{BF16: true})
	require.ErrorAs(t, err, &bad)
	require.Equal(t, "no-bfloat", bad.Code)
	for _, m := range []*Model{sharedPeer(t), func() *Model { _, m := shared(t); return m }()} {
		_, _, err = m.Sample(context.Background(), SampleOptions{Rows: 1, BF16: true})
		require.ErrorAs(t, err, &bad)
		require.Equal(t, "no-bfloat", bad.Code)
	}
}

// With products of bfloat16 another model is learned, whose loss is near that of the other, and rows hold what they have to.
func TestBF16(t *testing.T) {
	if err := kernels.CheckBF16(); err != nil {
		t.Skip(err)
	}
	var losses [2]float64
	trace := func(to *float64) func(Step) { return func(s Step) { *to = s.Loss } }
	_, f32 := few(t, Options{Steps: 6, Trace: trace(&losses[0])})
	_, bf16 := few(t, Options{Steps: 6, Trace: trace(&losses[1]), BF16: true})
	require.NotEqual(t, saved(t, f32), saved(t, bf16))
	require.InEpsilon(t, losses[0], losses[1], 0.01)
	where, err := table.ParseConds("Maths >= 61")
	require.NoError(t, err)
	rows := sample(t, bf16, SampleOptions{Rows: 20, Where: where, BF16: true})
	require.Equal(t, 20, rows.Rows())
	first, rest := sample(t, bf16, SampleOptions{Rows: 7, Where: where, BF16: true}), sample(t, bf16, SampleOptions{First: 7, Rows: 13, Where: where, BF16: true})
	require.Equal(t, csv(t, rows), csv(t, first)+csv(t, rest), "row r is a function of r")
	require.Equal(t, csv(t, sample(t, f32, SampleOptions{Rows: 3})), csv(t, sample(t, loaded(t, saved(t, f32)), SampleOptions{Rows: 3})), "a model does not remember it")
}
