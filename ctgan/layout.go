package ctgan

import "example.org/cohort/kernels"

// A field is one column of the table as a network sees it: a number in one place, codes in K places of which one is 1, or both.
type field struct {
	Number bool // the field begins with a number
	K      int  // codes; 0: none
	Cond   bool // the generator can be asked for one of the codes
}

// A layout says where the fields stand side by side in an encoded row.
type layout struct {
	fields []field
	at     []int // where each field begins
	width  int   // D
	spans  []kernels.Span
	span   []int // by field: its softmax among spans, or -1

	cond      []int // fields that can be asked for
	condAt    []int // by such a field: where its codes begin in the condition
	condWidth int   // C
}

// newLayout puts fields side by side. squash says that numbers go through tanh.
func newLayout(fields []field, squash bool) *layout {
	l := &layout{fields: fields}
	for i, f := range fields {
		l.at = append(l.at, l.width)
		l.span = append(l.span, -1)
		if f.Number {
			if squash {
				l.spans = append(l.spans, kernels.Span{Offset: l.width, Width: 1, Kind: kernels.SpanTanh})
			}
			l.width++
		}
		if f.K > 0 {
			l.span[i] = len(l.spans)
			l.spans = append(l.spans, kernels.Span{Offset: l.width, Width: f.K, Kind: kernels.SpanSoftmax})
			l.width += f.K
		}
		if f.Cond {
			l.cond = append(l.cond, i)
			l.condAt = append(l.condAt, l.condWidth)
			l.condWidth += f.K
		}
	}
	return l
}

// codes is where the codes of field i begin in a row.
func (l *layout) codes(i int) int {
	if l.fields[i].Number {
		return l.at[i] + 1
	}
	return l.at[i]
}

// A matrix is an encoded table: by field, each row's code and number. -1 is no code.
type matrix struct {
	rows int
	code [][]int32
	num  [][]float32
}

// put writes the elements of row r of m that are not 0 into a sparse row, shifted by so many columns.
func (l *layout) put(m *matrix, r int, shift int32, col []int32, val []float32) ([]int32, []float32) {
	for i := range l.fields {
		f := &l.fields[i]
		if f.Number {
			if x := m.num[i][r]; x != 0 {
				col, val = append(col, shift+int32(l.at[i])), append(val, x)
			}
		}
		if f.K > 0 {
			if c := m.code[i][r]; c >= 0 {
				col, val = append(col, shift+int32(l.codes(i))+c), append(val, 1)
			}
		}
	}
	return col, val
}
