package winres

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Info is what the resource says.
type Info struct {
	Product     string // "Cohort"
	Version     string // "1.2.3" or "1.2.3-something", which is marked as not released
	Description string // what Explorer and the task manager show in place of the file's name
	Company     string
	Copyright   string // and the licence
	File        string // "cohort.exe"
}

const (
	languageUS   = 0x0409
	codePageUTF  = 1200
	fixedMagic   = 0xFEEF04BD
	fixedVersion = 0x00010000
	preRelease   = 0x2
	windowsNT    = 0x00040004
	application  = 0x1
)

// versionInfo gives the VS_VERSIONINFO block.
func versionInfo(info Info) ([]byte, error) {
	var major, minor, patch uint16
	number, _, development := strings.Cut(info.Version, "-")
	if n, err := fmt.Sscanf(number, "%d.%d.%d", &major, &minor, &patch); n != 3 || err != nil {
		return nil, fmt.Errorf("winres: version %q is not of the form 1.2.3", info.Version)
	}
	var flags uint32
	if development {
		flags = preRelease
	}
	high, low := uint32(major)<<16|uint32(minor), uint32(patch)<<16
	var fixed []byte
	for _, v := range []uint32{
		fixedMagic, fixedVersion, high, low, high, low, // of the file, of the product
		0x3f, flags, windowsNT, application, 0, 0, 0, // mask of the flags; subtype and date are not used
	} {
		fixed = binary.LittleEndian.AppendUint32(fixed, v)
	}

	var texts [][]byte
	for _, s := range [][2]string{
		{"CompanyName", info.Company},
		{"FileDescription", info.Description},
		{"FileVersion", info.Version},
		{"InternalName", info.Product},
		{"LegalCopyright", info.Copyright},
		{"OriginalFilename", info.File},
		{"ProductName", info.Product},
		{"ProductVersion", info.Version},
	} {
		value := text(s[1])
		texts = append(texts, node(s[0], true, len(value)/2, value))
	}
	translation := binary.LittleEndian.AppendUint16(nil, languageUS)
	translation = binary.LittleEndian.AppendUint16(translation, codePageUTF)
	table := node(fmt.Sprintf("%04x%04x", languageUS, codePageUTF), true, 0, nil, texts...)
	return node("VS_VERSION_INFO", false, len(fixed), fixed,
		node("StringFileInfo", true, 0, nil, table),
		node("VarFileInfo", true, 0, nil, node("Translation", false, len(translation), translation)),
	), nil
}

// node gives one block of the tree: three uint16 (length, length of the value, 1 if it is text), the key, the value, the
// children. Value and children begin at multiples of 4.
func node(key string, isText bool, valueLength int, value []byte, children ...[]byte) []byte {
	b := make([]byte, 6)
	b = append(b, text(key)...)
	b = append(pad(b), value...)
	for _, c := range children {
		b = append(pad(b), c...)
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	binary.LittleEndian.PutUint16(b[2:], uint16(valueLength))
	if isText {
		b[4] = 1
	}
	return b
}

// text is UTF-16 with a zero at its end.
func text(s string) []byte {
	var b []byte
	for _, u := range append(utf16.Encode([]rune(s)), 0) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
