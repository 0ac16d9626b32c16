package ml

import (
	"math"
	"math/bits"
	"slices"
)

// A cartSplit sends codes from 1 up to code, that is numbers up to cut, to the left.
type cartSplit struct {
	found       bool
	feature     int32
	code        uint16
	cut         float32
	missingLeft int32
	gaps        bool // rows of the node had no value
	proxy       float64
}

// A cartScan is the space in which one column of one node is counted. All of it is clean between two columns, and cleaning
// costs no more than counting.
type cartScan struct {
	kinds  int      // classes
	count  []uint32 // by code and class: weights
	sums   []pair64 // by code, for numbers: g is the sum, h the weight
	seen   []uint64 // bit set of codes
	codes  []uint16 // that the node has, ascending
	column *cartColumn
	// Of the node's rows, in their order:
	label []int32
	mass  []uint32
	share []float64 // value times mass
	// Of the node:
	total   []int64 // weight by class
	squares int64   // sum of the squares of total
	sum     pair64
	pure    bool
	// Of the side that is not yet, and of the one that is left of the cut:
	right, left []int64
}

func (s *cartScan) init(t *cartTable) {
	codes := 0
	for _, c := range t.columns {
		codes = max(codes, len(c.low))
	}
	s.kinds = t.classes
	s.seen, s.codes = make([]uint64, (codes+63)/64), make([]uint16, 0, codes)
	s.mass = make([]uint32, t.n)
	if t.classes == 0 {
		s.sums, s.share = make([]pair64, codes), make([]float64, t.n)
		return
	}
	s.count, s.label = make([]uint32, codes*t.classes), make([]int32, t.n)
	s.total, s.left, s.right = make([]int64, t.classes), make([]int64, t.classes), make([]int64, t.classes)
}

// enter gathers what is known about the node's rows and gives their weight and impurity.
func (g *cartGrower) enter(rows []int32) (weight, impurity float64) {
	for k, i := range rows {
		g.mass[k] = g.weight[i]
	}
	if g.classes == 0 {
		return g.enterNumbers(rows)
	}
	clear(g.total)
	sum := int64(0)
	for k, i := range rows {
		c := g.class[i]
		g.label[k] = c
		g.total[c] += int64(g.mass[k])
		sum += int64(g.mass[k])
	}
	g.squares = 0
	for _, n := range g.total {
		g.squares += n * n
	}
	g.pure = g.squares == sum*sum
	return float64(sum), 1 - float64(g.squares)/float64(sum*sum)
}

func (g *cartGrower) enterNumbers(rows []int32) (weight, impurity float64) {
	g.sum, g.pure = pair64{}, true
	for k, i := range rows {
		v := g.value[i]
		g.share[k] = v * float64(g.mass[k])
		g.sum.g += g.share[k]
		g.sum.h += float64(g.mass[k])
		g.pure = g.pure && v == g.value[rows[0]]
	}
	mean := g.sum.g / g.sum.h
	for k, i := range rows {
		off := g.value[i] - mean
		impurity += float64(off*off*float64(g.mass[k])) / g.sum.h
	}
	if g.pure {
		impurity = 0
	}
	return g.sum.h, impurity
}

// answer appends what the node predicts: the shares of the classes, or the mean.
func (s *cartScan) answer(answers []float64) []float64 {
	if s.kinds == 0 {
		return append(answers, s.sum.g/s.sum.h)
	}
	weight := int64(0)
	for _, n := range s.total {
		weight += n
	}
	for _, n := range s.total {
		answers = append(answers, float64(n)/float64(weight))
	}
	return answers
}

// read counts a column. It gives false, and leaves everything clean, if the column is constant or has no value at all.
func (s *cartScan) read(rows []int32, c *cartColumn) bool {
	s.column, s.codes = c, s.codes[:0]
	words := (len(c.low) + 63) / 64
	if len(rows) < words {
		for _, i := range rows {
			k := c.code[i]
			if s.seen[k>>6]>>(k&63)&1 == 0 {
				s.seen[k>>6] |= 1 << (k & 63)
				s.codes = append(s.codes, k)
			}
		}
		slices.Sort(s.codes)
		for _, k := range s.codes {
			s.seen[k>>6] = 0
		}
	} else {
		for _, i := range rows {
			k := c.code[i]
			s.seen[k>>6] |= 1 << (k & 63)
		}
		for w, word := range s.seen[:words] {
			for ; word > 0; word &= word - 1 {
				s.codes = append(s.codes, uint16(w<<6+bits.TrailingZeros64(word)))
			}
			s.seen[w] = 0
		}
	}
	first, last := s.codes[0], s.codes[len(s.codes)-1]
	if last == 0 || first > 0 && c.high[last] <= c.low[first]+leastGap {
		return false
	}
	if s.kinds == 0 {
		for k, i := range rows {
			b := &s.sums[c.code[i]]
			b.g += s.share[k]
			b.h += float64(s.mass[k])
		}
		return true
	}
	label, mass := s.label[:len(rows)], s.mass[:len(rows)]
	for k, i := range rows {
		s.count[int(c.code[i])*s.kinds+int(label[k])] += mass[k]
	}
	return true
}

