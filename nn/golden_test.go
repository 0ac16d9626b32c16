package nn

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/kernels"
)

// What testdata/golden.py wrote, and the numbers that it made from names.

type golden struct {
	Torch string
	Cases map[string]goldenCase
	data  []byte
}

type goldenCase struct {
	Salt       string
	Batch      int
	Z          int
	Hidden     int
	Continuous []int
	Discrete   []int
	LR         float32
	Scalars    map[string]struct{ Value, Float32 float64 }
	Tensors    map[string]goldenTensor
}

type goldenTensor struct {
	Shape         []int
	Norm, Float32 float64
	Offset        int
	Sketch        int
}

var loadGolden = sync.OnceValues(func() (*golden, error) {
	text, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		return nil, err
	}
	g := &golden{}
	if err := json.Unmarshal(text, g); err != nil {
		return nil, err
	}
	g.data, err = os.ReadFile("testdata/golden.bin")
	return g, err
})

func goldenOf(t testing.TB, name string) goldenCase {
	t.Helper()
	g, err := loadGolden()
	require.NoError(t, err)
	c, ok := g.Cases[name]
	require.True(t, ok, name)
	return c
}

// distance is the 2-norm of the difference of got and the golden tensor; where that is a sketch, an estimate of it.
func (c goldenCase) distance(t testing.TB, name string, got []float32) float64 {
	t.Helper()
	g, err := loadGolden()
	require.NoError(t, err)
	e, ok := c.Tensors[name]
	require.True(t, ok, name)
	require.Len(t, got, size(e.Shape), name)
	sum := 0.0
	if e.Sketch == 0 {
		for i, v := range got {
			want := math.Float32frombits(binary.LittleEndian.Uint32(g.data[e.Offset+4*i:]))
			d := float64(v) - float64(want)
			sum += d * d
		}
		return math.Sqrt(sum)
	}
	sketch := make([]float64, e.Sketch)
	words := newWords("sketch")
	for i, v := range got {
		w := words.at(i)
		if w>>63 == 1 {
			v = -v
		}
		sketch[w%uint64(e.Sketch)] += float64(v)
	}
	for i, v := range sketch {
		d := v - math.Float64frombits(binary.LittleEndian.Uint64(g.data[e.Offset+8*i:]))
		sum += d * d
	}
	return math.Sqrt(sum)
}

// far is the distance in proportion to the golden tensor.
func (c goldenCase) far(t testing.TB, name string, got []float32) float64 {
	t.Helper()
	return c.distance(t, name, got) / c.Tensors[name].Norm
}

// off is the difference of a scalar in proportion.
func (c goldenCase) off(t testing.TB, name string, got float32) float64 {
	t.Helper()
	s, ok := c.Scalars[name]
	require.True(t, ok, name)
	return math.Abs(float64(got)-s.Value) / math.Abs(s.Value)
}

// words are splitmix64 from the hash of a name.
type words uint64

func newWords(name string) words { return words(hash(name)) }

func (w words) at(i int) uint64 {
	x := uint64(w) + 0x9e3779b97f4a7c15*uint64(i+1)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func numbers(name string, n int, number func(word uint64) float32) []float32 {
	w := newWords(name)
	x := make([]float32, n)
	for i := range x {
		x[i] = number(w.at(i))
	}
	return x
}

func unit(w uint64) float32 { return float32(w>>40) * 0x1p-24 }

func units(name string, n int) []float32 { return numbers(name, n, unit) }

func signed(name string, n int, bound float32) []float32 {
	return numbers(name, n, func(w uint64) float32 { return (2*unit(w) - 1) * bound })
}

func bells(name string, n int) []float32 {
	return numbers(name, n, func(w uint64) float32 {
		total := int64(w&0xffff+w>>16&0xffff+w>>32&0xffff+w>>48) - 2*65536
		return float32(total) * float32(0x1p-15*0.8660254)
	})
}

func gumbels(name string, n int) []float32 {
	return numbers(name, n, func(w uint64) float32 {
		return float32(-math.Log(-math.Log((float64(w>>40) + 0.5) / (1 << 24))))
	})
}

func choices(name string, n, k int) []int {
	w := newWords(name)
	c := make([]int, n)
	for i := range c {
		c[i] = int(w.at(i) >> 40 % uint64(k))
	}
	return c
}

// eachFamily runs a test on every family of kernels that this processor has.
func eachFamily(t *testing.T, f func(t *testing.T)) {
	for _, family := range kernels.Families() {
		t.Run(family, func(t *testing.T) {
			restore, err := kernels.Use(family)
			require.NoError(t, err)
			defer restore()
			f(t)
		})
	}
}
