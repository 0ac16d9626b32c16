package column

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
	"example.org/cohort/table"
	"example.org/cohort/tensor"
)

// dice is a table of n rows with four columns that depend on each other, and a number with gaps.
func dice(t testing.TB, n int) *table.Table {
	var b strings.Builder
	b.WriteString("a,b,c,d,x\n")
	r := rng.New(7, 1, 0)
	for range n {
		a := r.Intn(3)
		bb := (a + r.Intn(2)) % 3
		c := r.Intn(2)
		if a == bb {
			c = 1
		}
		d := (a + c + r.Intn(2)) % 4
		x := ""
		if r.Intn(10) > 0 {
			x = fmt.Sprintf("%.1f", float64(a*20)+10*r.Float64()+float64(d))
		}
		fmt.Fprintf(&b, "a%d,b%d,c%d,d%d,%s\n", a, bb, c, d, x)
	}
	tb, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	require.NoError(t, err)
	return tb
}

// quick are options of a training that takes a second.
var quick = Options{Protect: -1, Size: Size{Width: 24, Heads: 2, Layers: 1, Inner: 48}, Members: 2, Epochs: 12, Batch: 64}

func fitted(t testing.TB, tb *table.Table, opt Options) *Model {
	m, err := Fit(context.Background(), tb, opt)
	require.NoError(t, err)
	return m
}

func saved(t testing.TB, m *Model) []byte {
	f := &container.File{Kind: "test", Header: []byte("{}")}
	require.NoError(t, m.Save(f))
	var b bytes.Buffer
	require.NoError(t, container.Write(&b, f))
	return b.Bytes()
}

func csv(t testing.TB, tb *table.Table) string {
	var b bytes.Buffer
	require.NoError(t, table.WriteCSV(&b, tb))
	return b.String()
}

// TestItLearns compares what rows held out cost with what they cost when columns are independent, and with what they must cost.
func TestItLearns(t *testing.T) {
	long := quick
	long.Epochs = 40
	m := fitted(t, dice(t, 2000), long)
	for _, h := range m.Held() {
		require.NotEmpty(t, h.Rows)
		// a, b, c and d alone have ln 3 + ln 2 + (1/2) ln 2 + ln 2 nats.
		least := math.Log(3) + 2.5*math.Log(2)
		got := mean(h.LogP[:4])
		require.Greater(t, got, least-0.15)
		require.Less(t, got, least+0.15)
	}
}

// TestPositionsAgree compares the distributions from which rows are drawn, position by position with a cache, with those of whole rows.
func TestPositionsAgree(t *testing.T) {
	tb := dice(t, 300)
	m := fitted(t, tb, quick)
	codes, err := m.enc.Codes(tb)
	require.NoError(t, err)
	order := []int32{4, 1, 3, 0, 2} // not the model's
	rows := []int32{0, 1, 2, 3, 4, 5, 6, 7}
	want := make([][]float64, len(codes))
	var b batch
	for _, n := range m.nets {
		for v, x := range n.score(autograd.New(new(tensor.Arena)), &b, codes, rows, order) {
			for i := range rows {
				if want[v] == nil {
					want[v] = make([]float64, len(rows))
				}
				want[v][i] += math.Exp(x[i]) / float64(len(m.nets))
			}
		}
	}
	s := m.source(len(rows)).(*source)
	list := make([]*draw.Row, len(rows))
	for i, r := range rows {
		list[i] = &draw.Row{Index: i, Codes: make([]int32, len(codes))}
		for v := range codes {
			list[i].Codes[v] = codes[v][r]
		}
	}
	s.Begin(list)
	for _, f := range order {
		x := m.nets[0].fields[f]
		s.Next(list, int32(x.first))
		for p := range x.parts {
			for i, w := range list {
				if c := w.Codes[x.first+p]; c >= 0 {
					require.InDelta(t, want[x.first+p][i], s.told(w, int32(x.first+p))[c], 1e-5)
				}
			}
		}
	}
}

