package ctgan

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// codesFrom makes n rows of codes and their variables.
func codesFrom(n int, row func(i int, r *rng.Stream) []int32, card ...int) ([]encode.Var, [][]int32) {
	var vars []encode.Var
	for c, k := range card {
		vars = append(vars, encode.Var{Col: c, Parts: 1, Card: k})
	}
	codes := make([][]int32, len(card))
	r := rng.New(4, rng.Demo, 0)
	for i := range n {
		for v, c := range row(i, &r) {
			codes[v] = append(codes[v], c)
		}
	}
	return vars, codes
}

func TestDependences(t *testing.T) {
	free := make([]bool, 4)
	names := []int32{2, 0, 1, 1, 0, 2}
	vars, codes := codesFrom(200, func(_ int, r *rng.Stream) []int32 {
		year := int32(r.Intn(6))
		return []int32{int32(r.Intn(3)), year, names[year], names[year] / 2}
	}, 3, 6, 3, 2)
	got := dependences(vars, codes, free)
	require.Equal(t, []dependence{{}, {}, {1, names}, {1, []int32{1, 0, 0, 0, 0, 1}}}, got)

	// A chain is resolved to its beginning, wherever that lies.
	vars, codes = codesFrom(200, func(_ int, r *rng.Stream) []int32 {
		year := int32(r.Intn(6))
		return []int32{names[year] / 2, names[year], year}
	}, 2, 3, 6)
	got = dependences(vars, codes, free)
	require.Equal(t, []dependence{{2, []int32{1, 0, 0, 0, 0, 1}}, {2, names}, {}}, got)

	// Of two that follow from each other the first stays.
	vars, codes = codesFrom(100, func(_ int, r *rng.Stream) []int32 {
		x := int32(r.Intn(4))
		return []int32{x, 3 - x}
	}, 4, 4)
	require.Equal(t, []dependence{{}, {0, []int32{3, 2, 1, 0}}}, dependences(vars, codes, free))

	// Codes that no row has are harmless.
	vars[0].Card, vars[1].Card = 5, 5
	require.Equal(t, []dependence{{}, {0, []int32{3, 2, 1, 0, 0}}}, dependences(vars, codes, free))

	// One that takes part in a rule is drawn when the rule needs it.
	require.Equal(t, make([]dependence, 2), dependences(vars, codes, []bool{false, true}))
}

func TestNoDependence(t *testing.T) {
	free := make([]bool, 3)
	for name, c := range map[string]struct {
		n    int
		row  func(i int, r *rng.Stream) []int32
		card []int
	}{
		"one row in a hundred is otherwise": {300, func(i int, r *rng.Stream) []int32 {
			x := int32(r.Intn(4))
			if i == 70 {
				return []int32{x, (x + 1) % 4}
			}
			return []int32{x, x}
		}, []int{4, 4}},
		"each row has a code of its own": {100, func(i int, r *rng.Stream) []int32 { return []int32{int32(i), int32(r.Intn(2))} }, []int{100, 2}},
		"few rows have the same code":    {100, func(i int, r *rng.Stream) []int32 { return []int32{int32(i / 5), int32(i / 5 % 2)} }, []int{20, 2}},
		"a code is met once": {100, func(i int, r *rng.Stream) []int32 {
			x := int32(min(i, 1))
			return []int32{x, x}
		}, []int{2, 2}},
		"a constant":    {100, func(i int, r *rng.Stream) []int32 { return []int32{int32(i % 3), 0} }, []int{3, 1}},
		"gaps in one":   {100, func(i int, r *rng.Stream) []int32 { x := int32(i % 3); return []int32{x, x - 1} }, []int{3, 2}},
		"independent":   {400, func(i int, r *rng.Stream) []int32 { return []int32{int32(r.Intn(3)), int32(r.Intn(3))} }, []int{3, 3}},
		"other parts":   {100, func(i int, r *rng.Stream) []int32 { x := int32(i % 3); return []int32{x, x, x} }, []int{3, 3, 3}},
		"only one code": {100, func(i int, r *rng.Stream) []int32 { return []int32{1, 1} }, []int{3, 3}},
	} {
		vars, codes := codesFrom(c.n, c.row, c.card...)
		if name == "other parts" { // of which the second belongs to the first, and the last has a part of its own behind it
			vars[0].Parts, vars[1].Parts, vars[1].Part, vars[2].Parts = 2, 2, 1, 2
		}
		for _, d := range dependences(vars, codes, free) {
			require.Nil(t, d.To, name)
		}
	}
}

