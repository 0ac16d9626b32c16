package cohort

import (
	"math"

	"example.org/cohort/internal/draw"
)

// A pool is the powers of trees and of boosting in a product of both, relative to the shares of the codes (Genest and Zidek, "Combining probability
// distributions", 1986): sharper than their mean, and of no more noise.
type pool struct{ Trees, Boost float64 }

// pools are what the likelihood of persons held out chooses from.
func pools() (all []pool) {
	for _, trees := range []float64{0, 0.2, 0.4, 0.6, 0.8, 1} {
		for _, boost := range []float64{0.2, 0.4, 0.6, 0.8, 1, 1.2} {
			all = append(all, pool{trees, boost})
		}
	}
	return all
}

// mix sets p, by code, to the pool of p, what trees say, and q, what boosting says.
func (k pool) mix(share, p, q []float64) {
	most := math.Inf(-1)
	for c, x := range share {
		if x <= 0 {
			p[c] = math.Inf(-1)
			continue
		}
		base := math.Log(x)
		p[c] = base + float64(k.Trees*(math.Log(max(p[c], leastTold))-base)) + float64(k.Boost*(math.Log(max(q[c], leastTold))-base))
		most = max(most, p[c])
	}
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - most)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// told sets p to what the pool says of a row whose earlier codes trees have heard of.
func (b *booster) told(trees draw.Source, w *draw.Row, p, q []float64) {
	trees.(draw.Averager).Average(w, b.v, p)
	b.spread(func(v int32) int32 { return w.Codes[v] }, q)
	b.power.mix(b.vars[b.v].Share, p, q)
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
	all, k := pools(), b.vars[b.v].Card
	total := make([]float64, len(all))
	p, q, mix := make([]float64, k), make([]float64, k), make([]float64, k)
	b.eachRow(trees, codes, rows, func(j int, w *draw.Row) {
		trees.(draw.Averager).Average(w, b.v, p)
		b.spread(func(v int32) int32 { return w.Codes[v] }, q)
		for i, power := range all {
			copy(mix, p)
			power.mix(b.vars[b.v].Share, mix, q)
			total[i] += b.score(mix, codes[b.v][rows[j]])
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

// score tells how good p is where code came: of categories the logarithm of its probability, of numbers the continuous ranked probability score
// (Gneiting and Raftery, 2007), by which a guess near by is better than one far off, and one too wide is worse.
func (b *booster) score(p []float64, code int32) float64 {
	if !b.choices.Ordered {
		return math.Log(max(p[code], leastTold))
	}
	below, sum := 0.0, 0.0
	for c, x := range p {
		below += x
		d := below
		if c >= int(code) {
			d--
		}
		sum -= float64(d * d)
	}
	return sum
}

// alone tells whether boosting is to tell numbers alone, as it tells them better than each of the others: a mean of several would be wider than
// each, and what follows from the target would be harder to see.
func (b *booster) alone(told []shares) bool {
	var sum shares
	for _, p := range told {
		for k, x := range p {
			sum[k] += math.Log(max(x, leastTold))
		}
	}
	return b.choices.Ordered && sum[3] >= max(sum[0], sum[1], sum[2])
}
