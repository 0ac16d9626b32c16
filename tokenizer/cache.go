package tokenizer

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

const (
	cacheSlots  = 1 << 14 // a power of 2
	cachedPiece = 32      // bytes of the longest piece that is kept: longer ones hardly come again
)

// A cache remembers the ids of pieces. Each piece has one slot, which the last one holds; so memory is bounded, and readers
// and writers on many threads need no lock. What is found never depends on what was there: only time does.
type cache struct {
	seed  maphash.Seed
	slots [cacheSlots]atomic.Pointer[cached]
}

type cached struct {
	piece string
	ids   []int32
}

// appendCached appends the ids of a piece.
func (t *Tokenizer) appendCached(ids []int32, piece string) []int32 {
	if len(piece) == 1 {
		return append(ids, t.bytes[piece[0]])
	}
	if len(piece) > cachedPiece {
		return t.appendPiece(ids, piece)
	}
	slot := &t.cache.slots[maphash.String(t.cache.seed, piece)%cacheSlots]
	if c := slot.Load(); c != nil && c.piece == piece {
		return append(ids, c.ids...)
	}
	before := len(ids)
	ids = t.appendPiece(ids, piece)
	// A copy: the piece is part of a text that may be large.
	slot.Store(&cached{strings.Clone(piece), append([]int32(nil), ids[before:]...)})
	return ids
}
