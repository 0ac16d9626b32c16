package kernels

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// gemmShapes are products of real models: name, layout of B as stored, M, K, N, and whether the weights are packed once.
var gemmShapes = []struct {
	name    string
	m, k, n int
	packed  bool
}{
	{"square", 256, 256, 256, false}, {"square", 512, 512, 512, false}, {"square", 1024, 1024, 1024, false}, {"square", 2048, 2048, 2048, false},
	{"ctgan", 500, 200, 256, false}, {"ctgan", 500, 256, 256, false}, {"ctgan", 500, 512, 180, false},
	{"ctgan", 50, 1300, 256, false}, {"ctgan", 150, 1300, 256, false},
	{"gpt2", 256, 768, 3072, false}, {"gpt2", 256, 3072, 768, false}, {"gpt2", 256, 768, 2304, false}, {"gpt2", 512, 768, 768, false},
	{"gpt2", 256, 768, 50257, false},
	{"packed", 16, 768, 3072, true}, {"packed", 64, 768, 3072, true}, {"packed", 1, 768, 3072, true},
	{"packed", 256, 768, 3072, true}, {"packed", 64, 768, 50257, true},
}

var threadsFlag = flag.Int("threads", 0, "GOMAXPROCS of BenchmarkGemm; 0: 1 and all")

func BenchmarkGemm(b *testing.B) {
	for _, family := range Families() {
		if family == generic {
			continue
		}
		restore, _ := Use(family)
		for threads := 1; threads <= 2; threads++ {
			if *threadsFlag != 0 && *threadsFlag != threads {
				continue
			}
			for _, s := range gemmShapes {
				b.Run(fmt.Sprintf("%s/threads=%d/%s/%dx%dx%d", family, threads, s.name, s.m, s.k, s.n), func(b *testing.B) {
					benchGemm(b, threads, s.m, s.k, s.n, s.packed, false)
				})
			}
		}
		restore()
	}
}

// benchGemm reports the rate, its share of the ceiling measured just before and after, and the kernel that the counters name.
func benchGemm(b *testing.B, threads, m, k, n int, packed, bf16 bool) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	x, w, c := aligned(m*k), aligned(k*n), aligned(m*n)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	for i := range w {
		w[i] = float32(i%5) - 2
	}
	clear(c) // its pages exist before anything is timed
	var p Packed
	multiply, measure := Gemm, Ceiling
	switch {
	case packed && bf16:
		p.PackBF16(NN, k, n, w, n)
	case packed:
		p.Pack(NN, k, n, w, n)
	}
	if bf16 {
		multiply, measure = GemmBF16, ceilingBF16
	}
	ceiling := measure(threads)
	before := Ran()
	for b.Loop() {
		if packed {
			GemmPacked(NN, m, x, k, &p, c, n, nil)
		} else {
			multiply(NN, m, n, k, x, k, w, n, c, n, nil)
		}
	}
	ceiling = max(ceiling, measure(threads))
	rate := 2 * float64(m) * float64(n) * float64(k) * float64(b.N) / b.Elapsed().Seconds() / 1e9
	b.ReportMetric(rate, "GFLOP/s")
	b.ReportMetric(100*rate/ceiling, "%ceiling")
	if m == 1 { // the weights are read once: how fast is the cache that holds them?
		bytes := 4 * float64(len(p.data))
		b.ReportMetric(bytes*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
		b.ReportMetric(bytes/readTime(w).Seconds()/1e9, "GB/s-of-reading-alone")
	}
	for name, count := range Ran() {
		if count > before[name] {
			b.ReportMetric(float64(count-before[name])/float64(b.N), "tiles:"+strings.ReplaceAll(name, " ", "-"))
		}
	}
}

// readTime is the shortest of 20 times that adding up all numbers takes, on as many threads as a product would use.
func readTime(w []float32) time.Duration {
	best := time.Hour
	for range 20 {
		began := time.Now()
		Sum(w)
		best = min(best, time.Since(began))
	}
	return best
}

// BenchmarkGeluEpilogue is the perceptron of GPT-2 124M on 256 tokens: product and Gelu in one, and one after the other.
func BenchmarkGeluEpilogue(b *testing.B) {
	const m, k, n = 256, 768, 3072
	x, w, c, pre := numbers(1, m*k, false), numbers(2, k*n, false), aligned(m*n), aligned(m*n)
	for _, together := range []bool{false, true} {
		b.Run(fmt.Sprintf("together=%t", together), func(b *testing.B) {
			for b.Loop() {
				if together {
					Gemm(NN, m, n, k, x, k, w, n, c, n, &Epilogue{Act: GELU, Pre: pre})
				} else {
					Gemm(NN, m, n, k, x, k, w, n, pre, n, nil)
					Gelu(c, pre)
				}
			}
		})
	}
}
