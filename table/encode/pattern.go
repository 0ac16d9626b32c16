package encode

import (
	"slices"
	"strings"

	"example.org/cohort/internal/rng"
)

// A pattern makes ids that look like those of a column and are none of them. Form has, for each character, what may stand
// there: 9 a digit, A a capital, a a small letter, x a hexadecimal digit (X in capitals), = the character of Fixed at this
// place. One place is fixed to a character that no id of the column has there, or the pattern is longer than all of them.
type pattern struct {
	Form, Fixed string
}

// alphabets by the letter of a form.
var alphabets = map[byte]string{
	'9': "0123456789", 'A': "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 'a': "abcdefghijklmnopqrstuvwxyz",
	'x': "0123456789abcdef", 'X': "0123456789ABCDEF",
}

// newPattern reads the pattern from different ids. A character counts as part of the pattern if it stands at its place in
// every id and there are at least k of them.
func newPattern(words []string, k int) *pattern {
	ids := make([][]rune, 0, len(words))
	for _, w := range words {
		if r := []rune(strings.TrimSpace(w)); len(r) > 0 {
			ids = append(ids, r)
		}
	}
	if len(ids) == 0 {
		return &pattern{Form: "=99999", Fixed: "9     "}
	}
	length, digits := commonLength(ids)
	form, fixed := make([]byte, length), make([]rune, length)
	for p := range length {
		// Ids of digits alone start with a 9 where they can, so that everybody sees which ones are new.
		form[p], fixed[p] = place(ids, p, length, len(ids) >= k && !digits)
	}
	if !distinguish(ids, form, fixed) {
		// No free place: one more character than the longest, a 9 in front of what varies.
		at := max(slices.IndexFunc(form, func(b byte) bool { return b != '=' }), 0)
		longest := len(slices.MaxFunc(ids, func(a, b []rune) int { return len(a) - len(b) }))
		form, fixed = slices.Insert(form, at, '='), slices.Insert(fixed, at, '9')
		for len(form) <= longest {
			form, fixed = append(form, '9'), append(fixed, ' ')
		}
	}
	return &pattern{Form: string(form), Fixed: string(fixed)}
}

// commonLength gives the length of the longest id if all are digits, so that new ones lie above; else the most frequent.
func commonLength(ids [][]rune) (length int, digits bool) {
	digits = true
	count := map[int]int{}
	longest, best := 0, 0
	for _, id := range ids {
		count[len(id)]++
		longest = max(longest, len(id))
		digits = digits && !slices.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' })
	}
	if digits {
		return longest, true
	}
	for n := 1; n <= longest; n++ {
		if count[n] > count[best] {
			best = n
		}
	}
	return best, false
}

// place gives what stands at place p of the ids of a length: the character itself where it is always the same.
func place(ids [][]rune, p, length int, shared bool) (form byte, fixed rune) {
	var digit, upper, lower, hex, hexUpper, other int
	same := shared
	n := 0
	for _, id := range ids {
		same = same && p < len(id) && id[p] == ids[0][p]
		if len(id) != length {
			continue
		}
		n++
		switch r := id[p]; {
		case r >= '0' && r <= '9':
			digit++
		case r >= 'A' && r <= 'Z':
			upper++
			if r <= 'F' {
				hexUpper++
			}
		case r >= 'a' && r <= 'z':
			lower++
			if r <= 'f' {
				hex++
			}
		default:
			other++
			fixed = r
		}
	}
	switch {
	case same:
		return '=', ids[0][p]
	case other == n && n > 0 && strings.ContainsRune(" -_./:#@+()", fixed):
		return '=', fixed
	case digit > 0 && lower > 0 && upper == 0 && hex == lower:
		return 'x', ' '
	case digit > 0 && upper > 0 && lower == 0 && hexUpper == upper:
		return 'X', ' '
	case upper > digit && upper >= lower:
		return 'A', ' '
	case lower > digit:
		return 'a', ' '
	}
	return '9', ' '
}

// distinguish fixes the first place that varies and has a character which no id has there. Ids of digits alone must
// have a 9 there, so that the new ones lie above the range of the column.
func distinguish(ids [][]rune, form []byte, fixed []rune) bool {
	digits := !slices.ContainsFunc(form, func(b byte) bool { return b != '9' && b != '=' })
	for p, f := range form {
		if f == '=' {
			continue
		}
		seen := map[rune]bool{}
		for _, id := range ids {
			if p < len(id) && (!digits || len(id) == len(form)) {
				seen[id[p]] = true
			}
		}
		for _, r := range candidates(f) {
			if !seen[r] && (r != '0' || p > 0) {
				form[p], fixed[p] = '=', r
				return true
			}
			if digits {
				return false
			}
		}
	}
	return false
}

// candidates gives an alphabet with 9 first and then from its end.
func candidates(form byte) []rune {
	all := []rune(alphabets[form])
	slices.Reverse(all)
	if i := slices.Index(all, '9'); i > 0 {
		all = append([]rune{'9'}, slices.Delete(all, i, i+1)...)
	}
	return all
}

// layout gives the pattern as Column.Layout has it.
func (p *pattern) layout() string {
	fixed := []rune(p.Fixed)
	var b strings.Builder
	for i, f := range []byte(p.Form) {
		switch f {
		case '=':
			b.WriteRune(fixed[i])
		case 'x', 'X':
			b.WriteByte('9')
		default:
			b.WriteByte(f)
		}
	}
	return b.String()
}

// idMaker makes the ids of one pattern and seed.
type idMaker struct {
	form     string
	fixed    []rune
	seed     uint64
	capacity uint64 // ids of the pattern's own length; more digits follow at the end for more
	counted  int    // places that count towards capacity; those behind it repeat nothing and say nothing
}

// maxCapacity bounds the ids of one length, so that the product of places can't overflow.
const maxCapacity = 1 << 58

func (p *pattern) maker(seed uint64, col int) idMaker {
	s := rng.New(seed, rng.FillID, uint64(col))
	m := idMaker{form: p.Form, fixed: []rune(p.Fixed), seed: s.Uint64(), capacity: 1}
	for i := range m.form {
		n := uint64(len(alphabets[m.form[i]]))
		if n == 0 {
			continue
		}
		if m.capacity*n > maxCapacity {
			break
		}
		m.capacity *= n
		m.counted++
	}
	return m
}

// append writes id number i.
func (m *idMaker) append(dst []byte, i uint64) []byte {
	capacity, extra := m.capacity, 0
	for i >= capacity && capacity <= maxCapacity/10 {
		i -= capacity
		capacity *= 10
		extra++
	}
	at := rng.Permute(m.seed, rng.FillID, capacity, i%capacity)
	rest := rng.New(m.seed, rng.FillID, i)
	counted := 0
	for p := range m.form {
		alphabet := alphabets[m.form[p]]
		n := uint64(len(alphabet))
		switch {
		case n == 0:
			dst = append(dst, string(m.fixed[p])...)
		case counted < m.counted:
			dst = append(dst, alphabet[at%n])
			at /= n
			counted++
		default:
			dst = append(dst, alphabet[rest.Intn(int(n))])
		}
	}
	for range extra {
		dst = append(dst, byte('0'+at%10))
		at /= 10
	}
	return dst
}
