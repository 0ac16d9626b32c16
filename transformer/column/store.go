package column

import (
	"encoding/json"
	"fmt"
	"slices"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/nn"
	"example.org/cohort/table/encode"
)

// A header is the JSON form of a model; the networks' numbers lie in blobs of their own.
type header struct {
	Rows, Members  int
	Size           Size
	Order          []int32
	Planned, Steps int64
	Encoder        *encode.Encoder
}

// blobModel is the blob by which a model is known, and what the names of all its blobs begin with.
const blobModel = "columns"

func damaged(what string) error { return fmt.Errorf("column: %w: %s", container.ErrDamaged, what) }

// Save adds the model to f as blobs; Kind and Header of f are the caller's.
func (m *Model) Save(f *container.File) error {
	h, err := json.Marshal(header{m.rows, len(m.nets), m.nets[0].size, m.order, m.report.Planned, m.report.Steps, m.enc})
	if err != nil {
		return fmt.Errorf("column: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobModel, Data: h})
	for i, n := range m.nets {
		put(f, fmt.Sprintf("%s/%d/", blobModel, i), n.params.Save())
	}
	return nil
}

func put(f *container.File, prefix string, s []nn.State) {
	for _, x := range s {
		f.Blobs = append(f.Blobs, container.Blob{Name: prefix + x.Name, Floats: x.Data})
	}
}

// take reads into s the tensors that put wrote.
func take(f *container.File, prefix string, s []nn.State) error {
	for _, x := range s {
		b, ok := f.Blob(prefix + x.Name)
		if !ok {
			return damaged("numbers of its network are missing")
		}
		v, err := container.Values[float32](b, len(x.Data))
		if err != nil {
			return err
		}
		copy(x.Data, v)
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
	m := &Model{enc: h.Encoder, order: h.Order, rows: h.Rows, report: run.Report{Planned: h.Planned, Steps: h.Steps}}
	if err := m.check(&h); err != nil {
		return nil, err
	}
	for i := range h.Members {
		n := newNet(m.enc.Vars(), h.Size, 0)
		if err := take(f, fmt.Sprintf("%s/%d/", blobModel, i), n.params.Save()); err != nil {
			return nil, err
		}
		n.params.Changed()
		for _, p := range n.params.All() {
			if slices.ContainsFunc(p.Data.Data, func(x float32) bool { return x-x != 0 }) {
				return nil, damaged("a number of its network is not finite")
			}
		}
		m.nets = append(m.nets, n)
	}
	if m.prepare() != nil {
		return nil, damaged("its rules can't hold together")
	}
	return m, nil
}

// check looks at sizes and order: every column's parts stand together, in their order, and every variable stands once.
func (m *Model) check(h *header) error {
	s := h.Size
	if h.Members < 1 || h.Members > 64 || s.Width < 1 || s.Width > 4096 || s.Heads < 1 || s.Width%s.Heads != 0 || s.Layers < 1 || s.Layers > 64 ||
		s.Inner < 1 || s.Inner > 1<<14 || !(s.Dropout >= 0 && s.Dropout < 1) || h.Rows < 0 {
		return damaged("its sizes are out of range")
	}
	vars := m.enc.Vars()
	if len(m.order) != len(vars) || len(vars) == 0 {
		return damaged("its variables are not those of its columns")
	}
	seen := make([]bool, len(vars))
	for i, v := range m.order {
		if v < 0 || int(v) >= len(vars) || seen[v] || vars[v].Card < 1 || len(vars[v].Share) != vars[v].Card {
			return damaged("a variable is out of range")
		}
		if p := vars[v].Part; p > 0 && (i == 0 || m.order[i-1] != v-1) {
			return damaged("the parts of a column are not together")
		}
		seen[v] = true
	}
	return nil
}

// save and load are the checkpoint of a learning.
func (l *learning) save() (*container.File, error) {
	f := &container.File{Kind: "columns-checkpoint"}
	var states []memberState
	for i, m := range l.members {
		prefix := fmt.Sprintf("%d/", i)
		step, moments := m.adam.Save()
		put(f, prefix+"net/", m.net.params.Save())
		put(f, prefix+"adam/", moments)
		put(f, prefix+"average/", m.average.Save())
		put(f, prefix+"good/", m.good)
		states = append(states, memberState{m.state, step, m.good != nil, m.told})
	}
	h, err := json.Marshal(states)
	if err != nil {
		return nil, fmt.Errorf("column: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobModel, Data: h})
	return f, nil
}

type memberState struct {
	State state
	Adam  int
	Good  bool
	Told  [][]float64
}

func (l *learning) load(f *container.File) error {
	data, _ := f.Blob(blobModel)
	var states []memberState
	if err := json.Unmarshal(data, &states); err != nil || len(states) != len(l.members) {
		return damaged("its header is not what this program writes")
	}
	for i, m := range l.members {
		prefix := fmt.Sprintf("%d/", i)
		m.state, m.told = states[i].State, states[i].Told
		_, moments := m.adam.Save()
		mean := m.average.Save()
		if states[i].Good {
			m.good = copied(m.net.params.Save(), nil)
		}
		for _, x := range []struct {
			name string
			s    []nn.State
		}{{"net/", m.net.params.Save()}, {"adam/", moments}, {"average/", mean}, {"good/", m.good}} {
			if err := take(f, prefix+x.name, x.s); err != nil {
				return err
			}
		}
		m.net.params.Changed()
		if err := m.adam.Load(states[i].Adam, moments); err != nil {
			return damaged("its optimiser is not that of the network")
		}
	}
	return nil
}
