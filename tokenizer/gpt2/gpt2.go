package gpt2

import (
	"compress/zlib"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"

	"example.org/cohort/tokenizer"
)

const merges = 50000

// EndOfText is the special token that GPT-2 knows: it ends a text. Its id is 50256.
const EndOfText = "<|endoftext|>"

// packed has the M high bytes of the left ids, the M low ones, and the same of the right ids.
//
//go:embed merges.zlib
var packed string

// Tokenizer returns the tokenizer of GPT-2. All callers share one; it is made at the first call.
func Tokenizer() *tokenizer.Tokenizer { return unpacked() }

var unpacked = sync.OnceValue(func() *tokenizer.Tokenizer {
	r, err := zlib.NewReader(strings.NewReader(packed))
	if err != nil {
		panic(fmt.Sprintf("gpt2: merges.zlib: %v", err))
	}
	planes := make([]byte, 4*merges)
	if _, err := io.ReadFull(r, planes); err != nil {
		panic(fmt.Sprintf("gpt2: merges.zlib: %v", err))
	}
	plane := func(i, k int) int32 { return int32(planes[i*merges+k]) }
	pairs := make([][2]int32, merges)
	tokens := tokenizer.ByteTokens()
	for k := range pairs {
		pairs[k] = [2]int32{plane(0, k)<<8 | plane(1, k), plane(2, k)<<8 | plane(3, k)}
		tokens = append(tokens, tokens[pairs[k][0]]+tokens[pairs[k][1]])
	}
	t, err := tokenizer.New(append(tokens, EndOfText), pairs)
	if err != nil {
		panic(fmt.Sprintf("gpt2: merges.zlib: %v", err))
	}
	return t
})
