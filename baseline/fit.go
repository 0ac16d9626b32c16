package baseline

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/internal/tree"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// Options say what to learn. The zero value learns trees at level share with protection 5.
type Options struct {
	Model   string       // "trees" (also when empty), "copula", "independent"
	Level   string       // "share" (also when empty), "research", "structure"; structure learns no relations between columns
	Protect int          // persons that must share what is learned; 0 is 5, but off at level research; negative is off
	Target  string       // a column that others will want to predict; empty is none. Trees draw it last and tell it best
	Whole   *table.Table // as in encode.Options: what t is a part of; nil is t
	// Encoder is how t is written in codes, where that is known already, from t or from a table of which t is a part; nil: Fit finds it.
	Encoder *encode.Encoder
	// Like is a model of the same Encoder, Model and Target, from other rows. Its order, its settings and the weights of its lines are taken over
	// and not chosen anew, but for a target that is a category. nil: all is chosen.
	Like       *Model
	Seed       uint64
	Budget     time.Duration // bounds the plan, and the clock may cut it short; 0 is none
	Unclocked  bool          // the clock does not cut the plan short
	Steps      int64         // repeats a run that was cut short: exactly so many; 0 is the plan's
	Stop       <-chan struct{}
	Checkpoint string // a file to go on from; see [cohort.Options]
	Progress   func(phase string, done, total int64)
	Warn       func(*table.Error)
}

// The generators.
const (
	kindTrees       = "trees"
	kindCopula      = "copula"
	kindIndependent = "independent"
)

// A Model writes rows. It holds shares and trees of codes, no row of the table that it learned.
type Model struct {
	enc    *encode.Encoder
	kind   string
	report run.Report
	target *draw.Target
	order  []int32  // variables in the order in which they are drawn
	trees  []forest // by variable, and then by line; those without trees are drawn by their shares
	lines  []*line
	factor []float64 // copula: the Cholesky factor of the correlations of first parts, in their order
	sketch           // computed from the above by prepare
}

// Schema describes the rows that Sample writes. Callers must not change it.
func (m *Model) Schema() *table.Schema { return m.enc.Schema() }

// Kind is the generator: "trees", "copula" or "independent".
func (m *Model) Kind() string { return m.kind }

// Report tells how far learning came. A model that was loaded does not know what stopped it.
func (m *Model) Report() run.Report { return m.report }

