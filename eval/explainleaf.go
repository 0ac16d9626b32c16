package eval

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
)

const (
	leafDepth = 3 // questions down to a leaf: a sentence of more can't be read
	leafParts = 8 // parts of equally many numbers between which the tree may cut a column
	leafLight = 5 // least sum of p(1-p) in a node: 20 rows of the finding half where both tables have as many
)

// A condition is a pattern that a row must have, or must not have, to come to a leaf.
type condition struct {
	pattern int
	has     bool
}

// leafRules grows one shallow tree that tells synthetic rows of the finding half from real ones by patterns, and gives the rules of its
// leaves that hold more synthetic rows than real ones. A condition without which a rule would have nearly the same excess is left out.
func (h *halves) leafRules(ctx context.Context, patterns []pattern) ([]candidate, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	hits := make([][2][]bool, len(patterns))
	x := mat.NewDense(len(h.find[0])+len(h.find[1]), len(patterns), nil)
	y := make([]float64, len(h.find[0])+len(h.find[1]))
	for k := range patterns {
		hits[k] = h.hits(&patterns[k], h.find)
		for i, hit := range slices.Concat(hits[k][0], hits[k][1]) {
			x.Set(i, k, is(hit))
		}
	}
	for i := range h.find[1] {
		y[len(h.find[0])+i] = 1
	}
	b := ml.Boost{Classes: 2, Rounds: 1, Depth: leafDepth, MinChildWeight: leafLight, Seed: h.v.opt.Seed, Stop: ctx.Done()}
	err := b.Fit(x, y)
	if errors.Is(err, ml.ErrStopped) {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	ways, err := b.Ways(0)
	if err != nil {
		return nil, err
	}
	var out []candidate
	for _, way := range ways {
		var path []condition
		for _, turn := range way {
			path = append(path, condition{turn.Feature, turn.Right})
		}
		// That two patterns do not come together hardly parts the rows that are left: see candidates.
		path = slices.DeleteFunc(path, func(c condition) bool { return !c.has && patterns[c.pattern].joined })
		if path = shortest(path, hits); excessOf(path, hits) <= 0 {
			continue
		}
		c := candidate{pattern: h.rule(path, patterns)}
		if !slices.ContainsFunc(out, c.same) {
			out = append(out, c)
		}
	}
	return out, nil
}

// excess is by how many standard errors a leaf with these shares of the real and of the synthetic rows is more synthetic than one in which
// both are alike, but for a factor that is the same for all leaves.
func excess(real, fake float64) float64 {
	if real+fake == 0 {
		return 0
	}
	return (fake - real) / math.Sqrt(fake+real)
}

// excessOf is the excess of the rows that meet all conditions.
func excessOf(path []condition, hits [][2][]bool) float64 {
	var share [2]float64
	for i := range share {
		n := len(hits[0][i])
		for r := range n {
			if !slices.ContainsFunc(path, func(c condition) bool { return hits[c.pattern][i][r] != c.has }) {
				share[i]++
			}
		}
		share[i] /= float64(n)
	}
	return excess(share[0], share[1])
}

// shortest leaves out conditions, the least useful first, as long as the excess stays nearly as great.
func shortest(path []condition, hits [][2][]bool) []condition {
	for len(path) > 1 {
		best, most := -1, nearlyBest*excessOf(path, hits)
		for k := range path {
			if e := excessOf(slices.Delete(slices.Clone(path), k, k+1), hits); e >= most {
				best, most = k, e
			}
		}
		if best < 0 {
			break
		}
		path = slices.Delete(slices.Clone(path), best, best+1)
	}
	return path
}

// rule makes one pattern of the conditions of a path. It has the signature and the remedy of the first of its patterns that has one.
func (h *halves) rule(path []condition, patterns []pattern) pattern {
	if len(path) == 1 && path[0].has {
		return patterns[path[0].pattern]
	}
	out := pattern{joined: len(path) > 1}
	var words []string
	for _, c := range path {
		p := patterns[c.pattern]
		says := p.words
		if !c.has {
			says = negated(p.words)
		} else if out.signature == "" && out.remedy == "" {
			out.form, out.signature, out.remedy = p.form, p.signature, p.remedy
		}
		if len(words) > 0 {
			says = h.v.columns[p.cols[0]].name + " " + says
		}
		words = append(words, says)
		for _, col := range p.cols {
			if !slices.Contains(out.cols, col) {
				out.cols = append(out.cols, col)
			}
		}
	}
	out.words = strings.Join(words, " and ")
	out.has = func(s *side, row int) bool {
		return !slices.ContainsFunc(path, func(c condition) bool { return patterns[c.pattern].has(s, row) != c.has })
	}
	return out
}

// negated says that a row has not what words say of a column.
func negated(words string) string {
	if step, ok := strings.CutPrefix(words, "is no multiple of "); ok {
		return "is a multiple of " + step + ", or no number,"
	}
	for _, w := range []struct{ yes, no string }{
		{"is ", "is not "}, {"has decimals", "has no decimals"}, {"has a time of day", "has no time of day"},
		{"has more decimals than ", "has no more decimals than "}, {"has at most one decimal", "has more than one decimal, or is no number,"},
		{"lies outside ", "does not lie outside "}, {"breaks ", "does not break "},
	} {
		if rest, ok := strings.CutPrefix(words, w.yes); ok {
			return w.no + rest
		}
	}
	panic("eval: no opposite of " + strconv.Quote(words))
}

// same tells whether two candidates say the same.
func (c *candidate) same(o candidate) bool { return c.words == o.words && slices.Equal(c.cols, o.cols) }

// opposite tells whether c, a leaf, says that a row has not what o says.
func (c *candidate) opposite(o candidate) bool {
	return slices.Equal(c.cols, o.cols) && !c.joined && !o.joined && c.words == negated(o.words)
}

// parts are thresholds between parts of about as many numbers of both tables. Fewer real persons than a value needs to be named lie on
// no side of one. Dates are cut where a month begins.
func (h *halves) parts(col int) []pattern {
	c, at := &h.v.columns[col], &h.side[0].cells[col]
	if !c.number || c.isDate() {
		return nil
	}
	all := slices.Concat(h.numbers(0, col), h.numbers(1, col))
	slices.Sort(all)
	var out []pattern
	last := math.Inf(-1)
	for part := 1; part < leafParts && len(all) > 0; part++ {
		k := part * len(all) / leafParts
		next, _ := slices.BinarySearchFunc(all, all[k], func(x, low float64) int {
			if x <= low {
				return -1
			}
			return 1
		})
		if all[k] == last || next == len(all) {
			continue
		}
		last = all[k]
		cut := between(all[k], all[next])
		above := h.holders(func(row int) bool { return at.code[row] == isNumber && at.num[row] > cut })
		below := h.holders(func(row int) bool { return at.code[row] == isNumber && at.num[row] < cut })
		if min(above, below) >= h.named {
			out = append(out, numberPattern(col, "is above "+strconv.FormatFloat(cut, 'f', -1, 64), func(x float64) bool { return x > cut }))
		}
	}
	return out
}
