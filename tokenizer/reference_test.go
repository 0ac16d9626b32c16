package tokenizer

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// naiveCut tries the alternatives of GPT-2's regular expression one after the other, as they stand there.
func naiveCut(text string) int {
	for _, ending := range []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(text, ending) {
			return len(ending)
		}
	}
	isOther := func(r rune) bool { return !unicode.IsSpace(r) && !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	for _, in := range []func(rune) bool{unicode.IsLetter, unicode.IsNumber, isOther} {
		rest := strings.TrimPrefix(text, " ")
		if run := prefix(rest, in); run > 0 {
			return len(text) - len(rest) + run
		}
	}
	run := prefix(text, unicode.IsSpace)
	if run == len(text) {
		return run
	}
	// \s+(?!\S) gives back one character, as a character that is not white space follows.
	if _, last := utf8.DecodeLastRuneInString(text[:run]); last < run {
		return run - last
	}
	return run
}

func prefix(text string, in func(rune) bool) int {
	for i, r := range text {
		if !in(r) {
			return i
		}
	}
	return len(text)
}

// naiveMerge looks through the list of merges from the start again after each that it finds, as the paper describes it.
func naiveMerge(t *Tokenizer, piece string) []int32 {
	var ids []int32
	for i := range len(piece) {
		ids = append(ids, t.bytes[piece[i]])
	}
again:
	for _, m := range t.merges {
		for i := range len(ids) - 1 {
			if ids[i] == m[0] && ids[i+1] == m[1] {
				ids = slices.Replace(ids, i, i+2, int32(slices.Index(t.tokens, t.tokens[m[0]]+t.tokens[m[1]])))
				goto again
			}
		}
	}
	return ids
}

func naiveEncode(t *Tokenizer, text string) []int32 {
	var ids []int32
	for text != "" {
		end := naiveCut(text)
		ids = append(ids, naiveMerge(t, text[:end])...)
		text = text[end:]
	}
	return ids
}

// small is trained on a few made-up rows: enough merges for their words.
var small = sync.OnceValue(func() *Tokenizer {
	t, err := Train(func(yield func(string) bool) {
		for i := range 300 {
			text := fmt.Sprintf("Age is %d, Étude is école %d, sex is F, 's're it's  \n\n\t x = %d.%d; ==== ----, Schüler is 中文%d", i*7%60, i%9, i, i*31, i%4)
			if !yield(text) {
				return
			}
		}
	}, TrainOptions{Size: 400, Specials: []string{"<end>", "<pad>"}})
	if err != nil {
		panic(err)
	}
	return t
})

// randomText draws characters of all classes, and bytes that are not UTF-8.
func randomText(r *rand.Rand, n int) string {
	alphabet := []string{
		"a", "s", "e", "r", "l", "is", "Age", "1", "23", "²", "Ⅷ", "é", "ß", "中", "文", "𐐀", "𝟘", " ", " ", "  ", "\n", "\t", "\u00a0", "\u3000", "\u2028",
		"'", "'s", "'re", "'ll", ",", ".", "==", "_", "\u0301", "😀", "\xff", "\xc3", "\xed\xa0\x80", "\ufffd", "\x00", "<end>", string(rune(r.IntN(0x110000))),
	}
	var b strings.Builder
	for range n {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

func TestEncodeIsTheNaiveOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tok := small()
	for i := range 2000 {
		text := randomText(r, r.IntN(30))
		if i%10 == 0 {
			text = strings.Repeat(text, 8) // long pieces
		}
		ids := tok.Encode(text)
		require.Equal(t, naiveEncode(tok, text), ids, "%q", text)
		back, err := tok.Decode(ids)
		require.NoError(t, err)
		require.Equal(t, text, back)
	}
}

// The two ways of joining agree where both can be used.
func TestLongPiecesAreJoinedAsShortOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		piece := make([]byte, 1+r.IntN(shortPiece))
		for i := range piece {
			piece[i] = "aeglcois1 =-\xc3\xa9"[r.IntN(14)]
		}
		require.Equal(t, small().mergeShort(nil, string(piece)), small().mergeLong(nil, string(piece)), "%q", piece)
	}
}

func TestClassesAreUnicodes(t *testing.T) {
	classes := unicodeClasses()
	for r := range rune(utf8.MaxRune + 1) {
		want := other
		switch {
		case unicode.IsLetter(r):
			want = letter
		case unicode.IsNumber(r):
			want = number
		case unicode.IsSpace(r):
			want = space
		}
		var buf [utf8.UTFMax]byte
		n := utf8.EncodeRune(buf[:], r)
		if utf8.ValidRune(r) {
			kind, size := classes.at(string(buf[:n]), 0)
			if kind != want || size != n {
				t.Fatalf("U+%04X is of class %d with %d bytes, not %d with %d", r, kind, size, want, n)
			}
		}
	}
}

func TestAlphabet(t *testing.T) {
	require.Equal(t, "Ġa\u010a\u0143", spell(" a\n\xad"))
	for b := range 256 {
		back, ok := unspell(spell(string([]byte{byte(b)})))
		require.True(t, ok)
		require.Equal(t, string([]byte{byte(b)}), back)
	}
	_, ok := unspell("中")
	require.False(t, ok)
	_, ok = unspell("\xff")
	require.False(t, ok)
}

// A megabyte without a cut: the heap ends in time where searching anew would take hours.
func TestPieceOfAMegabyte(t *testing.T) {
	text := strings.Repeat("ageis", 200_000)
	tok, err := Train(slices.Values([]string{text[:1000]}), TrainOptions{Size: 260})
	require.NoError(t, err)
	ids := tok.Encode(text)
	require.True(t, len(ids) == 200_000, "the four merges make ageis; there are %d ids", len(ids))
	back, err := tok.Decode(ids)
	require.NoError(t, err)
	require.True(t, back == text)
}

// Goroutines share the cache; whatever is in it, the ids are the same.
func TestManyThreadsEncodeTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	texts := make([]string, 200)
	want := make([][]int32, len(texts))
	for i := range texts {
		texts[i] = randomText(r, 40)
		want[i] = naiveEncode(small(), texts[i])
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, text := range texts {
				if !slices.Equal(want[i], small().Encode(text)) {
					t.Errorf("other ids of %q", text)
				}
			}
		})
	}
	wg.Wait()
}

func TestEncodeAllocatesNothingForKnownPieces(t *testing.T) {
	ids := make([]int32, 0, 100)
	require.Zero(t, testing.AllocsPerRun(100, func() { ids = small().AppendEncode(ids[:0], "Age is 42, sex is F") }))
}

// TestClassesToFile writes the class of every character to a file, one byte each, then the version of Unicode; bench/tokenizer/parity.py compares them.
func TestClassesToFile(t *testing.T) {
	name := os.Getenv("COHORT_TOKENIZER_CLASSES")
	if name == "" {
		t.Skip("COHORT_TOKENIZER_CLASSES names no file; bench/tokenizer runs it")
	}
	out := make([]byte, utf8.MaxRune+1)
	for r := range out {
		kind, _ := unicodeClasses().at(string(rune(r)), 0)
		out[r] = byte(kind)
	}
	require.NoError(t, os.WriteFile(name, append(out, unicode.Version...), 0o644))
}
