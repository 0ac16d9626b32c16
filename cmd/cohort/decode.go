package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// ownEncodings are those that package table reads by itself, under the names that people give them.
var ownEncodings = map[string]string{
	"utf-8": "utf-8", "utf8": "utf-8",
	"utf-16le": "utf-16le", "utf-16be": "utf-16be",
	"windows-1252": "windows-1252", "cp1252": "windows-1252", "ansi": "windows-1252",
	"latin1": "windows-1252", "latin-1": "windows-1252", "iso-8859-1": "windows-1252",
}

// encodingNamed gives the name of an encoding for table.Dialect, or, for a code page that package table does not know,
// the function that decodes it.
func encodingNamed(name string) (own string, decode func(io.Reader) (io.Reader, error)) {
	if own, ok := ownEncodings[strings.ToLower(name)]; ok {
		return own, nil
	}
	page := codePage(name)
	if page == nil {
		return "", nil
	}
	return "", func(r io.Reader) (io.Reader, error) {
		return transform.NewReader(r, page.NewDecoder()), nil
	}
}

// codePage finds a code page by its name on the web (macintosh, shift_jis, iso-8859-2), or a DOS page by its number
// (cp850, 437); nil if there is none.
func codePage(name string) encoding.Encoding {
	if page, err := htmlindex.Get(name); err == nil {
		return page
	}
	number := strings.TrimLeft(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz -_")
	i := slices.IndexFunc(charmap.All, func(e encoding.Encoding) bool {
		label := fmt.Sprint(e)
		return number != "" && (label == "IBM Code Page "+number || label == "Windows "+number)
	})
	if i < 0 {
		return nil
	}
	return charmap.All[i]
}

func setEncoding(o *options, v string) error {
	if own, decode := encodingNamed(v); own == "" && decode == nil {
		return badValue("encoding", "the name of an encoding, such as utf-8, utf-16le, windows-1252, iso-8859-2, macintosh, cp850", "windows-1252")
	}
	o.encoding = v
	return nil
}
