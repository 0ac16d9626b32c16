package tokenizer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// naiveTrain counts all pairs anew for each merge.
func naiveTrain(texts []string, opt TrainOptions) (tokens []string, merges [][2]int32) {
	tokens = ByteTokens()
	var words [][]int32
	for _, text := range texts {
		for text != "" {
			var word []int32
			end := naiveCut(text)
			for i := range end {
				word = append(word, int32(slices.Index(tokens, text[i:i+1])))
			}
			words = append(words, word)
			text = text[end:]
		}
	}
	for len(tokens) < opt.Size {
		counts := map[[2]int32]int{}
		for _, w := range words {
			for i := range len(w) - 1 {
				pair := [2]int32{w[i], w[i+1]}
				if opt.Digits && (isDigit(tokens[w[i]]) || isDigit(tokens[w[i+1]])) {
					continue
				}
				counts[pair]++
			}
		}
		var best pairCount
		for pair, n := range counts {
			if c := (pairCount{pair, n, tokens[pair[0]], tokens[pair[1]]}); best.count == 0 || c.before(best) {
				best = c
			}
		}
		if best.count < opt.MinCount {
			break
		}
		id := int32(slices.Index(tokens, best.left+best.right))
		if id < 0 {
			id = int32(len(tokens))
			tokens = append(tokens, best.left+best.right)
		}
		if !slices.Contains(merges, best.pair) {
			merges = append(merges, best.pair)
		}
		for i := range words {
			words[i] = replace(words[i], best.pair, id)
		}
	}
	return tokens, merges
}

func TestTrainIsTheNaiveOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		texts := make([]string, 1+r.IntN(8))
		for i := range texts {
			b := make([]byte, r.IntN(60))
			for j := range b {
				b[j] = "aaab bc1 2\xc3\xa9"[r.IntN(12)] // few letters: many ties, and texts that two pairs make
			}
			texts[i] = string(b)
		}
		opt := TrainOptions{Size: 256 + r.IntN(40), MinCount: 1 + r.IntN(3), Digits: r.IntN(2) == 0}
		tokens, merges := naiveTrain(texts, opt)
		tok, err := Train(slices.Values(texts), opt)
		require.NoError(t, err)
		require.Equal(t, tokens, tok.tokens)
		require.Equal(t, merges, tok.merges)
		slices.Reverse(texts)
		again, err := Train(slices.Values(texts), opt)
		require.NoError(t, err)
		require.Equal(t, merges, again.merges, "the order of the texts")
	}
}

func TestTrainDigits(t *testing.T) {
	text := strings.Repeat("Age is 421, score is 42.125, ", 20)
	for _, digits := range []bool{false, true} {
		tok, err := Train(slices.Values([]string{text}), TrainOptions{Digits: digits})
		require.NoError(t, err)
		joined := slices.ContainsFunc(tok.tokens, func(s string) bool { return len(s) > 1 && strings.ContainsAny(s, "0123456789") })
		require.Equal(t, !digits, joined)
		if digits {
			ids := tok.Encode(" 421")
			require.Len(t, ids, 4)
		}
	}
}

func TestTrainKeepsSpecialNamesApart(t *testing.T) {
	texts := slices.Values([]string{strings.Repeat("<|> ", 50)})
	tok, err := Train(texts, TrainOptions{Size: 300, Specials: []string{"<|>", "<end>"}})
	require.NoError(t, err)
	end, ok := tok.Special("<|>")
	require.True(t, ok)
	require.EqualValues(t, tok.Size()-2, end)
	require.NotContains(t, tok.Encode("<|>"), end)
}

func TestTrainOptionsThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		opt  TrainOptions
		want string
	}{
		{TrainOptions{Size: 256, Specials: []string{"<end>"}}, "Size is 256: 257 to"},
		{TrainOptions{Size: 1 << 30}, "Size is 1073741824: 256 to"},
		{TrainOptions{MinCount: -1}, "MinCount is -1"},
		{TrainOptions{Specials: []string{"<end>", "<end>"}}, "Specials[1]"},
		{TrainOptions{Specials: []string{"x"}}, "Specials[0]"},
	} {
		_, err := Train(slices.Values([]string{"a"}), c.opt)
		require.ErrorContains(t, err, c.want)
	}
}

func TestTrainOnNothing(t *testing.T) {
	tok, err := Train(slices.Values([]string{}), TrainOptions{})
	require.NoError(t, err)
	require.Equal(t, 256, tok.Size())
	require.Len(t, tok.Encode("abc"), 3)
}
