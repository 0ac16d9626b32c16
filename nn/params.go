package nn

import (
	"fmt"
	"slices"
	"sync"

	"example.org/cohort/autograd"
	"example.org/cohort/kernels"
	"example.org/cohort/tensor"
)

// Params is a store of named parameters. Their values lie in one buffer that begins at a multiple of 64 bytes, their
// gradients in another, and each parameter begins at such a multiple too, so that an optimiser is one loop. The numbers
// between two parameters are 0 and stay so.
//
// Layers declare what they need; after the last declaration, Init makes the buffers and draws the first values.
type Params struct {
	list    []*Param
	buffers []*Buffer
	names   map[string]bool
	value   []float32
	grad    []float32
	ready   bool
}

// NewParams makes an empty store.
func NewParams() *Params { return &Params{names: map[string]bool{}} }

// Scope is the place of a part of a model in a store: the names declared there begin with the scope's name and a dot.
type Scope struct {
	params *Params
	prefix string
}

// Scope is the place with the given name; "" is the store itself.
func (p *Params) Scope(name string) Scope { return Scope{params: p}.Scope(name) }

// Scope is the place with the given name inside s.
func (s Scope) Scope(name string) Scope {
	if name == "" {
		return s
	}
	return Scope{s.params, s.prefix + name + "."}
}

// A Param is a named tensor that is trained. Data and Grad are views of the store's buffers. Who writes to Data calls Changed,
// so that the next forward pass packs the weight again; everything in this package does.
type Param struct {
	autograd.Weight
	Name   string
	init   Init
	frozen bool
	parts  []*autograd.Weight // rows of the whole, each with copies of its own

	mu   sync.Mutex
	seen uint64 // the version of the whole that the parts know
}

// A Buffer is a named tensor that belongs to a model's state but is not trained.
type Buffer struct {
	Name  string
	Shape []int
	Data  []float32
	start float32
}

// Param declares a parameter that starts from init. It panics where the name is taken or Init has been called.
func (s Scope) Param(name string, init Init, shape ...int) *Param {
	q := &Param{Name: s.declare(name), init: init}
	q.Data.Shape = slices.Clone(shape)
	s.params.list = append(s.params.list, q)
	return q
}

// Buffer declares a buffer that starts with v everywhere. It panics as Param does.
func (s Scope) Buffer(name string, v float32, shape ...int) *Buffer {
	b := &Buffer{Name: s.declare(name), Shape: slices.Clone(shape), start: v}
	s.params.buffers = append(s.params.buffers, b)
	return b
}

func (s Scope) declare(name string) string {
	name = s.prefix + name
	if s.params.ready {
		panic(fmt.Sprintf("nn: %q declared after Init", name))
	}
	if s.params.names[name] {
		panic(fmt.Sprintf("nn: %q declared twice", name))
	}
	s.params.names[name] = true
	return name
}

// Init makes the buffers on the first call, and on every call draws all values anew and sets gradients to 0. A parameter's
// values depend on the seed and its name.
func (p *Params) Init(seed uint64) {
	if !p.ready {
		p.allocate()
	}
	clear(p.grad)
	for _, q := range p.list {
		q.init.fill(q.Data.Data, seed, q.Name)
	}
	for _, b := range p.buffers {
		for i := range b.Data {
			b.Data[i] = b.start
		}
	}
	p.Changed()
}

func (p *Params) allocate() {
	n := 0
	for _, q := range p.list {
		n += padded(size(q.Data.Shape))
	}
	p.value, p.grad = aligned(n), aligned(n)
	at := 0
	for _, q := range p.list {
		end := at + size(q.Data.Shape)
		q.Data.Data, q.Grad = p.value[at:end:end], p.grad[at:end:end]
		q.place()
		at += padded(size(q.Data.Shape))
	}
	for _, b := range p.buffers {
		b.Data = aligned(size(b.Shape))
	}
	p.ready = true
}

// All lists the parameters in the order of their declaration.
func (p *Params) All() []*Param { return slices.Clone(p.list) }

// Len is how many numbers are trained.
func (p *Params) Len() int {
	n := 0
	for _, q := range p.list {
		n += size(q.Data.Shape)
	}
	return n
}

// ZeroGrad sets all gradients to 0.
func (p *Params) ZeroGrad() { kernels.Fill(p.grad, 0) }

// Changed tells that values were written, so that the next forward pass packs them again.
func (p *Params) Changed() {
	for _, q := range p.list {
		q.Changed()
	}
}

// Freeze makes the layers of the store use their parameters as constants, or no longer: the critic while the generator
// learns.
func (p *Params) Freeze(on bool) {
	for _, q := range p.list {
		q.frozen = on
	}
}

// On is the parameter on a tape: a leaf, or a constant while it is frozen.
func (q *Param) On(t *autograd.Tape) autograd.Var { return q.on(t, &q.Weight) }

// part is some rows of the parameter on a tape. Whoever changed the whole has changed its parts.
func (q *Param) part(t *autograd.Tape, i int) autograd.Var {
	q.mu.Lock()
	if v := q.Version(); v != q.seen {
		for _, part := range q.parts {
			part.Changed()
		}
		q.seen = v
	}
	q.mu.Unlock()
	return q.on(t, q.parts[i])
}

func (q *Param) on(t *autograd.Tape, w *autograd.Weight) autograd.Var {
	if q.frozen {
		return t.Frozen(w)
	}
	return t.Weight(w)
}

// split makes parts of so many rows of a matrix usable on their own.
func (q *Param) split(rows ...int) {
	for _, n := range rows {
		part := &autograd.Weight{}
		part.Data.Shape = []int{n, q.Data.Shape[1]}
		q.parts = append(q.parts, part)
	}
}

// place points the parts into the whole.
func (q *Param) place() {
	at := 0
	for _, part := range q.parts {
		end := at + size(part.Data.Shape)
		part.Data.Data, part.Grad = q.Data.Data[at:end:end], q.Grad[at:end:end]
		at = end
	}
}

// Set copies v over the value. It panics where the lengths differ.
func (q *Param) Set(v []float32) {
	if len(v) != len(q.Data.Data) {
		panic(fmt.Sprintf("nn: Set of %q, shape %v, to %d numbers", q.Name, q.Data.Shape, len(v)))
	}
	copy(q.Data.Data, v)
	q.Changed()
}

func (p *Params) mustBeReady(op string) {
	if !p.ready {
		panic("nn: " + op + " before Init")
	}
}

// views gives the parts of a buffer that is laid out as the values are.
func (p *Params) views(prefix string, flat []float32) []State {
	var s []State
	at := 0
	for _, q := range p.list {
		n := size(q.Data.Shape)
		s = append(s, State{prefix + q.Name, q.Data.Shape, flat[at : at+n : at+n]})
		at += padded(n)
	}
	return s
}

func (p *Params) bufferViews() []State {
	var s []State
	for _, b := range p.buffers {
		s = append(s, State{b.Name, b.Shape, b.Data})
	}
	return s
}

func size(shape []int) int {
	n := 1
	for _, k := range shape {
		n *= k
	}
	return n
}

// line is how many numbers have 64 bytes.
const line = 16

func padded(n int) int { return (n + line - 1) / line * line }

// aligned makes n zeros that begin at a multiple of 64 bytes.
func aligned(n int) []float32 { return tensor.New(n).Data }
