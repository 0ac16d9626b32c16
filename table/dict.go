package table

import (
	"hash/maphash"
	"slices"
	"strings"
)

// A dict numbers the distinct texts of a column in the order in which they come. The texts lie end to end in one arena,
// and a hash table with open addressing finds them: no pointer and no allocation for each.
type dict struct {
	arena strings.Builder
	ends  []uint32 // text i is arena[ends[i]:ends[i+1]]
	slots []uint32 // code+1 by hash, 0 where free; the length is a power of two
	flags []uint8  // by code: how the text stood in the file
	full  bool     // a text did not fit; its code is that of another
	last  int32    // the last one found: neighbours are often alike
	seed  maphash.Seed
}

const (
	plainFlag  = 1 << iota // met without quotes
	quotedFlag             // met in quotes
)

// maxArena bounds the distinct texts of one column, in bytes; offsets are 32 bits wide.
const maxArena = 1<<32 - 1

func newDict() *dict {
	return &dict{last: -1, ends: []uint32{0}, slots: make([]uint32, 64), seed: maphash.MakeSeed()}
}

// len gives the number of distinct texts.
func (d *dict) len() int { return len(d.flags) }

// text gives text i. It keeps the arena alive.
func (d *dict) text(i int) string { return d.arena.String()[d.ends[i]:d.ends[i+1]] }

// code gives the number of text, which is added if it is new, and notes how it stood in the file.
func (d *dict) code(text []byte, flag uint8) int32 {
	arena := d.arena.String()
	if l := d.last; l >= 0 && arena[d.ends[l]:d.ends[l+1]] == string(text) {
		d.flags[l] |= flag
		return l
	}
	mask := uint32(len(d.slots) - 1)
	for h := uint32(maphash.Bytes(d.seed, text)) & mask; ; h = (h + 1) & mask {
		s := d.slots[h]
		if s == 0 {
			return d.add(text, flag, h)
		}
		if arena[d.ends[s-1]:d.ends[s]] == string(text) {
			d.flags[s-1] |= flag
			d.last = int32(s - 1)
			return d.last
		}
	}
}

// add appends a text at the free slot h.
func (d *dict) add(text []byte, flag uint8, h uint32) int32 {
	if d.arena.Len()+len(text) > maxArena {
		d.full = true
		return 0
	}
	d.arena.Grow(len(text)) // doubles, where Write alone would grow in small steps and leave much behind
	d.arena.Write(text)
	d.ends = append(d.ends, uint32(d.arena.Len()))
	d.flags = append(d.flags, flag)
	n := len(d.flags)
	d.slots[h] = uint32(n)
	if n*4 > len(d.slots)*3 {
		d.grow()
	}
	return int32(n - 1)
}

// grow doubles the hash table.
func (d *dict) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	room := len(d.slots)*3/4 + 2 - len(d.flags)
	d.ends, d.flags = slices.Grow(d.ends, room), slices.Grow(d.flags, room)
	mask := uint32(len(d.slots) - 1)
	arena := d.arena.String()
	for i := range d.flags {
		h := uint32(maphash.String(d.seed, arena[d.ends[i]:d.ends[i+1]])) & mask
		for d.slots[h] != 0 {
			h = (h + 1) & mask
		}
		d.slots[h] = uint32(i + 1)
	}
}

// done frees what only looking up needs.
func (d *dict) done() { d.slots = nil }

// decode replaces every text by what decoding it as single bytes gives.
func (d *dict) decode(encoding string) {
	old, ends := d.arena.String(), d.ends
	d.arena = strings.Builder{}
	d.arena.Grow(len(old))
	d.ends = append(make([]uint32, 0, len(ends)), 0)
	for i := range d.flags {
		for _, b := range []byte(old[ends[i]:ends[i+1]]) {
			d.arena.WriteRune(decodeByte(encoding, b))
		}
		d.ends = append(d.ends, uint32(d.arena.Len()))
	}
}
