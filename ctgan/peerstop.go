package ctgan

import (
	"cmp"
	"math"
	"slices"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// Early stopping of preset synthcity, and the small network that it goes by. The values are those of the peer's GAN and MLP.
const (
	stopEvery     = 50  // passes between two looks
	stopPatience  = 5   // looks without a better one that end learning
	stopFrom      = 100 // passes that are done at least
	stopFolds     = 3
	stopHidden    = 100
	stopBatch     = 500
	stopPasses    = 1000 // of the small network, at most
	stopMinPasses = 100
	stopWait      = 10 // its passes without a smaller loss
	stopTau       = 0.2
)

// A stopper ends learning when a small network has not found the generator's rows harder to tell from rows held out for some looks. Nothing
// else follows from what it finds: the peer keeps the best weights by reference, so that it puts the last ones back.
type stopper struct {
	held []int32 // rows held out
	tape *autograd.Tape

	least float32 // area under the curve of the best look
	waits int     // looks since then
	ended bool
}

// newStopper gives nil where there are fewer rows than folds: the peer can't be used on so few.
func newStopper(held []int32) *stopper {
	if len(held) < stopFolds {
		return nil
	}
	return &stopper{held: held, tape: autograd.New(&tensor.Arena{}), least: float32(math.Inf(1))}
}

// due tells whether the pass that ended, counted from 1, is one to look after.
func (s *stopper) due(pass int64) bool { return s != nil && pass%stopEvery == 0 }

// look judges the generator after a pass. It gives false, and nothing has changed, where over says that it has to end.
func (s *stopper) look(over func() bool, g *loaded, pass int64) bool {
	area := float32(s.area(over, s.rows(g, uint64(pass))))
	if over() {
		return false
	}
	s.hear(area, pass)
	return true
}

// hear takes what a look has found.
func (s *stopper) hear(area float32, pass int64) {
	if area < s.least {
		s.least, s.waits = area, 0
	} else {
		s.waits++
	}
	s.ended = s.waits >= stopPatience && pass > stopFrom
}

// save gives what the stopper goes on from.
func (s *stopper) save() nn.State {
	ended := float32(0)
	if s.ended {
		ended = 1
	}
	return nn.State{Name: "stopper", Shape: []int{3}, Data: []float32{s.least, float32(s.waits), ended}}
}

func (s *stopper) load(x nn.State) {
	s.least, s.waits, s.ended = x.Data[0], int(x.Data[1]), x.Data[2] > 0
}

// rows gives the rows held out and, below them, as many that the generator makes for their conditions: as encoded rows [2V, D], the
// generator's with shares where the others have a 1.
func (s *stopper) rows(g *loaded, pass uint64) tensor.Tensor {
	n, d := len(s.held), g.l.width
	x := tensor.New(2*n, d)
	var col []int32
	var val []float32
	for i, id := range s.held {
		col, val = g.l.put(g.m, int(id), 0, col[:0], val[:0])
		for e, c := range col {
			x.Data[i*d+int(c)] = val[e]
		}
	}
	var b batch
	g.gen.params.Freeze(true)
	defer g.gen.params.Freeze(false)
	for from := 0; from < n; from += stopBatch {
		ids := s.held[from:min(from+stopBatch, n)]
		g.conditionsOf(&b, ids)
		step := pass<<32 | uint64(from)<<1
		z := tensor.New(len(ids), g.s.Z)
		kernels.Normal(z.Data, g.draws.Seed, rng.GANProbe, step, 0)
		s.tape.Reset()
		logits := g.gen.logits(s.tape, z, &b.cond, writing)
		noise := kernels.Noise{Seed: g.draws.Seed, Stream: rng.GANProbe, Step: step + 1}
		copy(x.Data[(n+from)*d:], s.tape.SpanHead(logits, g.l.spans, float32(g.s.Tau), &noise).Data())
	}
	return x
}

// area is the mean over the folds of the area under the curve of a network that learns to tell the first half of x from the second.
func (s *stopper) area(over func() bool, x tensor.Tensor) float64 {
	fold := dealt(x.Rows())
	sum := 0.0
	for k := range stopFolds {
		learn, ask := s.part(x, fold, k, false), s.part(x, fold, k, true)
		d := newDetector(s.tape, x.Cols())
		d.learn(over, learn)
		if over() {
			return 0
		}
		sum += areaUnder(d.shares(ask.x), ask.class)
	}
	return sum / stopFolds
}

// dealt deals the rows of each half to folds, in random order, the same in every look: the peer seeds all of this with 0.
func dealt(rows int) []int {
	fold := make([]int, rows)
	for half := range 2 {
		ids := make([]int32, rows/2)
		for i := range ids {
			ids[i] = int32(half*len(ids) + i)
		}
		r := rng.New(0, rng.GANStop, uint64(half))
		shuffle(ids, &r)
		for i, id := range ids {
			fold[id] = i % stopFolds
		}
	}
	return fold
}

// A lesson is rows and which half each is from: 0 real, 1 made.
type lesson struct {
	x     tensor.Tensor
	class []int32
}

// part gives the rows of fold k, or those of the others in random order.
func (s *stopper) part(x tensor.Tensor, fold []int, k int, inside bool) lesson {
	var ids []int32
	for i, f := range fold {
		if (f == k) == inside {
			ids = append(ids, int32(i))
		}
	}
	if !inside {
		r := rng.New(0, rng.GANStop, 2)
		shuffle(ids, &r)
	}
	l := lesson{x: tensor.New(len(ids), x.Cols()), class: make([]int32, len(ids))}
	for i, id := range ids {
		copy(l.x.Row(i), x.Row(int(id)))
		if int(id) >= x.Rows()/2 {
			l.class[i] = 1
		}
	}
	return l
}

// A detector is the peer's MLP of one hidden layer. What it gives are Gumbel-softmax shares, when it is asked as well as when it learns.
type detector struct {
	tape        *autograd.Tape
	params      *nn.Params
	hidden, out *nn.Linear
	opt         *nn.Adam
	noise       kernels.Noise
}

func newDetector(t *autograd.Tape, width int) *detector {
	d := &detector{tape: t, params: nn.NewParams(), noise: kernels.Noise{Stream: rng.GANStop, Step: 1 << 32}}
	at := d.params.Scope("detector")
	d.hidden, d.out = nn.NewLinear(at.Scope("0"), width, stopHidden), nn.NewLinear(at.Scope("1"), stopHidden, 2)
	d.params.Init(0) // in every fold and look
	d.opt = nn.NewAdam(d.params, nn.Adam{Rate: 1e-3, Decay: 1e-3})
	return d
}

// judge gives the shares of both classes for rows x: [N, 2].
func (d *detector) judge(x tensor.Tensor) autograd.Var {
	d.tape.Reset()
	h := d.hidden.ForwardAct(d.tape, d.tape.Const(x), nn.Activation{Kind: nn.ReLU}, kernels.Dropout{})
	d.noise.Step++
	return d.tape.SpanHead(d.out.Forward(d.tape, h), twoClasses, stopTau, &d.noise)
}

var twoClasses = []kernels.Span{{Width: 2, Kind: kernels.SpanSoftmax}}

// learn goes through the first four fifths of the rows, always in the same order. The loss that ends it is that of all rows, and takes
// shares for logits.
func (d *detector) learn(over func() bool, l lesson) {
	n := l.x.Rows() * 4 / 5
	least, waits := float32(math.Inf(1)), 0
	for pass := range stopPasses {
		if over() {
			return
		}
		for from := 0; from < n; from += stopBatch {
			to := min(from+stopBatch, n)
			if to-from < 2 {
				continue
			}
			loss := nn.CrossEntropy(d.tape, d.judge(l.x.Slice(from, to)), l.class[from:to])
			d.params.ZeroGrad()
			d.tape.Backward(loss)
			d.params.ClipGrad(1)
			d.opt.Step()
		}
		d.params.Freeze(true)
		loss := nn.CrossEntropy(d.tape, d.judge(l.x), l.class).Scalar()
		d.params.Freeze(false)
		if loss < least {
			least, waits = loss, 0
		} else if waits++; waits > stopWait && pass > stopMinPasses {
			return
		}
	}
}

// shares gives the share of class 1 for each row.
func (d *detector) shares(x tensor.Tensor) []float32 {
	d.params.Freeze(true)
	defer d.params.Freeze(false)
	p := d.judge(x).Data()
	out := make([]float32, x.Rows())
	for i := range out {
		out[i] = p[2*i+1]
	}
	return out
}

// areaUnder is the chance that a row of class 1 has a larger share than one of class 0; equal shares count one half.
func areaUnder(share []float32, class []int32) float64 {
	order := make([]int, len(share))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(share[a], share[b]) })
	ranks, ones := 0.0, 0
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && share[order[to]] == share[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			if class[i] == 1 {
				ranks += float64(from+to+1) / 2
				ones++
			}
		}
		from = to
	}
	zeros := len(order) - ones
	return (ranks - float64(ones)*float64(ones+1)/2) / (float64(ones) * float64(zeros))
}
