package ml

import (
	"fmt"
	"math"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/internal/tree"
)

// A model is what trees and forests share: the codes of the columns, and the trees grown on them.
type model struct {
	binners []binner
	x       []tree.Column // of the fit
	target  target
	trees   []grown
}

// A grown tree knows, for each node that is a leaf, what to predict: the classes of its rows with their shares, or one
// mean.
type grown struct {
	tree  *tree.Tree
	first []int32 // leaf i has answers[first[i]:first[i+1]]
	says  []answer
	in    []uint64 // bit set of the rows it was grown on
}

type answer struct {
	class int32
	value float64 // share of the class, or the mean
}

// options say how one tree is grown.
type options struct {
	minLeaf, try int
	share        float64 // of the persons
	stop         <-chan struct{}
}

func newModel(x []Column, y Column) (model, error) {
	if err := checkTable(x, y.Len()); err != nil {
		return model{}, err
	}
	if err := y.checkTarget(y.Len()); err != nil {
		return model{}, err
	}
	m := model{binners: newBinners(x), target: newTarget(y)}
	var err error
	m.x, err = bin(m.binners, x)
	return m, err
}

// grow grows one tree; number tells it from all others of the same seed.
func (m *model) grow(s *sample, o options, seed, number uint64) grown {
	if run.Closed(o.stop) {
		return grown{}
	}
	rows, in := s.draw(o.share, seed, number)
	columns := rng.New(seed, rng.ForestColumns, number)
	if o.minLeaf <= 0 {
		o.minLeaf = 2
	}
	t := tree.Grow(m.x, m.target.column, rows, nil, tree.Options{
		MinLeaf: o.minLeaf, Try: o.try, Variance: m.target.variance, Values: m.target.scores,
		Midway: true, Discount: true, Stop: o.stop,
	}, &columns)
	if t == nil {
		return grown{}
	}
	g := grown{tree: t, in: in, first: make([]int32, len(t.Nodes)+1)}
	for i, n := range t.Nodes {
		if n.Feature == tree.Leaf {
			g.says = m.target.answer(g.says, t.Codes[n.First:n.First+n.Count])
		}
		g.first[i+1] = int32(len(g.says))
	}
	t.Codes = nil
	return g
}

// answer appends what a leaf with the given targets, which are ascending, predicts.
func (t *target) answer(says []answer, codes []uint16) []answer {
	if t.classes == 0 {
		mean := 0.0
		for _, c := range codes {
			mean += t.value[c] / float64(len(codes))
		}
		return append(says, answer{value: mean})
	}
	for from := 0; from < len(codes); {
		to := from + 1
		for to < len(codes) && codes[to] == codes[from] {
			to++
		}
		says = append(says, answer{class: int32(codes[from]), value: float64(to-from) / float64(len(codes))})
		from = to
	}
	return says
}

// lists gives room for the predictions of n rows.
func (m *model) lists(n int) [][]float64 {
	p := make([][]float64, max(1, m.target.classes))
	for c := range p {
		p[c] = make([]float64, n)
	}
	return p
}

// block is how many rows are predicted at a time, so that their codes stay in cache from tree to tree.
const block = 256

// mean gives the mean prediction of the trees for the given rows of x, in their order; with unseen, of those trees only that
// were not grown on the row.
func (m *model) mean(x []tree.Column, rows []int32, trees []grown, unseen bool) [][]float64 {
	p := m.lists(len(rows))
	run.Parallel((len(rows)+block-1)/block, func(b int) {
		from, to := b*block, min(len(rows), (b+1)*block)
		var asked [block]int32
		for t := range trees {
			g := &trees[t]
			for j, i := range rows[from:to] {
				if unseen && g.in[i>>6]>>(i&63)&1 == 1 {
					continue
				}
				asked[j]++
				leaf := g.tree.Leaf(x, i)
				for _, a := range g.says[g.first[leaf]:g.first[leaf+1]] {
					p[a.class][from+j] += a.value
				}
			}
		}
		for c := range p {
			for j := from; j < to; j++ {
				p[c][j] /= float64(asked[j-from])
			}
		}
	})
	return p
}

// ask gives the mean prediction of all trees for new rows.
func (m *model) ask(x []Column) ([][]float64, error) {
	if m.trees == nil {
		return nil, ErrUnfitted
	}
	n := 0
	if len(x) > 0 {
		n = x[0].Len()
	}
	if err := checkTable(x, n); err != nil {
		return nil, err
	}
	codes, err := bin(m.binners, x)
	if err != nil {
		return nil, err
	}
	return m.mean(codes, count(n), m.trees, false), nil
}

func (m *model) predict(x []Column) (Column, error) {
	p, err := m.ask(x)
	if err != nil {
		return Column{}, err
	}
	if m.target.classes == 0 {
		return Column{Numbers: p[0]}, nil
	}
	y := Column{Codes: make([]int32, len(p[0])), Card: m.target.classes}
	for i := range y.Codes {
		best := math.Inf(-1)
		for c := range p {
			if p[c][i] > best {
				best, y.Codes[i] = p[c][i], int32(c)
			}
		}
	}
	return y, nil
}

func (m *model) predictProba(x []Column) ([][]float64, error) {
	if m.trees != nil && m.target.classes == 0 {
		return nil, fmt.Errorf("%w: a target of numbers has no classes", ErrInput)
	}
	return m.ask(x)
}

// count gives 0, ..., n-1.
func count(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}
