package ml

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// An MLP is neural networks of layers with ReLU, and softmax over classes or a number behind them. Its zero values are those of
// scikit-learn's MLPClassifier, one hidden layer of 100, but: columns are scaled inside, numbers of a target too; rows that are held out
// say when to stop, and the weights that did best on them are taken; small tables have smaller batches; and the answer is the mean of a
// few networks that hold out different rows, since in small tables it is a matter of luck which rows those are. The zero value is
// ready to fit; its fields must not change between a fit and a prediction.
type MLP struct {
	Classes  int     // K; 0: the target is numbers
	Hidden   []int   // widths; nil is one layer of 100
	Rate     float64 // of Adam; 0 is 1e-3
	Batch    int     // 0 is 200, or a tenth of the rows if that is less, but at least 16
	Decay    float64 // squared weights' part in the loss of a row, half of it; 0 is 1e-4
	Epochs   int     // most passes over the rows; 0 is 200
	Held     float64 // share of the rows that say when to stop; 0 is 0.1
	Networks int     // 0 is 4
	Tol      float64 // what the loss must gain for a pass to count; 0 is 1e-4
	Patience int     // passes without such a gain before the end; 0 is 10, or as many as 200 steps take
	Seed     uint64  // the same seed and data give the same network
	// Peer is the MLP of synthcity 0.2.10 in place of all settings above but Classes, Hidden and Seed: unscaled columns, Gumbel noise
	// in the output, also of predictions, and an end that is decided on all rows. See [PeerSynthcity].
	Peer Peer
	// Stop, once closed, ends Fit soon, with ErrStopped. nil is never.
	Stop <-chan struct{}

	known
	scaling
	nets []*network
}

// A Peer is a program whose faults are copied, for measurement.
type Peer uint8

// PeerSynthcity is synthcity 0.2.10 (plugins/core/models/mlp.py): batches of 500 rows in one order for ever, at most 1000 passes, gradients
// cut to length 1, weight decay 1e-3 in the gradient; a "validation" loss on all rows that must fail to fall 11 times after pass 100. For
// classes the output is a sample of Gumbel-softmax at temperature 0.2, and the loss takes the logarithm of the softmax of that.
const PeerSynthcity Peer = 1

// Fit learns to tell y [N], classes from 0 to K-1 or numbers, from x [N, D]. A class that no row has gets probability 0. With
// fewer than 20 rows none are held out, and the loss on all of them says when to stop. The error is ErrNoRows, ErrOneClass or
// ErrStopped, or wraps ErrInput.
func (m *MLP) Fit(x *mat.Dense, y []float64) error {
	if err := checkTaught(x, y); err != nil {
		return err
	}
	if err := m.checkSettings(); err != nil {
		return err
	}
	k, outs := known{}, 1
	if m.Classes > 0 {
		var err error
		if k, err = newKnown(y, m.Classes); err != nil {
			return err
		}
		outs = len(k.classes)
	}
	s, err := m.newScaling(x, y)
	if err != nil {
		return err
	}
	nets, err := m.teach(s.batch(x, y, k.code), len(s.shift), outs)
	if err != nil {
		return err
	}
	m.known, m.scaling, m.nets = k, s, nets
	return nil
}

