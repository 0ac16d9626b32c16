package draw

import (
	"slices"

	"example.org/cohort/table/encode"
)

// FirstParts lists the variables that are the first part of their column: in the given order of variables, or in the
// order of the columns if it is nil.
func FirstParts(vars []encode.Var, order []int32) []int32 {
	var first []int32
	for i := range vars {
		v := int32(i)
		if order != nil {
			v = order[i]
		}
		if vars[v].Part == 0 {
			first = append(first, v)
		}
	}
	return first
}

// Order gives the variables in an order in which they can be drawn: columns of greater weight first, but a column that a
// rule computes after the others of the rule, and one that another decides after that. The parts of a column stay together. weight is by column with variables, as
// FirstParts lists them for a nil order; where weights are equal, and where it is nil, the order is the table's.
func (r *Rules) Order(weight []float64) []int32 {
	vars := r.enc.Vars()
	first := FirstParts(vars, nil)
	if weight == nil {
		weight = make([]float64, len(first))
	}
	place := map[int]int{} // by column: index in first
	for i, v := range first {
		place[vars[v].Col] = i
	}
	waits := make([]int, len(first)) // for so many columns
	then := make([][]int, len(first))
	for _, s := range r.sums {
		c := place[r.cols[s.computed]]
		for _, k := range append(slices.Clone(s.parts), s.total) {
			if k != s.computed {
				p := place[r.cols[k]]
				waits[c]++
				then[p] = append(then[p], c)
			}
		}
	}
	for _, d := range r.decides {
		waits[place[d.To]]++
		then[place[d.From]] = append(then[place[d.From]], place[d.To])
	}
	var order []int32
	done := make([]bool, len(first))
	for range first {
		best := -1
		for i := range first {
			if !done[i] && waits[i] == 0 && (best < 0 || weight[i] > weight[best]) {
				best = i
			}
		}
		if best < 0 {
			panic("draw: rules wait for each other") // NewRules has seen to it
		}
		done[best] = true
		for _, c := range then[best] {
			waits[c]--
		}
		for p := range vars[first[best]].Parts {
			order = append(order, first[best]+int32(p))
		}
	}
	return order
}

// Computes tells whether a rule computes a column of the schema from others: a sum does, and a column that decides it, if both always have a
// value.
func (r *Rules) Computes(col int) bool {
	for _, d := range r.decides {
		if d.To == col {
			return !slices.ContainsFunc(r.enc.Vars(), func(x encode.Var) bool {
				return (x.Col == col || x.Col == d.From) && x.Part == 0 && x.Scale > 0
			})
		}
	}
	return slices.ContainsFunc(r.sums, func(s sum) bool { return r.cols[s.computed] == col })
}
