package table

import "slices"

// WithRules gives the same rows under a schema that has the rules, too, after those that it had. They are not tested;
// [Rule.Broken] does that.
func (t *Table) WithRules(rules ...Rule) *Table {
	s := *t.schema
	s.Rules = append(slices.Clone(s.Rules), rules...)
	u := *t
	u.schema = &s
	return &u
}
