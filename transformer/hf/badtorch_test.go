package hf

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Instructions of a pickle.
func pText(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func pInt(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func pTuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }

func pInts(v ...int64) string {
	var items []string
	for _, n := range v {
		items = append(items, pInt(n))
	}
	return pTuple(items...)
}

func pStorage(kind, key string, n int64, view string) string {
	return pTuple(pText("storage"), "ctorch\n"+kind+"\n", pText(key), pText("cpu"), pInt(n), view) + "Q"
}

func pTensor(storage string, offset int64, shape, stride string) string {
	return "ctorch._utils\n_rebuild_tensor_v2\n" + pTuple(storage, pInt(offset), shape, stride, "\x89", "}") + "R"
}

// pDict is a dictionary of pairs of instructions.
func pDict(pairs ...string) string { return "}(" + strings.Join(pairs, "") + "u" }

type member struct {
	name string
	data string
}

// zipped makes a zip as torch does, nothing compressed.
func zipped(t testing.TB, method uint16, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: method})
		require.NoError(t, err)
		_, err = w.Write([]byte(m.data))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// oneTensor is a state dict with the storage "0" of n elements and a view of it, and the storage's real bytes.
func oneTensor(t testing.TB, n, offset int64, shape, stride string, bytes int) []byte {
	t.Helper()
	pkl := "\x80\x02" + pDict(pText("a"), pTensor(pStorage("FloatStorage", "0", n, ""), offset, shape, stride)) + "."
	return zipped(t, zip.Store, member{"archive/data.pkl", pkl}, member{"archive/data/0", strings.Repeat("\x00", bytes)})
}

// legacy makes the stream of torch before 1.6 of a pickle, the keys of its storages, and what follows.
func legacy(object string, keys []string, rest string) []byte {
	list := "](" + strings.Join(keys, "") + "e"
	info := pDict(pText("little_endian"), "\x88")
	magic := "\x8a\x0a" + string(legacyMagic)
	return []byte("\x80\x02" + magic + ".\x80\x02" + pInt(1001) + ".\x80\x02" + info + ".\x80\x02" + object + ".\x80\x02" + list + "." + rest)
}

func read(b []byte) ([]stored, error) {
	tensors, _, err := readTorch(bytes.NewReader(b), int64(len(b)))
	return tensors, err
}

func i64(n int64) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(n))) }

// The builders above make sound files, so that each case below has one fault alone.
func TestTorchFilesOfHand(t *testing.T) {
	got, err := read(oneTensor(t, 6, 0, pInts(2, 3), pInts(3, 1), 24))
	require.NoError(t, err)
	require.Equal(t, Entry{Name: "a", DType: "F32", Shape: []int{2, 3}}, got[0].Entry)
	// A view of a storage (torch of before 0.4): elements 2 to 5 of 6, of which the tensor has the last two.
	view := pTensor(pStorage("FloatStorage", "k", 6, pTuple(pText("v"), pInt(2), pInt(3))), 1, pInts(2), pInts(1))
	values, err := binary.Append(nil, binary.LittleEndian, []float32{0, 1, 2, 3, 4, 5})
	require.NoError(t, err)
	got, err = read(legacy(pDict(pText("a"), view), []string{pText("k")}, i64(6)+string(values)))
	require.NoError(t, err)
	dst := make([]float32, 2)
	require.NoError(t, got[0].read(dst))
	require.Equal(t, []float32{3, 4}, dst)
}

