package nn

import (
	"fmt"
	"testing"

	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// The inputs of the golden conditional GAN: the Go half of golden.py's class Gan.

const (
	ganTau, ganSlope, ganDrop = 0.2, 0.2, 0.5
	ganPac, ganLambda         = 10, 10
)

type ganSizes struct {
	salt                   string
	batch, z, hidden       int
	continuous, discrete   []int
	rate                   float32
	spans                  []kernels.Span
	firstDiscrete          int
	width, cond, packWidth int
}

func newGanSizes(c goldenCase) *ganSizes {
	g := &ganSizes{
		salt: c.Salt, batch: c.Batch, z: c.Z, hidden: c.Hidden, continuous: c.Continuous, discrete: c.Discrete, rate: c.LR,
	}
	span := func(width int, kind kernels.SpanKind) {
		g.spans = append(g.spans, kernels.Span{Offset: g.width, Width: width, Kind: kind})
		g.width += width
	}
	for _, modes := range g.continuous {
		span(1, kernels.SpanTanh)
		span(modes, kernels.SpanSoftmax)
	}
	g.firstDiscrete = len(g.spans)
	for _, k := range g.discrete {
		span(k, kernels.SpanSoftmax)
		g.cond += k
	}
	g.packWidth = ganPac * (g.width + g.cond)
	return g
}

// adultSizes are CTGAN's sizes on UCI Adult, whose golden case this is.
func adultSizes(t testing.TB) *ganSizes { return newGanSizes(goldenOf(t, "adult")) }

// conditions draws a column and a category for every row, and the [batch, cond] matrix that says so.
func (g *ganSizes) conditions(tag string) (column, category []int, cond []float32) {
	column = choices(g.salt+"."+tag+".column", g.batch, len(g.discrete))
	category = make([]int, g.batch)
	cond = make([]float32, g.batch*g.cond)
	draw := newWords(g.salt + "." + tag + ".category")
	for i, j := range column {
		category[i] = int(draw.at(i) >> 40 % uint64(g.discrete[j]))
		at := category[i]
		for _, k := range g.discrete[:j] {
			at += k
		}
		cond[i*g.cond+at] = 1
	}
	return column, category, cond
}

// realRows makes rows [batch, width] that meet the conditions.
func (g *ganSizes) realRows(tag string, column, category []int) []float32 {
	x := make([]float32, g.batch*g.width)
	for s, span := range g.spans {
		name := fmt.Sprintf("%s.%s.real.%d", g.salt, tag, s)
		if span.Kind == kernels.SpanTanh {
			for i, v := range signed(name, g.batch, 0.99) {
				x[i*g.width+span.Offset] = v
			}
			continue
		}
		for i, k := range choices(name, g.batch, span.Width) {
			if s-g.firstDiscrete == column[i] {
				k = category[i]
			}
			x[i*g.width+span.Offset+k] = 1
		}
	}
	return x
}

// ganBatch is what one step of critic and generator reads.
type ganBatch struct {
	critic, generator ganNoise
	real, realCond    tensor.Tensor // [batch, width], [batch, cond]
	alpha             tensor.Tensor // [packs]
	which, label      []int32       // span and category of the generator's conditions
}

// ganNoise is what a generator starts from.
type ganNoise struct {
	z, cond tensor.Tensor // [batch, z], [batch, cond]
	gumbel  []float32     // [batch, width]; nil: drawn
}

func (g *ganSizes) noise(tag string, cond []float32) ganNoise {
	return ganNoise{
		z:      tensor.FromSlice(bells(g.salt+"."+tag+".z", g.batch*g.z), g.batch, g.z),
		cond:   tensor.FromSlice(cond, g.batch, g.cond),
		gumbel: gumbels(g.salt+"."+tag+".gumbel", g.batch*g.width),
	}
}

// goldenBatch is the batch of step t of the golden run.
func (g *ganSizes) goldenBatch(t int) *ganBatch {
	tag := fmt.Sprintf("%d.critic", t)
	b := &ganBatch{}
	column, category, cond := g.conditions(tag)
	b.critic = g.noise(tag, cond)
	col2, cat2 := make([]int, g.batch), make([]int, g.batch)
	b.realCond = tensor.New(g.batch, g.cond)
	for i := range g.batch {
		from := (7*i + 3) % g.batch
		col2[i], cat2[i] = column[from], category[from]
		copy(b.realCond.Row(i), b.critic.cond.Row(from))
	}
	b.real = tensor.FromSlice(g.realRows(tag, col2, cat2), g.batch, g.width)
	b.alpha = tensor.FromSlice(units(g.salt+"."+tag+".alpha", g.batch/ganPac), g.batch/ganPac)

	tag = fmt.Sprintf("%d.generator", t)
	column, category, cond = g.conditions(tag)
	b.generator = g.noise(tag, cond)
	b.which, b.label = make([]int32, g.batch), make([]int32, g.batch)
	for i := range g.batch {
		b.which[i], b.label[i] = int32(g.firstDiscrete+column[i]), int32(category[i])
	}
	return b
}
