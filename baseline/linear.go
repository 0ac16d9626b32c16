package baseline

import (
	"context"
	"math"

	"example.org/cohort/table/encode"
)

// A linear tells a category from the columns before it by multinomial logistic regression: it adds up one weight for each
// code, or bin of codes, of each column, and a slope in the rank where there is an order. Sums over many columns are what
// trees tell worst, and of a target they are often most of what can be told. N rows, K classes.
type linear struct {
	columns []int32
	terms   []term
	classes int
	weights []float64 // K intercepts; then for each column K slopes and bins by classes
}

// A term is one column of a linear: how its codes are binned.
type term struct {
	bin  []uint16  // by code plus one
	rank []float64 // by code plus one: from -1 to 1; 0 where there is no order
	bins int
	from int // of its slopes in the weights
}

const (
	// rankBins is the number of bins of a column with an order.
	rankBins = 8
	// sweeps is how often fit goes through all columns.
	sweeps = 15
)

// newLinear prepares a linear that tells v from the first parts among the columns. size is the number of its weights,
// which are still to be set.
func newLinear(vars []encode.Var, columns []int32, v int32) (l *linear, size int) {
	l = &linear{classes: vars[v].Card}
	size = l.classes
	for _, c := range columns {
		if vars[c].Part > 0 {
			continue
		}
		t := newTerm(&vars[c])
		t.from = size
		size += (1 + t.bins) * l.classes
		l.columns, l.terms = append(l.columns, c), append(l.terms, t)
	}
	return l, size
}

// newTerm bins the codes of a variable. Codes that have no place in an order stand alone, and so does not to apply; the
// others fall into bins of about equal shares.
func newTerm(x *encode.Var) term {
	t := term{bin: make([]uint16, x.Card+1), rank: make([]float64, x.Card+1)}
	alone := x.Card
	if x.Ordered {
		alone = min(x.Scale, x.Card)
	}
	t.bins = alone + 1
	for c := range alone {
		t.bin[c+1] = uint16(c + 1)
	}
	if !x.Ordered {
		return t
	}
	t.bins += rankBins
	all, below := 0.0, 0.0
	for _, p := range x.Share[alone:] {
		all += p
	}
	for c := alone; c < x.Card; c++ {
		middle := 0.5
		if all > 0 {
			middle = min((below+x.Share[c]/2)/all, 1)
		}
		t.rank[c+1] = float64(2*middle) - 1
		t.bin[c+1] = uint16(alone + 1 + min(int(middle*rankBins), rankBins-1))
		below += x.Share[c]
	}
	return t
}

// scores sets p, of K numbers, to the sums of the weights of a row, given by code plus one of each variable. [softmax] turns
// them into probabilities.
func (l *linear) scores(row []uint16, p []float64) {
	copy(p, l.weights[:l.classes])
	for i, c := range l.columns {
		l.terms[i].add(l.weights[l.terms[i].from:], row[c], p)
	}
}

// add adds what a term's weights w say of a code.
func (t *term) add(w []float64, code uint16, p []float64) {
	k := len(p)
	for c, x := range w[(1+int(t.bin[code]))*k:][:k] {
		p[c] += x
	}
	if z := t.rank[code]; z != 0 {
		for c, x := range w[:k] {
			p[c] += float64(z * x)
		}
	}
}

// softmax turns logarithms, up to a common summand, into probabilities.
func softmax(p []float64) {
	most, total := math.Inf(-1), 0.0
	for _, x := range p {
		most = max(most, x)
	}
	for c, x := range p {
		p[c] = math.Exp(x - most)
		total += p[c]
	}
	for c := range p {
		p[c] /= total
	}
}

// fit learns the weights from the given rows by Newton's method, one column after another (block coordinate descent). All
// but the intercepts are drawn to 0 by a ridge penalty, in rows. It ends early once ctx is cancelled.
func (l *linear) fit(ctx context.Context, d *coded, v int32, rows []int32, ridge float64) {
	widest := 1
	for _, t := range l.terms {
		widest = max(widest, 1+t.bins)
	}
	f := linearFit{y: d.x[v].Codes, rows: rows, k: l.classes, p: make([]float64, l.classes)}
	f.score = make([]float64, len(rows)*f.k)
	f.slope, f.bend = make([]float64, widest*f.k), make([]float64, widest*f.k)
	// The intercepts are the only weights of a term that knows one code: slope 0, one bin.
	all := term{bin: []uint16{0}, rank: []float64{0}, bins: 1}
	first := make([]float64, 2*f.k)
	for range sweeps {
		f.term(&all, nil, first, 1)
		for i, c := range l.columns {
			if ctx.Err() != nil {
				return
			}
			t := &l.terms[i]
			f.term(t, d.x[c].Codes, l.weights[t.from:][:(1+t.bins)*f.k], ridge)
		}
	}
	copy(l.weights, first[f.k:])
}

// A linearFit is a fit under way.
type linearFit struct {
	y           []uint16
	rows        []int32
	k           int
	score       []float64 // N by K: sums of weights
	slope, bend []float64 // of the log-likelihood in the weights of one term
	p           []float64
}

// mostStep bounds a step of a weight, as a class that a code tells for sure would have it grow for ever.
const mostStep = 2

// term makes one step for the weights w of a term, and adds it to the scores. Nil codes are all 0.
func (f *linearFit) term(t *term, codes []uint16, w []float64, ridge float64) {
	slope, bend := f.slope[:len(w)], f.bend[:len(w)]
	clear(slope)
	clear(bend)
	for j, r := range f.rows {
		f.derive(t, codeOf(codes, r), int(f.y[r])-1, f.score[j*f.k:(j+1)*f.k])
	}
	// All classes move at once, and slopes and bins do: each takes a part of its own step only.
	damp := 1 - 1/float64(f.k)
	if t.bins > rankBins && codes != nil {
		damp /= 2
	}
	for j := range slope {
		step := float64(damp*(slope[j]-float64(ridge*w[j]))) / (bend[j] + ridge)
		slope[j] = min(max(step, -mostStep), mostStep)
		w[j] += slope[j]
	}
	for j, r := range f.rows {
		t.add(slope, codeOf(codes, r), f.score[j*f.k:(j+1)*f.k])
	}
}

func codeOf(codes []uint16, r int32) uint16 {
	if codes == nil {
		return 0
	}
	return codes[r]
}

// derive adds what one row says about slope and bend.
func (f *linearFit) derive(t *term, code uint16, truth int, score []float64) {
	copy(f.p, score)
	softmax(f.p)
	at, z := (1+int(t.bin[code]))*f.k, t.rank[code]
	for c, p := range f.p {
		up, h := -p, float64(p*(1-p))
		if c == truth {
			up++
		}
		f.slope[at+c] += up
		f.bend[at+c] += h
		if z != 0 {
			f.slope[c] += float64(z * up)
			f.bend[c] += float64(float64(z*z) * h)
		}
	}
}
