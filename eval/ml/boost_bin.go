package ml

import (
	"math"

	"example.org/cohort/internal/run"
)

const (
	lanes      = 8    // columns whose codes share a word
	histBins   = 256  // of a column
	missingBin = 0xff // of a column that has missing values, and so at most 255 bins of numbers
)

// A histogram has the sums of the derivatives of a node's rows by column of a group and bin.
type histogram [lanes][histBins]pair64

// A binned is a table of bins: column j is byte j%lanes of the words of group j/lanes.
type binned struct {
	words   [][]uint64  // by group and row
	cuts    [][]float32 // by column: bin b holds what is less than cuts[b] and not in a bin before
	missing []bool      // by column: some values are
}

// newBinned puts columns, whose rows with a number are sorted, into the bins that cuts gives of each.
func newBinned(columns [][]float32, sorted [][]int32, cuts func(j int) []float32) binned {
	n := len(columns[0])
	b := binned{words: make([][]uint64, (len(columns)+lanes-1)/lanes), cuts: make([][]float32, len(columns)), missing: make([]bool, len(columns))}
	run.Parallel(len(b.words), func(group int) {
		words := make([]uint64, n)
		for lane := range min(lanes, len(columns)-group*lanes) {
			j := group*lanes + lane
			order := sorted[j]
			b.missing[j] = len(order) < n
			if b.missing[j] {
				for i := range words {
					words[i] |= missingBin << (8 * lane)
				}
			}
			b.cuts[j] = cuts(j)
			bin := 0
			for _, i := range order {
				for columns[j][i] >= b.cuts[j][bin] {
					bin++
				}
				words[i] = words[i]&^(missingBin<<(8*lane)) | uint64(bin)<<(8*lane)
			}
		}
		b.words[group] = words
	})
	return b
}

// histCuts gives the ends of the bins: each different number but the first, and one beyond the last. Of more than fits, those
// that XGBoost's sketch keeps: it prunes three times, to limit and 8 numbers a bin on the way. (With more than some 4,000
// numbers it also prunes while it reads, which is left out.)
func histCuts(column []float32, order []int32) (cuts []float32) {
	most := histBins
	if len(order) < len(column) {
		most--
	}
	if len(order) == 0 {
		return []float32{math.MaxFloat32}
	}
	var all []ranked
	for k, i := range order {
		if v := column[i]; len(all) == 0 || v != all[len(all)-1].value {
			all = append(all, ranked{v, float32(k), 0})
		}
		all[len(all)-1].count++
	}
	limit := 8*histBins + 1
	for _, size := range []int{limit, limit - 1, most + 1} {
		all = prune(all, size)
	}
	for _, r := range all[1:min(len(all), most)] {
		cuts = append(cuts, r.value)
	}
	last := all[len(all)-1].value
	return append(cuts, min(last+(max(last, -last)+1e-5), math.MaxFloat32))
}

// A ranked number has so many rows below it, and so many of its own.
type ranked struct{ value, below, count float32 }

// prune keeps at most size of the numbers, those nearest to evenly spaced ranks: SetPrune of XGBoost's WQSummary.
func prune(all []ranked, size int) []ranked {
	if len(all) <= size {
		return all
	}
	end := len(all) - 1
	begin := all[0].below + all[0].count
	span, n := all[end].below-begin, size-1
	kept, at, last := []ranked{all[0]}, 1, 0
	for k := 1; k < n; k++ {
		twice := 2 * (float32(k)*span/float32(n) + begin)
		for at < end && twice >= 2*all[at+1].below+all[at+1].count {
			at++
		}
		if at == end {
			break
		}
		pick := at
		if twice >= all[at].below+all[at].count+all[at+1].below {
			pick = at + 1
		}
		if pick != last {
			kept, last = append(kept, all[pick]), pick
		}
	}
	if last != end {
		kept = append(kept, all[end])
	}
	return kept
}

// count fills one group of a node's histograms.
func (g *histGrower) count(n *histNode, group int) {
	h, words, grad := &n.hist[group], g.words[group], g.grad
	for lane := range min(lanes, len(g.cuts)-group*lanes) {
		clear(h[lane][:len(g.cuts[group*lanes+lane])])
	}
	for _, i := range g.rows[n.from:n.to] {
		w := words[i]
		d, e := float64(grad[i].g), float64(grad[i].h)
		// Eight columns at once: additions to different places don't wait for each other.
		b0, b1, b2, b3 := &h[0][w&0xff], &h[1][w>>8&0xff], &h[2][w>>16&0xff], &h[3][w>>24&0xff]
		b0.g, b0.h = b0.g+d, b0.h+e
		b1.g, b1.h = b1.g+d, b1.h+e
		b2.g, b2.h = b2.g+d, b2.h+e
		b3.g, b3.h = b3.g+d, b3.h+e
		b4, b5, b6, b7 := &h[4][w>>32&0xff], &h[5][w>>40&0xff], &h[6][w>>48&0xff], &h[7][w>>56]
		b4.g, b4.h = b4.g+d, b4.h+e
		b5.g, b5.h = b5.g+d, b5.h+e
		b6.g, b6.h = b6.g+d, b6.h+e
		b7.g, b7.h = b7.g+d, b7.h+e
	}
}

// subtract makes the sibling of the counted node out of their parent.
func (g *histGrower) subtract(parent, counted *histogram, group int) {
	for lane := range min(lanes, len(g.cuts)-group*lanes) {
		card := len(g.cuts[group*lanes+lane])
		p, c := parent[lane][:card], counted[lane][:card]
		for i := range p {
			p[i] = p[i].minus(c[i])
		}
	}
}
