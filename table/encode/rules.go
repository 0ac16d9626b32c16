package encode

import (
	"math"
	"slices"

	"example.org/cohort/table"
)

// rules gives the rules all of whose columns are still learned as their form needs.
func (f *fitter) rules() []table.Rule {
	var out []table.Rule
	for _, r := range f.t.Schema().Rules {
		op, names := r.Terms()
		lacks := func(name string) bool {
			switch op {
			case "->":
				return !f.decides(name)
			case "xor":
				return f.coded(name) < 0 || name == f.out.Person
			}
			return f.learned(name) < 0
		}
		if !slices.ContainsFunc(names, lacks) {
			out = append(out, r)
		}
	}
	return out
}

// learned finds a learned column of numbers or dates among those written; -1 if there is none of the name.
func (f *fitter) learned(name string) int {
	for i := range f.out.Columns {
		c := &f.out.Columns[i]
		if c.Name == name && f.cols[i].codec != nil && f.cols[i].fill == nil &&
			(c.Kind == table.Whole || c.Kind == table.Decimal || c.Kind == table.Date) {
			return i
		}
	}
	return -1
}

// totals gives every column that a rule computes as a sum the range that its parts have, parts first.
func (f *fitter) totals() error {
	sums := map[int][]int{}
	for _, r := range f.out.Rules {
		if op, names := r.Terms(); op == "=" {
			var cols []int
			for _, n := range names {
				cols = append(cols, f.learned(n))
			}
			sums[cols[0]] = cols[1:]
		}
	}
	for range f.out.Columns { // A sum may have sums as its parts; each round settles at least one.
		for total := range f.out.Columns {
			parts, ok := sums[total]
			if !ok || slices.ContainsFunc(parts, func(p int) bool { return sums[p] != nil }) {
				continue
			}
			if err := f.total(total, parts); err != nil {
				return err
			}
			delete(sums, total)
		}
	}
	return nil
}

// total fits a column again within the range that the sum of its parts has.
func (f *fitter) total(col int, parts []int) error {
	c := f.t.Schema().Columns[f.source[col]]
	c.Marks = slices.Clone(c.Marks)
	step := f.out.Columns[col].Step
	low, high := 0.0, 0.0
	for _, p := range parts {
		low += f.out.Columns[p].Min
		high += f.out.Columns[p].Max
	}
	// Rounding to the nearest is exact where the sum lies on the grid, as it does where the rule held in every row.
	forced := [2]int64{int64(math.Floor(low/step + 1e-6)), int64(math.Ceil(high/step - 1e-6))}
	fitted, err := f.number(f.source[col], &c, &forced)
	if err != nil {
		return err
	}
	f.out.Columns[col], f.cols[col] = c, fitted
	return nil
}
