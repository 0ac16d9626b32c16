package tokenizer

import (
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// FuzzEncode: any bytes come back, with the ids of the naive way, none of them special.
func FuzzEncode(f *testing.F) {
	for _, seed := range []string{"", "Age is 42, Étude is 中文", "'s  're\n\n x", "<end>", "\xff\xfe \xc3", " \u00a0\u3000a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tok := small()
		ids := tok.Encode(text)
		if len(text) < 1000 {
			require.Equal(t, naiveEncode(tok, text), ids)
		}
		for _, id := range ids {
			_, special := tok.Token(id)
			require.False(t, special)
		}
		back, err := tok.Decode(ids)
		require.NoError(t, err)
		require.Equal(t, text, back)
	})
}

// FuzzOpen: whatever the files hold, Open gives an error, or a tokenizer that loses nothing and is read again from its own files.
func FuzzOpen(f *testing.F) {
	vocab, merges := small().Files()
	whole := smallJSON(f, true, nil)
	// Changed places of sound files reach further than bytes without sense do.
	for i, seed := range []string{"", "#version: 0.2\na g\n", "a g\r\na b", "a  g", "{\"added_tokens\": []}", "{\"<end>\": 5}"} {
		f.Add(uint16(1000+i), uint16(9), byte('"'), seed)
	}
	f.Fuzz(func(t *testing.T, from, length uint16, to byte, text string) {
		cut := func(data []byte) []byte {
			i := int(from) % len(data)
			j := min(i+int(length%64), len(data))
			return append(append(append([]byte{}, data[:i]...), to), data[j:]...)
		}
		folder := []fstest.MapFS{
			{"vocab.json": {Data: cut(vocab)}, "merges.txt": {Data: merges}},
			{"vocab.json": {Data: vocab}, "merges.txt": {Data: cut(merges)}},
			{"vocab.json": {Data: vocab}, "merges.txt": {Data: merges}, "added_tokens.json": {Data: []byte(text)}, "tokenizer_config.json": {Data: []byte(text)}},
			{"vocab.json": {Data: vocab}, "merges.txt": {Data: []byte(text)}},
			{"tokenizer.json": {Data: []byte(text)}},
			{"tokenizer.json": {Data: cut(whole)}},
		}[int(from)%6]
		tok, err := Open(folder)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		ids := tok.Encode(text)
		back, err := tok.Decode(ids)
		require.NoError(t, err)
		require.Equal(t, text, back)
		v, m := tok.Files()
		again, err := Open(fstest.MapFS{"vocab.json": {Data: v}, "merges.txt": {Data: m}, "added_tokens.json": {Data: addedJSON(t, tok)}})
		require.NoError(t, err)
		require.Equal(t, ids, again.Encode(text))
	})
}

func addedJSON(t *testing.T, tok *Tokenizer) []byte {
	data, err := json.Marshal(tok.special)
	require.NoError(t, err)
	return data
}
