package mostlyai

import (
	"math"
	"slices"
	"strings"

	"example.org/cohort/eval/suite"
	"example.org/cohort/internal/run"
)

const (
	mostColumns = 300
	mostTriples = 10_000

	// The package gives no number for smaller tables.
	fewestFake    = 100
	fewestTrain   = 90
	fewestHoldout = 10
)

// Accuracy compares how often values come in the synthetic table with the original one: train and, where it is not nil, holdout
// together. Its results, best 1, are
//
//	mostlyai.accuracy               mean of the three below that there are
//	mostlyai.accuracy.univariate    mean over columns
//	mostlyai.accuracy.bivariate     mean over pairs of columns
//	mostlyai.accuracy.trivariate    mean over triples of columns
//	mostlyai.accuracy.column        of a column: 1 less the total variation distance of its parts, to five decimals
//	mostlyai.accuracy.pair          of two columns: the same of their joint parts
//
// Each is followed by one of the same name and "_max": what rows without any fault would get, as many as the synthetic table has.
// The error is that of [suite.Check].
func Accuracy(train, holdout, fake *suite.Table) ([]suite.Result, error) {
	if err := check(train, holdout, fake); err != nil {
		return nil, err
	}
	const name = "mostlyai.accuracy"
	levels := []string{"univariate", "bivariate", "trivariate"}
	if why := tooSmall(train, holdout, fake); why != "" {
		results := both(suite.No(name, why), suite.No(name, why))
		for _, level := range levels {
			results = append(results, both(suite.No(name+"."+level, why), suite.No(name+"."+level, why))...)
		}
		return results, nil
	}
	columns, left := binnedColumns(train, holdout, fake)
	var found, ceiling [3][]suite.Result
	for level := range levels {
		found[level], ceiling[level] = accuracies(columns, level+1)
	}
	var head, means, meansMax []suite.Result
	for level, what := range levels {
		why := "too few columns"
		m, most := suite.Mean(name+"."+what, why, found[level]), suite.Mean(name+"."+what, why, ceiling[level])
		means, meansMax = append(means, m), append(meansMax, most)
		head = append(head, both(m, most)...)
	}
	all := both(suite.Mean(name, "no column can be compared", means), suite.Mean(name, "", meansMax))
	if all[0].Reason != "" {
		all[1].Reason = all[0].Reason
	}
	results := append(all, head...)
	for level := range 2 {
		for i := range found[level] {
			results = append(results, both(found[level][i], ceiling[level][i])...)
		}
	}
	return append(results, left...), nil
}

// both puts a result beside its maximum.
func both(found, most suite.Result) []suite.Result {
	most.Name = found.Name + "_max"
	return []suite.Result{found, most}
}

func check(train, holdout, fake *suite.Table) error {
	roles := []string{"the rows learned", "the synthetic table", "the rows set aside"}
	if holdout == nil {
		return suite.Check(roles, train, fake)
	}
	return suite.Check(roles, train, fake, holdout)
}

func tooSmall(train, holdout, fake *suite.Table) string {
	switch {
	case fake.Rows < fewestFake:
		return "the package needs 100 synthetic rows"
	case train.Rows < fewestTrain:
		return "the package needs 90 rows that were learned"
	case holdout != nil && holdout.Rows < fewestHoldout:
		return "the package needs 10 rows that were set aside"
	}
	return ""
}

// binnedColumns cuts the first 300 columns by name, and gives a reason for each of them that it leaves out.
func binnedColumns(train, holdout, fake *suite.Table) (columns []binned, left []suite.Result) {
	ordered := make([]*suite.Column, len(train.Columns))
	for i := range train.Columns {
		ordered[i] = &train.Columns[i]
	}
	slices.SortFunc(ordered, func(a, b *suite.Column) int { return strings.Compare(a.Name, b.Name) })
	ordered = ordered[:min(mostColumns, len(ordered))]
	out, why := make([]binned, len(ordered)), make([]string, len(ordered))
	run.Parallel(len(ordered), func(i int) {
		c := ordered[i]
		original := []*suite.Column{c}
		if holdout != nil {
			original = append(original, holdout.Column(c.Name))
		}
		out[i], why[i] = bin(original, fake.Column(c.Name))
	})
	for i, c := range ordered {
		if why[i] != "" {
			left = append(left, both(suite.No("mostlyai.accuracy.column", why[i], c.Name), suite.No("", why[i], c.Name))...)
			continue
		}
		columns = append(columns, out[i])
	}
	return columns, left
}

