package ctgan

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// school makes the text of a table of n pupils: ids, a text, an order, gaps, marks, dates, a sum, two columns of which one is never above
// the other, one that follows from another one, and a strong dependence. Three pupils have what nobody else has.
func school(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("No,Name,Year,Age group,Sex,Maths,English,Total,Start,Leave,Fee,Low,High,House,Passed\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		gift := r.Norm()
		maths := min(max(int(50+15*gift+8*r.Norm()), 0), 100)
		english := min(max(int(55+10*gift+10*r.Norm()), 0), 100)
		total, mathsText := fmt.Sprint(maths+english), fmt.Sprint(maths)
		if r.Intn(10) == 0 {
			mathsText = "ABS"
		}
		if r.Intn(25) == 0 {
			total = ""
		}
		leave, passed := "", "no"
		if r.Intn(3) > 0 {
			leave = fmt.Sprintf("2024-%02d-%02d", 6+r.Intn(6), 1+r.Intn(28))
		}
		if maths+english > 105 {
			passed = "yes"
		}
		low, year, house := r.Intn(30), r.Intn(5), []string{"oak", "elm", "ash"}[r.Intn(3)]
		fee := strconv.FormatFloat(100+40*r.Norm(), 'f', 2, 64)
		if i < 3 {
			house, fee = "zq7rare", "777777.77"
			if mathsText != "ABS" {
				mathsText = "zq7mark"
			}
		}
		fmt.Fprintf(&b, "%d,pupil %c%c of %d,Y%d,%s,%s,%s,%d,%s,2023-%02d-%02d,%s,%s,%d,%d,%s,%s\n", 100_000+17*i, 'a'+r.Intn(26), 'a'+r.Intn(26), i,
			7+year, []string{"young", "young", "middle", "old", "old"}[year], []string{"f", "m"}[r.Intn(2)], mathsText, english, total,
			1+r.Intn(12), 1+r.Intn(28), leave, fee, low, low+r.Intn(20), house, passed)
	}
	return b.String()
}

var schoolRules = []string{"Total = Maths + English", "Start <= Leave", "Low <= High"}

func readTable(t testing.TB, text string, rules ...string) *table.Table {
	t.Helper()
	tab, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	require.NoError(t, err)
	var rs []table.Rule
	for _, x := range rules {
		r, err := table.ParseRule(x)
		require.NoError(t, err)
		rs = append(rs, r)
	}
	return tab.WithRules(rs...)
}

// quick are small networks of preset plus that learn for so many steps.
func quick(steps int64) Options {
	return Options{Noise: 8, Gen: []int{32, 32}, Critic: []int{32, 32}, Batch: 60, Steps: steps}
}

// columnOf gives the texts of a column; "" where missing.
func columnOf(t testing.TB, tab *table.Table, name string) []string {
	t.Helper()
	c := slices.IndexFunc(tab.Schema().Columns, func(c table.Column) bool { return c.Name == name })
	require.GreaterOrEqual(t, c, 0, name)
	out := make([]string, tab.Rows())
	for r := range out {
		out[r], _ = tab.Cell(r, c)
	}
	return out
}

// shareOf is how many of the texts are so.
func shareOf(texts []string, is func(s string) bool) float64 {
	n := 0.0
	for _, s := range texts {
		if is(s) {
			n++
		}
	}
	return n / float64(len(texts))
}

func equals(a string) func(string) bool { return func(b string) bool { return a == b } }

func fileOf(t testing.TB, m *Model) *container.File {
	t.Helper()
	f := &container.File{Kind: "model"}
	require.NoError(t, m.Save(f))
	return f
}

// savedBytes are all blobs of a model, as they lie in a file before it is packed.
func savedBytes(t testing.TB, m *Model) []byte {
	t.Helper()
	var all []byte
	for _, b := range fileOf(t, m).Blobs {
		all = append(append(append(append(all, b.Name...), 0xff), b.Data...), 0xff)
	}
	return all
}