// What follows holds in every row that is written, for gaps and marks too, and the network never sees the column.
func TestWrittenRowsFollow(t *testing.T) {
	r := rng.New(9, rng.Demo, 0)
	var year, name []string
	for range 300 {
		x := r.Intn(5)
		year, name = append(year, []string{"7", "8", "9", "10", ""}[x]), append(name, []string{"junior", "junior", "", "senior", "left"}[x])
	}
	text := "Year,Name,Mark\n"
	for i := range year {
		text += year[i] + "," + name[i] + "," + []string{"1", "2", "3", "4"}[r.Intn(4)] + "\n"
	}
	m := fitPreset(t, readTable(t, text), quick(60))
	require.Len(t, m.first, 2)
	s := sampleRows(t, m, SampleOptions{Rows: 300, Seed: 1})
	follow := map[string]string{}
	for i, y := range year {
		follow[y] = name[i]
	}
	seen := map[string]bool{}
	names := columnOf(t, s, "Name")
	for i, y := range columnOf(t, s, "Year") {
		require.Equal(t, follow[y], names[i])
		seen[y] = true
	}
	require.Len(t, seen, 5)
}

// A part of a sum follows from the total, but the total is computed from it: it must be drawn.
func TestRuledColumnsAreDrawn(t *testing.T) {
	r := rng.New(9, rng.Demo, 0)
	text := "A,B,Total\n"
	for range 300 {
		a, b := r.Intn(9), 100*r.Intn(2)
		text += strconvs(a, b, a+b) + "\n"
	}
	tab := readTable(t, text, "Total = A + B")
	m := fitPreset(t, tab, quick(30))
	for _, d := range m.follows {
		require.Nil(t, d.To)
	}
	s := sampleRows(t, m, SampleOptions{Rows: 200, Seed: 1})
	require.Empty(t, s.Schema().Rules[0].Broken(s))
}

// Two columns follow from the same one, and conditions on both leave one code of it.
func TestTwoWishes(t *testing.T) {
	r := rng.New(9, rng.Demo, 0)
	text := "Year,Low,High,Mark\n"
	for range 400 {
		x := r.Intn(6)
		text += strconvs(x+7, x/2, x%3, r.Intn(4)) + "\n"
	}
	m := fitPreset(t, readTable(t, text), quick(60))
	require.Len(t, m.first, 2)
	s := sampleRows(t, m, SampleOptions{Rows: 100, Seed: 1, Where: []table.Cond{table.Is("Low", "1"), table.Is("High", "2")}})
	for i, y := range columnOf(t, s, "Year") {
		require.Equal(t, "9", y)
		require.Equal(t, "1", columnOf(t, s, "Low")[i])
		require.Equal(t, "2", columnOf(t, s, "High")[i])
	}
	// No year has both: they are set.
	s, set, err := m.Sample(t.Context(), SampleOptions{Rows: 20, Seed: 1, Where: []table.Cond{table.Is("Low", "0"), table.Is("High", "2")}})
	require.NoError(t, err)
	require.EqualValues(t, 20, set)
	require.Equal(t, "0", columnOf(t, s, "Low")[3])
}

// A rare value of a column that follows is reached by way of the column that it follows from, which is drawn first.
func TestWishForARareValue(t *testing.T) {
	r := rng.New(9, rng.Demo, 0)
	text := "Year,Name,Mark\n"
	for i := range 1200 {
		year, name := 7+r.Intn(20), "usual"
		if i < 6 {
			year, name = 40, "rare"
		}
		text += strconvs(year) + "," + name + "," + strconvs(r.Intn(4)) + "\n"
	}
	m := fitPreset(t, readTable(t, text), quick(40))
	require.Len(t, m.first, 2)
	for _, opt := range []SampleOptions{{Where: []table.Cond{table.Is("Name", "rare")}}, {Balance: "Name"}} {
		opt.Rows = 200
		s, set, err := m.Sample(t.Context(), opt)
		require.NoError(t, err)
		require.Zero(t, set)
		rare := 0
		years := columnOf(t, s, "Year")
		for i, name := range columnOf(t, s, "Name") {
			require.Equal(t, name == "rare", years[i] == "40")
			if name == "rare" {
				rare++
			}
		}
		require.Equal(t, 200/(1+len(opt.Balance)/4), rare)
	}
}

// Later parts are drawn by their share given the part before; what too few rows have there has no share of its own.
func TestLaterParts(t *testing.T) {
	vars := []encode.Var{{Parts: 2, Card: 2}, {Part: 1, Parts: 2, Card: 3, Share: []float64{0.5, 0.25, 0.25}}}
	codes := [][]int32{{0, 0, 0, 0, 0, 0, 1, 1, 1}, {0, 0, 0, 0, 0, 2, 1, 1, -1}}
	require.Equal(t, [][]float32{nil, {5.25, 0.125, 0.125, 0.25, 0.125, 0.125}}, laterParts(vars, codes, 3))
	require.Equal(t, [][]float32{nil, {5.25, 0.125, 1.125, 0.25, 2.125, 0.125}}, laterParts(vars, codes, 0))
}
