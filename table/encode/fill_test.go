package encode

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func TestPatterns(t *testing.T) {
	ids := func(n int, f func(i int) string) []string { return texts(n, f) }
	cases := []struct {
		name, layout string
		words        []string
	}{
		{"six digits", "999999", ids(500, func(i int) string { return strconv.Itoa(300000 + i*7) })},
		{"nines taken", "9999999", ids(500, func(i int) string { return strconv.Itoa(100000 + i*1799) })},
		{"lengths", "9999999", ids(500, func(i int) string { return strconv.Itoa(3733 + i*i*10) })},
		{"leading zeros", "9999999", ids(500, func(i int) string { return fmt.Sprintf("%07d", i*3) })},
		{"prefix", "S-999999", ids(500, func(i int) string { return fmt.Sprintf("S-%06d", 123456+i*997) })},
		{"letters", "ZAA99", ids(500, func(i int) string {
			return "ABCDEFGHIJ"[i%10:i%10+1] + "QRSTUVWXYZ"[i/10%10:i/10%10+1] + "ABCDEF"[i%6:i%6+1] + fmt.Sprintf("%02d", i%97)
		})},
		{"hex", "999999999", ids(500, func(i int) string { return fmt.Sprintf("%08x", uint32(i)*2654435761) })},
		{"one", "9999", []string{"4711"}},
		{"none", "999999", nil},
	}
	for _, c := range cases {
		p := newPattern(c.words, 5)
		require.True(t, p.valid(), c.name)
		require.Equal(t, len(c.layout), len(p.layout()), "%s: %s", c.name, p.layout())
		real := map[string]bool{}
		for _, w := range c.words {
			real[w] = true
		}
		m := p.maker(1, 2)
		seen := map[string]bool{}
		for i := range uint64(5000) {
			id := string(m.append(nil, i))
			require.False(t, real[id], c.name)
			require.False(t, seen[id], "%s: %d again", c.name, i)
			seen[id] = true
		}
	}
}

// TestNewIdsAreNewAndOutsideTheRange tries random kinds of ids.
func TestNewIdsAreNewAndOutsideTheRange(t *testing.T) {
	r := rng.New(9, rng.Mock, 0)
	alphabets := []string{"0123456789", "01", "ABC", "abcdefghijklmnopqrstuvwxyz", "0123456789ABCDEF", "789", "-", "ÄÖÜ"}
	for trial := range 150 {
		n := 1 + r.Intn(60)
		shape := make([]string, 1+r.Intn(6))
		for i := range shape {
			shape[i] = alphabets[r.Intn(len(alphabets))]
		}
		digits := r.Intn(2) == 0
		words, top := map[string]bool{}, uint64(0)
		var list []string
		for range n {
			var b strings.Builder
			for i := range len(shape) + r.Intn(2) {
				a := []rune(shape[i%len(shape)])
				if digits {
					a = []rune("0123456789")
				}
				b.WriteRune(a[r.Intn(len(a))])
			}
			if !words[b.String()] {
				list = append(list, b.String())
			}
			words[b.String()] = true
			if digits {
				v, _ := strconv.ParseUint(b.String(), 10, 64)
				top = max(top, v)
			}
		}
		m := newPattern(list, 5).maker(uint64(trial), 0)
		seen := map[string]bool{}
		for i := range uint64(1000) {
			id := string(m.append(nil, i))
			require.False(t, words[id] || seen[id], "trial %d, id %d", trial, i)
			seen[id] = true
			if digits {
				v, err := strconv.ParseUint(id, 10, 64)
				require.NoError(t, err)
				require.Greater(t, v, top, "trial %d", trial)
			}
		}
	}
}

