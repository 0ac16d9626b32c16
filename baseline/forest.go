package baseline

import (
	"context"
	"math"
	"slices"

	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/tree"
	"example.org/cohort/table/encode"
)

// A coded table holds one column for each code variable: its code plus one, so that 0 says that the variable does not
// apply to the row. N rows, V variables.
type coded struct {
	x      []tree.Column
	prior  [][]float64 // by variable and code plus one: its share, where no tree has been asked yet
	person []int32     // nil: every row is a person
	people int
}

// forDraw is the columns as package draw has them.
func (d *coded) forDraw() []draw.Codes {
	out := make([]draw.Codes, len(d.x))
	for v, x := range d.x {
		out[v] = draw.Codes{Codes: x.Codes, Card: x.Card, Ordered: x.Ordered}
	}
	return out
}

func (d *coded) rows() int {
	if len(d.x) == 0 {
		return 0
	}
	return len(d.x[0].Codes)
}

// A setting says how the trees of one variable are grown and smoothed.
type setting struct {
	Leaf     int     // persons in a leaf, at least
	Try      float64 // share of the columns that a split may choose from
	Variance bool    // split by rank and not by Gini impurity
	Shrink   float64 // weight of a node's parent, in rows for each kind of code in the node
	Power    float64 `json:",omitempty"` // a blend: the power of all its trees together; 0 is no blend
	Linear   float64 `json:",omitempty"` // a blend: the power of its linear
	// Line is, of the residuals of a line, its weight beside the trees of its column: in part 0 and in part 1.
	Line [2]float64 `json:",omitzero"`
	// Pool is, of the residuals of a target's line, how it tells part 0 with the mean of the column's trees; else it is of no power.
	Pool draw.Pool `json:",omitzero"`
}

func (s setting) options(columns []int32, stop <-chan struct{}) tree.Options {
	return tree.Options{
		MinLeaf: s.Leaf, Try: max(1, int(math.Ceil(s.Try*float64(len(columns))))), Variance: s.Variance, Columns: columns, Stop: stop,
	}
}

// A forest is what has been learned about one variable: each of its trees, alone, tells the variable from those before it.
type forest struct {
	Columns []int32 // the variables that the trees may ask
	Setting setting
	Trees   []*tree.Tree
	Linear  *linear    // of a blend; nil if its power is 0
	table   *leafTable // of residuals, and of what is only tried: what follows from the trees; nil: each row walks its path
}

const (
	// bag is the share of the persons that one tree sees: 1 - 1/e, as many as a bootstrap sample has.
	bag = 0.632
	// bagMost bounds the persons that one tree sees, so that the time and the size of a model grow with the columns only.
	bagMost = 100_000
	// Settings are compared on at most tunePeople persons, a quarter of them held out, by tuneTrees trees each, or by twice
	// as many and four times over where there are fewer than fewPeople persons.
	tunePeople, tuneTrees, fewPeople = 12_000, 4, 500
	// memory is what a setting is charged for memory: so much of what its trees tell better of persons whom they have seen
	// than of persons whom they have not. Among settings that tell unseen persons alike the likelihood alone would take any,
	// and the sum over many columns would follow single persons.
	memory = 0.4
)

// shrinks are the weights that the held-out likelihood chooses from.
// They count a node's kinds of codes; see [tree.Tree.Score].
var shrinks = []float64{0.2, 0.6, 2, 6, 20, 60, 200}

// settings lists what the held-out likelihood chooses from for a variable with an order or without. Among few people the
// smallest leaves come near to single persons, and only a target has them.
func settings(leaf int, smallest, ordered bool) []setting {
	leaves := []int{leaf, 2 * leaf, 4 * leaf, 10 * leaf}
	if !smallest {
		leaves = leaves[1:]
	}
	var s []setting
	for _, l := range leaves {
		for _, try := range []float64{0.5, 1} {
			s = append(s, setting{Leaf: l, Try: try})
			if ordered {
				s = append(s, setting{Leaf: l, Try: try, Variance: true})
			}
		}
	}
	return s
}

