package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"example.org/cohort/internal/container"
	"example.org/cohort/table"
)

// source is a file or standard input, opened for reading.
type source struct {
	io.Reader
	file  *os.File // nil for standard input
	name  string
	size  int64 // bytes; 0 if unknown
	model bool  // it begins as a model file does
}

func (s *source) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// open opens a file, or standard input for "-", and looks at its first bytes.
func (a *app) open(path string) (*source, error) {
	s := &source{name: path}
	var r io.Reader = a.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil && info.IsDir() {
			err = &fs.PathError{Op: "read", Path: path, Err: errIsFolder}
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		s.file, r = f, f
		if info.Mode().IsRegular() {
			s.size = info.Size()
		}
	}
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		s.Close()
		return nil, err
	}
	s.model = container.Is(head)
	s.Reader = b
	return s, nil
}

// errIsFolder says that a path for a file names a folder.
var errIsFolder = errors.New("is a folder")

// readTable reads the table of a source. m, which may be nil, shows how far it is. A caller that wants the bytes as they
// pass, for a hash, replaces s.Reader before.
func (a *app) readTable(o *options, s *source, m *meter) (*table.Table, error) {
	return a.readTableWith(o, s, m, a.warn)
}

// readTableWith is readTable with another hearer of warnings.
func (a *app) readTableWith(o *options, s *source, m *meter, warn func(*table.Error)) (*table.Table, error) {
	if s.model {
		return nil, fault("not-a-table", s.name+` is a model, not a table. "`+o.verb+`" learns from a table.`,
			"cohort sample "+quoteArg(s.name)+"     (writes rows from it)")
	}
	opt, err := a.readOptions(o)
	if err != nil {
		return nil, err
	}
	opt.Warn = warn
	var r io.Reader = s
	if m != nil {
		m.willTake(time.Duration(float64(s.size) / readingRate * float64(time.Second)))
		r = &countingReader{r: s, size: s.size, m: m}
	}
	return table.ReadCSV(r, opt)
}

// readingRate is how many bytes of a table a slow computer reads in a second.
const readingRate = 30e6

// countingReader tells a progress line how many bytes have passed.
type countingReader struct {
	r          io.Reader
	done, size int64
	m          *meter
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.done += int64(n)
	c.m.progress("read", c.done, c.size)
	return n, err
}
