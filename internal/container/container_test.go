package container

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func small() *File {
	return &File{
		Kind:   "trees",
		Header: json.RawMessage(`{"columns": ["a<b", "ü"], "n":  3}`),
		Blobs: []Blob{
			{Name: "leaves", Data: Bytes([]uint16{1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3})},
			{Name: "empty"},
			{Name: "cuts", Data: Bytes([]float64{0.5, math.Inf(1)})},
		},
	}
}

// noise is what no packer makes smaller.
func noise(n int) []byte {
	s := rng.New(1, rng.Demo, 0)
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}

func written(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, f))
	return b.Bytes()
}

func TestReadGivesWhatWasWritten(t *testing.T) {
	long := bytes.Repeat([]byte("synthetic "), 300_000)
	for name, f := range map[string]*File{
		"empty":         {Blobs: []Blob{}},
		"small":         small(),
		"no header":     {Kind: "x", Blobs: []Blob{{Name: "", Data: []byte{0}}}},
		"several MiB":   {Kind: "x", Header: json.RawMessage(`1`), Blobs: []Blob{{Name: "a", Data: long}, {Name: "b", Data: noise(3<<20 + 1)}}},
		"a whole chunk": {Kind: "x", Blobs: []Blob{{Name: "a", Data: noise(chunkSize)}, {Name: "b", Data: long[:chunkSize]}, {Name: "c", Data: long[:chunkSize+1]}}},
	} {
		b := written(t, f)
		got, err := Read(bytes.NewReader(b))
		require.NoError(t, err, name)
		require.Equal(t, f, got, name)
		require.Equal(t, b, written(t, got), name)

		got, err = Read(iotest.HalfReader(bytes.NewReader(b)))
		require.NoError(t, err, name)
		require.Equal(t, f, got, name)
	}
}

func TestSizeStaysNearTheContent(t *testing.T) {
	const n = 4 << 20
	require.Less(t, len(written(t, &File{Blobs: []Blob{{Name: "noise", Data: noise(n)}}})), n+1000)
	require.Less(t, len(written(t, &File{Blobs: []Blob{{Name: "zeros", Data: make([]byte, n)}}})), n/100)
}

// Floats are written as their bytes would be, in a file that Read can't tell from it.
func TestFloats(t *testing.T) {
	s := rng.New(1, rng.Demo, 1)
	v := make([]float32, chunkSize/2+3)
	for i := range v {
		v[i] = float32(s.Norm())
	}
	want := written(t, &File{Kind: "x", Blobs: []Blob{{Name: "a", Data: Bytes(v)}, {Name: "b", Data: Bytes(v[:7])}}})
	require.True(t, bytes.Equal(want, written(t, &File{Kind: "x", Blobs: []Blob{{Name: "a", Floats: v}, {Name: "b", Floats: v[:7]}}})))
	require.Panics(t, func() { Write(io.Discard, &File{Blobs: []Blob{{Data: []byte{1}, Floats: v}}}) })
}

func TestBlob(t *testing.T) {
	f := small()
	b, ok := f.Blob("cuts")
	require.True(t, ok)
	require.Len(t, b, 16)
	_, ok = f.Blob("empty")
	require.True(t, ok)
	_, ok = f.Blob("missing")
	require.False(t, ok)
}

// A file that testdata/v1.py wrote from the description in doc.go. If this fails, files that people have no longer load.
func TestVersion1Loads(t *testing.T) {
	b, err := os.ReadFile("testdata/v1.cohort")
	require.NoError(t, err)
	f, err := Read(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, &File{
		Kind:   "trees",
		Header: json.RawMessage(`{"rows": 600, "city": "Zürich"}`),
		Blobs: []Blob{
			{Name: "stored", Data: []byte{1, 2, 3}},
			{Name: "packed", Data: bytes.Repeat([]byte("leaf"), 500_000)},
			{Name: "empty"},
		},
	}, f)
}

func TestWriteRefuses(t *testing.T) {
	require.ErrorContains(t, Write(io.Discard, &File{Header: json.RawMessage(`{"a":`)}), "header is not JSON")
	require.ErrorContains(t, Write(io.Discard, &File{Blobs: []Blob{{Name: "a"}, {Name: "a"}}}), "same name as blob 1")
}

