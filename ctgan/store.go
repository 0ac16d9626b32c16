package ctgan

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/ctgan/mixture"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// header is the JSON form of a model; weights lie in blobs of their own.
type header struct {
	Settings settings
	Rows     int
	Planned  int64
	Steps    int64
	Encoder  *encode.Encoder
	Coder    *peerCoder   `json:",omitempty"`
	Follows  []dependence `json:",omitempty"`
	Asks     [][]float64
	Judges   []float64 // the loss of each on rows held out
	Tilt     [][2]int  `json:",omitempty"` // the pairs of columns that rows are weighed by
}

// The names of the blobs. Tensors have their own behind them.
const (
	blobModel     = "ctgan"
	blobGenerator = "generator/"
	blobJudge     = "judge/"
	blobLater     = "later/"
	blobTilt      = "tilt/"
)

// Save adds the model to f as blobs; Kind and Header of f are the caller's.
func (m *Model) Save(f *container.File) error {
	h := header{Settings: m.set, Rows: m.rows, Planned: m.report.Planned, Steps: m.report.Steps, Encoder: m.enc, Coder: m.coder,
		Follows: m.follows, Asks: m.asks.upTo}
	for _, j := range m.judges {
		h.Judges = append(h.Judges, j.held)
	}
	if m.tilt != nil {
		h.Tilt = m.tilt.Pairs
	}
	head, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("ctgan: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobModel, Data: head})
	state(m.gen.params.Save()).put(f, blobGenerator)
	for i, j := range m.judges {
		state(j.params.Save()).put(f, blobJudge+strconv.Itoa(i)+"/")
	}
	for i := range h.Tilt {
		f.Blobs = append(f.Blobs, container.Blob{Name: blobTilt + strconv.Itoa(i), Data: container.Bytes(m.tilt.Factor[i])})
	}
	for v, x := range m.later {
		if x != nil {
			f.Blobs = append(f.Blobs, container.Blob{Name: blobLater + strconv.Itoa(v), Data: container.Bytes(x)})
		}
	}
	return nil
}

// Load reads what Save added. Its errors wrap [container.ErrDamaged].
func Load(f *container.File) (*Model, error) {
	data, ok := f.Blob(blobModel)
	if !ok {
		return nil, damaged("it holds no model of this kind")
	}
	var h header
	if err := json.Unmarshal(data, &h); err != nil || h.Encoder == nil {
		return nil, damaged("its header is not what this program writes")
	}
	m := &Model{set: h.Settings, rows: h.Rows, enc: h.Encoder, coder: h.Coder, follows: h.Follows,
		report: run.Report{Planned: h.Planned, Steps: h.Steps}}
	if err := m.set.check(); err != nil {
		return nil, err
	}
	if err := m.restore(f); err != nil {
		return nil, err
	}
	m.asks.upTo = h.Asks
	if err := m.checkAsks(); err != nil {
		return nil, err
	}
	if err := m.loadGenerator(f); err != nil {
		return nil, err
	}
	if err := m.loadTilt(f, h.Tilt); err != nil {
		return nil, err
	}
	return m, m.loadJudges(f, h.Judges)
}

// numbers is how many float32 the blobs have whose names begin with a prefix. Room is made for networks of that size only.
func numbers(f *container.File, prefix string) int64 {
	n := int64(0)
	for _, b := range f.Blobs {
		if strings.HasPrefix(b.Name, prefix) {
			n += int64(len(b.Data)) / 4
		}
	}
	return n
}

func (m *Model) loadGenerator(f *container.File) error {
	want, _ := m.sizes()
	// What is written in one go is no more than what a fit would have had room for.
	wide := int64(m.l.width + m.l.condWidth)
	for _, h := range m.set.Gen {
		wide += int64(h)
	}
	if 8*4*int64(m.set.Batch)*wide > mostMemory {
		return damaged("its batches are too large")
	}
	if have := numbers(f, blobGenerator); have < want || have > 2*want {
		return damaged("the generator has another size")
	}
	m.gen = newGenerator(&m.set, m.l)
	m.gen.params.Init(0)
	if err := getParams(f, blobGenerator, m.gen.params); err != nil {
		return err
	}
	for _, b := range m.gen.blocks {
		if b.norm != nil && slices.ContainsFunc(b.norm.Variance.Data, func(v float32) bool { return v < 0 }) {
			return damaged("a variance is negative")
		}
	}
	return nil
}

func (m *Model) loadJudges(f *container.File, held []float64) error {
	if m.set.peer() && len(held) > 0 {
		return damaged("it has a judge that its preset has not")
	}
	for i := range held {
		name := blobJudge + strconv.Itoa(i) + "/"
		if numbers(f, name) < int64(m.l.width)*judgeWidth {
			return damaged("a judge has another size")
		}
		j := newJudge(m)
		j.params.Init(0)
		j.held = held[i]
		if err := getParams(f, name, j.params); err != nil {
			return err
		}
		m.judges = append(m.judges, j)
	}
	return nil
}

// loadTilt reads the factors of pairs of columns. A model of preset plus has a tilt, if only an empty one.
func (m *Model) loadTilt(f *container.File, pairs [][2]int) error {
	if m.set.peer() {
		return nil
	}
	m.tilt = &tilt{Pairs: pairs, Factor: make([][]float32, len(pairs))}
	for i, p := range pairs {
		if p[0] < 0 || p[1] < 0 || p[0] >= len(m.first) || p[1] >= len(m.first) {
			return damaged("a pair of columns is not there")
		}
		b, _ := f.Blob(blobTilt + strconv.Itoa(i))
		var err error
		if m.tilt.Factor[i], err = container.Values[float32](b, groups*groups); err != nil {
			return err
		}
		for _, x := range m.tilt.Factor[i] {
			if !(x >= -2*mostFactor && x <= 2*mostFactor) {
				return damaged("a weight is out of range")
			}
		}
	}
	return nil
}

// check looks at settings that were read from a file.
func (s *settings) check() error {
	_, known := presets[s.Preset]
	bad := !known || s.Model != kindCTGAN && (s.Model != kindTVAE || s.Preset != plus) || s.Plain != (s.Model == kindTVAE)
	for _, n := range append(append([]int{s.Z, s.Pac, s.Batch, s.Components, len(s.Gen), len(s.Critic)}, s.Gen...), s.Critic...) {
		bad = bad || n < 1 || n > mostSize
	}
	if bad || s.BatchNorm && s.Batch < 2 || len(s.Gen) > mostLayers || !(s.Tau > 0) || !(s.NoiseSD >= 0 && s.NoiseSD <= mostKnob) {
		return damaged("its settings are out of range")
	}
	return nil
}

// restore makes what follows from the header, and reads the shares of later parts.
func (m *Model) restore(f *container.File) error {
	if m.set.peer() {
		if m.coder == nil || m.coder.check(m.enc) != nil {
			return damaged("a column is out of range")
		}
		m.l = newLayout(m.coder.fields(), m.set.Preset == sdv)
		return nil
	}
	vars := m.enc.Vars()
	if len(m.follows) != len(vars) {
		return damaged("its variables are not those of its columns")
	}
	ruled := m.ruled()
	for v, d := range m.follows {
		if d.To == nil {
			continue
		}
		if d.From < 0 || d.From >= len(vars) || d.From == v || vars[v].Part > 0 || vars[v].Parts > 1 || vars[d.From].Part > 0 ||
			ruled[v] || m.follows[d.From].To != nil || len(d.To) != vars[d.From].Card {
			return damaged("a column follows from another one that is not there")
		}
		for _, k := range d.To {
			if k < 0 || int(k) >= vars[v].Card {
				return damaged("a column follows from another one with a code that it has not")
			}
		}
	}
	m.later = make([][]float32, len(vars))
	for v, x := range vars {
		if x.Part == 0 {
			continue
		}
		b, _ := f.Blob(blobLater + strconv.Itoa(v))
		var err error
		if m.later[v], err = container.Values[float32](b, vars[v-1].Card*x.Card); err != nil {
			return err
		}
		for at := 0; at < len(m.later[v]); at += x.Card {
			sum := 0.0
			for _, p := range m.later[v][at : at+x.Card] {
				if !(p >= 0) {
					return damaged("a share is out of range")
				}
				sum += float64(p)
			}
			if !(sum > 0) || math.IsInf(sum, 0) {
				return damaged("shares are out of range")
			}
		}
	}
	if m.arrange() != nil {
		return damaged("its rules can't hold together")
	}
	if len(m.first) == 0 {
		return damaged("it has no column that is learned")
	}
	return nil
}

// checkAsks looks at the weights of conditions: cumulated, and not all 0.
func (m *Model) checkAsks() error {
	if len(m.asks.upTo) != len(m.l.cond) {
		return damaged("its conditions are not those of its columns")
	}
	for i, f := range m.l.cond {
		upTo, last := m.asks.upTo[i], 0.0
		if len(upTo) != m.l.fields[f].K {
			return damaged("its conditions are not those of its columns")
		}
		for _, x := range upTo {
			if !(x >= last) || math.IsInf(x, 0) {
				return damaged("the weight of a condition is out of range")
			}
			last = x
		}
	}
	return nil
}

// check looks at columns that were read from a file.
func (p *peerCoder) check(enc *encode.Encoder) error {
	s := enc.Schema()
	var cols []int // that are learned
	for c := range s.Columns {
		if !enc.Filled(c) {
			cols = append(cols, c)
		}
	}
	if len(p.Columns) == 0 || len(p.Columns) != len(cols) {
		return damaged("a column is missing")
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Col != cols[i] {
			return damaged("a column is out of range")
		}
		if err := c.check(&s.Columns[c.Col]); err != nil {
			return err
		}
	}
	return nil
}

func (p *peerColumn) check(c *table.Column) error {
	number := isNumber(c.Kind)
	for _, v := range p.Labels {
		if !number && (v < -1 || v >= int64(len(c.Values))) || number && v < math.MinInt64/2 {
			return damaged("a label is out of range")
		}
	}
	switch {
	case p.Mix != nil:
		return p.checkMixture(p.Mix, number)
	case len(p.Labels) == 0:
		return damaged("a column has no labels")
	}
	return nil
}

func (p *peerColumn) checkMixture(m *mixture.Mixture, number bool) error {
	if len(p.Slots) == 0 || p.Labels == nil && !number {
		return damaged("a mixture has no components")
	}
	for _, k := range p.Slots {
		if k < 0 || k >= len(m.Mean) {
			return damaged("a component is out of range")
		}
	}
	if p.Labels != nil && (p.Sampled || !p.Whole || !(p.Low >= 0 && p.Low <= p.High && p.High <= float64(len(p.Labels)-1))) {
		return damaged("a label is out of range")
	}
	return nil
}
