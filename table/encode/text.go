package encode

import (
	"strconv"
	"strings"
	"unicode"
)

// invent chooses the filler of a text column by its header, so that it is no text of the column.
func (f *fill) invent(header string, words []string) {
	f.Text = "text"
	for _, k := range fillers {
		if headerHas(header, k.headers) {
			f.Text, f.After, f.Digits = k.text, k.after, k.digits
			break
		}
	}
	for f.met(words) {
		f.Text = "new " + f.Text
		if f.After != "" {
			f.Text = strings.ReplaceAll(f.Text, " ", "")
		}
	}
}

// fillers by the words of a header, the first match counts.
var fillers = []struct {
	headers     []string
	text, after string
	digits      int
}{
	{[]string{"email", "mail", "e-mail", "courriel", "correo"}, "student", "@example.org", 4},
	{[]string{"phone", "telephone", "tel", "mobile", "telefon", "handy", "téléphone", "teléfono"}, "000 ", "", 7},
	{[]string{"teacher", "tutor", "lehrer", "lehrerin", "lehrkraft", "enseignant", "professor", "profesor"}, "Teacher ", "", 4},
	{[]string{"parent", "guardian", "mother", "father", "eltern", "mutter", "vater"}, "Parent ", "", 4},
	{[]string{"schüler", "schueler", "schülerin", "vorname", "nachname", "familienname", "rufname"}, "Schüler ", "", 4},
	{[]string{"élève", "eleve", "prénom", "prenom", "nom"}, "Élève ", "", 4},
	{[]string{"alumno", "alumna", "nombre", "apellido", "apellidos"}, "Alumno ", "", 4},
	{[]string{"name", "names", "student", "pupil", "learner", "surname", "forename", "firstname", "lastname", "fullname"}, "Student ", "", 4},
}

// headerHas tells whether one of the words stands in the header as a word.
func headerHas(header string, list []string) bool {
	for _, w := range headerWords(header) {
		for _, k := range list {
			if w == k {
				return true
			}
		}
	}
	return false
}

// headerWords parts a header into words in lower case, also at capitals: "BirthDate", "birth_date".
func headerWords(header string) []string {
	var b strings.Builder
	lower := false
	for _, r := range header {
		if lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// met tells whether a text of the column could come out.
func (f *fill) met(words []string) bool {
	text := strings.ToLower(strings.TrimSpace(f.Text))
	for _, w := range words {
		w = strings.ToLower(strings.TrimSpace(w))
		if f.Digits == 0 && w == text || f.Digits > 0 && strings.HasPrefix(w, text) {
			return true
		}
	}
	return false
}

// append writes the text of person i, counted from 0.
func (f *fill) append(dst []byte, i uint64) []byte {
	dst = append(dst, f.Text...)
	if f.Digits == 0 {
		return dst
	}
	for n, limit := 1, uint64(10); n < f.Digits; n, limit = n+1, limit*10 {
		if i+1 < limit {
			dst = append(dst, '0')
		}
	}
	dst = strconv.AppendUint(dst, i+1, 10)
	return append(dst, f.After...)
}