// bin cuts one column, or says why it can't be.
func bin(original []*suite.Column, fake *suite.Column) (b binned, why string) {
	for _, c := range append(original[:len(original):len(original)], fake) {
		if c == nil {
			return b, "one of the tables has no such column"
		}
		if isText(c) {
			return b, "the package takes the column for text, as too many of its values come once, and compares words drawn at random"
		}
	}
	b.name = original[0].Name
	if !original[0].Numeric() {
		var codes [][]int32
		for _, c := range original {
			codes = append(codes, c.Codes)
		}
		labels := longest(append(original[:len(original):len(original)], fake))
		part, parts := categoryParts(labels, codes...)
		b.original, b.fake, b.parts = mapped(slices.Concat(codes...), part), mapped(fake.Codes, part), parts
		return b, ""
	}
	edges, beyond := numberEdges, 1.0
	if original[0].Kind == suite.Date {
		edges, beyond = dateEdges, day
	}
	e := edges(present(original...))
	for _, c := range original {
		b.original = append(b.original, inParts(c.Numbers, e, beyond)...)
	}
	b.fake, b.parts = inParts(fake.Numbers, e, beyond), len(e)
	return b, ""
}

// longest gives the labels of the column that has most of them.
func longest(columns []*suite.Column) []string {
	labels := columns[0].Labels
	for _, c := range columns {
		if len(c.Labels) > len(labels) {
			labels = c.Labels
		}
	}
	return labels
}

func mapped(codes, part []int32) []int32 {
	out := make([]int32, len(codes))
	for r, code := range codes {
		out[r] = part[code+1]
	}
	return out
}

// accuracies compares all groups of 1, 2 or 3 columns, and gives the maximum of each beside it.
func accuracies(columns []binned, size int) (found, most []suite.Result) {
	name := []string{"mostlyai.accuracy.column", "mostlyai.accuracy.pair", "mostlyai.accuracy.triple"}[size-1]
	groups := groupsOf(len(columns), size)
	found, most = make([]suite.Result, len(groups)), make([]suite.Result, len(groups))
	run.Parallel(len(groups), func(g int) {
		var names []string
		group := make([]*binned, size)
		for i, c := range groups[g] {
			group[i] = &columns[c]
			names = append(names, columns[c].name)
		}
		a, m := accuracy(group)
		found[g], most[g] = suite.OK(name, a, names...), suite.OK("", m, names...)
	})
	return found, most
}

// groupsOf lists all groups of so many of n columns; where there are more than 10,000 triples, as many that lie evenly among them.
func groupsOf(n, size int) [][]int {
	total := 0
	each := func(visit func(group ...int)) {
		for i := range n {
			if size == 1 {
				visit(i)
				continue
			}
			for j := i + 1; j < n; j++ {
				if size == 2 {
					visit(i, j)
					continue
				}
				for k := j + 1; k < n; k++ {
					visit(i, j, k)
				}
			}
		}
	}
	each(func(...int) { total++ })
	taken, at := total, 0
	if size == 3 {
		taken = min(total, mostTriples)
	}
	groups := make([][]int, 0, taken)
	each(func(group ...int) {
		if at == len(groups)*total/max(taken, 1) && len(groups) < taken {
			groups = append(groups, group)
		}
		at++
	})
	return groups
}

// accuracy compares the joint parts of a group of columns.
func accuracy(group []*binned) (found, most float64) {
	original, fake := counts(group)
	n, m := int64(len(group[0].original)), int64(len(group[0].fake))
	var distance int64
	noise := 0.0
	for i, c := range original {
		d := int64(c)*m - int64(fake[i])*n
		distance += max(d, -d)
		if c > 0 {
			p := float64(c) / float64(n)
			// The mean of the size of a normal number is its deviation times the root of 2/pi.
			noise += math.Sqrt((p*(1-p)/float64(n) + p*(1-p)/float64(m)) * 2 / math.Pi)
		}
	}
	return five(1 - float64(distance)/float64(n)/float64(m)/2), five(1 - noise/2)
}

// five rounds to five decimals, as the package does before it takes means.
func five(x float64) float64 { return math.RoundToEven(x*1e5) / 1e5 }

// counts counts the rows of each combination of parts.
func counts(group []*binned) (original, fake []int32) {
	cells := 1
	for _, b := range group {
		cells *= b.parts
	}
	original, fake = make([]int32, cells), make([]int32, cells)
	for _, side := range []struct {
		count []int32
		codes func(b *binned) []int32
	}{{original, func(b *binned) []int32 { return b.original }}, {fake, func(b *binned) []int32 { return b.fake }}} {
		first := side.codes(group[0])
		switch len(group) {
		case 1:
			for _, a := range first {
				side.count[a]++
			}
		case 2:
			second, k := side.codes(group[1]), int32(group[1].parts)
			for r, a := range first {
				side.count[a*k+second[r]]++
			}
		default:
			second, third := side.codes(group[1]), side.codes(group[2])
			k, l := int32(group[1].parts), int32(group[2].parts)
			for r, a := range first {
				side.count[(a*k+second[r])*l+third[r]]++
			}
		}
	}
	return original, fake
}
