package rng

import "testing"

var sink float64

func BenchmarkBlock(b *testing.B) {
	b.SetBytes(16)
	var c0, c1, c2, c3 uint32
	for b.Loop() {
		c0, c1, c2, c3 = block(c0, c1, c2, c3, 1, 2)
	}
	sink = float64(c0 + c1 + c2 + c3)
}

func BenchmarkStream(b *testing.B) {
	s := New(1, Demo, 0)
	for name, draw := range map[string]func(){
		"Uint32":  func() { sink = float64(s.Uint32()) },
		"Uint64":  func() { sink = float64(s.Uint64()) },
		"Float64": func() { sink = s.Float64() },
		"Intn":    func() { sink = float64(s.Intn(1000)) },
		"Norm":    func() { sink = s.Norm() },
		"Exp":     func() { sink = s.Exp() },
		"NewUint32": func() {
			s := New(1, Demo, 5)
			sink = float64(s.Uint32())
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				draw()
			}
		})
	}
}

func BenchmarkPermute(b *testing.B) {
	for name, n := range map[string]uint64{"1000": 1000, "1000000": 1_000_000, "2pow62": 1 << 62} {
		b.Run(name, func(b *testing.B) {
			i := uint64(0)
			for b.Loop() {
				sink = float64(Permute(1, FillID, n, i%n))
				i++
			}
		})
	}
}
