package ctgan

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/ctgan/mixture"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// A peerColumn is how a peer's data transformer writes one column: as one of its labels, or as a number within a component of a mixture.
type peerColumn struct {
	Col int // of the schema
	// Labels are the cells that codes stand for, as table.New takes them. Nil: the column is a number and not coded.
	Labels  []int64
	Whole   bool             // the cell is a whole number, or a label's index
	Mix     *mixture.Mixture // nil: each label has a place of its own
	Slots   []int            // components that have a place
	Low     float64          // synthcity: the range to which numbers are cut back
	High    float64
	Sampled bool // the component of a row is drawn, not the likeliest
}

// A peerCoder writes rows as a peer does.
type peerCoder struct {
	Preset  string
	Columns []peerColumn
}

const (
	leastWeight   = 0.005 // of a component that has a place in preset sdv
	leastShare    = 1e-6  // what preset sdv adds to a component's chance
	mostClasses   = 10    // different values of a column that synthcity takes for categories
	fewLabels     = 15    // a column of fewer different values gets labels in synthcity
	spread        = 4     // standard deviations that a number is divided by
	farthest      = 0.99  // what a number is cut back to when it is encoded
	maxComponents = 10
)

// A peerTable is a table seen through the schema of an encoder, which has left out columns and may have put values in another order.
type peerTable struct {
	t *table.Table
	s *table.Schema
}

// cells gives a column of the schema as table.New takes it. A number that is missing or a mark is math.MinInt64.
func (s peerTable) cells(col int) []int64 {
	c := &s.s.Columns[col]
	from := slices.IndexFunc(s.t.Schema().Columns, func(o table.Column) bool { return o.Name == c.Name })
	old := &s.t.Schema().Columns[from]
	if isNumber(c.Kind) {
		return s.numbers(from, old.Step, c.Step)
	}
	code := make([]int64, len(old.Values))
	index := make(map[string]int64, len(c.Values))
	for i, v := range c.Values {
		index[v] = int64(i)
	}
	for i, v := range old.Values {
		code[i] = -1
		if k, ok := index[v]; ok {
			code[i] = k
		}
	}
	out := make([]int64, s.t.Rows())
	for i, k := range s.t.Codes(from) {
		if out[i] = -1; k >= 0 {
			out[i] = code[k]
		}
	}
	return out
}

// numbers gives a column of the table in multiples of another step.
func (s peerTable) numbers(from int, old, step float64) []int64 {
	out := s.t.Ints(from)
	var v []float64
	if old != step {
		v = s.t.Floats(from)
	}
	for i := range out {
		switch {
		case out[i] < math.MinInt64/2:
			out[i] = math.MinInt64
		case v != nil:
			out[i] = int64(math.Round(v[i] / step))
		}
	}
	return out
}

// refined is t with decimals on a grid up to a million times finer, because the peers do not round them, and with whole numbers on a grid
// of 1, because the peers know no other: they write 58 and 61 where all real numbers are multiples of 5.
func refined(t *table.Table) *table.Table {
	s := *t.Schema()
	s.Columns = slices.Clone(s.Columns)
	cols := make([]any, len(s.Columns))
	for i := range s.Columns {
		c := &s.Columns[i]
		switch {
		case c.Kind == table.Decimal:
			v := t.Ints(i)
			step, times := finer(c)
			for r := range v {
				if v[r] > math.MinInt64/2 {
					v[r] *= times
				}
			}
			if times > 1 {
				c.Step, c.Layout = step, ""
			}
			cols[i] = v
		case c.Kind == table.Whole && c.Step > 1 && max(math.Abs(c.Min), math.Abs(c.Max)) < 1<<60:
			v := t.Ints(i)
			for r := range v {
				if v[r] > math.MinInt64/2 {
					v[r] *= int64(c.Step)
				}
			}
			c.Step, cols[i] = 1, v
		case isNumber(c.Kind):
			cols[i] = t.Ints(i)
		case c.Kind == table.Category || c.Kind == table.Ordered:
			cols[i] = t.Codes(i)
		default:
			texts := make([]string, t.Rows())
			for r := range texts {
				texts[r], _ = t.Cell(r, i)
			}
			cols[i] = texts
		}
	}
	fine, err := table.New(&s, cols)
	if err != nil {
		panic("ctgan: " + err.Error()) // the same cells make the same table
	}
	return fine
}

