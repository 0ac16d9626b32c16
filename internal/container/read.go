package container

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// Read reads one file to its end. It returns ErrDamaged or ErrNewer, wrapped with what is wrong, or the reader's own error.
// No error holds anything of the file's content.
func Read(r io.Reader) (*File, error) {
	f, err := read(&chunkReader{r: r, sum: sha256.New()})
	if err != nil {
		return nil, fmt.Errorf("container: read: %w", err)
	}
	return f, nil
}

func read(c *chunkReader) (*File, error) {
	dirLen, err := c.prefix()
	if err != nil {
		return nil, err
	}
	dir, err := c.section(dirLen)
	if err != nil {
		return nil, err
	}
	var d directory
	if json.Unmarshal(dir, &d) != nil {
		return nil, damaged("its directory is not what this program writes")
	}
	if err := d.check(); err != nil {
		return nil, damaged(err.Error())
	}
	f := &File{Kind: d.Kind, Blobs: make([]Blob, len(d.Blobs))}
	if f.Header, err = c.section(d.Header); err != nil {
		return nil, err
	}
	if len(f.Header) > 0 && !json.Valid(f.Header) {
		return nil, damaged("its header is not JSON")
	}
	for i, e := range d.Blobs {
		f.Blobs[i].Name = e.Name
		if f.Blobs[i].Data, err = c.section(e.Size); err != nil {
			return nil, err
		}
	}
	return f, c.end()
}

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }

// A chunkReader reads sections and keeps the sum of all that it has read.
type chunkReader struct {
	r        io.Reader
	sum      hash.Hash
	packed   []byte // scratch, at most one chunk
	unpacker io.ReadCloser
}

// full fills b. An end before that is damage.
func (c *chunkReader) full(b []byte) error {
	_, err := io.ReadFull(c.r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return damaged("it ends too early")
	}
	return err
}

// prefix checks magic, version and their check sum, and gives the length of the directory.
func (c *chunkReader) prefix() (dirLen int64, err error) {
	var b [prefixLen]byte
	if err := c.full(b[:len(magic)]); err != nil {
		return 0, err
	}
	if !Is(b[:len(magic)]) {
		return 0, damaged("it is no file of this program")
	}
	if err := c.full(b[8:16]); err != nil {
		return 0, err
	}
	if binary.LittleEndian.Uint32(b[12:]) != crc32.ChecksumIEEE(b[:12]) {
		return 0, damaged("its first bytes are altered")
	}
	switch v := binary.LittleEndian.Uint32(b[8:]); {
	case v > Version:
		return 0, fmt.Errorf("%w: it has version %d of the format, this program reads up to %d", ErrNewer, v, Version)
	case v == 0:
		return 0, damaged("it has version 0")
	}
	if err := c.full(b[16:]); err != nil {
		return 0, err
	}
	n := binary.LittleEndian.Uint64(b[16:])
	if n > math.MaxInt64 {
		return 0, damaged("its directory has an impossible length")
	}
	c.sum.Write(b[:])
	return int64(n), nil
}

// section reads size bytes, nil for 0. The result grows with what has been read and checked, not with size.
func (c *chunkReader) section(size int64) ([]byte, error) {
	var b []byte
	for int64(len(b)) < size {
		n := int(min(size-int64(len(b)), chunkSize))
		var err error
		if b, err = c.chunk(b, n); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// chunk appends the n bytes of the next chunk to b.
func (c *chunkReader) chunk(b []byte, n int) ([]byte, error) {
	var word [4]byte
	if err := c.full(word[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(word[:])
	if length > uint32(n) {
		return nil, damaged("a chunk has an impossible length")
	}
	if len(c.packed) < int(length) {
		c.packed = make([]byte, length)
	}
	data := c.packed[:length]
	if err := c.full(data); err != nil {
		return nil, err
	}
	var want, got [sha256.Size]byte
	if err := c.full(want[:]); err != nil {
		return nil, err
	}
	c.sum.Write(word[:])
	c.sum.Write(data)
	if c.sum.Sum(got[:0]); got != want {
		return nil, damaged("a check sum is wrong")
	}
	c.sum.Write(want[:])
	if len(data) == n {
		return append(b, data...), nil
	}
	return c.unpack(b, data, n)
}

// unpack appends the n bytes that data inflates to.
func (c *chunkReader) unpack(b, data []byte, n int) ([]byte, error) {
	src := bytes.NewReader(data)
	if c.unpacker == nil {
		c.unpacker = flate.NewReader(src)
	} else {
		c.unpacker.(flate.Resetter).Reset(src, nil)
	}
	out := bytes.NewBuffer(b)
	got, err := io.Copy(out, io.LimitReader(c.unpacker, int64(n)+1))
	if err != nil || got != int64(n) {
		return nil, damaged("a chunk does not have its length")
	}
	return out.Bytes(), nil
}

// end checks that nothing follows.
func (c *chunkReader) end() error {
	var b [1]byte
	switch _, err := io.ReadFull(c.r, b[:]); err {
	case io.EOF:
		return nil
	case nil:
		return damaged("something follows its end")
	default:
		return err
	}
}
