package cohort

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"example.org/cohort/baseline"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/transformer/column"
)

// A stack tells each code variable by the mean of what independent columns, trees and a column transformer say of it, weighed by how well
// each of them told persons that it had not learned (Wolpert, "Stacked generalization", 1992). All walk the trees' order.
type stack struct {
	trees   *baseline.Model
	columns *column.Model
	boost   *booster // of the target; nil: none
	judge   *booster // of rows; nil: all are kept
	weight  []shares // by variable
	plan    *draw.Plan
	alone   []draw.Shares // by variable: independent columns
	gain    float64       // in the likelihood of persons held out over trees alone, nats a row; not saved
	met     sync.Map      // by conditions: whether rows meet them often enough to be drawn until they do
}

// shares are the weights of independent columns, trees, transformer and, of a target, boosting, in this order; they sum to 1.
type shares [4]float64

// mixed gives the mean of p by the weights w.
func (w *shares) mixed(p *shares) float64 {
	return w[0]*p[0] + w[1]*p[1] + w[2]*p[2] + w[3]*p[3]
}

const (
	auto    = "auto"
	columns = "columns"
	// autoPersons is from how many persons on auto adds the transformer: fewer tell it less than they tell trees, and held-out persons of 271
	// gained nothing by it.
	autoPersons = 1000
	// Of a budget for learning, the transformer's plan has one part and the trees' another; the rest is for finding the weights.
	columnShare, treeShare = 0.5, 0.2
	// boostShare is kept of the time that the clock leaves, for boosting the target and for the judge of rows.
	boostShare = 0.2
	// againShare of the time that the trees took is kept for learning them once more, for the weights, by settings that are known then: measured
	// .26 on dropout and .62 on california, boosting included.
	againShare = 0.6
)

// auto settles what the model auto is on the task's table, where learning has that share of the budget, and says why. It does so by nominal
// times, so that a slow computer chooses as a fast one does.
func (p *task) auto(opt Options, share float64) error {
	p.model = "trees"
	if p.people < autoPersons {
		p.why = fmt.Sprintf("from fewer than %d persons a transformer learns no more than trees do", autoPersons)
		return nil
	}
	if opt.Budget > 0 {
		opt.Budget = time.Duration(share * float64(opt.Budget))
		least, full, _, err := baseline.Estimate(p.sample(), p.table.Rows(), p.options(opt))
		if err != nil {
			return err
		}
		c, err := p.columnCost(opt, p.sample())
		if err != nil {
			return err
		}
		// What the first trees take beside a whole round is measured; the rest is nominal, and about twice the choice of their settings.
		if c.Least > time.Duration(columnShare*float64(opt.Budget)) || (full-least)/2 > time.Duration(treeShare*float64(opt.Budget)) {
			p.why = "the time allowed is too short for a transformer beside trees"
			return nil
		}
	}
	p.model, p.why = auto, "trees and a column transformer together"
	return nil
}

// chooseColumns takes the options of package column where they belong.
func (p *task) chooseColumns(opt Options) error {
	o := opt.Column
	switch {
	case o == nil:
		return nil
	case p.model != columns:
		return problem("bad-option", fmt.Sprintf("options of a column transformer are given, and the model is %q", p.model),
			"leave them out, or choose the model columns")
	}
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"Level", o.Level != ""}, {"Protect", o.Protect != 0}, {"Whole", o.Whole != nil}, {"People", o.People != 0}, {"Encoder", o.Encoder != nil},
		{"Seed", o.Seed != 0}, {"Budget", o.Budget != 0}, {"Clock", o.Clock != 0}, {"Steps", o.Steps != 0}, {"Stop", o.Stop != nil},
		{"Checkpoint", o.Checkpoint != ""}, {"Progress", o.Progress != nil}, {"Warn", o.Warn != nil},
	} {
		if f.set {
			return problem("bad-option", fmt.Sprintf("%s is set in the options of the column transformer, and Fit sets it itself", f.name),
				"set it in the options of Fit alone")
		}
	}
	p.knobs = *o
	return p.checkKnobs()
}

// checkKnobs refuses sizes that no network has.
func (p *task) checkKnobs() error {
	o := &p.knobs
	s := o.Size
	if min(s.Width, s.Heads, s.Layers, s.Inner, o.Members, o.Batch, o.Epochs, o.Rows) < 0 || !(s.Dropout >= 0 && s.Dropout < 1) || !(o.Rate >= 0 && o.Rate <= 1) ||
		s.Width > 0 && (s.Heads < 1 || s.Layers < 1 || s.Inner < 1 || s.Width%s.Heads != 0) {
		return problem("bad-option", "the sizes or the rate of the column transformer are none that a network has",
			"leave them out: they follow from the table")
	}
	return nil
}

