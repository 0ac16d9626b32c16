package column

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A Model writes rows. It holds networks, no row of the table that it learned.
type Model struct {
	enc    *encode.Encoder
	order  []int32 // the variables as they are drawn as a rule
	nets   []*net
	rows   int // learned
	report run.Report
	held   []Held

	plan    *draw.Plan
	readers []*reader // by net
	spare   sync.Pool // of sources
}

// A Held is what one network, before it had learned them, said of rows that it watched.
type Held struct {
	Rows []int32     // of the table
	Rest []int32     // those that it had learned
	LogP [][]float64 // [V][len(Rows)]: ln probability of their codes in the model's order; 0 where a variable does not apply
}

// Schema describes the rows that Sample writes. Callers must not change it.
func (m *Model) Schema() *table.Schema { return m.enc.Schema() }

// Kind is the generator: "columns".
func (m *Model) Kind() string { return "columns" }

// Component is the model as a part of a stack.
func (m *Model) Component() draw.Component {
	return draw.Component{Encoder: m.enc, Order: m.order, Source: m.source, Block: m.block(), Scores: m.scoresOf}
}

// Report tells how far learning came. A model that was loaded does not know what stopped it.
func (m *Model) Report() run.Report { return m.report }

// Held gives what each network said of rows before it had learned them; a model that was loaded does not know.
func (m *Model) Held() []Held { return m.held }

// Fit learns t. Errors of the table or the options are *[table.Error]; a cancelled ctx gives ctx.Err() at the end of a step.
func Fit(ctx context.Context, t *table.Table, opt Options) (*Model, error) {
	l, err := newLearning(t, opt)
	if err != nil {
		return nil, err
	}
	report, err := run.Train(ctx, l.job(), run.Options{Budget: opt.Clock, Steps: opt.Steps, Stop: opt.Stop, Checkpoint: opt.Checkpoint,
		Progress: opt.Progress})
	if errors.Is(err, run.ErrOtherRun) {
		return nil, &table.Error{Code: "other-checkpoint", Reason: "the file to go on from belongs to another table, other options or another build of the program",
			Fix: "remove it, or repeat the first run's options", Err: err}
	}
	if err != nil {
		return nil, err
	}
	m := &Model{enc: l.enc, order: l.order, rows: len(l.all), report: report}
	for _, x := range l.members {
		if x.state.Step > 0 {
			x.finish()
			m.nets, m.held = append(m.nets, x.net), append(m.held, Held{x.held, x.rest, x.told})
		}
	}
	return m, m.prepare()
}

// A learning is one call of Fit.
type learning struct {
	opt     Options
	enc     *encode.Encoder
	codes   [][]int32
	order   []int32
	all     []int32 // the rows that are learned
	members []*member
	planned int64
}

func newLearning(t *table.Table, opt Options) (*learning, error) {
	person, people := t.Persons()
	if opt.Rows == 0 {
		opt.Rows = rowsDefault
	}
	opt = opt.resolve(people, min(t.Rows(), opt.Rows))
	l := &learning{opt: opt, enc: opt.Encoder}
	if l.enc == nil {
		var err error
		l.enc, err = encode.Fit(t, encode.Options{Protect: opt.Protect, Level: opt.Level, Whole: opt.Whole, Warn: opt.Warn})
		if err != nil {
			return nil, err
		}
	}
	var err error
	if l.codes, err = l.enc.Codes(t); err != nil {
		return nil, err
	}
	rules, err := draw.NewRules(l.enc)
	if err != nil {
		return nil, err
	}
	if l.order = opt.Order; l.order == nil {
		if l.order, err = l.dependent(rules); err != nil {
			return nil, err
		}
	}
	if len(l.order) == 0 {
		return nil, &table.Error{Code: "no-columns", Reason: "no column can be learned", Fix: "say what columns are, with kinds"}
	}
	l.split(person, people)
	if len(l.all) < t.Rows() && opt.Warn != nil {
		opt.Warn(&table.Error{Code: "rows-chosen", Reason: fmt.Sprintf("the column transformer learns %d of the %d rows, of people chosen at random",
			len(l.all), t.Rows()), Fix: "nothing is to be done: trees learn from all of them"})
	}
	return l, nil
}

