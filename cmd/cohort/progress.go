package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"example.org/cohort/ctgan"
	"example.org/cohort/transformer/great"
)

// meter is one progress line: phase, share, time so far, time left. On a terminal it overwrites itself; elsewhere it is a
// plain line now and then; with --json an event. A goroutine of its own keeps the clock going between two reports.
type meter struct {
	a     *app
	label string // what people read: "Learning"
	phase string // what programs read: "learn"
	start time.Time

	mu          sync.Mutex
	expect      time.Duration // what the step should take; 0 is not known
	counts      bool          // done and total will come; until then the clock may say little
	done, total int64
	most        float64       // the largest share so far: a share never falls
	until       time.Duration // when it will be ended, from its start, if it has not by then; 0 is never
	net         *pulse        // of a network; else nil
	shown       time.Time     // last line
	quit        chan struct{}
	stopped     sync.WaitGroup
}

// progressEvent is a progress line for programs. Left is -1 while nothing can be said.
type progressEvent struct {
	Event string  `json:"event"`
	Phase string  `json:"phase"`
	Done  int64   `json:"done"`
	Total int64   `json:"total"`
	Time  float64 `json:"seconds"`
	Left  float64 `json:"left"`
	*stepEvent
}

// How often a line is shown: redrawn on a terminal, printed elsewhere, an event. The first comes late enough to know
// something, and a step that is done by then has none.
const (
	firstLine   = 200 * time.Millisecond
	everyRedraw = 100 * time.Millisecond
	everyEvent  = 500 * time.Millisecond
	everyLine   = 5 * time.Second
)

// start opens the progress line of a step and ends the one before. expect is what the step should take, 0 if unknown.
func (a *app) start(label, phase string, expect time.Duration) *meter {
	if a.meter != nil {
		a.meter.stop()
	}
	m := &meter{a: a, label: label, phase: phase, start: time.Now(), expect: expect, quit: make(chan struct{})}
	a.meter = m
	if a.quiet && !a.json {
		return m
	}
	m.stopped.Add(1)
	go m.tick()
	return m
}

// willTake says what the step should take, once that is known.
func (m *meter) willTake(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expect = d
}

// willCount says that the step will count what it has done.
func (m *meter) willCount() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts = true
}

// willEnd says how long it will take from now on until the step is ended, if it has not by then.
func (m *meter) willEnd(in time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.until = time.Since(m.start) + in
}

func (m *meter) tick() {
	defer m.stopped.Done()
	t := time.NewTicker(everyRedraw)
	defer t.Stop()
	for {
		select {
		case <-m.quit:
			return
		case <-t.C:
			m.show()
		}
	}
}

// progress fits the Progress fields of the library. The phase of the call is the library's own; the line keeps its label.
func (m *meter) progress(_ string, done, total int64) {
	m.mu.Lock()
	m.done, m.total = done, total
	if m.net != nil {
		m.net.work.add(time.Now(), float64(done))
	}
	m.mu.Unlock()
	m.show()
}

// stepped takes a step of a network.
func (m *meter) stepped(s ctgan.Step, tvae bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.net == nil {
		m.net = &pulse{tvae: tvae}
	}
	m.net.last = s
	m.net.steps.add(time.Now(), float64(s.Number+1))
}

// wrote takes a step of a GPT-2.
func (m *meter) wrote(s great.Step) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.net == nil {
		m.net = &pulse{text: true}
	}
	m.net.last = ctgan.Step{Number: s.Number, Critic: s.Loss}
	m.net.steps.add(time.Now(), float64(s.Number+1))
}

// counted tells how far the step is by its own count; total is 0 where it has none.
func (m *meter) counted() (done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done, m.total
}

// show draws the line if it is time to.
func (m *meter) show() {
	m.mu.Lock()
	defer m.mu.Unlock()
	every := everyLine
	switch {
	case m.a.json:
		every = everyEvent
	case m.a.quiet:
		return
	case m.a.tty:
		every = everyRedraw
	}
	so := time.Since(m.start)
	if so < firstLine || time.Since(m.shown) < every {
		return
	}
	m.shown = time.Now()
	left, known := m.left(so)
	switch {
	case m.a.json:
		e := progressEvent{"progress", m.phase, m.done, m.total, so.Round(10 * time.Millisecond).Seconds(), -1, m.net.event()}
		if known {
			e.Left = left.Round(100 * time.Millisecond).Seconds()
		}
		m.a.event(e)
	case m.a.tty:
		m.a.redraw(m.line(so, left, known))
	default:
		m.a.write(m.line(so, left, known) + "\n")
	}
}

// By the clock alone a step is never done, and hardly begun where a count will come.
const mostByClock, mostBeforeCount = 0.99, 0.05

