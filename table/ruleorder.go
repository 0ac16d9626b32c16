package table

import (
	"slices"
	"strconv"
	"strings"
)

// Fixes gives, for each of the rules, the column that it fixes when a row is written: of "A -> B" that is B, of a sum its total, or, where
// another rule fixes that, its last part that no rule does; "" for the forms that fix none. What follows from what has no circle. Rules for
// which that can't be are an [*Error] with Code "bad-rule" that names two of them and the column: two that fix one column, those that go
// round in a circle, "A <= B" with "B <= A", and of columns of which one of each two is missing a circle of odd length.
func Fixes(rules []Rule) ([]string, error) {
	f := fixing{rules: rules, fixed: make([]string, len(rules))}
	for _, step := range []func() error{f.decided, f.sums, f.orders, f.either} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f.fixed, nil
}

// fixing is one call of Fixes.
type fixing struct {
	rules []Rule
	fixed []string // by rule; "" is none, or not yet
}

// by gives the rule that fixes a column, or -1.
func (f *fixing) by(column string) int {
	return slices.Index(f.fixed, column)
}

// circle gives the rules that lead from what rule i is computed from back to the column that it fixes, i the first; nil if none do.
func (f *fixing) circle(i int) []int {
	seen := make(map[int]bool)
	var walk func(at int) []int
	walk = func(at int) []int {
		for _, c := range f.rules[at].columns {
			next := f.by(c)
			if c == f.fixed[at] || next < 0 {
				continue
			}
			if next == i {
				return []int{at}
			}
			if !seen[next] {
				seen[next] = true
				if rest := walk(next); rest != nil {
					return append([]int{at}, rest...)
				}
			}
		}
		return nil
	}
	return walk(i)
}

// decided fixes what other columns decide.
func (f *fixing) decided() error {
	for i, r := range f.rules {
		if r.op != "->" {
			continue
		}
		b := r.columns[1]
		if j := f.by(b); j >= 0 {
			return f.clash([]int{j, i}, "both fix "+strconv.Quote(b), "leave out one of the rules")
		}
		f.fixed[i] = b
		if round := f.circle(i); round != nil {
			return f.clash(round, "go round in a circle, back to "+strconv.Quote(b),
				"leave out one of the rules: where two columns decide each other, one rule makes both hold")
		}
	}
	return nil
}

// sums chooses what each sum computes.
func (f *fixing) sums() error {
	for i, r := range f.rules {
		if r.op != "=" {
			continue
		}
		choice := append(slices.Clone(r.columns[1:]), r.columns[0])
		slices.Reverse(choice)
		var round []int
		for _, c := range choice {
			if f.by(c) >= 0 {
				continue
			}
			f.fixed[i] = c
			found := f.circle(i)
			if found == nil {
				break
			}
			if round == nil {
				round = found
			}
			f.fixed[i] = ""
		}
		switch {
		case f.fixed[i] != "":
		case round != nil:
			return f.clash(round, "go round in a circle, back to "+strconv.Quote(r.columns[0]), "leave out one of the rules")
		default:
			return f.clash([]int{f.by(r.columns[0]), i}, "both fix "+strconv.Quote(r.columns[0]), "leave out one of the rules")
		}
	}
	return nil
}

// orders looks for columns each of which is at most the next, and the last at most the first.
func (f *fixing) orders() error {
	seen := make(map[string]bool) // columns from which no circle is left to be found
	var path []int
	var walk func(column string) error
	walk = func(column string) error {
		for i, r := range f.rules {
			if r.op != "<=" || r.columns[0] != column || seen[r.columns[1]] {
				continue
			}
			path = append(path, i)
			if from := slices.IndexFunc(path, func(p int) bool { return f.rules[p].columns[0] == r.columns[1] }); from >= 0 {
				return f.clash(path[from:], "go round in a circle, back to "+strconv.Quote(r.columns[1]), "leave out one of the rules")
			}
			if err := walk(r.columns[1]); err != nil {
				return err
			}
			path = path[:len(path)-1]
		}
		seen[column] = true
		return nil
	}
	for _, r := range f.rules {
		if r.op == "<=" && !seen[r.columns[0]] {
			if err := walk(r.columns[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

// either looks for a circle of odd length among columns of which one of each two is missing.
func (f *fixing) either() error {
	side := make(map[string]int) // 1 or 2: those of one side are missing together
	root := make(map[string]int) // the rule from which a column was reached
	for start, first := range f.rules {
		if first.op != "xor" || side[first.columns[0]] > 0 {
			continue
		}
		side[first.columns[0]], root[first.columns[0]] = 1, start
		for changed := true; changed; {
			changed = false
			for i, r := range f.rules {
				if r.op != "xor" {
					continue
				}
				a, b := r.columns[0], r.columns[1]
				if side[a] == 0 && side[b] > 0 {
					a, b = b, a
				}
				switch {
				case side[a] == 0:
				case side[b] == 0:
					side[b], root[b], changed = 3-side[a], i, true
				case side[a] == side[b]:
					return f.clash([]int{root[a], root[b], i}, "can't hold together: "+strconv.Quote(a)+" and "+strconv.Quote(b)+
						" are missing in the same rows by the others", "leave out one of the rules")
				}
			}
		}
	}
	return nil
}

// clash says which rules can't stand beside each other, each once.
func (f *fixing) clash(which []int, what, fix string) error {
	var names []string
	for _, i := range which {
		if name := strconv.Quote(f.rules[i].String()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	text := "the rule " + names[0] + " is given twice"
	if len(names) > 1 {
		text = "the rules " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " " + what
	}
	return &Error{Code: "bad-rule", Reason: text, Fix: fix}
}
