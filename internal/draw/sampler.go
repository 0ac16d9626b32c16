package draw

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Options say which rows a [Sampler] draws.
type Options struct {
	First, Rows int64 // row i is a function of the model, Seed, the conditions and i alone
	Seed        uint64
	Where       []table.Cond // holds in every row
	Sets        []*table.Set // by column of the schema: what is left of one that Where does not name; nil is everything
	Strict      bool         // ErrNoRow for a row that can't be drawn with Where, instead of setting Where into it
	Balance     string       // a column of which every value is to be equally frequent
	Temperature float64      // 0 is 1, the learned distribution; less sharpens every distribution of codes, more flattens it
	// Candidates is the number of rows, at most 10,000, that are drawn for each one that is picked: in proportion to what a
	// [Weigher] says of them, and, with conditions, to how likely each met them. 0 is no picking.
	Candidates int
	// Most is the greatest weight that a [Weigher] gives a row for which it is told from smaller ones, if it is above 0: each row is drawn until one is
	// kept, with probability weight / Most. It goes without Candidates.
	Most float64
	// Block is the number of rows that one goroutine draws side by side; 0 is 2,048. It changes nothing but memory and speed.
	Block int
	// Meets says that the source itself draws what meets the conditions: they are set into every row from the first try on, which keeps what it draws.
	Meets bool
	// Effective, if it is not nil, has room for every row and gets the effective size of the candidates of which each was picked, 1 / sum of
	// squares of their shares of all weight (Kong, Liu and Wong, 1994): as many as there are where all weigh alike, 1 where one has all weight.
	// It is left as it is for a row that is not picked, or was, after all candidates were dead for many rounds, drawn by itself.
	Effective []float64
}

// ErrNoRow says that no row can meet the conditions, or, with Strict, that a row was not drawn in as many tries as allowed.
var ErrNoRow = errors.New("no row meets the conditions")

func noRow(column, reason, fix string) error {
	return &table.Error{Code: "no-row", Column: column, Reason: "the conditions: " + reason, Fix: fix, Err: ErrNoRow}
}

// A Sampler is a plan with the options of one sample. It may be used by several goroutines.
type Sampler struct {
	plan       *Plan
	opt        Options
	power      float64              // of probabilities: 1 / temperature
	sets       []*table.Set         // by column of the schema; nil is no condition
	balance    int                  // the column that is balanced, or -1
	values     []int32              // the codes of its first part that are to be equally frequent
	byCode     map[int32]*table.Set // of the balanced column, where rules "A -> B" ask for it
	conditions bool
}

// Sampler checks the options, conditions included. A condition that no row can meet gives an error that wraps [ErrNoRow];
// other errors are *[table.Error].
func (p *Plan) Sampler(opt Options) (*Sampler, error) {
	switch {
	case opt.First < 0 || opt.Rows < 0:
		panic(fmt.Sprintf("draw: Sampler of %d rows from %d", opt.Rows, opt.First))
	case !(opt.Most >= 0) || opt.Most > 0 && opt.Candidates > 0:
		panic(fmt.Sprintf("draw: Sampler with Most %g and %d candidates for a row", opt.Most, opt.Candidates))
	case opt.Candidates < 0 || opt.Candidates > mostCandidates:
		panic(fmt.Sprintf("draw: Sampler with %d candidates for a row", opt.Candidates))
	}
	s := &Sampler{plan: p, opt: opt, power: 1, balance: -1, sets: make([]*table.Set, len(p.enc.Schema().Columns))}
	if t := opt.Temperature; t != 0 {
		if !(t > 0) || math.IsInf(t, 0) {
			return nil, &table.Error{Code: "bad-temperature", Reason: "the temperature is not above 0", Fix: "use 1, the learned distribution, or a number near it"}
		}
		s.power = 1 / t
	}
	sets, err := table.Sets(p.enc.Schema(), opt.Where)
	if err != nil {
		return nil, err
	}
	for i := range sets {
		if err := s.condition(&sets[i]); err != nil {
			return nil, err
		}
	}
	for _, set := range opt.Sets {
		if set == nil || s.sets[set.Col] != nil {
			continue
		}
		if err := s.condition(set); err != nil {
			return nil, err
		}
	}
	if col := p.narrow(s.sets); col >= 0 {
		return nil, noRow(p.enc.Schema().Columns[col].Name, "they and the rules leave the column no value", "ask for less")
	}
	if err := s.room(); err != nil {
		return nil, err
	}
	return s, s.balanced()
}

// Left is what conditions and rules leave of a column in every row; nil is everything. Callers must not change it.
func (s *Sampler) Left(col int) *table.Set { return s.sets[col] }

