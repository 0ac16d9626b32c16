package tokenizer

import "strings"

// firstMoved is the character of the first byte that has no printable character of its own.
const firstMoved = 0x100

// byteRunes are the characters by which vocabulary files write bytes: a byte that is a printable character of Latin-1 stands for
// itself, the 68 others follow in their order from U+0100 on. So ' ' is U+0120.
var byteRunes = func() (runes [256]rune) {
	moved := rune(firstMoved)
	for b := range runes {
		if 33 <= b && b <= 126 || 161 <= b && b <= 172 || 174 <= b {
			runes[b] = rune(b)
			continue
		}
		runes[b] = moved
		moved++
	}
	return runes
}()

// runeBytes is the inverse of byteRunes.
var runeBytes = func() map[rune]byte {
	bytes := make(map[rune]byte, len(byteRunes))
	for b, r := range byteRunes {
		bytes[r] = byte(b)
	}
	return bytes
}()

// spell writes bytes as vocabulary files do.
func spell(bytes string) string {
	var b strings.Builder
	for i := range len(bytes) {
		b.WriteRune(byteRunes[bytes[i]])
	}
	return b.String()
}

// unspell is the inverse of spell; ok is false if text has a character that stands for no byte.
func unspell(text string) (bytes string, ok bool) {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		c, ok := runeBytes[r]
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}
