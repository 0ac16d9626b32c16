package winres

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

var info = Info{
	Product: "Cohort", Version: "1.20.3-rc1", Description: "Makes artificial Studierende", Company: "Müller & Co",
	Copyright: "© 2026", File: "cohort.exe",
}

// A block of a version resource, as its reader sees it.
type block struct {
	key      string
	text     bool
	value    []byte
	children []block
}

// parse reads one block, with the rules of Microsoft's description and not with those of node.
func parse(t *testing.T, b []byte) block {
	t.Helper()
	le := binary.LittleEndian
	require.GreaterOrEqual(t, len(b), 6)
	length, valueLength := int(le.Uint16(b)), int(le.Uint16(b[2:]))
	require.LessOrEqual(t, length, len(b))
	out := block{text: le.Uint16(b[4:]) == 1}
	i := 6
	key, i := units(b, i)
	out.key = key
	i = (i + 3) &^ 3
	if out.text {
		valueLength *= 2
	}
	if valueLength > 0 {
		out.value = b[i : i+valueLength]
		i += valueLength
	}
	for i = (i + 3) &^ 3; i < length; i = (i + 3) &^ 3 {
		out.children = append(out.children, parse(t, b[i:length]))
		i += int(le.Uint16(b[i:]))
	}
	return out
}

// units reads UTF-16 from b[i:] to its zero, and gives the place behind it.
func units(b []byte, i int) (string, int) {
	var u []uint16
	for ; b[i] != 0 || b[i+1] != 0; i += 2 {
		u = append(u, binary.LittleEndian.Uint16(b[i:]))
	}
	return string(utf16.Decode(u)), i + 2
}

func TestVersionInfo(t *testing.T) {
	b, err := versionInfo(info)
	require.NoError(t, err)
	top := parse(t, b)
	require.Equal(t, "VS_VERSION_INFO", top.key)
	require.False(t, top.text)
	require.Len(t, top.value, 52)
	var fixed [13]uint32
	require.NoError(t, binary.Read(bytes.NewReader(top.value), binary.LittleEndian, &fixed))
	require.Equal(t, [13]uint32{
		0xFEEF04BD, 0x10000, 1<<16 | 20, 3 << 16, 1<<16 | 20, 3 << 16, 0x3f, 2, 0x40004, 1,
	}, fixed)

	require.Len(t, top.children, 2)
	require.Equal(t, "StringFileInfo", top.children[0].key)
	table := top.children[0].children[0]
	require.Equal(t, "040904b0", table.key)
	got := map[string]string{}
	for _, c := range table.children {
		s, end := units(c.value, 0)
		require.Equal(t, len(c.value), end, "the zero belongs to the length")
		got[c.key] = s
	}
	require.Equal(t, map[string]string{
		"CompanyName": "Müller & Co", "FileDescription": "Makes artificial Studierende", "FileVersion": "1.20.3-rc1",
		"InternalName": "Cohort", "LegalCopyright": "© 2026", "OriginalFilename": "cohort.exe", "ProductName": "Cohort",
		"ProductVersion": "1.20.3-rc1",
	}, got)
	translation := top.children[1].children[0]
	require.Equal(t, "Translation", translation.key)
	require.Equal(t, []byte{0x09, 0x04, 0xb0, 0x04}, translation.value)
}

func TestReleasedVersionHasNoMark(t *testing.T) {
	released := info
	released.Version = "1.20.3"
	b, err := versionInfo(released)
	require.NoError(t, err)
	require.Zero(t, binary.LittleEndian.Uint32(parse(t, b).value[28:]))
}

func TestObjectIsWhatLinkersRead(t *testing.T) {
	for arch, machine := range map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64} {
		b, err := Object(arch, info)
		require.NoError(t, err)
		f, err := pe.NewFile(bytes.NewReader(b))
		require.NoError(t, err)
		require.Equal(t, machine, f.Machine)
		require.Len(t, f.Sections, 1)
		s := f.Sections[0]
		require.Equal(t, ".rsrc", s.Name)
		require.Len(t, s.Relocs, 1)
		require.Equal(t, relative32[arch].kind, s.Relocs[0].Type)
		require.Len(t, f.COFFSymbols, 1)
		require.Equal(t, int16(1), f.COFFSymbols[0].SectionNumber)
		data, err := s.Data()
		require.NoError(t, err)
		require.Equal(t, uint32(3*24), s.Relocs[0].VirtualAddress)
		require.Equal(t, "VS_VERSION_INFO", parse(t, resource(t, data, 0)).key)
	}
}

// resource follows the first entry of each level of a resource section, which begins at the address base.
func resource(t *testing.T, data []byte, base uint32) []byte {
	t.Helper()
	le := binary.LittleEndian
	at := uint32(0)
	for _, id := range []uint32{16, 1, 0x409} {
		require.Equal(t, uint16(1), le.Uint16(data[at+14:]))
		require.Equal(t, id, le.Uint32(data[at+16:]))
		at = le.Uint32(data[at+20:])
		require.Equal(t, id != 0x409, at>>31 == 1, "the last level leads to data")
		at &^= 1 << 31
	}
	from, size := le.Uint32(data[at:])-base, le.Uint32(data[at+4:])
	return data[from : from+size]
}

func TestObjectRefuses(t *testing.T) {
	_, err := Object("386", info)
	require.ErrorContains(t, err, `no resources for "386"`)
	for _, v := range []string{"", "1", "1.2", "v1.2.3", "1.2.70000"} {
		wrong := info
		wrong.Version = v
		_, err = Object("amd64", wrong)
		require.ErrorContains(t, err, "not of the form 1.2.3", v)
	}
}
