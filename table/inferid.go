package table

import (
	"slices"
	"strings"
	"unicode"
)

// idWords in a header say that the column tells people or things apart.
var idWords = [...]string{"id", "no", "number", "nr", "code", "key", "uuid"}

// idWord tells whether a header has a word for ids. "Number of siblings" counts something and has none.
func idWord(name string) bool {
	words := headerWords(name)
	for i, w := range words {
		if slices.Contains(idWords[:], w) && (i+1 == len(words) || words[i+1] != "of") {
			return true
		}
	}
	return false
}

// headerWords parts a name into words in small letters: at signs, blanks, and where a small letter meets a capital.
func headerWords(name string) []string {
	var words []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			words = append(words, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	last := ' '
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(last):
			end()
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		last = r
	}
	end()
	return words
}

// chooseNumberID takes whole numbers for ids: by a word in the header if 80 % differ, or by one length of five digits and
// more if 95 % do. Shorter numbers of one length are measured as often as given out.
func (p *profile) chooseNumberID() bool {
	s := p.stats()
	if !(idWord(p.name) && p.values*5 >= p.cells*4 || s.fixed && s.width >= 5 && p.values*20 >= p.cells*19) || p.values < 2 {
		return false
	}
	p.narrow()
	p.kind, p.why, p.marks = ID, thousands(p.values)+" different", nil
	return true
}

// chooseID takes texts for ids: by a word in the header, by zeros in front, by their pattern.
func (p *profile) chooseID() bool {
	named := idWord(p.name) && p.values*5 >= p.cells*4
	differ := p.values*20 >= p.cells*19
	s := p.stats()
	digits := s.cells+s.long == p.cells && s.percents == 0 && s.points == 0 && len(s.groups) == 0
	if p.values < 2 || !(named && !p.sentences() || differ && (digits && (s.zeros > 0 || s.long > 0) || p.codes())) {
		return false
	}
	p.kind, p.why = ID, thousands(p.values)+" different"
	return true
}

// sentences tells whether the texts are longer than ids are: in the mean, two blanks in each.
func (p *profile) sentences() bool {
	gaps := 0
	p.each(func(_ int, text string, _ int) { gaps += strings.Count(trim(text), " ") })
	return gaps >= 2*p.values
}

// codes tells whether nearly all texts are of one length, without blanks, and hold a digit: "AB12-345", uuids, hashes.
func (p *profile) codes() bool {
	lengths := make(map[int]int)
	coded := 0
	p.each(func(_ int, text string, _ int) {
		text = trim(text)
		if len(text) < 4 || len(text) > 64 || strings.ContainsAny(text, " @/:,;\t\n") || !strings.ContainsAny(text, "0123456789") {
			return
		}
		coded++
		lengths[len(text)]++
	})
	most := 0
	for _, n := range lengths {
		most = max(most, n)
	}
	return coded == p.values && most*20 >= p.values*19 && !p.measures()
}

// measures tells whether most texts are numbers, dates or bounds that only mixed spellings keep from being a column of
// such.
func (p *profile) measures() bool {
	s := p.stats()
	return s.points*2 > p.cells || len(p.dates) > 0 && p.dates[0].cells*2 > p.cells
}

// idLayout learns the pattern of ids: 9 a digit, A and a letters that differ from row to row, the rest as it stands. It is
// that of the most frequent length, the longer of equals.
func idLayout(words []string) string {
	lengths := make(map[int]int)
	length := 0
	for _, w := range words {
		n := len([]rune(trim(w)))
		lengths[n]++
	}
	for n, times := range lengths {
		if times > lengths[length] || times == lengths[length] && n > length {
			length = n
		}
	}
	if length > 64 {
		return ""
	}
	layout, constant := make([]rune, length), make([]bool, length)
	first := true
	for _, w := range words {
		runes := []rune(trim(w))
		if len(runes) != length {
			continue
		}
		for i, r := range runes {
			switch {
			case first:
				layout[i], constant[i] = r, true
			case constant[i] && layout[i] == r:
			default:
				class := symbolClass(layout[i])
				if constant[i] {
					constant[i] = false
				} else {
					class = layout[i]
				}
				layout[i] = joinClass(class, symbolClass(r))
			}
		}
		first = false
	}
	for i, r := range layout {
		if c := symbolClass(r); constant[i] && (c == '9' || r == 'A' || r == 'a' || len(words) < 10 && c != r) {
			layout[i] = c
		}
	}
	return string(layout)
}

// symbolClass gives 9 for a digit, A and a for letters, and other signs as they are.
func symbolClass(r rune) rune {
	switch {
	case unicode.IsDigit(r):
		return '9'
	case unicode.IsUpper(r):
		return 'A'
	case unicode.IsLower(r):
		return 'a'
	}
	return r
}

// joinClass gives the class for a place that holds both: a letter where there are letters.
func joinClass(a, b rune) rune {
	letter := func(c rune) bool { return c == 'a' || c == 'A' }
	switch {
	case a == b, letter(a):
		return a
	case letter(b):
		return b
	}
	return '9'
}
