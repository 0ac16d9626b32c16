package hf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	mostHeader  = 16 << 20 // bytes; GPT-2 XL has 60 KB
	mostTensors = 10_000
	mostDims    = 8
)

// A headerEntry is what the header of a safetensors file says of a tensor. Offsets count from the end of the header.
type headerEntry struct {
	DType   string  `json:"dtype"`
	Shape   []int64 `json:"shape"`
	Offsets []int64 `json:"data_offsets"`
}

// readSafetensors reads the header of a safetensors file: its length (uint64, little endian), a JSON object from names to
// type, shape and place, maybe spaces; behind it the data, without gaps. Source: safetensors 0.8, README, section Format.
func readSafetensors(src io.ReaderAt, size int64) ([]stored, error) {
	var word [8]byte
	if err := readAt(src, word[:], 0); err != nil {
		return nil, errors.New("it is too short to be a safetensors file; copy it again")
	}
	n := binary.LittleEndian.Uint64(word[:])
	switch {
	case n > uint64(size-8):
		return nil, fmt.Errorf("its header should have %d bytes and the file has %d: it is cut off, or no safetensors file; copy it again", n, size)
	case n > mostHeader:
		return nil, fmt.Errorf("its header has %d bytes; %d are the most", n, mostHeader)
	}
	header := make([]byte, n)
	if err := readAt(src, header, 8); err != nil {
		return nil, err
	}
	entries, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	data := 8 + int64(n)
	if err := checkLayout(entries, size-data); err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].src, entries[i].at = src, data+entries[i].at
	}
	return entries, nil
}

// parseHeader reads the JSON object; at counts from the start of the data.
func parseHeader(header []byte) ([]stored, error) {
	if len(header) == 0 || header[0] != '{' {
		return nil, errors.New("its header does not begin with {")
	}
	var entries []stored
	err := members(header, func(name string, d *json.Decoder) error {
		if name == "__metadata__" {
			var m map[string]string
			return d.Decode(&m)
		}
		if len(entries) == mostTensors {
			return fmt.Errorf("it has more than %d tensors", mostTensors)
		}
		var h headerEntry
		if err := d.Decode(&h); err != nil {
			return err
		}
		s, err := h.stored(name)
		entries = append(entries, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("its header: %w", err)
	}
	return entries, nil
}

// stored checks one tensor by itself.
func (h headerEntry) stored(name string) (stored, error) {
	s := stored{Entry: Entry{Name: name, DType: h.DType}}
	size, known := sizes[h.DType]
	if !known {
		return s, fmt.Errorf("its type is %s, which is not known", quote(h.DType))
	}
	if h.Shape == nil || len(h.Offsets) != 2 {
		return s, errors.New("it lacks its shape or its two offsets")
	}
	n, ok := count(h.Shape)
	if !ok || len(h.Shape) > mostDims {
		return s, errors.New("its shape is too large or negative")
	}
	from, to := h.Offsets[0], h.Offsets[1]
	if from < 0 || to < from || to-from != n*size {
		return s, fmt.Errorf("bytes %d to %d don't hold %d values of %d bytes", from, to, n, size)
	}
	s.at = from
	s.Shape = ints(h.Shape)
	return s, nil
}

// checkLayout tells where tensors overlap or leave gaps in the size bytes of data. Empty tensors may lie anywhere between.
func checkLayout(entries []stored, size int64) error {
	order := make([]*stored, len(entries))
	for i := range entries {
		order[i] = &entries[i]
	}
	slices.SortStableFunc(order, func(a, b *stored) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.len(), b.len()))
	})
	end := int64(0)
	for _, s := range order {
		switch {
		case s.at < end:
			return fmt.Errorf("tensor %s begins at byte %d of the data, inside the one before it, which ends at %d", quote(s.Name), s.at, end)
		case s.at > end:
			return fmt.Errorf("bytes %d to %d of the data belong to no tensor", end, s.at)
		}
		end += int64(s.len()) * sizes[s.DType]
	}
	if end > size {
		return fmt.Errorf("its data should have %d bytes and has %d: it is cut off; copy it again", end, size)
	}
	if end < size {
		return fmt.Errorf("its data has %d bytes, of which the last %d belong to no tensor", size, size-end)
	}
	return nil
}

// members calls visit for each member of a JSON object, with the decoder before the member's value, and refuses names
// that come twice, of which encoding/json would take the last.
func members(object []byte, visit func(name string, d *json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errors.New("it is not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return errors.New("a name is not a string")
		}
		if seen[name] {
			return fmt.Errorf("%s comes twice", quote(name))
		}
		seen[name] = true
		if err := visit(name, d); err != nil {
			return fmt.Errorf("%s: %w", quote(name), err)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}

func ints(v []int64) []int {
	out := make([]int, len(v))
	for i, x := range v {
		out[i] = int(x)
	}
	return out
}

// quote shows a name from a file, at most 100 bytes of it.
func quote(name string) string {
	if len(name) > 100 {
		return fmt.Sprintf("%q...", name[:100])
	}
	return fmt.Sprintf("%q", name)
}