// Fit learns t. Errors of the table or the options are *[table.Error]; a cancelled ctx gives ctx.Err() within 100 ms.
func Fit(ctx context.Context, t *table.Table, opt Options) (*Model, error) {
	opt, err := opt.resolve()
	if err != nil {
		return nil, err
	}
	if opt.Target != "" {
		if _, err := t.Schema().Column(opt.Target); err != nil {
			return nil, err
		}
	}
	if opt.Progress != nil {
		opt.Progress("encode", 0, 0)
	}
	enc := opt.Encoder
	if enc == nil {
		if enc, err = encode.Fit(t, encode.Options{Protect: opt.Protect, Level: opt.Level, Whole: opt.Whole, Warn: opt.Warn}); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	codes, err := enc.Codes(t)
	if err != nil {
		return nil, err
	}
	if like := opt.Like; like != nil && (like.enc != enc || like.kind != opt.Model) {
		panic("baseline: Fit: a model like one of another encoder or kind: " + like.kind + ", " + opt.Model)
	}
	m := &Model{enc: enc, kind: opt.Model}
	d, err := code(enc, codes)
	if err != nil {
		return nil, err
	}
	d.person, d.people = persons(t)
	rules, err := draw.NewRules(enc)
	if err != nil {
		return nil, err
	}
	if err := m.learn(ctx, d, rules, opt); err != nil {
		return nil, err
	}
	return m, m.prepare()
}

// resolve fills in what is empty.
func (o Options) resolve() (Options, error) {
	if o.Model == "" {
		o.Model = kindTrees
	}
	if !slices.Contains([]string{kindTrees, kindCopula, kindIndependent}, o.Model) {
		return o, &table.Error{Code: "bad-model", Reason: fmt.Sprintf("there is no model %q", o.Model), Fix: "use trees, copula or independent"}
	}
	switch {
	case o.Level == "structure":
		o.Model = kindIndependent
	case o.Level == "research" && o.Protect == 0:
		o.Protect = -1
	}
	if o.Protect == 0 {
		o.Protect = 5
	}
	o.Protect = max(o.Protect, 0)
	return o, nil
}

// persons gives the person of each row, or nil if every row is a person of its own.
func persons(t *table.Table) ([]int32, int) {
	p, n := t.Persons()
	if n == t.Rows() {
		return nil, n
	}
	return p, n
}

// code turns the encoder's codes into columns for trees, of which 0 is the code of a variable that does not apply.
func code(enc *encode.Encoder, codes [][]int32) (*coded, error) {
	d := &coded{}
	for v, x := range enc.Vars() {
		if x.Card >= 1<<16 {
			return nil, &table.Error{Code: "too-many-values", Column: enc.Schema().Columns[x.Col].Name,
				Reason: "has more than 65,535 different values", Fix: "read the column as text, or coarsen it"}
		}
		c := tree.Column{Codes: make([]uint16, len(codes[v])), Card: x.Card + 1, Ordered: x.Ordered}
		for i, k := range codes[v] {
			c.Codes[i] = uint16(k + 1)
		}
		d.x = append(d.x, c)
		d.prior = append(d.prior, append([]float64{0}, x.Share...))
	}
	return d, nil
}

const (
	// mostTrees and leastTrees bound the number of trees that each variable gets if time allows: so many that they see
	// treePersons persons together. The fewer persons there are, the more the mean of many trees is worth.
	mostTrees, leastTrees, treePersons = 30, 10, 60_000
	// wave is the number of trees between two looks at the clock.
	wave = 16
	// nodeRate is the nominal number of cells that a core looks at in a second while it grows trees, for plans with a budget.
	nodeRate = 2e7
)

// learn runs the plan. It sets everything of m that is saved.
func (m *Model) learn(ctx context.Context, d *coded, rules *draw.Rules, opt Options) error {
	l := m.learner(d, rules, opt)
	err := l.addLines(ctx, m.enc, m.order)
	if err != nil {
		return err
	}
	if m.kind == kindCopula {
		if m.factor, err = correlate(ctx, d, draw.FirstParts(m.enc.Vars(), m.order)); err != nil {
			return err
		}
	}
	steps := max(1, int64(len(l.order))*int64(l.planned(opt.Budget)))
	job := run.Job{
		Plan: run.Plan{Steps: steps, Wave: int64(max(1, min(wave, len(l.order))))},
		Key:  key(m.enc, d, opt),
		Step: l.wave,
		Save: func() (*container.File, error) {
			f := &container.File{Kind: "forests"}
			return f, putForests(f, l.forests)
		},
		Load: func(f *container.File) (err error) {
			l.forests, err = getForests(f, m.enc.Vars(), l.lines)
			return err
		},
	}
	asked := steps
	if opt.Steps > 0 {
		asked = opt.Steps
	}
	l.pace = l.newPace(asked, opt.Progress)
	clock := opt.Budget
	if opt.Unclocked {
		clock = 0
	}
	report, err := run.Train(ctx, job, run.Options{Budget: clock, Steps: opt.Steps, Stop: opt.Stop,
		Checkpoint: opt.Checkpoint, Progress: l.pace.progress()})
	if errors.Is(err, run.ErrOtherRun) {
		return &table.Error{Code: "other-checkpoint", Reason: "the file to go on from belongs to another table, other options or another build of the program",
			Fix: "remove it, or repeat the first run's options", Err: err}
	}
	if err != nil {
		return err
	}
	m.report, m.trees, m.lines = report, l.forests, l.lines
	m.dropLines()
	return nil
}

// learner sets up which variable is learned from which.
func (m *Model) learner(d *coded, rules *draw.Rules, opt Options) *learner {
	vars := m.enc.Vars()
	l := &learner{d: d, seed: opt.Seed, leaf: max(opt.Protect, 5), forests: make([]forest, len(vars)), vars: vars, target: -1, residual: -1, like: opt.Like}
	first := draw.FirstParts(vars, nil)
	info := draw.Dependence(d.forDraw(), first)
	for _, v := range first {
		if name := m.enc.Schema().Columns[vars[v].Col].Name; m.kind == kindTrees && opt.Target != "" && name == opt.Target {
			l.target, m.target = v, &draw.Target{V: v, Rows: d.rows()}
		}
	}
	if m.order = rules.Order(draw.Weights(first, info, l.target)); l.like != nil {
		m.order = l.like.order
	}
	switch {
	case m.kind == kindTrees:
		for i, v := range m.order {
			l.forests[v].Columns = columns(vars, m.order[:i], first, info, v)
		}
		l.order = slices.Clone(m.order)
	case opt.Level != "structure":
		// A later part is learned from the earlier parts of its own column only.
		l.whole = true
		for _, v := range m.order {
			if p := int32(vars[v].Part); p > 0 {
				l.order = append(l.order, v)
				for k := v - p; k < v; k++ {
					l.forests[v].Columns = append(l.forests[v].Columns, k)
				}
			}
		}
	}
	return l
}

// treesFor gives the number of trees that each variable gets if time allows.
func treesFor(people int) int { return min(max(treePersons/max(people, 1), leastTrees), mostTrees) }

// planned gives the number of trees for each variable, from the table's size and the budget alone.
func (l *learner) planned(budget time.Duration) int {
	if l.whole {
		return 1
	}
	most := treesFor(l.d.people)
	if budget <= 0 {
		return most
	}
	cells := 0.0 // that one tree for each variable looks at; the choice of settings costs about a round more
	for _, v := range l.order {
		cells += float64(min(l.d.rows(), bagMost)) * float64(len(l.forests[v].Columns)+1) * 12
	}
	rounds := budget.Seconds()*nodeRate/max(cells, 1) - 1
	return int(min(max(rounds, 1), float64(most)))
}

// key tells one run from another: everything that decides what the trees will be.
func key(enc *encode.Encoder, d *coded, opt Options) [32]byte {
	h := sha256.New()
	put := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			panic("baseline: " + err.Error()) // an encoder and options always marshal
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	put(enc)
	put([]any{opt.Model, opt.Level, opt.Protect, opt.Target, opt.Seed, opt.Budget, d.people, opt.Like.choices()})
	for i := range d.x {
		h.Write(container.Bytes(d.x[i].Codes))
	}
	h.Write(container.Bytes(d.person))
	return [32]byte(h.Sum(nil))
}
