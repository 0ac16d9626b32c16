package tree

import (
	"slices"

	"example.org/cohort/internal/rng"
)

// Options say how a tree is grown.
type Options struct {
	// MinLeaf is the least number of persons in a leaf; less than 1 is 1.
	MinLeaf int
	// Try is the number of columns, drawn anew for every node, among which the best split is looked for. 0 is all. If none
	// of them can be split, further ones are tried until one can.
	Try int
	// Columns are those that a split may ask; nil is all of x.
	Columns []int32
	// Variance splits by the variance of the target's rank instead of by Gini impurity: for targets with an order.
	Variance bool
	// Values are numbers for the codes of the target, whose variance then counts instead of that of the rank. The sum of the
	// values of any rows must fit an int64 twice over.
	Values []int64
	// Midway looks after codes that a node has no row of: a cut of an order lies halfway between the codes beside it, and
	// a code without order, or no value, goes to the side with more rows. Else the cut lies next to the left code, a code
	// without order goes right, and no value goes left.
	Midway bool
	// Discount takes off the gain of a column without order what so many codes would gain by chance. Else a column with many
	// codes and nothing to say about the target wins against all others: by a good arrangement of its codes.
	Discount bool
	// Stop, once closed, ends the growth soon; Grow then returns nil.
	Stop <-chan struct{}
}

// maxDepth ends the growth of chains of one-sided splits.
const maxDepth = 60

// Grow grows a tree that tells y from the columns x, on the given rows (indices below N, which Grow reorders). person
// gives the person that each of the N rows is about, or is nil if every row is a person of its own. The same arguments
// and the same state of r give the same tree.
func Grow(x []Column, y Column, rows, person []int32, opt Options, r *rng.Stream) *Tree {
	if len(rows) == 0 {
		panic("tree: Grow: no rows")
	}
	g := newGrower(x, y, rows, person, opt)
	g.r = r
	g.grow(rows, 0)
	if g.stopped {
		return nil
	}
	g.tree.countKinds(y.Card)
	return &g.tree
}

// A grower holds what the nodes of one tree share.
type grower struct {
	tree    Tree
	x       []Column
	y       Column
	person  []int32
	opt     Options
	r       *rng.Stream
	order   []int32   // columns, partly shuffled at each node
	score   []int64   // Variance: Options.Values, or twice the mean rank of each code of y, less its mean
	total   []int32   // rows of the node by code of y
	squares int64     // sum of the squares of total
	spread  float64   // Discount: see nodeSpread; less than 0 before it is asked for
	pivot   uint16    // Gini: the class by whose share the codes of a column without order are sorted
	yv      []uint16  // targets of the node's rows
	yscore  []int64   // Variance: their scores
	seen    []int32   // rows of the node by person
	weight  []float64 // for each row of the node, 1 / (rows of its person in the node)
	spare   []int32
	hist    histogram
	persons bool
	stopped bool
}

func newGrower(x []Column, y Column, rows, person []int32, opt Options) *grower {
	g := &grower{x: x, y: y, person: person, opt: opt, persons: person != nil}
	g.opt.MinLeaf = max(opt.MinLeaf, 1)
	g.order = slices.Clone(opt.Columns)
	if opt.Columns == nil {
		for i := range x {
			g.order = append(g.order, int32(i))
		}
	}
	if opt.Try <= 0 || opt.Try > len(g.order) {
		g.opt.Try = len(g.order)
	}
	card := 0
	for _, i := range g.order {
		card = max(card, x[i].Card)
	}
	g.total = make([]int32, y.Card)
	g.yv = make([]uint16, len(rows))
	g.spare = make([]int32, len(rows))
	g.hist.init(card, y.Card, len(rows))
	if g.persons {
		g.seen = make([]int32, int(slices.Max(person))+1)
		g.weight = make([]float64, len(rows))
	}
	if opt.Variance {
		g.yscore = make([]int64, len(rows))
		if g.score = opt.Values; g.score == nil {
			g.score = rankScores(y, rows)
		}
	}
	g.tree.Codes = make([]uint16, 0, len(rows))
	return g
}

// rankScores gives, for each code of y, the sum of its first and last rank among the rows, moved so that the scores
// of all rows add up to about nothing.
func rankScores(y Column, rows []int32) []int64 {
	count := make([]int64, y.Card)
	for _, i := range rows {
		count[y.Codes[i]]++
	}
	score := make([]int64, y.Card)
	below := int64(0)
	for c, n := range count {
		score[c] = 2*below + n - int64(len(rows))
		below += n
	}
	return score
}