// finer gives the step of a column in which a step has more parts: a million, or as many as leave room for its numbers.
func finer(c *table.Column) (step float64, times int64) {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(c.Step, 'e', -1, 64), "e")
	_, frac, _ := strings.Cut(mantissa, ".")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return c.Step, 1
	}
	most := max(math.Abs(c.Min), math.Abs(c.Max), c.Step) / c.Step
	d := 6
	for ; d > 0 && (most*math.Pow10(d) > 1e17 || len(frac)-e+d > 18); d-- {
	}
	// The decimal digits are what counts: a quotient of two float64 may be no short decimal.
	if step, err = strconv.ParseFloat(mantissa+"e"+strconv.Itoa(e-d), 64); err != nil {
		return c.Step, 1
	}
	return step, int64(math.Pow10(d))
}

// isNumber tells whether a peer would be given a column as a number.
func isNumber(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

// fitPeer learns how the columns named are written, some of them side by side. It calls progress on this goroutine.
func fitPeer(preset string, src peerTable, cols []int, progress func(done int) error) (*peerCoder, error) {
	wave := runtime.GOMAXPROCS(0)
	p := &peerCoder{Preset: preset, Columns: make([]peerColumn, len(cols))}
	errs := make([]error, len(cols))
	for from := 0; from < len(cols); from += wave {
		to := min(from+wave, len(cols))
		run.Parallel(to-from, func(i int) {
			col := cols[from+i]
			p.Columns[from+i], errs[from+i] = fitPeerColumn(preset, &src.s.Columns[col], src.cells(col))
			p.Columns[from+i].Col = col
		})
		for i := from; i < to; i++ {
			if errs[i] != nil {
				return nil, errs[i]
			}
		}
		if err := progress(to); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func fitPeerColumn(preset string, c *table.Column, x []int64) (peerColumn, error) {
	p := peerColumn{Whole: c.Kind == table.Whole || c.Kind == table.Date && c.Step >= 1}
	if isNumber(c.Kind) && slices.Contains(x, math.MinInt64) {
		return p, &table.Error{Code: "preset-gaps", Column: c.Name, Reason: "has gaps or marks between its numbers, which the peer of preset " +
			preset + " refuses", Fix: "take preset plus, or drop the column"}
	}
	if preset == sdv {
		if !isNumber(c.Kind) {
			p.Labels = inOrder(x)
			return p, nil
		}
		p.Sampled = true
	} else {
		different := slices.Compact(slices.Sorted(slices.Values(x)))
		if !isNumber(c.Kind) {
			byText(different, c)
		}
		if !isNumber(c.Kind) || len(different) < fewLabels {
			p.Labels, p.Whole = different, true
		}
		if len(different) <= mostClasses {
			p.Labels = different
			return p, nil
		}
	}
	v := p.numbers(x, c.Step)
	if preset == synthcity {
		p.Low, p.High = slices.Min(v), slices.Max(v)
	}
	var err error
	if p.Mix, err = mixture.Fit(v, mixture.Options{Components: min(maxComponents, max(len(v), 1))}); err != nil {
		return p, fmt.Errorf("ctgan: column %q: %w", c.Name, err)
	}
	for k, w := range p.Mix.Weight {
		if preset == synthcity || w > leastWeight {
			p.Slots = append(p.Slots, k)
		}
	}
	return p, nil
}

// inOrder gives the different cells in the order in which they are met, the missing one last.
func inOrder(x []int64) []int64 {
	var out []int64
	seen := map[int64]bool{}
	for _, v := range x {
		if !seen[v] && v >= 0 {
			out = append(out, v)
		}
		seen[v] = true
	}
	if seen[-1] {
		out = append(out, -1)
	}
	return out
}

// byText sorts the codes of a closed column by what they stand for, the missing one last.
func byText(codes []int64, c *table.Column) {
	slices.SortFunc(codes, func(a, b int64) int {
		switch {
		case a < 0 || b < 0:
			return cmp.Compare(b, a)
		}
		return cmp.Compare(c.Values[a], c.Values[b])
	})
}

// numbers gives the cells of a column as numbers: their labels' indices, or what the table shows.
func (p *peerColumn) numbers(x []int64, step float64) []float64 {
	v := make([]float64, len(x))
	if p.Labels != nil {
		index := p.index()
		for i, n := range x {
			v[i] = float64(max(index[n], 0))
		}
		return v
	}
	for i, n := range x {
		v[i] = float64(n) * step
	}
	return v
}

// index gives the code of each label.
func (p *peerColumn) index() map[int64]int32 {
	index := make(map[int64]int32, len(p.Labels))
	for k, v := range p.Labels {
		index[v] = int32(k)
	}
	return index
}

// fields are the columns as networks see them.
func (p *peerCoder) fields() []field {
	var f []field
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Mix == nil {
			f = append(f, field{K: len(c.Labels), Cond: true})
		} else {
			f = append(f, field{Number: true, K: len(c.Slots)})
		}
	}
	return f
}

// encode writes the rows of a table. A cell that is none of its column's labels has no code.
func (p *peerCoder) encode(src peerTable) *matrix {
	m := &matrix{rows: src.t.Rows(), code: make([][]int32, len(p.Columns)), num: make([][]float32, len(p.Columns))}
	run.Parallel(len(p.Columns), func(i int) {
		c := &p.Columns[i]
		x := src.cells(c.Col)
		code := make([]int32, len(x))
		m.code[i] = code
		if c.Mix == nil {
			index := c.index()
			for r, v := range x {
				k, ok := index[v]
				if code[r] = k; !ok {
					code[r] = -1
				}
			}
			return
		}
		num := make([]float32, len(x))
		m.num[i] = num
		shares := make([]float64, len(c.Mix.Mean))
		for r, v := range c.numbers(x, src.s.Columns[c.Col].Step) {
			code[r], num[r] = c.number(v, shares, uint64(i)<<40|uint64(r))
		}
	})
	return m
}

// number encodes one number: the component, and where in it.
func (p *peerColumn) number(x float64, shares []float64, row uint64) (int32, float32) {
	p.Mix.Responsibilities(x, shares)
	slot := 0
	if p.Sampled {
		total := 0.0
		for _, k := range p.Slots {
			total += shares[k] + leastShare
		}
		r := rng.New(0, rng.GANComponent, row) // whatever the user's seed: the peer seeds this by the column's name and first values
		at := float64(r.Float64() * total)
		for slot = 0; slot < len(p.Slots)-1; slot++ {
			if at -= shares[p.Slots[slot]] + leastShare; at < 0 {
				break
			}
		}
	} else {
		for s, k := range p.Slots {
			if shares[k] > shares[p.Slots[slot]] {
				slot = s
			}
		}
	}
	k := p.Slots[slot]
	u := (x - p.Mix.Mean[k]) / (spread * p.Mix.SD[k])
	return int32(slot), float32(min(max(u, -farthest), farthest))
}

// decode writes rows' codes and numbers as cells, as table.New takes them, of the column c.
func (p *peerColumn) decode(dst []int64, code []int32, num []float32, c *table.Column) {
	if p.Mix == nil {
		for r, k := range code {
			dst[r] = p.Labels[k]
		}
		return
	}
	low, high := widest(c)
	for r, k := range code {
		x := p.value(p.Slots[k], num[r])
		if p.Labels != nil {
			dst[r] = p.Labels[int(x)]
			continue
		}
		dst[r] = int64(math.Round(min(max(x, low), high) / c.Step))
	}
}

// value is the number that lies at num within component k. What is no number lies in the middle.
func (p *peerColumn) value(k int, num float32) float64 {
	u := min(max(float64(num), -1), 1)
	if u != u {
		u = 0
	}
	x := float64(u*spread*p.Mix.SD[k]) + p.Mix.Mean[k]
	switch {
	case !p.Sampled: // synthcity: cut back to the range, and whole numbers cut off behind the point
		x = min(max(x, p.Low), p.High)
		if p.Whole {
			x = math.Trunc(x)
		}
	case p.Whole:
		x = math.RoundToEven(x)
	}
	return x
}

// widest is the range of numbers that a column of any table can hold: a peer knows no bounds, a table does.
func widest(c *table.Column) (low, high float64) {
	_, frac, _ := strings.Cut(strconv.FormatFloat(c.Step, 'f', -1, 64), ".")
	most := math.MaxInt64 / 4 / math.Pow10(len(frac))
	if c.Kind == table.Date {
		const first, last = -62135596800, 253402214400 // the first and the last day of the years 1 to 9999
		return max(first, -most), min(last, most)
	}
	return -most, most
}
