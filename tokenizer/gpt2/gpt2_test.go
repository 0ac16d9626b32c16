package gpt2_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
)

func Example() {
	t := gpt2.Tokenizer()
	end, _ := t.Special(gpt2.EndOfText)
	fmt.Println(t.Size(), end, t.Encode(gpt2.EndOfText))
	// Output: 50257 50256 [27 91 437 1659 5239 91 29]
}

// The packed vocabulary is the released one, id by id.
func TestTokenizerIsTheReleased(t *testing.T) {
	const folder = "../../../shared/gpt2"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the released files of GPT-2 are not here; a checksum in package tokenizer stands for them")
	}
	released, err := tokenizer.Open(os.DirFS(folder))
	require.NoError(t, err)
	tokens, merges := released.Vocabulary()
	ours, pairs := gpt2.Tokenizer().Vocabulary()
	require.True(t, fmt.Sprint(tokens) == fmt.Sprint(ours))
	require.Equal(t, merges, pairs)
}

// All callers get the same tokenizer, and with it one cache.
func TestTokenizerIsShared(t *testing.T) {
	require.Same(t, gpt2.Tokenizer(), gpt2.Tokenizer())
}

func BenchmarkTokenizer(b *testing.B) {
	tokens, merges := gpt2.Tokenizer().Vocabulary()
	for b.Loop() {
		if _, err := tokenizer.New(tokens, merges); err != nil {
			b.Fatal(err)
		}
	}
}