// share is how much of the step is done, 0 to 1: by its own count, or by the clock where it has none yet, or where the clock
// will end it before its count does. It never falls.
func (m *meter) share(so time.Duration) float64 {
	if left, known := m.byCount(so); m.until > 0 && known && so+left > m.until {
		m.most = max(m.most, min(mostByClock, float64(so)/float64(m.until)))
	}
	switch {
	case m.total > 0 && m.done > 0:
		m.most = max(m.most, min(1, float64(m.done)/float64(m.total)))
	case m.expect > 0 && m.counts:
		m.most = max(m.most, min(mostBeforeCount, float64(so)/float64(m.expect)))
	case m.expect > 0:
		m.most = max(m.most, min(mostByClock, float64(so)/float64(m.expect)))
	}
	return m.most
}

// left estimates the time left, which ends with the step's time at the latest.
func (m *meter) left(so time.Duration) (time.Duration, bool) {
	left, known := m.byCount(so)
	if rest := max(0, m.until-so); m.until > 0 && (!known || rest < left) {
		return rest, true
	}
	return left, known
}

// byCount estimates the time left from the share done, and from what was expected while little is done.
func (m *meter) byCount(so time.Duration) (time.Duration, bool) {
	if m.total > 0 && m.done > 0 && so > 200*time.Millisecond {
		f := min(1, float64(m.done)/float64(m.total))
		byCount := float64(so) * (1 - f) / f
		if m.net != nil {
			if left, ok := m.net.work.left(m.start.Add(so), float64(m.total)); ok {
				byCount = float64(left)
			}
		}
		if m.expect > so && f < 0.2 {
			w := f / 0.2
			byCount = w*byCount + (1-w)*float64(m.expect-so)
		}
		return time.Duration(byCount), true
	}
	if m.expect > 0 {
		return max(0, m.expect-so), true
	}
	return 0, false
}

func (m *meter) line(so, left time.Duration, known bool) string {
	share := m.share(so)
	tail := "time left: not known yet"
	if known {
		tail = "about " + clock(left) + " left"
	}
	plain := fmt.Sprintf("%-10s %s %3d %%   %s so far, %s", m.label, bar(share, 20), int(share*100), clock(so), tail)
	if m.net == nil {
		return plain
	}
	// Of the forms with losses and rate, the first that fits.
	if known {
		tail = clock(left) + " left"
	}
	short := fmt.Sprintf("%3d %%  %s, %s  %s", int(share*100), clock(so), tail, m.net.short())
	for _, line := range []string{
		plain + "   " + m.net.long(),
		fmt.Sprintf("%-10s %s %s", m.label, bar(share, 10), short),
		fmt.Sprintf("%-10s %s", m.label, short),
	} {
		if utf8.RuneCountInString(line) <= m.a.width {
			return line
		}
	}
	return plain
}

// bar draws a share as so many signs.
func bar(share float64, signs int) string {
	n := int(share*float64(signs) + 0.5)
	return "[" + strings.Repeat("#", n) + strings.Repeat(" ", signs-n) + "]"
}

// finish ends the step: the line stands full, with the time it took and what there is to say, below it where it is too long.
func (m *meter) finish(text string) {
	so := time.Since(m.start)
	m.stop()
	line := fmt.Sprintf("%-10s %s 100 %%   %s", m.label, bar(1, 20), clock(so))
	if text != "" && utf8.RuneCountInString(line+"   "+text) > m.a.width {
		text = "\n" + indent(11) + text
	} else if text != "" {
		text = "   " + text
	}
	m.a.note("%s", line+text)
}

// replace ends the step: its line becomes the label and text, which may have several lines.
func (m *meter) replace(text string) {
	m.stop()
	for i, line := range strings.Split(text, "\n") {
		label := m.label
		if i > 0 {
			label = ""
		}
		m.a.note("%-10s %s", label, line)
	}
}

// stop ends the step without a word. Calls after the first do nothing.
func (m *meter) stop() {
	if m.a.meter != m {
		return
	}
	m.a.meter = nil
	close(m.quit)
	m.stopped.Wait()
	m.a.write("")
	if m.a.json {
		so := time.Since(m.start)
		m.a.event(progressEvent{"progress", m.phase, m.done, m.total, so.Round(10 * time.Millisecond).Seconds(), 0, m.net.event()})
	}
}

// redraw puts a line in place of the one that stands open on the terminal.
func (a *app) redraw(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	io.WriteString(a.err, "\r"+padded(line, a.width))
	a.lineOpen = true
}

// wipe clears the line that stands open; the next redraw brings it back. The caller holds mu.
func (a *app) wipe() {
	if a.lineOpen {
		io.WriteString(a.err, "\r"+strings.Repeat(" ", a.width)+"\r")
		a.lineOpen = false
	}
}
