package table

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/cohort/internal/rng"
)

// repeatedReader gives a header once and then a body as often as it takes to give rows rows.
type repeatedReader struct {
	parts  [][]byte
	next   int
	offset int
}

func (r *repeatedReader) Read(p []byte) (int, error) {
	if r.next == len(r.parts) {
		return 0, io.EOF
	}
	n := copy(p, r.parts[r.next][r.offset:])
	if r.offset += n; r.offset == len(r.parts[r.next]) {
		r.next++
		r.offset = 0
	}
	return n, nil
}

func (r *repeatedReader) size() (n int64) {
	for _, p := range r.parts {
		n += int64(len(p))
	}
	return n
}

// repeatTable repeats the rows of a file until there are as many as asked.
func repeatTable(file []byte, rows int) *repeatedReader {
	head, body, _ := bytes.Cut(file, []byte("\n"))
	parts := [][]byte{append(bytes.Clone(head), '\n')}
	for n := bytes.Count(body, []byte("\n")); rows > 0; rows -= n {
		part := body
		for ; n > rows; n-- {
			part = part[:bytes.LastIndexByte(part[:len(part)-1], '\n')+1]
		}
		parts = append(parts, part)
	}
	return &repeatedReader{parts: parts}
}

// adultLike gives the Adult table, or a made-up one of the same shape where it is not there.
func adultLike(tb testing.TB) []byte {
	if b, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "adult.csv")); err == nil {
		return b
	}
	var b bytes.Buffer
	b.WriteString("age,work,weight,school,years,marital,job,relation,origin,sex,gain,loss,hours,country,income\n")
	for row := range uint64(30000) {
		s := rng.New(1, rng.Demo, row)
		fmt.Fprintf(&b, "%d, work %d,%d, school %d,%d, marital %d, occupation %d, relation %d, origin %d, sex %d,%d,%d,%d, country number %d, %d\n",
			17+s.Intn(70), s.Intn(8), 12000+s.Intn(20000)*7, s.Intn(16), s.Intn(16), s.Intn(7), s.Intn(14), s.Intn(6), s.Intn(5), s.Intn(2),
			s.Intn(100)*s.Intn(100), s.Intn(90), s.Intn(99), s.Intn(41), s.Intn(2))
	}
	return b.Bytes()
}

// cpuTime gives the processor time that this process has used, where the system tells; on a busy machine it says more than
// a clock.
var cpuTime = func() time.Duration { return 0 }

func BenchmarkReadCSV(b *testing.B) {
	adult := adultLike(b)
	for _, rows := range []int{32561, 1_000_000} {
		b.Run(fmt.Sprintf("adult/%d", rows), func(b *testing.B) {
			r := repeatTable(adult, rows)
			b.SetBytes(r.size())
			b.ReportAllocs()
			before := cpuTime()
			for b.Loop() {
				r.next, r.offset = 0, 0
				t, err := ReadCSV(r, ReadOptions{})
				if err != nil || t.Rows() != rows {
					b.Fatal(t.Rows(), err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			if used := cpuTime() - before; used > 0 {
				b.ReportMetric(float64(r.size())*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
			}
		})
	}
}

func BenchmarkWriteCSV(b *testing.B) {
	t, err := ReadCSV(bytes.NewReader(adultLike(b)), ReadOptions{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := WriteCSV(io.Discard, t); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(t.Rows())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkParseNumber(b *testing.B) {
	for b.Loop() {
		parseNumber("13.666666666666666", '.')
	}
}
