package tokenizer_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
)

// The ids are those of tokenizers and tiktoken. bench/tokenizer/golden.py wrote the file.
func TestIDsAreThePeers(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var golden struct {
		Cases []struct {
			Text string
			IDs  []int32
		}
	}
	require.NoError(t, json.Unmarshal(data, &golden))
	require.Greater(t, len(golden.Cases), 400)
	for range 2 { // the second time pieces come from the cache
		for _, c := range golden.Cases {
			require.Equal(t, c.IDs, append([]int32{}, gpt2.Tokenizer().Encode(c.Text)...), "%q", c.Text)
		}
	}
}

// Released files, seen through the packed merges.
func TestVocabularyIsTheReleased(t *testing.T) {
	vocab, merges := gpt2.Tokenizer().Files()
	sum := sha256.Sum256(merges)
	require.Equal(t, "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5", hex.EncodeToString(sum[:]), "vocab.bpe of github.com/openai/gpt-2")
	var ids map[string]int
	require.NoError(t, json.Unmarshal(vocab, &ids))
	require.Len(t, ids, 50257)
	require.Equal(t, 50256, ids["<|endoftext|>"])
	require.Equal(t, 220, ids["Ġ"])
	require.Equal(t, 198, ids["Ċ"])
}

// Every token of GPT-2 is what its own text gives: so the shortest spelling of a value is the one that a model has seen.
func TestTokensEncodeToThemselves(t *testing.T) {
	tok := gpt2.Tokenizer()
	var alone int
	for id := range int32(tok.Size()) {
		text, special := tok.Token(id)
		if !special && slices.Equal(tok.Encode(text), []int32{id}) {
			alone++
		}
	}
	// The others would be cut before they are joined, such as white space before a letter.
	require.Greater(t, alone, 50000)
}

func TestNoCellEndsTheText(t *testing.T) {
	tok := gpt2.Tokenizer()
	eot, ok := tok.Special(gpt2.EndOfText)
	require.True(t, ok)
	require.EqualValues(t, 50256, eot)
	_, ok = tok.Special("the")
	require.False(t, ok)
	for _, cell := range []string{gpt2.EndOfText, "x" + gpt2.EndOfText + "y", gpt2.EndOfText + gpt2.EndOfText, "|" + gpt2.EndOfText + " is "} {
		ids := tok.Encode(cell)
		require.NotContains(t, ids, eot)
		back, err := tok.Decode(ids)
		require.NoError(t, err)
		require.Equal(t, cell, back)
	}
	text, special := tok.Token(eot)
	require.Equal(t, gpt2.EndOfText, text)
	require.True(t, special)
	back, err := tok.Decode([]int32{32, eot})
	require.NoError(t, err)
	require.Equal(t, "A"+gpt2.EndOfText, back)
}

func TestDecodeOfWrongIDs(t *testing.T) {
	for _, id := range []int32{-1, 50257} {
		_, err := gpt2.Tokenizer().Decode([]int32{32, id})
		require.ErrorContains(t, err, "at place 1: the vocabulary has ids 0 to 50256")
		require.Panics(t, func() { gpt2.Tokenizer().Token(id) })
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	tokens := tokenizer.ByteTokens()
	for _, c := range []struct {
		tokens []string
		merges [][2]int32
		want   string
	}{
		{tokens[1:], nil, `no token stands for the byte 0x21 alone ('!' in a vocabulary file)`},
		{append(tokens, ""), nil, "token 256 is empty"},
		{append(tokens, "!"), nil, "token 256 stands for the same text as token 0"},
		{append(tokens, "!!"), [][2]int32{{0, 256}}, "merge 0 makes a text that no token stands for"},
		{append(tokens, "!!"), [][2]int32{{0, 0}, {0, 0}}, "merge 1 joins the same tokens as an earlier one"},
		{append(tokens, "!!"), [][2]int32{{0, 300}}, "merge 0 joins token 300: there are tokens 0 to 256"},
		{append(tokens, "!!"), [][2]int32{{-1, 0}}, "merge 0 joins token -1"},
		{append(tokens, " !", "Ġ!"), [][2]int32{{220, 0}}, "token 257, a special token, has the name by which files write token 256"},
		{append(tokens, string(make([]byte, 1024))), [][2]int32{{256, 0}}, "merge 0 makes a token of 1025 bytes: 1024 are the most"},
	} {
		_, err := tokenizer.New(c.tokens, c.merges)
		require.ErrorContains(t, err, c.want)
	}
}
