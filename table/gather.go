package table

// A gather holds the cells of one column while they are read: codes of distinct texts, or packed numbers where it is wide.
type gather struct {
	dict   *dict
	chunks [][]int32
	cur    []int32
	watch  int // size of the dictionary at which to look whether packing is better

	wide        bool
	packed      [][]int64
	packedFlags uint8
	mark        byte // the decimal mark of packed numbers, 0 if all are whole
}

// firstWatch is how many different texts a column has before it is looked at. Up to there a dictionary is small.
const firstWatch = 1 << 16

func newGather() *gather { return &gather{dict: newDict(), watch: firstWatch} }

// chunkRows bounds the codes in one chunk. Chunks neither move nor double as a column grows.
const chunkRows = 1 << 14

func (g *gather) add(text []byte, flag uint8) {
	if g.wide {
		g.addWide(text, flag)
		return
	}
	if len(g.cur) == cap(g.cur) {
		g.next()
	}
	g.cur = append(g.cur, g.dict.code(text, flag))
	if g.dict.len() == g.watch {
		g.watch *= 2
		if g.dict.len()*2 > g.rows() {
			g.widen()
		}
	}
}

// addFields adds every step-th of the fields. It does by itself what most of them take: note the code of a text met lately.
func (g *gather) addFields(s *scanner, fields []field, step int) {
	for i := 0; i < len(fields); i += step {
		f := &fields[i]
		flag := uint8(plainFlag)
		if f.quoted {
			flag = quotedFlag
		}
		text := s.text(f)
		if len(g.cur) < cap(g.cur) && !g.wide {
			k := makeKey(text, flag)
			if r := &g.dict.recent[g.dict.place(k)]; g.dict.knows(r, k, text) {
				g.cur = append(g.cur, int32(r.code-1))
				continue
			}
		}
		g.add(text, flag)
	}
}

// rows gives the number of cells.
func (g *gather) rows() (n int) {
	for _, chunk := range g.chunks {
		n += len(chunk)
	}
	return n + len(g.cur)
}

// next starts a chunk.
func (g *gather) next() {
	size := 256
	if g.cur != nil {
		g.chunks = append(g.chunks, g.cur)
		size = min(2*cap(g.cur), chunkRows)
	}
	g.cur = make([]int32, 0, size)
}

// each calls f with the codes in row order, chunk by chunk, and frees them.
func (g *gather) each(f func(codes []int32)) {
	for i, chunk := range g.chunks {
		f(chunk)
		g.chunks[i] = nil
	}
	f(g.cur)
	g.chunks, g.cur = nil, nil
}

// counts gives the number of cells by code.
func (g *gather) counts() []int32 {
	n := make([]int32, g.dict.len())
	for _, chunk := range g.packed {
		for _, v := range chunk {
			if code, ok := packedCode(v); ok {
				n[code]++
			}
		}
	}
	for _, chunk := range g.chunks {
		for _, c := range chunk {
			n[c]++
		}
	}
	for _, c := range g.cur {
		n[c]++
	}
	return n
}

// first gives the first row with one of the codes that match wants, or -1.
func (g *gather) first(match func(code int32) bool) int {
	row := 0
	for _, chunk := range g.packed {
		for _, v := range chunk {
			if code, ok := packedCode(v); ok && match(code) {
				return row
			}
			row++
		}
	}
	for _, chunk := range append(g.chunks[:len(g.chunks):len(g.chunks)], g.cur) {
		for _, c := range chunk {
			if match(c) {
				return row
			}
			row++
		}
	}
	return -1
}
