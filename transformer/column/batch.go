package column

// A batch is B rows, each in an order of its own, as positions of a network: T = C of each row. Position t tells the t-th column of the
// row's order from the t-1 before it.
type batch struct {
	rows   int
	values [][]int32 // by part, [B*T]: rows of the table of values
	own    []int32   // [B*T]: the column before; C at the first
	next   []int32   // [B*T]: the column that comes next
	gather []int32   // [C*B]: where the position that tells a column lies, column by column
	labels [][]int32 // V, [B]: the codes that are told
}

// fill makes the batch for the given rows of codes [V][N]. order gives the fields of row i in the order in which they are told.
func (b *batch) fill(n *net, codes [][]int32, rows []int32, order func(i int) []int32) {
	c, parts := len(n.fields), 1
	for _, f := range n.fields {
		parts = max(parts, f.parts)
	}
	b.rows = len(rows)
	size := len(rows) * c
	b.own, b.next, b.gather = room(b.own, size), room(b.next, size), room(b.gather, size)
	b.values, b.labels = rooms(b.values, parts, size), rooms(b.labels, len(n.vars), len(rows))
	for i, r := range rows {
		before := int32(c)
		for t, f := range order(i) {
			at := i*c + t
			b.own[at], b.next[at] = before, f
			n.place(b.values, at, before, func(v int) int32 { return codes[v][r] })
			b.gather[int(f)*len(rows)+i] = int32(at)
			before = f
		}
		for v := range n.vars {
			b.labels[v][i] = codes[v][r]
		}
	}
}

// place writes where the vectors of a field's codes lie into position at. Field C is the beginning of a row.
func (n *net) place(values [][]int32, at int, f int32, code func(v int) int32) {
	for p := range values {
		id := n.none
		if int(f) < len(n.fields) && p < n.fields[f].parts {
			v := n.fields[f].first + p
			if id = n.from[v] + code(v); code(v) < 0 {
				id = n.from[v] + int32(n.vars[v].Card)
			}
		}
		values[p][at] = id
	}
}

// room gives s with n elements.
func room(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	return s[:n]
}

func rooms(s [][]int32, k, n int) [][]int32 {
	if len(s) != k {
		s = make([][]int32, k)
	}
	for i := range s {
		s[i] = room(s[i], n)
	}
	return s
}
