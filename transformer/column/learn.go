package column

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
	"example.org/cohort/kernels"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A member is one network while it learns. It watches how well it tells rows that it does not learn until that grows no better, goes back
// to where it was best, and goes on from there with all rows and a falling rate.
type member struct {
	net   *net
	codes [][]int32 // [V][N]
	order []int32   // the fields in the order in which rows are drawn as a rule
	batch int
	rate  float32
	seed  uint64
	held  []int32 // rows
	rest  []int32 // those that are learned while the others are watched
	all   []int32
	state state
	good  []nn.State  // the best weights so far
	told  [][]float64 // V by held: ln probability that they gave

	adam    *nn.Adam
	average *nn.EMA
	tape    *autograd.Tape
	draws   nn.Draws
	b       batch
	epoch   []int32 // the rows in the order of an epoch
	which   int64   // that epoch plus 1
	spare   []int32 // [B*C], orders
}

// A state is what of a member is no tensor.
type state struct {
	Step      int64 // done
	Search    int64 // most steps while the rows held out are watched
	Looks     int
	Best      int64 // the step of the best look
	Score     float64
	Worse     int   // looks since
	Until     int64 // the last step once the search has ended; 0 before
	Slow      float32
	Rollbacks int
}

const (
	warmup    = 20   // steps in which the rate rises
	lookEvery = 20   // steps between two looks, at least; else an epoch
	patience  = 4    // looks without a better one that end the search
	goOn      = 0.25 // steps on all rows, as a share of those of the search
	decay     = 0.05
	average   = 0.99 // weight of the past in the average of weights
	most      = 8    // ways back
	scoreRows = 256  // rows that are scored together
)

func newMember(n *net, codes [][]int32, order []int32, o Options, seed uint64) *member {
	m := &member{net: n, codes: codes, order: order, batch: o.Batch, rate: float32(o.Rate), seed: seed}
	m.state.Slow = 1
	m.begin()
	m.tape = autograd.New(new(tensor.Arena))
	m.draws.Seed = seed
	return m
}

// begin makes optimiser and average anew.
func (m *member) begin() {
	m.adam = nn.NewAdam(m.net.params, nn.Adam{Beta1: 0.9, Beta2: 0.99, Decay: decay, Decoupled: true})
	m.average = nn.NewEMA(m.net.params, average)
}

// ended tells that there is nothing left to do.
func (m *member) ended() bool { return m.state.Until > 0 && m.state.Step >= m.state.Until }

// rows are those that are learned now.
func (m *member) rows() []int32 {
	if m.state.Until > 0 {
		return m.all
	}
	return m.rest
}

func (m *member) perEpoch() int64 { return int64(max(1, (len(m.rows())+m.batch-1)/m.batch)) }

// choose gives the rows of a step.
func (m *member) choose(step int64) []int32 {
	e := step / m.perEpoch()
	if m.state.Until > 0 {
		e += 1 << 32 // another set of rows has orders of its own
	}
	if m.which != e+1 {
		m.epoch = append(m.epoch[:0], m.rows()...)
		r := rng.New(m.seed, rng.ColumnRows, uint64(e))
		r.Shuffle(len(m.epoch), func(i, j int) { m.epoch[i], m.epoch[j] = m.epoch[j], m.epoch[i] })
		m.which = e + 1
	}
	lo := int(step%m.perEpoch()) * m.batch
	return m.epoch[lo:min(lo+m.batch, len(m.epoch))]
}

// step does one step. It is false where numbers are not finite more often than can be.
func (m *member) step() bool {
	s := &m.state
	m.fill(m.choose(s.Step))
	m.tape.Reset()
	m.draws.Begin(uint64(s.Step))
	m.net.params.ZeroGrad()
	loss := m.net.loss(m.tape, &m.b, &m.draws)
	value := float64(loss.Data()[0])
	m.tape.Backward(loss)
	norm := float64(m.net.params.GradNorm())
	if value-value != 0 || norm-norm != 0 {
		if s.Rollbacks++; s.Rollbacks > most {
			return false
		}
		s.Slow /= 2
		m.back()
	} else {
		m.net.params.ClipGrad(1)
		m.adam.Rate = m.rate * s.Slow * m.fall()
		m.adam.Step()
		m.average.Decay = min(average, float32(s.Step+1)/float32(s.Step+10))
		m.average.Update()
	}
	s.Step++
	m.look()
	return true
}

// fall is the factor of the rate: it rises, stays, and falls in the steps on all rows.
func (m *member) fall() float32 {
	s := &m.state
	if s.Until == 0 {
		return min(1, float32(s.Step+1)/warmup)
	}
	left := float64(s.Until-s.Step) / float64(max(s.Until-s.Best, 1))
	return float32(min(left, 1)) / 2
}

