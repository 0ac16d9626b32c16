package tokenizer

import (
	"fmt"
	"hash/maphash"
)

// What a vocabulary may have at most: more than any real one, and a damaged file can't take all the memory or time.
const (
	maxTokens     = 1 << 22
	maxTokenBytes = 1 << 10 // that a merge makes
)

// A Tokenizer turns text into ids and back. Any number of goroutines may use it.
type Tokenizer struct {
	tokens   []string         // (V) what each id stands for: bytes, or the name of a special one
	special  map[string]int32 // ids by name
	merges   [][2]int32       // (M)
	bytes    [256]int32       // the id of each byte
	pairs    *pairs
	classes  *classes
	cache    *cache
	ordinary []bool // (V) false for special ones
}

// New makes a tokenizer from the bytes of its V ids and from its M merges, pairs of ids, the best first. Each of the 256 bytes
// needs an id, and each merge one for what it makes. Ids that are neither are special tokens, and their text is their name.
// The error names the id or the merge, counted from 0, that is wrong. The tokenizer keeps both slices.
func New(tokens []string, merges [][2]int32) (*Tokenizer, error) {
	return build(tokens, merges, places{
		token: func(id int) string { return fmt.Sprintf("token %d", id) },
		merge: func(rank int) string { return fmt.Sprintf("merge %d", rank) },
	})
}

// places say in errors where a token and a merge come from.
type places struct {
	token, merge func(i int) string
}

func build(tokens []string, merges [][2]int32, at places) (*Tokenizer, error) {
	if len(tokens) > maxTokens || len(merges) > maxTokens {
		return nil, fmt.Errorf("tokenizer: %d tokens and %d merges: at most %d of each can be used", len(tokens), len(merges), maxTokens)
	}
	ids := make(map[string]int32, len(tokens))
	for id, token := range tokens {
		if token == "" {
			return nil, fmt.Errorf("tokenizer: %s is empty: every id must stand for something", at.token(id))
		}
		if first, twice := ids[token]; twice {
			return nil, fmt.Errorf("tokenizer: %s stands for the same text as %s: remove one", at.token(id), at.token(int(first)))
		}
		ids[token] = int32(id)
	}
	t := &Tokenizer{
		tokens: tokens, merges: merges, special: map[string]int32{}, pairs: newPairs(len(merges)), ordinary: make([]bool, len(tokens)),
		classes: unicodeClasses(), cache: &cache{seed: maphash.MakeSeed()},
	}
	for b := range t.bytes {
		id, ok := ids[string([]byte{byte(b)})]
		if !ok {
			return nil, fmt.Errorf("tokenizer: no token stands for the byte 0x%02x alone (%q in a vocabulary file): add it, or text with it could not be written",
				b, byteRunes[b])
		}
		t.bytes[b], t.ordinary[id] = id, true
	}
	for rank, m := range merges {
		if err := t.addMerge(ids, rank, m); err != nil {
			return nil, fmt.Errorf("tokenizer: %s %w", at.merge(rank), err)
		}
	}
	for id, token := range tokens {
		if t.ordinary[id] {
			continue
		}
		t.special[token] = int32(id)
		if bytes, ok := unspell(token); ok && bytes != token {
			if other, twice := ids[bytes]; twice {
				return nil, fmt.Errorf("tokenizer: %s, a special token, has the name by which files write %s: give it another", at.token(id), at.token(int(other)))
			}
		}
	}
	return t, nil
}

func (t *Tokenizer) addMerge(ids map[string]int32, rank int, m [2]int32) error {
	for _, id := range m {
		if id < 0 || int(id) >= len(t.tokens) {
			return fmt.Errorf("joins token %d: there are tokens 0 to %d", id, len(t.tokens)-1)
		}
	}
	left, right := t.tokens[m[0]], t.tokens[m[1]]
	if n := len(left) + len(right); n > maxTokenBytes {
		return fmt.Errorf("makes a token of %d bytes: %d are the most", n, maxTokenBytes)
	}
	id, ok := ids[left+right]
	if !ok {
		return fmt.Errorf("makes a text that no token stands for: add the token, or remove the merge")
	}
	if !t.pairs.add(m[0], m[1], rank, id) {
		return fmt.Errorf("joins the same tokens as an earlier one: remove one")
	}
	t.ordinary[id] = true
	return nil
}

// Encode returns the T ids of a text. Special tokens are never among them; decoding the ids gives the text again.
func (t *Tokenizer) Encode(text string) []int32 { return t.AppendEncode(nil, text) }

// AppendEncode appends the T ids of a text to ids and returns the longer slice.
func (t *Tokenizer) AppendEncode(ids []int32, text string) []int32 {
	for i := 0; i < len(text); {
		end := t.classes.cut(text, i)
		ids = t.appendCached(ids, text[i:end])
		i = end
	}
	return ids
}

// Decode returns the text of T ids: the bytes of all, one after the other, and the names of special tokens. Ids that do not come
// from a text, such as half a character, may give bytes that are not UTF-8: [strings.ToValidUTF8] writes U+FFFD in their place.
// An id that the vocabulary has not is an error that names its place.
func (t *Tokenizer) Decode(ids []int32) (string, error) {
	b, err := t.AppendDecode(nil, ids)
	return string(b), err
}

// AppendDecode appends the text of T ids, as [Tokenizer.Decode] does; after an error, of those before the wrong one.
func (t *Tokenizer) AppendDecode(text []byte, ids []int32) ([]byte, error) {
	for i, id := range ids {
		if id < 0 || int(id) >= len(t.tokens) {
			return text, fmt.Errorf("tokenizer: id %d at place %d: the vocabulary has ids 0 to %d", id, i, len(t.tokens)-1)
		}
		text = append(text, t.tokens[id]...)
	}
	return text, nil
}

// Size is V, the number of ids: they are 0 to V-1.
func (t *Tokenizer) Size() int { return len(t.tokens) }

// Token returns the bytes that an id stands for, or the name of a special token. An id outside 0 to V-1 panics.
func (t *Tokenizer) Token(id int32) (bytes string, special bool) {
	if id < 0 || int(id) >= len(t.tokens) {
		panic(fmt.Sprintf("tokenizer: token %d of %d", id, len(t.tokens)))
	}
	return t.tokens[id], !t.ordinary[id]
}

// Special returns the id of a special token, such as "<|endoftext|>"; false if the vocabulary has none of this name.
func (t *Tokenizer) Special(name string) (int32, bool) {
	id, ok := t.special[name]
	return id, ok
}
