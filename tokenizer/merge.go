package tokenizer

// shortPiece is the longest piece, in bytes, whose best pair is searched anew after each merge: quadratic, but up to here
// faster than a heap.
const shortPiece = 64

// appendPiece appends the ids of one piece of text.
func (t *Tokenizer) appendPiece(ids []int32, piece string) []int32 {
	if len(piece) > shortPiece {
		return t.mergeLong(ids, piece)
	}
	return t.mergeShort(ids, piece)
}

// mergeShort is the reference of mergeLong: it joins the pair of the lowest rank, the leftmost of equal ones, until no
// neighbours can be joined.
func (t *Tokenizer) mergeShort(ids []int32, piece string) []int32 {
	var tokens, ranks, joined [shortPiece]int32 // ranks[i] and joined[i] are those of the pair (i, i+1)
	n := len(piece)
	for i := range n {
		tokens[i] = t.bytes[piece[i]]
	}
	for i := range n - 1 {
		ranks[i], joined[i] = t.pairs.find(tokens[i], tokens[i+1])
	}
	for n > 1 {
		best := 0
		for i := 1; i < n-1; i++ {
			if ranks[i] < ranks[best] {
				best = i
			}
		}
		if ranks[best] == noMerge {
			break
		}
		tokens[best] = joined[best]
		copy(tokens[best+1:], tokens[best+2:n])
		copy(ranks[best:], ranks[best+1:n-1])
		copy(joined[best:], joined[best+1:n-1])
		n--
		if best > 0 {
			ranks[best-1], joined[best-1] = t.pairs.find(tokens[best-1], tokens[best])
		}
		if best < n-1 {
			ranks[best], joined[best] = t.pairs.find(tokens[best], tokens[best+1])
		}
	}
	return append(ids, tokens[:n]...)
}

// A link is one token of a long piece, in a list of neighbours.
type link struct {
	id         int32 // gone if it was joined to the one on its left
	prev, next int32
}

const (
	gone = -1 // the id of a token that was joined
	end  = -1 // where the first has its left neighbour and the last its right one
)

// candidates is a heap of pairs that may be joined: the rank in the upper half, the place of the left one in the lower. So the
// lowest rank comes first, and of equal ones the leftmost. A pair is stale if the neighbours at its place have another rank by now.
// container/heap does the same through an interface, and allocates memory for each number.
type candidates []uint64

func (c *candidates) push(x uint64) {
	h := append(*c, x)
	*c = h
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if h[up] <= h[i] {
			return
		}
		h[up], h[i] = h[i], h[up]
		i = up
	}
}

func (c *candidates) pop() uint64 {
	h := *c
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	*c = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= last {
			return top
		}
		if down+1 < last && h[down+1] < h[down] {
			down++
		}
		if h[i] <= h[down] {
			return top
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
}

// mergeLong joins as mergeShort does, in L log L steps: the candidates lie in a heap, stale ones are passed over.
func (t *Tokenizer) mergeLong(ids []int32, piece string) []int32 {
	links := make([]link, len(piece)) // (L)
	for i := range links {
		links[i] = link{t.bytes[piece[i]], int32(i - 1), int32(i + 1)}
	}
	links[len(links)-1].next = end
	queue := make(candidates, 0, len(piece))
	for i := range links {
		if rank, _ := t.joint(links, int32(i)); rank != noMerge {
			queue.push(uint64(rank)<<32 | uint64(i))
		}
	}
	for len(queue) > 0 {
		top := queue.pop()
		at := int32(top)
		rank, joined := t.joint(links, at)
		if rank != int32(top>>32) {
			continue
		}
		l := &links[at]
		r := &links[l.next]
		l.id, l.next, r.id = joined, r.next, gone
		if l.next != end {
			links[l.next].prev = at
		}
		for _, i := range [2]int32{at, l.prev} {
			if rank, _ := t.joint(links, i); rank != noMerge {
				queue.push(uint64(rank)<<32 | uint64(i))
			}
		}
	}
	for _, l := range links {
		if l.id != gone {
			ids = append(ids, l.id)
		}
	}
	return ids
}

// joint is the merge of the token at a place with its right neighbour; its rank is noMerge if there is none.
func (t *Tokenizer) joint(links []link, at int32) (rank, joined int32) {
	if at == end || links[at].id == gone || links[at].next == end {
		return noMerge, 0
	}
	return t.pairs.find(links[at].id, links[links[at].next].id)
}
