package baseline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
)

// homes makes the text of a table in which the rooms of a district are its households times rooms for each, of which its income depends.
func homes(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("Kind,Households,Rooms,Income,Vacant\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		households, each, kind := math.Exp(6+r.Norm()), math.Exp(1.6+0.2*r.Norm()), r.Intn(3)
		income := 3*math.Log(each) + 0.3*float64(kind) + 0.2*r.Norm()
		vacant := fmt.Sprint(r.Intn(400))
		if r.Intn(6) == 0 {
			vacant = ""
		}
		fmt.Fprintf(&b, "%c,%d,%d,%.3f,%s\n", 'a'+kind, int(households), int(households*each), income, vacant)
	}
	return b.String()
}

// Lines tell a ratio that trees tell badly: persons not learned are more likely by far than without them.
func TestLinesTellRatios(t *testing.T) {
	train, test := read(t, homes(1500, 1)), read(t, homes(1500, 2))
	m := fit(t, train, Options{Protect: -1})
	require.Len(t, m.lines, 2)
	with := logLik(t, m, test)
	for _, l := range m.lines {
		require.Positive(t, l.weight[0])
	}
	m.lined = make([]*line, len(m.lined))
	require.Greater(t, with, logLik(t, m, test)+0.5)
}

// What a line says of all codes is a distribution, in which a cell has what lies between its ends, and gaps have what trees say.
func TestSpreadOfALine(t *testing.T) {
	tab := read(t, homes(1200, 3))
	m := fit(t, tab, Options{Protect: -1})
	s := m.source(1)
	vars := m.enc.Vars()
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	w := draw.Row{R: rng.New(1, rng.SampleCell, 0)}
	for v, l := range m.lined {
		if l == nil {
			continue
		}
		one := *l
		one.weight, one.pool = [2]float64{1, 1}, draw.Pool{}
		for i := range 50 {
			for k := range codes {
				s.Set(&w, int32(k), codes[k][i])
			}
			if codes[v][i] < 0 {
				continue
			}
			row, p := s.row(&w), make([]float64, vars[v].Card)
			told := s.ask(&one, row)
			s.spread(row, int32(v), &one, told, p, all)
			require.InDelta(t, 1, sum(p), 1e-9)
			r := make([]float64, len(l.Share))
			s.forest(row, &m.trees[l.res], l.prior, r, all)
			want, group := make([]float64, len(p)), 0
			if v != int(l.V) {
				group = int(row[l.V]) - 1 - l.own.gaps
			}
			for c := range l.own.mid {
				x := naiveUpTo(l.Edges, r, l.own.end[c+1]-told) - naiveUpTo(l.Edges, r, l.own.end[c]-told)
				g := slices.IndexFunc(l.own.first[1:], func(first int) bool { return c < first })
				switch {
				case v == int(l.V):
					want[l.own.gaps+g] += x
				case g == group:
					want[c-l.own.first[g]] += x
				}
			}
			gaps := 0.0
			if v == int(l.V) {
				gaps = sum(p[:l.own.gaps])
				copy(want, p[:l.own.gaps])
			}
			rest := sum(want) - gaps
			for c := range p {
				if v != int(l.V) || c >= l.own.gaps {
					want[c] *= (1 - gaps) / rest
				}
			}
			require.InDeltaSlice(t, want, p, 1e-9)
		}
	}
}

func sum(p []float64) (total float64) {
	for _, x := range p {
		total += x
	}
	return total
}

// naiveUpTo is the distribution function of residuals.
func naiveUpTo(edges, p []float64, x float64) (total float64) {
	for k, part := range p {
		total += part * min(max((x-edges[k])/(edges[k+1]-edges[k]), 0), 1)
	}
	return total
}

// The weights are those of ridge regression as a library solves it from the whole matrix, and the error of a fold is that of its rows.
func TestGramsAreRidgeRegression(t *testing.T) {
	tab := read(t, homes(400, 4))
	enc := fit(t, tab, Options{Protect: -1}).enc
	codes, err := enc.Codes(tab)
	require.NoError(t, err)
	d, err := code(enc, codes)
	require.NoError(t, err)
	var v int32
	var before []int32
	for k, x := range enc.Vars() {
		if name := enc.Schema().Columns[x.Col].Name; name == "Income" && x.Part == 0 {
			v = int32(k)
		} else if name != "Income" {
			before = append(before, int32(k))
		}
	}
	l, size := newLine(enc, before, v)
	g, row := newGrams(size), make([]uint16, len(d.x))
	const ridge = 10
	var rows []float64
	var y []float64
	for i := range int32(400) {
		d.row(i, row)
		g.add(l, row, l.y(row), int(i%lineFolds))
		if i%lineFolds == 1 {
			continue
		}
		x := make([]float64, size)
		l.each(row, func(k int, z float64) { x[k] += z })
		rows, y = append(rows, x...), append(y, l.y(row))
	}
	n := len(y)
	x := mat.NewDense(n, size, rows)
	for k := 1; k < size; k++ { // the penalty as rows of their own
		mean, square := 0.0, 0.0
		for i := range n {
			mean += x.At(i, k) / float64(n)
			square += x.At(i, k) * x.At(i, k) / float64(n)
		}
		penalty := make([]float64, size)
		penalty[k] = math.Sqrt(ridge * max(square-mean*mean, 1e-3))
		rows, y = append(rows, penalty...), append(y, 0)
	}
	var want mat.VecDense
	var qr mat.QR
	qr.Factorize(mat.NewDense(len(y), size, rows))
	require.NoError(t, qr.SolveVecTo(&want, false, mat.NewVecDense(len(y), y)))
	got := g.without(1, ridge)
	for k, w := range got {
		require.InDelta(t, want.AtVec(k), w, 1e-5)
	}
	off := 0.0
	for i := int32(1); i < 400; i += lineFolds {
		d.row(i, row)
		e := l.y(row) - l.straight(got, row)
		off += e * e
	}
	require.InDelta(t, off, g.error(got, 1), 1e-6)
}