// people gives rows of pupils, some with several rows, two of whom share a name.
func people(t testing.TB, pupils int) *table.Table {
	var no, name, mail, note []string
	var mark []int64
	for p := range pupils {
		rows := 1
		if p%4 == 0 {
			rows = 2
		}
		if p%10 == 1 {
			rows = 3
		}
		for r := range rows {
			no = append(no, strconv.Itoa(200000+p*13))
			name = append(name, fmt.Sprintf("Pupil zq7%d", max(p, 1)))
			mail = append(mail, fmt.Sprintf("zq7%d@school.example", p))
			mark = append(mark, int64((p+r)%9))
			note = append(note, []string{"", "zq7 seen", "zq7 late " + strconv.Itoa(p)}[(p+r)%3])
		}
	}
	s := &table.Schema{Person: "Student No", Columns: []table.Column{
		{Name: "Student No", Kind: table.ID, Layout: "999999"}, {Name: "Name", Kind: table.Text}, {Name: "E-Mail", Kind: table.Text},
		{Name: "Note", Kind: table.Text}, {Name: "Mark", Kind: table.Whole, Step: 1},
	}}
	tab, err := table.New(s, []any{no, name, mail, note, mark})
	require.NoError(t, err)
	return tab
}

func TestRepeatedIdsRepeatAsOften(t *testing.T) {
	tab := people(t, 400)
	e := fit(t, tab, 5, "")
	requireJSON(t, e)
	rows := tab.Rows()
	out := decode(t, e, requireCodes(t, e, tab), rows, 3)
	count := func(x *table.Table) map[int]int {
		rowsOf, sizes := map[string]int{}, map[int]int{}
		for r := range x.Rows() {
			id, _ := x.Cell(r, 0)
			rowsOf[id]++
		}
		for _, n := range rowsOf {
			sizes[n]++
		}
		return sizes
	}
	require.Equal(t, count(tab), count(out))
	// One person has one name and one address, and nothing of the file comes out.
	nameOf, idOf := map[string]string{}, map[string]string{}
	for r := range rows {
		id, _ := out.Cell(r, 0)
		name, _ := out.Cell(r, 1)
		mail, _ := out.Cell(r, 2)
		note, ok := out.Cell(r, 3)
		require.Regexp(t, `^9\d{5}$`, id)
		require.Regexp(t, `^Student \d{4}$`, name)
		require.Regexp(t, `^student\d{4}@example.org$`, mail)
		require.Equal(t, ok, note == "text")
		if old, ok := nameOf[id]; ok {
			require.Equal(t, old, name)
		}
		if old, ok := idOf[name]; ok {
			require.Equal(t, old, id)
		}
		nameOf[id], idOf[name] = name, id
	}
	first, _ := out.Cell(0, 1)
	require.Equal(t, "Student 0001", first)
}

// TestBuildDependsOnTheRowAlone compares one build with parts of it, and with other seeds.
func TestBuildDependsOnTheRowAlone(t *testing.T) {
	tab := people(t, 100)
	e := fit(t, tab, 5, "")
	build := func(seed uint64, first, n int) *table.Table {
		cells := make([][]int64, len(e.Schema().Columns))
		cells[3], cells[4] = make([]int64, n), make([]int64, n)
		out, err := e.Build(seed, int64(first), cells)
		require.NoError(t, err)
		return out
	}
	whole, other := build(1, 0, 500), build(2, 0, 500)
	same := 0
	for _, from := range []int{0, 1, 137, 400} {
		part := build(1, from, 100)
		for r := range 100 {
			for c := range 3 {
				a, _ := whole.Cell(from+r, c)
				b, _ := part.Cell(r, c)
				require.Equal(t, a, b)
			}
		}
	}
	for r := range 500 {
		a, _ := whole.Cell(r, 0)
		b, _ := other.Cell(r, 0)
		if a == b {
			same++
		}
	}
	require.Less(t, same, 10)
}