// condition notes what is left of one column. A column that is not learned can meet a condition only always or never.
func (s *Sampler) condition(set *table.Set) error {
	name := s.plan.enc.Schema().Columns[set.Col].Name
	at := slices.IndexFunc(s.plan.columns, func(c column) bool { return c.col == set.Col })
	if at < 0 {
		v := s.plan.enc.Value(set.Col, nil, free, nil)
		if v < 0 && !set.Missing || v >= 0 && !slices.Contains(set.Values, true) {
			return noRow(name, "the column is not learned, but filled", "leave out its condition")
		}
		return nil
	}
	lim := free
	lim.Set = set
	codes := make([]int32, len(s.plan.enc.Vars()))
	if s.plan.enc.Allowed(int(s.plan.columns[at].first), codes, lim, make([]bool, s.plan.widest)) == 0 {
		return noRow(name, "no value of the model meets them", "see the column's values and its range in the schema")
	}
	s.sets[set.Col], s.conditions = set, true
	return nil
}

// room checks that conditions and rules leave every column some range.
func (s *Sampler) room() error {
	spans := make([]span, len(s.plan.rules.cols))
	s.plan.rules.start(spans, s.hull)
	s.plan.rules.tighten(spans)
	for i, p := range spans {
		if p.low > p.high && !s.plan.rules.open[i] {
			c := s.plan.rules.cols[i]
			return noRow(s.plan.enc.Schema().Columns[c].Name, "they and the rules leave the column no value", "ask for less")
		}
	}
	return nil
}

// hull gives the least and the greatest number that a condition leaves of a column, in multiples of its Step, and
// whether it leaves numbers only.
func (s *Sampler) hull(col int) (low, high int64, numbers bool) {
	set := s.sets[col]
	if set == nil {
		return encode.NoLow, encode.NoHigh, false
	}
	if len(set.Spans) == 0 {
		return encode.NoLow, encode.NoHigh, false
	}
	return set.Spans[0][0], set.Spans[len(set.Spans)-1][1], !set.Missing && !slices.Contains(set.Marks, true)
}

// balanced lists the codes that are to be equally frequent: those of values, not of gaps and marks.
func (s *Sampler) balanced() error {
	if s.opt.Balance == "" {
		return nil
	}
	if _, err := s.plan.enc.Schema().Column(s.opt.Balance); err != nil {
		return err
	}
	for _, c := range s.plan.columns {
		if s.plan.enc.Schema().Columns[c.col].Name != s.opt.Balance || s.plan.enc.Filled(c.col) {
			continue
		}
		lim := free
		lim.Set = s.sets[c.col]
		x, tied := &s.plan.enc.Vars()[c.first], len(s.plan.rules.decides) > 0
		if tied {
			s.byCode = s.plan.byCode(c.col)
		}
		ok := make([]bool, x.Card)
		s.plan.enc.Allowed(int(c.first), make([]int32, len(s.plan.enc.Vars())), lim, ok)
		for k := x.Scale; k < x.Card; k++ {
			if ok[k] && x.Share[k] > 0 && (!tied || s.plan.reaches(c.col, s.withCode(c.col, int32(k)), s.sets)) {
				s.values = append(s.values, int32(k))
			}
		}
		s.balance, s.conditions = c.col, true
	}
	if len(s.values) == 0 {
		return &table.Error{Code: "bad-balance", Column: s.opt.Balance, Reason: "has no learned values", Fix: "balance a column of categories"}
	}
	return nil
}

// meets tells whether what was drawn of a column is what conditions and balance ask for.
func (s *Sampler) meets(c *column, w *Row, want int32) bool {
	if want >= 0 && w.Codes[c.first] != want {
		return false
	}
	set := s.sets[c.col]
	return set == nil || has(set, w.Cells[c.col])
}

// has tells whether a cell is in a set.
func has(set *table.Set, v int64) bool {
	if set.Spans == nil && len(set.Marks) == 0 && len(set.Values) > 0 {
		if v < 0 {
			return set.Missing
		}
		return v < int64(len(set.Values)) && set.Values[v]
	}
	if v == math.MinInt64 {
		return set.Missing
	}
	if v < math.MinInt64/2 {
		i := v - math.MinInt64 - 1
		return i < int64(len(set.Marks)) && set.Marks[i]
	}
	return slices.ContainsFunc(set.Spans, func(s [2]int64) bool { return s[0] <= v && v <= s[1] })
}

// wish is the codes that the first part of a column must have in turn; nil is any.
type wish []int32

func (w wish) at(row int64) int32 {
	if len(w) == 0 {
		return -1
	}
	return w[row%int64(len(w))]
}

// Wanted gives the code that balance asks of the first part of a column in the row of that number, or -1.
func (s *Sampler) Wanted(col int, row int64) int32 {
	if col != s.balance {
		return -1
	}
	return wish(s.values).at(row)
}

// wanted gives what balance asks of a column.
func (s *Sampler) wanted(c *column) wish {
	if c.col == s.balance {
		return s.values
	}
	return nil
}
