package encode

// A Scale says how the codes of a column of numbers lie in the order of value. C cells, each a value or a run of neighbouring values.
type Scale struct {
	First []int     // by code of part 0 from Var.Scale on: its first cell; one more entry is C
	Share []float64 // C: how often each cell is met among the rows that have a number; sums to 1
}

// Scale gives that of a column of Schema; ok is false where its codes are those of no single scale of numbers.
func (e *Encoder) Scale(col int) (s Scale, ok bool) {
	n, ok := e.cols[col].codec.(*number)
	if !ok || n.cells.len() == 0 {
		return Scale{}, false
	}
	s.Share = shares(n.cells.rows)
	if n.group == nil {
		for i := range n.cells.len() + 1 {
			s.First = append(s.First, i)
		}
		return s, true
	}
	for _, i := range n.group {
		s.First = append(s.First, int(i))
	}
	return s, true
}
