package ctgan

import (
	"slices"

	"example.org/cohort/table/encode"
)

// A dependence says that a variable follows from another one: its code is To[code of From]. To is nil where it does not.
type dependence struct {
	From int
	To   []int32
}

// leastRepeats is how often the codes of a column are met on average, at least, for what follows from it to be no chance: a number
// that nearly all rows have for themselves determines everything.
const leastRepeats = 10

// dependences finds first parts that follow, in every row, from an earlier one of more or as many codes: a grade's name and its
// number, or the figures of a year. Of several columns that follow from each other the first stays. Columns that are ruled, by variable,
// take part in a rule, and are drawn when the rule needs them.
func dependences(vars []encode.Var, codes [][]int32, ruled []bool) []dependence {
	out := make([]dependence, len(vars))
	for b := range vars {
		if vars[b].Parts > 1 || vars[b].Card < 2 || ruled[b] {
			continue
		}
		for a := range vars {
			if a == b || vars[a].Part > 0 || out[a].To != nil {
				continue
			}
			if a > b && vars[a].Card <= vars[b].Card {
				continue // either may follow from the other; the earlier one stays
			}
			if to := follows(codes[a], codes[b], vars[a].Card); to != nil {
				out[b] = dependence{a, to}
				break
			}
		}
	}
	// What follows from a column that follows from another one follows from that.
	for v := range out {
		for out[v].To != nil && out[out[v].From].To != nil {
			by := out[out[v].From]
			to := make([]int32, len(by.To))
			for k, c := range by.To {
				to[k] = out[v].To[c]
			}
			out[v] = dependence{by.From, to}
		}
	}
	return out
}

// ruled tells which variables are of columns that take part in a rule.
func (m *Model) ruled() []bool {
	s := m.Schema()
	out := make([]bool, len(m.enc.Vars()))
	for _, r := range s.Rules {
		_, names := r.Terms()
		for v, x := range m.enc.Vars() {
			out[v] = out[v] || slices.Contains(names, s.Columns[x.Col].Name)
		}
	}
	return out
}

// follows gives the code of b by the code of a, if a row's a tells its b; nil if not, or if a tells it because hardly two rows agree in a.
func follows(a, b []int32, card int) []int32 {
	if len(a) < leastRepeats*card {
		return nil
	}
	to := make([]int32, card)
	for k := range to {
		to[k] = -1
	}
	met, several := 0, 0
	count := make([]int, card)
	for r, k := range a {
		if k < 0 || b[r] < 0 {
			return nil
		}
		switch {
		case to[k] < 0:
			to[k] = b[r]
			met++
		case to[k] != b[r]:
			return nil
		}
		if count[k]++; count[k] == 2 {
			several++
		}
	}
	if met < 2 || several < met {
		return nil
	}
	for k := range to {
		to[k] = max(to[k], 0) // codes that no row has are never drawn
	}
	return to
}
