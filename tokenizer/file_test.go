package tokenizer_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
)

// fileName gives the file that the scripts of bench/tokenizer name by COHORT_TOKENIZER_ and what.
func fileName(tb testing.TB, what string) string {
	tb.Helper()
	name := os.Getenv("COHORT_TOKENIZER_" + what)
	if name == "" {
		tb.Skip("COHORT_TOKENIZER_" + what + " names no file; bench/tokenizer runs it")
	}
	return name
}

// readTexts reads texts, each behind its length of four bytes.
func readTexts(tb testing.TB, name string) (texts []string, size int64) {
	tb.Helper()
	data, err := os.ReadFile(name)
	require.NoError(tb, err)
	for len(data) > 0 {
		n := binary.LittleEndian.Uint32(data)
		texts = append(texts, string(data[4:4+n]))
		data = data[4+n:]
		size += int64(n)
	}
	return texts, size
}

// TestIDsOfFile encodes the texts of a file with GPT-2's vocabulary, or a folder's, and writes the ids; each text must come back.
func TestIDsOfFile(t *testing.T) {
	texts, _ := readTexts(t, fileName(t, "TEXTS"))
	tok := gpt2.Tokenizer()
	if folder := os.Getenv("COHORT_TOKENIZER_FOLDER"); folder != "" {
		var err error
		tok, err = tokenizer.Open(os.DirFS(folder))
		require.NoError(t, err)
	}
	var out []byte
	for _, text := range texts {
		ids := tok.Encode(text)
		back, err := tok.Decode(ids)
		require.NoError(t, err)
		require.True(t, back == text, "a text of %d bytes does not come back", len(text))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(ids)))
		for _, id := range ids {
			out = binary.LittleEndian.AppendUint32(out, uint32(id))
		}
	}
	require.NoError(t, os.WriteFile(fileName(t, "IDS"), out, 0o644))
}

// TestTrainOnFile trains on the texts of a file and writes vocab.json and merges.txt into a folder.
func TestTrainOnFile(t *testing.T) {
	texts, _ := readTexts(t, fileName(t, "TRAIN"))
	tok, err := tokenizer.Train(slices.Values(texts), tokenizer.TrainOptions{Size: 2000, Specials: []string{gpt2.EndOfText}})
	require.NoError(t, err)
	vocab, merges := tok.Files()
	folder := fileName(t, "FOLDER")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "vocab.json"), vocab, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "merges.txt"), merges, 0o644))
}

// BenchmarkFile encodes the texts of a file, each as a text of its own, with a cache that is empty at first.
func BenchmarkFile(b *testing.B) {
	texts, size := readTexts(b, fileName(b, "TEXTS"))
	tokens, merges := gpt2.Tokenizer().Vocabulary()
	b.SetBytes(size)
	for b.Loop() {
		b.StopTimer()
		tok, err := tokenizer.New(tokens, merges)
		require.NoError(b, err)
		b.StartTimer()
		for _, text := range texts {
			tok.Encode(text)
		}
	}
}