// A writer that fails after n bytes, as a full disk does.
type fullDisk struct{ room int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriteReportsAFullDisk(t *testing.T) {
	b := written(t, small())
	for n := range b {
		require.ErrorIs(t, Write(&fullDisk{n}, small()), errFull)
	}
	require.NoError(t, Write(&fullDisk{len(b)}, small()))
}

func TestTruncatedAnywhereIsDamaged(t *testing.T) {
	b := written(t, small())
	require.Greater(t, len(b), 50)
	for n := range b {
		f, err := Read(bytes.NewReader(b[:n]))
		require.ErrorIs(t, err, ErrDamaged, "cut after %d of %d bytes", n, len(b))
		require.Nil(t, f)
	}
	large := written(t, &File{Blobs: []Blob{{Name: "a", Data: noise(2 << 20)}, {Name: "b", Data: make([]byte, 2<<20)}}})
	for i := range 50 {
		_, err := Read(bytes.NewReader(large[:len(large)*i/50]))
		require.ErrorIs(t, err, ErrDamaged)
	}
}

func TestEveryFlippedBitIsDamage(t *testing.T) {
	b := written(t, small())
	for i := range 8 * len(b) {
		b[i/8] ^= 1 << (i % 8)
		f, err := Read(bytes.NewReader(b))
		require.ErrorIs(t, err, ErrDamaged, "bit %d of byte %d", i%8, i/8)
		require.Nil(t, f)
		b[i/8] ^= 1 << (i % 8)
	}
	_, err := Read(bytes.NewReader(append(b, 0)))
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, "something follows its end")
}

// resealed is b with another version and the check sum that belongs to it.
func resealed(b []byte, version uint32) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint32(b[8:], version)
	binary.LittleEndian.PutUint32(b[12:], crc32.ChecksumIEEE(b[:12]))
	return b
}

func TestNewerVersion(t *testing.T) {
	b := written(t, small())
	for _, v := range []uint32{Version + 1, math.MaxUint32} {
		// What a later version holds after its check sum is nobody's business here.
		_, err := Read(bytes.NewReader(append(resealed(b, v)[:16], "anything"...)))
		require.ErrorIs(t, err, ErrNewer)
		require.NotErrorIs(t, err, ErrDamaged)
	}
	_, err := Read(bytes.NewReader(resealed(b, 0)))
	require.ErrorIs(t, err, ErrDamaged)
}

func TestOtherFilesAreNamedAsSuch(t *testing.T) {
	for _, other := range []string{"", "a", "PK\x03\x04 a workbook", "Name,Maths\nzq7,1\n", strings.Repeat("\x00", 100)} {
		_, err := Read(strings.NewReader(other))
		require.ErrorIs(t, err, ErrDamaged)
		require.NotContains(t, err.Error(), "zq7")
		require.False(t, Is([]byte(other)))
	}
	require.True(t, Is(written(t, small())))
}

func TestReadersOwnErrorComesBack(t *testing.T) {
	b := written(t, small())
	for n := range b {
		_, err := Read(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(errFull)))
		require.ErrorIs(t, err, errFull)
		require.NotErrorIs(t, err, ErrDamaged)
	}
	_, err := Read(io.MultiReader(bytes.NewReader(b), iotest.ErrReader(errFull)))
	require.ErrorIs(t, err, errFull)
}

// forge gives a file whose sums are right and whose directory is whatever is asked.
func forge(dir string, dirLen uint64, rest ...byte) []byte {
	var b bytes.Buffer
	c := newChunkWriter(&b)
	c.put(prefix(dirLen))
	c.section([]byte(dir))
	c.put(rest)
	return b.Bytes()
}

func TestHugeSizesAllocateNothing(t *testing.T) {
	const huge = `9000000000000000000`
	zeros := make([]byte, 100)
	for name, b := range map[string][]byte{
		"directory":   forge(`{}`, math.MaxInt64),
		"directory 2": forge(`{}`, math.MaxUint64),
		"header":      forge(`{"header":`+huge+`}`, uint64(len(`{"header":`+huge+`}`)), zeros...),
		"blob": forge(`{"blobs":[{"name":"a","size":`+huge+`}]}`,
			uint64(len(`{"blobs":[{"name":"a","size":`+huge+`}]}`)), zeros...),
		"chunk": forge(`{"blobs":[{"name":"a","size":`+huge+`}]}`,
			uint64(len(`{"blobs":[{"name":"a","size":`+huge+`}]}`)), 0xff, 0xff, 0xff, 0xff),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, ErrDamaged, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), name)
	}
}

