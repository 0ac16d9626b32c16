package baseline

import (
	"encoding/json"
	"fmt"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/run"
	"example.org/cohort/internal/tree"
	"example.org/cohort/table/encode"
)

// A header is the JSON form of a model; what is long lies in blobs of its own.
type header struct {
	Kind    string
	Planned int64
	Steps   int64
	Order   []int32
	Target  *draw.Target `json:",omitempty"`
	Encoder *encode.Encoder
}

// The names of the blobs.
const (
	blobModel   = "model"
	blobFactor  = "factor"
	blobForests = "forests"
	blobFeature = "feature"
	blobSplit   = "split"
	blobCount   = "count"
	blobSets    = "sets"
	blobCodes   = "codes"
	blobWeights = "weights"
	blobLines   = "lines"
)

// Save adds the model to f as blobs; Kind and Header of f are the caller's.
func (m *Model) Save(f *container.File) error {
	h, err := json.Marshal(header{m.kind, m.report.Planned, m.report.Steps, m.order, m.target, m.enc})
	if err != nil {
		return fmt.Errorf("baseline: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobModel, Data: h})
	if m.factor != nil {
		f.Blobs = append(f.Blobs, container.Blob{Name: blobFactor, Data: container.Bytes(m.factor)})
	}
	if err := putLines(f, m.lines); err != nil {
		return fmt.Errorf("baseline: save: %w", err)
	}
	return putForests(f, m.trees)
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
	m := &Model{enc: h.Encoder, kind: h.Kind, order: h.Order, target: h.Target, report: run.Report{Planned: h.Planned, Steps: h.Steps}}
	if err := m.check(); err != nil {
		return nil, err
	}
	var err error
	if m.lines, err = getLines(f, m.enc); err != nil {
		return nil, err
	}
	if m.trees, err = getForests(f, m.enc.Vars(), m.lines); err != nil {
		return nil, err
	}
	if err := m.linkLines(); err != nil {
		return nil, err
	}
	if m.kind == kindCopula {
		first := len(draw.FirstParts(m.enc.Vars(), m.order))
		b, _ := f.Blob(blobFactor)
		if m.factor, err = container.Values[float64](b, first*first); err != nil {
			return nil, err
		}
		for i := range first {
			// Not so written that NaN would pass.
			if d := m.factor[i*first+i]; !(d > 0 && d <= 1+1e-6) {
				return nil, damaged("a correlation is out of range")
			}
			for _, x := range m.factor[i*first : (i+1)*first] {
				if !(x >= -1-1e-6 && x <= 1+1e-6) {
					return nil, damaged("a correlation is out of range")
				}
			}
		}
	}
	if err := m.prepare(); err != nil {
		return nil, damaged("its rules can't hold together")
	}
	return m, nil
}

func damaged(what string) error { return fmt.Errorf("baseline: %w: %s", container.ErrDamaged, what) }

// check looks at kind and order: every column's parts stand together, in their order, and every variable stands once.
func (m *Model) check() error {
	if m.kind != kindTrees && m.kind != kindCopula && m.kind != kindIndependent {
		return damaged("it is of an unknown kind")
	}
	vars := m.enc.Vars()
	if len(m.order) != len(vars) {
		return damaged("its variables are not those of its columns")
	}
	seen := make([]bool, len(vars))
	for i, v := range m.order {
		if v < 0 || int(v) >= len(vars) || seen[v] || vars[v].Card < 1 || vars[v].Card >= 1<<16 || len(vars[v].Share) != vars[v].Card {
			return damaged("a variable is out of range")
		}
		if p := vars[v].Part; p > 0 && (i == 0 || m.order[i-1] != v-1) {
			return damaged("the parts of a column are not together")
		}
		seen[v] = true
	}
	if t := m.target; t != nil && (t.V < 0 || int(t.V) >= len(vars) || vars[t.V].Part > 0 || t.Rows < 0) {
		return damaged("its target is out of range")
	}
	return nil
}

// shapes gives the columns that trees are about, without their codes.
func shapes(vars []encode.Var, lines []*line) []tree.Column {
	var x []tree.Column
	for _, v := range vars {
		x = append(x, tree.Column{Card: v.Card + 1, Ordered: v.Ordered})
	}
	for _, l := range lines {
		x = append(x, tree.Column{Card: len(l.Share) + 1, Ordered: true})
	}
	for _, l := range lines {
		x = append(x, tree.Column{Card: len(l.Levels) + 2, Ordered: true})
	}
	return x
}

// A forestHeader is the JSON form of a forest. Its trees' nodes, sets and codes, and the weights of its linear, stand one
// after another in the blobs.
type forestHeader struct {
	Columns []int32  `json:",omitempty"`
	Setting setting  `json:",omitzero"`
	Trees   [][3]int `json:",omitempty"` // nodes, words of sets, codes
}

// putForests adds forests to f. What tree.Link computes is left out.
func putForests(f *container.File, forests []forest) error {
	var (
		heads   []forestHeader
		feature []int16
		split   []uint16
		count   []uint32
		sets    []uint64
		codes   []uint16
		weights []float64
	)
	for i := range forests {
		h := forestHeader{Columns: forests[i].Columns, Setting: forests[i].Setting}
		for _, t := range forests[i].Trees {
			h.Trees = append(h.Trees, [3]int{len(t.Nodes), len(t.Sets), len(t.Codes)})
			for _, n := range t.Nodes {
				feature = append(feature, int16(n.Feature))
				switch {
				case n.Feature == tree.Leaf:
					count = append(count, uint32(n.Count))
				case !n.InSet:
					split = append(split, uint16(n.Split))
				}
			}
			sets = append(sets, t.Sets...)
			codes = append(codes, t.Codes...)
		}
		if forests[i].Linear != nil {
			weights = append(weights, forests[i].Linear.weights...)
		}
		heads = append(heads, h)
	}
	h, err := json.Marshal(heads)
	if err != nil {
		return fmt.Errorf("baseline: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobForests, Data: h},
		container.Blob{Name: blobFeature, Data: container.Bytes(feature)},
		container.Blob{Name: blobSplit, Data: container.Bytes(split)},
		container.Blob{Name: blobCount, Data: container.Bytes(count)},
		container.Blob{Name: blobSets, Data: container.Bytes(sets)},
		container.Blob{Name: blobCodes, Data: container.Bytes(codes)},
		container.Blob{Name: blobWeights, Data: container.Bytes(weights)})
	return nil
}

// A forestReader takes trees and linears from the fronts of the blobs.
type forestReader struct {
	feature []int16
	split   []uint16
	count   []uint32
	sets    []uint64
	codes   []uint16
	weights []float64
	vars    []encode.Var
	x       []tree.Column
}

func values[T container.Number](f *container.File, name string, size int) ([]T, error) {
	b, _ := f.Blob(name)
	return container.Values[T](b, len(b)/size)
}

// getForests reads one forest for each of the variables and lines.
func getForests(f *container.File, vars []encode.Var, lines []*line) ([]forest, error) {
	b, _ := f.Blob(blobForests)
	var heads []forestHeader
	if err := json.Unmarshal(b, &heads); err != nil || len(heads) != len(vars)+len(lines) {
		return nil, damaged("its trees are not those of its columns")
	}
	r := forestReader{vars: vars, x: shapes(vars, lines)}
	var errs [6]error
	r.feature, errs[0] = values[int16](f, blobFeature, 2)
	r.split, errs[1] = values[uint16](f, blobSplit, 2)
	r.count, errs[2] = values[uint32](f, blobCount, 4)
	r.sets, errs[3] = values[uint64](f, blobSets, 8)
	r.codes, errs[4] = values[uint16](f, blobCodes, 2)
	r.weights, errs[5] = values[float64](f, blobWeights, 8)
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	forests := make([]forest, len(heads))
	for v := range heads {
		var err error
		if forests[v], err = r.forest(&heads[v], int32(v)); err != nil {
			return nil, err
		}
	}
	if len(r.feature)+len(r.split)+len(r.count)+len(r.sets)+len(r.codes)+len(r.weights) > 0 {
		return nil, damaged("it holds more than its trees")
	}
	return forests, nil
}

// forest takes the trees and the linear that tell variable v.
func (r *forestReader) forest(h *forestHeader, v int32) (forest, error) {
	if s := h.Setting; !(s.Shrink >= 0 && s.Shrink < 1e9 && s.Power >= 0 && s.Power < 100 && s.Linear >= 0 && s.Linear < 100 && min(s.Line[0], s.Line[1]) >= 0 && max(s.Line[0], s.Line[1]) <= 1 && s.Pool.Sound()) {
		return forest{}, damaged("a setting is out of range")
	}
	for _, c := range h.Columns {
		if c < 0 || int(c) >= len(r.x) || c == v {
			return forest{}, damaged("a column of a tree is out of range")
		}
	}
	// An empty list is left out of the file; nil would stand for all columns when learning goes on.
	f := forest{Columns: append([]int32{}, h.Columns...), Setting: h.Setting}
	for _, size := range h.Trees {
		t, err := r.tree(size, int(v))
		if err != nil {
			return forest{}, err
		}
		f.Trees = append(f.Trees, t)
	}
	if h.Setting.Power > 0 && (int(v) >= len(r.vars) || !canBlend(&r.vars[v])) {
		return forest{}, damaged("a column can't be blended")
	}
	if h.Setting.Linear == 0 {
		return f, nil
	}
	if len(h.Columns) > len(r.vars) || h.Setting.Power == 0 {
		return forest{}, damaged("a column can't have weights")
	}
	l, size := newLinear(r.vars, f.Columns, v)
	if size > len(r.weights) {
		return forest{}, damaged("weights are missing")
	}
	l.weights, r.weights = r.weights[:size:size], r.weights[size:]
	for _, x := range l.weights {
		// Not so written that NaN would pass.
		if !(x > -1e6 && x < 1e6) {
			return forest{}, damaged("a weight is out of range")
		}
	}
	f.Linear = l
	return f, nil
}

// tree takes one tree that tells variable v.
func (r *forestReader) tree(size [3]int, v int) (*tree.Tree, error) {
	if size[0] < 1 || size[0] > len(r.feature) || size[1] < 0 || size[1] > len(r.sets) || size[2] < 0 || size[2] > len(r.codes) {
		return nil, damaged("a tree is longer than the file")
	}
	t := &tree.Tree{Nodes: make([]tree.Node, size[0]), Sets: r.sets[:size[1]:size[1]], Codes: r.codes[:size[2]:size[2]]}
	for i, f := range r.feature[:size[0]] {
		n := &t.Nodes[i]
		n.Feature = int32(f)
		switch {
		case f == tree.Leaf:
			if len(r.count) == 0 || r.count[0] > 1<<30 {
				return nil, damaged("a leaf has no count")
			}
			n.Count = int32(r.count[0])
			r.count = r.count[1:]
		case f >= 0 && int(f) < len(r.x) && r.x[f].Ordered:
			if len(r.split) == 0 {
				return nil, damaged("a node has no split")
			}
			n.Split = uint32(r.split[0])
			r.split = r.split[1:]
		}
	}
	r.feature, r.sets, r.codes = r.feature[size[0]:], r.sets[size[1]:], r.codes[size[2]:]
	if err := t.Link(r.x, r.x[v]); err != nil {
		return nil, damaged(err.Error())
	}
	for _, c := range t.Codes {
		if c == 0 {
			return nil, damaged("a tree tells that a variable does not apply")
		}
	}
	return t, nil
}
