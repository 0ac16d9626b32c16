package hf

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// distil has the layers of DistilGPT2, but a small vocabulary.
var distil = Config{Layers: 6, Heads: 12, Width: 768, Inner: 3072, Positions: 1024, Vocab: 1000, Epsilon: 1e-5, Tied: true, BOS: -1, EOS: -1}

// BenchmarkLoad reads a folder from the disk, or rather from the system's memory of it, into float32.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	require.NoError(b, Write(dir, distil, filled(distil)))
	b.Run("F32", func(b *testing.B) { load(b, os.DirFS(dir)) })
	// The same values as zeros of other types: what is measured does not depend on them.
	for _, dtype := range []string{"F16", "BF16", "F64"} {
		b.Run(dtype, func(b *testing.B) { load(b, zeros(b, distil, dtype, nil)) })
	}
	b.Run("transposed", func(b *testing.B) { load(b, zeros(b, distil, "F32", transposed)) })
}

func load(b *testing.B, fsys fs.FS) {
	f, err := Open(fsys)
	require.NoError(b, err)
	defer f.Close()
	tensors, err := f.Load()
	require.NoError(b, err)
	b.SetBytes(f.weights.bytes)
	for b.Loop() {
		for _, t := range tensors {
			if err := f.Read(t.Name, t.Data); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// transposed gives the strides of a matrix that is stored by columns.
func transposed(shape []int) []int64 {
	if len(shape) != 2 {
		return nil
	}
	return []int64{1, int64(shape[0])}
}

// zeros is an opened folder in memory whose weights have the type; strides, where there are some, are what a torch file has.
func zeros(b *testing.B, c Config, dtype string, strides func([]int) []int64) fs.FS {
	b.Helper()
	var pairs []string
	members := []member{{name: "m/data.pkl"}}
	kind := map[string]string{"F32": "FloatStorage", "F16": "HalfStorage", "BF16": "BFloat16Storage", "F64": "DoubleStorage"}[dtype]
	for _, t := range c.Tensors() {
		stride := make([]int64, len(t.Shape))
		step := int64(1)
		for k := len(stride) - 1; k >= 0; k-- {
			stride[k], step = step, step*int64(t.Shape[k])
		}
		if strides != nil && strides(t.Shape) != nil {
			stride = strides(t.Shape)
		}
		n := int64(t.Len())
		pairs = append(pairs, pText(t.Name), pTensor(pStorage(kind, t.Name, n, ""), 0, pInts(int64Shape(t.Shape)...), pInts(stride...)))
		members = append(members, member{"m/data/" + t.Name, string(make([]byte, n*sizes[dtype]))})
	}
	members[0].data = "\x80\x02" + pDict(pairs...) + "."
	m := memory(b, c, nil)
	delete(m, weightsName)
	m[torchName] = &fstest.MapFile{Data: zipped(b, 0, members...)}
	return m
}

func BenchmarkWrite(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "model")
	tensors := filled(distil)
	b.SetBytes(4 * distil.Parameters())
	for b.Loop() {
		if err := Write(dir, distil, tensors); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen reads what is in front of the values: headers of safetensors, pickles of torch.
func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"safetensors-f32", "zip-f32", "legacy-f32"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f, err := Open(folder(name))
				if err != nil {
					b.Fatal(err)
				}
				f.Close()
			}
		})
	}
}

func BenchmarkHalf(b *testing.B) {
	src, dst := bytes.Repeat([]byte{1, 60}, window), make([]float32, window)
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		toFloat32(dst, src, "F16")
	}
}
