package ctgan

import (
	"context"
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

const (
	// Of preset synthcity a page has as many rows as the table: that is what its peer writes unless it is asked for another number, and
	// a row can't depend on what is asked for. Very small and very large tables have pages of these sizes.
	leastPage, mostPage = 100, 1 << 16
	// mostRounds is how often the peer fills up the rows that its filter took away.
	mostRounds = 500
	// drawRows is how many rows of a page of preset synthcity have a stream of random numbers.
	drawRows = 500
	// pieceRows is how many of them go through the generator together, and fewRows how many where few are still to be found: so many that
	// they share what is read of the weights, and so few that what lies between the layers stays in the caches. Each is a part of the next.
	pieceRows = 125
	fewRows   = 25
)

// PageRows is how many rows are drawn together: where the rows asked for begin or end within a page, the rest of it is drawn for nothing.
// It is 1 but for the presets of peers.
func (m *Model) PageRows() int64 {
	if m.set.peer() {
		return int64(m.pageRows())
	}
	return 1
}

// pageRows is how many rows belong together. A page begins at a multiple of it. Of preset sdv it is a batch, which BatchNorm's
// statistics are of; of preset synthcity the rows among which its filter finds doubles.
func (m *Model) pageRows() int {
	if m.set.Preset == sdv {
		return m.set.Batch
	}
	return min(max(m.rows, leastPage), mostPage)
}

// samplePeer writes rows as the peer does, page by page. The number beside them is that of rows which the peer's filter would not have let
// through.
func (m *Model) samplePeer(ctx context.Context, opt SampleOptions) (*table.Table, int64, error) {
	fixed, err := m.peerCondition(opt)
	if err != nil {
		return nil, 0, err
	}
	cells := make([][]int64, len(m.Schema().Columns))
	for _, c := range m.coder.Columns {
		cells[c.Col] = make([]int64, opt.Rows)
	}
	n := int64(m.pageRows())
	first, last := opt.First/n, opt.First/n
	if opt.Rows > 0 {
		last = (opt.First+opt.Rows-1)/n + 1
	}
	writers := sync.Pool{New: func() any { return m.peerWriter() }}
	pages := sync.Pool{New: func() any { return m.newPage(&writers) }}
	if last-first > 1 || n > drawRows {
		defer kernels.Apart()()
	}
	var unfiltered atomic.Int64
	run.Parallel(int(last-first), func(i int) {
		p := pages.Get().(*page)
		p.seed, p.number, p.fixed, p.alone = opt.Seed, uint64(first)+uint64(i), fixed, last-first == 1
		unfiltered.Add(p.write(ctx, part{at: (first+int64(i))*n - opt.First, rows: opt.Rows, cells: cells}))
		pages.Put(p)
	})
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	t, err := m.enc.Build(opt.Seed, opt.First, cells)
	return t, unfiltered.Load(), err
}

// A part is the rows that are asked for, of which a page's first is number at. It may lie before them.
type part struct {
	at, rows int64
	cells    [][]int64
}

// A page is rows that belong together, while they are made in rounds: each is what a peer's generator writes at a time.
type page struct {
	m       *Model
	writers *sync.Pool
	seed    uint64
	number  uint64
	fixed   int  // the place in the condition that every row has a 1 in; -1: any
	alone   bool // there is no other page to be made at the same time

	round         [][]int64 // by column: the cells of a round
	seen          rowSet    // rows of the round that are kept
	kept, doubles []int32
}

func (m *Model) newPage(writers *sync.Pool) *page {
	p := &page{m: m, writers: writers}
	for range m.coder.Columns {
		p.round = append(p.round, make([]int64, m.pageRows()))
	}
	return p
}

// write writes the page's rows, as far as they are asked for. unfiltered is how many of them the peer's filter would not have let
// through: it is dropped after mostRounds.
func (p *page) write(ctx context.Context, to part) (unfiltered int64) {
	n := p.m.pageRows()
	need := int(min(int64(n), to.rows-to.at)) // rows behind those asked for need not be made
	wave := 1
	if p.alone {
		wave = 4 * runtime.GOMAXPROCS(0)
	}
	have := 0
	for round := uint64(0); have < need && ctx.Err() == nil; round++ {
		p.seen.reset(n)
		for from, end := 0, 0; from < n && have < need && ctx.Err() == nil; from = end {
			each := p.m.together(need - have)
			end = min(from+wave*each, n)
			run.Parallel((end-from+each-1)/each, func(i int) {
				at := from + i*each
				p.draw(round, at, min(at+each, end))
			})
			p.keep(from, end, round < mostRounds, need-have)
			unfiltered += p.put(to, have)
			have += len(p.kept)
		}
	}
	return unfiltered
}

// together is how many rows go through the generator together where so many are still to be found.
func (m *Model) together(need int) int {
	switch {
	case m.set.Preset == sdv:
		return m.set.Batch // they share their statistics
	case need < pieceRows:
		return fewRows
	}
	return pieceRows
}

// draw makes some rows of a round. They have one stream.
func (p *page) draw(round uint64, from, to int) {
	w := p.writers.Get().(*peerWriter)
	w.draw(p.seed, p.number<<24|uint64(from/drawRows)<<16|round, from%drawRows, to-from, p.fixed)
	for f := range p.round {
		c := &p.m.coder.Columns[f]
		c.decode(p.round[f][from:to], w.code[f], w.num[f], &p.m.Schema().Columns[c.Col])
	}
	p.writers.Put(w)
}

// keep chooses at most n of some rows of a round: those that are unlike all before them in the round, as the peer of preset synthcity
// does, or, without the filter, all.
func (p *page) keep(from, to int, filter bool, n int) {
	p.kept, p.doubles = p.kept[:0], p.doubles[:0]
	for r := from; r < to && len(p.kept) < n; r++ {
		if p.m.set.Preset == synthcity && !p.seen.add(p.round, r) {
			if filter {
				continue
			}
			p.doubles = append(p.doubles, int32(len(p.kept)))
		}
		p.kept = append(p.kept, int32(r))
	}
}

// put writes the rows kept to where they belong, from the page's row have on, and tells how many of those asked for are doubles.
func (p *page) put(to part, have int) (doubles int64) {
	at := to.at + int64(have)
	for _, j := range p.doubles {
		if at+int64(j) >= 0 {
			doubles++
		}
	}
	kept := p.kept[min(max(-at, 0), int64(len(p.kept))):]
	for f, cells := range p.round {
		dst := to.cells[p.m.coder.Columns[f].Col][max(at, 0):]
		for j, r := range kept {
			dst[j] = cells[r]
		}
	}
	return doubles
}

// A rowSet is a set of rows of a table that is stored by columns.
type rowSet struct {
	slots []int32 // 1 more than a row, or 0
}

// reset makes an empty set for n rows.
func (s *rowSet) reset(n int) {
	s.slots = resize(s.slots, 2<<bits.Len(uint(n)))
	clear(s.slots)
}

// add puts row r into the set. It gives false if an equal row is there.
func (s *rowSet) add(cols [][]int64, r int) bool {
	hash := uint64(0)
	for _, c := range cols {
		high, low := bits.Mul64(uint64(c[r])^hash^0x9e3779b97f4a7c15, 0xd1342543de82ef95)
		hash = high ^ low
	}
	last := uint64(len(s.slots) - 1)
	for at := hash & last; ; at = (at + 1) & last {
		other := int(s.slots[at]) - 1
		if other < 0 {
			s.slots[at] = int32(r) + 1
			return true
		}
		if !slices.ContainsFunc(cols, func(c []int64) bool { return c[r] != c[other] }) {
			return false
		}
	}
}

// peerCondition gives the place in the condition that a peer sets for Column = value, or -1. Both peers take the number of the value within
// its column, and leave out where the column begins: so the place is right for the first column that can be asked for,
// whichever is named.
func (m *Model) peerCondition(opt SampleOptions) (int, error) {
	switch {
	case opt.Balance != "" || opt.Strict || opt.Temperature != 0 && opt.Temperature != 1:
		return -1, badOption("the presets of peers have no balance, no temperature and no strict conditions", "leave them out, or take preset plus")
	case len(opt.Where) == 0:
		return -1, nil
	}
	sets, err := table.Sets(m.Schema(), opt.Where)
	if err != nil {
		return -1, impossible(err)
	}
	if len(opt.Where) > 1 || len(sets) != 1 {
		return -1, m.onlyPlus(sets[0].Col)
	}
	cell, ok := only(&sets[0])
	f := slices.IndexFunc(m.coder.Columns, func(c peerColumn) bool { return c.Col == sets[0].Col })
	if !ok || f < 0 || m.coder.Columns[f].Mix != nil {
		return -1, m.onlyPlus(sets[0].Col)
	}
	k := slices.Index(m.coder.Columns[f].Labels, cell)
	if k < 0 {
		return -1, &table.Error{Code: "no-row", Column: m.Schema().Columns[sets[0].Col].Name,
			Reason: "the conditions: no row that was learned has this value", Fix: "ask for another value", Err: draw.ErrNoRow}
	}
	return k, nil
}

// impossible makes an error that says that no row can have a value one that wraps draw's ErrNoRow.
func impossible(err error) error {
	var e *table.Error
	if !errors.As(err, &e) || e.Code != "no-such-value" {
		return err
	}
	no := *e
	no.Err = draw.ErrNoRow
	return &no
}

func (m *Model) onlyPlus(col int) error {
	return &table.Error{Code: "preset-condition", Column: m.Schema().Columns[col].Name,
		Reason: "the peer of preset " + m.set.Preset + " can be asked for one value of one column of categories, and for nothing else",
		Fix:    "take preset plus, whose rows meet conditions on any columns"}
}

// only gives the one cell that is in a set, as table.New takes it, if it is one.
func only(s *table.Set) (cell int64, ok bool) {
	n := 0
	for i, in := range s.Values {
		if in {
			cell, n = int64(i), n+1
		}
	}
	for _, in := range s.Marks {
		if in {
			n += 2 // the peers know no marks
		}
	}
	for _, span := range s.Spans {
		cell, n = span[0], n+1
		if span[0] != span[1] {
			n++
		}
	}
	if s.Missing {
		cell, n = -1, n+1
	}
	return cell, n == 1
}
