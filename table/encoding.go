package table

import (
	"unicode/utf16"
	"unicode/utf8"
)

// The encodings that this package knows by itself.
const (
	encUTF8    = "utf-8"
	encUTF16LE = "utf-16le"
	encUTF16BE = "utf-16be"
	encLatin   = "iso-8859-1"
	encWindows = "windows-1252"
)

// encoders spell a character in an encoding other than UTF-8; ok is false if the encoding does not have it.
var encoders = map[string]func(dst []byte, r rune) (b []byte, ok bool){
	encUTF16LE: func(dst []byte, r rune) ([]byte, bool) {
		if a, b := utf16.EncodeRune(r); a != utf8.RuneError {
			return append(dst, byte(a), byte(a>>8), byte(b), byte(b>>8)), true
		}
		return append(dst, byte(r), byte(r>>8)), true
	},
	encUTF16BE: func(dst []byte, r rune) ([]byte, bool) {
		if a, b := utf16.EncodeRune(r); a != utf8.RuneError {
			return append(dst, byte(a>>8), byte(a), byte(b>>8), byte(b)), true
		}
		return append(dst, byte(r>>8), byte(r)), true
	},
	encLatin: func(dst []byte, r rune) ([]byte, bool) { return append(dst, byte(r)), r < 256 },
	encWindows: func(dst []byte, r rune) ([]byte, bool) {
		if r < 0x80 || r >= 0xa0 && r < 256 {
			return append(dst, byte(r)), true
		}
		for i, w := range windows1252 {
			if w == r {
				return append(dst, byte(0x80+i)), true
			}
		}
		return dst, false
	},
}

// windows1252 are the characters 0x80 to 0x9f; the five that Microsoft left out stand for themselves, as browsers have it.
var windows1252 = [32]rune{
	0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
}

// decodeByte gives the character of one byte of a single-byte encoding.
func decodeByte(encoding string, b byte) rune {
	if encoding == encWindows && b >= 0x80 && b < 0xa0 {
		return windows1252[b-0x80]
	}
	return rune(b)
}
