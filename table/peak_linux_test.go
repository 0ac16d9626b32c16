package table

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/cohort/internal/rng"
)

func init() {
	cpuTime = func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
}

// peakTables are read in a process of their own, so that its peak memory is that of reading alone.
var peakTables = map[string]func(tb testing.TB) io.Reader{
	"adult":    func(tb testing.TB) io.Reader { return repeatTable(adultLike(tb), 1_000_000) },
	"measured": func(testing.TB) io.Reader { return &measuredReader{rows: 500_000} },
}

// measuredReader makes up rows of five decimals and a time that hardly repeat.
type measuredReader struct {
	row, rows uint64
	text      []byte
}

func (r *measuredReader) Read(p []byte) (int, error) {
	if r.row == 0 {
		r.text = append(r.text, "a,b,c,d,e,f\n"...)
	}
	for len(r.text) < 1000 && r.row < r.rows {
		s := rng.New(2, rng.Demo, r.row)
		for c := range 5 {
			r.text = strconv.AppendFloat(r.text, s.Float64()*1000, 'f', 9+c%2, 64)
			r.text = append(r.text, ',')
		}
		r.text = fmt.Appendf(r.text, "2024-0%d-1%d %02d:%02d:%02d\n", 1+s.Intn(9), s.Intn(10), s.Intn(24), s.Intn(60), s.Intn(60))
		r.row++
	}
	if len(r.text) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text)
	r.text = append(r.text[:0], r.text[n:]...)
	return n, nil
}

// columnarSize is 8 bytes a number, 4 a coded cell, and the distinct texts.
func columnarSize(t *Table) (n int64) {
	for i := range t.cols {
		n += 8*int64(len(t.cols[i].nums)) + 4*int64(len(t.cols[i].codes))
		for _, w := range append(t.cols[i].words, t.schema.Columns[i].Values...) {
			n += int64(len(w)) + 16
		}
	}
	return n
}

// peakOf gives the most memory that this process has held, in bytes.
func peakOf(tb testing.TB) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kB int64
	fmt.Sscan(rest, &kB)
	return kB << 10
}

const peakChild = "TABLE_TEST_PEAK"

func TestPeakChild(t *testing.T) {
	make := peakTables[os.Getenv(peakChild)]
	if make == nil {
		t.Skip("runs for BenchmarkPeakMemory only")
	}
	r := make(t)
	before := peakOf(t)
	tab, err := ReadCSV(r, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("PEAK %d %d %d %d\n", before, peakOf(t), columnarSize(tab), tab.Rows())
}

// BenchmarkPeakMemory reports the peak memory of reading as a multiple of the table's columnar size, with the runtime, code
// and buffers of the process, but without the bytes that stand for the file.
func BenchmarkPeakMemory(b *testing.B) {
	for name := range peakTables {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(os.Args[0], "-test.run=^TestPeakChild$")
				cmd.Env = append(os.Environ(), peakChild+"="+name)
				out, err := cmd.Output()
				if err != nil {
					b.Fatal(err)
				}
				var before, peak, size, rows int64
				if _, err := fmt.Fscanf(bytes.NewReader(out), "PEAK %d %d %d %d", &before, &peak, &size, &rows); err != nil {
					b.Fatal(err, string(out))
				}
				b.ReportMetric(float64(peak-before)/1e6, "MB-peak")
				b.ReportMetric(float64(size)/1e6, "MB-columnar")
				b.ReportMetric(float64(peak-before)/float64(size), "peak/columnar")
			}
		})
	}
}