// Names are refused whatever they are and however they are asked for, and the message has the name.
func TestForbiddenNames(t *testing.T) {
	for _, name := range []string{"os.system", "posix.system", "builtins.eval", "builtins.exec", "__builtin__.eval", "subprocess.Popen", "builtins.getattr",
		"torch.load", "torch._utils._rebuild_device_tensor_from_numpy", "torch._utils._rebuild_tensor_v3", "numpy.core.multiarray._reconstruct",
		"transformers.models.gpt2.modeling_gpt2.GPT2LMHeadModel", "torch.serialization._get_layout", "collections.OrderedDict.__reduce__"} {
		at := strings.LastIndex(name, ".")
		module, function := name[:at], name[at+1:]
		call := pTuple(pText("touch pwned")) + "R"
		for how, pkl := range map[string]string{
			"GLOBAL":       "\x80\x02c" + module + "\n" + function + "\n" + call + ".",
			"STACK_GLOBAL": "\x80\x04" + pText(module) + pText(function) + "\x93" + call + ".",
			"in a value":   "\x80\x02" + pDict(pText("a"), "c"+module+"\n"+function+"\n"+call) + ".",
		} {
			for kind, file := range map[string][]byte{
				"zip": zipped(t, zip.Store, member{"x/data.pkl", pkl}), "stream": legacy(strings.TrimSuffix(pkl, "."), nil, ""), "bare": []byte(pkl),
			} {
				_, err := read(file)
				require.ErrorContains(t, err, fmt.Sprintf("%q", name), "%s, %s", how, kind)
				require.ErrorContains(t, err, "refused, and nothing of it was run")
			}
		}
	}
	long := "\x80\x02c" + strings.Repeat("x", 900) + "\ny\n."
	_, err := read([]byte(long))
	require.Less(t, len(err.Error()), 400)
}

func TestForbiddenInstructions(t *testing.T) {
	for name, pkl := range map[string]string{
		"INST": "(ios\nsystem\n", "OBJ": "(o", "NEWOBJ": ")\x81", "NEWOBJ_EX": "\x92", "EXT1": "\x82\x01", "PERSID": "Pos\n", "LONG4": "\x8b\xff\xff\xff\x7f",
		"BINUNICODE8": "\x8d\xff\xff\xff\xff\xff\xff\xff\x7f", "BYTEARRAY8": "\x96", "NEXT_BUFFER": "\x97", "INT": "I1\n", "DUP": "N2",
	} {
		_, err := read([]byte("\x80\x02" + pkl + "."))
		require.ErrorContains(t, err, "which a file of weights does not need", name)
	}
	for name, pkl := range map[string]string{
		"a word is called": "ctorch\nfloat32\n)R.", "a storage is called": "ctorch\nFloatStorage\n)R.",
	} {
		_, err := read([]byte("\x80\x02" + pkl))
		require.ErrorContains(t, err, "refused", name)
	}
}

