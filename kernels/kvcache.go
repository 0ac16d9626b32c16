package kernels

import "fmt"

// A KVCache holds the keys and values of one layer for sequences that grow token by token. Each slot is a sequence of at most so
// many positions. Keys lie in the order in which the kernels in use read a transposed factor, so a cache belongs to the family
// that it was made with.
type KVCache struct {
	slots, capacity, heads, size int
	family                       string
	width                        int       // keys of a panel
	keys                         []float32 // [slots, heads, panels, size, width]
	values                       []float32 // [slots, heads, capacity, size]
}

// A NewTokens says that Count rows, one after the other, are the positions from Start on of a slot.
type NewTokens struct{ Slot, Start, Count int32 }

// NewKVCache makes an empty cache for heads of the given size. It panics where a number is less than 1.
func NewKVCache(slots, capacity, heads, size int) *KVCache {
	if slots < 1 || capacity < 1 || heads < 1 || size < 1 {
		panic(fmt.Sprintf("kernels: KVCache of %d slots of %d with %d heads of %d", slots, capacity, heads, size))
	}
	c := &KVCache{slots: slots, capacity: capacity, heads: heads, size: size, family: Family(), width: panelWidth()}
	c.keys = aligned(slots * heads * c.panels(capacity) * size * c.width)
	c.values = aligned(slots * heads * capacity * size)
	return c
}

// panels is how many panels hold the keys of n positions.
func (c *KVCache) panels(n int) int { return (n + c.width - 1) / c.width }

// head gives the keys and values of a head of a slot.
func (c *KVCache) head(slot, h int) (keys, values []float32) {
	i, k := slot*c.heads+h, c.panels(c.capacity)*c.size*c.width
	return c.keys[i*k : (i+1)*k], c.values[i*c.capacity*c.size : (i+1)*c.capacity*c.size]
}

// Bytes is how much memory the cache takes.
func (c *KVCache) Bytes() int { return 4 * (len(c.keys) + len(c.values)) }

// Copy makes the first n positions of slot dst those of slot src. It panics where there is no such slot or position.
func (c *KVCache) Copy(dst, src, n int) {
	if min(dst, src, n) < 0 || max(dst, src) >= c.slots || n > c.capacity {
		panic(fmt.Sprintf("kernels: KVCache of %d slots of %d: copy of %d from slot %d to %d", c.slots, c.capacity, n, src, dst))
	}
	if dst == src {
		return
	}
	for h := range c.heads {
		k, v := c.head(src, h)
		toK, toV := c.head(dst, h)
		copy(toK[:c.panels(n)*c.size*c.width], k)
		copy(toV[:n*c.size], v)
	}
}

// Attend appends the keys and values of new rows of qkv [N, 3E] to their slots, and sets dst [N, E] to the heads' outputs: each
// row looks at all positions of its slot up to its own. The rows of one entry follow those of the one before. The bits are
// those of [Attention.Forward] on the whole sequence. It panics where a length does not fit, a slot is there twice or a
// position is beyond the capacity.
func (c *KVCache) Attend(dst, qkv []float32, news []NewTokens) {
	if c.family != Family() {
		panic("kernels: KVCache was made for " + c.family + ", in use is " + Family())
	}
	t := cacheTasks.get()
	t.first = t.first[:0]
	rows, work := 0, 0
	for _, n := range news {
		if n.Slot < 0 || int(n.Slot) >= c.slots || n.Start < 0 || n.Count < 0 || int(n.Start)+int(n.Count) > c.capacity {
			panic(fmt.Sprintf("kernels: KVCache of %d slots of %d: %d positions from %d in slot %d", c.slots, c.capacity, n.Count, n.Start, n.Slot))
		}
		t.first = append(t.first, rows)
		rows += int(n.Count)
		work += int(n.Count) * int(n.Start+n.Count+16)
	}
	if e := c.heads * c.size; len(dst) != rows*e || len(qkv) != 3*rows*e {
		panic(fmt.Sprintf("kernels: KVCache with %d heads of %d: %d rows with %d and %d numbers", c.heads, c.size, rows, len(qkv), len(dst)))
	}
	t.KVCache, t.dst, t.qkv, t.news, t.scale = c, dst, qkv, news, scoreScale(c.size)
	runWork(t, len(news)*c.heads, (work*c.heads*c.size)/4)
	*t = cacheTask{first: t.first}
	cacheTasks.put(t)
}

// cacheTask does one head of one entry in each chunk.
type cacheTask struct {
	*KVCache
	dst, qkv []float32
	news     []NewTokens
	first    []int // first row of each entry
	scale    float32
}

var cacheTasks freelist[cacheTask]

// mostTogether is how many new rows of a slot go through the products together.
const mostTogether = 24

// Chunk implements [Task].
func (t *cacheTask) Chunk(i int) {
	n, h := t.news[i/t.heads], i%t.heads
	keys, values := t.head(int(n.Slot), h)
	ld := 3 * t.heads * t.size
	w := attentionWorks.get()
	for from := 0; from < int(n.Count); from += mostTogether {
		rows, start := min(mostTogether, int(n.Count)-from), int(n.Start)+from
		at := (t.first[i/t.heads]+from)*ld + h*t.size
		t.append(keys, values, t.qkv[at+ld/3:], ld, start, rows)
		t.attend(w, keys, values, t.qkv[at:], t.dst[(t.first[i/t.heads]+from)*ld/3+h*t.size:], start, rows)
	}
	w.gemm, w.keys = gemmTask{}, Packed{}
	attentionWorks.put(w)
}

// append stores the keys and values of some rows.
func (t *cacheTask) append(keys, values, kv []float32, ld, start, rows int) {
	for r := range rows {
		j := start + r
		panel := keys[j/t.width*t.width*t.size+j%t.width:]
		for d, x := range kv[r*ld:][:t.size] {
			panel[d*t.width] = x
		}
		copy(values[j*t.size:(j+1)*t.size], kv[r*ld+ld/3:])
	}
}

// attend computes the outputs of some rows of a head, whose keys are there.
func (t *cacheTask) attend(w *attentionWork, keys, values, q, dst []float32, start, rows int) {
	n, ld := start+rows, 3*t.heads*t.size
	w.keys = Packed{family: t.family, k: t.size, n: n, data: keys[:t.panels(n)*t.size*t.width]}
	w.s = grow(w.s, rows*n)
	w.product(NN, rows, n, t.size, q, ld, nil, 0, &w.keys, w.s, n, false)
	for r := range rows {
		row := w.s[r*n : (r+1)*n]
		own := row[:start+r+1]
		clear(row[start+r+1:])
		lanes(opScale, own, own, nil, nil, t.scale, 0)
		top := fold(redMax, nil, own, nil, 0)
		lanes(opAddConst, own, own, nil, nil, -top, 0)
		lanes(opExp, own, own, nil, nil, 0, 0)
		sum := float32(0)
		for _, e := range own { // in the order of the keys, as in a strip
			sum += e
		}
		lanes(opScale, own, own, nil, nil, 1/sum, 0)
	}
	w.product(NN, rows, t.size, n, w.s, n, values, t.size, nil, dst, ld/3, false)
}
