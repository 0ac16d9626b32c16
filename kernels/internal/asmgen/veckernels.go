package asmgen

import (
	"fmt"
	"math"
)

// vecAMD64 is vector maths.
func vecAMD64() *File {
	t := &constTable{name: "vecConst", place: map[uint32]int{}}
	f := &File{Name: "vec_amd64.s", Tags: "!noasm"}
	for _, family := range []Family{AVX2, AVX512} {
		f.Funcs = append(f.Funcs, maths(family, t)...)
		f.Funcs = append(f.Funcs, linear(family, t)...)
		f.Funcs = append(f.Funcs, draws(family, t)...)
		f.Funcs = append(f.Funcs, reductions(family, t)...)
		f.Funcs = append(f.Funcs, sums(family, t)...)
		f.Funcs = append(f.Funcs, tileKernels(family, t)...)
		f.Funcs = append(f.Funcs, stripKernels(family, t)...)
		f.Funcs = append(f.Funcs, adam(family, t), squares(family), philox(family))
	}
	mask := make([]uint32, 16)
	for i := range 8 {
		mask[i] = math.MaxUint32
	}
	f.Data = []Table{{Name: t.name, Words: t.words}, {Name: "vecMask", Words: mask}, philoxData()}
	return f
}

// vecARM64 is the same for NEON, but for sums in float64, which stay in Go.
func vecARM64() *File {
	t := &constTable{name: "vecConst", place: map[uint32]int{}}
	f := &File{Name: "vec_arm64.s", Tags: "!noasm"}
	f.Funcs = append(f.Funcs, maths(NEON, t)...)
	f.Funcs = append(f.Funcs, linear(NEON, t)...)
	f.Funcs = append(f.Funcs, draws(NEON, t)...)
	f.Funcs = append(f.Funcs, reductions(NEON, t)...)
	f.Funcs = append(f.Funcs, sums(NEON, t)...)
	f.Funcs = append(f.Funcs, tileKernels(NEON, t)...)
	f.Funcs = append(f.Funcs, stripKernels(NEON, t)...)
	f.Funcs = append(f.Funcs, adam(NEON, t), philoxNEON())
	f.Data = []Table{{Name: t.name, Words: t.words}}
	return f
}

func maths(family Family, t *constTable) []*Func {
	one := func(name string, numbers bool, body func(m *machine, x, s *value) *value) *Func {
		return elementwise(name, family, t, 1, numbers, func(m *machine, in []*value, s, _ *value) *value { return body(m, in[0], s) })
	}
	two := func(name string, numbers bool, body func(m *machine, dy, y, s *value) *value) *Func {
		return elementwise(name, family, t, 2, numbers, func(m *machine, in []*value, s, _ *value) *value { return body(m, in[0], in[1], s) })
	}
	return []*Func{
		one("exp", false, func(m *machine, x, _ *value) *value { return m.exp(x) }),
		one("log", false, func(m *machine, x, _ *value) *value { return m.log(x) }),
		one("tanh", false, func(m *machine, x, _ *value) *value { return m.tanh(x) }),
		one("sigmoid", false, func(m *machine, x, _ *value) *value { return m.sigmoid(x) }),
		one("gelu", false, func(m *machine, x, _ *value) *value { return m.gelu(x) }),
		one("sqrt", false, func(m *machine, x, _ *value) *value { return m.sqrt(x) }),
		one("square", false, func(m *machine, x, _ *value) *value { return m.mul(x, x) }),
		one("relu", false, func(m *machine, x, _ *value) *value { return m.max(m.num(0), x) }),
		one("leaky", true, func(m *machine, x, s *value) *value {
			return m.blend(m.cmp(cmpGT, x, m.num(0)), x, m.mul(x, s))
		}),
		two("reluGrad", false, func(m *machine, dy, y, _ *value) *value {
			return m.blend(m.cmp(cmpGT, y, m.num(0)), dy, m.num(0))
		}),
		two("leakyGrad", true, func(m *machine, dy, y, s *value) *value {
			return m.blend(m.cmp(cmpGT, y, m.num(0)), dy, m.mul(dy, s))
		}),
		two("tanhGrad", false, func(m *machine, dy, y, _ *value) *value { return m.mul(dy, m.fnma(y, y, m.num(1))) }),
		two("sigmoidGrad", false, func(m *machine, dy, y, _ *value) *value {
			return m.mul(m.mul(dy, y), m.sub(m.num(1), y))
		}),
		two("geluGrad", false, func(m *machine, dy, x, _ *value) *value { return m.geluGrad(dy, x) }),
	}
}