// teach makes the networks, each on a thread of its own: their products are too small to be shared.
func (m *MLP) teach(all rowBatch, cols, outs int) ([]*network, error) {
	nets := make([]*network, or(m.Networks, 4))
	if m.Peer == PeerSynthcity {
		nets = nets[:1]
	}
	errs := make([]error, len(nets))
	if len(nets) > 1 {
		defer kernels.Apart()()
	}
	run.Parallel(len(nets), func(i int) {
		nets[i] = newNetwork(m, i, cols, outs)
		t := teaching{of: m, number: i, net: nets[i], tape: autograd.New(&tensor.Arena{}), all: all}
		if m.Peer == PeerSynthcity {
			errs[i] = t.synthcity()
		} else {
			errs[i] = t.learn()
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return nets, nil
}

func (m *MLP) checkSettings() error {
	if m.Rate < 0 || m.Batch < 0 || m.Decay < 0 || m.Epochs < 0 || m.Tol < 0 || m.Patience < 0 || m.Networks < 0 || m.Held < 0 || m.Held >= 1 {
		return fmt.Errorf("%w: a setting of the network that is negative, or all rows held out", ErrInput)
	}
	for _, w := range m.Hidden {
		if w < 1 {
			return fmt.Errorf("%w: a hidden layer of %d", ErrInput, w)
		}
	}
	return nil
}

// or gives v, or what stands for 0.
func or[T int | float64](v, zero T) T {
	if v == 0 {
		return zero
	}
	return v
}

// A scaling is how numbers come to the network and how its answers go back.
type scaling struct {
	shift, scale []float64 // of each column
	middle, size float64   // of the target
}

func (m *MLP) newScaling(x *mat.Dense, y []float64) (s scaling, err error) {
	_, cols := x.Dims()
	s = scaling{shift: make([]float64, cols), scale: make([]float64, cols), size: 1}
	if m.Peer == PeerSynthcity {
		for j := range s.scale {
			s.scale[j] = 1
		}
		return s, nil
	}
	var sd []float64
	if s.shift, sd, err = spread(x); err != nil {
		return s, err
	}
	for j, v := range sd {
		if v > 0 {
			s.scale[j] = 1 / v
		}
	}
	if m.Classes == 0 {
		mean, sd, err := spread(mat.NewDense(len(y), 1, y))
		if err != nil {
			return s, fmt.Errorf("%w: the numbers of the target are too large to compute with", ErrInput)
		}
		s.middle = mean[0]
		if sd[0] > 0 {
			s.size = sd[0]
		}
	}
	return s, nil
}

// farthest bounds scaled numbers, so that products of them stay finite in float32.
const farthest = 1e15

// row writes a row as the network sees it.
func (s *scaling) row(dst []float32, x []float64) {
	for j, v := range x {
		dst[j] = float32(min(max((v-s.shift[j])*s.scale[j], -farthest), farthest))
	}
}

// batch gives all rows as a network sees them.
func (s *scaling) batch(x *mat.Dense, y []float64, code []int32) rowBatch {
	rows, cols := x.Dims()
	b := rowBatch{rows: rows, x: make([]float32, rows*cols), code: code}
	for i := range rows {
		s.row(b.x[i*cols:(i+1)*cols], x.RawRowView(i))
	}
	if code == nil {
		for _, v := range y {
			b.number = append(b.number, float32((v-s.middle)/s.size))
		}
	}
	return b
}

// ask gives what the networks say of each row, by output.
func (m *MLP) ask(x *mat.Dense) ([][]float64, error) {
	if err := checkAsked(x, len(m.shift)); err != nil {
		return nil, err
	}
	b := m.batch(x, nil, nil)
	p := m.nets[0].answers(&b)
	for _, net := range m.nets[1:] {
		for c, list := range net.answers(&b) {
			floats.Add(p[c], list)
		}
	}
	for _, list := range p {
		floats.Scale(1/float64(len(m.nets)), list)
		for _, v := range list {
			if bad(v) {
				return nil, fmt.Errorf("%w: the network's answers are not finite: scale the columns", ErrInput)
			}
		}
	}
	return p, nil
}

// Predict gives the most probable class of each row of x [N, D], or the expected number: N of them. The error is ErrUnfitted or
// ErrNoRows, or wraps ErrInput.
func (m *MLP) Predict(x *mat.Dense) ([]float64, error) {
	p, err := m.ask(x)
	if err != nil {
		return nil, err
	}
	if m.Classes > 0 {
		return likeliest(m.spreadOut(p)), nil
	}
	for i, v := range p[0] {
		p[0][i] = m.middle + m.size*v
	}
	return p[0], nil
}

// PredictProba gives the probability of each class: K lists of N numbers. The error is as Predict's; after a fit on numbers it
// wraps ErrInput.
func (m *MLP) PredictProba(x *mat.Dense) ([][]float64, error) {
	if m.nets != nil && m.Classes == 0 {
		return nil, fmt.Errorf("%w: a target of numbers has no classes", ErrInput)
	}
	p, err := m.ask(x)
	if err != nil {
		return nil, err
	}
	return m.spreadOut(p), nil
}

// spreadOut puts the known classes among all.
func (m *MLP) spreadOut(p [][]float64) [][]float64 {
	all := m.lists(len(p[0]))
	for c, list := range p {
		all[m.classes[c]] = list
	}
	return all
}
