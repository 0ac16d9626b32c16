package cohort

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"example.org/cohort/baseline"
	"example.org/cohort/ctgan"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// Plan says what Fit would do and what it would cost, without doing it. Its errors are those of Fit.
func Plan(t *table.Table, opt Options) (Estimate, error) {
	p, err := newTask(t, opt, 1)
	if err != nil {
		return Estimate{}, during(context.Background(), "plan", err)
	}
	c, err := p.cost(opt)
	if err != nil {
		return Estimate{}, during(context.Background(), "plan", err)
	}
	e := Estimate{Model: p.model, Time: c.full, Memory: c.memory, Size: c.size}
	if opt.Budget > 0 {
		e.Time = min(e.Time, opt.Budget)
	}
	return e, nil
}

const (
	sampleRows    = 1000     // rows that the cost is estimated from
	programMemory = 14 << 20 // bytes that the program takes with no table at all
)

// A cost is what Fit takes on this machine: time of the shortest plan and of the whole one, and bytes.
type cost struct {
	least, full time.Duration
	memory      int64
	size        string
}

// cost estimates it.
func (p *task) cost(opt Options) (cost, error) {
	rows, sample := p.table.Rows(), p.sample()
	cells := int64(0)
	for i := range p.table.Schema().Columns {
		if cells += 4; numeric(p.table.Schema().Columns[i].Kind) {
			cells += 4
		}
	}
	cells *= int64(rows)
	if p.net != nil {
		least, full, memory, err := ctgan.Estimate(sample, rows, p.netOptions(opt))
		// The peak is known; the table, and what reads it, may leave as much again to the garbage collector.
		return scaled(least, full, netSlowness(), memory+2*cells+programMemory), err
	}
	if p.text != nil {
		return p.writerCost(opt, sample, rows, 2*cells)
	}
	if p.model == columns {
		c, err := p.columnCost(opt, sample)
		return scaled(c.Least, c.Full, netSlowness(), c.Memory+2*cells+programMemory), err
	}
	least, full, memory, err := baseline.Estimate(sample, rows, p.options(opt))
	if err == nil && p.model == auto {
		return p.stackCost(opt, sample, least, full, 4*(memory+cells)+programMemory)
	}
	// The garbage collector lets the heap grow to twice what is in use, and the goroutines that grow trees take as much again.
	return scaled(least, full, slowness(), 4*(memory+cells)+programMemory), err
}

// sample is some rows of the table, evenly spread, from which costs are estimated.
func (p *task) sample() *table.Table {
	rows := p.table.Rows()
	if rows <= sampleRows {
		return p.table
	}
	chosen := make([]int, sampleRows)
	for i := range chosen {
		chosen[i] = i * rows / sampleRows
	}
	return p.table.Select(chosen)
}

// stackCost is what auto takes beside one learning of trees: the same again for the weights, and the transformer. The time allowed is known to do
// for that at the nominal rate, or auto would be trees alone; what a slower computer can't do is cut short.
func (p *task) stackCost(opt Options, sample *table.Table, least, full time.Duration, memory int64) (cost, error) {
	c, err := p.columnCost(opt, sample)
	if err != nil {
		return cost{}, err
	}
	trees, net := scaled(least, 2*full, slowness(), 0), scaled(0, c.Full, netSlowness(), 0)
	return cost{least: trees.least, full: trees.full + net.full, memory: memory + c.Memory}, nil
}

// scaled turns times of a nominal core into those of this machine.
func scaled(least, full time.Duration, slow float64, memory int64) cost {
	return cost{least: time.Duration(float64(least) * slow), full: time.Duration(float64(full) * slow), memory: memory}
}

// affordable refuses a plan that does not fit into the memory allowed, of which so much is needed beside learning, or into
// that share of the budget which learning has.
func (p *task) affordable(opt Options, share float64, beside int64) error {
	if opt.Memory == 0 && (opt.Budget == 0 || opt.Steps > 0) {
		return nil
	}
	c, err := p.cost(opt)
	if err != nil {
		return err
	}
	if c.memory += beside; opt.Memory > 0 && c.memory > opt.Memory {
		return problem("not-enough-memory", fmt.Sprintf("learning this table takes about %d MB, and %d MB are allowed",
			c.memory>>20+1, opt.Memory>>20), "allow more, leave columns out, or take the model independent")
	}
	least := time.Duration(float64(c.least) / share)
	if opt.Budget > 0 && opt.Steps == 0 && least > opt.Budget {
		return problem("time-too-short", fmt.Sprintf("in %v this computer can't learn a table of %d columns", opt.Budget,
			p.table.Cols()), fmt.Sprintf("allow %v, the least for this table", (least+time.Second).Round(time.Second)))
	}
	return nil
}

// What the probe below takes on the machine that the nominal rate stands for, all rounds on one core.
const (
	probeRounds  = 64
	probeNominal = 1600 * time.Microsecond
)

// slowness tells by how much all processors together are slower than one nominal core, and netSlowness the same of networks.
// They are variables so that tests of plans don't depend on the machine.
var slowness, netSlowness = measureSlowness, measureNetSlowness

// measureSlowness takes a few milliseconds. The processors count codes into histograms, which is what learning does most.
func measureSlowness() float64 {
	codes := make([]uint8, 1<<15)
	for i := range codes {
		codes[i] = uint8(i * 2654435761 >> 13)
	}
	counts := make([][256]uint32, probeRounds)
	best := time.Duration(1<<63 - 1)
	for range 3 {
		began := time.Now()
		run.Parallel(probeRounds, func(i int) {
			for _, c := range codes {
				counts[i][c]++
			}
		})
		best = min(best, time.Since(began))
	}
	runtime.KeepAlive(counts)
	return float64(best) / float64(probeNominal)
}

// The probe of networks multiplies square matrices of this size, for about so long after a first time that wakes the
// processors; the nominal core does so many operations in a second.
const (
	productSize   = 256
	productTime   = 3 * time.Millisecond
	productsLeast = 3
	nominalRate   = 40e9
)

// measureNetSlowness takes a few milliseconds. Networks mostly multiply matrices.
func measureNetSlowness() float64 {
	const n = productSize
	a, b, c := make([]float32, n*n), make([]float32, n*n), make([]float32, n*n)
	for i := range a {
		a[i], b[i] = float32(i%7), float32(i%5)
	}
	product := func() { kernels.Gemm(kernels.NN, n, n, n, a, n, b, n, c, n, nil) }
	product()
	best, spent := time.Duration(math.MaxInt64), time.Duration(0)
	for i := 0; i < productsLeast || spent < productTime; i++ {
		began := time.Now()
		product()
		took := max(time.Since(began), time.Microsecond)
		best, spent = min(best, took), spent+took
	}
	return nominalRate * best.Seconds() / (2 * n * n * n)
}
