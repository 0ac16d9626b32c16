package winres

import (
	"debug/pe"
	"encoding/binary"
	"fmt"
)

const (
	fileHeader    = 20
	sectionHeader = 40
	relocation    = 10
	versionType   = 16 // RT_VERSION

	subdirectory = 1 << 31
)

// relative32 is the relocation "32 bits, relative to the start of the image" of each machine.
var relative32 = map[string]struct{ machine, kind uint16 }{
	"amd64": {pe.IMAGE_FILE_MACHINE_AMD64, 3},
	"arm64": {pe.IMAGE_FILE_MACHINE_ARM64, 2},
}

// Object gives the COFF object for a GOARCH, which is amd64 or arm64.
func Object(arch string, info Info) ([]byte, error) {
	target, ok := relative32[arch]
	if !ok {
		return nil, fmt.Errorf("winres: no resources for %q", arch)
	}
	version, err := versionInfo(info)
	if err != nil {
		return nil, err
	}
	data, at := section(version)
	le := binary.LittleEndian
	relocations := uint32(fileHeader + sectionHeader + len(data))

	b := le.AppendUint16(nil, target.machine)
	b = le.AppendUint16(b, 1) // sections
	b = le.AppendUint32(b, 0) // no time, so that the file is the same each time
	b = le.AppendUint32(b, relocations+relocation)
	b = le.AppendUint32(b, 1) // symbols
	b = le.AppendUint32(b, 0) // no optional header, no flags

	b = append(b, ".rsrc\x00\x00\x00"...)
	b = le.AppendUint64(b, 0) // no size and no place in memory yet
	b = le.AppendUint32(b, uint32(len(data)))
	b = le.AppendUint32(b, fileHeader+sectionHeader)
	b = le.AppendUint32(b, relocations)
	b = le.AppendUint32(b, 0) // no line numbers
	b = le.AppendUint32(b, 1) // relocations
	b = le.AppendUint32(b, pe.IMAGE_SCN_CNT_INITIALIZED_DATA|pe.IMAGE_SCN_MEM_READ)

	b = append(b, data...)

	b = le.AppendUint32(b, at)
	b = le.AppendUint32(b, 0) // relative to symbol 0
	b = le.AppendUint16(b, target.kind)

	b = append(b, ".rsrc\x00\x00\x00"...)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, 1) // section
	b = le.AppendUint16(b, 0)
	b = append(b, 3, 0) // static, nothing further

	return le.AppendUint32(b, 4), nil // no string table but its length
}

// section gives the resource tree, type / name / language with one entry each, and the place of the address that the
// linker has to set.
func section(version []byte) (b []byte, at uint32) {
	const level = 16 + 8 // a directory with one entry
	le := binary.LittleEndian
	directory := func(id, next uint32) {
		b = append(b, make([]byte, 12)...) // flags, time, version
		b = le.AppendUint16(b, 0)          // entries by name
		b = le.AppendUint16(b, 1)          // entries by number
		b = le.AppendUint32(b, id)
		b = le.AppendUint32(b, next)
	}
	directory(versionType, subdirectory|level)
	directory(1, subdirectory|2*level)
	directory(languageUS, 3*level)
	at = uint32(len(b))
	b = le.AppendUint32(b, at+16) // the version begins behind this entry
	b = le.AppendUint32(b, uint32(len(version)))
	b = le.AppendUint32(b, codePageUTF)
	b = le.AppendUint32(b, 0)
	b = append(b, version...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b, at
}