// TestConditions compares rows under conditions with brute force: the probabilities of all 72 combinations of four categories that the networks
// give in the same order, of which those that meet the conditions are left.
func TestConditions(t *testing.T) {
	tb := dice(t, 2000)
	s := *tb.Schema()
	four, err := table.New(&table.Schema{Columns: s.Columns[:4]}, []any{tb.Codes(0), tb.Codes(1), tb.Codes(2), tb.Codes(3)})
	require.NoError(t, err)
	one := quick
	one.Members = 1
	m := fitted(t, four, one)
	for _, where := range []string{`d = "d3"`, `c = "c1" and d = "d2"`, `b in ("b0", "b2")`, `a in ("a0", "a1") and b in ("b0", "b1") and d in ("d1", "d2")`} {
		conds, err := table.ParseConds(where)
		require.NoError(t, err)
		opt := SampleOptions{Rows: 10_000, Seed: 2, Where: conds}
		got, set, err := m.Sample(context.Background(), opt)
		require.NoError(t, err)
		require.Zero(t, set)
		m.hearsOfCandidates(t, opt, got, where)
		sets, err := table.Sets(m.Schema(), conds)
		require.NoError(t, err)
		want, have := m.joint(t, opt, sets), map[string]float64{}
		for r := range got.Rows() {
			k := [4]int32{}
			for c := range 4 {
				k[c] = got.Codes(c)[r]
			}
			have[fmt.Sprint(k)] += 1 / float64(opt.Rows)
		}
		tv := 0.0
		for k, p := range want {
			tv += math.Abs(p-have[k]) / 2
			delete(have, k)
		}
		require.Empty(t, have, "rows that do not meet %s", where)
		require.Less(t, tv, 0.02, where)
	}
}

// hearsOfCandidates asks for the effective shares of the candidates, which must be there where and only where rows are picked, and change no row.
func (m *Model) hearsOfCandidates(t *testing.T, opt SampleOptions, silent *table.Table, where string) {
	opt.Effective = make([]float64, opt.Rows)
	got, _, err := m.Sample(context.Background(), opt)
	require.NoError(t, err)
	require.Equal(t, csv(t, silent), csv(t, got))
	least, most := slices.Min(opt.Effective), slices.Max(opt.Effective)
	if strings.Count(where, " in ") < 2 {
		require.Zero(t, most, where)
		return
	}
	require.GreaterOrEqual(t, least, 1.0/Candidates-1e-9, where)
	require.LessOrEqual(t, most, 1+1e-9, where)
}

// joint gives the probability of every combination that meets the sets, by its codes of the table.
func (m *Model) joint(t *testing.T, opt SampleOptions, sets []table.Set) map[string]float64 {
	order, _, err := m.orderFor(opt)
	require.NoError(t, err)
	cols := make([][]int32, 4)
	for i := range 72 {
		for c, k := range []int{3, 3, 2, 4} {
			cols[c] = append(cols[c], int32(i%k))
			i /= k
		}
	}
	all, err := table.New(m.Schema(), []any{cols[0], cols[1], cols[2], cols[3]})
	require.NoError(t, err)
	codes, err := m.enc.Codes(all)
	require.NoError(t, err)
	p := make([][]float64, 4)
	var b batch
	for _, n := range m.nets {
		for v, x := range n.score(autograd.New(new(tensor.Arena)), &b, codes, indices(72), fieldOrder(m.enc.Vars(), order)) {
			p[v] = append(p[v], make([]float64, 72-len(p[v]))...)
			for i := range x {
				p[v][i] += math.Exp(x[i]) / float64(len(m.nets))
			}
		}
	}
	out, total := map[string]float64{}, 0.0
	for i := range 72 {
		k, in := [4]int32{}, true
		for c := range 4 {
			k[c] = cols[c][i]
		}
		for _, s := range sets {
			in = in && s.Values[k[s.Col]]
		}
		if in {
			out[fmt.Sprint(k)] = p[0][i] * p[1][i] * p[2][i] * p[3][i]
			total += out[fmt.Sprint(k)]
		}
	}
	for k := range out {
		out[k] /= total
	}
	return out
}