// dependent is the order in which columns that tell most about the others come first.
func (l *learning) dependent(rules *draw.Rules) ([]int32, error) {
	vars := l.enc.Vars()
	x := make([]draw.Codes, len(vars))
	for v, y := range vars {
		if y.Card >= 1<<16 {
			return nil, &table.Error{Code: "too-many-values", Column: l.enc.Schema().Columns[y.Col].Name,
				Reason: "has more than 65,535 different values", Fix: "read the column as text, or coarsen it"}
		}
		x[v] = draw.Codes{Codes: make([]uint16, len(l.codes[v])), Card: y.Card + 1, Ordered: y.Ordered}
		for i, c := range l.codes[v] {
			x[v].Codes[i] = uint16(c + 1)
		}
	}
	first := draw.FirstParts(vars, nil)
	return rules.Order(draw.Weights(first, draw.Dependence(x, first), -1)), nil
}

// split chooses the rows that are learned, and makes the members, each with rows of its own to watch.
func (l *learning) split(person []int32, people int) {
	shuffled := make([]int32, people)
	for i := range shuffled {
		shuffled[i] = int32(i)
	}
	r := rng.New(l.opt.Seed, rng.ColumnSplit, 0)
	r.Shuffle(people, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	place := make([]int, people) // by person: place among the shuffled
	for i, p := range shuffled {
		place[p] = i
	}
	most := int(float64(people) * min(1, float64(l.opt.Rows)/float64(max(len(person), 1))))
	share := 7
	if l.opt.Members > 1 {
		share = l.opt.Members + 2
	}
	fold := make([][]int32, l.opt.Members)
	for i, p := range person {
		if place[p] >= most && most > 0 {
			continue
		}
		l.all = append(l.all, int32(i))
		if f := place[p] % share; f < len(fold) {
			fold[f] = append(fold[f], int32(i))
		}
	}
	vars, width := l.enc.Vars(), 0
	for _, v := range vars {
		width += v.Card
	}
	fields := fieldOrder(vars, l.order)
	for k := range fold {
		x := newMember(newNet(vars, l.opt.Size, l.opt.Seed+uint64(k)), l.codes, fields, l.opt, l.opt.Seed+uint64(k))
		in := map[int32]bool{}
		for _, i := range fold[k] {
			in[i] = true
		}
		x.held, x.all = fold[k], l.all
		for _, i := range l.all {
			if !in[i] {
				x.rest = append(x.rest, i)
			}
		}
		x.state.Search = l.opt.search(len(fields), width, len(x.rest))
		l.planned += x.state.Search + max(int64(float64(x.state.Search)*goOn), 1)
		l.members = append(l.members, x)
	}
}

// fieldOrder turns an order of variables into one of fields.
func fieldOrder(vars []encode.Var, order []int32) []int32 {
	at := map[int]int32{}
	for i, f := range fieldsOf(vars) {
		at[f.first] = int32(i)
	}
	var out []int32
	for _, v := range draw.FirstParts(vars, order) {
		out = append(out, at[int(v)])
	}
	return out
}

// job is the members, one after the other. How many steps they do depends on what they find out, so the plan is the most there can be.
func (l *learning) job() run.Job {
	return run.Job{
		Plan: run.Plan{Steps: l.planned, Wave: 1},
		Key:  l.key(),
		Step: func(ctx context.Context, from, to int64) error {
			m := l.current()
			if m == nil {
				return nil
			}
			if !m.step() {
				return errDiverged
			}
			return nil
		},
		Ended: func() bool { return l.current() == nil },
		Save:  l.save,
		Load:  l.load,
	}
}

var errDiverged = &table.Error{Code: "no-convergence", Reason: "learning gave numbers that are not finite, again and again",
	Fix: "choose the model trees, and tell the project's authors about the table"}

// current is the member that learns now; nil where all have ended.
func (l *learning) current() *member {
	for _, m := range l.members {
		if !m.ended() {
			return m
		}
	}
	return nil
}

// key tells one run from another: everything that decides what the networks will be.
func (l *learning) key() [32]byte {
	h := sha256.New()
	put := func(v any) {
		b, err := json.Marshal(v)
		if err != nil {
			panic("column: " + err.Error()) // an encoder and numbers always marshal
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	o := l.opt
	put(l.enc)
	put([]any{o.Size, o.Members, o.Batch, o.Rate, o.Epochs, o.Seed, l.order, l.planned, kernels.Arithmetic(kernels.Family())})
	for v := range l.codes {
		h.Write(container.Bytes(l.codes[v]))
	}
	h.Write(container.Bytes(l.all))
	return [32]byte(h.Sum(nil))
}

// prepare makes what follows from what is saved.
func (m *Model) prepare() (err error) {
	if m.plan, err = draw.NewPlan(m.enc, m.order); err != nil {
		return fmt.Errorf("column: %w", err)
	}
	m.readers = nil
	for _, n := range m.nets {
		m.readers = append(m.readers, newReader(n))
	}
	return nil
}
