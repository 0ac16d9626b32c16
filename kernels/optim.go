package kernels

import (
	"fmt"
	"math"
)

// An AdamStep says how [Adam] changes parameters.
type AdamStep struct {
	LR, Beta1, Beta2, Eps float32
	Decay                 float32
	Decoupled             bool    // AdamW: the decay acts on the parameter, else it is added to the gradient
	Step                  int     // from 1
	Shrink                float32 // what the gradients are multiplied by first; 0: they are taken as they are
}

// adamConsts is what the kernel is told, computed once in float64.
type adamConsts struct {
	toM    float32 // 1 - beta1
	keepV  float32 // beta2
	rootV  float32 // sqrt(1 - beta2)
	couple float32 // decay that is added to the gradient
	keepP  float32 // 1 - lr*decay of AdamW
	scaleV float32 // 1/sqrt(1 - beta2^step)
	eps    float32
	rate   float32 // -lr/(1 - beta1^step)
}

func (a AdamStep) consts() adamConsts {
	b1, b2, lr := widen(a.Beta1), widen(a.Beta2), widen(a.LR)
	k := adamConsts{
		toM: float32(1 - b1), keepV: a.Beta2, rootV: float32(math.Sqrt(1 - b2)), keepP: 1, eps: a.Eps,
		scaleV: float32(1 / math.Sqrt(1-math.Pow(b2, float64(a.Step)))),
		rate:   float32(-lr / (1 - math.Pow(b1, float64(a.Step)))),
	}
	if a.Decoupled {
		k.keepP = float32(1 - lr*widen(a.Decay))
	} else {
		k.couple = a.Decay
	}
	return k
}

// widen gives the short decimal that a float32 was written as: .999 and not .99900001, as the peers' float64 has it.
func widen(x float32) float64 {
	for _, scale := range []float64{1e4, 1e8} {
		if r := math.Round(float64(x)*scale) / scale; float32(r) == x {
			return r
		}
	}
	return float64(x)
}

// adamGo is the reference of adam. The second moment gets the square of a rounded product, so that no square is denormal.
func adamGo(p, g, m, v []float32, k *adamConsts) {
	for i, x := range p {
		d := flush(fma32(k.couple, x, g[i]))
		mi := flush(fma32(k.toM, d-m[i], m[i]))
		root := d * k.rootV
		if abs32(root) < 1e-18 {
			root = 0
		}
		vi := flush(fma32(root, root, v[i]*k.keepV))
		m[i], v[i] = mi, vi
		p[i] = fma32(k.rate, mi/fma32(sqrt32(vi), k.scaleV, k.eps), x*k.keepP)
	}
}

func abs32(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

// flush is x, or 0 where x is tiny.
func flush(x float32) float32 {
	if abs32(x) < tiny {
		return 0
	}
	return x
}

// adamTask is one step of Adam in chunks.
type adamTask struct {
	p, g, m, v []float32
	k          adamConsts
	shrink     float32
}

var adamTasks freelist[adamTask]

// Chunk implements [Task].
func (t *adamTask) Chunk(i int) {
	lo := i * vecChunk
	hi := min(lo+vecChunk, len(t.p))
	if t.shrink == 0 {
		adam(t.p[lo:hi], t.g[lo:hi], t.m[lo:hi], t.v[lo:hi], &t.k)
		return
	}
	s := scratches.get()
	s.a = grow(s.a, vecChunk)
	g := s.a[:hi-lo]
	lanes(opScale, g, t.g[lo:hi], nil, nil, t.shrink, 0)
	adam(t.p[lo:hi], g, t.m[lo:hi], t.v[lo:hi], &t.k)
	scratches.put(s)
}

// Adam moves parameters p by the gradient g with first and second moments m and v, by PyTorch's formula (Kingma and Ba,
// arXiv 1412.6980; decoupled decay: Loshchilov and Hutter, arXiv 1711.05101). Gradients and moments below 1e-30 in
// magnitude become 0, so that no denormal number ever slows a step down. It panics where the lengths differ or the step is
// less than 1.
func Adam(p, g, m, v []float32, a AdamStep) {
	if len(g) != len(p) || len(m) != len(p) || len(v) != len(p) || a.Step < 1 {
		panic(fmt.Sprintf("kernels: Adam step %d of %d numbers with %d, %d and %d", a.Step, len(p), len(g), len(m), len(v)))
	}
	adamRun(p, g, m, v, a.consts(), a.Shrink)
}

// AdamUndo takes back what [Adam] did last to p, from the moments m and v that it left, which stay: the weights before, to half a unit in
// the last place of the larger of the old and the new ones, without anybody having kept them. Decay that was added to the gradient
// is in the moments. It panics as Adam does.
func AdamUndo(p, m, v []float32, a AdamStep) {
	if len(m) != len(p) || len(v) != len(p) || a.Step < 1 {
		panic(fmt.Sprintf("kernels: AdamUndo of step %d of %d numbers with %d and %d", a.Step, len(p), len(m), len(v)))
	}
	k := a.consts()
	if k.keepP != 1 {
		defer Scale(p, p, 1/k.keepP)
	}
	// With the first moment as gradient nothing moves but p, the other way.
	k.toM, k.keepV, k.rootV, k.couple, k.keepP, k.rate = 0, 1, 0, 0, 1, -k.rate
	adamRun(p, m, m, v, k, 0)
}

func adamRun(p, g, m, v []float32, k adamConsts, shrink float32) {
	t := adamTasks.get()
	*t = adamTask{p, g, m, v, k, shrink}
	runWork(t, (len(p)+vecChunk-1)/vecChunk, len(p)*8)
	*t = adamTask{}
	adamTasks.put(t)
}
