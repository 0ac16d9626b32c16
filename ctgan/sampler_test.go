package ctgan

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/rng"
)

// testLayout has a number with three components, a field of two codes, one of five, and one that can't be asked for.
func testLayout(squash bool) *layout {
	return newLayout([]field{{Number: true, K: 3}, {K: 2, Cond: true}, {K: 5, Cond: true}, {K: 4}}, squash)
}

// testMatrix draws n encoded rows. The low codes are met more often.
func testMatrix(l *layout, n int, seed uint64) *matrix {
	r := rng.New(seed, rng.Demo, 1)
	m := &matrix{rows: n, code: make([][]int32, len(l.fields)), num: make([][]float32, len(l.fields))}
	for i, f := range l.fields {
		m.code[i] = make([]int32, n)
		for j := range n {
			u := r.Float64()
			m.code[i][j] = int32(float64(f.K) * u * u)
		}
		if f.Number {
			m.num[i] = make([]float32, n)
			for j := range n {
				m.num[i][j] = float32(2*r.Float64() - 1)
			}
		}
	}
	return m
}

// count gives how many rows have each code.
func count(code []int32, k int) []float64 {
	n := make([]float64, k)
	for _, c := range code {
		n[c]++
	}
	return n
}

// near requires that counts are those of shares, each within five standard deviations.
func near(t *testing.T, shares, counts []float64, what string) {
	t.Helper()
	total, n := 0.0, 0.0
	for k := range shares {
		total += shares[k]
		n += counts[k]
	}
	for k := range shares {
		p := shares[k] / total
		require.InDelta(t, p*n, counts[k], 5*math.Sqrt(n*p*(1-p))+1e-9, "%s: code %d of %.0f", what, k, n)
	}
}

// Fields are asked for alike, and their codes by what the weight makes of their frequency.
func TestConditionsFollowTheirWeights(t *testing.T) {
	l := testLayout(true)
	m := testMatrix(l, 3000, 1)
	for name, weight := range map[string]func(int) float64{"logarithm": logFrequency, "true": frequency} {
		s := newSampler(l, m, weight)
		var b batch
		r := rng.New(7, rng.Demo, 2)
		const n = 60_000
		s.conditions(&b, n, &r)
		near(t, []float64{1, 1}, count(b.field, 2), name+": fields")
		for f, at := range l.cond {
			asked := make([]float64, l.fields[at].K)
			for i := range n {
				if b.field[i] == int32(f) {
					asked[b.label[i]]++
					require.EqualValues(t, l.span[at], b.which[i])
				}
			}
			want := count(m.code[at], l.fields[at].K)
			for k := range want {
				want[k] = weight(int(want[k]))
			}
			near(t, want, asked, name)
		}
	}
}

// A code that no row has is never asked for: neither log(0+1) nor 0 is a chance.
func TestConditionsLeaveOutWhatNobodyHas(t *testing.T) {
	l := newLayout([]field{{K: 4, Cond: true}}, true)
	m := &matrix{rows: 4, code: [][]int32{{1, 1, 3, 1}}, num: make([][]float32, 1)}
	s := newSampler(l, m, logFrequency)
	var b batch
	r := rng.New(1, rng.Demo, 3)
	s.conditions(&b, 5000, &r)
	near(t, []float64{0, math.Log(4), 0, math.Log(2)}, count(b.label, 4), "codes that rows have")
	for k := range 4 {
		rows := s.rows[0][s.start[0][k]:s.start[0][k+1]]
		require.Len(t, rows, []int{0, 3, 0, 1}[k])
	}
}

// dense gives a sparse matrix as rows.
func dense(s *autograd.Sparse) [][]float32 {
	out := make([][]float32, s.Rows)
	for i := range out {
		out[i] = make([]float32, s.Cols)
		for e := s.RowPtr[i]; e < s.RowPtr[i+1]; e++ {
			v := float32(1)
			if s.Val != nil {
				v = s.Val[e]
			}
			out[i][s.Col[e]] = v
		}
	}
	return out
}

// What stands in a condition is what was asked for; the real rows have it, in the order of match; and packs are rows side by side.
func TestRowsMatchConditions(t *testing.T) {
	l := testLayout(true)
	m := testMatrix(l, 400, 2)
	s := newSampler(l, m, logFrequency)
	for _, pac := range []int{1, 10} {
		var b batch
		r := rng.New(uint64(pac), rng.Demo, 4)
		const n = 50
		s.conditions(&b, n, &r)
		order := make([]int32, n)
		s.match(&b, pac, order, &r)
		require.ElementsMatch(t, order, func() (all []int32) {
			for i := range int32(n) {
				all = append(all, i)
			}
			return all
		}())
		cond, packs, asked := dense(&b.cond), dense(&b.real), dense(&b.realCond)
		require.Len(t, packs, n/pac)
		require.Len(t, asked, n/pac)
		for j, i := range order {
			row := packs[j/pac][j%pac*l.width:][:l.width]
			require.Equal(t, cond[i], asked[j/pac][j%pac*l.condWidth:][:l.condWidth], "the condition beside a real row")
			at := l.cond[b.field[i]]
			require.EqualValues(t, 1, row[l.codes(at)+int(b.label[i])], "a real row has what was asked for")
			require.EqualValues(t, 1, cond[i][l.condAt[b.field[i]]+int(b.label[i])])
			sum := float32(0)
			for _, x := range cond[i] {
				sum += x
			}
			require.EqualValues(t, 1, sum)
			requireRowOf(t, l, m, row)
		}
	}
}

