package great

import (
	"slices"
	"strings"

	"example.org/cohort/tokenizer"
)

// words are the tokens of a vocabulary, in the order of their bytes. The trie of them is walked together with the automaton of a
// cell: where one has no branch, the other is followed no further.
type words struct {
	tok   *tokenizer.Tokenizer
	end   int32
	bytes trie
	ids   []int32 // by place in bytes
	first [256]branch
}

func newWords(tok *tokenizer.Tokenizer, end int32) *words {
	w := &words{tok: tok, end: end}
	tokens, _ := tok.Vocabulary()
	for id := range tokens {
		if text, special := tok.Token(int32(id)); !special || isPhrase(text) {
			w.ids = append(w.ids, int32(id))
		}
	}
	slices.SortFunc(w.ids, func(a, b int32) int { return strings.Compare(tokens[a], tokens[b]) })
	w.bytes = make(trie, len(w.ids))
	for i, id := range w.ids {
		w.bytes[i] = tokens[id]
	}
	for c := range w.first {
		w.first[c] = w.bytes.child(w.bytes.root(), byte(c))
	}
	return w
}

// child gives the branch of tokens below b where c follows.
func (w *words) child(b branch, c byte) branch {
	if b.depth == 0 {
		return w.first[c]
	}
	return w.bytes.child(b, c)
}

// legal gives the ids of all tokens that may follow, ascending.
func (w *words) legal(p place) []int32 {
	k := crossing{words: w, of: p.of, last: p.last}
	k.follow(p.at, w.bytes.root())
	if p.last {
		if _, ok := p.of.read(p.at); ok {
			k.ids = append(k.ids, w.end)
		}
	}
	slices.Sort(k.ids)
	return slices.Clip(k.ids)
}

// A crossing walks the automaton of a cell and the trie of the tokens together.
type crossing struct {
	*words
	of    *restriction
	last  bool
	ids   []int32
	edges []edge // a stack
}

// follow notes all tokens of a branch whose further bytes may follow s.
func (k *crossing) follow(s state, at branch) {
	from := len(k.edges)
	k.edges = k.of.out(k.edges, s, k.last)
	for i := from; i < len(k.edges); i++ {
		e := k.edges[i]
		child := k.child(at, e.c)
		if child.empty() {
			continue
		}
		if k.bytes.whole(child) {
			k.ids = append(k.ids, k.words.ids[child.from])
		}
		k.follow(e.to, child)
	}
	k.edges = k.edges[:from]
}

// out appends the bytes that may follow anywhere in the text of a cell: the space, the spelling and, but for the last cell of a row,
// the comma.
func (r *restriction) out(dst []edge, s state, last bool) []edge {
	switch s.phase {
	case begun:
		return append(dst, edge{' ', r.start()})
	case done:
		return dst
	}
	dst = r.edges(dst, s)
	if cell, ok := r.read(s); ok && !last {
		dst = append(dst, edge{',', state{phase: done, cell: cell}})
	}
	return dst
}

// step goes on by the bytes of a token, or by the end of the row.
func (w *words) step(p place, id int32) (place, bool) {
	if id == w.end {
		cell, ok := p.of.read(p.at)
		if !ok || !p.last {
			return p, false
		}
		p.at = state{phase: done, cell: cell}
		return p, true
	}
	token, special := w.tok.Token(id)
	if special && !isPhrase(token) {
		return p, false
	}
	at := p.at
	room := make([]edge, 0, 16)
	for i := range len(token) {
		edges := p.of.out(room[:0], at, p.last)
		j := slices.IndexFunc(edges, func(e edge) bool { return e.c == token[i] })
		if j < 0 {
			return p, false
		}
		at = edges[j].to
	}
	p.at = at
	return p, true
}

// head gives the ids of all tokens that are part of some cell's text, and for numbers of those that look like a part of one.
func (w *words) head(fields []*field) []int32 {
	legal := make([]bool, len(w.ids))
	parts := map[int]string{} // by token: what could be a part of a number
	for i, token := range w.bytes {
		if part := strings.TrimSuffix(strings.TrimPrefix(token, " "), ","); isFigures(part) {
			parts[i] = part
		}
	}
	for _, f := range fields {
		if f == nil {
			continue
		}
		for _, text := range f.all.texts {
			w.parts(" "+text+",", legal)
		}
		if f.numbers {
			for i, part := range parts {
				legal[i] = legal[i] || f.numerals.fits(f.spans, part)
			}
		}
	}
	ids := []int32{w.end}
	for i, ok := range legal {
		if ok {
			ids = append(ids, w.ids[i])
		}
	}
	slices.Sort(ids)
	return ids
}

// parts marks all tokens that are part of a text.
func (w *words) parts(text string, legal []bool) {
	for i := range len(text) {
		at := w.bytes.root()
		for j := i; j < len(text); j++ {
			if at = w.child(at, text[j]); at.empty() {
				break
			}
			if w.bytes.whole(at) {
				legal[at.from] = true
			}
		}
	}
}
