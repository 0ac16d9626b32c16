package great

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

var (
	from = flag.String("from", "", "a folder with a GPT-2 that TestExport begins with; none: from scratch")
	lora = flag.Int("lora", 0, "the rank of the adapter that TestExport trains")
	to   = flag.String("to", "", "the folder that TestExport writes")
	csvs = flag.String("table", "", "the table that TestExport learns; none: some rows of the demonstration")
	many = flag.Int64("steps", 3, "the steps that TestExport learns for, with -table")
)

// TestExport learns a little and writes a folder, and beside it what the model says to the beginning of a row and the loss of every step, for
// bench/great/reload.py.
func TestExport(t *testing.T) {
	if *to == "" {
		t.Skip("bench/great/reload.py runs it, with -to")
	}
	losses := []float64{}
	opt := Options{LoRA: *lora, LR: 1e-3, Trace: func(s Step) { losses = append(losses, s.Loss) }}
	if *from != "" {
		opt.Weights = os.DirFS(*from)
	}
	var m *Model
	text := "SEN is N, Maths is 61, Language is English, naïve 日本 12.50"
	if *csvs == "" {
		_, m = few(t, opt)
	} else {
		opt.LR, opt.Steps = 0, *many
		in, err := os.Open(*csvs)
		require.NoError(t, err)
		defer in.Close()
		tab, err := table.ReadCSV(in, table.ReadOptions{})
		require.NoError(t, err)
		m, err = Fit(context.Background(), tab, opt)
		require.NoError(t, err)
	}
	require.NoError(t, m.Export(*to))
	ids := m.tok.Encode(text)
	if *from == "" { // a row in phrases
		r := rng.New(1, rng.Mock, 0)
		ids, _ = m.s.row(m.s.order(&r), func(col int) int64 { return someCells(m.s.g.fields[col], 8)[0] }, true)
		var err error
		text, err = m.tok.Decode(ids)
		require.NoError(t, err)
	}
	logits, err := m.net.Logits(ids)
	require.NoError(t, err)
	probe, err := json.Marshal(map[string]any{"text": text, "ids": ids, "logits": logits, "losses": losses})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(*to, "probe.json"), probe, 0o644))
}
