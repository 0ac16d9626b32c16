package tokenizer

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// A class is what the cutting of a text knows of a character.
type class uint8

const (
	other class = iota
	letter
	number
	space
)

// classes are the classes of the characters below U+10000. Text beyond ASCII is cut twice as fast as with unicode.IsLetter.
type classes [1 << 16]class

var unicodeClasses = sync.OnceValue(func() *classes {
	t := new(classes)
	for _, set := range []struct {
		ranges *unicode.RangeTable
		class  class
	}{{unicode.L, letter}, {unicode.N, number}, {unicode.White_Space, space}} {
		for _, r := range set.ranges.R16 {
			for c := uint32(r.Lo); c <= uint32(r.Hi); c += uint32(r.Stride) {
				t[c] = set.class
			}
		}
		for _, r := range set.ranges.R32 {
			for c := r.Lo; c <= r.Hi && c < uint32(len(t)); c += r.Stride {
				t[c] = set.class
			}
		}
	}
	return t
})

// at gives the class and the bytes of the character at text[i]. A byte that is not UTF-8 is a character by itself, an "other".
func (t *classes) at(text string, i int) (class, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return t[c], 1
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return other, 1
	case int(r) < len(t):
		return t[r], n
	case unicode.Is(unicode.L, r):
		return letter, n
	case unicode.Is(unicode.N, r):
		return number, n
	}
	return other, n // white space has no character above U+10000
}

// cut returns where the piece that begins at text[i] ends. Piece by piece it does what the regular expression of GPT-2 does,
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// which Go's package regexp cannot: it has no lookahead.
func (t *classes) cut(text string, i int) int {
	if text[i] == '\'' {
		if n := contraction(text[i+1:]); n > 0 {
			return i + 1 + n
		}
	}
	j := i
	if text[i] == ' ' && i+1 < len(text) {
		j++
	}
	if kind, n := t.at(text, j); kind != space {
		return t.run(text, j+n, kind)
	}
	return t.cutSpace(text, i)
}

// contraction returns the bytes of the ending that follows an apostrophe: s t m d, re ve ll. 0 is none.
func contraction(rest string) int {
	if rest == "" {
		return 0
	}
	switch rest[0] {
	case 's', 't', 'm', 'd':
		return 1
	case 'r', 'v':
		if len(rest) > 1 && rest[1] == 'e' {
			return 2
		}
	case 'l':
		if len(rest) > 1 && rest[1] == 'l' {
			return 2
		}
	}
	return 0
}

// run returns where the run of characters of one class ends that text[i] may be part of.
func (t *classes) run(text string, i int, kind class) int {
	for i < len(text) {
		// The next character is ASCII nearly always.
		if c := text[i]; c < utf8.RuneSelf {
			if t[c] != kind {
				return i
			}
			i++
			continue
		}
		k, n := t.at(text, i)
		if k != kind {
			return i
		}
		i += n
	}
	return i
}

// cutSpace ends a piece of white space: before its last character if something follows and the piece is longer than that, because
// a space belongs to the word behind it.
func (t *classes) cutSpace(text string, i int) int {
	last, end := i, i
	for end < len(text) {
		kind, n := t.at(text, end)
		if kind != space {
			break
		}
		last, end = end, end+n
	}
	if end < len(text) && last > i {
		return last
	}
	return end
}