// columnOptions are those of the transformer.
func (p *task) columnOptions(opt Options) column.Options {
	o := p.knobs
	o.Level, o.Protect, o.Whole, o.People = p.level, p.options(opt).Protect, p.whole, p.people
	o.Seed, o.Budget, o.Clock, o.Steps, o.Stop = opt.Seed, opt.Budget, opt.Budget, opt.Steps, opt.Stop
	o.Checkpoint, o.Progress, o.Warn = opt.Checkpoint, opt.Progress, opt.Warn
	if opt.Steps > 0 {
		o.Clock = 0
	}
	if p.model != columns { // beside trees
		o.Budget = time.Duration(columnShare * float64(opt.Budget))
	}
	return o
}

func (p *task) columnCost(opt Options, sample *table.Table) (column.Cost, error) {
	return column.Estimate(sample, p.table.Rows(), p.columnOptions(opt))
}

// fitColumns learns with the transformer alone.
func (p *task) fitColumns(ctx context.Context, opt Options) (generator, error) {
	c := p.columnOptions(opt)
	m, err := column.Fit(ctx, p.table, c)
	if err != nil {
		return nil, err
	}
	return transformed{m}, nil
}

// encoder learns how the table is written in codes.
func (p *task) encoder(opt Options) (*encode.Encoder, error) {
	if opt.Progress != nil {
		opt.Progress("encode", 0, 0)
	}
	return encode.Fit(p.table, encode.Options{Protect: p.protect, Level: p.level, Whole: p.whole, Warn: opt.Warn})
}

// fitStack learns with trees and the transformer.
func (p *task) fitStack(ctx context.Context, opt Options) (*stack, error) {
	began := time.Now()
	o := p.options(opt)
	// The trees' plan is never cut short, so that the number of the transformer's steps is all that a repetition needs to know.
	o.Checkpoint, o.Steps, o.Stop, o.Progress, o.Warn, o.Unclocked = "", 0, nil, nil, nil, true
	o.Budget = time.Duration(treeShare * float64(opt.Budget))
	var err error
	if o.Encoder, err = p.encoder(opt); err != nil {
		return nil, err
	}
	s := &stack{}
	if s.trees, err = baseline.Fit(ctx, p.table, o); err != nil {
		return nil, err
	}
	c := p.columnOptions(opt)
	c.Encoder, c.Order = o.Encoder, s.trees.Component().Order
	if c.Clock > 0 {
		spent := float64(time.Since(began))
		c.Clock = max(c.Clock-time.Duration((1+againShare)*spent+boostShare*float64(c.Clock)), time.Millisecond)
	}
	if s.columns, err = column.Fit(ctx, p.table, c); err != nil {
		return nil, err
	}
	if opt.Budget == 0 || opt.Budget >= boostBudget*time.Second {
		s.boost = newBooster(o.Encoder, c.Order, s.trees.Component().Target)
	}
	if err := s.weigh(ctx, p.table, o); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if opt.Budget == 0 || opt.Budget >= boostBudget*time.Second {
		if err := s.learnJudge(ctx, p.table, o.Seed); err != nil {
			return nil, err
		}
	}
	p.why = s.why()
	return s, nil
}

// weigh finds the weights by what each component says of persons whom it has not learned: the transformer's networks watched some, and trees
// are learned without the same.
func (s *stack) weigh(ctx context.Context, t *table.Table, o baseline.Options) error {
	vars := s.columns.Component().Encoder.Vars()
	told := make([][]shares, len(vars)) // by variable and row: probabilities
	setting := boostSetting{}
	like := o
	like.Like = s.trees
	for _, h := range s.columns.Held() {
		codes, tree, trees, err := scoreHeld(ctx, t, like, h)
		if err != nil {
			return err
		}
		target, err := s.boostHeld(ctx, t, o, h, trees, &setting)
		if err != nil {
			return err
		}
		for v, x := range vars {
			for i, c := range codes[v] {
				if c >= 0 {
					p := shares{x.Share[c], tree[v][i], math.Exp(h.LogP[v][i])}
					if target != nil && int32(v) == s.boost.v {
						p[3] = target[i]
					}
					told[v] = append(told[v], p)
				}
			}
		}
	}
	boosted := int32(-1)
	if s.boost != nil {
		boosted = s.boost.v
	}
	s.weight = stacked(told, boosted)
	if s.boost != nil && alone(told[boosted]) {
		s.weight[boosted] = shares{3: 1}
	}
	for v := range told {
		for _, x := range told[v] {
			s.gain += math.Log(s.weight[v].mixed(&x)/max(x[1], 1e-12)) / float64(len(told[0]))
		}
	}
	return s.boostAll(ctx, t, o, setting)
}

