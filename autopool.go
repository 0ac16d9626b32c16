package cohort

import (
	"math"

	"example.org/cohort/internal/draw"
)

// told sets p to what the pool says of a row whose earlier codes trees have heard of.
func (b *booster) told(trees draw.Source, w *draw.Row, p, q []float64) {
	trees.(draw.Averager).Average(w, b.v, p)
	b.spread(func(v int32) int32 { return w.Codes[v] }, q)
	b.power.Mix(b.vars[b.v].Share, p, q)
}

// toldRows gives what the pool says of the code of each of the rows of codes [V][N]; 1 where the target does not apply.
func (b *booster) toldRows(trees draw.Source, codes [][]int32, rows []int) []float64 {
	out, k := make([]float64, len(rows)), b.vars[b.v].Card
	p, q := make([]float64, k), make([]float64, k)
	b.eachRow(trees, codes, rows, func(j int, w *draw.Row) {
		b.told(trees, w, p, q)
		out[j] = p[codes[b.v][rows[j]]]
	}, func(j int) { out[j] = 1 })
	return out
}

// eachRow lets trees hear of the codes before the target of each row; where the target does not apply, none is called.
func (b *booster) eachRow(trees draw.Source, codes [][]int32, rows []int, do func(j int, w *draw.Row), none func(j int)) {
	w := &draw.Row{Codes: make([]int32, len(b.vars))}
	for j, i := range rows {
		if codes[b.v][i] < 0 {
			none(j)
			continue
		}
		for v := range codes {
			if w.Codes[v] = codes[v][i]; int32(v) != b.v {
				trees.Set(w, int32(v), w.Codes[v])
			}
		}
		do(j, w)
	}
}

// choosePool finds the powers that tell the codes of rows best.
func (b *booster) choosePool(trees draw.Source, codes [][]int32, rows []int) {
	all, k := draw.Pools(), b.vars[b.v].Card
	total := make([]float64, len(all))
	p, q, mix := make([]float64, k), make([]float64, k), make([]float64, k)
	b.eachRow(trees, codes, rows, func(j int, w *draw.Row) {
		trees.(draw.Averager).Average(w, b.v, p)
		b.spread(func(v int32) int32 { return w.Codes[v] }, q)
		for i, power := range all {
			copy(mix, p)
			power.Mix(b.vars[b.v].Share, mix, q)
			total[i] += draw.Score(mix, codes[b.v][rows[j]], b.choices.Ordered)
		}
	}, func(int) {})
	best := 0
	for i, x := range total {
		if x > total[best] {
			best = i
		}
	}
	b.power = all[best]
}

// alone tells whether the pool is to tell the target alone: unless trees or transformer told it better, by more than two standard errors of the
// difference. A mean of several would be wider than each, and what follows from the target would be harder to see.
func alone(told []shares) bool {
	n := float64(len(told))
	for k := range 3 {
		sum, squares := 0.0, 0.0
		for _, p := range told {
			better := math.Log(max(p[k], leastTold)) - math.Log(max(p[3], leastTold))
			sum, squares = sum+better, squares+float64(better*better)
		}
		if sum > 2*math.Sqrt(max(squares-float64(sum*sum)/n, 0)) {
			return false
		}
	}
	return true
}