// leastGap is how far two numbers are apart that a cut may lie between: FEATURE_THRESHOLD of scikit-learn.
const leastGap = float32(1e-7)

// clean makes the space ready for the next column.
func (s *cartScan) clean() {
	for _, k := range s.codes {
		if s.kinds == 0 {
			s.sums[k] = pair64{}
			continue
		}
		clear(s.count[int(k)*s.kinds : (int(k)+1)*s.kinds])
	}
}

// sweep tries every cut of the column that was read: with missing values on the right, the last cut being that which parts
// them from all others, and then on the left.
func (s *cartScan) sweep(feature int32, best *cartSplit) {
	codes, gaps := s.codes, s.codes[0] == 0
	if gaps {
		codes = codes[1:]
	}
	move := s.kinds > 0
	for missingLeft := range int32(2) {
		if missingLeft == 1 && !gaps {
			break
		}
		var at int
		var proxy float64
		if move {
			at, proxy = s.sweepClasses(codes, missingLeft == 1, gaps, best.proxy)
		} else {
			at, proxy = s.sweepNumbers(codes, missingLeft == 1, gaps, best.proxy)
		}
		if at < 0 {
			continue
		}
		*best = cartSplit{true, feature, codes[at], float32(math.Inf(1)), missingLeft, gaps, proxy}
		if at < len(codes)-1 {
			best.cut = between(s.column.high[codes[at]], s.column.low[codes[at+1]])
		}
	}
}

// between gives the greatest number of 32 bits up to the middle of two: for numbers of 32 bits it parts as the middle does.
func between(a, b float32) float32 {
	middle := float64(a)/2 + float64(b)/2
	if cut := float32(middle); float64(cut) <= middle {
		return cut
	}
	return math.Nextafter32(float32(middle), float32(math.Inf(-1)))
}

// sweepClasses gives the code after which the best cut lies whose proxy is more than the given one; -1 is none. The proxy is
// scikit-learn's: the negative weighted Gini impurity of the children, with its roundings.
func (s *cartScan) sweepClasses(codes []uint16, missingLeft, gaps bool, least float64) (at int, proxy float64) {
	at, proxy = -1, least
	clear(s.left)
	copy(s.right, s.total)
	var weightLeft, weightRight, squaresLeft int64
	squaresRight := s.squares
	for _, n := range s.total {
		weightRight += n
	}
	if missingLeft {
		n := s.move(0, &squaresLeft, &squaresRight)
		weightLeft, weightRight = n, weightRight-n
	}
	low, high := s.column.low, s.column.high
	last := len(codes) - 1
	for k, code := range codes {
		n := s.move(code, &squaresLeft, &squaresRight)
		weightLeft += n
		weightRight -= n
		if k == last && (missingLeft || !gaps) || k < last && low[codes[k+1]] <= high[code]+leastGap {
			continue
		}
		l, r := float64(weightLeft), float64(weightRight)
		p := -float64(r*(1-float64(squaresRight)/(r*r))) - float64(l*(1-float64(squaresLeft)/(l*l)))
		if p > proxy {
			at, proxy = k, p
		}
	}
	return at, proxy
}

// move moves a code's rows from the right to the left, keeps the sums of squares up to date, and gives their weight.
func (s *cartScan) move(code uint16, squaresLeft, squaresRight *int64) (weight int64) {
	left, right := s.left, s.right
	for c, n := range s.count[int(code)*s.kinds : (int(code)+1)*s.kinds] {
		n := int64(n)
		*squaresLeft += n * (2*left[c] + n)
		*squaresRight -= n * (2*right[c] - n)
		left[c] += n
		right[c] -= n
		weight += n
	}
	return weight
}

// sweepNumbers is sweepClasses for numbers.
func (s *cartScan) sweepNumbers(codes []uint16, missingLeft, gaps bool, least float64) (at int, proxy float64) {
	at, proxy = -1, least
	var left pair64
	if missingLeft {
		left = s.sums[0]
	}
	low, high := s.column.low, s.column.high
	last := len(codes) - 1
	for k, code := range codes {
		left.g += s.sums[code].g
		left.h += s.sums[code].h
		if k == last && (missingLeft || !gaps) || k < last && low[codes[k+1]] <= high[code]+leastGap {
			continue
		}
		right := s.sum.minus(left)
		if p := left.g*left.g/left.h + right.g*right.g/right.h; p > proxy {
			at, proxy = k, p
		}
	}
	return at, proxy
}
