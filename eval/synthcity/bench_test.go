package synthcity

import (
	"context"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"example.org/cohort/internal/numpy"
	"github.com/stretchr/testify/require"
)

var benchPair = flag.String("pair", "", "two files, a real and a synthetic table, comma between them: what the benchmarks score; bench/synthcity/speed.py gives them")

// benchInput is the pair of the flag, or 10,000 rows of 20 numbers and 10 columns of words.
func benchInput(b *testing.B) Input {
	b.Helper()
	if first, second, ok := strings.Cut(*benchPair, ","); ok {
		var tables [2]Table
		for i, path := range []string{first, second} {
			f, err := os.Open(path)
			require.NoError(b, err)
			tables[i], err = ReadCSV(V0210, f, ',')
			require.NoError(b, f.Close())
			require.NoError(b, err)
		}
		return Input{Version: V0210, Real: tables[0], Synthetic: tables[1]}
	}
	r := numpy.NewRandomState(7)
	table := func() (t Table) {
		for j := range 30 {
			c := Column{Name: strconv.Itoa(j)}
			for range 10_000 {
				if j < 20 {
					c.Numbers = append(c.Numbers, r.Gauss())
				} else {
					c.Words = append(c.Words, strconv.Itoa(r.Randint(0, 8)))
				}
			}
			t.Columns = append(t.Columns, c)
		}
		return t
	}
	return Input{Version: V0210, Real: table(), Synthetic: table()}
}

// One benchmark for each metric, by its first key, and one for the encoding.
func BenchmarkTier1(b *testing.B) {
	in := benchInput(b)
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			_, err := NewPair(in)
			require.NoError(b, err)
		}
	})
	p, err := NewPair(in)
	require.NoError(b, err)
	for _, group := range [][]metric{sanityMetrics, statMetrics, privacyMetrics} {
		for _, m := range group {
			b.Run(strings.ReplaceAll(m.keys[0], " ", "_"), func(b *testing.B) {
				for b.Loop() {
					p.prepare() // nothing is left from the metric before
					if _, err := m.score(context.Background(), p); err != nil {
						b.Skip(err)
					}
				}
			})
		}
	}
}
