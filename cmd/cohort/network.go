package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/cohort/ctgan"
)

// networkOptionNames are the options of the models that are neural networks. One of them alone means ctgan.
const networkOptionNames = "preset epochs batch lr pac trace"

var (
	modelNames  = slices.Concat([]string{"auto", "columns", "trees", "copula", "independent", "ctgan", "tvae"}, writerNames)
	presetNames = slices.Concat([]string{"plus", "sdv", "synthcity"}, writerPresets)
)

func setModel(o *options, v string) error {
	return setOneOf("model", modelNames, v, "trees", &o.model)
}

func setPreset(o *options, v string) error {
	return setOneOf("preset", presetNames, v, "plus", &o.preset)
}

// setOneOf takes one of several words. The example to copy is the nearest of them, if one is near.
func setOneOf(name string, words []string, v, example string, to *string) error {
	if slices.Contains(words, v) {
		*to = v
		return nil
	}
	if near := nearest(v, words); near != "" {
		example = near
	}
	return badValue(name, "one of "+strings.Join(words, ", "), example)
}

// setSize takes a number of 1 or more that a network is built by.
func setSize(name, example string, put func(*options, int)) func(*options, string) error {
	return func(o *options, v string) error {
		n, ok := parseCount(v)
		if !ok || n < 1 || n > math.MaxInt32 {
			return badValue(name, "a number of 1 or more", example)
		}
		put(o, int(n))
		return nil
	}
}

func setRate(o *options, v string) error {
	rate, err := strconv.ParseFloat(v, 64)
	if err != nil || !(rate > 0 && rate <= 1) {
		return badValue("lr", "a learning rate above 0, and 1 at most", "0.0002")
	}
	o.lr = rate
	return nil
}

func setTrace(o *options, v string) error {
	if v == "-" || v == "" {
		return badValue("trace", "the name of a file", "trace.csv")
	}
	o.trace = v
	return nil
}

// isNetwork tells whether a neural network will learn.
func (o *options) isNetwork() bool {
	return o.model == "ctgan" || o.model == "tvae" || o.model == "" && !o.isWriter() && o.firstOf(networkOptionNames) != ""
}

// isPeer tells whether the preset does what another package does: then nothing is protected and no rule is kept.
func (o *options) isPeer() bool {
	return o.isNetwork() && (o.preset == "sdv" || o.preset == "synthcity") || o.isWriter() && o.preset == "be_great"
}

// checkModel refuses an option of one kind of model beside another.
func (o *options) checkModel() error {
	if o.isWriter() {
		return o.checkWriter()
	}
	name := o.firstOf(networkOptionNames)
	switch own := o.firstOf(writerOptionNames); {
	case own != "":
		return o.notHere(own, "the models great, gpt2, distilgpt2 and dialogpt")
	case o.isNetwork() && slices.Contains(writerPresets, o.preset):
		return o.notHere("preset "+o.preset, "the models great, gpt2, distilgpt2 and dialogpt")
	case name != "" && !o.isNetwork() && name == "pac", o.model == "tvae" && o.has("pac"):
		return o.notHere("pac", "the model ctgan")
	case name != "" && !o.isNetwork():
		return o.notHere(name, "the models ctgan, tvae and great")
	}
	o.noRules = o.noRules || o.isPeer()
	return nil
}

// network are the options of the library's network, or nil for another model.
func (o *options) network() *ctgan.Options {
	if !o.isNetwork() {
		return nil
	}
	return &ctgan.Options{Preset: o.preset, Epochs: o.epochs, Batch: o.batch, LR: o.lr, Pac: o.pac}
}

// A pulse is what a progress line tells of a network: its last step, how fast steps come, and when the work will be done.
type pulse struct {
	tvae  bool
	text  bool // a GPT-2: the loss is in last.Critic
	last  ctgan.Step
	steps pace
	work  pace // as the library counts it
}

