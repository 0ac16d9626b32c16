package hf

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// safetensors puts the length in front of a header and data behind it.
func safetensors(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func readBytes(b []byte) ([]stored, error) { return readSafetensors(bytes.NewReader(b), int64(len(b))) }

// The same header, sound, so that each case below has one fault alone.
func TestSafetensorsOfHand(t *testing.T) {
	got, err := readBytes(safetensors(`{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[2,10]},`+
		`"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]},"e":{"shape":[0,3],"dtype":"I64","data_offsets":[2,2]}}   `, 10))
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.Equal(t, Entry{Name: "b", DType: "F32", Shape: []int{2}}, got[0].Entry)
}

func TestBadSafetensors(t *testing.T) {
	length := func(n uint64) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), "{}"...) }
	one := `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "too short", nil},
		{"seven bytes", "too short", make([]byte, 7)},
		{"2^63", "its header should have 9223372036854775808 bytes and the file has 10", length(1 << 63)},
		{"2^64-1", "cut off, or no safetensors", length(math.MaxUint64)},
		{"one too many", "its header should have 3 bytes", length(3)},
		{"a page", "no safetensors file", []byte("<!DOCTYPE html><html>")},
		{"no brace", "does not begin with {", safetensors(` {}`, 0)},
		{"a list", "does not begin with {", safetensors(`[]`, 0)},
		{"half an object", "its header", safetensors(`{"a":`, 0)},
		{"two objects", "something follows", safetensors(`{}{}`, 0)},
		{"twice", `"a" comes twice`, safetensors(`{`+one+`,"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, 16)},
		{"twice, escaped", `"a" comes twice`, safetensors(`{`+one+`,"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, 16)},
		{"overlap", "inside the one before it", safetensors(`{`+one+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12)},
		{"the same place", "inside the one before it", safetensors(`{`+one+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)},
		{"gap", "bytes 8 to 12 of the data belong to no tensor", safetensors(`{`+one+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, 16)},
		{"gap at the front", "bytes 0 to 4", safetensors(`{"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8)},
		{"cut off", "should have 8 bytes and has 7", safetensors(`{`+one+`}`, 7)},
		{"more", "the last 1 belong to no tensor", safetensors(`{`+one+`}`, 9)},
		{"wrong size", "don't hold 3 values of 4 bytes", safetensors(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8)},
		{"backwards", "bytes 8 to 0", safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8)},
		{"negative", "bytes -8 to 0", safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 8)},
		{"negative shape", "too large or negative", safetensors(`{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}`, 8)},
		{"product overflows", "too large or negative", safetensors(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0)},
		{"huge number", "its header", safetensors(`{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}`, 8)},
		{"many dimensions", "too large or negative", safetensors(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 4)},
		{"one offset", "two offsets", safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`, 8)},
		{"no shape", "lacks its shape", safetensors(`{"a":{"dtype":"F32","data_offsets":[0,8]}}`, 8)},
		{"no type", `its type is ""`, safetensors(`{"a":{"shape":[2],"data_offsets":[0,8]}}`, 8)},
		{"float8", `its type is "F8_E4M3"`, safetensors(`{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}`, 8)},
		{"a number for an entry", "its header", safetensors(`{"a":7}`, 0)},
		{"metadata", "its header", safetensors(`{"__metadata__":{"a":1}}`, 0)},
		{"deep", "its header", safetensors(`{"__metadata__":`+strings.Repeat(`{"a":`, 1<<20), 0)},
		{"deep lists", "its header", safetensors(`{"a":`+strings.Repeat(`[`, 1<<20), 0)},
	} {
		_, err := readBytes(c.file)
		require.ErrorContains(t, err, c.want, c.name)
		require.Less(t, len(err.Error()), 400, c.name)
	}
	_, err := readSafetensors(bytes.NewReader(length(mostHeader+1)), 1<<40)
	require.ErrorContains(t, err, "are the most", "and nothing of that size is allocated")
}

// Cut anywhere, a real file is an error; so is a header of which any one byte is gone.
func TestTruncatedSafetensors(t *testing.T) {
	b, err := os.ReadFile("testdata/shards/model-00003-of-00003.safetensors")
	require.NoError(t, err)
	_, err = readBytes(b)
	require.NoError(t, err)
	for n := 0; n < len(b); n += 1 + n/50 {
		_, err := readBytes(b[:n])
		require.Error(t, err, "%d bytes", n)
	}
}

// Whatever the header is, it ends in an error or in tensors that lie in the file.
func FuzzSafetensors(f *testing.F) {
	b, err := os.ReadFile("testdata/lora/adapter_model.safetensors")
	require.NoError(f, err)
	f.Add(b)
	f.Add(safetensors(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(safetensors(`{"a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[1,1],"data_offsets":[1,9]}}`, 9))
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, err := readBytes(b)
		if err != nil {
			return
		}
		readAll(t, tensors, len(b))
	})
}

// readAll reads every tensor that holds weights, and fails if one says more than its file has.
func readAll(t *testing.T, tensors []stored, size int) {
	for i := range tensors {
		s := &tensors[i]
		require.LessOrEqual(t, int64(s.len())*sizes[s.DType], int64(size))
		if s.stride != nil {
			if _, err := s.dimensions(); err != nil {
				continue
			}
		}
		if isFloat(s.DType) {
			require.NoError(t, s.read(make([]float32, s.len())))
		}
	}
}
