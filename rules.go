package cohort

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// leastShare is the part of the rows at least whose value of A must be shared by enough persons for a rule "A -> B" that was found to be
// kept: other values of A are never written, and who asks for the rule may want that.
const leastShare = 0.95

// Rules gives the exact rules that Fit finds in t and keeps, besides those of its schema: of [table.FindRules] those that go together with the
// schema's, whose columns are learned, and, of "A -> B", which enough persons show for each value of A. Its errors are those of Fit.
func Rules(t *table.Table, opt Options) ([]table.Found, error) {
	p := &task{table: t}
	if err := p.resolve(opt); err != nil {
		return nil, during(context.Background(), "rules", err)
	}
	if p.peer != "" {
		return nil, nil
	}
	found, err := p.rules(t)
	if err != nil {
		return nil, during(context.Background(), "rules", err)
	}
	return found, nil
}

// rules lists the rules found that are kept.
func (p *task) rules(t *table.Table) (found []table.Found, err error) {
	all := slices.Clone(t.Schema().Rules)
	for _, f := range table.FindRules(t) {
		if f.Holds != f.Rows || !learned(t.Schema(), f.Rule) || declared(t.Schema(), f.Rule) {
			continue
		}
		if _, err := table.Fixes(append(all, f.Rule)); err == nil {
			all, found = append(all, f.Rule), append(found, f)
		}
	}
	if !slices.ContainsFunc(all, relates) || t.Rows() == 0 {
		return found, nil
	}
	enc, err := p.ruled(t, all)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f table.Found) bool { return relates(f.Rule) && kept(enc, f.Rule) < leastShare }), nil
}

// ruled fits an encoder to t with rules.
func (p *task) ruled(t *table.Table, rules []table.Rule) (*encode.Encoder, error) {
	own := t.Schema().Rules
	return encode.Fit(t.WithRules(rules[len(own):]...), encode.Options{Protect: p.protect, Level: p.level})
}

// relates tells whether a rule is of a form that the encoder may not be able to learn.
func relates(r table.Rule) bool {
	op, _ := r.Terms()
	return op == "->" || op == "xor"
}

// kept tells which part of the rows an encoder keeps a rule by; 0 where it does not know the rule.
func kept(enc *encode.Encoder, r table.Rule) float64 {
	for i, known := range enc.Schema().Rules {
		if known.String() != r.String() {
			continue
		}
		if d := enc.Decision(i); d != nil {
			return d.Share
		}
		return 1
	}
	return 0
}

// withRules gives t with the rules that are found and kept.
func (p *task) withRules(t *table.Table) (*table.Table, error) {
	found, err := p.rules(t)
	if err != nil || len(found) == 0 {
		return t, err
	}
	var rules []table.Rule
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	return t.WithRules(rules...), nil
}

// learned tells whether all columns of the rule are as its form needs: what is invented or left blank can't obey a rule, but for one about gaps.
func learned(s *table.Schema, r table.Rule) bool {
	op, columns := r.Terms()
	for _, name := range columns {
		c, err := s.Column(name)
		if err != nil || name == s.Person {
			return false
		}
		fits := c.Treat == table.Learn && numeric(c.Kind)
		switch op {
		case "->":
			fits = c.Treat == table.Learn && c.Kind != table.ID && c.Kind != table.Text
		case "xor":
			fits = c.Treat != table.Drop && c.Treat != table.Blank
		}
		if !fits {
			return false
		}
	}
	return true
}

func numeric(k table.Kind) bool { return k == table.Whole || k == table.Decimal || k == table.Date }

// declared tells whether the schema has the rule already.
func declared(s *table.Schema, r table.Rule) bool {
	for _, old := range s.Rules {
		if old.String() == r.String() {
			return true
		}
	}
	return false
}

// checkRules refuses a rule of the user that can't be kept or that a row of t breaks.
func (p *task) checkRules(t *table.Table) error {
	rules := t.Schema().Rules
	if _, err := table.Fixes(rules); err != nil {
		return err
	}
	for _, r := range rules {
		_, columns := r.Terms()
		for _, name := range columns {
			if _, err := t.Schema().Column(name); err != nil {
				return err
			}
		}
		if !learned(t.Schema(), r) {
			return problem("bad-rule", fmt.Sprintf("the rule %q names a column that is not learned, or not as the rule needs: "+
				"sums and <= are about numbers or dates", r), "leave the rule out, or learn the column as a number, or a category")
		}
		if rows := r.Broken(t); len(rows) > 0 {
			return broken(r, rows, t)
		}
	}
	if !slices.ContainsFunc(rules, relates) || p.peer != "" {
		return nil
	}
	enc, err := p.ruled(t, rules)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if relates(r) && kept(enc, r) == 0 {
			return p.unlearned(r)
		}
	}
	return nil
}

// unlearned says why a rule of the user, which holds, can't be kept.
func (p *task) unlearned(r table.Rule) *table.Error {
	op, _ := r.Terms()
	reason := "one of its columns is always filled, or has too few persons, so that nothing is left that could be missing"
	switch {
	case op == "->" && p.level == "structure":
		reason = "level structure learns no relations between columns"
	case op == "->":
		reason = fmt.Sprintf("no value of the first column is shared by %d persons who have one value of the second, or one of the two is made coarser", max(p.protect, 1))
	}
	return problem("bad-rule", fmt.Sprintf("the rule %q can't be kept: %s", r, reason), "leave the rule out")
}

// broken says where a rule of the user does not hold.
func broken(r table.Rule, rows []int, t *table.Table) *table.Error {
	const most = 10
	var places strings.Builder
	for i, row := range rows[:min(len(rows), most)] {
		if i > 0 {
			places.WriteString(", ")
		}
		places.WriteString(strconv.Itoa(row + 1))
	}
	if len(rows) > most {
		places.WriteString(" ...")
	}
	return problem("rule-broken", fmt.Sprintf("the rule %q does not hold in %d of %d rows: the 1st row below the header is "+
		"row 1, and these are rows %s", r, len(rows), t.Rows(), &places), "leave the rule out, or correct the table")
}