func indices(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// TestBalance asks for every value equally often.
func TestBalance(t *testing.T) {
	m := fitted(t, dice(t, 500), quick)
	got, _, err := m.Sample(context.Background(), SampleOptions{Rows: 300, Balance: "d"})
	require.NoError(t, err)
	n := map[string]int{}
	for r := range got.Rows() {
		s, _ := got.Cell(r, 3)
		n[s]++
	}
	require.Len(t, n, 4)
	for _, k := range n {
		require.Equal(t, 75, k)
	}
}

// TestRowsAreTheirNumbers draws the same rows in one piece and in several.
func TestRowsAreTheirNumbers(t *testing.T) {
	m := fitted(t, dice(t, 300), quick)
	sample := func(first, rows int64) string {
		got, _, err := m.Sample(context.Background(), SampleOptions{First: first, Rows: rows, Seed: 3})
		require.NoError(t, err)
		return csv(t, got)
	}
	_, tail, _ := strings.Cut(sample(700, 300), "\n")
	require.True(t, strings.HasSuffix(sample(0, 1000), tail))
}

// TestStopAndGoOn stops a training, and the one that goes on ends with the same bytes as one that was not stopped.
func TestStopAndGoOn(t *testing.T) {
	tb := dice(t, 300)
	whole := fitted(t, tb, quick)
	o := quick
	o.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	l, err := newLearning(tb, o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	job := l.job()
	step := job.Step
	job.Step = func(c context.Context, from, to int64) error {
		if to == 70 {
			cancel()
		}
		return step(c, from, to)
	}
	_, err = run.Train(ctx, job, run.Options{Checkpoint: o.Checkpoint})
	require.ErrorIs(t, err, context.Canceled)
	require.FileExists(t, o.Checkpoint)
	again := fitted(t, tb, o)
	require.Equal(t, saved(t, whole), saved(t, again))
	o = quick
	o.Steps = whole.Report().Steps
	require.Equal(t, saved(t, whole), saved(t, fitted(t, tb, o)))
}

// TestSteps repeats a run that was cut short.
func TestSteps(t *testing.T) {
	tb := dice(t, 300)
	o := quick
	stop := make(chan struct{})
	close(stop)
	o.Stop = stop
	cut := fitted(t, tb, o)
	require.Equal(t, int64(1), cut.Report().Steps)
	o = quick
	o.Steps = 1
	require.Equal(t, saved(t, cut), saved(t, fitted(t, tb, o)))
}

// A part of a table is planned for as many passes as the whole, in its share of the time.
func TestPlanOfAPart(t *testing.T) {
	whole := Options{}.resolve(8000, 8000)
	part := Options{People: 8000}.resolve(2000, 2000)
	require.Equal(t, whole.Size, part.Size)
	require.Equal(t, whole.Budget, 4*part.Budget)
	passes := func(o Options, rows int) float64 {
		return float64(o.search(40, 400, rows)) * float64(o.Batch) / float64(rows)
	}
	require.InEpsilon(t, passes(whole, 8000), passes(part, 2000), .02)
	require.Equal(t, time.Minute, Options{People: 8000, Budget: time.Minute}.resolve(2000, 2000).Budget)
}

func TestSaveAndLoad(t *testing.T) {
	m := fitted(t, dice(t, 300), quick)
	data := saved(t, m)
	f, err := container.Read(bytes.NewReader(data))
	require.NoError(t, err)
	again, err := Load(f)
	require.NoError(t, err)
	require.Equal(t, data, saved(t, again))
	a, _, err := m.Sample(context.Background(), SampleOptions{Rows: 50})
	require.NoError(t, err)
	b, _, err := again.Sample(context.Background(), SampleOptions{Rows: 50})
	require.NoError(t, err)
	require.Equal(t, csv(t, a), csv(t, b))
	f.Blobs = f.Blobs[:len(f.Blobs)-1]
	_, err = Load(f)
	require.ErrorIs(t, err, container.ErrDamaged)
}

func TestKnots(t *testing.T) {
	m := fitted(t, dice(t, 300), quick)
	for v, x := range m.enc.Vars() {
		k := knotsOf(&m.enc.Vars()[v])
		if k.Data == nil {
			continue
		}
		for c := range x.Card {
			sum := float32(0)
			for _, y := range k.Data[c*k.Shape[1] : (c+1)*k.Shape[1]] {
				require.GreaterOrEqual(t, y, float32(0))
				sum += y
			}
			want := float32(1)
			if c < x.Scale {
				want = 0
			}
			require.InDelta(t, want, sum, 1e-5)
		}
	}
}
