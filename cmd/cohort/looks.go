package main

import (
	"math"
	"strings"

	"example.org/cohort/table"
)

// birthCandidates lists the date columns, not known as dates of birth by their names, whose dates all lie 3 to 100 years before
// the latest date of the table. Times of day are no dates. learned is the schema of what would be learned.
func birthCandidates(t *table.Table, learned *table.Schema) []string {
	const year = 365.25 * 86400
	type ends struct{ low, high float64 }
	s := t.Schema()
	dates := make(map[int]ends)
	latest := math.Inf(-1)
	for i := range s.Columns {
		if c := &s.Columns[i]; c.Kind != table.Date || c.Treat == table.Drop || !strings.Contains(c.Layout, "06") {
			continue
		}
		e := ends{math.Inf(1), math.Inf(-1)}
		for _, v := range t.Floats(i) {
			if !math.IsNaN(v) {
				e = ends{min(e.low, v), max(e.high, v)}
			}
		}
		dates[i] = e
		latest = max(latest, e.high)
	}
	var names []string
	for i := range s.Columns {
		e, ok := dates[i]
		if !ok || e.low > e.high || latest-e.high < 3*year || latest-e.low > 100*year {
			continue
		}
		if j := columnIndex(learned, s.Columns[i].Name); j >= 0 && learned.Columns[j].Coarsen == "" {
			names = append(names, s.Columns[i].Name)
		}
	}
	return names
}

// birthWarning asks whether a column has dates of birth.
func birthWarning(name string) *table.Error {
	return &table.Error{Code: "birth-date", Column: name, Reason: "its dates lie 3 to 100 years before the latest date of the table",
		Fix: "if they are dates of birth, keep month and year only"}
}
