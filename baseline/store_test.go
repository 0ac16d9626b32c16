package baseline

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// secrets makes a table of 8 columns, two of them of random 12-digit decimals that all differ.
func secrets(n int) (text string, values [2][]string) {
	var b strings.Builder
	b.WriteString("A,B,Sex,Year,Mark,Fee,Form,Passed\n")
	for i := range n {
		r := rng.New(3, rng.Demo, uint64(i))
		for c := range values {
			values[c] = append(values[c], fmt.Sprintf("%d.%d", 1+r.Intn(9), 1e10+int64(r.Float64()*9e10)))
		}
		fmt.Fprintf(&b, "%s,%s,%d,%d,%d,%d,%s,%t\n", values[0][i], values[1][i], r.Intn(2), 7+r.Intn(5), r.Intn(100), 50*r.Intn(9),
			[]string{"a", "b", "c"}[r.Intn(3)], r.Intn(2) == 0)
	}
	return b.String(), values
}

// A model file holds no training row: neither a value that one person only has, in any form, nor the codes of a row.
func TestNoTrainingRowInTheModel(t *testing.T) {
	const n = 300
	text, secret := secrets(n)
	tab := read(t, text)
	for _, kind := range kinds {
		for _, k := range []int{-1, 5} {
			m := fit(t, tab, Options{Model: kind, Protect: k})
			var all []byte
			for _, b := range save(t, m).Blobs {
				all = append(append(all, b.Data...), 0xff)
			}
			for c := range secret {
				floats := tab.Floats(c)
				ends := []float64{slices.Min(floats), slices.Max(floats)}
				for i, s := range secret[c] {
					if k <= 0 && slices.Contains(ends, floats[i]) {
						continue
					}
					for _, form := range forms(t, s, floats[i], tab.Ints(c)[i]) {
						require.False(t, bytes.Contains(all, form), "%s, k %d: a value is in the model", kind, k)
					}
				}
			}
			codes, err := m.enc.Codes(tab)
			require.NoError(t, err)
			for i := range n {
				var row []int64
				for v := range codes {
					row = append(row, int64(codes[v][i]))
				}
				for _, add := range []int64{0, 1} {
					for _, form := range inBytes(row, add) {
						require.False(t, bytes.Contains(all, form), "%s, k %d: the codes of a row are in the model", kind, k)
					}
				}
			}
		}
	}
}

// forms gives the ways in which a file could hold a number.
func forms(t *testing.T, text string, f float64, multiple int64) [][]byte {
	require.NotZero(t, multiple)
	return [][]byte{
		[]byte(text),
		binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)),
		binary.BigEndian.AppendUint64(nil, math.Float64bits(f)),
		binary.LittleEndian.AppendUint64(nil, uint64(multiple)),
		binary.BigEndian.AppendUint64(nil, uint64(multiple)),
		[]byte(fmt.Sprint(multiple)),
	}
}

// inBytes gives the ways in which a file could hold the codes of a row.
func inBytes(row []int64, add int64) [][]byte {
	var out [5][]byte
	var words []string
	for _, c := range row {
		out[0] = append(out[0], byte(c+add))
		out[1] = binary.LittleEndian.AppendUint16(out[1], uint16(c+add))
		out[2] = binary.LittleEndian.AppendUint32(out[2], uint32(c+add))
		out[3] = binary.LittleEndian.AppendUint64(out[3], uint64(c+add))
		words = append(words, fmt.Sprint(c+add))
	}
	out[4] = []byte(strings.Join(words, ","))
	return out[:]
}

// What Load accepts can be used; what it refuses is called damaged. Nothing panics.
func TestLoadDamaged(t *testing.T) {
	tab := read(t, school(200, 1), schoolRules...)
	for _, kind := range kinds {
		good := save(t, fit(t, tab, Options{Model: kind, Target: "Passed"}))
		refused := 0
		for try := range 400 {
			r := rng.New(uint64(try), rng.Demo, 1)
			bad := &container.File{Kind: "model"}
			for _, b := range good.Blobs {
				bad.Blobs = append(bad.Blobs, container.Blob{Name: b.Name, Data: bytes.Clone(b.Data)})
			}
			spoil(bad, &r)
			if !useDamaged(t, bad) {
				refused++
			}
		}
		require.Greater(t, refused, 100)
		for i := range good.Blobs {
			bad := &container.File{Kind: "model", Blobs: slices.Delete(slices.Clone(good.Blobs), i, i+1)}
			useDamaged(t, bad)
		}
	}
	_, err := Load(&container.File{})
	require.ErrorIs(t, err, container.ErrDamaged)
}

// spoil changes, cuts or lengthens one blob.
func spoil(f *container.File, r *rng.Stream) {
	b := &f.Blobs[r.Intn(len(f.Blobs))]
	for len(b.Data) == 0 {
		b = &f.Blobs[r.Intn(len(f.Blobs))]
	}
	switch r.Intn(4) {
	case 0:
		b.Data = b.Data[:r.Intn(len(b.Data))]
	case 1:
		b.Data = append(b.Data, byte(r.Uint32()))
	case 2:
		b.Data[r.Intn(len(b.Data))] ^= 1 << r.Intn(8)
	default:
		for range 1 + r.Intn(8) {
			b.Data[r.Intn(len(b.Data))] = byte(r.Uint32())
		}
	}
}

// useDamaged loads a model that may be damaged and uses what was loaded.
func useDamaged(t testing.TB, f *container.File) (loaded bool) {
	m, err := Load(f)
	if err != nil {
		require.ErrorIs(t, err, container.ErrDamaged)
		return false
	}
	// An error is allowed here, a panic is not.
	_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 3})
	_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 2, Temperature: 2, Where: []table.Cond{table.Is("Passed", "yes")}})
	return true
}

func FuzzLoad(f *testing.F) {
	tab := read(f, school(60, 1), schoolRules...)
	var files []*container.File
	for _, kind := range kinds {
		files = append(files, save(f, fit(f, tab, Options{Model: kind, Target: "Passed"})))
	}
	f.Add(uint8(0), uint8(1), uint32(3), []byte{1})
	f.Add(uint8(1), uint8(0), uint32(9), []byte("0"))
	f.Fuzz(func(t *testing.T, which, blob uint8, at uint32, data []byte) {
		good := files[int(which)%len(files)]
		bad := &container.File{Blobs: slices.Clone(good.Blobs)}
		b := &bad.Blobs[int(blob)%len(bad.Blobs)]
		b.Data = bytes.Clone(b.Data)
		if len(b.Data) > 0 {
			copy(b.Data[int(at)%len(b.Data):], data)
		}
		useDamaged(t, bad)
	})
}
