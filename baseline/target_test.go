package baseline

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// additive makes a table whose column Class depends a little on each of ten others, as trees tell worst.
func additive(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("Class,A,B,C,D,E,F,G,H,I,J\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		sum, line := 0.0, ""
		for c := range 10 {
			if c < 8 {
				k := r.Intn(3)
				sum += 0.7 * float64(k-1)
				line += fmt.Sprintf(",%c", 'x'+k)
			} else {
				z := r.Norm()
				sum += 0.6 * z
				line += fmt.Sprintf(",%.2f", 50+10*z)
			}
		}
		class := "no"
		if r.Float64() < 1/(1+math.Exp(-sum)) {
			class = "yes"
		}
		b.WriteString(class + line + "\n")
	}
	return b.String()
}

func TestTargetIsDrawnLast(t *testing.T) {
	tab := read(t, school(200, 1), schoolRules...)
	for _, name := range []string{"Passed", "Year", "Maths", "Fee"} {
		m := fit(t, tab, Options{Target: name})
		vars := m.enc.Vars()
		last := ""
		for _, v := range m.order {
			if c := m.Schema().Columns[vars[v].Col].Name; c != "Total" { // which a rule computes, and which waits for its parts
				last = c
			}
		}
		if name != "Maths" {
			require.Equal(t, name, last)
		}
		for v, f := range m.trees[:len(vars)] {
			isTarget := m.Schema().Columns[vars[v].Col].Name == name
			require.Equal(t, isTarget && canBlend(&vars[v]), f.Setting.Power > 0, name)
			require.Equal(t, f.Setting.Linear > 0, f.Linear != nil)
		}
		for _, r := range sample(t, m, SampleOptions{Rows: 500}).Schema().Rules {
			require.Empty(t, r.Broken(sample(t, m, SampleOptions{Rows: 500})))
		}
	}
	var told *table.Error
	_, err := Fit(context.Background(), tab, Options{Target: "Grade"})
	require.ErrorAs(t, err, &told)
	require.Equal(t, "no-such-column", told.Code)
	// A target that is not learned, and a generator without trees, change nothing.
	for _, kind := range kinds {
		m := fit(t, tab, Options{Model: kind, Target: "No"})
		require.Equal(t, fit(t, tab, Options{Model: kind}).order, m.order)
	}
}

// blendLik is the mean log-likelihood of a column of t, given all others, under a blend.
func blendLik(t *testing.T, m *Model, tab *table.Table, name string) float64 {
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	d, err := code(m.enc, codes)
	require.NoError(t, err)
	total := 0.0
	for v, x := range m.enc.Vars() {
		if m.Schema().Columns[x.Col].Name != name {
			continue
		}
		b := m.blends[v]
		require.NotNil(t, b)
		row, p, spare := make([]uint16, len(d.x)), make([]float64, x.Card), make([]float64, x.Card)
		for i := range tab.Rows() {
			d.row(int32(i), row)
			b.spread(row, nil, p, spare)
			sum := 0.0
			for _, q := range p {
				sum += q
			}
			require.InDelta(t, 1, sum, 1e-9)
			total += math.Log(p[row[v]-1])
		}
	}
	return total / float64(tab.Rows())
}

// A blend tells unseen persons' target better than single trees that ask the same columns do, and as well as the law that
// made the table nearly allows.
func TestBlendTellsTargetBetter(t *testing.T) {
	train, test := read(t, additive(1500, 1)), read(t, additive(3000, 2))
	m := fit(t, train, Options{Target: "Class"})
	blended := blendLik(t, m, test, "Class")
	codes, err := m.enc.Codes(test)
	require.NoError(t, err)
	d, err := code(m.enc, codes)
	require.NoError(t, err)
	single := 0.0
	v := m.order[len(m.order)-1]
	f := m.trees[v]
	m.blends[v] = nil
	for _, p := range m.score(d, v, every(test.Rows())) {
		single += math.Log(p) / float64(test.Rows())
	}
	t.Logf("blend %.4f, its trees alone %.4f, setting %+v", blended, single, f.Setting)
	require.Greater(t, blended, single+0.03)
	require.Greater(t, blended, -0.50) // the law itself: about -0.47
	// The class is as frequent among synthetic rows as among real ones.
	yes := 0
	for _, c := range cells(t, sample(t, m, SampleOptions{Rows: 4000}), "Class") {
		if c == "yes" {
			yes++
		}
	}
	real := 0
	for _, c := range cells(t, train, "Class") {
		if c == "yes" {
			real++
		}
	}
	require.InDelta(t, float64(real)/1500, float64(yes)/4000, 0.04)
}

func TestTargetWithConditionsAndFiles(t *testing.T) {
	tab := read(t, school(300, 4), schoolRules...)
	m := fit(t, tab, Options{Target: "Passed"})
	loaded, err := Load(save(t, m))
	require.NoError(t, err)
	require.Equal(t, save(t, m), save(t, loaded))
	opt := SampleOptions{Rows: 800, Where: []table.Cond{table.Is("Passed", "yes")}}
	s := sample(t, m, opt)
	require.NotContains(t, cells(t, s, "Passed"), "no")
	require.Equal(t, text(t, s), text(t, sample(t, loaded, opt)))
	opt = SampleOptions{Rows: 800, Balance: "Passed", Temperature: 0.7}
	require.Equal(t, text(t, sample(t, m, opt)), text(t, sample(t, loaded, opt)))
}

func TestTargetInSmallTables(t *testing.T) {
	for _, text := range []string{"a,b\n1,x\n", "a,b\n1,x\n2,y\n", "a,b\n" + strings.Repeat("1,x\n2,y\n3,\n", 7), "a,b\n" + strings.Repeat("1,x\n", 40)} {
		tab := read(t, text)
		for _, target := range []string{"a", "b"} {
			for _, k := range []int{-1, 5} {
				m := fit(t, tab, Options{Target: target, Protect: k})
				sample(t, m, SampleOptions{Rows: 50})
				_, err := Load(save(t, m))
				require.NoError(t, err)
			}
		}
	}
}

// A linear finds the weights of a table that was made by weights.
func TestLinear(t *testing.T) {
	tab := read(t, additive(4000, 3))
	m := fit(t, tab, Options{Target: "Class", Steps: 1})
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	d, err := code(m.enc, codes)
	require.NoError(t, err)
	v := m.order[len(m.order)-1]
	var rows []int32
	for i := range tab.Rows() {
		rows = append(rows, int32(i))
	}
	l, size := newLinear(m.enc.Vars(), m.order[:len(m.order)-1], v)
	l.weights = make([]float64, size)
	l.fit(context.Background(), d, v, rows, 2)
	p, row, total := make([]float64, 2), make([]uint16, len(d.x)), 0.0
	for _, i := range rows {
		d.row(i, row)
		l.scores(row, p)
		softmax(p)
		total += math.Log(p[row[v]-1])
	}
	require.InDelta(t, -0.46, total/4000, 0.03)
}
