package ml

import "math"

// sketchCuts gives the ends of the bins of a column for one tree of the method approx: numbers that part the sum of the second derivatives of
// the rows seen, nil being all, into about equal shares. It repeats SortedQuantile and WXQSummary of XGBoost 2.1 (src/common/quantile.h), which add
// up in 64 bits and compare in 32. A column with missing values has a bin less than there.
func sketchCuts(column []float32, order []int32, grad []pair32, seen []bool) (cuts []float32) {
	if len(order) == 0 {
		return []float32{math.MaxFloat32}
	}
	most := histBins
	if len(order) < len(column) {
		most--
	}
	weight := func(i int32) float64 {
		if seen != nil && !seen[i] {
			return 0
		}
		return float64(grad[i].h)
	}
	kept := pruneSketch(sketch(column, order, weight, most), sketchLimit(len(order)))
	for _, r := range kept[1:max(1, min(len(kept), most))] {
		cuts = append(cuts, r.value)
	}
	last := kept[len(kept)-1].value
	return append(cuts, min(last+(max(last, -last)+1e-5), math.MaxFloat32))
}

// A sketched number has rows of so much weight below it, with it and of its own.
type sketched struct{ value, below, upTo, own float32 }

func (r *sketched) beyond() float32 { return r.below + r.own } // RMinNext
func (r *sketched) before() float32 { return r.upTo - r.own }  // RMaxPrev

// sketch keeps a number as soon as the weight up to it is that of the bins so far, at most a bin's worth of numbers, and the last one.
func sketch(column []float32, order []int32, weight func(i int32) float64, most int) (kept []sketched) {
	all := 0.0
	for _, i := range order {
		all += weight(i)
	}
	below, own, goal := 0.0, 0.0, 0.0
	for k, i := range order {
		own += weight(i)
		last := k+1 == len(order)
		if !last && column[order[k+1]] == column[i] {
			continue
		}
		upTo := below + own
		if last || upTo >= goal && len(kept) < most {
			kept = append(kept, sketched{column[i], float32(below), float32(upTo), float32(own)})
			goal = float64(float32(float64(len(kept)) * all / float64(most)))
		}
		below, own = upTo, 0
	}
	return kept
}

// sketchLimit is how many numbers a sketch of n rows may keep: limit_size for an error of 1/128.
func sketchLimit(n int) int {
	for level := 1; ; level++ {
		if limit := min(n, histBins/2*level+1); limit<<level >= n {
			return limit
		}
	}
}

// pruneSketch keeps at most size numbers: the first, the last, those that weigh more than two shares, and of the rest those nearest to evenly
// spaced ranks.
func pruneSketch(all []sketched, size int) []sketched {
	if len(all) <= size {
		return all
	}
	end, begin := len(all)-1, all[0].upTo
	span := all[end].below - begin
	if span == 0 || size <= 2 {
		return []sketched{all[0], all[end]}
	}
	chunk := 2 * max(span, 1e-3) / float32(size-2)
	large := func(i int) bool { return i == end || all[i].beyond() > all[i].before()+chunk }
	gaps, heavy, at := float32(0), 0, 0 // weight between the large ones
	for i := 1; i <= end; i++ {
		if !large(i) {
			continue
		}
		if at != i-1 {
			gaps += all[i].before() - all[at].beyond()
		}
		if at = i; i < end {
			heavy++
		}
	}
	kept, n, k, last := all[:1:1], size-2-heavy, 1, 0
	at = 0
	for stop := 1; stop <= end; stop++ {
		if !large(stop) {
			continue
		}
		for i := at; at != stop-1 && k < n; k++ {
			twice := 2 * (float32(k)*gaps/float32(n) + begin)
			if twice >= 2*all[stop].before() {
				break
			}
			for i < stop && twice >= all[i+1].upTo+all[i+1].below {
				i++
			}
			if i == stop {
				break
			}
			pick := i
			if twice >= all[i].beyond()+all[i+1].before() {
				pick = i + 1
			}
			if pick != last {
				kept, last = append(kept, all[pick]), pick
			}
		}
		if last != stop {
			kept, last = append(kept, all[stop]), stop
		}
		at = stop
		begin += all[stop].beyond() - all[stop].before()
	}
	return kept
}
