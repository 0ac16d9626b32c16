package great

import (
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

var long = flag.Bool("long", false, "learn real tables, for minutes")

// A model from scratch foretells the cells of rows held out better than the columns' own shares do.
func TestBetterThanIndependent(t *testing.T) {
	if !*long {
		t.Skip("-long")
	}
	path := filepath.Join("..", "..", "..", "shared", "data", "student-mat.csv")
	in, err := os.Open(path)
	if err != nil {
		t.Skip("the table is not here: ", err)
	}
	defer in.Close()
	tab, err := table.ReadCSV(in, table.ReadOptions{})
	require.NoError(t, err)
	opt := Options{Budget: 4 * time.Minute, Trace: func(s Step) {
		if s.Held > 0 {
			t.Logf("step %d, epoch %.1f: loss %.3f, held out %.4f a cell", s.Number, s.Epoch, s.Loss, s.Held)
		}
	}}
	began := time.Now()
	m, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	alone := independent(t, tab, opt)
	t.Logf("%+v: %d steps of %d, %s in %s; held out %.4f a cell, independent %.4f", m.Config(), m.Report().Steps, m.Report().Planned,
		m.Report().StoppedBy, time.Since(began).Round(time.Second), m.Held(), alone)
	began = time.Now()
	_, _, err = m.Sample(context.Background(), SampleOptions{Rows: 200, Mass: func(x float64) { t.Logf("valid mass %.4f", x) }})
	require.NoError(t, err)
	t.Logf("%.1f rows a second", 200/time.Since(began).Seconds())
	require.Less(t, m.Held(), alone)
}

// independent is the mean -ln share of the codes of the cells that Fit holds out. What a number has inside its bin is not counted, which the
// model has to foretell, too.
func independent(t *testing.T, tab *table.Table, opt Options) float64 {
	f, err := begin(context.Background(), opt)
	require.NoError(t, err)
	require.NoError(t, f.encode(tab))
	require.NoError(t, f.vocabulary())
	sum := 0.0
	for _, r := range f.held {
		for v, x := range f.m.enc.Vars() {
			if code := f.codes[v][r]; code >= 0 {
				sum -= math.Log(x.Share[code])
			}
		}
	}
	return sum / float64(len(f.held)*len(f.m.s.cols))
}
