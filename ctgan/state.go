package ctgan

import (
	"fmt"
	"slices"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/nn"
)

// A state is named tensors: everything that learning goes on from.
type state []nn.State

// under puts a name before those of s.
func under(name string, s []nn.State) state {
	out := make(state, len(s))
	for i, x := range s {
		out[i] = nn.State{Name: name + x.Name, Shape: x.Shape, Data: x.Data}
	}
	return out
}

// of gives the tensors whose names begin with name, without it.
func (s state) of(name string) []nn.State {
	var out []nn.State
	for _, x := range s {
		if len(x.Name) > len(name) && x.Name[:len(name)] == name {
			out = append(out, nn.State{Name: x.Name[len(name):], Shape: x.Shape, Data: x.Data})
		}
	}
	return out
}

// copy copies the numbers into old, which has the same tensors, or into new memory where it is nil.
func (s state) copy(old state) state {
	if old == nil {
		old = slices.Clone(s)
		for i := range old {
			old[i].Data = slices.Clone(s[i].Data)
		}
		return old
	}
	for i := range s {
		copy(old[i].Data, s[i].Data)
	}
	return old
}

// networks are the tensors of networks, their moments and averages; what else learning notes may well be infinite.
func (s state) networks() state {
	return slices.DeleteFunc(slices.Clone(s), func(x nn.State) bool { return !strings.Contains(x.Name, "/") })
}

// finite tells whether all numbers are finite.
func (s state) finite() bool {
	for _, x := range s {
		for _, v := range x.Data {
			if v-v != 0 {
				return false
			}
		}
	}
	return true
}

// put adds the tensors to a file.
func (s state) put(f *container.File, name string) {
	for _, x := range s {
		f.Blobs = append(f.Blobs, container.Blob{Name: name + x.Name, Data: container.Bytes(x.Data)})
	}
}

// lend adds the tensors to a file that is written before they change: nothing is copied.
func (s state) lend(f *container.File, name string) {
	for _, x := range s {
		f.Blobs = append(f.Blobs, container.Blob{Name: name + x.Name, Floats: x.Data})
	}
}

// get takes them from a file. It is an error if one is missing or of another length.
func (s state) get(f *container.File, name string) error {
	for _, x := range s {
		b, ok := f.Blob(name + x.Name)
		if !ok {
			return damaged("a tensor is missing")
		}
		v, err := container.Values[float32](b, len(x.Data))
		if err != nil {
			return err
		}
		copy(x.Data, v)
	}
	return nil
}

// getParams reads the tensors of a store. Numbers that are not finite are damage.
func getParams(f *container.File, name string, p *nn.Params) error {
	s := state(p.Save())
	if err := s.get(f, name); err != nil {
		return err
	}
	if !s.finite() {
		return damaged("a weight is not a number")
	}
	p.Changed()
	return nil
}

func damaged(what string) error { return fmt.Errorf("ctgan: %w: %s", container.ErrDamaged, what) }

// save gives everything that a GAN goes on from.
func (g *gan) save() state {
	steps, genOpt := g.genOpt.Save()
	_, critOpt := g.critOpt.Save()
	s := under("generator/", g.gen.params.Save())
	s = append(s, under("critic/", g.critic.params.Save())...)
	s = append(s, under("generator-moments/", genOpt)...)
	s = append(s, under("critic-moments/", critOpt)...)
	if g.average != nil {
		s = append(s, under("average/", g.average.Save())...)
	}
	return append(s, nn.State{Name: "progress", Shape: []int{2}, Data: []float32{float32(steps), float32(g.part)}})
}

// load takes what save gave, or a copy of it.
func (g *gan) load(s state) error {
	progress := s[len(s)-1].Data
	steps := int(progress[0])
	for _, err := range []error{
		g.gen.params.Load(s.of("generator/")), g.critic.params.Load(s.of("critic/")),
		g.genOpt.Load(steps, s.of("generator-moments/")), g.critOpt.Load(steps, s.of("critic-moments/")),
	} {
		if err != nil {
			return damaged(err.Error())
		}
	}
	if g.average != nil {
		if err := g.average.Load(s.of("average/")); err != nil {
			return damaged(err.Error())
		}
	}
	g.rate(float64(progress[1]))
	return nil
}

// slower halves the learning rate.
func (g *gan) slower() { g.rate(g.part / 2) }