// Every cell that is written is one that the column can have, gaps and marks are as frequent as in the table, rules hold, ids and texts are new.
func TestPlusRowsAreValid(t *testing.T) {
	slow(t)
	tab := readTable(t, school(400, 1), schoolRules...)
	m := fitPreset(t, tab, quick(150))
	require.Equal(t, "ctgan", m.Kind())
	const n = 1500
	s := sampleRows(t, m, SampleOptions{Rows: n, Seed: 3})
	require.Equal(t, n, s.Rows())
	for _, r := range s.Schema().Rules {
		require.Empty(t, r.Broken(s), "%s", r)
	}
	require.Len(t, s.Schema().Rules, 3)
	for _, name := range []string{"Year", "Age group", "Sex", "House", "Passed"} {
		known := columnOf(t, tab, name)
		for _, x := range columnOf(t, s, name) {
			require.Contains(t, known, x, name)
		}
	}
	for c, col := range tab.Schema().Columns {
		if !isNumber(col.Kind) {
			continue
		}
		require.Equal(t, col.Step, s.Schema().Columns[c].Step, col.Name)
		lowest, highest := math.Inf(1), math.Inf(-1)
		for _, x := range tab.Floats(c) {
			if x == x {
				lowest, highest = min(lowest, x), max(highest, x)
			}
		}
		for _, x := range s.Floats(c) {
			if col.Name == "Total" {
				continue // what a rule computes has the range that its parts give
			}
			require.True(t, x != x || x >= lowest && x <= highest, "%s: %v is not in %v..%v", col.Name, x, lowest, highest)
		}
	}
	for name, text := range map[string]string{"Leave": "", "Maths": "ABS", "Total": ""} {
		want, got := shareOf(columnOf(t, tab, name), equals(text)), shareOf(columnOf(t, s, name), equals(text))
		require.InDelta(t, want, got, 0.05, "%s %q", name, text)
		require.Positive(t, got)
	}
	for _, name := range []string{"No", "Name"} {
		old, seen := columnOf(t, tab, name), map[string]bool{}
		for _, x := range columnOf(t, s, name) {
			require.NotContains(t, old, x, name)
			require.NotEmpty(t, x)
			seen[x] = true
		}
		if name == "No" {
			require.Len(t, seen, n)
		}
	}
}

// What fewer persons than the protection asks for have is neither in a model file nor in a row, and without protection it is.
func TestPlusProtects(t *testing.T) {
	slow(t)
	text := school(400, 1)
	tab := readTable(t, text, schoolRules...)
	for _, model := range []string{kindCTGAN, kindTVAE} {
		for _, protect := range []int{0, -1} {
			opt := quick(20)
			opt.Model, opt.Protect = model, protect
			m := fitPreset(t, tab, opt)
			all := savedBytes(t, m)
			s := sampleRows(t, m, SampleOptions{Rows: 600, Seed: 1})
			require.Equal(t, protect < 0, bytes.Contains(all, []byte("zq7rare")), protect)
			require.Equal(t, protect < 0, bytes.Contains(all, []byte("zq7mark")), protect)
			if protect < 0 {
				continue
			}
			var out bytes.Buffer
			require.NoError(t, table.WriteCSV(&out, s))
			require.NotContains(t, out.String(), "zq7")
			require.NotContains(t, out.String(), "777777")
			for _, form := range formsOf("777777.77", 777777.77, 77777777) {
				require.False(t, bytes.Contains(all, form), "an extreme is in the model")
			}
		}
	}
}

// formsOf gives the ways in which a file could hold a number.
func formsOf(text string, f float64, multiple int64) [][]byte {
	return [][]byte{
		[]byte(text), []byte(fmt.Sprint(multiple)),
		binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)), binary.BigEndian.AppendUint64(nil, math.Float64bits(f)),
		binary.LittleEndian.AppendUint64(nil, uint64(multiple)), binary.BigEndian.AppendUint64(nil, uint64(multiple)),
	}
}

