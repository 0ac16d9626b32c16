package cohort

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.org/cohort/eval"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
)

// MakeOptions says how [Make] learns, writes and judges. The zero value is the careful choice.
type MakeOptions struct {
	// Fit is how the trial model and the model of everybody learn. Its Budget covers all of Make. Its Progress and Warn hear
	// of everything; the phases are "trial", "check", "learn" and "write".
	Fit Options
	// Sample says which rows to write; 0 rows is as many as the table has. The trial's rows, on which likeness is measured,
	// are written without Where and Balance.
	Sample SampleOptions
	// Check is what the checks are told. Make itself sets Holdout, Twin, Protect and Level, and its Target and that of Fit are
	// one: it is enough to name either.
	Check eval.Options
	// SetAside is the share of the persons whom the trial model does not see, above 0 and below 1; 0 is half. Where
	// Check.Target is a category, its values are parted alike.
	SetAside float64
	// NoRefit hands over the trial's table: nobody learns the persons set aside.
	NoRefit bool
	// TrialSteps repeats a trial that was cut short: exactly this many; 0 is Fit.Steps.
	TrialSteps int64
}

// Result is what [Make] made.
type Result struct {
	Table  *table.Table // the synthetic rows
	Model  *Model       // the model that wrote them
	Report *eval.Report // the verdict
	// Trial is the trial model's. It equals that of Model where the trial's table is handed over, and is zero where there
	// were too few persons for a trial.
	Trial Info
}

// Make fits a model, writes a table and judges it: everything `cohort make` does. The judgement is made on a trial model
// that learned by the same plan without the persons that it holds back, against whom its rows are compared; the table comes
// from a model of all. Report says so. The rules that hold in every row of t are found once and given to both.
//
// Closing Fit.Stop ends learning, and so does the end of the budget. A model of everybody that got less far in its plan than
// the trial was not judged by it: the trial's table is handed over then, and Warn hears of it. With Fit.Checkpoint, the model
// that was being learned goes on from there, and an earlier one is learned again. A cancelled context gives nil and
// ctx.Err(). The errors are those of [Fit], [Model.Sample] and [eval.Compare]; misspelt names are found before anything is
// learned.
func Make(ctx context.Context, t *table.Table, opt MakeOptions) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m, err := newMaking(ctx, t, opt)
	if err != nil {
		return nil, during(ctx, "make", err)
	}
	r, err := m.run()
	if err != nil {
		return nil, during(ctx, "make", err)
	}
	return r, nil
}

const (
	halfAside = 0.5 // share of the persons set aside, unless another is asked for
	// The trial model writes as many rows as it learned, but so many at least and at most.
	fewestTrial, mostTrial = 2000, 10_000
	checkShare             = 0.3 // of a budget: for writing and checking
	writeShare             = 0.1 // of a budget: for what comes after learning
	// A model of everybody that did a smaller part of its plan than this part of what the trial did would be another one than
	// was judged: fewer trees are less private.
	nearlyAsFar = 0.9
)

// A making is one run of Make.
type making struct {
	ctx   context.Context
	opt   MakeOptions
	began time.Time
	task  *task // of the whole table, with the rules found
	// learned are the people of the trial and held those whom it never saw; both nil where there are too few for a trial.
	learned, held *table.Table
	persons       int // in learned
	trial, model  *Model
	warnings      []*table.Error // of the trial, which count only if its model is handed over
}

// newMaking checks opt against t, before anything is learned, and parts the people.
func newMaking(ctx context.Context, t *table.Table, opt MakeOptions) (*making, error) {
	began := time.Now()
	if opt.SetAside == 0 {
		opt.SetAside = halfAside
	}
	switch {
	case !(opt.SetAside > 0 && opt.SetAside < 1):
		return nil, problem("bad-option", "the share of people set aside does not lie between 0 and 1", "half is the default; "+
			"a fifth is 0.2")
	case opt.TrialSteps < 0:
		return nil, problem("bad-option", "the number of the trial's steps is negative", "leave it out, or ask for more than 0")
	case opt.Check.Suite != "" && opt.Check.Suite != eval.Sound:
		return nil, problem("bad-option", "a peer's suite gives no verdict", `leave it out, and judge the table that was made by eval.Compare`)
	case opt.Sample.Examples != nil || opt.Sample.Shots != 0:
		return nil, problem("bad-option", "examples are given, and making judges a model without any", "leave them out, and give them to Sample")
	case opt.Check.Holdout != nil || opt.Check.Twin != nil:
		return nil, problem("bad-option", "people held back or a trial are given, and making sets both itself", "leave them out")
	}
	if opt.Sample.Rows == 0 {
		opt.Sample.Rows = int64(t.Rows())
	}
	if err := opt.Sample.check(); err != nil {
		return nil, err
	}
	opt.complete()
	if err := opt.checkNames(t.Schema()); err != nil {
		return nil, err
	}
	m := &making{ctx: ctx, opt: opt, began: began}
	p, err := newTask(t, opt.Fit, m.share(!opt.NoRefit))
	if err != nil {
		return nil, err
	}
	m.task = p
	if err := p.affordable(opt.Fit, m.share(false), judging(t)); err != nil {
		return nil, err
	}
	p.warnPeer(opt.Fit.Warn)
	return m, m.part()
}

