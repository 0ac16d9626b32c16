package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// A peerWriter has what one goroutine needs to turn noise into encoded rows as a peer does. Its memory serves again and again.
type peerWriter struct {
	m      *Model
	tape   *autograd.Tape
	z      tensor.Tensor
	b      batch
	gumbel []float32   // [B, D]
	code   [][]int32   // [B] by field
	num    [][]float32 // [B] by field
}

func (m *Model) peerWriter() *peerWriter {
	n := len(m.l.fields)
	return &peerWriter{m: m, tape: autograd.New(&tensor.Arena{}), code: make([][]int32, n), num: make([][]float32, n)}
}

// What is drawn for some rows: each has a stream's row of its own.
const (
	drawNoise = iota
	drawCodes
	drawConditions
	drawKinds
)

// draw makes n rows, whose numbers are those of a row of the stream, without those of the first skip rows. fixed, if not negative, is the
// place in the condition that every row has a 1 in.
func (w *peerWriter) draw(seed, row uint64, skip, n, fixed int) {
	m, s := w.m, &w.m.set
	row *= drawKinds
	r := rng.New(seed, rng.GANBlock, row+drawConditions)
	w.conditions(skip, n, fixed, &r)
	w.z = tensor.FromSlice(resize(w.z.Data, n*s.Z), n, s.Z)
	kernels.Normal(w.z.Data, seed, rng.GANBlock, row+drawNoise, uint64(skip*s.Z))
	if s.NoiseSD != 1 {
		kernels.Scale(w.z.Data, w.z.Data, float32(s.NoiseSD))
	}
	p := writing
	if s.BatchNorm {
		p = blockwise // the peer leaves its generator in training mode
	}
	w.tape.Reset()
	logits := m.gen.logits(w.tape, w.z, &w.b.cond, p).Data()
	w.gumbel = resize(w.gumbel, len(logits))
	kernels.GumbelFill(w.gumbel, seed, rng.GANBlock, row+drawCodes, uint64(skip*m.l.width))
	w.pick(logits)
}

// pick takes the numbers of the rows and draws their codes: with Gumbel noise the largest sum is a draw by softmax.
func (w *peerWriter) pick(logits []float32) {
	l := w.m.l
	n := len(logits) / l.width
	for f := range l.fields {
		w.code[f], w.num[f] = resize(w.code[f], n), resize(w.num[f], n)
	}
	for i := range n {
		row, noise := logits[i*l.width:(i+1)*l.width], w.gumbel[i*l.width:(i+1)*l.width]
		for f := range l.fields {
			at := l.at[f]
			if l.fields[f].Number {
				w.num[f][i] = row[at]
				at++
			}
			w.code[f][i] = largest(row[at:at+l.fields[f].K], noise[at:])
		}
	}
	if w.m.set.Preset == sdv {
		for f := range l.fields {
			if l.fields[f].Number {
				kernels.Tanh(w.num[f], w.num[f])
			}
		}
	}
}

// largest is the index of the largest sum of x and noise, the first of several. The order of the sums is that of their bits, turned
// around where the sign is set: there is no branch, which would be guessed wrong for every code that is drawn.
func largest(x, noise []float32) int32 {
	noise = noise[:len(x)]
	best := int64(math.MinInt64)
	for k, v := range x {
		bits := int32(math.Float32bits(v + noise[k]))
		bits ^= int32(uint32(bits>>31) >> 1)
		best = max(best, int64(bits)<<32|int64(^uint32(k)))
	}
	return int32(^uint32(best))
}

// conditions draws what each of n rows is asked for, after skip others, by the shares that the model keeps: all fields alike, codes by
// their logarithmic or true frequency.
func (w *peerWriter) conditions(skip, n, fixed int, r *rng.Stream) {
	b, m := &w.b, w.m
	b.which, b.label, b.field = resize(b.which, n), resize(b.label, n), resize(b.field, n)
	for i := -skip; i < n; i++ {
		f, label := -1, int32(-1)
		switch {
		case len(m.asks.upTo) == 0:
		case fixed >= 0:
			f, label = 0, int32(fixed) // counted from the first field, whichever was named
		default:
			f = r.Intn(len(m.asks.upTo))
			label = m.asks.pick(f, r)
		}
		if i >= 0 {
			b.field[i], b.label[i] = int32(f), label
		}
	}
	m.l.ask(b)
}