// What is known to be better tells alone; where chance decides, both do.
func TestWeightOfALine(t *testing.T) {
	r := rng.New(5, rng.Demo, 0)
	var better, worse, alike [][2]float64
	for range 300 {
		p, q := 0.1+0.2*r.Float64(), 0.3+0.2*r.Float64()
		better, worse = append(better, [2]float64{p, q}), append(worse, [2]float64{q, p})
		alike = append(alike, [2]float64{0.1 + 0.5*r.Float64(), 0.1 + 0.5*r.Float64()})
	}
	require.Equal(t, 1.0, weightOf(better))
	require.Equal(t, 0.0, weightOf(worse))
	w := weightOf(alike)
	require.Greater(t, w, 0.05)
	require.Less(t, w, 0.95)
	most := -math.MaxFloat64
	best := 0.0
	for try := 0.01; try < 1; try += 0.01 {
		total := 0.0
		for _, p := range alike {
			total += math.Log((1-try)*p[0] + try*p[1])
		}
		if total > most {
			most, best = total, try
		}
	}
	require.InDelta(t, best, w, 0.05)
	require.Equal(t, 0.0, weightOf(nil))
}

// A target that is a number is told by a pool of trees and line, and a loaded model tells the same.
func TestTargetWithALine(t *testing.T) {
	tab := read(t, homes(700, 6))
	m := fit(t, tab, Options{Target: "Income"})
	i := slices.IndexFunc(m.lines, func(l *line) bool { return l.V == m.target.V })
	require.GreaterOrEqual(t, i, 0)
	require.Positive(t, m.lines[i].pool.Other)
	require.NotNil(t, m.lines[i].Bend)
	again, err := Load(save(t, m))
	require.NoError(t, err)
	require.Equal(t, save(t, m), save(t, again))
	require.Equal(t, text(t, sample(t, m, SampleOptions{Rows: 60, Seed: 1})), text(t, sample(t, again, SampleOptions{Rows: 60, Seed: 1})))
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	one, err := m.Component().Scores(codes)
	require.NoError(t, err)
	two, err := again.Component().Scores(codes)
	require.NoError(t, err)
	require.Equal(t, one, two)
}

// A line whose file was changed is an error, or still a line: never a panic.
func TestDamagedLines(t *testing.T) {
	m := fit(t, read(t, homes(300, 7)), Options{Target: "Income"})
	require.NotEmpty(t, m.lines)
	for name, spoil := range map[string]func(l *line){
		"weights":  func(l *line) { l.Weights = l.Weights[1:] },
		"edges":    func(l *line) { slices.Reverse(l.Edges) },
		"levels":   func(l *line) { l.Levels[0] = math.MaxFloat64 },
		"variable": func(l *line) { l.V = 99 },
		"category": func(l *line) { l.V = 0 },
		"shares":   func(l *line) { l.Share[0] += 2 },
		"rank":     func(l *line) { l.Bend = &bend{Rank: nil, boost: m.lines[len(m.lines)-1].Bend.boost} },
	} {
		changed := *m
		changed.lines = nil
		for _, l := range m.lines {
			c := *l
			c.Weights, c.Edges, c.Levels, c.Share = slices.Clone(l.Weights), slices.Clone(l.Edges), slices.Clone(l.Levels), slices.Clone(l.Share)
			changed.lines = append(changed.lines, &c)
		}
		spoil(changed.lines[0])
		_, err := Load(save(t, &changed))
		require.ErrorIs(t, err, container.ErrDamaged, name)
	}
}

func BenchmarkLine(b *testing.B) {
	tab := read(b, homes(2000, 8))
	m := fit(b, tab, Options{Protect: -1, Target: "Income"})
	s := m.source(1)
	codes, err := m.enc.Codes(tab)
	require.NoError(b, err)
	w := draw.Row{R: rng.New(1, rng.SampleCell, 0)}
	for k := range codes {
		s.Set(&w, int32(k), codes[k][0])
	}
	p := make([]float64, m.enc.Vars()[m.lines[0].V].Card)
	for b.Loop() {
		s.Spread(&w, m.lines[0].V, p)
	}
}
