package kernels

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var calibrate = flag.Bool("calibrate", false, "measure the values of blocking and print the table of calibrate.md")

// TestCalibrate prints what products of real models reach with other values of blocking than those in use. It asserts
// nothing: see calibrate.md.
func TestCalibrate(t *testing.T) {
	if !*calibrate {
		t.Skip("measures for a minute; -calibrate runs it")
	}
	defer func(b blocking) { blocks = b }(blocks)
	chosen := blocks
	for _, c := range []struct {
		name   string
		values []int
		set    func(v int)
		shapes [][3]int // M, K, N
	}{
		{"n", []int{128, 192, 256, 320, 384, 512}, func(v int) { blocks.n = v }, [][3]int{{500, 256, 512}, {1024, 1024, 1024}, {256, 768, 3072}, {256, 768, 20000}}},
		{"direct", []int{0, 24, 48, 96, 192}, func(v int) { blocks.direct = v }, [][3]int{{16, 256, 256}, {50, 1300, 256}, {90, 1300, 256}, {150, 1300, 256}}},
		{"shared", []int{0, 1 << 18, 1 << 20, 1 << 22}, func(v int) { blocks.shared = v }, [][3]int{{500, 512, 256}, {1024, 1024, 1024}, {256, 3072, 768}}},
		{"work", []int{300_000, 600_000, 1_250_000, 2_500_000, 5_000_000}, func(v int) { blocks.work = v }, [][3]int{{50, 256, 256}, {500, 200, 256}, {150, 1300, 256}, {512, 768, 768}}},
		{"read", []int{0, 4, 8, 16}, func(v int) { blocks.read = v }, [][3]int{{1, 768, 3072}, {4, 768, 3072}, {16, 768, 3072}}},
	} {
		text := fmt.Sprintf("\nblocking.%s, GFLOP/s\n%12s", c.name, "")
		for _, s := range c.shapes {
			text += fmt.Sprintf("%16s", fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]))
		}
		for _, v := range c.values {
			blocks = chosen
			c.set(v)
			mark := " "
			if blocks == chosen {
				mark = "*"
			}
			text += fmt.Sprintf("\n%11d%s", v, mark)
			for _, s := range c.shapes {
				text += fmt.Sprintf("%16.1f", rateOf(s[0], s[1], s[2]))
			}
		}
		t.Log(text)
	}
}

// rateOf is the best rate of a product in nine runs of about 20 ms, in GFLOP/s.
func rateOf(m, k, n int) float64 {
	a, b, c := aligned(m*k), aligned(k*n), aligned(m*n)
	clear(c)
	flops := 2 * float64(m) * float64(k) * float64(n)
	runs := max(1, int(20e-3*100e9/flops))
	best := 0.0
	for range 9 {
		began := time.Now()
		for range runs {
			Gemm(NN, m, n, k, a, k, b, n, c, n, nil)
		}
		best = max(best, flops*float64(runs)/time.Since(began).Seconds()/1e9)
	}
	return best
}