// why says what was compared and what came out.
func (s *stack) why() string {
	return fmt.Sprintf("of persons held out, trees and a column transformer together tell %.2f nats a row more than trees alone", s.gain)
}

// scoreHeld gives the codes of the rows that a network watched, and the probabilities that trees give those codes that have learned what the
// network had, and those trees.
func scoreHeld(ctx context.Context, t *table.Table, o baseline.Options, h column.Held) (codes [][]int32, p [][]float64, trees draw.Source, err error) {
	rows, rest := ints(h.Rows), ints(h.Rest)
	m, err := baseline.Fit(ctx, t.Select(rest), o)
	if err != nil {
		return nil, nil, nil, err
	}
	if codes, err = o.Encoder.Codes(t.Select(rows)); err != nil {
		return nil, nil, nil, err
	}
	p, err = m.Component().Scores(codes)
	return codes, p, m.Component().Source(1), err
}

func ints(x []int32) []int {
	out := make([]int, len(x))
	for i, v := range x {
		out[i] = int(v)
	}
	return out
}

const (
	emRounds = 300
	// emPrior is how many cells count for trees and transformer alike, and for independent columns emFloor: where both tell alike, rows that
	// either may write are harder to tell from real ones.
	emPrior, emFloor = 20, 0.05
)

// stacked gives the weights of each variable that make its codes most likely. Boosting, in a pool with trees, tells one variable in their place, or
// none: -1.
func stacked(told [][]shares, boosted int32) []shares {
	out := make([]shares, len(told))
	for v := range told {
		prior := shares{emFloor, emPrior / 2, emPrior / 2, 0}
		if int32(v) == boosted {
			prior[1], prior[3] = prior[3], prior[1]
		}
		out[v] = expectation(told[v], shares{0.1, 0.3, 0.3, 0.3}, prior)
	}
	return out
}

// expectation is the EM algorithm for the weights of a mixture whose components are fixed (Dempster, Laird and Rubin, 1977). prior is in
// cells.
func expectation(p []shares, w, prior shares) shares {
	for range emRounds {
		sum, total := prior, prior[0]+prior[1]+prior[2]+prior[3]
		for _, x := range p {
			mix := w.mixed(&x)
			if !(mix > 0) {
				continue
			}
			for k := range w {
				sum[k] += w[k] * x[k] / mix
			}
			total++
		}
		if total == 0 {
			return w
		}
		for k := range w {
			w[k] = sum[k] / total
		}
	}
	return w
}

// prepare makes what follows from what is saved.
func (s *stack) prepare() (err error) {
	enc := s.columns.Component().Encoder
	s.alone = nil
	for _, v := range enc.Vars() {
		s.alone = append(s.alone, draw.NewShares(v.Share))
	}
	if s.plan, err = draw.NewPlan(enc, s.columns.Component().Order); err != nil {
		return err
	}
	s.plan.Even(s.trees.Component().Target)
	return nil
}

// Kind names the components by their mean weights.
func (s *stack) Kind() string {
	m := s.mean()
	out := fmt.Sprintf("columns %.2f + trees %.2f + independent %.2f", m[2], m[1], m[0])
	if s.boost != nil && s.weight[s.boost.v][3] >= 0.005 {
		out += fmt.Sprintf("; target: boosting and trees %.2f", s.weight[s.boost.v][3])
	}
	return out
}

// mean is the mean weights of the variables.
func (s *stack) mean() (m shares) {
	for _, w := range s.weight {
		for k := range w {
			m[k] += w[k] / float64(len(s.weight))
		}
	}
	return m
}

func (s *stack) Schema() *table.Schema { return s.columns.Schema() }

// Report is the transformer's: the trees' plan is never cut short.
func (s *stack) Report() run.Report { return s.columns.Report() }

// Sample draws rows until they meet the conditions. Where few do, or a column is balanced, the transformer alone draws, which can begin with the
// columns that are asked about.
func (s *stack) Sample(ctx context.Context, opt drawOptions) (c chunk) {
	often, err := s.often(ctx, opt)
	switch {
	case err != nil:
		c.err = err
	case !often:
		c = transformed{s.columns}.Sample(ctx, opt)
		c.alone = true
	default:
		c.rows, c.set, c.err = s.draw(ctx, opt)
	}
	return c
}