// A model file holds no training row: no value that one person has alone, no text, no id, and no row's codes.
func TestPlusHoldsNoTrainingRow(t *testing.T) {
	const n = 300
	var b strings.Builder
	b.WriteString("No,A,Sex,Year,Mark,Form,House,Passed\n")
	var secret []string
	for i := range n {
		r := rng.New(3, rng.Demo, uint64(i))
		secret = append(secret, fmt.Sprintf("%d.%d", 1+r.Intn(9), int64(1e10+r.Float64()*9e10)))
		fmt.Fprintf(&b, "S%d-%d,%s,%d,%d,%d,%s,%s,%t\n", i, 1000+r.Intn(9000), secret[i], r.Intn(2), 7+r.Intn(5), r.Intn(100),
			[]string{"a", "b", "c"}[r.Intn(3)], []string{"oak", "elm", "ash"}[r.Intn(3)], r.Intn(2) == 0)
	}
	tab := readTable(t, b.String())
	for _, protect := range []int{0, -1} {
		opt := quick(20)
		opt.Protect = protect
		m := fitPreset(t, tab, opt)
		all := savedBytes(t, m)
		floats, ids := tab.Floats(1), columnOf(t, tab, "No")
		for i, s := range secret {
			require.False(t, bytes.Contains(all, []byte(ids[i])), "an id is in the model")
			if protect < 0 && (floats[i] == slices.Min(floats) || floats[i] == slices.Max(floats)) {
				continue // the range
			}
			for _, form := range formsOf(s, floats[i], tab.Ints(1)[i]) {
				require.False(t, bytes.Contains(all, form), "protection %d: a value is in the model", protect)
			}
		}
		codes, err := m.enc.Codes(tab)
		require.NoError(t, err)
		for i := range n {
			var row [3][]byte
			var words []string
			for v := range codes {
				c := codes[v][i]
				row[0], row[1] = append(row[0], byte(c)), binary.LittleEndian.AppendUint32(row[1], uint32(c))
				row[2] = binary.LittleEndian.AppendUint32(row[2], math.Float32bits(float32(c)))
				words = append(words, fmt.Sprint(c))
			}
			for _, form := range append(row[:], []byte(strings.Join(words, ","))) {
				require.False(t, bytes.Contains(all, form), "protection %d: the codes of a row are in the model", protect)
			}
		}
	}
}