// requireRowOf requires that a row is one of m's.
func requireRowOf(t *testing.T, l *layout, m *matrix, row []float32) {
	t.Helper()
	for r := range m.rows {
		col, val := l.put(m, r, 0, nil, nil)
		same, ones := true, 0
		for e, c := range col {
			same = same && row[c] == val[e]
		}
		for _, x := range row[:l.width] {
			if x != 0 {
				ones++
			}
		}
		if same && ones == len(col) {
			return
		}
	}
	require.Fail(t, "a real row is none of the table's")
}

// Every row that has a code is drawn alike.
func TestMatchingRowsAreDrawnAlike(t *testing.T) {
	l := newLayout([]field{{K: 2, Cond: true}}, true)
	m := testMatrix(l, 40, 3)
	s := newSampler(l, m, frequency)
	r := rng.New(5, rng.Demo, 5)
	for k := range int32(2) {
		met, want := make([]float64, m.rows), make([]float64, m.rows)
		for range 20_000 {
			met[s.draw(0, k, &r)]++
		}
		for i, c := range m.code[0] {
			if c == k {
				want[i] = 1
			}
		}
		near(t, want, met, "rows")
	}
}

// Without a field that can be asked for there is no condition, and real rows are drawn alike; a batch may be larger than the table.
func TestNoConditions(t *testing.T) {
	l := newLayout([]field{{Number: true, K: 2}, {K: 3}}, true)
	m := testMatrix(l, 7, 4)
	s := newSampler(l, m, logFrequency)
	var b batch
	r := rng.New(1, rng.Demo, 6)
	const n = 500
	s.conditions(&b, n, &r)
	require.Zero(t, b.cond.Cols)
	require.Empty(t, b.cond.Col)
	s.match(&b, 10, make([]int32, n), &r)
	require.Equal(t, n/10, b.real.Rows)
	require.Equal(t, 10*l.width, b.real.Cols)
	require.Zero(t, b.realCond.Cols)
	met := map[float32]float64{}
	for _, p := range dense(&b.real) {
		for at := 0; at < len(p); at += l.width {
			met[p[at]]++
			requireRowOf(t, l, m, p[at:at+l.width])
		}
	}
	var counts, alike []float64
	for _, x := range m.num[0] {
		counts, alike = append(counts, met[x]), append(alike, 1)
	}
	near(t, alike, counts, "rows")
}

// One column of one code is the least that there is.
func TestSingleColumn(t *testing.T) {
	l := newLayout([]field{{K: 1, Cond: true}}, true)
	m := &matrix{rows: 3, code: [][]int32{{0, 0, 0}}, num: make([][]float32, 1)}
	s := newSampler(l, m, logFrequency)
	var b batch
	r := rng.New(1, rng.Demo, 7)
	s.conditions(&b, 20, &r)
	s.match(&b, 10, make([]int32, 20), &r)
	for i, p := range dense(&b.real) {
		for _, x := range append(p, dense(&b.realCond)[i]...) {
			require.EqualValues(t, 1, x, "the code and what was asked for")
		}
	}
}

// Batches of another size use the memory again and are right.
func TestBatchesOfSeveralSizes(t *testing.T) {
	l := testLayout(true)
	m := testMatrix(l, 100, 5)
	s := newSampler(l, m, logFrequency)
	var b batch
	for _, n := range []int{30, 500, 10, 200} {
		r, again := rng.New(uint64(n), rng.Demo, 8), rng.New(uint64(n), rng.Demo, 8)
		s.conditions(&b, n, &r)
		s.match(&b, 10, make([]int32, n), &r)
		var fresh batch
		s.conditions(&fresh, n, &again)
		s.match(&fresh, 10, make([]int32, n), &again)
		require.Equal(t, dense(&fresh.real), dense(&b.real))
		require.Equal(t, dense(&fresh.cond), dense(&b.cond))
		require.Equal(t, dense(&fresh.realCond), dense(&b.realCond))
	}
}

// asks draws codes by cumulated weights, never one without.
func TestAsks(t *testing.T) {
	a := asks{upTo: [][]float64{{0, 3, 3, 4, 4}}}
	r := rng.New(1, rng.Demo, 9)
	got := make([]float64, 5)
	for range 10_000 {
		got[a.pick(0, &r)]++
	}
	near(t, []float64{0, 3, 0, 1, 0}, got, "codes")
}