func TestBadPickles(t *testing.T) {
	deep := strings.Repeat("(", 1<<18) + strings.Repeat("t", 1<<18)
	for name, c := range map[string]struct{ pkl, want string }{
		"nothing on the stack": {".", "damaged"}, "pop": {"0", "damaged"}, "tuple": {"\x87", "damaged"}, "no mark": {"t", "damaged"}, "below the mark": {"N(0", "damaged"},
		"append to nothing": {"Na", "damaged"}, "append to a number": {"K\x01K\x01a", "damaged"}, "item of a list": {"]NNs", "damaged"}, "odd items": {"}(Nu", "damaged"},
		"no such memo": {"h\x05", "damaged"}, "memo of nothing": {"q\x00", "damaged"}, "call of text": {pText("os.system") + ")R", "damaged"},
		"call without a tuple": {"ccollections\nOrderedDict\nNR", "damaged"}, "numbers for a name": {"K\x01K\x02\x93", "damaged"},
		"attributes of a number": {"K\x01Nb", "not a dictionary"}, "attributes of nothing": {"Nb", "damaged"}, "not a storage": {"NQ", "not a storage"},
		"module": {pTuple(pText("module"), "N", "N", "N", "N") + "Q", "not a storage"}, "protocol": {"\x80\x09", "protocol 9"},
		"a list as key": {"}]Ns", "neither text nor a number"}, "cut off": {"X\x05\x00\x00\x00ab", "cut off"}, "no end": {"N", "cut off"},
		"long text": {"X\xff\xff\xff\xff", "4294967295 bytes"}, "deep": {deep + ".", "did not write"}, "instructions": {strings.Repeat("N0", 1<<20), "instructions"},
		"a list of itself": {"]q\x00h\x00ah\x00a.", "did not write"}, "name without end": {"c" + strings.Repeat("x", 5000), "damaged"},
		"device": {"ctorch\ndevice\n)R.", "did not write"}, "no parameter": {"ctorch._utils\n_rebuild_parameter\n)R", "damaged"}, "no size": {"ctorch\nSize\n)R", "damaged"},
		"pairs": {"ccollections\nOrderedDict\n](K\x01e\x85R", "damaged"}, "a storage of nothing": {pTuple(pText("storage"), "N", "N", "N", "N") + "Q", "damaged"},
	} {
		_, err := read([]byte("\x80\x02" + c.pkl))
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestBadTorchFiles(t *testing.T) {
	sound := oneTensor(t, 6, 0, pInts(2, 3), pInts(3, 1), 24)
	tensor := pTensor(pStorage("FloatStorage", "0", 2, "N"), 0, pInts(2), pInts(1))
	other := pTensor(pStorage("HalfStorage", "0", 2, "N"), 0, pInts(2), pInts(1))
	state := pDict(pText("a"), tensor)
	zipOf := func(object string) []byte {
		return zipped(t, zip.Store, member{"m/data.pkl", "\x80\x02" + object + "."}, member{"m/data/0", "12345678"})
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "too short", nil},
		{"text", "not written by torch.save", []byte("hello")},
		{"a tar", "not written by torch.save", []byte("pickle\x00\x00\x00")},
		{"half a zip", "list of contents", sound[:len(sound)/2]},
		{"compressed", "is compressed", zipped(t, zip.Deflate, member{"m/data.pkl", "\x80\x02}."})},
		{"a bomb", "is compressed", zipped(t, zip.Deflate, member{"m/data.pkl", strings.Repeat("(", 8<<20)})},
		{"long list of contents", "more than 16777216 bytes", zipped(t, zip.Store, slices.Repeat([]member{{strings.Repeat("x", 65_000), ""}}, 270)...)},
		{"no data.pkl", "without data.pkl", zipped(t, zip.Store, member{"m/data/0", "1234"})},
		{"two data.pkl", "more than one", zipped(t, zip.Store, member{"m/data.pkl", "."}, member{"n/data.pkl", "."})},
		{"a member twice", "is in it twice", zipped(t, zip.Store, member{"m/data.pkl", "."}, member{"m/data.pkl", "."})},
		{"big endian", "not little endian", zipped(t, zip.Store, member{"m/data.pkl", "\x80\x02}."}, member{"m/byteorder", "big"})},
		{"no storage", `storage "0" is missing`, zipped(t, zip.Store, member{"m/data.pkl", "\x80\x02" + state + "."})},
		{"short storage", `has 23 bytes and should have 24`, oneTensor(t, 6, 0, pInts(6), pInts(1), 23)},
		{"outside", "outside its storage", oneTensor(t, 6, 1, pInts(2, 3), pInts(3, 1), 24)},
		{"strides outside", "outside its storage", oneTensor(t, 6, 0, pInts(2, 3), pInts(4, 1), 24)},
		{"huge strides", "outside its storage", oneTensor(t, 6, 0, pInts(3, 2), pInts(1<<62, 1<<62), 24)},
		{"negative stride", "negative stride", oneTensor(t, 6, 5, pInts(6), pInts(-1), 24)},
		{"negative offset", "does not fit", oneTensor(t, 6, -1, pInts(6), pInts(1), 24)},
		{"huge offset", "outside", oneTensor(t, 6, 1<<62, pInts(1), pInts(1), 24)},
		{"expanded", "does not fit", oneTensor(t, 6, 0, pInts(1<<30, 6), pInts(0, 1), 24)},
		{"overflow", "does not fit", oneTensor(t, 6, 0, pInts(1<<32, 1<<32), pInts(0, 0), 24)},
		{"negative shape", "does not fit", oneTensor(t, 6, 0, pInts(-2, -3), pInts(3, 1), 24)},
		{"shape and strides", "damaged", oneTensor(t, 6, 0, pInts(2, 3), pInts(1), 24)},
		{"huge storage", "damaged", oneTensor(t, 1<<62, 0, pInts(2), pInts(1), 24)},
		{"large storage", "should have 4398046511104", oneTensor(t, 1<<40, 0, pInts(2), pInts(1), 24)},
		{"a name twice", `the name "a" comes twice`, zipOf(pDict(pText("a"), tensor, pText("a"), tensor))},
		{"two types", `storage "0" comes with two types`, zipOf(pDict(pText("a"), tensor, pText("b"), other))},
		{"no tensors", "no dictionary of tensors, neither", zipOf(pDict(pText("a"), "K\x01"))},
		{"a list", "no dictionary of tensors", zipOf("]")},
		{"tensor and number", `entry "b" is not a tensor`, zipOf(pDict(pText("a"), tensor, pText("b"), "K\x01"))},
		{"nested too deep", "neither itself nor", zipOf(pDict(pText("model"), pDict(pText("model"), state)))},
		{"stream cut off", "cut off", legacy(state, []string{pText("0")}, i64(2)+"1234")},
		{"stream without storages", "cut off before its last storage", legacy(state, []string{pText("0")}, "")},
		{"stream, more", "the last 3 bytes", legacy(state, []string{pText("0")}, i64(2)+"12345678abc")},
		{"stream, count", "has 3 elements and should have 2", legacy(state, []string{pText("0")}, i64(3)+"123456789012")},
		{"stream, no keys", `storage "0" is missing`, legacy(state, nil, "")},
		{"stream, key twice", "comes twice", legacy(state, []string{pText("0"), pText("0")}, i64(2)+"12345678")},
		{"stream, other key", "belongs to no tensor", legacy(state, []string{pText("7")}, i64(2)+"12345678")},
		{"stream, a number for a key", "belongs to no tensor", legacy(state, []string{"K\x01"}, i64(2)+"12345678")},
		{"another pickle", "did not write", []byte("\x80\x02}.")},
		{"another version", "not known", []byte("\x80\x02\x8a\x0a" + string(legacyMagic) + ".\x80\x02K\x01.")},
		{"view outside", "damaged", legacy(pDict(pText("a"), pTensor(pStorage("FloatStorage", "0", 2, pTuple(pText("v"), pInt(1), pInt(2))), 0, pInts(2), pInts(1))), nil, "")},
	} {
		_, err := read(c.file)
		require.ErrorContains(t, err, c.want, c.name)
		require.Less(t, len(err.Error()), 400, c.name)
	}
}

// Cut anywhere, real files are errors, in both formats.
func TestTruncatedTorchFiles(t *testing.T) {
	for _, name := range []string{"legacy-half", "zip-bf16"} {
		b, err := os.ReadFile("testdata/" + name + "/pytorch_model.bin")
		require.NoError(t, err)
		for n := 0; n < len(b); n += 1 + n/40 {
			_, err := read(b[:n])
			require.Error(t, err, "%s: %d bytes", name, n)
		}
	}
}

// Whatever the file is, it ends in an error or in tensors that lie in it.
func FuzzTorch(f *testing.F) {
	for _, name := range []string{"legacy-half", "shards-bin"} {
		files, err := os.ReadDir("testdata/" + name)
		require.NoError(f, err)
		for _, file := range files {
			if strings.HasSuffix(file.Name(), ".bin") {
				b, err := os.ReadFile("testdata/" + name + "/" + file.Name())
				require.NoError(f, err)
				f.Add(b)
			}
		}
	}
	state := pDict(pText("a"), pTensor(pStorage("FloatStorage", "0", 6, "N"), 0, pInts(2, 3), pInts(1, 2)))
	f.Add(oneTensor(f, 6, 0, pInts(2, 3), pInts(3, 1), 24))
	f.Add(legacy(state, []string{pText("0")}, i64(6)+strings.Repeat("1234", 6)))
	f.Add([]byte("\x80\x02ccollections\nOrderedDict\n](" + pText("a") + "K\x01\x86e\x85RN}b."))
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, err := read(b)
		if err != nil {
			return
		}
		readAll(t, tensors, len(b))
	})
}
