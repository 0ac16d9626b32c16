package great

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	from = flag.String("from", "", "a folder with a GPT-2 that TestExport begins with; none: from scratch")
	lora = flag.Int("lora", 0, "the rank of the adapter that TestExport trains")
	to   = flag.String("to", "", "the folder that TestExport writes")
)

// TestExport learns a little and writes a folder, and beside it what the model says to the beginning of a row, for bench/great/reload.py.
func TestExport(t *testing.T) {
	if *to == "" {
		t.Skip("bench/great/reload.py runs it, with -to")
	}
	opt := Options{LoRA: *lora, LR: 1e-3}
	if *from != "" {
		opt.Weights = os.DirFS(*from)
	}
	_, m := few(t, opt)
	require.NoError(t, m.Export(*to))
	text := "SEN is N, Maths is 61, Language is English, naïve 日本 12.50"
	ids := m.tok.Encode(text)
	logits, err := m.net.Logits(ids)
	require.NoError(t, err)
	probe, err := json.Marshal(map[string]any{"text": text, "ids": ids, "logits": logits})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(*to, "probe.json"), probe, 0o644))
}