// A learner grows the forests of a table.
type learner struct {
	d      *coded
	seed   uint64
	leaf   int   // persons in a leaf, at least
	target int32 // the first variable of the column that others will want to predict, or -1
	// residual is what the residuals of the target's line are among the forests, or -1.
	residual int32
	vars     []encode.Var
	whole    bool     // one tree for each variable, of all persons
	order    []int32  // the variables that are learned
	forests  []forest // by variable, and then by line: of its residuals
	lines    []*line
	like     *Model // see [Options]; nil: none
	pace     *pace  // nil: nobody is told
}

// rowsOf lists the rows of the chosen persons to which variable v applies.
func (l *learner) rowsOf(v int32, chosen func(person int32) bool) []int32 {
	codes := l.d.x[v].Codes
	var rows []int32
	for i, c := range codes {
		p := int32(i)
		if l.d.person != nil {
			p = l.d.person[i]
		}
		if c != 0 && chosen(p) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// people counts the persons of the rows.
func (l *learner) people(rows []int32) int {
	if l.d.person == nil {
		return len(rows)
	}
	seen := make([]bool, l.d.people)
	n := 0
	for _, i := range rows {
		if p := l.d.person[i]; !seen[p] {
			seen[p] = true
			n++
		}
	}
	return n
}

// shuffled gives the numbers of all persons in an order of its own for each stream and row.
func (l *learner) shuffled(stream uint32, row uint64) []int32 {
	p := make([]int32, l.d.people)
	for i := range p {
		p[i] = int32(i)
	}
	r := rng.New(l.seed, stream, row)
	r.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	return p
}

// members gives a test for being among the given persons.
func (l *learner) members(p []int32) func(int32) bool {
	in := make([]bool, l.d.people)
	for _, i := range p {
		in[i] = true
	}
	return func(i int32) bool { return in[i] }
}

// wave does the steps from, ..., to-1, fewer than there are variables to learn: each adds one tree to one variable. The
// first tree of a variable comes with the choice of the setting for all of them.
func (l *learner) wave(ctx context.Context, from, to int64) error {
	if len(l.order) == 0 {
		return nil
	}
	type result struct {
		setting setting
		linear  *linear
		tree    *tree.Tree
	}
	out := make([]result, to-from)
	l.pace.parallel(from, to, func(i int) {
		s := from + int64(i)
		v := l.order[s%int64(len(l.order))]
		out[i].setting, out[i].linear = l.forests[v].Setting, l.forests[v].Linear
		if s < int64(len(l.order)) {
			out[i].setting, out[i].linear = l.tune(ctx, v)
		}
		if n := int64(len(l.order)); l.like == nil && s >= n && s < 2*n && int(v) >= len(l.vars) {
			out[i].setting.Line, out[i].setting.Pool = l.weighLine(ctx, l.lines[int(v)-len(l.vars)])
		}
		if ctx.Err() == nil {
			out[i].tree = l.tree(ctx, s, v, out[i].setting)
		}
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for i, o := range out {
		f := &l.forests[l.order[(from+int64(i))%int64(len(l.order))]]
		f.Setting, f.Linear = o.setting, o.linear
		if o.tree != nil {
			f.Trees = append(f.Trees, o.tree)
		}
	}
	return nil
}

// tree grows the tree of step s. It is nil where too few persons have the variable: it then keeps its shares.
func (l *learner) tree(ctx context.Context, s int64, v int32, set setting) *tree.Tree {
	p := l.shuffled(rng.TreeRows, uint64(s))
	if !l.whole {
		p = p[:min(bagged(len(p)), bagMost)]
	}
	rows := l.rowsOf(v, l.members(p))
	if l.people(rows) < l.leaf {
		return nil
	}
	r := rng.New(l.seed, rng.TreeColumns, uint64(s))
	return tree.Grow(l.d.x, l.d.x[v], rows, l.d.person, set.options(l.forests[v].Columns, ctx.Done()), &r)
}

func bagged(people int) int { return int(math.Ceil(bag * float64(people))) }

// tuning says on how many of the persons settings are compared, how many times over, and by how many trees each time.
func tuning(people int) (most, folds, trees int) {
	if people < fewPeople {
		return people, 4, 2 * tuneTrees
	}
	return min(people, tunePeople), 1, tuneTrees
}

// tune chooses the setting of a variable by the likelihood of persons held out, mixed over a few trees as the rows are, less
// the charge for memory. A target is spared the charge, as one column alone follows nobody; if it is a category, it gets a
// blend.
func (l *learner) tune(ctx context.Context, v int32) (setting, *linear) {
	if v == l.target && canBlend(&l.vars[v]) {
		return l.tuneBlend(ctx, v)
	}
	if l.like != nil {
		l.pace.add(v, 1)
		return l.likeSetting(v), nil
	}
	best, bestScore := setting{Leaf: 2 * l.leaf, Try: 0.5, Variance: l.d.x[v].Ordered, Shrink: 2}, math.Inf(-1)
	p := l.shuffled(rng.TreeTune, uint64(v)<<16)
	most, folds, trees := tuning(len(p))
	p = p[:most]
	charge, smallest := memory, len(p) >= fewPeople
	if v == l.target || v == l.residual {
		charge, smallest = 0, true
	}
	all := settings(l.leaf, smallest, l.d.x[v].Ordered)
	for _, s := range all {
		total := make([]float64, len(shrinks))
		for fold := range folds {
			if ctx.Err() != nil {
				return best, nil
			}
			if h := l.hold(v, p, fold); l.mix(ctx, h, s, trees) {
				h.score(total, charge)
			}
			l.pace.add(v, 1/float64(folds*len(all)))
		}
		for j, sum := range total {
			if sum > bestScore {
				bestScore, best = sum, s
				best.Shrink = shrinks[j]
			}
		}
	}
	return best, nil
}

// A holdout is one of four folds of the persons on whom settings are compared, and what trees say of its rows.
type holdout struct {
	v           int32
	fold        int
	others      []int32   // persons
	held, seen  []int32   // rows of the fold, and of as many of the others
	mix, memory []float64 // probabilities of their codes: rows by shrinks
}

// hold sets a fold of the persons p aside.
func (l *learner) hold(v int32, p []int32, fold int) *holdout {
	a, b := fold*len(p)/4, (fold+1)*len(p)/4
	h := &holdout{v: v, fold: fold, held: l.rowsOf(v, l.members(p[a:b])), others: append(slices.Clone(p[:a]), p[b:]...)}
	h.seen = l.rowsOf(v, l.members(h.others[:min(len(h.others), b-a)]))
	return h
}

// mix grows trees on the others and takes the mean of what they say. It is false where there are too few persons.
func (l *learner) mix(ctx context.Context, h *holdout, s setting, trees int) bool {
	h.mix, h.memory = make([]float64, len(h.held)*len(shrinks)), make([]float64, len(h.seen)*len(shrinks))
	y, prior := l.d.x[h.v], l.d.prior[h.v]
	for m := range trees {
		t := l.trial(ctx, h, s, m)
		if t == nil {
			return false
		}
		for i, x := range t.Score(l.d.x, y, h.held, shrinks, prior) {
			h.mix[i] += x / float64(trees)
		}
		for i, x := range t.Score(l.d.x, y, h.seen, shrinks, prior) {
			h.memory[i] += x / float64(trees)
		}
	}
	return true
}

// trial grows the m-th tree on the others, or gives nil where there are too few persons.
func (l *learner) trial(ctx context.Context, h *holdout, s setting, m int) *tree.Tree {
	r := rng.New(l.seed, rng.TreeTune, uint64(h.v)<<16|uint64(h.fold)<<8|uint64(m+1))
	q := slices.Clone(h.others)
	r.Shuffle(len(q), func(i, j int) { q[i], q[j] = q[j], q[i] })
	rows := l.rowsOf(h.v, l.members(q[:bagged(len(q))]))
	if l.people(rows) < l.leaf {
		return nil
	}
	return tree.Grow(l.d.x, l.d.x[h.v], rows, l.d.person, s.options(l.forests[h.v].Columns, ctx.Done()), &r)
}

// score adds, for each of shrinks, the log-likelihood of the rows held out, less the charge for memory.
func (h *holdout) score(total []float64, charge float64) {
	for i, x := range h.mix {
		total[i%len(total)] += float64((1 + charge) * logOf(x))
	}
	weight := charge * float64(len(h.held)) / float64(max(len(h.seen), 1))
	for i, x := range h.memory {
		total[i%len(total)] -= float64(weight * logOf(x))
	}
}

// logOf is the logarithm of a probability. One code of no probability does not decide alone.
func logOf(p float64) float64 { return math.Log(max(p, 1e-12)) }
