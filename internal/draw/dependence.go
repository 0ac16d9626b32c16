package draw

import (
	"math"
	"slices"
)

// Codes are the codes of a variable for N rows; they are below Card.
type Codes struct {
	Codes   []uint16
	Card    int
	Ordered bool // neighbours are alike
}

// infoRows bounds the rows from which dependence is estimated, and infoCodes the codes of a variable: with more of them
// the estimate is mostly noise.
const infoRows, infoCodes = 20_000, 8

// Dependence gives, for each pair of the given variables, their mutual information in nats, estimated from coarse codes
// and lessened by its bias (Miller, 1955). What chance explains is 0.
func Dependence(x []Codes, vars []int32) [][]float64 {
	rows := 0
	if len(x) > 0 {
		rows = len(x[0].Codes)
	}
	step := max(1, rows/infoRows)
	coarse := make([][]uint8, len(vars))
	for i, v := range vars {
		coarse[i] = coarsen(&x[v], step)
	}
	info := make([][]float64, len(vars))
	for i := range info {
		info[i] = make([]float64, len(vars))
	}
	for i := range vars {
		for j := range i {
			info[i][j] = mutual(coarse[i], coarse[j])
			info[j][i] = info[i][j]
		}
	}
	return info
}

// coarsen takes every step-th row of a column down to at most infoCodes+1 codes: neighbours together if there is an
// order, else the most frequent ones and a rest.
func coarsen(x *Codes, step int) []uint8 {
	count := make([]int, x.Card)
	n := 0
	for i := 0; i < len(x.Codes); i += step {
		count[x.Codes[i]]++
		n++
	}
	to := make([]uint8, x.Card)
	if x.Ordered {
		below := 0
		for c, k := range count {
			to[c] = uint8((2*below + k) * infoCodes / max(2*n, 1))
			below += k
		}
	} else {
		byCount := make([]int, x.Card)
		for c := range byCount {
			byCount[c] = c
		}
		slices.SortStableFunc(byCount, func(a, b int) int { return count[b] - count[a] })
		for i, c := range byCount {
			to[c] = uint8(min(i, infoCodes))
		}
	}
	out := make([]uint8, 0, n)
	for i := 0; i < len(x.Codes); i += step {
		out = append(out, to[x.Codes[i]])
	}
	return out
}

func mutual(a, b []uint8) float64 {
	const k = infoCodes + 1
	var both [k * k]int
	var as, bs [k]int
	for i := range a {
		both[int(a[i])*k+int(b[i])]++
		as[a[i]]++
		bs[b[i]]++
	}
	n, info, ka, kb := float64(len(a)), 0.0, -1, -1
	for x := range k {
		ka += min(as[x], 1)
		kb += min(bs[x], 1)
		for y := range k {
			if c := both[x*k+y]; c > 0 {
				info += float64(c) / n * math.Log(float64(c)*n/(float64(as[x])*float64(bs[y])))
			}
		}
	}
	return max(0, info-float64(ka*kb)/(2*n))
}

// Weights gives the first parts the weights by which columns are drawn: those that depend most on all others first, as they
// carry most into what follows, but the target, if it is not -1, last, so that all others can tell it.
func Weights(first []int32, info [][]float64, target int32) []float64 {
	total := make([]float64, len(first))
	for i := range first {
		for _, x := range info[i] {
			total[i] += x
		}
		if first[i] == target {
			total[i] = -1
		}
	}
	return total
}
