package cohort_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.org/cohort"
	"example.org/cohort/ctgan"
	"example.org/cohort/table"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer"
	"example.org/cohort/transformer/great"
	"github.com/stretchr/testify/require"
)

// What Fit sets itself must not be set in the options of the GPT-2, which go with it only.
func TestWriterOptionsSetTwice(t *testing.T) {
	actual := read(t, pupils(60, 300))
	for name, o := range map[string]great.Options{
		"Level": {Level: "share"}, "Protect": {Protect: -1}, "Whole": {Whole: actual}, "Seed": {Seed: 1}, "Budget": {Budget: time.Second},
		"Steps": {Steps: 1}, "Stop": {Stop: make(chan struct{})}, "Checkpoint": {Checkpoint: "x"},
		"Progress": {Progress: func(string, int64, int64) {}}, "Warn": {Warn: func(*table.Error) {}},
	} {
		bad := refused(t, actual, cohort.Options{GReaT: &o})
		require.Equal(t, "bad-option", bad.Code, name)
		require.Contains(t, bad.Reason, name+" is set")
	}
	for _, model := range []string{"auto", "trees", "ctgan"} {
		require.Equal(t, "bad-option", refused(t, actual, cohort.Options{Model: model, GReaT: &great.Options{}}).Code)
	}
	require.Equal(t, "bad-option", refused(t, actual, cohort.Options{CTGAN: &ctgan.Options{}, GReaT: &great.Options{}}).Code)
	require.Equal(t, "no-such-preset", refused(t, actual, cohort.Options{GReaT: &great.Options{Preset: "sdv"}}).Code)
	require.Equal(t, "bad-option", refused(t, actual, cohort.Options{Model: "great", Level: "structure"}).Code) // without weights
	be := cohort.Options{GReaT: &great.Options{Preset: "be_great"}, Protect: 5}
	require.Contains(t, refused(t, actual, be).Fix, "plus, which protects")
	require.Equal(t, "too-few-rows", refused(t, read(t, pupils(19, 300)), cohort.Options{Model: "great"}).Code)
}

// A GPT-2 from scratch is planned, learned, saved and read; its rows are the same in parts, meet conditions, keep rules, and fill gaps.
func TestWriter(t *testing.T) {
	actual := read(t, pupils(90, 301))
	opt := cohort.Options{Model: "great", Steps: 12}
	plan, err := cohort.Plan(actual, opt)
	require.NoError(t, err)
	require.Equal(t, "great", plan.Model)
	require.Contains(t, plan.Size, "a GPT-2 from scratch, ")
	require.Positive(t, plan.Time)
	m := fit(t, actual, opt)
	require.Equal(t, "great", m.Info().Kind)
	require.Equal(t, 5, m.Info().Protect)
	require.EqualValues(t, 12, m.Info().Steps)
	loaded, err := cohort.Load(bytes.NewReader(file(t, m)))
	require.NoError(t, err)

	var codes []string
	so := cohort.SampleOptions{Rows: 300, Seed: 4, Warn: func(e *table.Error) { codes = append(codes, e.Code) }}
	whole := sample(t, m, so)
	require.Equal(t, text(t, whole), text(t, sample(t, loaded, so)))
	require.Contains(t, codes, "low-mass") // after 12 steps
	for _, r := range m.Info().Schema.Rules {
		require.Empty(t, r.Broken(whole))
	}
	part := so
	part.First, part.Rows = 255, 45 // rows of two chunks
	rows := make([]int, 45)
	for i := range rows {
		rows[i] = 255 + i
	}
	require.Equal(t, text(t, whole.Select(rows)), text(t, sample(t, m, part)))

	blank := actual.Schema().Columns
	c := slices.IndexFunc(blank, func(c table.Column) bool { return c.Kind == table.Category })
	so.Where = []table.Cond{table.Is(blank[c].Name, blank[c].Values[0])}
	for r := range sample(t, m, so).Rows() {
		cell, _ := sample(t, m, so).Cell(r, c)
		require.Equal(t, blank[c].Values[0], cell)
		if r == 3 {
			break
		}
	}

	filled, err := m.Fill(context.Background(), actual, cohort.SampleOptions{Seed: 1})
	require.NoError(t, err)
	require.Equal(t, actual.Rows(), filled.Rows())
	gaps, known := 0, 0
	for r := range actual.Rows() {
		for c := range actual.Cols() {
			was, ok := actual.Cell(r, c)
			now, has := filled.Cell(r, c)
			if !ok && has {
				gaps++
			}
			if ok {
				require.Equal(t, was, now)
				known++
			}
		}
	}
	require.Positive(t, gaps)
	require.Positive(t, known)
}