// fill makes the batch of rows: every other one in an order of chance.
func (m *member) fill(rows []int32) {
	c := len(m.net.fields)
	m.spare = room(m.spare, len(rows)*c)
	r := rng.New(m.seed, rng.ColumnOrder, uint64(m.state.Step))
	m.b.fill(m.net, m.codes, rows, func(i int) []int32 {
		o := m.spare[i*c : (i+1)*c]
		copy(o, m.order)
		if i%2 == 1 {
			r.Shuffle(c, func(i, j int) { o[i], o[j] = o[j], o[i] })
		}
		return o
	})
}

// look says, now and then, how well the average tells the rows held out, and ends the search.
func (m *member) look() {
	s := &m.state
	if s.Until > 0 || s.Step%max(m.perEpoch(), lookEvery) != 0 && s.Step < s.Search {
		return
	}
	m.average.Swap()
	told := m.tell()
	score := mean(told)
	s.Looks++
	if m.good == nil || score < s.Score {
		s.Score, s.Best, s.Worse, m.told = score, s.Step, 0, told
		m.good = copied(m.net.params.Save(), m.good)
	} else {
		s.Worse++
	}
	m.average.Swap()
	if s.Worse >= patience || s.Step >= s.Search {
		m.back()
		s.Step = s.Best
		s.Until = s.Best + max(int64(float64(s.Best)*goOn), 1)
	}
}

// tell is what the net says of the rows held out.
func (m *member) tell() [][]float64 {
	m.net.params.Freeze(true)
	defer m.net.params.Freeze(false)
	return m.net.score(m.tape, &m.b, m.codes, m.held, m.order)
}

// back takes the best weights, or the first ones where there are none yet, and begins the optimiser anew.
func (m *member) back() {
	if m.good == nil {
		m.net.begin(m.seed)
	} else if err := m.net.params.Load(m.good); err != nil {
		panic("column: " + err.Error()) // they are a copy of those of this net
	}
	m.begin()
}

// finish leaves the net with the weights to use: the average, or the best ones where the search was cut short.
func (m *member) finish() {
	if m.state.Until == 0 {
		if m.good == nil { // cut short before the first look
			m.average.Copy()
			m.told = m.tell()
			return
		}
		m.back()
		return
	}
	m.average.Copy()
}

// loss is the mean over rows and columns of -ln probability, [1].
func (n *net) loss(t *autograd.Tape, b *batch, d *nn.Draws) autograd.Var {
	var total autograd.Var
	n.each(t, b, d, func(v int, logits autograd.Var) {
		s := t.Sum(t.CrossEntropy(logits, b.labels[v]))
		if v == 0 {
			total = s
			return
		}
		total = t.Add(total, s)
	})
	return t.Scale(total, 1/float32(b.rows*len(n.fields)))
}

// each computes the logits of every variable, [B, K], in ascending order.
func (n *net) each(t *autograd.Tape, b *batch, d *nn.Draws, do func(v int, logits autograd.Var)) {
	h := n.blocks.Forward(t, n.embed(t, b, d), len(n.fields), nil, d)
	h = t.Embedding(h, b.gather) // [C*B, E]
	for c, f := range n.fields {
		z := t.Rows(h, c*b.rows, (c+1)*b.rows)
		for p := range f.parts {
			v := f.first + p
			do(v, n.head(t, v, z, b.labels[f.first:v]))
		}
	}
}

// score gives ln probability of the codes [V][N] of rows, in one order of the fields: [V][len(rows)]; 0 where a variable does not apply.
// The parameters should be frozen, or work is done for gradients that nobody asks for.
func (n *net) score(t *autograd.Tape, b *batch, codes [][]int32, rows, order []int32) [][]float64 {
	out := make([][]float64, len(n.vars))
	for lo := 0; lo < len(rows); lo += scoreRows {
		part := rows[lo:min(lo+scoreRows, len(rows))]
		b.fill(n, codes, part, func(int) []int32 { return order })
		t.Reset()
		n.each(t, b, nil, func(v int, logits autograd.Var) {
			k := n.vars[v].Card
			p := make([]float32, len(part)*k)
			kernels.LogSoftmax(p, logits.Data(), len(part), k)
			for i, c := range b.labels[v] {
				x := 0.0
				if c >= 0 {
					x = float64(p[i*k+int(c)])
				}
				out[v] = append(out[v], x)
			}
		})
	}
	return out
}

// mean is the mean over rows of -ln probability; NaN of none.
func mean(scores [][]float64) float64 {
	if len(scores) == 0 || len(scores[0]) == 0 {
		return math.NaN()
	}
	s := 0.0
	for _, v := range scores {
		for _, x := range v {
			s -= x
		}
	}
	return s / float64(len(scores[0]))
}

// copied copies tensors over those of to, which has the same ones, or into new memory where it is nil.
func copied(from, to []nn.State) []nn.State {
	if to == nil {
		to = make([]nn.State, len(from))
		for i, x := range from {
			to[i] = nn.State{Name: x.Name, Shape: x.Shape, Data: make([]float32, len(x.Data))}
		}
	}
	for i := range from {
		copy(to[i].Data, from[i].Data)
	}
	return to
}
