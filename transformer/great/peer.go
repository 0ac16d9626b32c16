package great

import (
	"context"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer"
)

// peerRounds is how often the rows that the filter has dropped are written anew. Then it is dropped itself, as the paper's program does it.
const peerRounds = 500

// A peerSample writes rows as be_great 0.0.14 does: every row begins with a value of one column, drawn by its share; which one is by chance, as
// the peer's is that of its last epoch; text is generated freely, and parsed; a row in which a column is missing or a value can't be
// read is dropped. Five things differ:
//
//   - a row ends at its end mark, which the peer's padding on the left never teaches it;
//   - its length is that of the table's rows, where the peer cuts at 100 tokens;
//   - a category that the column has not is dropped, as the table has no place for it;
//   - a date, or a number of many digits, to begin with comes from the shares of its parts, as no value of the table is kept;
//   - where nothing can be read in 500 rounds, rows with gaps are given, where the peer goes on for ever or gives none.
type peerSample struct {
	m     *Model
	opt   SampleOptions
	where int       // the place in speller.cols of the column that rows begin with
	cells [][]int64 // by column of the schema and row
}

func (m *Model) samplePeer(ctx context.Context, opt SampleOptions) (t *table.Table, set int64, err error) {
	switch {
	case len(opt.Where) > 0 || opt.Balance != "" || opt.Examples != nil || opt.Shots > 0:
		return nil, 0, badOption("preset be_great knows no conditions, balance or examples", "leave them out, or take preset plus")
	case opt.Temperature < 0 || math.IsNaN(opt.Temperature) || math.IsInf(opt.Temperature, 0):
		return nil, 0, badOption("the temperature is not above 0", "use 1, the learned distribution, or a number near it")
	}
	if err := checkBF16(opt.BF16); err != nil {
		return nil, 0, err
	}
	return m.newPeerSample(opt).rows(ctx, peerRounds)
}

func (m *Model) newPeerSample(opt SampleOptions) *peerSample {
	r := rng.New(opt.Seed, rng.GreatToken, startIndex)
	p := &peerSample{m: m, opt: opt, where: r.Intn(len(m.s.cols)), cells: make([][]int64, len(m.enc.Schema().Columns))}
	for _, c := range m.s.cols {
		p.cells[c] = make([]int64, opt.Rows)
	}
	return p
}

// rows writes the rows, and anew those that the filter drops, in so many rounds.
func (p *peerSample) rows(ctx context.Context, rounds int) (t *table.Table, set int64, err error) {
	left := make([]int, p.opt.Rows)
	for i := range left {
		left[i] = i
	}
	for round := range rounds + 1 {
		if left, err = p.round(ctx, left, uint64(round), round == rounds, &set); err != nil {
			return nil, 0, err
		}
	}
	if set > 0 && p.opt.Warn != nil {
		p.opt.Warn(&table.Error{Code: "filter-dropped", Reason: fmt.Sprintf("%d rows could not be read as rows of the table in %d tries each: they have gaps", set, rounds),
			Fix: "train for longer"})
	}
	t, err = p.m.enc.Build(p.opt.Seed, p.opt.First, p.cells)
	return t, set, err
}

// startIndex is that of the numbers which no row draws.
const startIndex = math.MaxUint64

// startRoom is how many tokens more than any that is learned a row may have: it begins with five decimals.
const startRoom = 8

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
		Rows: len(rows), Batch: generateBatch, Most: min(m.longest+startRoom, m.net.Config.Positions), Temperature: temperature, TopK: m.set.TopK, BF16: p.opt.BF16,
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
		ok := m.s.peer.parse(text, func(col int, v int64) { p.cells[col][rows[r.Number]] = v })
		switch {
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

// prompt is "name is value," for a value of the column that rows begin with.
func (p *peerSample) prompt(r *rng.Stream) []int32 {
	m := p.m
	col := m.s.cols[p.where]
	x := m.s.peer[col]
	all := encode.Limit{Low: encode.NoLow, High: encode.NoHigh}
	codes := make([]int32, len(m.enc.Vars()))
	v := x.field.gap(-1)
	for range startTries {
		for i, of := range m.enc.Vars() {
			if codes[i] = -1; of.Col == col && m.enc.Applies(i, codes) {
				codes[i] = p.code(i, codes, all, r)
			}
		}
		if v = m.enc.Value(col, codes, all, r); v != x.field.gap(-1) || x.floats {
			break // shares of values leave gaps out; among floats "nan" is one of them
		}
	}
	return m.tok.AppendEncode(slices.Clone(m.s.first[p.where]), " "+x.start(v)+",")
}

// startTries is how often a gap is drawn anew.
const startTries = 100

// code draws a code of a variable among those that the parts before it leave.
func (p *peerSample) code(v int, codes []int32, all encode.Limit, r *rng.Stream) int32 {
	x := &p.m.enc.Vars()[v]
	ok, share := make([]bool, x.Card), slices.Clone(x.Share)
	p.m.enc.Allowed(v, codes, all, ok)
	for k := range share {
		if !ok[k] {
			share[k] = 0
		}
	}
	return draw.Pick(share, r)
}
