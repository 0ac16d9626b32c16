package great

import (
	"context"
	"math"
	"time"

	"example.org/cohort/table"
	"example.org/cohort/transformer"
)

// nominalCore is the floating-point operations a second of the one core that Estimate and the choice of a size count on.
const nominalCore = 25e9

// sizes are the models from scratch, the largest last.
var sizes = []transformer.Config{
	{Layers: 2, Heads: 4, Width: 64},
	{Layers: 3, Heads: 4, Width: 128},
	{Layers: 4, Heads: 6, Width: 192},
	{Layers: 6, Heads: 8, Width: 256},
}

// config chooses the size of a model from scratch: the largest that is done within the budget, on two nominal cores, and of which the table is not
// far too small. It sets the epochs where none are given. No clock is asked.
func (f *fitting) config() transformer.Config {
	m := f.m
	budget := f.opt.Budget
	if budget == 0 {
		budget = unsaidBudget
	}
	rows := m.rows
	var best transformer.Config
	for i, c := range sizes {
		c.Positions, c.Tied, c.BOS, c.EOS, c.Vocab = m.widest+1, true, 0, 0, m.size()
		c.EmbedDropout, c.AttnDropout, c.ResidDropout = dropout, dropout, dropout
		if m.tok == nil {
			c.BOS, c.EOS = int(digitBegin), int(digitEnd)
		} else if id, ok := m.tok.Special(endOfText); ok {
			c.BOS, c.EOS = int(id), int(id)
		}
		c.Inner, c.Epsilon, c.InitRange = 4*c.Width, 1e-5, gptRange
		if m.set.Preset != beGreat {
			c.InitRange = 1 / math.Sqrt(float64(c.Width)) // what goes through keeps its size
		}
		cost := m.flops(c, rows) * float64(m.set.Epochs) / (2 * nominalCore)
		if i > 0 && (cost > budget.Seconds() || rows*len(m.s.cols) < leastCells[i]) {
			break
		}
		best = c
	}
	return best
}

// gptRange is the deviation of GPT-2's first weights, which is made for a width of 768. A narrow network that begins with it learns the shares of
// columns and nothing else for tens of passes.
const gptRange = 0.02

// leastCells are the cells from which on a size is worth its while: with fewer a larger model foretells rows held out no better.
var leastCells = []int{0, 50_000, 500_000, 2_000_000}

const (
	unsaidBudget = 20 * time.Minute
	dropout      = 0.1
	leastEpochs  = 5
	mostEpochs   = 200
	tunedEpochs  = 30 // of weights that were given, at most
)

// rootEpochs is by how much the epochs of a plan are more than 1 over the square root of the rows: 120 for 300 rows, 40 for 2,600. It is
// chosen, as are the constants of learning from scratch, by rows held out of student-mat, paperB1 and dropout; bench/great says what they rest on.
const rootEpochs = 2100

// size is V.
func (m *Model) size() int {
	if m.tok == nil {
		return int(m.s.g.digits.size)
	}
	return m.tok.Size()
}

// epochs sets how often the table is shown where nothing is said.
func (m *Model) epochs() {
	if m.set.Epochs > 0 {
		return
	}
	m.set.Epochs = min(max(int(rootEpochs/math.Sqrt(float64(max(m.rows, 1)))), leastEpochs), mostEpochs)
	if !m.set.Scratch {
		m.set.Epochs = min(m.set.Epochs, tunedEpochs)
	}
}

// flops is what an epoch takes: 6 for each weight and token (Kaplan et al., arXiv 2001.08361, section 2.1).
func (m *Model) flops(c transformer.Config, rows int) float64 {
	return 6 * float64(c.Parameters()) * float64(m.longest) * float64(rows)
}

// planned goes as far as Fit does before it makes a network.
func planned(sample *table.Table, rows int, opt Options) (*fitting, transformer.Config, error) {
	opt.Progress, opt.Warn, opt.Trace = nil, nil, nil
	f, err := begin(context.Background(), opt)
	if err != nil {
		return nil, transformer.Config{}, err
	}
	for _, do := range []func() error{func() error { return f.encode(sample) }, f.vocabulary} {
		if err := do(); err != nil {
			return nil, transformer.Config{}, err
		}
	}
	f.m.rows = rows
	f.m.epochs()
	if f.given != nil {
		return f, *f.given, nil
	}
	return f, f.config(), nil
}

// A Cost is what Fit takes. Times are those of one core at a nominal rate, which a caller that has measured its machine scales.
type Cost struct {
	Least, Full time.Duration      // of the shortest plan there is, and of the whole one
	Memory      int64              // bytes at most, besides the table
	Config      transformer.Config // of the GPT-2 that is trained
}

// Estimate tells what Fit of a table of so many rows costs, from a sample of its rows. Of weights it reads the configuration alone. Its errors
// are those of Fit.
func Estimate(sample *table.Table, rows int, opt Options) (Cost, error) {
	f, c, err := planned(sample, rows, opt)
	if err != nil {
		return Cost{}, err
	}
	m := f.m
	epoch := m.flops(c, rows)
	steps := max((rows+m.set.Batch-1)/m.set.Batch, 1)
	seconds := func(flops float64) time.Duration { return time.Duration(flops / nominalCore * 1e9) }
	// Values, gradients, two moments, the average and the best; activations of a batch, about 34 numbers of the width in each block (Korthikanti et al., 2022).
	memory := 4 * (6*c.Parameters() + int64(m.set.Batch)*int64(m.longest)*int64(34*c.Layers*c.Width+2*len(m.head())))
	return Cost{seconds(epoch / float64(steps)), seconds(epoch * float64(m.set.Epochs)), memory, c}, nil
}
