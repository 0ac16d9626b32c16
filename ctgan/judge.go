package ctgan

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A judge tells written rows from real ones once the generator has learned. Its odds say how much too often or too rarely the generator
// writes a row, so that picking one of several candidates by them brings what is written nearer to the table (Turner, Hung,
// Frank, Saatci and Yosinski, "Metropolis-Hastings GANs", ICML 2019; importance resampling here). It looks at a row's codes alone.
type judge struct {
	params *nn.Params
	net    *nn.MLP
	held   float64 // loss on rows held out; ln 2 is that of guessing
}

// judgeWidth is that of its hidden layers.
const judgeWidth = 256

func newJudge(m *Model) *judge {
	j := &judge{params: nn.NewParams()}
	j.net = nn.NewMLP(j.params.Scope("judge"), nn.Activation{Kind: nn.LeakyReLU, Slope: 0.1}, 0.3,
		m.l.width+len(m.ordered), judgeWidth, judgeWidth, 1)
	return j
}

// features writes a row's codes as the judge sees them: one-hot, and where codes have an order, their place in it from -1 to 1.
func (m *Model) features(b *autograd.Sparse, code func(f int) int32) {
	for f := range m.l.fields {
		if c := code(f); c >= 0 {
			b.Col, b.Val = append(b.Col, int32(m.l.at[f])+c), append(b.Val, 1)
		}
	}
	for i, f := range m.ordered {
		if c := code(f); c >= 0 {
			if x := 2*float32(m.rank[i][c]) - 1; x != 0 {
				b.Col, b.Val = append(b.Col, int32(m.l.width+i)), append(b.Val, x)
			}
		}
	}
	b.RowPtr = append(b.RowPtr, int32(len(b.Col)))
}

func (m *Model) beginFeatures(b *autograd.Sparse) {
	b.RowPtr, b.Col, b.Val = append(b.RowPtr[:0], 0), b.Col[:0], b.Val[:0]
	b.Cols = m.l.width + len(m.ordered)
}

// rankCodes gives the codes of ordered fields their place: the share of the rows below, half of their own included.
func (m *Model) rankCodes() {
	m.ordered, m.rank = nil, nil
	for f, v := range m.first {
		x := &m.enc.Vars()[v]
		if !x.Ordered {
			continue
		}
		rank, below := make([]float64, x.Card), 0.0
		for k, p := range x.Share {
			rank[k] = below + p/2
			below += p
		}
		m.ordered, m.rank = append(m.ordered, f), append(m.rank, rank)
	}
}

// odds are the judge's log odds for a batch of rows: [B].
func (j *judge) odds(t *autograd.Tape, x *autograd.Sparse, d *nn.Draws) autograd.Var {
	x.Rows = len(x.RowPtr) - 1
	v := t.Sparse(x)
	last := len(j.net.Layers) - 1
	for _, l := range j.net.Layers[:last] {
		drop := kernels.Dropout{}
		if d != nil {
			drop = d.Dropout(j.net.Drop)
		}
		v = l.ForwardAct(t, v, j.net.Activation, drop)
	}
	return t.Reshape(j.net.Layers[last].Forward(t, v), x.Rows)
}

// mostOdds bounds the log odds that a row is weighed by.
const mostOdds = 8

// Weigh gives each row the odds that it is real.
func (s *source) Weigh(rows []*draw.Row, w []float64) {
	for i, r := range rows {
		w[i] = s.m.tilt.log(s.m.group, func(f int) int32 { return r.Codes[s.m.first[f]] })
	}
	if len(s.m.judges) > 0 {
		x := &s.features
		s.m.beginFeatures(x)
		for _, r := range rows {
			s.m.features(x, func(f int) int32 { return r.Codes[s.m.first[f]] })
		}
		s.tape.Reset()
		for _, j := range s.m.judges {
			for i, o := range j.odds(s.tape, x, nil).Data() {
				w[i] += float64(o)
			}
		}
	}
	wishes := len(s.wanted.wishes)
	for i, r := range rows {
		w[i] = math.Exp(min(max(w[i], -mostOdds), mostOdds))
		for _, chance := range s.chances[r.Index*wishes : (r.Index+1)*wishes] {
			w[i] *= chance
		}
	}
}

// A hearing is how a judge learns: from real rows, some of which are held out, and from rows that the generator writes for it.
type hearing struct {
	m           *Model
	data        *matrix
	learn, held []int32
	ruled       [][]int32 // by field: codes of rows that are written, where there are rules; else the generator is asked itself
	tape        *autograd.Tape
	p           prober
	x           autograd.Sparse
	tilt        []float32 // by row of x: what the tilt says already
	target      []float32
}

const judgeBatch = 256 // real rows of a step, and as many that are written

