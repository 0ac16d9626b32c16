package mixture

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzFit takes any bits for numbers and any options. An error is an answer, a panic or an unsound mixture is not.
func FuzzFit(f *testing.F) {
	floats := func(x ...float64) (b []byte) {
		for _, v := range x {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		return b
	}
	f.Add(floats(1, 2, 3), 10, 0.001)
	f.Add(floats(0, 5e-324, 1e-300), 3, 1.0)
	f.Add(floats(-1e140, 1e140, 1), 2, 1e9)
	f.Add(floats(1, 1+0x1p-52, 1-0x1p-53, 1), 256, 1e-9)
	f.Add(floats(math.NaN()), 1, 0.0)
	f.Fuzz(func(t *testing.T, data []byte, components int, concentration float64) {
		var x []float64
		for ; len(data) >= 8 && len(x) < 300; data = data[8:] {
			x = append(x, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
		m, err := Fit(x, Options{Components: components, Concentration: concentration})
		if err == nil {
			requireSound(t, m, x)
		}
	})
}
