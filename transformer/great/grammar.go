package great

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
)

// A grammar says which tokens may follow inside the text of a cell. It never changes, but for what it remembers, and several goroutines
// may use it.
//
// The text of a cell is a space, the spelling of its value and a terminator: a comma, or the end of the row behind the last one. No
// spelling with its comma begins another, so that the terminator alone decides where a value ends:
//
//   - numbers are decimals in their shortest form, dates as in ISO 8601, and neither has a comma;
//   - categories, marks and MISSING ("None") are written as they stand. A text that has a comma or begins with a double quote
//     stands in double quotes, and those in it are doubled, as in a file of comma-separated values. So does a mark that could be a
//     number, and MISSING where the column has a value "None": no value that need not be quoted ever is.
//
// Tokens are crossed with these automata: a token may follow if all its bytes do, and if the terminator is the last of them.
type grammar struct {
	fields []*field // by column of the encoder's schema; nil for those that are filled
	words  *words   // the tokens of text; nil for digits
	digits *digits  // the tokens of the digits grammar; nil for text
}

// A field is what one column can have.
type field struct {
	name     string
	values   []string // by index, as written; of numbers: the marks
	missing  string
	numbers  bool
	numerals numerals // nil for categories
	spans    spans
	all      *restriction
}

// A restriction is what conditions and rules leave of a column, and what has been found out about it.
type restriction struct {
	field *field
	col   int
	texts trie    // values, marks and MISSING that are left, as written
	cells []int64 // by text
	spans spans   // numbers that are left

	mu    sync.RWMutex
	known map[place][]int32 // legal ids
	ids   int               // in known
}

// mostKnown is how many ids a restriction remembers; then it begins anew.
const mostKnown = 1 << 20

// A place is a state of the automaton inside a cell. Equal places have the same future.
type place struct {
	of   *restriction
	last bool
	at   state
}

// A state is where the bytes of a cell have led: to a branch of texts, to a state of the numerals, or both.
type state struct {
	phase  phase
	texts  branch
	number numeral
	cell   int64 // once it is done
}

type phase uint8

const (
	begun  phase = iota // nothing has been read, not even the space
	inside              // some of the spelling
	spelt               // of digits: all of the last cell of a row, but not the end
	done                // the terminator, too
)

// An edge is a byte that may follow, and where it leads.
type edge struct {
	c  byte
	to state
}

// newTextGrammar makes the grammar of rows that are written as text. end is the id that ends a row.
func newTextGrammar(enc *encode.Encoder, tok *tokenizer.Tokenizer, end int32) (*grammar, error) {
	fields, err := newFields(enc)
	if err != nil {
		return nil, err
	}
	return &grammar{fields: fields, words: newWords(tok, end)}, nil
}

// newFields describes the columns that are learned.
func newFields(enc *encode.Encoder) ([]*field, error) {
	s := enc.Schema()
	fields := make([]*field, len(s.Columns))
	for v, x := range enc.Vars() {
		if x.Part > 0 || enc.Filled(x.Col) {
			continue
		}
		c := &s.Columns[x.Col]
		f := &field{name: c.Name, numbers: c.Kind == table.Whole || c.Kind == table.Decimal || c.Kind == table.Date}
		texts, gaps := c.Values, x.Scale
		f.spans = newSpans(1, 0, nil)
		if f.numbers {
			f.spans = learned(enc, v, x.Card)
			f.numerals = newNumerals(c, f.spans)
			texts, gaps = c.Marks, x.Scale-len(c.Marks)
		}
		f.spell(texts)
		if err := f.link(x.Col, gaps > 0 || len(texts) == 0 && f.spans.empty()); err != nil {
			return nil, err
		}
		fields[x.Col] = f
	}
	return fields, nil
}

