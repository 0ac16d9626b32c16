package hf

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	from = flag.String("from", "", "a model folder that TestExport reads; an adapter where it has adapter_config.json and -base names its model")
	base = flag.String("base", "", "the model folder of the adapter -from")
	to   = flag.String("to", "", "the folder that TestExport writes")
)

// TestExport reads a folder of anybody and writes it anew, for bench/transformer/folders.py.
func TestExport(t *testing.T) {
	if *from == "" || *to == "" {
		t.Skip("bench/transformer/folders.py runs it, with -from and -to")
	}
	path := *from
	if *base != "" {
		path = *base
	}
	f, err := Open(os.DirFS(path))
	require.NoError(t, err)
	defer f.Close()
	for _, w := range f.Warnings {
		t.Log(w)
	}
	if *base != "" {
		a, err := ReadAdapter(os.DirFS(*from), f.Config)
		require.NoError(t, err)
		require.NoError(t, WriteAdapter(*to, f.Config, a))
		return
	}
	tensors, err := f.Load()
	require.NoError(t, err)
	require.NoError(t, Write(*to, f.Config, tensors))
	if b, err := os.ReadFile("/proc/self/status"); err == nil { // on Linux
		for line := range strings.Lines(string(b)) {
			if strings.HasPrefix(line, "VmHWM:") {
				t.Log(line)
			}
		}
	}
}

// The weights that are written are, byte for byte, those that transformers wrote of the same model; what transformers reads from
// the two other files is the same too.
func TestWriteEqualsThePeer(t *testing.T) {
	for _, name := range []string{"safetensors-f32", "untied"} {
		f, err := Open(folder(name))
		require.NoError(t, err)
		defer f.Close()
		tensors, err := f.Load()
		require.NoError(t, err)
		dir := filepath.Join(t.TempDir(), "new", "folder")
		require.NoError(t, Write(dir, f.Config, tensors))
		require.Equal(t, readFile(t, filepath.Join("testdata", name, weightsName)), readFile(t, filepath.Join(dir, weightsName)), "%s", name)
		for _, file := range []string{configName, generationName} {
			var ours, peers map[string]any
			require.NoError(t, json.Unmarshal(readFile(t, filepath.Join(dir, file)), &ours))
			require.NoError(t, json.Unmarshal(readFile(t, filepath.Join("testdata", name, file)), &peers))
			for key, v := range ours {
				require.Equal(t, peers[key], v, "%s of %s", key, file)
			}
		}
		list, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, list, 3, "no temporary file is left")
	}
}

func TestWriteReadsBack(t *testing.T) {
	c := Config{Layers: 2, Heads: 3, Width: 6, Inner: 10, Positions: 5, Vocab: 7, Epsilon: 1e-6, EmbedDropout: .25, InitRange: .5, BOS: 3, EOS: -1}
	dir := t.TempDir()
	for range 2 { // over an older folder too
		require.NoError(t, Write(dir, c, filled(c)))
		f, err := Open(os.DirFS(dir))
		require.NoError(t, err)
		require.Equal(t, c, f.Config)
		got, err := f.Load()
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, filled(c), got)
	}
}

func TestWriteRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	tensors := filled(small)
	var e *MismatchError
	require.ErrorAs(t, Write(dir, small, append(tensors[1:], tensors[1], Tensor{Name: "x", Shape: []int{0}})), &e)
	require.Equal(t, &MismatchError{Missing: []string{"wte.weight"}, Unknown: []string{"x"}, Wrong: []string{`"wpe.weight" comes twice`}}, e)
	turned := filled(small)
	turned[0].Shape = []int{4, 60}
	require.ErrorContains(t, Write(dir, small, turned), "wte.weight is [4 60] and should be [60 4]")
	bad := small
	bad.Heads = 3
	require.ErrorContains(t, Write(dir, bad, tensors), "3 heads")
	require.Panics(t, func() { Write(dir, small, []Tensor{{Name: "wte.weight", Shape: []int{60, 4}}}) })
	require.NoDirExists(t, dir, "nothing is written")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.ErrorContains(t, Write(file, small, tensors), "hf: write")
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}
