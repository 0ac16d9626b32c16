package eval

import "math"

// A SetsRule is how the estimates of several synthetic sets of one generator are put together: q is the mean of the estimates, v that of their
// squared standard errors, b the variance of the m estimates, n counts real rows and k the rows of a set.
type SetsRule string

// The rules.
const (
	// SimpleSets are drawn from one model with its parameters as they are, as [example.org/cohort.Model.Sample] draws them: "simple synthesis" of Raab,
	// Nowok and Dibben (2016, Journal of Privacy and Confidentiality 7(3), 67-97). T = v (k/n + 1/m): v k/n is the variance that n real
	// people give, v/m that of drawing m sets. b is not used, for between sets of one model only the drawing varies; the rule of ProperSets
	// would leave out what comes from having n people. Student's t of the degrees of freedom that real rows, or those of the smallest set, leave; the
	// paper, for large samples, has the normal distribution.
	SimpleSets SetsRule = "simple"
	// ProperSets have each a model whose parameters are drawn from their posterior (or, nearly, a model of a bootstrap of the people):
	// T = (1 + 1/m) b - v, of Raghunathan, Reiter and Rubin (2003, Journal of Official Statistics 19, 1-16); where that is not above 0, v k/n of
	// Reiter (2002, same journal 18, 531-543). Student's t of (m - 1) (1 - v / ((1 + 1/m) b))^2 degrees of freedom, 1 at least, m - 1 where adjusted.
	ProperSets SetsRule = "proper"
	// PartialSets have some columns, row by row, as the real table has them, the others drawn: T = v + b/m and Student's t of (m - 1)
	// (1 + v / (b/m))^2 degrees of freedom, of Reiter (2003, Survey Methodology 29, 181-188).
	PartialSets SetsRule = "partial"
	// FilledSets are the real table with its gaps filled, as [example.org/cohort.Model.Fill] fills them: T = v + (1 + 1/m) b of Rubin (1987, Multiple
	// Imputation for Nonresponse in Surveys), with the degrees of freedom of Barnard and Rubin (1999, Biometrika 86, 948-955). The rule wants the
	// parameters drawn from their posterior, too; of one model b, and so T, is a little too small.
	FilledSets SetsRule = "filled"
)

// matchedByChance is the logarithm of the chance, were the rows in any order, that columns are equal row by row; below it they are kept.
const matchedByChance = -50

// sets finds out what the synthetic table is beside the real one.
func (v *view) sets() SetsRule {
	if v.trial.rows != v.learned.rows {
		return SimpleSets
	}
	all, gaps, chance := true, false, 0.0
	for col := range v.columns {
		if !v.columns[col].learned {
			continue
		}
		known, equal, filled := v.matched(col)
		all = all && known
		gaps = gaps || filled
		if equal {
			chance += v.chanceOfMatch(col)
		}
	}
	switch {
	case all && gaps:
		return FilledSets
	case chance < matchedByChance:
		return PartialSets
	}
	return SimpleSets
}

// matched tells whether a synthetic column has what is known of the real one in every row, whether it is equal in every row, and whether it
// has something in place of a gap.
func (v *view) matched(col int) (known, equal, filled bool) {
	a, b := &v.learned.cells[col], &v.trial.cells[col]
	known, equal = true, true
	for r, code := range a.code {
		if code == b.code[r] && (code != isNumber || a.num[r] == b.num[r]) {
			continue
		}
		equal = false
		if code != none {
			return false, false, filled
		}
		filled = true
	}
	return known, equal, filled
}

// chanceOfMatch is the logarithm of the chance that rows in any order have the same values of a column, as if they were drawn by their shares.
func (v *view) chanceOfMatch(col int) float64 {
	cells := &v.learned.cells[col]
	counts := make(map[key]int)
	for r := range cells.code {
		counts[cells.key(r)]++
	}
	sum := 0.0
	for _, n := range counts {
		sum += float64(n) * math.Log(float64(n)/float64(v.learned.rows))
	}
	return sum
}