// spell writes the texts of a column, and MISSING.
func (f *field) spell(texts []string) {
	const none = "None"
	f.missing = none
	for _, text := range texts {
		if text == none {
			f.missing = quote(none)
		}
		if strings.HasPrefix(text, `"`) || strings.Contains(text, ",") || f.numbers && isFigures(text) {
			text = quote(text)
		}
		f.values = append(f.values, text)
	}
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

// link computes what a cell can have when nothing binds.
func (f *field) link(col int, missing bool) error {
	all := &restriction{field: f, col: col, spans: f.spans, known: map[place][]int32{}}
	type spelling struct {
		text string
		cell int64
	}
	var list []spelling
	if missing {
		list = append(list, spelling{f.missing, f.gap(-1)})
	}
	for i, text := range f.values {
		list = append(list, spelling{text, f.gap(i)})
	}
	slices.SortFunc(list, func(a, b spelling) int { return strings.Compare(a.text, b.text) })
	for i, s := range list {
		if i > 0 && list[i-1].text == s.text {
			return &table.Error{Code: "bad-schema", Column: f.name, Reason: "two values are written alike", Fix: "let each value stand in the schema once"}
		}
		all.texts, all.cells = append(all.texts, s.text), append(all.cells, s.cell)
	}
	f.all = all
	return nil
}

// gap gives the cell of text i, -1 for MISSING.
func (f *field) gap(i int) int64 {
	if f.numbers {
		return noNumber + 1 + int64(i)
	}
	return int64(i)
}

// text gives the one spelling of a cell, as [encode.Encoder.Value] gives it.
func (g *grammar) text(col int, v int64) string {
	f := g.fields[col]
	if f.numbers && v >= encode.NoLow {
		return string(f.numerals.append(nil, v))
	}
	i := v
	if f.numbers {
		i = v - noNumber - 1
	}
	if i < 0 || i >= int64(len(f.values)) {
		return f.missing
	}
	return f.values[i]
}

// noNumber is the missing cell of a column of numbers; noNumber+1+i is mark i.
const noNumber int64 = -1 << 63

// tokens appends the tokens that a cell is taught by, the terminator included.
func (g *grammar) tokens(ids []int32, col int, v int64, last bool) []int32 {
	if g.digits != nil {
		return g.digits.tokens(ids, g.fields[col], col, v, last)
	}
	if last {
		return append(g.words.encode(ids, " "+g.text(col, v)), g.words.end)
	}
	return g.words.encode(ids, " "+g.text(col, v)+",")
}

// begin gives the start of a cell; last is the last one of its row. ok is what is left of the column; nil is everything.
func (g *grammar) begin(col int, last bool, ok *restriction) place {
	if ok == nil {
		ok = g.fields[col].all
	}
	return place{of: ok, last: last}
}

// restrict gives what conditions and rules leave of a column. Nothing is an error.
func (g *grammar) restrict(col int, lim encode.Limit) (*restriction, error) {
	f := g.fields[col]
	r := &restriction{field: f, col: col, spans: f.spans.within(lim), known: map[place][]int32{}}
	for i, cell := range f.all.cells {
		if f.left(cell, lim.Set) {
			r.texts, r.cells = append(r.texts, f.all.texts[i]), append(r.cells, cell)
		}
	}
	if len(r.texts) == 0 && r.spans.empty() {
		return nil, fmt.Errorf("great: conditions and rules leave column %q no value that the model knows: ask for less", f.name)
	}
	return r, nil
}

// left tells whether a condition leaves a value, a mark or MISSING.
func (f *field) left(cell int64, set *table.Set) bool {
	if set == nil {
		return true
	}
	if cell == f.gap(-1) {
		return set.Missing
	}
	ok, i := set.Values, cell
	if f.numbers {
		ok, i = set.Marks, cell-noNumber-1
	}
	return i < int64(len(ok)) && ok[i]
}

// allowed appends the legal ids, ascending. There is one at least until the cell is done.
func (g *grammar) allowed(p place, ids []int32) []int32 {
	r := p.of
	r.mu.RLock()
	legal, ok := r.known[p]
	r.mu.RUnlock()
	if ok {
		return append(ids, legal...)
	}
	if g.digits != nil {
		legal = g.digits.legal(p)
	} else {
		legal = g.words.legal(p)
	}
	r.mu.Lock()
	if r.ids += len(legal); r.ids > mostKnown {
		clear(r.known)
		r.ids = len(legal)
	}
	r.known[p] = legal
	r.mu.Unlock()
	return append(ids, legal...)
}

// step goes on by one token; false if it is not legal here.
func (g *grammar) step(p place, id int32) (place, bool) {
	if g.digits != nil {
		return g.digits.step(p, id)
	}
	return g.words.step(p, id)
}

// value gives the cell, once its terminator has been read.
func (g *grammar) value(p place) (v int64, ok bool) { return p.at.cell, p.at.phase == done }

// head gives all ids that can be legal in some cell, ascending.
func (g *grammar) head() []int32 {
	if g.digits != nil {
		return g.digits.head()
	}
	return g.words.head(g.fields)
}

// start gives the state before the first byte of a spelling.
func (r *restriction) start() state {
	s := state{phase: inside, texts: r.texts.root()}
	if r.field.numbers {
		if n, ok := r.field.numerals.start(r.spans); ok {
			s.number = n
		}
	}
	return s
}

// edges appends the bytes that may follow inside a spelling, each once.
func (r *restriction) edges(dst []edge, s state) []edge {
	from := len(dst)
	for i := s.texts.from; i < s.texts.to; {
		c, child := r.texts.next(s.texts, i)
		if child.empty() {
			break
		}
		dst = append(dst, edge{c, state{phase: inside, texts: child}})
		i = child.to
	}
	if !s.number.alive {
		return dst
	}
	to := len(dst)
	dst = r.field.numerals.next(dst, r.spans, s.number)
	kept := dst[:to]
	for _, e := range dst[to:] {
		if i := slices.IndexFunc(dst[from:to], func(x edge) bool { return x.c == e.c }); i >= 0 {
			dst[from+i].to.number = e.to.number
			continue
		}
		e.to.phase = inside
		kept = append(kept, e)
	}
	return kept
}

// read gives the cell whose spelling has been read; false where none ends.
func (r *restriction) read(s state) (cell int64, ok bool) {
	if s.phase != inside {
		return 0, false
	}
	if r.texts.whole(s.texts) {
		return r.cells[s.texts.from], true
	}
	if s.number.alive {
		return r.field.numerals.value(r.spans, s.number)
	}
	return 0, false
}
