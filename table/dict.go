package table

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
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
	seed  maphash.Seed

	recent []known // by key: texts found lately, for most columns repeat a few; the length is a power of two
	shift  uint8   // takes a mixed key to an index of recent
}

// known is a text that was found, and its code+1; 0 where the entry is free.
type known struct {
	key  key
	code uint32
}

const (
	plainFlag  = 1 << iota // met without quotes
	quotedFlag             // met in quotes
)

// A key holds a text of up to 15 bytes and the flag with which it came, or the beginning and the end of a longer one.
type key struct{ a, b uint64 }

const (
	keyText  = 15      // the longest text that a key holds whole
	keyLong  = 1 << 60 // set in the b of longer texts
	keyMix   = 0x9e3779b97f4a7c15
	maxKnown = 1 << 10 // bounds recent; it should stay in the cache of the processor
)

// makeKey gives the key of a text.
func makeKey(text []byte, flag uint8) key {
	n := len(text)
	top := uint64(flag) << 61
	if n > keyText {
		return key{binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])>>8 | top | keyLong}
	}
	top |= uint64(n) << 56
	if cap(text) >= 16 { // cells of a buffer: read on behind them and mask, which needs no branch by length
		t := text[:16]
		m := &keyMasks[n]
		return key{binary.LittleEndian.Uint64(t) & m.a, binary.LittleEndian.Uint64(t[8:])&m.b | top}
	}
	var t [16]byte
	copy(t[:], text)
	return key{binary.LittleEndian.Uint64(t[:]), binary.LittleEndian.Uint64(t[8:]) | top}
}

// keyMasks keeps the bytes of a text, by its length.
var keyMasks = func() (m [16]key) {
	for n := range m {
		m[n] = key{1<<(8*min(n, 8)) - 1, 1<<(8*max(n-8, 0)) - 1}
	}
	return m
}()

// maxArena bounds the distinct texts of one column, in bytes; offsets are 32 bits wide.
const maxArena = 1<<32 - 1

func newDict() *dict {
	d := &dict{ends: []uint32{0}, slots: make([]uint32, 64), seed: maphash.MakeSeed()}
	d.setRecent(len(d.slots))
	return d
}

// setRecent makes room for n texts found lately, a power of two.
func (d *dict) setRecent(n int) {
	d.recent, d.shift = make([]known, n), uint8(64-bits.TrailingZeros(uint(n)))
}

// len gives the number of distinct texts.
func (d *dict) len() int { return len(d.flags) }

// text gives text i. It keeps the arena alive.
func (d *dict) text(i int) string { return d.arena.String()[d.ends[i]:d.ends[i+1]] }

// code gives the number of text, which is added if it is new, and notes how it stood in the file.
func (d *dict) code(text []byte, flag uint8) int32 {
	k := makeKey(text, flag)
	i := d.place(k)
	r, other := &d.recent[i], &d.recent[i^1]
	switch {
	case d.knows(r, k, text):
		return int32(r.code - 1)
	case d.knows(other, k, text):
		return int32(other.code - 1)
	}
	c := d.find(text, flag)
	*r, *other = known{k, uint32(c + 1)}, *r
	return c
}

// place gives where in recent the text with a key is, or else its neighbour i^1, if it was found lately.
func (d *dict) place(k key) uint64 {
	return (k.a ^ bits.RotateLeft64(k.b, 29)) * keyMix >> d.shift & uint64(len(d.recent)-1)
}

// knows tells whether text, whose key is k, is the one at r.
func (d *dict) knows(r *known, k key, text []byte) bool {
	return r.key == k && r.code != 0 && (len(text) <= keyText || d.is(r.code, text))
}

// is tells whether text is that of the slot.
func (d *dict) is(slot uint32, text []byte) bool {
	return d.arena.String()[d.ends[slot-1]:d.ends[slot]] == string(text)
}

// find is code for a text that was not found lately.
func (d *dict) find(text []byte, flag uint8) int32 {
	mask := uint32(len(d.slots) - 1)
	for h := uint32(maphash.Bytes(d.seed, text)) & mask; ; h = (h + 1) & mask {
		s := d.slots[h]
		if s == 0 {
			return d.add(text, flag, h)
		}
		if d.is(s, text) {
			d.flags[s-1] |= flag
			return int32(s - 1)
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
	if n*2 > len(d.slots) { // fuller, too many texts of others would be compared on the way
		d.grow()
	}
	return int32(n - 1)
}

// grow doubles the hash table.
func (d *dict) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	if n := len(d.slots); n <= maxKnown {
		d.setRecent(n)
	}
	room := len(d.slots)/2 + 2 - len(d.flags)
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
func (d *dict) done() { d.slots, d.recent = nil, nil }

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
