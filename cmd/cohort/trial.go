package main

import (
	"math"
	"time"

	"example.org/cohort"
)

// learnAndJudge lets the library learn a trial and then everybody, write the rows and check them. A checkpoint is named beside
// the result, so that a stopped run can go on.
func (m *making) learnAndJudge(checkpoint string) error {
	fit := &m.opt.Fit
	m.phase = "trial"
	step := m.meter("Learning", m.phase, 0)
	estimate, err := cohort.Plan(m.table, *fit)
	if err != nil {
		return err
	}
	m.estimate = estimate.Time
	m.saySize(estimate)
	step.willTake(m.expected(m.phase))
	m.bound(step)
	fit.Stop, fit.Checkpoint, fit.Progress = m.stop.c, checkpoint, m.progress
	if m.replay != nil && m.replay.Trial != nil {
		m.opt.TrialSteps = m.replay.Trial.Steps
		if m.replay.FromTrial && !m.opt.NoRefit {
			// Everybody is not learned again; the trial's part of the time, from which its plan was made, stays what it was.
			m.opt.NoRefit = true
			fit.Budget = time.Duration(float64(fit.Budget) * (1 - m.aside()) / (2 - m.aside()))
		}
	}
	if m.o.maxTime > 0 && m.o.steps == 0 {
		defer m.stop.closeAt(m.learnedBy())()
	}
	trace, err := m.follow(fit)
	if err != nil {
		return err
	}
	m.result, err = cohort.Make(m.ctx, m.table, m.opt)
	if err = trace.end(m.a, err); err != nil {
		return m.stopped(m.unlearned(err, checkpoint), checkpoint)
	}
	m.model = m.result.Model
	m.endPhase()
	return nil
}

// progress turns the phases of the library into progress lines.
func (m *making) progress(phase string, done, total int64) {
	label := map[string]string{"trial": "Learning", "learn": "Learning", "write": "Writing", "check": "Checking"}[phase]
	if label == "" { // what comes before learning is short
		return
	}
	if phase != m.phase {
		m.endPhase()
		m.phase, m.planned = phase, 0
		m.bound(m.meter(label, phase, m.expected(phase)))
	}
	m.planned = max(m.planned, total)
	m.step.Load().progress(phase, done, total)
}

// learnedBy is when learning ends with the best so far.
func (m *making) learnedBy() time.Time { return m.began.Add(m.o.maxTime * 9 / 10) }

// bound says of a phase that the library counts, and that --max-time will end it.
func (m *making) bound(step *meter) {
	step.willCount()
	if m.o.maxTime > 0 && m.o.steps == 0 {
		step.willEnd(max(0, time.Until(m.learnedBy())))
	}
}

// expected is what a phase should take; 0 is not known.
func (m *making) expected(phase string) time.Duration {
	switch phase {
	case "trial":
		return time.Duration(float64(m.estimate) * (1 - m.aside()))
	case "learn":
		return m.estimate
	}
	return 0
}

// aside is the share of the persons that the trial does not see.
func (m *making) aside() float64 {
	if m.opt.SetAside == 0 {
		return 0.5
	}
	return m.opt.SetAside
}

// endPhase ends the progress line of a phase with what it was about.
func (m *making) endPhase() {
	step := m.step.Load()
	done, total := step.counted()
	text := m.phaseText()
	if total == 0 || text == "" {
		step.stop()
		return
	}
	step.finish(text)
	if done < m.planned {
		m.a.note("%scut short at %d %% of the plan", indent(11), 100*done/m.planned)
	}
}

// phaseText says what a phase was about, or nothing of writing: rows are told once they are in the file.
func (m *making) phaseText() string {
	_, persons := m.table.Persons()
	learned := int(math.Floor(float64(float64(persons)*(1-m.aside())) + 0.5)) // as Table.Split counts
	all := grouped(int64(persons))
	if persons != m.table.Rows() {
		all += " people"
	}
	switch {
	case m.phase == "trial":
		return "a trial, from " + grouped(int64(learned)) + " of the " + all
	case m.phase == "learn":
		return "the model, from all " + all
	case m.phase == "check" && learned > 0 && learned < persons:
		return "against the " + grouped(int64(persons-learned)) + " it never saw"
	case m.phase == "check":
		return "the result"
	}
	return ""
}
