package cohort

import (
	"fmt"
	"strconv"
	"strings"

	"example.org/cohort/table"
)

// withRules gives t with the exact rules that hold in all its rows and whose columns are all learned.
func withRules(t *table.Table) *table.Table {
	var found []table.Rule
	for _, f := range table.FindRules(t) {
		if f.Holds == f.Rows && learned(t.Schema(), f.Rule) && !declared(t.Schema(), f.Rule) {
			found = append(found, f.Rule)
		}
	}
	if len(found) == 0 {
		return t
	}
	return t.WithRules(found...)
}

// learned tells whether all columns of the rule are: what is invented or left blank can't obey a rule.
func learned(s *table.Schema, r table.Rule) bool {
	_, columns := r.Terms()
	for _, name := range columns {
		c, err := s.Column(name)
		if err != nil || c.Treat != table.Learn || !numeric(c.Kind) {
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
func checkRules(t *table.Table) error {
	for _, r := range t.Schema().Rules {
		_, columns := r.Terms()
		for _, name := range columns {
			if _, err := t.Schema().Column(name); err != nil {
				return err
			}
		}
		if !learned(t.Schema(), r) {
			return problem("bad-rule", fmt.Sprintf("the rule %q names a column that holds no numbers or dates, or is not "+
				"learned", r), "leave the rule out, or learn the column as a number")
		}
		if rows := r.Broken(t); len(rows) > 0 {
			return broken(r, rows, t)
		}
	}
	return nil
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
