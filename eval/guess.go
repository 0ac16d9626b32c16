package eval

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// guessing lets an outsider guess each sensitive column of real people: who knows the known columns takes the rows of the
// trial that are nearest in them, and the value that most of those have, or of numbers the middle one. The part of people
// learned who are guessed right, less that of people never seen, is what memory adds.
func (v *view) guessing(ctx context.Context) (*finding, []Metric, error) {
	f := &finding{Check: Check{Group: "Private", Name: "guessing"}, private: true}
	m := Metric{Name: "private.guess", Better: -1}
	questions := v.questions()
	if len(questions) == 0 {
		cantTell(f, &m, NotApplicable, "no column is sensitive, or none is known to outsiders")
		return nil, []Metric{m}, nil
	}
	if v.cantCompare(ctx, f, &m, fewestGuess, v.knownColumns()) {
		return f, nil, nil
	}
	x := v.newInquiry()
	answers, err := x.ask(ctx, questions)
	if err != nil {
		return nil, nil, err
	}
	worst, least := 0, 2.0
	for i, a := range answers {
		p := a.chance().atLeast(a.right[0])
		f.tests = append(f.tests, test{look: p, stop: a.beyond(guessPoints / 100.)})
		f.Metrics = append(f.Metrics, a.metric(m, v.columns[questions[i].target].name))
		if p < least {
			worst, least = i, p
		}
	}
	f.Metrics[0], f.Metrics[worst] = f.Metrics[worst], f.Metrics[0]
	q := questions[worst]
	f.Name += " " + v.columns[q.target].name
	through := -1
	if least <= lookLevel {
		if through, err = v.through(ctx, x, q, answers[worst]); err != nil {
			return nil, nil, err
		}
	}
	f.tell = func(f *finding, levels []float64) { v.tellGuess(f, answers[worst], levels[worst], q.target, through) }
	return f, nil, nil
}

// questions asks for every sensitive column that differs between people and that another column may tell something of.
func (v *view) questions() []question {
	known := v.knownColumns()
	var all []question
	for _, col := range v.sensitiveColumns() {
		q := question{target: col}
		if slices.Contains(known, col) {
			q.without = []int{col}
		}
		if len(known) > len(q.without) && v.differs(col) {
			all = append(all, q)
		}
	}
	return all
}

// differs tells whether the people learned have more than one value in a column.
func (v *view) differs(col int) bool {
	c := &v.learned.cells[col]
	for r := range v.learned.rows {
		if c.key(r) != c.key(0) {
			return true
		}
	}
	return false
}

// An answer is how many people were guessed right, of how many: those learned and those set aside.
type answer struct{ right, of [2]int }

func (a answer) share(i int) float64 { return float64(a.right[i]) / float64(a.of[i]) }

// chance is how many of those guessed right had been learned, if that made no difference: Fisher's exact test (1934).
func (a answer) chance() luck { return newDraw(a.of[0]+a.of[1], a.of[0], a.right[0]+a.right[1]) }

// ahead is the difference of the shares if of all people guessed right so many had been learned.
func (a answer) ahead(learned int) float64 {
	return float64(learned)/float64(a.of[0]) - float64(a.right[0]+a.right[1]-learned)/float64(a.of[1])
}

// beyond is the one-sided p of a difference that is no greater than delta, by the score test of Farrington and Manning
// (1990, doi:10.1002/sim.4780091208).
func (a answer) beyond(delta float64) float64 {
	n, m := float64(a.of[0]), float64(a.of[1])
	p, q := a.share(0), a.share(1)
	// The likeliest shares that differ by delta: the root of a cubic equation.
	theta := m / n
	b := -(1 + theta + p + theta*q + delta*(theta+2)) / (1 + theta)
	c := (delta*delta + delta*(2*p+theta+1) + p + theta*q) / (1 + theta)
	d := -p * delta * (1 + delta) / (1 + theta)
	u := b * b * b / 27
	u += d/2 - b*c/6
	w := math.Copysign(math.Sqrt(math.Max(b*b/9-c/3, 0)), u)
	angle := math.Pi / 3
	if w != 0 {
		angle = (math.Pi + math.Acos(min(max(u/(w*w*w), -1), 1))) / 3
	}
	likely := min(max(2*w*math.Cos(angle)-b/3, delta), 1)
	other := min(max(likely-delta, 0), 1)
	variance := likely*(1-likely)/n + other*(1-other)/m
	if variance <= 0 {
		if p-q > delta {
			return 0
		}
		return 1
	}
	return math.Erfc((p-q-delta)/math.Sqrt(2*variance)) / 2
}

// metric is the difference with Newcombe's interval (1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I),
// his method 10.
func (a answer) metric(m Metric, column string) Metric {
	p, q := a.share(0), a.share(1)
	lp, hp := wilson(a.right[0], a.of[0])
	lq, hq := wilson(a.right[1], a.of[1])
	m.Columns, m.Value = []string{column}, p-q
	m.Low, m.High = p-q-math.Hypot(p-lp, hq-q), p-q+math.Hypot(hp-p, q-lq)
	return m
}

// through finds the known column without which the difference is least, or -1 if that is still more than half of what it was.
func (v *view) through(ctx context.Context, x *inquiry, q question, a answer) (int, error) {
	var columns []int
	var questions []question
	for _, col := range v.knownColumns() {
		if col != q.target {
			columns = append(columns, col)
			questions = append(questions, question{q.target, append(slices.Clone(q.without), col)})
		}
	}
	if len(columns) < 2 {
		return -1, nil
	}
	answers, err := x.ask(ctx, questions)
	if err != nil {
		return -1, err
	}
	best, least := -1, a.ahead(a.right[0])/2
	for i, without := range answers {
		if d := without.ahead(without.right[0]); d <= least {
			best, least = columns[i], d
		}
	}
	return best, nil
}

// tellGuess words the check. level is that of the column's test.
func (v *view) tellGuess(f *finding, a answer, level float64, target, through int) {
	name := v.columns[target].name
	difference, limit := a.ahead(a.right[0]), a.ahead(a.chance().upTo(level))
	decimals := 0
	if f.Status != OK && math.Round(100*difference) <= math.Floor(100*limit) {
		decimals = 1
	}
	unit := " points"
	f.Shown = fmt.Sprintf("%+.*f", decimals, 100*difference)
	if f.Shown == "-0" {
		f.Shown = "+0"
	}
	if f.Shown == "+1" || f.Shown == "-1" {
		unit = " point"
	}
	f.Shown += unit
	scale, cut := math.Pow10(decimals), math.Floor
	if f.Status == OK {
		cut = math.Round
	}
	f.Beside = fmt.Sprintf("no memory: 0, up to %+.*f", decimals, cut(100*limit*scale)/scale)
	f.Sentence = fmt.Sprintf("From the columns that outsiders may know, %s is guessed right for %.0f of 100 people learned and for %.0f of 100 people never seen.",
		name, 100*a.share(0), 100*a.share(1))
	if f.Status == OK {
		return
	}
	f.Remedy = "--text " + argument(name)
	if through >= 0 {
		known := v.columns[through].name
		f.Sentence = fmt.Sprintf("Who knows %s can guess %s better than by chance. ", known, name) + f.Sentence
		f.Remedy = "--text " + argument(known)
	}
}

// argument writes a column's name as a command line takes it.
func argument(name string) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `\"`) + `"`
}