func (s *stack) draw(ctx context.Context, opt drawOptions) (*table.Table, int64, error) {
	o := draw.Options{First: opt.First, Rows: opt.Rows, Seed: opt.Seed, Where: opt.Where, Strict: opt.Strict,
		Temperature: opt.Temperature, Block: s.columns.Component().Block}
	if s.judge != nil {
		o.Most = judgeMost
	}
	sampler, err := s.plan.Sampler(o)
	if err != nil {
		return nil, 0, err
	}
	return sampler.Rows(ctx, s.source)
}

// Of probeRows rows of seed 0, so many must meet the conditions for rows to be drawn until they do.
const probeRows, probeMet = 512, 64

// often tells whether rows meet the conditions often. It depends on the model, the conditions and the temperature alone.
func (s *stack) often(ctx context.Context, opt drawOptions) (bool, error) {
	if opt.Balance != "" {
		return false, nil
	}
	if len(opt.Where) == 0 {
		return true, nil
	}
	sets, err := table.Sets(s.Schema(), opt.Where)
	if err != nil {
		return false, err
	}
	key := fmt.Sprintf("%v %v", sets, opt.Temperature)
	if met, ok := s.met.Load(key); ok {
		return met.(bool), nil
	}
	probe := drawOptions{}
	probe.Rows, probe.Temperature = probeRows, opt.Temperature
	t, _, err := s.draw(ctx, probe)
	if err != nil {
		return false, err
	}
	met := t.Count(sets) >= probeMet
	s.met.Store(key, met)
	return met, nil
}

// A stackSource draws each code by one of the components, which is drawn before it.
type stackSource struct {
	s       *stack
	columns draw.Source
	trees   draw.Source
	q, r    []float64
}

func (s *stack) source(n int) draw.Source {
	return &stackSource{s, s.columns.Component().Source(n), s.trees.Component().Source(n), make([]float64, s.plan.Widest()), make([]float64, s.plan.Widest())}
}

// Release hands on that the worker is done.
func (s *stackSource) Release() {
	for _, source := range []draw.Source{s.columns, s.trees} {
		if r, ok := source.(draw.Releaser); ok {
			r.Release()
		}
	}
}

func (s *stackSource) Begin(rows []*draw.Row) {
	s.columns.Begin(rows)
	s.trees.Begin(rows)
}

func (s *stackSource) Next(rows []*draw.Row, v int32) []int32 {
	s.columns.Next(rows, v)
	return nil
}

func (s *stackSource) Draw(w *draw.Row, v int32) int32 {
	var code int32
	switch u, p := w.R.Float64(), &s.s.weight[v]; {
	case u < p[2]:
		code = s.columns.Draw(w, v)
	case u < p[2]+p[1]:
		return s.trees.Draw(w, v)
	case u < p[2]+p[1]+p[3]:
		p, q := s.q[:s.s.plan.Card(v)], s.r[:s.s.plan.Card(v)]
		s.s.boost.told(s.trees, w, p, q)
		code = draw.Pick(p, &w.R)
	default:
		code = s.s.alone[v].Draw(&w.R)
	}
	s.trees.Set(w, v, code)
	return code
}

func (s *stackSource) Spread(w *draw.Row, v int32, p []float64) {
	s.trees.Spread(w, v, p)
	s.mix(w, v, p)
}

// Average is Spread with the mean of all trees.
func (s *stackSource) Average(w *draw.Row, v int32, p []float64) {
	s.trees.(draw.Averager).Average(w, v, p)
	s.mix(w, v, p)
}

// mix adds to p, which trees gave, what the others say.
func (s *stackSource) mix(w *draw.Row, v int32, p []float64) {
	k, q := &s.s.weight[v], s.q[:len(p)]
	s.columns.Spread(w, v, q)
	for c := range p {
		p[c] = float64(k[1]*p[c]) + float64(k[2]*q[c])
	}
	s.s.alone[v].Add(p, k[0])
	if k[3] > 0 {
		s.s.boost.told(s.trees, w, q, s.r[:len(p)])
		for c := range p {
			p[c] += float64(k[3] * q[c])
		}
	}
}

func (s *stackSource) Set(w *draw.Row, v, code int32) {
	s.trees.Set(w, v, code)
	s.columns.Set(w, v, code)
}
