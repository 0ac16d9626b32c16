package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Vocabulary returns the V texts and M merges that [New] makes the same tokenizer of. They are not copies: change nothing.
func (t *Tokenizer) Vocabulary() (tokens []string, merges [][2]int32) { return t.tokens, t.merges }

// Files returns the contents of vocab.json and merges.txt, from which [Open], and the GPT-2 tokenizers of transformers and
// tokenizers, make the same tokenizer.
func (t *Tokenizer) Files() (vocab, merges []byte) {
	var v, m strings.Builder
	v.WriteString("{")
	for id := range t.tokens {
		if id > 0 {
			v.WriteString(", ")
		}
		key, _ := json.Marshal(t.spelled(int32(id))) // a string: it can't fail
		fmt.Fprintf(&v, "%s: %d", key, id)
	}
	v.WriteString("}\n")
	m.WriteString("#version: 0.2\n")
	for _, pair := range t.merges {
		fmt.Fprintf(&m, "%s %s\n", t.spelled(pair[0]), t.spelled(pair[1]))
	}
	return []byte(v.String()), []byte(m.String())
}

// spelled is a token as vocabulary files write it.
func (t *Tokenizer) spelled(id int32) string {
	if !t.ordinary[id] {
		return t.tokens[id]
	}
	return spell(t.tokens[id])
}
