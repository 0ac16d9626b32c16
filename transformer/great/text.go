package great

import (
	"iter"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
)

// A speller writes rows as tokens. Several goroutines may use it.
type speller struct {
	g     *grammar
	cols  []int     // that are written, in the order of the table
	names [][]int32 // by place in cols: "name is" behind another cell
	first [][]int32 // and at the start of a row
	begin []int32   // what every row begins with
	fixed bool      // columns stand in the order of the table
	comma bool      // a comma stands behind the last cell, too, before the end mark
	peer  peerText  // how preset be_great writes cells; nil: as the grammar does
}

// newSpeller makes the speller of text, or that of digits where there is no tokenizer.
func newSpeller(enc *encode.Encoder, tok *tokenizer.Tokenizer, end int32, cols []int) (*speller, error) {
	s := &speller{cols: cols, names: make([][]int32, len(cols)), first: make([][]int32, len(cols))}
	var err error
	if tok == nil {
		s.fixed, s.begin = true, []int32{digitBegin}
		s.g, err = newDigitGrammar(enc)
		return s, err
	}
	if s.g, err = newTextGrammar(enc, tok, end); err != nil {
		return nil, err
	}
	for i, c := range cols {
		name := enc.Schema().Columns[c].Name + " is"
		if id, ok := tok.Special(" " + name); ok {
			s.first[i], s.names[i], s.comma = []int32{id}, []int32{id}, true
			continue
		}
		s.first[i], s.names[i] = tok.Encode(name), tok.Encode(" "+name)
	}
	return s, nil
}

// order gives the places in cols in the order in which a row is written.
func (s *speller) order(r *rng.Stream) []int {
	order := make([]int, len(s.cols))
	for i := range order {
		order[i] = i
	}
	if !s.fixed {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// name gives the tokens before the value of a cell that is the k-th of its row.
func (s *speller) name(place, k int) []int32 {
	if k == 0 {
		return s.first[place]
	}
	return s.names[place]
}

// row gives the tokens of a row, and where a value or the end stands: labels are -100 at other places. ended says that the end mark stands
// behind the last cell; otherwise a comma does, as behind the others.
func (s *speller) row(order []int, cell func(col int) int64, ended bool) (ids, labels []int32) {
	ids = slices.Clone(s.begin)
	for range ids {
		labels = append(labels, -100)
	}
	for k, place := range order {
		ids = append(ids, s.name(place, k)...)
		for len(labels) < len(ids) {
			labels = append(labels, -100)
		}
		ids = s.value(ids, s.cols[place], cell(s.cols[place]), ended && !s.comma && k == len(order)-1)
		labels = append(labels, ids[len(labels):]...)
	}
	if ended && s.comma {
		ids, labels = append(ids, s.g.words.end), append(labels, s.g.words.end)
	}
	return ids, labels
}

// text is the spelling of a cell.
func (s *speller) text(col int, v int64) string {
	if s.peer != nil {
		return s.peer[col].text(v)
	}
	return s.g.text(col, v)
}

// value appends the tokens of a cell, with its end mark if it is the last one of its row, and else with its comma.
func (s *speller) value(ids []int32, col int, v int64, last bool) []int32 {
	switch {
	case s.peer == nil:
		return s.g.tokens(ids, col, v, last)
	case last:
		return append(s.g.words.tok.AppendEncode(ids, " "+s.text(col, v)), s.g.words.end)
	}
	return s.g.words.tok.AppendEncode(ids, " "+s.text(col, v)+",")
}

// longest is how many tokens a row has at most as it is learned, and as it may be generated: there a value may be spelled in shorter
// tokens, down to one for each byte.
func (s *speller) longest() (learned, generated int) {
	learned = len(s.begin) + 1
	generated = learned
	for place, c := range s.cols {
		most, bytes := 0, 0
		for v := range s.cells(c) {
			n := len(s.value(nil, c, v, false))
			most, bytes = max(most, n), max(bytes, n, len(s.text(c, v))+len(" ,"))
		}
		name := max(len(s.first[place]), len(s.names[place]))
		learned, generated = learned+name+most, generated+name+bytes
	}
	return learned, generated
}

// cells gives cells of a column of which one has the longest text: all values and marks, MISSING, and numbers of all lengths.
func (s *speller) cells(col int) iter.Seq[int64] {
	return func(yield func(int64) bool) {
		f := s.g.fields[col]
		for _, v := range f.all.cells {
			if !yield(v) {
				return
			}
		}
		for _, x := range f.spans.list {
			for _, v := range []int64{x[0], min(x[0]+1, x[1]), max(x[1]-1, x[0]), x[1]} { // the next to an end has all decimals
				if !yield(v) {
					return
				}
			}
			each := max((x[1]-x[0])/someNumbers, 1)
			for v := x[0]; v < x[1]; v += each {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// someNumbers is how many numbers of a range are looked at for the longest.
const someNumbers = 500
