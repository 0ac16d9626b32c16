package kernels

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// attentionCase is an attention with its input; what lies beyond a length is NaN.
func attentionCase(b, t, h, d int, lengths []int32, p float32) (a Attention, qkv, dy []float32) {
	a = Attention{Batch: b, Time: t, Heads: h, Size: d, Lengths: lengths}
	if p > 0 {
		a.Drop = Dropout{Seed: 5, Stream: 6, Step: 7, P: p}
	}
	e := h * d
	qkv, dy = numbers(1, b*t*3*e, false), numbers(2, b*t*e, false)
	for i := range qkv {
		qkv[i] *= .15
	}
	for s, n := range lengths {
		Fill(qkv[(s*t+int(n))*3*e:(s+1)*t*3*e], nan)
		Fill(dy[(s*t+int(n))*e:(s+1)*t*e], nan)
	}
	return a, qkv, dy
}

// keep is what the weight of query i and key j is multiplied by.
func (a *Attention) keep(b, h, i, j int) float64 {
	if a.Drop.P == 0 {
		return 1
	}
	strip := (b*a.Heads+h)*a.strips() + i/stripWidth
	if a.Drop.keeps(uint64((strip*a.Time+j)*stripWidth + i%stripWidth)) {
		return f64(a.Drop.scale())
	}
	return 0
}

// attention64 is the output and the gradient as the formulas say.
func (a *Attention) attention64(qkv, dy []float32) (y, dqkv []float64) {
	e, d := a.Heads*a.Size, a.Size
	y, dqkv = make([]float64, len(dy)), make([]float64, len(qkv))
	at := func(b, i, part, h, k int) int { return (b*a.Time+i)*3*e + part*e + h*d + k }
	scale := 1 / math.Sqrt(float64(d))
	for b := range a.Batch {
		for h := range a.Heads {
			for i := range a.length(b) {
				s := make([]float32, i+1)
				for j := range s {
					dot := 0.0
					for k := range d {
						dot += f64(qkv[at(b, i, 0, h, k)]) * f64(qkv[at(b, j, 1, h, k)])
					}
					s[j] = float32(dot * scale)
				}
				p, _ := softmax64(s, nil, 1)
				dp, sum := make([]float64, i+1), 0.0
				for j := range p {
					m := a.keep(b, h, i, j)
					for k := range d {
						row := (b*a.Time+i)*e + h*d + k
						y[row] += p[j] * m * f64(qkv[at(b, j, 2, h, k)])
						dp[j] += m * f64(dy[row]) * f64(qkv[at(b, j, 2, h, k)])
						dqkv[at(b, j, 2, h, k)] += p[j] * m * f64(dy[row])
					}
					sum += dp[j] * p[j]
				}
				for j := range p {
					ds := p[j] * (dp[j] - sum) * scale
					for k := range d {
						dqkv[at(b, i, 0, h, k)] += ds * f64(qkv[at(b, j, 1, h, k)])
						dqkv[at(b, j, 1, h, k)] += ds * f64(qkv[at(b, i, 0, h, k)])
					}
				}
			}
		}
	}
	return y, dqkv
}

// run does both passes.
func (a *Attention) passes(t *testing.T, qkv, dy []float32) (y, dqkv []float32) {
	y, check := vecGuarded(t, len(dy))
	stats, checkStats := vecGuarded(t, a.Stats())
	dqkv, checkGrad := vecGuarded(t, len(qkv))
	a.Forward(y, stats, qkv)
	check("Forward")
	checkStats("Forward")
	a.Backward(dqkv, dy, stats, qkv)
	checkGrad("Backward")
	plain := make([]float32, len(y))
	a.Forward(plain, nil, qkv)
	sameVec(t, y, plain, "without saving")
	return y, dqkv
}

