package transformer

import (
	"cmp"
	"math"
	"slices"
)

// filters are what happens to the logits of a row before a token is drawn, in the order of transformers: repetition penalty, what
// is allowed, temperature, the k highest, the nucleus. A token that is dropped has the logit -Inf. Source: transformers 5.24,
// generation/logits_process.py and the order of GenerationMixin._get_logits_processor.
type filters struct {
	temperature float32
	topK        int     // 0: all
	topP        float64 // 1: all
	penalty     float32 // 1: none
}

var inf = float32(math.Inf(1))

// penalise makes tokens that are there already less likely, by Keskar, McCann, Varshney, Xiong and Socher, "CTRL", arXiv 1909.05858,
// section 4.1. present are places in x, each once.
func (f *filters) penalise(x []float32, present []int32) {
	for _, i := range present {
		if x[i] > 0 {
			x[i] /= f.penalty
		} else {
			x[i] *= f.penalty
		}
	}
}

// narrow applies temperature, top-k and top-p.
func (f *filters) narrow(x []float32) {
	if f.temperature != 1 {
		for i := range x {
			x[i] /= f.temperature
		}
	}
	if f.topK > 0 && f.topK < len(x) {
		dropBelow(x, kth(x, f.topK))
	}
	if f.topP < 1 {
		f.nucleus(x)
	}
}

// dropBelow drops what is less than least. What is equal stays, as in transformers.
func dropBelow(x []float32, least float32) {
	for i, v := range x {
		if v < least {
			x[i] = -inf
		}
	}
}

// kth is the k-th highest number of x, k <= len(x).
func kth(x []float32, k int) float32 {
	top := make([]float32, 0, k) // descending
	for _, v := range x {
		if len(top) == k {
			if !(v > top[k-1]) {
				continue
			}
			top = top[:k-1]
		}
		i, _ := slices.BinarySearchFunc(top, v, func(a, b float32) int { return cmp.Compare(b, a) })
		top = slices.Insert(top, i, v)
	}
	return top[k-1]
}

// nucleus keeps the likeliest tokens that have the probability topP together (Holtzman, Buys, Du, Forbes and Choi, "The curious case
// of neural text degeneration", ICLR 2020), at least one.
func (f *filters) nucleus(x []float32) {
	top := slices.Max(x)
	total := 0.0
	for _, v := range x {
		total += math.Exp(float64(v - top))
	}
	// What is less likely than an equal part of the rest is in the rest: the others are few, and only they are sorted.
	least := (1 - f.topP) * total / float64(len(x))
	var order []int32
	for i, v := range x {
		if math.Exp(float64(v-top)) >= least {
			order = append(order, int32(i))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(x[b], x[a]) })
	sum, n := 0.0, 0
	for n < len(order) && (n == 0 || sum < f.topP*total) {
		sum += math.Exp(float64(x[order[n]] - top))
		n++
	}
	kept := make([]float32, n)
	for k, i := range order[:n] {
		kept[k] = x[i]
	}
	for i := range x {
		x[i] = -inf
	}
	for k, i := range order[:n] {
		x[i] = kept[k]
	}
}
