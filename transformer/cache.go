package transformer

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A Cache keeps the keys and values of sequences that grow, so that a new token costs a pass over it alone. Each slot is a sequence with a
// length of its own. It belongs to one goroutine.
type Cache struct {
	blocks *Blocks
	layers []*kernels.KVCache
	heads  []float32 // [N, E], what attention gives in the layer that is computed
}

// NewCache makes an empty cache for so many sequences of at most capacity tokens. It panics where one of the two is below 1.
func NewCache(b *Blocks, slots, capacity int) *Cache {
	c := &Cache{blocks: b}
	for range b.layers {
		c.layers = append(c.layers, kernels.NewKVCache(slots, capacity, b.heads, b.size))
	}
	return c
}

// Forward takes the embeddings x [N, E] of new tokens to [N, E], and remembers them. Each entry of news is one or more tokens that follow
// those in its slot; their rows in x stand one after the other. The bits are those of [Blocks.Forward] on the whole
// sequence. It panics where the rows of x are not those of news, and where a slot or a position is not there.
func (c *Cache) Forward(t *autograd.Tape, x autograd.Var, news []kernels.NewTokens) autograd.Var {
	rows := 0
	for _, n := range news {
		rows += int(n.Count)
	}
	if shape := x.Shape(); len(shape) != 2 || shape[0] != rows {
		panic(fmt.Sprintf("transformer: Cache.Forward of %v and %d new tokens", shape, rows))
	}
	width := c.blocks.heads * c.blocks.size
	if cap(c.heads) < rows*width {
		c.heads = tensor.New(rows * width).Data
	}
	y := tensor.Tensor{Shape: []int{rows, width}, Data: c.heads[:rows*width]}
	for i, b := range c.blocks.layers {
		x = b.forward(t, x, nil, func(qkv autograd.Var) autograd.Var {
			c.layers[i].Attend(y.Data, qkv.Data(), news)
			return t.Const(y) // read by the next product, and by nothing after it
		})
	}
	return c.blocks.norm.Forward(t, x)
}

// share makes the first n tokens of slot dst those of slot src.
func (c *Cache) share(dst, src, n int) {
	for _, l := range c.layers {
		l.Copy(dst, src, n)
	}
}