// Conditions hold in every row, whatever the columns: values, ranges, gaps, several at once, a column that follows from another one, and
// rules go on holding.
func TestPlusConditions(t *testing.T) {
	slow(t)
	tab := readTable(t, school(400, 1), schoolRules...)
	m := fitPreset(t, tab, quick(120))
	age := columnOf(t, tab, "Age group")
	groupOf := map[string]string{}
	for i, y := range columnOf(t, tab, "Year") {
		groupOf[y] = age[i]
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		require.NoError(t, err)
		return x
	}
	follows := func(t *testing.T, s *table.Table) {
		groups := columnOf(t, s, "Age group")
		for i, y := range columnOf(t, s, "Year") {
			require.Equal(t, groupOf[y], groups[i])
		}
	}
	for name, c := range map[string]struct {
		where []table.Cond
		check map[string]func(s string) bool
	}{
		"value":     {[]table.Cond{table.Is("House", "elm")}, map[string]func(string) bool{"House": equals("elm")}},
		"one of":    {[]table.Cond{table.Is("Year", "Y7", "Y11")}, map[string]func(string) bool{"Year": func(s string) bool { return s == "Y7" || s == "Y11" }}},
		"range":     {[]table.Cond{table.Between("English", "60", "70")}, map[string]func(string) bool{"English": func(s string) bool { return number(s) >= 60 && number(s) <= 70 }}},
		"mark":      {[]table.Cond{table.Is("Maths", "ABS")}, map[string]func(string) bool{"Maths": equals("ABS")}},
		"gap":       {[]table.Cond{table.Missing("Leave")}, map[string]func(string) bool{"Leave": equals("")}},
		"follows":   {[]table.Cond{table.Is("Age group", "middle")}, map[string]func(string) bool{"Age group": equals("middle"), "Year": equals("Y9")}},
		"computed":  {[]table.Cond{table.Between("Total", "150", "")}, map[string]func(string) bool{"Total": func(s string) bool { return number(s) >= 150 }}},
		"several":   {[]table.Cond{table.Is("Sex", "f"), table.Between("Start", "2023-06-01", "2023-12-31"), table.Is("Age group", "old"), table.Not(table.Is("Year", "Y11"))}, map[string]func(string) bool{"Sex": equals("f"), "Year": equals("Y10"), "Start": func(s string) bool { return s >= "2023-06" }}},
		"from both": {[]table.Cond{table.Is("Age group", "young"), table.Is("Passed", "yes")}, map[string]func(string) bool{"Passed": equals("yes"), "Age group": equals("young")}},
	} {
		t.Run(name, func(t *testing.T) {
			s, set, err := m.Sample(context.Background(), SampleOptions{Rows: 120, Seed: 2, Where: c.where})
			require.NoError(t, err)
			require.Equal(t, 120, s.Rows())
			require.LessOrEqual(t, set, int64(6))
			for col, ok := range c.check {
				for _, x := range columnOf(t, s, col) {
					require.True(t, ok(x), "%s: %q", col, x)
				}
			}
			for _, r := range s.Schema().Rules {
				require.Empty(t, r.Broken(s), "%s", r)
			}
			follows(t, s)
		})
	}
	for _, column := range []string{"Sex", "Age group", "Year"} {
		s, _, err := m.Sample(context.Background(), SampleOptions{Rows: 120, Seed: 2, Balance: column})
		require.NoError(t, err)
		count := map[string]int{}
		for _, x := range columnOf(t, s, column) {
			count[x]++
		}
		for x, n := range count {
			require.Equal(t, 120/len(count), n, "%s %s", column, x)
		}
		follows(t, s)
	}
	// A temperature far below 1 leaves the likeliest code, which is the mark beside so many numbers; one far above flattens them.
	most := func(temperature float64) float64 {
		s := sampleRows(t, m, SampleOptions{Rows: 300, Seed: 2, Temperature: temperature})
		return shareOf(columnOf(t, s, "Maths"), equals("ABS"))
	}
	require.Greater(t, most(0.2), most(5))
}

// placeTable has a column that nearly follows from another one.
func placeTable(t testing.TB) (tab *table.Table, a, b []string) {
	r := rng.New(5, rng.Demo, 0)
	for range 600 {
		x := r.Intn(3)
		a = append(a, []string{"north", "south", "west"}[x])
		if r.Intn(10) == 0 {
			x = r.Intn(3)
		}
		b = append(b, []string{"ice", "sand", "rain"}[x])
	}
	return testTable(t, category("a", a...), category("b", b...), whole("n", grades(600, 2, 40, 9)...)), a, b
}

// Rows under a condition are like the table's rows that meet it.
func TestPlusConditionsKeepTheRest(t *testing.T) {
	slow(t)
	tab, a, b := placeTable(t)
	opt := quick(400)
	opt.Batch, opt.LR = 200, 1e-3
	m := fitPreset(t, tab, opt)
	for i, x := range []string{"north", "south", "west"} {
		want := []string{"ice", "sand", "rain"}[i]
		var those []string
		for r := range a {
			if a[r] == x {
				those = append(those, b[r])
			}
		}
		s := sampleRows(t, m, SampleOptions{Rows: 400, Seed: 1, Where: []table.Cond{table.Is("a", x)}})
		real, got := shareOf(those, equals(want)), shareOf(columnOf(t, s, "b"), equals(want))
		t.Logf("%s: %.3f of the table, %.3f written", x, real, got)
		require.InDelta(t, real, got, 0.12)
	}
}
