package mixture

import "testing"

func BenchmarkFit100k(b *testing.B) {
	for _, shape := range []string{"log-normal", "modes"} {
		x := sampleOf(shape, 100_000)
		for _, mode := range []string{"fast", "exact"} {
			b.Run(shape+"/"+mode, func(b *testing.B) {
				for b.Loop() {
					if _, err := Fit(x, Options{Exact: mode == "exact"}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkKMeans100k(b *testing.B) {
	c := distinct(sampleOf("log-normal", 100_000))
	c.standardise()
	for b.Loop() {
		testSpans(c, 10, 1)
	}
}

func BenchmarkResponsibilities(b *testing.B) {
	m, err := Fit(sampleOf("modes", 1000), Options{})
	if err != nil {
		b.Fatal(err)
	}
	p := make([]float64, len(m.Mean))
	for b.Loop() {
		m.Responsibilities(3.5, p)
	}
}
