package nn

import (
	"fmt"
	"slices"
)

// A State is one named tensor, of a model or an optimiser, to be written to a file or read from one.
type State struct {
	Name  string
	Shape []int
	Data  []float32 // row-major
}

// Save gives all parameters and buffers in the order of their names' declaration. Data are views, not copies: they change
// with the next training step.
func (p *Params) Save() []State {
	p.mustBeReady("Save")
	return append(p.views("", p.value), p.bufferViews()...)
}

// Load takes what Save gave, in any order. The error names a tensor that is missing, unknown, there twice or of another
// shape; nothing has changed then.
func (p *Params) Load(s []State) error {
	p.mustBeReady("Load")
	if err := copyInto(p.Save(), s); err != nil {
		return err
	}
	p.Changed()
	return nil
}

// copyInto copies tensors over those of the same name.
func copyInto(dst, src []State) error {
	if err := fit(dst, src); err != nil {
		return err
	}
	place := map[string][]float32{}
	for _, d := range dst {
		place[d.Name] = d.Data
	}
	for _, s := range src {
		copy(place[s.Name], s.Data)
	}
	return nil
}

// fit says why the tensors of src are not those of dst.
func fit(dst, src []State) error {
	want := map[string][]int{}
	for _, d := range dst {
		want[d.Name] = d.Shape
	}
	for _, s := range src {
		shape, ok := want[s.Name]
		n := 1
		for _, k := range s.Shape {
			n *= k
		}
		switch {
		case !ok:
			return fmt.Errorf("tensor %q is there twice or belongs to another model", s.Name)
		case !slices.Equal(shape, s.Shape):
			return fmt.Errorf("tensor %q has shape %v; the model has %v", s.Name, s.Shape, shape)
		case n != len(s.Data):
			return fmt.Errorf("tensor %q of shape %v has %d numbers", s.Name, s.Shape, len(s.Data))
		}
		delete(want, s.Name)
	}
	for _, d := range dst {
		if _, missing := want[d.Name]; missing {
			return fmt.Errorf("tensor %q is missing", d.Name)
		}
	}
	return nil
}
