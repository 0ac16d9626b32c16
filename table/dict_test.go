package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

// TestDictIsAMap holds the dictionary to a plain map, with texts of all lengths around that of a key, alike but for one
// byte, with bytes behind them in their buffer or none, plain and quoted.
func TestDictIsAMap(t *testing.T) {
	d, codes, flags := newDict(), map[string]int32{}, map[string]uint8{}
	s := rng.New(7, rng.Demo, 1)
	for range 50_000 {
		text := []byte(strings.Repeat("ab", 15)[:s.Intn(31)])
		if len(text) > 0 {
			text[s.Intn(len(text))] = byte(s.Intn(20))
		}
		if s.Intn(2) == 0 {
			text = append(text, "and what follows it"...)[:len(text)]
		} else {
			text = text[:len(text):len(text)]
		}
		flag := uint8(plainFlag)
		if s.Intn(50) == 0 {
			flag = quotedFlag
		}
		want, ok := codes[string(text)]
		if !ok {
			want = int32(len(codes))
			codes[string(text)] = want
		}
		flags[string(text)] |= flag
		require.Equal(t, want, d.code(text, flag), "%q", text)
	}
	for text, code := range codes {
		require.Equal(t, text, d.text(int(code)))
		require.Equal(t, flags[text], d.flags[code])
	}
}

// TestPlainEndIsTheFirst compares the search by eight bytes with one by single bytes, at all places of short buffers.
func TestPlainEndIsTheFirst(t *testing.T) {
	var sc scanner
	sc.setDialect(',', '\n')
	s := rng.New(7, rng.Demo, 2)
	for range 20_000 {
		buf := make([]byte, 1+s.Intn(40))
		for i := range buf {
			buf[i] = "\x00\x01\n\v+,-\x80\xac\xff"[s.Intn(10)]
			if s.Intn(4) > 0 {
				buf[i] = 'x'
			}
		}
		buf[len(buf)-1] = '\n'
		i := s.Intn(len(buf))
		require.Equal(t, i+bytes.IndexAny(buf[i:], "\x00\n,"), plainEnd(buf, i, sc.commas, sc.eols), "%q", buf)
	}
}
