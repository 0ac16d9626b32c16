package great

import (
	"slices"
	"strings"

	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
)

// A model from scratch has a vocabulary of its own, in which the names of columns and most values are one token each: phrases. To the tokenizer
// they are special tokens, so that no text of a cell is ever cut into them but by encode. " name is" is one, and " value," with its comma; the
// first column of a row stands behind a space, too, and the last cell has its comma before the end mark, so that each has one spelling.
// Tokens that long make rows short, which is what a small network on a processor lives on (Zhao et al., "TabuLa", arXiv 2310.12746, section 3.2).

const (
	vocabularySize = 2048 // besides phrases
	endOfText      = "<|endoftext|>"
	phraseValues   = 100 // that a column can have at most for each to be a token
)

// isPhrase tells whether a special token may stand in a cell: a value with its comma, or the space and the first digit of a number.
func isPhrase(token string) bool {
	return strings.HasPrefix(token, " ") && (strings.HasSuffix(token, ",") || len(token) == 2 && isFigures(token[1:]))
}

// phrases gives those of a table, each once, in the order of its columns: of what protection lets through.
func phrases(enc *encode.Encoder) ([]string, error) {
	fields, err := newFields(enc)
	if err != nil {
		return nil, err
	}
	var list []string
	seen := map[string]bool{}
	add := func(text string) {
		if !seen[text] {
			seen[text], list = true, append(list, text)
		}
	}
	for _, f := range fields {
		if f == nil {
			continue
		}
		add(" " + f.name + " is")
		if len(f.all.texts) <= phraseValues {
			for _, text := range f.all.texts {
				add(" " + text + ",")
			}
		}
		switch {
		case f.spans.empty():
		case f.spans.count() <= phraseValues:
			for i := range f.spans.count() {
				add(" " + string(f.numerals.append(nil, f.spans.at(i))) + ",")
			}
		default:
			for d := '0'; d <= '9'; d++ {
				add(" " + string(d))
			}
		}
	}
	return list, nil
}

// encode appends the tokens of a cell's text: its phrase, or that of its beginning and what the tokenizer makes of the rest.
func (w *words) encode(ids []int32, text string) []int32 {
	for _, n := range []int{len(text), min(len(text), 2)} {
		if id, ok := w.tok.Special(text[:n]); ok && isPhrase(text[:n]) {
			return w.tok.AppendEncode(append(ids, id), text[n:])
		}
	}
	return w.tok.AppendEncode(ids, text)
}

// vocabulary trains a tokenizer on the names and values of an encoder: on what protection lets through, and on no row. Digits stay apart, so
// that numbers of all lengths are written alike. The phrases, if any, come behind.
func vocabulary(enc *encode.Encoder, phrases []string) (*tokenizer.Tokenizer, error) {
	texts := func(yield func(string) bool) {
		for c := range enc.Schema().Columns {
			if enc.Filled(c) {
				continue
			}
			col := &enc.Schema().Columns[c]
			list := []string{col.Name + " is", " " + col.Name + " is", " None,", " None"}
			for _, v := range slices.Concat(col.Values, col.Marks) {
				list = append(list, " "+v+",", " "+v)
			}
			for _, text := range slices.Concat(list, list) { // a pair counts from two on
				if !yield(text) {
					return
				}
			}
		}
	}
	tok, err := tokenizer.Train(texts, tokenizer.TrainOptions{Size: vocabularySize, Digits: true, Specials: []string{endOfText}})
	if err != nil {
		return nil, err
	}
	tokens, merges := tok.Vocabulary()
	ordinary := map[string]bool{}
	for _, text := range tokens {
		ordinary[text] = true
	}
	tokens = slices.Clone(tokens)
	for _, text := range phrases {
		if !ordinary[text] { // " -," is a piece, and may be a token as it is
			tokens = append(tokens, text)
		}
	}
	return tokenizer.New(tokens, merges)
}