// checkNames finds columns and values that the table does not have.
func (o *MakeOptions) checkNames(s *table.Schema) error {
	names := slices.Concat(o.Check.Known, o.Check.Sensitive)
	for _, name := range []string{o.Fit.Target, o.Check.Target, o.Sample.Balance} {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if _, err := s.Column(name); err != nil {
			return err
		}
	}
	_, err := table.Sets(s, o.Sample.Where)
	return impossible(err)
}

// judging is about how many bytes the checks take, as measured on tables of 400 to 33,000 rows and 12 to 37 columns.
func judging(t *table.Table) int64 {
	const few, each, more = 150_000, 600, 100
	cells := int64(t.Rows()) * int64(t.Cols())
	return each*min(cells, few) + more*max(cells-few, 0)
}

// complete brings the parts together: there is one target, and Fit's listeners hear of writing and checking, too, where these
// have none of their own.
func (o *MakeOptions) complete() {
	o.Fit.Target = cmp.Or(o.Fit.Target, o.Check.Target)
	o.Check.Target = cmp.Or(o.Check.Target, o.Fit.Target)
	if o.Sample.Progress == nil {
		o.Sample.Progress = o.Fit.Progress
	}
	if o.Check.Progress == nil {
		o.Check.Progress = o.Fit.Progress
	}
	if o.Sample.Warn == nil {
		o.Sample.Warn = o.Fit.Warn
	}
	if o.Check.Warn == nil {
		o.Check.Warn = o.Fit.Warn
	}
}

// part sets people aside.
func (m *making) part() error {
	var strata []string
	if target := m.opt.Check.Target; target != "" {
		if c, _ := m.task.table.Schema().Column(target); c.Kind == table.Category || c.Kind == table.Ordered {
			strata = append(strata, target)
		}
	}
	learned, held := m.task.table.Split(1-m.opt.SetAside, m.opt.Fit.Seed, strata...)
	_, m.persons = learned.Persons()
	if m.opt.NoRefit && m.persons < leastPersons && m.task.level != "structure" {
		return problem("too-few-rows", fmt.Sprintf("the trial learns %d persons; from so few a table can't be learned without "+
			"giving them away", m.persons), "let everybody be learned, or set fewer people aside")
	}
	if learned.Rows() > 0 && held.Rows() > 0 {
		m.learned, m.held = learned, held
	}
	return nil
}

// run goes in the order of Make's description: the trial is learned and judged before everybody is learned.
func (m *making) run() (*Result, error) {
	r := &Result{}
	twin := &eval.Twin{Write: func() (t *table.Table, err error) {
		if err := m.learn(); err != nil {
			return nil, err
		}
		r.Table, err = m.model.Sample(m.ctx, m.opt.Sample)
		return r.Table, err
	}}
	var err error
	if m.learned == nil {
		// Without a trial the result is its own: the checks then know that Make made it.
		twin.Learned = m.task.table
		twin.Rows, err = twin.Write()
	} else if err = m.learnTrial(); err == nil {
		twin.Learned = m.learned
		twin.Rows, err = m.trial.Sample(m.ctx, SampleOptions{
			Rows:        int64(min(max(m.learned.Rows(), fewestTrial), mostTrial)),
			Seed:        m.opt.Sample.Seed,
			Temperature: m.opt.Sample.Temperature,
			BF16:        m.opt.Sample.BF16,
		})
		r.Trial = m.trial.info
	}
	if err != nil {
		return nil, err
	}
	opt := m.opt.Check
	opt.Twin, opt.Holdout, opt.Protect, opt.Level = twin, m.held, m.task.protect, m.task.level
	if r.Report, err = eval.Compare(m.ctx, m.task.table, r.Table, opt); err != nil {
		return nil, err
	}
	r.Model = m.model
	r.Report.Notes = append(r.Report.Notes, m.notes()...)
	return r, nil
}

// learn fits the model of everybody, and settles whether it or the trial's writes.
func (m *making) learn() error {
	mayHandOver := m.trial != nil && (m.persons >= leastPersons || m.task.level == "structure")
	stop, release := m.until()
	defer release()
	if mayHandOver && (m.opt.NoRefit || run.Closed(stop)) {
		m.handOver()
		return nil
	}
	opt := m.opt.Fit
	var heard []*table.Error // what is told of the model that is handed over, and of no other
	opt.Budget, opt.Stop, opt.Warn = m.budget(false), stop, func(e *table.Error) { heard = append(heard, e) }
	model, err := m.task.fit(m.ctx, opt)
	if err != nil {
		return err
	}
	if model.info.StoppedBy == "stop" && !run.Closed(m.opt.Fit.Stop) {
		model.info.StoppedBy = "clock"
	}
	cut := model.info.StoppedBy == "clock" || model.info.StoppedBy == "stop"
	if mayHandOver && cut && model.done() < nearlyAsFar*m.trial.done() {
		m.handOver()
		return nil
	}
	m.model = model
	m.warn(heard...)
	return nil
}