// stepEvent is what a pulse adds to a progress event. A loss that is no number is null.
type stepEvent struct {
	Step      int64   `json:"step"` // counted from 0
	Critic    any     `json:"critic,omitempty"`
	Generator any     `json:"generator,omitempty"`
	Loss      any     `json:"loss,omitempty"` // of a GPT-2, in place of the two
	Rate      float64 `json:"rate"`           // steps a second
}

func (p *pulse) event() *stepEvent {
	if p == nil {
		return nil
	}
	number := func(x float64) *float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	e := &stepEvent{Step: p.last.Number, Rate: math.Round(p.steps.rate()*10) / 10}
	if p.text {
		e.Loss = number(p.last.Critic)
	} else {
		e.Critic, e.Generator = number(p.last.Critic), number(p.last.Generator)
	}
	return e
}

// long and short tell losses and rate in a line.
func (p *pulse) long() string {
	if p.text {
		return "loss " + lossText(p.last.Critic) + p.rateText()
	}
	first, second, a, b := "critic", "generator", p.last.Critic, p.last.Generator
	if p.tvae {
		first, second, b = "reconstruction", "divergence", p.last.Penalty
	}
	return fmt.Sprintf("%s %s, %s %s", first, lossText(a), second, lossText(b)) + p.rateText()
}

func (p *pulse) short() string {
	if p.text {
		return p.long()
	}
	b := p.last.Generator
	if p.tvae {
		b = p.last.Penalty
	}
	return fmt.Sprintf("loss %s / %s", lossText(p.last.Critic), lossText(b)) + p.rateText()
}

// rateText tells how fast steps come, once that is known.
func (p *pulse) rateText() string {
	switch r := p.steps.rate(); {
	case r == 0:
		return ""
	case r < 9.5:
		return fmt.Sprintf(", %.1f steps/s", r)
	default:
		return ", " + grouped(int64(r+0.5)) + " steps/s"
	}
}

// lossText writes three digits of a loss, or "?" where it is no number.
func lossText(x float64) string {
	switch size := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case size < 9.995:
		return fmt.Sprintf("%.2f", x)
	case size < 99.95:
		return fmt.Sprintf("%.1f", x)
	case size < 1e6:
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.0e", x)
}

// A pace remembers when how much was done. What the latter half of the time has brought is what the rest is taken to bring:
// steady, and yet what was slow at the start is forgotten.
type pace struct{ marks []mark }

type mark struct {
	at   time.Time
	done float64
}

// Marks are so far apart at least; when there are too many, every second one goes.
const (
	betweenMarks = 90 * time.Millisecond
	mostMarks    = 4096
)

func (p *pace) add(at time.Time, done float64) {
	if n := len(p.marks); n > 0 && at.Sub(p.marks[n-1].at) < betweenMarks {
		return
	}
	if len(p.marks) == mostMarks {
		for i := range mostMarks / 2 {
			p.marks[i] = p.marks[2*i+1]
		}
		p.marks = p.marks[:mostMarks/2]
	}
	p.marks = append(p.marks, mark{at, done})
}

// rate is how much is done in a second; 0 is not known yet.
func (p *pace) rate() float64 {
	n := len(p.marks)
	if n < 2 {
		return 0
	}
	last := p.marks[n-1]
	middle := p.marks[0].at.Add(last.at.Sub(p.marks[0].at) / 2)
	i, _ := slices.BinarySearchFunc(p.marks, middle, func(m mark, t time.Time) int { return m.at.Compare(t) })
	from := p.marks[max(0, min(i, n-1)-1)]
	return (last.done - from.done) / last.at.Sub(from.at).Seconds()
}

// left is how long the rest will take from now on.
func (p *pace) left(now time.Time, total float64) (time.Duration, bool) {
	rate := p.rate()
	if rate <= 0 {
		return 0, false
	}
	last := p.marks[len(p.marks)-1]
	rest := time.Duration(max(0, total-last.done) / rate * float64(time.Second))
	return max(0, rest-now.Sub(last.at)), true
}
