package ctgan

import (
	"math"
	"slices"
	"strconv"
	"time"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// tvae turns the values of preset plus into those of a TVAE (Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling Tabular
// Data using Conditional GAN", NeurIPS 2019, section 4.5). Average and early stopping are not theirs.
func (s *settings) tvae() {
	s.Gen, s.Plain, s.BatchNorm = []int{128, 128}, true, false
	s.Critic, s.Drop, s.Slope, s.Penalty = []int{128, 128}, []float64{0}, 0, 0
	s.Z, s.Pac, s.Batch, s.Epochs = 128, 1, 500, 300
	s.LR, s.Beta1, s.Beta2, s.Decay = 1e-3, 0.9, 0.999, 1e-5
	s.Tau, s.Average, s.EarlyStop = 1, 0.995, true
}

// An encoder tells where in the space of the noise a row lies: mean and logarithm of the variance of each number there.
type encoder struct {
	params       *nn.Params
	layers       []*nn.Linear
	mean, logVar *nn.Linear
}

func newEncoder(s *settings, l *layout) *encoder {
	e := &encoder{params: nn.NewParams()}
	at := e.params.Scope("encoder")
	width := l.width
	for i, h := range s.Critic {
		e.layers = append(e.layers, nn.NewLinear(at.Scope(strconv.Itoa(i)), width, h))
		width = h
	}
	e.mean, e.logVar = nn.NewLinear(at.Scope("mean"), width, s.Z), nn.NewLinear(at.Scope("logvar"), width, s.Z)
	return e
}

// forward gives mean and log variance, [B, Z] each, of rows x [B, D].
func (e *encoder) forward(t *autograd.Tape, x autograd.Var) (mean, logVar autograd.Var) {
	for _, l := range e.layers {
		x = l.ForwardAct(t, x, nn.Activation{Kind: nn.ReLU}, kernels.Dropout{})
	}
	return e.mean.Forward(t, x), e.logVar.Forward(t, x)
}

const (
	codesWeight = 2     // of the codes' cross-entropy in the loss, against the divergence from the prior
	leastSteps  = 4     // steps that a pass has at least, so that a small table is more than one batch
	fewestHeld  = 20    // rows held out, of a table that has four times as many
	mostLooked  = 5_000 // rows held out that are looked at
	leastLooked = 1_000 // pairs of such a row and noise that a look takes the mean of
	mostBetween = 500   // steps between two looks
	fewBetween  = 50    // and the fewest; else a look follows a pass
	patience    = 10    // looks without gain that end learning
	faintShare  = 1e-30 // below it, float32 shares have lost their digits
)

// A vae is an encoder and a decoder while they learn. The decoder is a generator without conditions, so that what writes rows does
// not know it from CTGAN's.
type vae struct {
	s        *settings
	l        *layout
	m        *matrix
	tape     *autograd.Tape
	enc      *encoder
	dec      *generator
	opts     [2]*nn.Adam // of encoder and decoder
	averages [2]*nn.EMA
	draws    nn.Draws

	learn []int32 // rows
	order []int32 // and in the order of a pass
	pass  int64
	x     autograd.Sparse // the batch [B, D]
	noise tensor.Tensor   // [B, Z]
	slope []float32       // [B, D] gradient of the codes' cross-entropy
	last  Step            // what the last step was like
	part  float64         // of the settings' learning rate

	held  []int32 // rows that are looked at
	every int64   // steps between two looks
	best  state   // the averaged networks that did best on them
	loss  float32 // and how they did
	since int     // looks since then
}

func newVAE(s *settings, l *layout, m *matrix, learn, held []int32, seed uint64) *vae {
	v := &vae{s: s, l: l, m: m, tape: autograd.New(&tensor.Arena{}), enc: newEncoder(s, l), dec: newGenerator(s, l), learn: learn, pass: -1}
	v.draws.Seed = seed
	for i, p := range v.params() {
		p.Init(seed)
		v.opts[i] = nn.NewAdam(p, nn.Adam{Beta1: float32(s.Beta1), Beta2: float32(s.Beta2), Decay: float32(s.Decay)})
		v.averages[i] = nn.NewEMA(p, float32(s.Average))
	}
	v.rate(1)
	for i := range min(len(held), mostLooked) {
		v.held = append(v.held, held[i*len(held)/min(len(held), mostLooked)])
	}
	v.every = min(max(v.perEpoch(), fewBetween), mostBetween)
	v.best, v.loss = v.weights().copy(nil), float32(math.Inf(1))
	return v
}

// prepareTVAE makes the networks of a TVAE.
func (f *fitting) prepareTVAE() {
	m := f.m
	f.kept, f.held = heldOut(f.data.rows, f.opt.Seed)
	v := newVAE(&m.set, m.l, f.data, f.kept, f.held, f.opt.Seed)
	m.gen, f.learner = v.dec, v
	if f.data.rows < leastHeld {
		f.held = nil // too few rows to teach a judge
	}
}

func (v *vae) params() [2]*nn.Params { return [2]*nn.Params{v.enc.params, v.dec.params} }

// heldOut parts rows as parted does, but also of a small table it holds out enough to tell when to stop.
func heldOut(rows int, seed uint64) (learn, held []int32) {
	learn, held = parted(rows, seed)
	if more := min(fewestHeld, rows/4) - len(held); more > 0 {
		r := rng.New(seed, rng.GANSplit, 1)
		shuffle(learn, &r)
		learn, held = learn[more:], slices.Concat(held, learn[:more])
	}
	return learn, held
}

// rate sets the learning rate to a part of what the settings say.
func (v *vae) rate(part float64) {
	v.part, v.last.Rate = part, v.s.LR*part
	for _, o := range v.opts {
		o.Rate = float32(v.last.Rate)
	}
}

// slower halves the learning rate.
func (v *vae) slower() { v.rate(v.part / 2) }

// perEpoch is the number of steps of a pass.
func (v *vae) perEpoch() int64 {
	n := len(v.learn)
	return int64(max((n+v.s.Batch-1)/v.s.Batch, min(leastSteps, n)))
}

// step does step n.
func (v *vae) step(n int64) (Step, bool) {
	began := time.Now()
	v.take(v.rows(n))
	v.last.Rows = time.Since(began)
	began = time.Now()
	v.draws.Begin(uint64(n))
	v.draws.Normal(v.noise.Data)
	v.gradients()
	v.last.CriticNorm, v.last.GeneratorNorm = float64(v.enc.params.GradNorm()), float64(v.dec.params.GradNorm())
	if !v.last.finite() {
		return v.last, false
	}
	for i, o := range v.opts {
		o.Step()
		// At first the average reaches back over the last steps in proportion to their number, or a short run would keep the first weights.
		v.averages[i].Decay = float32(min(v.s.Average, float64(n+1)/float64(n+4)))
		v.averages[i].Update()
	}
	v.last.GeneratorTime = time.Since(began)
	if (n+1)%v.every == 0 {
		v.look()
	}
	return v.last, true
}

// rows gives the rows of step n. A pass is cut into batches of equal size: a few rows that were left over would make a step as
// long as all others.
func (v *vae) rows(n int64) []int32 {
	steps := v.perEpoch()
	if pass := n / steps; pass != v.pass {
		v.pass = pass
		v.order = append(v.order[:0], v.learn...)
		r := rng.New(v.draws.Seed, rng.VAEOrder, uint64(pass))
		shuffle(v.order, &r)
	}
	at, all := n%steps, int64(len(v.order))
	return v.order[at*all/steps : (at+1)*all/steps]
}

// take makes a batch of the rows named, and room for its noise.
func (v *vae) take(rows []int32) {
	pack := packer{l: v.l, to: &v.x, pac: 1}
	pack.begin()
	for _, r := range rows {
		pack.row(v.m, int(r), -1, -1)
	}
	pack.end()
	if n := len(rows); v.noise.Data == nil || v.noise.Shape[0] != n {
		v.noise = tensor.FromSlice(resize(v.noise.Data, n*v.s.Z), n, v.s.Z)
	}
}

// forward takes the batch through both networks. kl is the mean over its rows of the divergence of their normal distributions from
// the standard one.
func (v *vae) forward() (logits, kl autograd.Var) {
	t := v.tape
	t.Reset()
	mean, logVar := v.enc.forward(t, t.Sparse(&v.x))
	deviation := t.Exp(t.Scale(logVar, 0.5))
	logits = v.dec.through(t, t.Add(mean, t.Mul(deviation, t.Const(v.noise))))
	kl = t.Sum(t.Sub(t.Add(t.Square(mean), t.Square(deviation)), t.AddConst(logVar, 1)))
	return logits, t.Scale(kl, 0.5/float32(v.x.Rows))
}

// gradients leaves the gradients of the batch's loss in the networks. That of the codes' cross-entropy is known without the tape, for
// all columns at once; it enters as the gradient of its product with the logits.
func (v *vae) gradients() {
	t, n := v.tape, v.x.Rows
	logits, kl := v.forward()
	codes := codesWeight * v.surprise(logits.Data()) / float64(n)
	kernels.Scale(v.slope, v.slope, codesWeight/float32(n))
	v.enc.params.ZeroGrad()
	v.dec.params.ZeroGrad()
	t.Backward(t.Add(t.Sum(t.Mul(logits, t.Const(tensor.Tensor{Shape: logits.Shape(), Data: v.slope}))), kl))
	v.last.Critic, v.last.Penalty = codes, float64(kl.Scalar())
	v.last.Generator = v.last.Critic + v.last.Penalty
}

// surprise is the cross-entropy of the batch's codes, summed over columns and rows. Its gradient for the logits is left in v.slope. A
// column of which a row has no code counts nothing.
func (v *vae) surprise(logits []float32) float64 {
	n, d := v.x.Rows, v.l.width
	v.slope = resize(v.slope, n*d)
	kernels.SpanForward(v.slope, logits, n, d, v.l.spans, 1, nil)
	sum := 0.0
	for i := range n {
		row, codes := v.slope[i*d:(i+1)*d], v.x.Col[v.x.RowPtr[i]:v.x.RowPtr[i+1]]
		for _, s := range v.l.spans {
			end := s.Offset + s.Width
			if len(codes) == 0 || int(codes[0]) >= end {
				clear(row[s.Offset:end])
				continue
			}
			c := int(codes[0])
			codes = codes[1:]
			if p := row[c]; p < faintShare {
				sum += farOff(logits[i*d+s.Offset:i*d+end], c-s.Offset)
			} else {
				sum -= math.Log(float64(p))
			}
			row[c]--
		}
	}
	return sum
}

// farOff is -ln of the softmax of x at k, however small that is.
func farOff(x []float32, k int) float64 {
	top, sum := math.Inf(-1), 0.0
	for _, y := range x {
		top = max(top, float64(y))
	}
	for _, y := range x {
		sum += math.Exp(float64(y) - top)
	}
	return math.Log(sum) + top - float64(x[k])
}

// elbo is the evidence lower bound of the rows that are looked at: nats a row, always with the same noise.
func (v *vae) elbo() float64 {
	sum, count := 0.0, 0
	for draw := uint64(0); count < leastLooked; {
		for from := 0; from < len(v.held); from += v.s.Batch {
			rows := v.held[from:min(from+v.s.Batch, len(v.held))]
			v.take(rows)
			kernels.Normal(v.noise.Data, v.draws.Seed, rng.VAELook, draw, 0)
			logits, kl := v.forward()
			sum += v.surprise(logits.Data()) + float64(kl.Scalar())*float64(len(rows))
			count += len(rows)
			draw++
		}
	}
	return -sum / float64(count)
}

// look compares the averaged networks with the best so far, and keeps them if they are better.
func (v *vae) look() {
	if len(v.held) == 0 {
		return
	}
	v.swap()
	v.since++
	if loss := float32(-v.elbo()); loss < v.loss {
		v.loss, v.since = loss, 0
		v.best = v.weights().copy(v.best)
	}
	v.swap()
}

// swap exchanges the networks and their averages.
func (v *vae) swap() {
	for _, a := range v.averages {
		a.Swap()
	}
}

// finished tells whether the rows held out have gained nothing for long.
func (v *vae) finished() bool { return v.s.EarlyStop && v.since >= patience }

// done leaves the best networks; where there was nothing to look at, the averages.
func (v *vae) done() error {
	if v.look(); math.IsInf(float64(v.loss), 1) {
		for _, a := range v.averages {
			a.Copy()
		}
		return nil
	}
	if err := v.enc.params.Load(v.best.of("encoder/")); err != nil {
		return err
	}
	return v.dec.params.Load(v.best.of("decoder/"))
}

func (v *vae) weights() state {
	return append(under("encoder/", v.enc.params.Save()), under("decoder/", v.dec.params.Save())...)
}

// save gives everything that learning goes on from.
func (v *vae) save() state {
	s := append(v.weights(), under("best/", v.best)...)
	steps := 0
	for i, o := range v.opts {
		var moments []nn.State
		steps, moments = o.Save()
		s = append(s, under(vaeMoments[i], moments)...)
		s = append(s, under(vaeAverages[i], v.averages[i].Save())...)
	}
	return append(s, nn.State{Name: "progress", Shape: []int{4}, Data: []float32{float32(steps), float32(v.part), v.loss, float32(v.since)}})
}

// The names of the tensors of encoder and decoder.
var (
	vaeMoments  = [2]string{"encoder-moments/", "decoder-moments/"}
	vaeAverages = [2]string{"encoder-average/", "decoder-average/"}
)

// load takes what save gave, or a copy of it.
func (v *vae) load(s state) error {
	progress := s[len(s)-1].Data
	errs := []error{v.enc.params.Load(s.of("encoder/")), v.dec.params.Load(s.of("decoder/"))}
	for i := range v.opts {
		errs = append(errs, v.opts[i].Load(int(progress[0]), s.of(vaeMoments[i])), v.averages[i].Load(s.of(vaeAverages[i])))
	}
	for _, err := range errs {
		if err != nil {
			return damaged(err.Error())
		}
	}
	v.best = state(s.of("best/")).copy(v.best)
	v.loss, v.since = progress[2], int(progress[3])
	v.rate(float64(progress[1]))
	return nil
}
