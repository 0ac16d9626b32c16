package kernels

import (
	"runtime"
	"sync"
	"time"
)

// A Rate is what one measurement of the processor gave, on 1 thread and on all.
type Rate struct {
	Name   string  // such as "f32 avx512", "bf16 dot product", "memory triad"
	Unit   string  // "GFLOP/s" or "GB/s"
	One    float64 // on one thread
	All    float64 // on Threads threads
	Family string  // the family whose ceiling it is; "" for none
}

// Ceilings measures what this processor can do at most: multiply-adds on registers alone in every family it has, dot
// products of bfloat16 where it has them, and the memory's speed for x + s*y on arrays of 64 MB. It takes about a third of a second;
// rates vary with what else the machine does, so compare with what is measured beside them.
func Ceilings() []Rate {
	threads := runtime.GOMAXPROCS(0)
	var rates []Rate
	for _, l := range ceilingLoops() {
		rates = append(rates, Rate{l.name, "GFLOP/s", flops(l, 1), flops(l, threads), l.family})
	}
	return append(rates, Rate{"memory triad", "GB/s", triadRate(1), triadRate(threads), ""})
}

// triadGo is the reference of the triad: dst = x + s*y.
func triadGo(dst, x, y []float32, s float32) {
	for i := range dst {
		dst[i] = x[i] + s*y[i]
	}
}

// Ceiling is the f32 rate of the family in use on some threads, in GFLOP/s; 0 where it has no assembly.
func Ceiling(threads int) float64 {
	for _, l := range ceilingLoops() {
		if l.family == Family() {
			return flops(l, threads)
		}
	}
	return 0
}

// A fmaCase is a loop that does nothing but multiply-adds.
type fmaCase struct {
	name, family string
	run          func(n int)
	flops        float64 // per round
}

// flops runs a loop on several threads at once, five times, and gives the best rate in GFLOP/s: interruptions only ever slow
// it down.
func flops(l fmaCase, threads int) float64 {
	const rounds = 300_000 // 2 to 4 ms: long beside the start of a thread
	best := 0.0
	for range 5 {
		d := together(threads, func(int) { l.run(rounds) })
		best = max(best, float64(threads)*rounds*l.flops/d.Seconds()/1e9)
	}
	return best
}

func triadRate(threads int) float64 {
	const n = 16 << 20
	mem := make([][3][]float32, threads)
	for i := range mem {
		for j := range 3 {
			mem[i][j] = aligned(n / threads)
			clear(mem[i][j])
		}
	}
	best := 0.0
	for range 5 {
		d := together(threads, func(i int) { triad(mem[i][0], mem[i][1], mem[i][2], 3) })
		best = max(best, 3*4*n/d.Seconds()/1e9)
	}
	return best
}

// together times a function that several goroutines run at once.
func together(threads int, f func(i int)) time.Duration {
	var done sync.WaitGroup
	began := time.Now()
	for i := 1; i < threads; i++ {
		done.Go(func() { f(i) })
	}
	f(0)
	done.Wait()
	return time.Since(began)
}
