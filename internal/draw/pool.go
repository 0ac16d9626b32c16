package draw

import "math"

// A Pool is the powers of two distributions in a product of both, relative to the shares of the codes (Genest and Zidek, "Combining probability
// distributions", 1986): sharper than their mean, and of no more noise.
type Pool struct {
	Trees float64
	Other float64 `json:"Boost"`
}

// Pools are what the likelihood of persons held out chooses from.
func Pools() (all []Pool) {
	for _, trees := range []float64{0, 0.2, 0.4, 0.6, 0.8, 1} {
		for _, other := range []float64{0.2, 0.4, 0.6, 0.8, 1, 1.2} {
			all = append(all, Pool{trees, other})
		}
	}
	return all
}

// Sound tells whether the powers are some that are chosen from, which a file may say otherwise.
func (k Pool) Sound() bool { return min(k.Trees, k.Other) >= 0 && max(k.Trees, k.Other) <= 4 }

// leastTold is the least probability that counts: one code of none does not decide alone.
const leastTold = 1e-12

// Mix sets p, by code, to the pool of p, what trees say, and q, what is beside them. A code without a share gets none.
func (k Pool) Mix(share, p, q []float64) {
	most := math.Inf(-1)
	for c, x := range share {
		if x <= 0 {
			p[c] = math.Inf(-1)
			continue
		}
		base := math.Log(x)
		p[c] = base + float64(k.Trees*(math.Log(max(p[c], leastTold))-base)) + float64(k.Other*(math.Log(max(q[c], leastTold))-base))
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

// Score tells how good p is where code came: of categories the logarithm of its probability, of numbers the continuous ranked probability score
// (Gneiting and Raftery, 2007), by which a guess near by is better than one far off, and one too wide is worse.
func Score(p []float64, code int32, ordered bool) float64 {
	if !ordered {
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
