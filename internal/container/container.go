package container

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the version of the format that Write writes. Read reads all versions up to it.
const Version = 1

const magic = "\x89COHORT\n"

// What is wrong with a file that Read refuses, for errors.Is. Errors of the reader itself come back as they are.
var (
	ErrDamaged = errors.New("file is damaged") // truncated, altered, or never a file of Cohort
	ErrNewer   = errors.New("file is from a newer version")
)

// A File is what one container holds.
type File struct {
	Kind   string          // what it is: "trees", "checkpoint", ...
	Header json.RawMessage // any JSON, or nil
	Blobs  []Blob          // their names differ
}

// A Blob is a named run of bytes.
type Blob struct {
	Name string
	Data []byte
	// Floats may stand in the place of Data in a file that is written: the bytes are those of Bytes, made piece by piece. Read gives Data.
	Floats []float32
}

// size is how many bytes a blob has in a file.
func (b *Blob) size() int64 { return int64(len(b.Data)) + 4*int64(len(b.Floats)) }

// Blob gives the bytes of the blob with the given name.
func (f *File) Blob(name string) ([]byte, bool) {
	for i := range f.Blobs {
		if f.Blobs[i].Name == name {
			return f.Blobs[i].Data, true
		}
	}
	return nil, false
}

// Is tells whether the first bytes of a file, 8 or more, are those of a container.
func Is(head []byte) bool {
	return len(head) >= len(magic) && string(head[:len(magic)]) == magic
}

// A directory says what comes after it.
type directory struct {
	Kind   string  `json:"kind"`
	Header int64   `json:"header"`
	Blobs  []entry `json:"blobs"`
}

type entry struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// check refuses what Write would not write. Reader and writer share it.
func (d *directory) check() error {
	if d.Header < 0 {
		return fmt.Errorf("header of %d bytes", d.Header)
	}
	seen := make(map[string]bool, len(d.Blobs))
	for i, e := range d.Blobs {
		switch {
		case e.Size < 0:
			return fmt.Errorf("blob %d of %d bytes", i, e.Size)
		case seen[e.Name]:
			return fmt.Errorf("two blobs have the same name as blob %d", i)
		}
		seen[e.Name] = true
	}
	return nil
}
