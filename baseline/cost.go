package baseline

import (
	"math"
	"time"

	"example.org/cohort/internal/draw"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// What one cell costs while a tree looks for a split, what one bin of a histogram, and what one class of one cell while a
// linear is fitted or blends are compared, on a core of a server of 2023.
// bendCost is what one cell costs in one level of a boosted tree.
const cellCost, binCost, classCost, bendCost = 8e-9, 16e-9, 14e-9, 2e-9

// Estimate tells what Fit of a table of so many rows costs, from a sample of its rows: least is the time of the shortest plan
// there is (settings chosen, one tree for each variable), full that of the whole plan, both of one core at a nominal
// rate, which a caller that has measured its machine scales; memory is the peak in bytes, besides the table. Measured on six
// tables of 300 to 32,561 rows, the time for trees was within a factor of 1.6.
func Estimate(sample *table.Table, rows int, opt Options) (least, full time.Duration, memory int64, err error) {
	opt, err = opt.resolve()
	if err != nil {
		return 0, 0, 0, err
	}
	began := time.Now()
	enc, err := encode.Fit(sample, encode.Options{Protect: opt.Protect, Level: opt.Level})
	if err != nil {
		return 0, 0, 0, err
	}
	codes, err := enc.Codes(sample)
	if err != nil {
		return 0, 0, 0, err
	}
	encoding := time.Since(began).Seconds() * float64(rows) / float64(max(sample.Rows(), 1))
	d, err := code(enc, codes)
	if err != nil {
		return 0, 0, 0, err
	}
	d.person, d.people = persons(sample)
	rules, err := draw.NewRules(enc)
	if err != nil {
		return 0, 0, 0, err
	}
	m := &Model{enc: enc, kind: opt.Model}
	l := m.learner(d, rules, opt)
	lines, sizes := l.candidates(enc, m.order)
	least, full, memory = l.cost(rows, encoding, lines, sizes)
	return least, full, memory, nil
}

// cost adds up the variables, and the lines that there may be, whose residuals cost as much again as their variables. encoding is in seconds.
func (l *learner) cost(rows int, encoding float64, lines []*line, sizes []int) (least, full time.Duration, memory int64) {
	bins := l.bins()
	choice, round := 0.0, 0.0
	for _, v := range l.order {
		c, t := l.costOf(v, rows, bins)
		choice, round = choice+c, round+t
	}
	for i, x := range lines {
		c, t := l.costOf(x.V, rows, bins)
		choice, round = choice+c+lineCost(min(rows, lineRows), len(x.terms), sizes[i]), round+t
	}
	rounds := float64(treesFor(rows))
	if l.whole {
		rounds = 1
	}
	perTree := float64(min(bagged(rows), bagMost)) * 2.5 // bytes: a code for each row, and the nodes
	memory = int64(float64(rows)*float64(6*len(l.d.x)+16) + rounds*perTree*float64(len(l.order)+len(lines)))
	return time.Duration((encoding + choice + round) * 1e9), time.Duration((encoding + choice + rounds*round) * 1e9), memory
}

// bins gives the mean number of codes of a variable.
func (l *learner) bins() float64 {
	bins := 0.0
	for _, x := range l.d.x {
		bins += float64(x.Card) / float64(len(l.d.x))
	}
	return bins
}

// costOf gives the seconds that the choice of settings and one tree of variable v take on a table of so many rows.
func (l *learner) costOf(v int32, rows int, bins float64) (choice, tree float64) {
	tuned, folds, trees := tuning(rows)
	columns := float64(len(l.forests[v].Columns))
	all := settings(l.leaf, rows >= fewPeople || v == l.target || v == l.residual, l.d.x[v].Ordered)
	if v == l.target && canBlend(&l.vars[v]) {
		tuned, folds, trees = min(rows, tunePeople), blending(min(rows, tunePeople)), blendTrees
		all = blendSettings(l.leaf, rows)
		grid := len(all) * len(blendShrinks) * len(ridges) * len(blendPowers) * len(blendWeights)
		cells := float64(folds*tuned/4*grid) + sweeps*columns*float64(folds*len(ridges)*tuned*3/4+min(rows, linearPeople))
		choice += cells * float64(l.d.x[v].Card) * classCost
	}
	for _, s := range all {
		choice += float64(folds*trees) * treeCost(bagged(tuned*3/4), s, columns, bins)
		tree += treeCost(min(bagged(rows), bagMost), s, columns, bins) / float64(len(all))
	}
	return choice, tree
}

// lineCost gives the seconds that a line of so many terms and weights takes, with the bends that are tried.
func lineCost(rows, terms, size int) float64 {
	fits := float64(len(bendSettings) + lineFolds)
	rounds, depth := 0.0, 0.0
	for _, s := range bendSettings {
		rounds, depth = rounds+float64(s.rounds)/float64(len(bendSettings)), depth+float64(s.depth)/float64(len(bendSettings))
	}
	sums := float64(rows) * float64(4*terms*terms)
	solves := float64(len(lineRidges)*(lineFolds+1)) * math.Pow(float64(size), 3) / 3
	return fits*rounds*depth*float64(rows)*float64(terms+1)*bendCost + (sums+solves)*1e-9
}

// treeCost gives the seconds that growing one tree on so many rows takes.
func treeCost(rows int, s setting, columns, bins float64) float64 {
	leaves := max(float64(rows)/float64(s.Leaf), 1)
	tried := math.Ceil(s.Try * columns)
	return tried * (float64(rows)*math.Log2(leaves)*cellCost + 2*leaves*bins*binCost)
}
