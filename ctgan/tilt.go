package ctgan

import (
	"cmp"
	"context"
	"math"
	"slices"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
)

// A tilt is what the generator's rows are weighed by so that pairs of columns come out as often as in the table: the product of one factor for
// each of some pairs, found by iterative proportional fitting (Deming and Stephan, 1940) on rows that the generator writes. It
// knows much less than a judge, and so can be learned from few rows.
type tilt struct {
	Pairs  [][2]int    // fields
	Factor [][]float32 // by pair, [groups*groups]: logarithms
}

const (
	tiltRows    = 20_000 // written, to be weighed, at most
	tiltPairs   = 100    // at most
	tiltSweeps  = 12
	tiltPrior   = 10.0 // rows that independence counts for in the table's shares
	mostFactor  = 2.5  // of a pair's logarithm
	significant = 4.0  // standard deviations of the chi-squared statistic beyond which a pair counts as dependent
)

// groupsOf gives the group of every code, by field.
func (m *Model) groupsOf() [][]uint8 {
	var g [][]uint8
	for _, v := range m.first {
		g = append(g, grouped(m.enc.Vars()[v].Share, m.enc.Vars()[v].Ordered))
	}
	return g
}

// log gives the logarithm of a row's weight. code gives the code of a field, none below 0.
func (t *tilt) log(group [][]uint8, code func(f int) int32) float64 {
	sum := 0.0
	for i, p := range t.Pairs {
		a, b := code(p[0]), code(p[1])
		if a >= 0 && b >= 0 {
			sum += float64(t.Factor[i][int(group[p[0]][a])*groups+int(group[p[1]][b])])
		}
	}
	return sum
}

// A tally is a table of two columns' groups.
type tally [groups * groups]float64