// Only a model great fills tables and is shown examples; weights that can't be read are an error of Fit.
func TestWriterAlone(t *testing.T) {
	actual := read(t, pupils(60, 302))
	m := fit(t, actual, cohort.Options{Model: "independent"})
	_, err := m.Fill(context.Background(), actual, cohort.SampleOptions{})
	var bad *table.Error
	require.True(t, errors.As(err, &bad))
	require.Contains(t, bad.Reason, "can't complete rows")
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = m.Sample(context.Background(), cohort.SampleOptions{Examples: actual})
	require.True(t, errors.As(err, &bad))
	require.Contains(t, bad.Reason, "can't be shown examples")
	_, err = cohort.Fit(context.Background(), actual, cohort.Options{GReaT: &great.Options{Weights: fstest.MapFS{}}})
	require.ErrorContains(t, err, "config.json")
}

// What is wrong with a folder of weights is told at once, before anything is learned; examples are not for Make.
func TestWriterWeightsAreChecked(t *testing.T) {
	actual := read(t, pupils(60, 212))
	bad := refused(t, actual, cohort.Options{GReaT: &great.Options{Weights: fstest.MapFS{}}})
	require.Equal(t, "weights-incomplete", bad.Code)
	require.ErrorIs(t, bad, fs.ErrNotExist)
	bad = refused(t, actual, cohort.Options{GReaT: &great.Options{Weights: fstest.MapFS{"config.json": {Data: []byte(`{"model_type": "bert"}`)}}}})
	require.Equal(t, "weights-unusable", bad.Code)
	require.Contains(t, bad.Reason, "bert")
	_, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{Sample: cohort.SampleOptions{Examples: actual}})
	require.ErrorContains(t, err, "examples are given")
}

// Who shows examples hears how many rows are one of them.
func TestWriterRepeatsExamples(t *testing.T) {
	var b strings.Builder
	b.WriteString("A,B,C\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%s,%s,%s\n", []string{"yes", "no"}[i%2], []string{"red", "blue"}[i/2%2], []string{"up", "down"}[i/4%2])
	}
	actual := read(t, b.String()) // every row that there can be
	tok, err := tokenizer.Train(slices.Values([]string{b.String()}), tokenizer.TrainOptions{Size: 270, Specials: []string{"<|endoftext|>"}})
	require.NoError(t, err)
	end, _ := tok.Special("<|endoftext|>")
	net, err := transformer.New(transformer.Config{Layers: 1, Heads: 2, Width: 16, Positions: 128, Vocab: tok.Size(), Tied: true,
		BOS: int(end), EOS: int(end)}, 1)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, net.Write(dir))
	vocab, merges := tok.Files()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "vocab.json"), vocab, 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "merges.txt"), merges, 0o666))
	m := fit(t, actual, cohort.Options{GReaT: &great.Options{Weights: os.DirFS(dir)}, Steps: 2})
	var said []string
	rows := sample(t, m, cohort.SampleOptions{Rows: 20, Examples: actual, Shots: 2, Warn: func(e *table.Error) { said = append(said, e.Code+": "+e.Reason) }})
	require.Contains(t, said, "examples-copied: 20 of 20 rows are one of the examples in every learned column")
	said = nil
	sample(t, m, cohort.SampleOptions{Rows: 20, Warn: func(e *table.Error) { said = append(said, e.Code) }})
	require.NotContains(t, said, "examples-copied")
	require.Equal(t, 20, rows.Rows())
}