// learnJudge teaches a judge for so many steps, and keeps it as it was when it did best on the rows held out. It never ends early: what
// that would save is little, and nobody could tell how long the rest will take.
// tick hears of every step, and may end it.
func (h *hearing) learnJudge(seed uint64, steps int64, tick func() error) (*judge, error) {
	j := newJudge(h.m)
	j.params.Init(seed)
	opt := nn.NewAdam(j.params, nn.Adam{Rate: 1e-3, Decay: 1e-4, Decoupled: true})
	draws := nn.Draws{Seed: seed ^ 0x6a756467}
	best := state(j.params.Save()).copy(nil)
	bestLoss := math.Inf(1)
	r := rng.New(seed, rng.GANJudge, 0)
	every := max(steps/15, 20)
	for n := range steps {
		if err := tick(); err != nil {
			return nil, err
		}
		h.begin()
		h.real(h.learn, judgeBatch, &r)
		h.written(seed, uint64(n)+1<<32, judgeBatch, &r)
		h.tape.Reset()
		draws.Begin(uint64(n))
		odds := h.tape.Add(j.odds(h.tape, &h.x, &draws), h.tape.Const(tensor.FromSlice(h.tilt, len(h.tilt))))
		loss := nn.BCEWithLogits(h.tape, odds, h.labels(judgeBatch))
		j.params.ZeroGrad()
		h.tape.Backward(loss)
		opt.Step()
		if (n+1)%every != 0 {
			continue
		}
		if l := h.heldOut(j, seed); l < bestLoss {
			bestLoss = l
			best = state(j.params.Save()).copy(best)
		}
	}
	if err := j.params.Load(best); err != nil {
		panic("ctgan: " + err.Error()) // a copy of the same tensors
	}
	j.held = bestLoss
	return j, nil
}

func (h *hearing) labels(real int) autograd.Var {
	h.target = resize(h.target, h.x.Rows)
	for i := range h.target {
		h.target[i] = 0
		if i < real {
			h.target[i] = 1
		}
	}
	return h.tape.Const(tensor.FromSlice(h.target, len(h.target)))
}

// real appends n rows drawn from those named.
func (h *hearing) real(from []int32, n int, r *rng.Stream) {
	for range n {
		row := from[r.Intn(len(from))]
		h.add(func(f int) int32 { return h.data.code[f][row] })
	}
}

func (h *hearing) begin() {
	h.m.beginFeatures(&h.x)
	h.tilt = h.tilt[:0]
}

// add appends a row.
func (h *hearing) add(code func(f int) int32) {
	h.m.features(&h.x, code)
	h.tilt = append(h.tilt, float32(h.m.tilt.log(h.m.group, code)))
}

// written appends n rows of the generator.
func (h *hearing) written(seed, step uint64, n int, r *rng.Stream) {
	if h.ruled != nil {
		at, rows := 0, len(h.ruled[0])*3/4
		if step >= heldSteps {
			at, rows = rows, len(h.ruled[0])-rows // others than those that a judge learns from
		}
		for range n {
			row := at + r.Intn(rows)
			h.add(func(f int) int32 { return h.ruled[f][row] })
		}
		return
	}
	shares := h.p.shares(h.m, h.tape, seed, step, n)
	d := h.m.l.width
	code := make([]int32, len(h.m.l.fields))
	for i := range n {
		for f := range code {
			at := i*d + h.m.l.at[f]
			code[f] = pickShare(shares[at:at+h.m.l.fields[f].K], r)
		}
		h.add(func(f int) int32 { return code[f] })
	}
}

// pickShare draws a code by its share. The shares sum to 1.
func pickShare(p []float32, r *rng.Stream) int32 {
	at, last := r.Float64(), len(p)-1
	for k, x := range p[:last] {
		if at -= float64(x); at < 0 {
			return int32(k)
		}
	}
	return int32(last)
}

const (
	judgeHeld  = 5000    // rows held out that a judge is measured by, at most
	judgeLeast = 500     // written rows, at least
	judgeChunk = 500     // rows that are looked at together
	heldSteps  = 1 << 33 // where the steps begin whose rows a judge is measured by
)

// heldOut is the loss of the tilt with a judge, or without one, on the rows held out and on as many that are written, always the same
// ones.
func (h *hearing) heldOut(j *judge, seed uint64) float64 {
	r := rng.New(seed, rng.GANJudge, 1)
	real, fake := 0.0, 0.0
	rows := max(len(h.held), judgeLeast)
	for at := 0; at < rows; at += judgeChunk {
		h.begin()
		held := h.held[min(at, len(h.held)):min(at+judgeChunk, len(h.held))]
		for _, row := range held {
			h.add(func(f int) int32 { return h.data.code[f][row] })
		}
		h.written(seed, heldSteps+uint64(at), min(judgeChunk, rows-at), &r)
		h.tape.Reset()
		if j != nil {
			kernels.AddTo(h.tilt, j.odds(h.tape, &h.x, nil).Data())
		}
		for i, o := range h.tilt {
			if i < len(held) {
				real += softplus(-float64(o)) / float64(len(h.held))
			} else {
				fake += softplus(float64(o)) / float64(rows)
			}
		}
	}
	return (real + fake) / 2
}

func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