// grow adds the node of the given rows and all nodes below it, and gives its number.
func (g *grower) grow(rows []int32, depth int) int32 {
	t := &g.tree
	at := int32(len(t.Nodes))
	t.Nodes = append(t.Nodes, Node{Feature: Leaf, First: int32(len(t.Codes)), Count: int32(len(rows))})
	s, ok := g.best(rows, depth)
	if !ok {
		t.Codes = g.appendLeaf(t.Codes, rows)
		return at
	}
	n := &t.Nodes[at]
	n.Feature = s.feature
	if s.set != nil {
		n.InSet, n.Split = true, uint32(len(t.Sets))
		t.Sets = append(t.Sets, s.set...)
	} else {
		n.Split, n.Low = uint32(s.code), s.low
	}
	cut := g.part(rows, *n)
	g.grow(rows[:cut], depth+1)
	right := g.grow(rows[cut:], depth+1)
	t.Nodes[at].Right = right
	return at
}

// appendLeaf appends the targets of the rows, ascending.
func (g *grower) appendLeaf(codes []uint16, rows []int32) []uint16 {
	from := len(codes)
	for _, i := range rows {
		codes = append(codes, g.y.Codes[i])
	}
	slices.Sort(codes[from:])
	return codes
}

// part brings the rows that go left to the front, keeping their order, and gives their number.
func (g *grower) part(rows []int32, n Node) int {
	codes, left, right := g.x[n.Feature].Codes, 0, 0
	spare := g.spare[:len(rows)]
	for _, i := range rows {
		// Both writes, and no branch: which way a row goes can't be foretold, and a wrong guess costs more than a write.
		rows[left], spare[right] = i, i
		goes := 0
		if g.tree.left(&n, codes[i]) {
			goes = 1
		}
		left += goes
		right += 1 - goes
	}
	copy(rows[left:], spare[:right])
	return left
}

// A split sends codes from low up to code, or those in set, to the left.
type split struct {
	feature   int32
	low, code uint16
	set       []uint64
	gain      float64
}

// best looks for the best split of the rows among columns drawn at random; ok is false where there is none.
func (g *grower) best(rows []int32, depth int) (s split, ok bool) {
	if depth >= maxDepth || len(rows) < 2*g.opt.MinLeaf || !g.enter(rows) {
		return s, false
	}
	g.stopped = g.stopped || len(rows) > 1000 && closed(g.opt.Stop)
	if g.stopped {
		return s, false
	}
	for tried := range g.order {
		if tried >= g.opt.Try && ok {
			break
		}
		j := tried + g.r.Intn(len(g.order)-tried)
		g.order[tried], g.order[j] = g.order[j], g.order[tried]
		if c, found := g.try(rows, g.order[tried]); found && (!ok || c.gain > s.gain) {
			s, ok = c, true
		}
	}
	return s, ok
}

// enter gathers the targets of a node, and its persons, and tells whether a split could be of use at all.
func (g *grower) enter(rows []int32) bool {
	yv := g.yv[:len(rows)]
	for k, i := range rows {
		yv[k] = g.y.Codes[i]
	}
	if !slices.ContainsFunc(yv, func(c uint16) bool { return c != yv[0] }) {
		return false
	}
	g.spread = -1
	if g.opt.Variance {
		g.enterScores(yv)
	} else {
		g.enterTargets(yv)
	}
	if g.persons {
		return g.weigh(rows) >= 2*g.opt.MinLeaf
	}
	return true
}

func (g *grower) enterTargets(yv []uint16) {
	clear(g.total)
	for _, c := range yv {
		g.total[c]++
	}
	g.squares = 0
	for _, n := range g.total {
		g.squares += int64(n) * int64(n)
	}
	g.pivot = yv[g.r.Intn(len(yv))]
}

// enterScores takes the node's mean off values, so that small differences between great values keep their digits.
func (g *grower) enterScores(yv []uint16) {
	sum := int64(0)
	for k, c := range yv {
		g.yscore[k] = g.score[c]
		sum += g.score[c]
	}
	if g.opt.Values == nil {
		return
	}
	mean := sum / int64(len(yv))
	if mean == 0 {
		return
	}
	for k := range yv {
		g.yscore[k] -= mean
	}
}

// weigh gives every row of the node the weight 1 / (rows of its person), so that the weights of a part of the node add
// up to no more than the persons in it, and counts the persons of the node.
func (g *grower) weigh(rows []int32) (persons int) {
	for _, i := range rows {
		g.seen[g.person[i]]++
	}
	for k, i := range rows {
		g.weight[k] = 1 / float64(g.seen[g.person[i]])
	}
	for _, i := range rows {
		if g.seen[g.person[i]] > 0 {
			persons++
		}
		g.seen[g.person[i]] = 0
	}
	return persons
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