func (m *making) warn(all ...*table.Error) {
	if m.opt.Fit.Warn != nil {
		for _, e := range all {
			m.opt.Fit.Warn(e)
		}
	}
}

// done is the part of its plan that a model has done.
func (m *Model) done() float64 { return float64(m.info.Steps) / float64(m.info.Planned) }

// until gives a channel that is closed with Fit.Stop, or when the budget of Make is spent but for the time to write.
func (m *making) until() (stop <-chan struct{}, release func()) {
	left := time.Duration(float64(m.opt.Fit.Budget)*(1-writeShare)) - time.Since(m.began)
	over := make(chan struct{})
	switch {
	case m.opt.Fit.Budget == 0 || m.opt.Fit.Steps > 0:
		return m.opt.Fit.Stop, func() {}
	case left <= 0 || run.Closed(m.opt.Fit.Stop):
		close(over)
		return over, func() {}
	}
	ended := make(chan struct{})
	go func() {
		defer close(over)
		select {
		case <-m.opt.Fit.Stop: // never, for a nil channel
		case <-time.After(left):
		case <-ended:
		}
	}()
	return over, func() { close(ended); <-over }
}

// learnTrial learns the people who are not set aside. A checkpoint of another run may be that of the model of everybody,
// which comes next and refuses it if it is not.
func (m *making) learnTrial() error {
	task := *m.task
	task.table, task.whole = m.learned, m.task.table
	opt := m.opt.Fit
	opt.Budget = m.budget(true)
	if m.opt.TrialSteps > 0 {
		opt.Steps = m.opt.TrialSteps
	}
	opt.Warn = func(e *table.Error) { m.warnings = append(m.warnings, e) }
	if tell := opt.Progress; tell != nil {
		opt.Progress = func(phase string, done, total int64) {
			if phase == "learn" {
				phase = "trial"
			}
			tell(phase, done, total)
		}
	}
	var err error
	m.trial, err = task.fit(m.ctx, opt)
	if errors.Is(err, run.ErrOtherRun) && !m.opt.NoRefit {
		opt.Checkpoint = ""
		m.warnings = nil
		m.trial, err = task.fit(m.ctx, opt)
	}
	return err
}

// handOver lets the trial model write the table.
func (m *making) handOver() {
	m.model = m.trial
	m.warn(m.warnings...)
	if !m.opt.NoRefit {
		_, all := m.task.table.Persons()
		m.warn(problem("trial-handed-over", fmt.Sprintf("learning ended before the model of everybody was ready, so the "+
			"table comes from the trial model, which learned %d of the %d persons", m.persons, all),
			"give it the time it takes for a table that knows everybody"))
	}
}

// notes says what was measured on what.
func (m *making) notes() []string {
	var notes []string
	_, all := m.task.table.Persons()
	switch {
	case m.trial == nil:
		notes = append(notes, "There were too few people for a trial, so nothing could be measured against people never seen.")
	case m.model == m.trial:
		why := "because learning ended early"
		if m.opt.NoRefit {
			why = "as was asked"
		}
		notes = append(notes, fmt.Sprintf("The table comes from the trial model, %s: it learned %s of the %s people.", why,
			grouped(m.persons), grouped(all)))
	default:
		notes = append(notes, fmt.Sprintf("Likeness, use and what memory could give away were measured on a trial that learned %s of "+
			"the %s people in the same way; copies, real ids and rules on the table itself, which learned everybody.",
			grouped(m.persons), grouped(all)))
	}
	if len(m.opt.Sample.Where) > 0 || m.opt.Sample.Balance != "" {
		notes = append(notes, "The table was written with conditions or balanced values. Likeness and use were measured on rows "+
			"written without, and don't hold for it.")
	}
	return notes
}

// grouped writes a number with commas: 2,314.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// closed tells whether a channel is.
// share is the part of the budget that learning the trial, or everybody, may take: the same for each row learned. It is a
// function of the options alone, because the plan is made from it.
func (m *making) share(trial bool) float64 {
	switch {
	case m.opt.NoRefit:
		return 1 - checkShare
	case trial:
		return (1 - checkShare) * (1 - m.opt.SetAside) / (2 - m.opt.SetAside)
	}
	return (1 - checkShare) / (2 - m.opt.SetAside)
}

// budget is that part of the budget; 0 is none.
func (m *making) budget(trial bool) time.Duration {
	if m.opt.Fit.Budget == 0 {
		return 0
	}
	return max(time.Duration(m.share(trial)*float64(m.opt.Fit.Budget)), 1)
}