func TestSizesKeepWhatKPersonsHave(t *testing.T) {
	for _, c := range []struct{ sizes, want []size }{
		{[]size{{1, 103}, {2, 39}, {3, 57}, {57, 1}}, []size{{1, 103}, {2, 39}, {3, 58}}},
		{[]size{{1, 2}, {3, 50}, {9, 2}, {10, 40}}, []size{{3, 52}, {10, 42}}},
		{[]size{{10, 2}, {11, 2}, {12, 2}, {13, 3}}, []size{{11, 9}}},
		{[]size{{1, 6}, {20, 2}, {21, 2}, {22, 2}}, []size{{1, 6}, {21, 6}}},
		{[]size{{2, 1}, {4, 1}}, []size{{3, 2}}},
		{nil, nil},
	} {
		got := cycle{Sizes: c.sizes}
		got.protect(5)
		require.Equal(t, c.want, got.Sizes)
	}
}

func TestRareSizesOfPersonsAreJoined(t *testing.T) {
	var codes []int32
	for p := range int32(100) {
		codes = append(codes, p)
	}
	for range 56 {
		codes = append(codes, 7) // One person has 57 rows.
	}
	c := newCycle(codes, 100, 5)
	require.Equal(t, []size{{Rows: 1, Persons: 100}}, c.Sizes, "the 99 others keep their one row")
	c = newCycle(codes, 100, 0)
	require.Equal(t, []size{{1, 99}, {57, 1}}, c.Sizes)
	require.True(t, c.valid())
	require.Equal(t, uint64(100), c.person(156))
}

func TestInventedTextIsNotInTheColumn(t *testing.T) {
	for _, c := range []struct{ header, met, want string }{
		{"Name", "", "Student 0002"},
		{"Full name", "Student 0002", "new Student 0002"},
		{"pupil_name", "", "Student 0002"},
		{"StudentName", "", "Student 0002"},
		{"Schüler", "", "Schüler 0002"},
		{"Nom", "", "Élève 0002"},
		{"Tutor", "", "Teacher 0002"},
		{"Email", "student77@example.org", "newstudent0002@example.org"},
		{"Phone", "", "000 0000002"},
		{"Comment", "text", "new text"},
		{"Address", "", "text"},
		{"Filename", "", "text"},
	} {
		var f fill
		f.invent(c.header, []string{"x", c.met})
		require.Equal(t, c.want, string(f.append(nil, 1)), c.header)
	}
}

func TestTreatments(t *testing.T) {
	n := 200
	s := &table.Schema{Columns: []table.Column{
		{Name: "Form", Kind: table.Category, Treat: table.Invent}, {Name: "Score", Kind: table.Decimal, Step: .1, Treat: table.Invent},
		{Name: "Sex", Kind: table.Category, Treat: table.Blank}, {Name: "Age", Kind: table.Whole, Step: 1, Treat: table.Blank},
		{Name: "Note", Kind: table.Text, Treat: table.Blank}, {Name: "Gone", Kind: table.Category, Treat: table.Drop},
		{Name: "Left", Kind: table.Category},
	}}
	score, age := make([]int64, n), make([]int64, n)
	for i := range score {
		score[i], age[i] = int64(100+i), int64(i)
	}
	ab := texts(n, func(i int) string { return "ab"[i%2 : i%2+1] })
	tab, err := table.New(s, []any{ab, score, ab, age, ab, ab, ab})
	require.NoError(t, err)
	e := fit(t, tab, 5, "")
	requireJSON(t, e)
	require.Len(t, e.Schema().Columns, 6)
	require.Len(t, e.Vars(), 1)
	require.Equal(t, 5, e.Vars()[0].Col)
	out := decode(t, e, requireCodes(t, e, tab), n, 1)
	for r := range n {
		form, _ := out.Cell(r, 0)
		score, _ := out.Cell(r, 1)
		require.Equal(t, "text", form)
		require.Regexp(t, `^9`, score)
		for c := 2; c < 5; c++ {
			text, ok := out.Cell(r, c)
			require.False(t, ok)
			require.Empty(t, text)
		}
	}
	for i := range s.Columns {
		s.Columns[i].Treat = table.Drop
	}
	tab, err = table.New(s, []any{ab, score, ab, age, ab, ab, ab})
	require.NoError(t, err)
	_, err = Fit(tab, Options{})
	require.ErrorContains(t, err, "every column is left out")
}
