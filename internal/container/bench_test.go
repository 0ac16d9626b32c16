package container

import (
	"bytes"
	"testing"

	"example.org/cohort/internal/rng"
)

// content gives 16 MiB as models have them: counts of leaves, which pack well, and float32 weights, which don't.
func content(name string) *File {
	const n = 16 << 20
	s := rng.New(1, rng.Demo, 0)
	if name == "counts" {
		v := make([]uint32, n/4)
		for i := range v {
			v[i] = uint32(s.Exp() * 20)
		}
		return &File{Blobs: []Blob{{Name: name, Data: Bytes(v)}}}
	}
	v := make([]float32, n/4)
	for i := range v {
		v[i] = float32(s.Norm())
	}
	return &File{Blobs: []Blob{{Name: name, Data: Bytes(v)}}}
}

func BenchmarkWrite(b *testing.B) {
	for _, name := range []string{"counts", "weights"} {
		b.Run(name, func(b *testing.B) {
			f := content(name)
			b.SetBytes(int64(len(f.Blobs[0].Data)))
			var size int
			for b.Loop() {
				var out bytes.Buffer
				if err := Write(&out, f); err != nil {
					b.Fatal(err)
				}
				size = out.Len()
			}
			b.ReportMetric(float64(size)/float64(len(f.Blobs[0].Data)), "packed/raw")
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"counts", "weights"} {
		b.Run(name, func(b *testing.B) {
			f := content(name)
			data := written(b, f)
			b.SetBytes(int64(len(f.Blobs[0].Data)))
			for b.Loop() {
				if _, err := Read(bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkValues(b *testing.B) {
	data := Bytes(make([]float32, 1<<20))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Values[float32](data, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
