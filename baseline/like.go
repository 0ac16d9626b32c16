package baseline

import "slices"

// likeLine gives the line of another model that tells the first part v with some weight, or nil: there is none.
func (m *Model) likeLine(v int32) *line {
	for _, x := range m.lines {
		if x.V == v && m.trees[x.res].Setting.Line != [2]float64{} {
			return x
		}
	}
	return nil
}

// likeSetting gives how another model grows and weighs what stands at v among the forests: a variable, or the residuals of a line.
func (l *learner) likeSetting(v int32) setting {
	if n := int32(len(l.vars)); v >= n {
		v = l.like.likeLine(l.lines[v-n].V).res
	}
	return l.like.trees[v].Setting
}

// likeBend gives the setting of the bend of the line that another model has in its place; false: it has no bend.
func (l *learner) likeBend(x *line) (s bendSetting, ok bool) {
	b := l.like.likeLine(x.V).Bend
	if b == nil {
		return s, false
	}
	return bendSetting{b.boost.Depth, b.boost.Rounds, b.boost.Eta}, true
}

// choices is what a model like another takes over, for the key of a run.
func (m *Model) choices() (out []any) {
	if m == nil {
		return nil
	}
	for i := range m.trees {
		out = append(out, m.trees[i].Setting)
	}
	return append(out, slices.Clone(m.order))
}
