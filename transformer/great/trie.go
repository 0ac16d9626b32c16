package great

// A trie is a list of different texts in the order of their bytes. Texts that begin alike are neighbours, so a node of the trie
// is a stretch of the list, and the list is all the memory it takes.
type trie []string

// A branch is a node of a trie: the texts from..to-1, which agree in their first depth bytes. An empty branch is no node.
type branch struct{ from, to, depth int32 }

func (b branch) empty() bool { return b.from >= b.to }

func (t trie) root() branch { return branch{to: int32(len(t))} }

// whole tells whether the bytes that lead to b are a text, which is then the first of the branch.
func (t trie) whole(b branch) bool { return !b.empty() && len(t[b.from]) == int(b.depth) }

// next gives the first branch below b that begins at or behind text i, and the byte that leads there.
func (t trie) next(b branch, i int32) (c byte, child branch) {
	if i < b.to && len(t[i]) == int(b.depth) {
		i++
	}
	if i >= b.to {
		return 0, branch{}
	}
	c = t[i][b.depth]
	return c, branch{i, t.end(i, b.to, b.depth, c), b.depth + 1}
}

// child gives the branch below b where c follows.
func (t trie) child(b branch, c byte) branch {
	if t.whole(b) {
		b.from++
	}
	low, high := b.from, b.to
	for low < high {
		if mid := low + (high-low)/2; t[mid][b.depth] < c {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == b.to || t[low][b.depth] != c {
		return branch{}
	}
	return branch{low, t.end(low, b.to, b.depth, c), b.depth + 1}
}

// end gives where the texts end that have byte c at depth, of which i is one and none is behind to. It looks near i first.
func (t trie) end(i, to, depth int32, c byte) int32 {
	step := int32(1)
	for i+step < to && t[i+step][depth] == c {
		i += step
		step *= 2
	}
	low, high := i+1, min(i+step, to)
	for low < high {
		if mid := low + (high-low)/2; t[mid][depth] == c {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