func TestAttention(t *testing.T) {
	var first [][]float32
	forEachFamily(t, func(t *testing.T) {
		var all [][]float32
		for _, c := range []struct {
			b, t, h, d int
			lengths    []int32
			p          float32
		}{
			{1, 1, 1, 1, nil, 0}, {2, 5, 2, 3, nil, 0}, {1, 32, 2, 64, nil, 0}, {2, 33, 1, 64, nil, 0.3}, {1, 70, 3, 16, nil, 0.1},
			{3, 40, 2, 20, []int32{40, 7, 0}, 0.2}, {2, 97, 2, 64, []int32{1, 97}, 0}, {1, 300, 1, 8, nil, 0}, {2, 3, 1, 4, nil, 1},
		} {
			a, qkv, dy := attentionCase(c.b, c.t, c.h, c.d, c.lengths, c.p)
			y, dqkv := a.passes(t, qkv, dy)
			want, wantGrad := a.attention64(qkv, dy)
			if c.p < 1 {
				near(t, y, 1e-5, fmt.Sprint(c, " output"), func(i int) float64 { return want[i] })
				near(t, dqkv, 1e-4, fmt.Sprint(c, " gradient"), func(i int) float64 { return wantGrad[i] })
			}
			all = append(all, y, dqkv)
		}
		if first == nil {
			first = all
		}
		if useAVX2 {
			for i := range all {
				sameVec(t, first[i], all[i], "family")
			}
		}
	})
}

// The bits of a row depend on its own sequence up to there alone.
func TestAttentionOfARowIsItsOwn(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		const long, short, h, d = 80, 50, 3, 64
		a, qkv, dy := attentionCase(2, long, h, d, nil, 0)
		y, _ := a.passes(t, qkv, dy)
		b := Attention{Batch: 1, Time: short, Heads: h, Size: d}
		got := make([]float32, short*h*d)
		b.Forward(got, nil, qkv[long*3*h*d:(long+short)*3*h*d])
		sameVec(t, y[long*h*d:(long+short)*h*d], got, "a shorter sequence")
	})
}

func TestAttentionIsTheSameForAnyThreads(t *testing.T) {
	a, qkv, dy := attentionCase(3, 130, 4, 64, []int32{130, 64, 3}, 0.1)
	var first, grad []float32
	for _, n := range []int{1, 2, 5} {
		old := runtime.GOMAXPROCS(n)
		y, dqkv := a.passes(t, qkv, dy)
		runtime.GOMAXPROCS(old)
		if first == nil {
			first, grad = y, dqkv
		}
		sameVec(t, first, y, "output")
		sameVec(t, grad, dqkv, "gradient")
	}
}

// Tokens one by one, in blocks, and after a move to another slot have the bits of the whole sequence.
func TestKVCacheIsTheWholeSequence(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		const time, h, d = 75, 2, 64
		const e = h * d
		a, qkv, dy := attentionCase(2, time, h, d, nil, 0)
		want, _ := a.passes(t, qkv, dy)
		c := NewKVCache(3, 100, h, d)
		slots, starts := []int32{2, 0}, []int32{0, 0}
		for step := 0; starts[0] < time || starts[1] < time; step++ {
			var news []NewTokens
			var in, out []float32
			for b := range slots {
				n := min([]int32{1, 1, 30, 0, 7}[(step+b)%5], time-starts[b])
				news = append(news, NewTokens{slots[b], starts[b], n})
				from, to := b*time+int(starts[b]), b*time+int(starts[b]+n)
				in, out = append(in, qkv[from*3*e:to*3*e]...), append(out, want[from*e:to*e]...)
				starts[b] += n
			}
			got, check := vecGuarded(t, len(out))
			c.Attend(got, in, news)
			check("Attend")
			for i := range out {
				require.Equal(t, out[i], got[i], "step %d, number %d", step, i)
			}
			if step == 4 {
				c.Copy(1, 2, int(starts[0]))
				slots[0] = 1
			}
		}
		require.Panics(t, func() { c.Attend(make([]float32, e), make([]float32, 3*e), []NewTokens{{0, 100, 1}}) })
		require.Panics(t, func() { c.Attend(make([]float32, e), make([]float32, 2*e), []NewTokens{{0, 0, 1}}) })
		require.Panics(t, func() { c.Copy(3, 0, 1) })
	})
}

func TestAttentionMistakesPanic(t *testing.T) {
	a := Attention{Batch: 2, Time: 3, Heads: 1, Size: 4}
	require.Panics(t, func() { a.Forward(make([]float32, 24), nil, make([]float32, 71)) })
	require.Panics(t, func() { a.Forward(make([]float32, 24), make([]float32, 3), make([]float32, 72)) })
	require.Panics(t, func() { a.Backward(make([]float32, 72), make([]float32, 24), nil, make([]float32, 72)) })
	a.Lengths = []int32{1, 4}
	require.PanicsWithValue(t, "kernels: Attention of [2 3] with length 4 of sequence 1", func() {
		a.Forward(make([]float32, 24), nil, make([]float32, 72))
	})
}
