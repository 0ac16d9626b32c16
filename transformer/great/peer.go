package great

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer"
)

// peerRounds is how often the rows that the filter has dropped are written anew. Then it is dropped itself, as the paper's program does it.
const peerRounds = 500

// A peerSample writes rows as be_great 0.0.14 does: every row begins with a value of the last column, drawn by its share; text is generated
// freely, and parsed; a row in which a column is missing or a value can't be read is dropped. Three things differ: a row ends at its end
// mark, which the peer's padding on the left never teaches it; its length is that of the table's rows, where the peer cuts at 100
// tokens; and a category that the column has not is dropped, as the table has no place for it.
type peerSample struct {
	m     *Model
	opt   SampleOptions
	where int       // the place of the last column in speller.cols
	cells [][]int64 // by column of the schema and row
}

func (m *Model) samplePeer(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	switch {
	case len(opt.Where) > 0 || opt.Balance != "" || opt.Examples != nil || opt.Shots > 0:
		return nil, 0, badOption("preset be_great knows no conditions, balance or examples", "leave them out, or take preset plus")
	case opt.Temperature < 0 || math.IsNaN(opt.Temperature) || math.IsInf(opt.Temperature, 0):
		return nil, 0, badOption("the temperature is not above 0", "use 1, the learned distribution, or a number near it")
	}
	p := &peerSample{m: m, opt: opt, where: len(m.s.cols) - 1, cells: make([][]int64, len(m.enc.Schema().Columns))}
	for _, c := range m.s.cols {
		p.cells[c] = make([]int64, opt.Rows)
	}
	left := make([]int, opt.Rows)
	for i := range left {
		left[i] = i
	}
	for round := range peerRounds + 1 {
		if left, err = p.round(ctx, left, uint64(round), round == peerRounds, &set); err != nil {
			return nil, 0, err
		}
	}
	if set > 0 && opt.Warn != nil {
		opt.Warn(&table.Error{Code: "filter-dropped", Reason: fmt.Sprintf("%d rows could not be read as rows of the table in %d tries each: they have gaps", set, peerRounds),
			Fix: "train for longer"})
	}
	t, err = m.enc.Build(opt.Seed, opt.First, p.cells)
	return t, set, err
}

// round writes rows, and gives those that the filter drops.
func (p *peerSample) round(ctx context.Context, rows []int, round uint64, all bool, set *int64) (left []int, err error) {
	if len(rows) == 0 {
		return nil, ctx.Err()
	}
	m := p.m
	stream := func(i int, what uint64) rng.Stream {
		return rng.New(p.opt.Seed, rng.GreatToken, uint64(p.opt.First+int64(rows[i]))<<12|round<<1|what)
	}
	temperature := m.set.Temperature
	if p.opt.Temperature > 0 {
		temperature = p.opt.Temperature
	}
	end := m.s.g.words.end
	err = m.net.Generate(ctx, transformer.GenerateOptions{
		Rows: len(rows), Batch: generateBatch, Most: min(m.widest+1, m.net.Config.Positions), Temperature: temperature, TopK: m.set.TopK,
		Stream: func(i int) rng.Stream { return stream(i, 0) },
		Prompt: func(i int) []int32 { r := stream(i, 1); return p.prompt(&r) },
		Next: func(r transformer.Row) transformer.Next {
			return transformer.Next{Stop: len(r.IDs) > r.Own && r.IDs[len(r.IDs)-1] == end}
		},
	}, func(r transformer.Row) error {
		text, err := m.tok.Decode(r.IDs)
		if err != nil {
			return err
		}
		switch ok := p.parse(text, rows[r.Number]); {
		case ok:
		case all:
			*set++
		default:
			left = append(left, rows[r.Number])
		}
		return nil
	})
	return left, err
}

// prompt is "name is value," for a value of the last column. A number with decimals has five of them, whatever it had when it was learned.
func (p *peerSample) prompt(r *rng.Stream) []int32 {
	m := p.m
	col := m.s.cols[p.where]
	codes := make([]int32, len(m.enc.Vars()))
	for v, x := range m.enc.Vars() {
		if codes[v] = -1; x.Col == col && m.enc.Applies(v, codes) {
			codes[v] = p.code(v, codes, r)
		}
	}
	v := m.enc.Value(col, codes, encode.Limit{Low: encode.NoLow, High: encode.NoHigh}, r)
	text := m.s.g.text(col, v)
	if c := &m.enc.Schema().Columns[col]; c.Kind == table.Decimal && v >= encode.NoLow {
		text = strconv.FormatFloat(float64(v)*c.Step, 'f', 5, 64)
	}
	return m.tok.AppendEncode(slices.Clone(m.s.first[p.where]), " "+text+",")
}

// code draws a code of a variable among those that the parts before it leave.
func (p *peerSample) code(v int, codes []int32, r *rng.Stream) int32 {
	x := &p.m.enc.Vars()[v]
	ok, share := make([]bool, x.Card), slices.Clone(x.Share)
	p.m.enc.Allowed(v, codes, encode.Limit{Low: encode.NoLow, High: encode.NoHigh}, ok)
	for k := range share {
		if !ok[k] {
			share[k] = 0
		}
	}
	return draw.Pick(share, r)
}

// parse reads the cells of a row: parts between commas, "name is value", the first of a name counts. It is false where one is missing or can't
// be read, which is a gap then.
func (p *peerSample) parse(text string, row int) bool {
	found := map[string]string{}
	text, _, _ = strings.Cut(text, endOfText)
	for _, part := range strings.Split(strings.NewReplacer("\n", " ", "\r", "").Replace(text), ",") {
		if words := strings.Split(strings.TrimSpace(part), " is "); len(words) > 1 {
			if _, twice := found[words[0]]; !twice {
				found[words[0]] = words[1]
			}
		}
	}
	whole := true
	for _, c := range p.m.s.cols {
		value, ok := found[p.m.enc.Schema().Columns[c].Name]
		cell := p.m.gap(c)
		if ok {
			cell, ok = p.m.read(c, value)
		}
		p.cells[c][row] = cell
		whole = whole && ok
	}
	return whole
}

// gap is the missing cell of a column.
func (m *Model) gap(col int) int64 {
	if isNumber(m.enc.Schema().Columns[col].Kind) {
		return noNumber
	}
	return -1
}

// read gives the cell that a text says, or a gap. A number beyond the column's range is one all the same.
func (m *Model) read(col int, text string) (int64, bool) {
	at := m.s.g.begin(col, false, nil)
	for _, id := range m.tok.Encode(" " + text + ",") {
		next, ok := m.s.g.step(at, id)
		if !ok {
			break
		}
		at = next
	}
	if v, done := m.s.g.value(at); done {
		return v, true
	}
	c := &m.enc.Schema().Columns[col]
	if c.Kind == table.Whole || c.Kind == table.Decimal {
		if x, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(x/c.Step) < 1<<53 {
			return int64(math.Round(x / c.Step)), true
		}
	}
	return m.gap(col), text == "None"
}
