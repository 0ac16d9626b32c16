package ctgan

import (
	"math"
	"slices"

	"example.org/cohort/autograd"
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
	tiltRows    = 20_000 // written, to be weighed
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

// newTilt fits a tilt to the rows named. Cells of fewer than protect rows count as if the columns were independent there.
// tick hears of rows written, and may end it.
func newTilt(m *Model, data *matrix, rows []int32, protect int, tape *autograd.Tape, tick func(rows int) error) (*tilt, error) {
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
	written, err := m.writeGroups(group, tape, tick)
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
	for c := range have {
		const least = 2e-4
		to := float64(t.Factor[i][c]) + 0.7*math.Log((want[c]+least)/(have[c]/total+least))
		to = min(max(to, -mostFactor), mostFactor)
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
			var count, share tally
			var as, bs [groups]float64
			for i := range real[a] {
				x, y := real[a][i], real[b][i]
				count[int(x)*groups+int(y)]++
				as[x]++
				bs[y]++
			}
			chi, ka, kb := 0.0, -1.0, -1.0
			for x := range groups {
				ka += min(as[x], 1)
				kb += min(bs[x], 1)
				for y := range groups {
					c, e := count[x*groups+y], as[x]*bs[y]/n
					if e > 0 {
						chi += (c - e) * (c - e) / e
					}
					if c < float64(protect) {
						c = e
					}
					share[x*groups+y] = (c + tiltPrior*e/n) / (n + tiltPrior)
				}
			}
			free := ka * kb
			if much := (chi - free) / math.Sqrt(2*max(free, 1)); much > significant {
				all = append(all, found{[2]int{a, b}, share, chi / n})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y found) int {
		switch {
		case x.much > y.much:
			return -1
		case x.much < y.much:
			return 1
		}
		return 0
	})
	for _, f := range all[:min(len(all), tiltPairs)] {
		pairs, want = append(pairs, f.pair), append(want, f.share)
	}
	return pairs, want, nil
}

// writeGroups writes rows and gives their groups, by field.
func (m *Model) writeGroups(group [][]uint8, tape *autograd.Tape, tick func(rows int) error) ([][]uint8, error) {
	written := make([][]uint8, len(m.first))
	r := rng.New(scoreSeed, rng.GANProbe, 1<<40+2)
	var p prober
	for n := 0; n < tiltRows; n += m.set.Batch {
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