func linear(family Family, t *constTable) []*Func {
	type body = func(m *machine, in []*value, s, u *value) *value
	op := func(name string, inputs int, numbers bool, b body) *Func {
		return elementwise(name, family, t, inputs, numbers, b)
	}
	return []*Func{
		op("add", 2, false, func(m *machine, in []*value, _, _ *value) *value { return m.add(in[0], in[1]) }),
		op("sub", 2, false, func(m *machine, in []*value, _, _ *value) *value { return m.sub(in[0], in[1]) }),
		op("mul", 2, false, func(m *machine, in []*value, _, _ *value) *value { return m.mul(in[0], in[1]) }),
		op("scale", 1, true, func(m *machine, in []*value, s, _ *value) *value { return m.mul(in[0], s) }),
		op("addConst", 1, true, func(m *machine, in []*value, s, _ *value) *value { return m.add(in[0], s) }),
		op("fill", 0, true, func(m *machine, _ []*value, s, _ *value) *value { return s }),
		op("mulAdd", 3, false, func(m *machine, in []*value, _, _ *value) *value { return m.fma(in[0], in[1], in[2]) }),
		op("axpy", 2, true, func(m *machine, in []*value, s, _ *value) *value { return m.fma(in[1], s, in[0]) }),
		op("lerp", 2, true, func(m *machine, in []*value, s, _ *value) *value {
			return m.fma(m.sub(in[1], in[0]), s, in[0])
		}),
		op("shiftScale", 1, true, func(m *machine, in []*value, s, u *value) *value { return m.mul(m.sub(in[0], s), u) }),
		normalize(family, t), normalizeGrad(family, t),
	}
}

func normalize(family Family, t *constTable) *Func {
	return kernel("normalize"+string(family), "(dst, x, mean, scale, shift *float32, n int)", 48, t, func(m *machine) {
		m.arguments("dst", "x", "mean", "scale", "shift")
		m.each("n+40(FP)", func(mem func(p int) string, tail bool) {
			at := func(p int) *value { return m.load(mem(p), tail) }
			m.store(mem(0), m.fma(m.sub(at(1), at(2)), at(3), at(4)), tail)
		})
	})
}

func normalizeGrad(family Family, t *constTable) *Func {
	return kernel("normalizeGrad"+string(family), "(dx, dy, x, mean, a, b, c *float32, n int)", 64, t, func(m *machine) {
		m.arguments("dx", "dy", "x", "mean", "a", "b", "c")
		m.each("n+56(FP)", func(mem func(p int) string, tail bool) {
			at := func(p int) *value { return m.load(mem(p), tail) }
			direct := m.mul(m.sub(at(1), at(6)), at(4))
			m.store(mem(0), m.fma(m.sub(at(2), at(3)), at(5), direct), tail)
		})
	})
}

func reductions(family Family, t *constTable) []*Func {
	type body = func(m *machine, acc *value, in []*value, s *value, dst string) *value
	op := func(name string, inputs int, b body) *Func { return reduction(name, family, t, inputs, b) }
	return []*Func{
		op("sumLanes", 1, func(m *machine, acc *value, in []*value, _ *value, _ string) *value { return m.add(acc, in[0]) }),
		op("dotLanes", 2, func(m *machine, acc *value, in []*value, _ *value, _ string) *value { return m.fma(in[0], in[1], acc) }),
		op("squareLanes", 1, func(m *machine, acc *value, in []*value, _ *value, _ string) *value { return m.fma(in[0], in[0], acc) }),
		op("maxLanes", 1, func(m *machine, acc *value, in []*value, _ *value, _ string) *value { return m.max(acc, in[0]) }),
		op("expLanes", 1, func(m *machine, acc *value, in []*value, s *value, dst string) *value {
			e := m.exp(m.sub(in[0], s))
			m.store(dst, e, false)
			return m.add(acc, e)
		}),
		op("nanLanes", 1, func(m *machine, acc *value, in []*value, _ *value, _ string) *value {
			return m.add(acc, m.sub(in[0], in[0]))
		}),
	}
}

func sums(family Family, t *constTable) []*Func {
	type body = func(m *machine, acc *value, in []*value, mean *value) *value
	form := columns
	if family == NEON {
		form = columnsNEON
	}
	op := func(name string, inputs int, mean bool, b body) *Func { return form(name, family, t, inputs, mean, b) }
	return []*Func{
		op("colSum", 1, false, func(m *machine, acc *value, in []*value, _ *value) *value { return m.add(acc, in[0]) }),
		op("colDev", 1, true, func(m *machine, acc *value, in []*value, mean *value) *value {
			d := m.sub(in[0], mean)
			return m.fma(d, d, acc)
		}),
		op("colDot", 2, true, func(m *machine, acc *value, in []*value, mean *value) *value {
			return m.fma(in[1], m.sub(in[0], mean), acc)
		}),
	}
}

func adam(family Family, t *constTable) *Func {
	return kernel("adam"+string(family), "(p, grad, m, v, k *float32, n int)", 48, t, func(m *machine) {
		m.arguments("p", "grad", "m", "v", "k")
		var k [8]*value
		for i := range k {
			k[i] = m.broadcast(fmt.Sprintf("%d(%s)", 4*i, m.ptr(4)))
		}
		m.each("n+40(FP)", func(mem func(p int) string, tail bool) {
			p, mo := m.load(mem(0), tail), m.load(mem(2), tail)
			d := m.flush(m.fma(p, k[3], m.load(mem(1), tail)), 1e-30)
			mi := m.flush(m.fma(m.sub(d, mo), k[0], mo), 1e-30)
			m.store(mem(2), mi, tail)
			root := m.flush(m.mul(d, k[2]), 1e-18)
			vi := m.flush(m.fma(root, root, m.mul(m.load(mem(3), tail), k[1])), 1e-30)
			m.store(mem(3), vi, tail)
			ratio := m.div(mi, m.fma(m.sqrt(vi), k[5], k[6]))
			m.store(mem(0), m.fma(ratio, k[7], m.mul(p, k[4])), tail)
		})
	})
}