// newTilt fits a tilt to the rows named.
// tick hears of rows written, and may end it.
func newTilt(m *Model, data *matrix, rows []int32, protect, writes int, tape *autograd.Tape, tick func(rows int) error) (*tilt, error) {
	group := m.groupsOf()
	real := make([][]uint8, len(m.first))
	for f := range real {
		real[f] = make([]uint8, len(rows))
		for i, r := range rows {
			real[f][i] = group[f][max(data.code[f][r], 0)]
		}
	}
	pairs, want, err := dependent(real, protect, tick)
	if err != nil {
		return nil, err
	}
	t := &tilt{Pairs: pairs}
	written, err := m.writeGroups(group, writes, tape, tick)
	if err != nil {
		return nil, err
	}
	weight := make([]float64, len(written[0]))
	for i := range weight {
		weight[i] = 1
	}
	t.Factor = make([][]float32, len(t.Pairs))
	for i := range t.Factor {
		t.Factor[i] = make([]float32, groups*groups)
	}
	for range tiltSweeps {
		for i, p := range t.Pairs {
			t.rake(i, &want[i], written[p[0]], written[p[1]], weight)
		}
		if err := tick(0); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// rake moves the factors of pair i until the weighed rows have its shares.
func (t *tilt) rake(i int, want *tally, a, b []uint8, weight []float64) {
	var have tally
	total := 0.0
	for r, w := range weight {
		have[int(a[r])*groups+int(b[r])] += w
		total += w
	}
	var move [groups * groups]float64
	mean := 0.0
	for c := range have {
		const least = 2e-4
		move[c] = 0.7 * math.Log((want[c]+least)/(have[c]/total+least))
		mean += have[c] / total * math.Exp(move[c])
	}
	for c := range have {
		// Weights keep their mean, or all factors would drift to their bound.
		to := min(max(float64(t.Factor[i][c])+move[c]-math.Log(mean), -mostFactor), mostFactor)
		move[c] = math.Exp(to - float64(t.Factor[i][c]))
		t.Factor[i][c] = float32(to)
	}
	for r := range weight {
		weight[r] *= move[int(a[r])*groups+int(b[r])]
	}
}

// dependent finds the pairs of columns that depend on each other more than chance explains, the most dependent ones first, and their
// shares.
func dependent(real [][]uint8, protect int, tick func(rows int) error) (pairs [][2]int, want []tally, err error) {
	type found struct {
		pair  [2]int
		share tally
		much  float64
	}
	var all []found
	n := float64(len(real[0]))
	for b := range real {
		for a := range b {
			if err := tick(0); err != nil {
				return nil, nil, err
			}
			var count tally
			for i := range real[a] {
				count[int(real[a][i])*groups+int(real[b][i])]++
			}
			e, free := count.expected(n)
			chi := 0.0
			for i, c := range count {
				if e[i] > 0 {
					chi += (c - e[i]) * (c - e[i]) / e[i]
				}
			}
			if (chi-free)/math.Sqrt(2*max(free, 1)) > significant {
				all = append(all, found{[2]int{a, b}, *count.shares(&e, float64(protect)), chi / n})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y found) int { return cmp.Compare(y.much, x.much) })
	for _, f := range all[:min(len(all), tiltPairs)] {
		pairs, want = append(pairs, f.pair), append(want, f.share)
	}
	return pairs, want, nil
}

// expected gives how many rows of n each cell would have if the columns were independent, and the degrees of freedom.
func (count *tally) expected(n float64) (e tally, free float64) {
	var as, bs [groups]float64
	for i, c := range count {
		as[i/groups] += c
		bs[i%groups] += c
	}
	ka, kb := -1.0, -1.0
	for x := range groups {
		ka += min(as[x], 1)
		kb += min(bs[x], 1)
	}
	for i := range e {
		e[i] = as[i/groups] * bs[i%groups] / n
	}
	return e, ka * kb
}

// shares gives the shares of counts. The rows of all cells that too few have are shared out among these cells as if the columns were
// independent there; if they are too few together, they are left out. Both columns keep their shares.
func (count *tally) shares(e *tally, protect float64) *tally {
	few, wouldBe, n := 0.0, 0.0, 0.0
	for i, c := range count {
		n += c
		if c < protect {
			few += c
			wouldBe += e[i]
		}
	}
	if few < protect {
		few = 0
	}
	share := tally{}
	for i, c := range count {
		if c < protect {
			c = e[i] * few / max(wouldBe, 1e-9)
		}
		share[i] = c + tiltPrior*e[i]/n
	}
	const sweeps = 30
	for range sweeps {
		share.scale(e, n, func(i int) int { return i / groups })
		share.scale(e, n, func(i int) int { return i % groups })
	}
	return &share
}

// scale gives one of the columns the shares that it has in the expected counts of n rows. of gives the group of a cell.
func (share *tally) scale(e *tally, n float64, of func(cell int) int) {
	var have, want [groups]float64
	for i, x := range share {
		have[of(i)] += x
		want[of(i)] += e[i] / n
	}
	for i := range share {
		if h := have[of(i)]; h > 0 {
			share[i] *= want[of(i)] / h
		}
	}
}

// writeGroups writes rows and gives their groups, by field.
func (m *Model) writeGroups(group [][]uint8, rows int, tape *autograd.Tape, tick func(rows int) error) ([][]uint8, error) {
	written := make([][]uint8, len(m.first))
	if len(m.Schema().Rules) > 0 {
		codes, err := m.ruledCodes(scoreSeed, rows, tick)
		for f := range codes {
			for _, c := range codes[f] {
				written[f] = append(written[f], group[f][c])
			}
		}
		return written, err
	}
	r := rng.New(scoreSeed, rng.GANProbe, 1<<40+2)
	var p prober
	for n := 0; n < rows; n += m.set.Batch {
		shares := p.shares(m, tape, scoreSeed, uint64(1<<22+n), m.set.Batch)
		for i := range m.set.Batch {
			for f := range written {
				at := i*m.l.width + m.l.at[f]
				written[f] = append(written[f], group[f][pickShare(shares[at:at+m.l.fields[f].K], &r)])
			}
		}
		if err := tick(m.set.Batch); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// ruledCodes writes rows as Sample does, but unweighed, and gives their codes, by field. Where there are rules they are other rows than
// the generator's: a total is computed, and what breaks a rule is drawn anew.
func (m *Model) ruledCodes(seed uint64, rows int, tick func(rows int) error) ([][]int32, error) {
	const together = 2000
	out := make([][]int32, len(m.first))
	for n := 0; n < rows; n += together {
		s, err := m.plan.Sampler(draw.Options{First: int64(n), Rows: int64(min(together, rows-n)), Seed: seed})
		if err != nil {
			return nil, err
		}
		t, _, err := s.Rows(context.Background(), func(n int) draw.Source { return m.newSource(n, &wanted{}) })
		if err != nil {
			return nil, err
		}
		codes, err := m.enc.Codes(t)
		if err != nil {
			return nil, err
		}
		for f, v := range m.first {
			out[f] = append(out[f], codes[v]...)
		}
		if err := tick(t.Rows()); err != nil {
			return nil, err
		}
	}
	return out, nil
}
