package transformer

import (
	"fmt"
	"slices"
)

// A Sequence is something to learn: tokens, each to be foretold from those before it.
type Sequence struct {
	IDs    []int32 // at least one, at most P
	Labels []int32 // nil: IDs. Where a label is negative, as -100 in transformers, nobody asks how likely the token at its place is
}

// Data is sequences to learn from. At gives sequence i, counted from 0, as it is to be shown in an epoch, also counted from 0. It must be a
// function of the two alone: it is asked again after a stop, and the slices that it gives are only read.
type Data struct {
	Len int
	At  func(epoch, i int) Sequence
}

// A batch is B sequences of different lengths in one matrix, padded on the right to T positions.
type batch struct {
	time      int     // T
	ids       []int32 // [B*T]; padding is 0
	positions []int32 // [B*T]
	labels    []int32 // [B*T], each the token that follows, as an index into the head; negative: none, or not asked
	lengths   []int32 // [B]
	head      *head   // nil: the whole vocabulary
}

// A head is the ids that may be foretold: softmax is over them alone.
type head struct {
	ids   []int32 // ascending
	index []int32 // [V], the place of an id in ids, -1 for none
}

// newHead gives nil where ids is: all of the vocabulary.
func (m *Model) newHead(ids []int32) (*head, error) {
	if ids == nil {
		return nil, nil
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("transformer: the head has no ids; leave it out for the whole vocabulary")
	}
	if err := m.mustKnow("the ids of the head", ids); err != nil {
		return nil, err
	}
	h := &head{ids: ids, index: slices.Repeat([]int32{-1}, m.Config.Vocab)}
	for i, id := range ids {
		if i > 0 && ids[i-1] >= id {
			return nil, fmt.Errorf("transformer: the ids of the head are not ascending at place %d; sort them and leave out repetitions", i)
		}
		h.index[id] = int32(i)
	}
	return h, nil
}

// rows is what [autograd.Tape.LMLoss] takes.
func (h *head) rows() []int32 {
	if h == nil {
		return nil
	}
	return h.ids
}

// pack fills b. An error names the sequence by its place.
func (m *Model) pack(b *batch, seqs []Sequence, h *head) error {
	b.time, b.head = 1, h
	for i, s := range seqs {
		if n := len(s.IDs); n < 1 || n > m.Config.Positions {
			return fmt.Errorf("transformer: sequence %d of the batch has %d tokens; the model takes 1 to %d", i, n, m.Config.Positions)
		}
		if s.Labels != nil && len(s.Labels) != len(s.IDs) {
			return fmt.Errorf("transformer: sequence %d of the batch has %d tokens and %d labels", i, len(s.IDs), len(s.Labels))
		}
		if err := m.mustKnow(fmt.Sprintf("sequence %d of the batch", i), s.IDs); err != nil {
			return err
		}
		b.time = max(b.time, len(s.IDs))
	}
	n := len(seqs) * b.time
	b.ids, b.positions = slices.Grow(b.ids[:0], n)[:n], slices.Grow(b.positions[:0], n)[:n]
	b.labels, b.lengths = slices.Grow(b.labels[:0], n)[:n], b.lengths[:0]
	clear(b.ids)
	clear(b.positions)
	for i, s := range seqs {
		b.lengths = append(b.lengths, int32(len(s.IDs)))
		at := i * b.time
		copy(b.ids[at:], s.IDs)
		for k := range s.IDs {
			b.positions[at+k] = int32(k)
		}
		for k := range b.time {
			b.labels[at+k] = s.next(k)
		}
	}
	return m.placeLabels(b)
}

// next is the label of the token behind place k, -1 for none.
func (s *Sequence) next(k int) int32 {
	labels := s.Labels
	if labels == nil {
		labels = s.IDs
	}
	if k+1 >= len(labels) {
		return -1
	}
	return max(labels[k+1], -1)
}

// count is how many tokens of s are asked for.
func (s *Sequence) count() int {
	n := 0
	for k := range s.IDs {
		if s.next(k) >= 0 {
			n++
		}
	}
	return n
}

// placeLabels turns ids into places of the head.
func (m *Model) placeLabels(b *batch) error {
	for i, id := range b.labels {
		switch {
		case id < 0:
		case int(id) >= m.Config.Vocab:
			return fmt.Errorf("transformer: sequence %d of the batch: a label is not in the vocabulary of %d", i/b.time, m.Config.Vocab)
		case b.head == nil:
		case b.head.index[id] < 0:
			return fmt.Errorf("transformer: sequence %d of the batch: a label is not among the %d ids of the head; add it there", i/b.time, len(b.head.ids))
		default:
			b.labels[i] = b.head.index[id]
		}
	}
	return nil
}
