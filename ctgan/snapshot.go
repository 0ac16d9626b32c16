package ctgan

import (
	"math"
	"slices"

	"example.org/cohort/internal/rng"
	"example.org/cohort/nn"
)

// heldEvery is which row in so many is held out from learning, in tables of leastHeld rows or more: for the choice of the best state, and
// for the judge.
const heldEvery, leastHeld = 10, 100

// parted gives the rows to learn from and those held out, in a random order.
func parted(rows int, seed uint64) (learn, held []int32) {
	all := make([]int32, rows)
	for i := range all {
		all[i] = int32(i)
	}
	if rows < leastHeld {
		return all, nil
	}
	r := rng.New(seed, rng.GANSplit, 0)
	shuffle(all, &r)
	n := rows / heldEvery
	learn, held = all[n:], all[:n]
	slices.Sort(learn)
	slices.Sort(held)
	return learn, held
}

// some gives so many rows at most, spread over all of them.
func some(rows []int32, most int) []int32 {
	if len(rows) <= most {
		return rows
	}
	out := make([]int32, most)
	for i := range out {
		out[i] = rows[i*len(rows)/most]
	}
	return out
}

// only is a table of some of the rows.
func (m *matrix) only(rows []int32) *matrix {
	out := &matrix{rows: len(rows), code: make([][]int32, len(m.code)), num: make([][]float32, len(m.num))}
	for f := range m.code {
		for _, r := range rows {
			if m.code[f] != nil {
				out.code[f] = append(out.code[f], m.code[f][r])
			}
			if m.num[f] != nil {
				out.num[f] = append(out.num[f], m.num[f][r])
			}
		}
	}
	return out
}

// watched is a GAN of preset plus: now and then it is scored on rows held out, and the best state is kept.
type watched struct {
	*sampled
	m     *Model
	score *scorer // nil: there are too few rows to hold any out
	every int64
	best  state   // the generator's averaged weights
	value float64 // a float32: a checkpoint holds no more
	alive func() error
	ended bool // a look was broken off; nothing has changed
}

// step does step n, after a look at what those before it have led to.
func (w *watched) step(n int64) (Step, bool) {
	if n > 0 && w.score != nil && n%w.every == 0 && w.look() != nil {
		w.ended = true
		return w.last, true
	}
	// At first the average reaches back over the last steps in proportion to their number, or a short run would keep the first weights.
	w.average.Decay = float32(min(w.s.Average, float64(n+1)/float64(n+4)))
	return w.sampled.step(n)
}

// cancelled tells that the last step was not done.
func (w *watched) cancelled() bool { return w.ended }

// look scores the averaged generator, and keeps it if it is better than any before.
func (w *watched) look() error {
	w.average.Swap()
	defer w.average.Swap()
	tick := func(int) error { return w.alive() }
	if err := w.m.recalibrate(w.tape, scoreSeed, 10, tick); err != nil {
		return err
	}
	v, err := w.score.of(w, tick)
	if err != nil {
		return err
	}
	if v = float64(float32(v)); v > w.value {
		w.value = v
		w.best = state(w.gen.params.Save()).copy(w.best)
	}
	return nil
}

// done gives the generator its best weights: those of the best score, or the average of the last ones where none was scored.
func (w *watched) done() error {
	if math.IsInf(w.value, -1) {
		w.average.Copy()
		return nil
	}
	if err := w.look(); err != nil {
		return err
	}
	return w.gen.params.Load(w.best)
}

func (w *watched) save() state {
	s := w.sampled.save()
	last := len(s) - 1
	out := append(s[:last:last], under("best/", w.best)...)
	return append(out, nn.State{Name: "value", Shape: []int{1}, Data: []float32{float32(w.value)}}, s[last])
}

func (w *watched) load(s state) error {
	best := state(s.of("best/"))
	if err := w.sampled.load(s); err != nil {
		return err
	}
	w.value = float64(s[len(s)-2].Data[0])
	best.copy(w.best)
	return nil
}

const (
	scoreSeed  = 1    // of the rows that are scored: always the same noise
	scoreRows  = 4000 // written
	scorePairs = 300  // of columns, at most
	scoreHeld  = 5000 // rows held out, at most
	groups     = 12   // that a column's codes are put into
)

// A scorer says how likely pairs of columns of the rows held out are by what the generator writes: the mean log-likelihood of a pair.
type scorer struct {
	group [][]uint8 // by field and code
	held  [][]uint8 // by field, the groups of the rows held out
	pairs [][2]int
}

func newScorer(m *Model, data *matrix, held []int32) *scorer {
	s := &scorer{}
	held = some(held, scoreHeld)
	for f, v := range m.first {
		s.group = append(s.group, grouped(m.enc.Vars()[v].Share, m.enc.Vars()[v].Ordered))
		g := make([]uint8, len(held))
		for i, r := range held {
			g[i] = s.group[f][max(data.code[f][r], 0)]
		}
		s.held = append(s.held, g)
	}
	for a := range m.first {
		for b := range a {
			s.pairs = append(s.pairs, [2]int{b, a})
		}
	}
	r := rng.New(scoreSeed, rng.GANProbe, 1<<40)
	r.Shuffle(len(s.pairs), func(i, j int) { s.pairs[i], s.pairs[j] = s.pairs[j], s.pairs[i] })
	s.pairs = s.pairs[:min(len(s.pairs), scorePairs)]
	return s
}

// grouped puts codes into groups of about equal shares, or the frequent ones into a group each and the rest into one.
func grouped(share []float64, ordered bool) []uint8 {
	g := make([]uint8, len(share))
	if ordered {
		below := 0.0
		for k, p := range share {
			g[k] = uint8(min((below+p/2)*groups, groups-1))
			below += p
		}
		return g
	}
	byShare := make([]int, len(share))
	for k := range byShare {
		byShare[k] = k
	}
	slices.SortStableFunc(byShare, func(a, b int) int {
		switch {
		case share[a] > share[b]:
			return -1
		case share[a] < share[b]:
			return 1
		}
		return 0
	})
	for i, k := range byShare {
		g[k] = uint8(min(i, groups-1))
	}
	return g
}

// of is the score of the generator's present weights.
func (s *scorer) of(w *watched, tick func(rows int) error) (float64, error) {
	m := w.m
	written := make([][]uint8, len(m.first))
	r := rng.New(scoreSeed, rng.GANProbe, 1<<40+1)
	var p prober
	for n := 0; n < scoreRows; n += m.set.Batch {
		shares := p.shares(m, w.tape, scoreSeed, uint64(1<<20+n), m.set.Batch)
		for i := range m.set.Batch {
			for f := range written {
				at := i*m.l.width + m.l.at[f]
				written[f] = append(written[f], s.group[f][pickShare(shares[at:at+m.l.fields[f].K], &r)])
			}
		}
		if err := tick(m.set.Batch); err != nil {
			return 0, err
		}
	}
	total := 0.0
	var count [groups * groups]float64
	for _, pair := range s.pairs {
		clear(count[:])
		a, b := written[pair[0]], written[pair[1]]
		for i := range a {
			count[int(a[i])*groups+int(b[i])]++
		}
		x, y := s.held[pair[0]], s.held[pair[1]]
		for i := range x {
			total += math.Log((count[int(x[i])*groups+int(y[i])] + 0.5) / float64(len(a)+groups*groups/2))
		}
	}
	return total / float64(max(len(s.pairs)*len(s.held[0]), 1)), nil
}