func TestForgedDirectoriesAreDamaged(t *testing.T) {
	for _, dir := range []string{
		`nonsense`,
		`{"header":-1}`,
		`{"header":"x"}`,
		`{"blobs":[{"name":"a","size":-1}]}`,
		`{"blobs":[{"name":"a","size":0},{"name":"a","size":0}]}`,
	} {
		_, err := Read(bytes.NewReader(forge(dir, uint64(len(dir)))))
		require.ErrorIs(t, err, ErrDamaged, dir)
	}
}

// A chunk whose sum is right but which inflates to less, to more, or to nothing at all.
func TestForgedChunksAreDamaged(t *testing.T) {
	pack := func(b []byte) []byte { return bytes.Clone(newChunkWriter(io.Discard).pack(b)) }
	for name, data := range map[string][]byte{
		"short":   pack(make([]byte, 99)),
		"long":    pack(make([]byte, 101)),
		"cut":     pack(make([]byte, 100))[:3],
		"garbage": {0xff, 0xff, 0xff},
		"empty":   {},
	} {
		dir := `{"blobs":[{"name":"a","size":100}]}`
		var b bytes.Buffer
		c := newChunkWriter(&b)
		c.put(prefix(uint64(len(dir))))
		c.section([]byte(dir))
		c.put(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
		c.put(data)
		c.put(c.sum.Sum(nil))
		_, err := Read(&b)
		require.ErrorIs(t, err, ErrDamaged, name)
	}
}

func TestValues(t *testing.T) {
	f32, err := Values[float32](Bytes([]float32{1.5, -0.25, float32(math.NaN())}), 3)
	require.NoError(t, err)
	require.Equal(t, uint32(0x7fc00000), math.Float32bits(f32[2])&0x7fc00000)
	require.Equal(t, []float32{1.5, -0.25}, f32[:2])
	i64, err := Values[int64](Bytes([]int64{math.MinInt64, 7}), 2)
	require.NoError(t, err)
	require.Equal(t, []int64{math.MinInt64, 7}, i64)
	require.Equal(t, []byte{1, 0, 0, 1}, Bytes([]uint16{1, 256}))
	require.Empty(t, Bytes([]int32{}))
	none, err := Values[int32](nil, 0)
	require.NoError(t, err)
	require.Empty(t, none)

	for _, n := range []int{-1, 0, 1, 3, math.MaxInt} {
		_, err := Values[uint32](make([]byte, 8), n)
		require.ErrorIs(t, err, ErrDamaged, n)
	}
	_, err = Values[uint32](make([]byte, 7), 1)
	require.ErrorIs(t, err, ErrDamaged)
}

func FuzzRead(f *testing.F) {
	b := written(f, small())
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add(resealed(b, 2))
	f.Add(forge(`{"blobs":[{"name":"a","size":10}]}`, 34))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b))
		if err != nil {
			require.True(t, errors.Is(err, ErrDamaged) || errors.Is(err, ErrNewer))
			return
		}
		again, err := Read(bytes.NewReader(written(t, file)))
		require.NoError(t, err)
		require.Equal(t, file, again)
	})
}

// FuzzSealed lets the fuzzer past the sums: the directory is its own, everything else is right.
func FuzzSealed(f *testing.F) {
	f.Add(`{"kind":"x","header":0,"blobs":[]}`, []byte{})
	f.Add(`{"kind":"x","header":0,"blobs":[{"name":"a","size":3}]}`, []byte{3, 0, 0, 0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, dir string, rest []byte) {
		sum := sha256.Sum256(rest)
		_, err := Read(bytes.NewReader(append(forge(dir, uint64(len(dir)), rest...), sum[:]...)))
		if err != nil {
			require.True(t, errors.Is(err, ErrDamaged) || errors.Is(err, ErrNewer))
		}
	})
}
