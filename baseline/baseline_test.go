package baseline

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

var kinds = []string{kindTrees, kindCopula, kindIndependent}

// school makes the text of a table of n pupils: ids, an order, gaps, marks, dates, a skewed count, a sum, two columns of
// which one is never above the other, and a strong dependence.
func school(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("No,Year,Sex,Maths,English,Total,Start,Leave,Absences,Fee,Low,High,Passed\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		gift := r.Norm()
		maths := min(max(int(50+15*gift+8*r.Norm()), 0), 100)
		english := min(max(int(55+10*gift+10*r.Norm()), 0), 100)
		total, mathsText := fmt.Sprint(maths+english), fmt.Sprint(maths)
		if r.Intn(20) == 0 {
			mathsText = "ABS"
		}
		if r.Intn(25) == 0 {
			total = ""
		}
		day := 1 + r.Intn(28)
		leave := ""
		if r.Intn(3) > 0 {
			leave = fmt.Sprintf("2024-%02d-%02d", 6+r.Intn(6), 1+r.Intn(28))
		}
		passed := "no"
		if maths+english > 100 && r.Intn(20) > 0 {
			passed = "yes"
		}
		low := r.Intn(30)
		fmt.Fprintf(&b, "%d,Y%d,%s,%s,%d,%s,2023-%02d-%02d,%s,%d,%.2f,%d,%d,%s\n", 1000+i, 7+r.Intn(5), []string{"f", "m"}[r.Intn(2)],
			mathsText, english, total, 1+r.Intn(12), day, leave, int(r.Exp()*4), 100+40*r.Norm(), low, low+r.Intn(20), passed)
	}
	return b.String()
}

func read(t testing.TB, text string, rules ...string) *table.Table {
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

var schoolRules = []string{"Total = Maths + English", "Start <= Leave", "Low <= High"}

func fit(t testing.TB, tab *table.Table, opt Options) *Model {
	m, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	return m
}

func sample(t testing.TB, m *Model, opt SampleOptions) *table.Table {
	s, _, err := m.Sample(context.Background(), opt)
	require.NoError(t, err)
	require.EqualValues(t, opt.Rows, s.Rows())
	return s
}

func text(t testing.TB, tab *table.Table) string {
	var b bytes.Buffer
	require.NoError(t, table.WriteCSV(&b, tab))
	return b.String()
}

func save(t testing.TB, m *Model) *container.File {
	f := &container.File{Kind: "model"}
	require.NoError(t, m.Save(f))
	return f
}

func column(t testing.TB, tab *table.Table, name string) int {
	for i, c := range tab.Schema().Columns {
		if c.Name == name {
			return i
		}
	}
	require.Fail(t, "no column", name)
	return -1
}

// cells gives the texts of a column; "" where missing.
func cells(t testing.TB, tab *table.Table, name string) []string {
	c := column(t, tab, name)
	var out []string
	for i := range tab.Rows() {
		s, _ := tab.Cell(i, c)
		out = append(out, s)
	}
	return out
}

func TestFitAndSample(t *testing.T) {
	tab := read(t, school(400, 1), schoolRules...)
	for _, kind := range kinds {
		m := fit(t, tab, Options{Model: kind})
		require.Equal(t, kind, m.Kind())
		require.Equal(t, "plan", m.Report().StoppedBy)
		s := sample(t, m, SampleOptions{Rows: 1500})
		require.Equal(t, len(tab.Schema().Columns), s.Cols())
		for _, r := range s.Schema().Rules {
			require.Empty(t, r.Broken(s), "%s: %s", kind, r)
		}
		require.Len(t, s.Schema().Rules, 3)
		// Marks and gaps come about as often as they were.
		marks := 0
		for _, c := range cells(t, s, "Maths") {
			if c == "ABS" {
				marks++
			}
		}
		require.InDelta(t, 75, marks, 45)
		// What is written can be read again, as the same kinds.
		again := read(t, text(t, s))
		require.Equal(t, s.Rows(), again.Rows())
	}
}

// The order in which columns are drawn must not matter to rules: each is tried with either column first.
func TestRulesInAnyOrder(t *testing.T) {
	tab := read(t, school(400, 2), "Total = Maths + English", "Start <= Leave", "Low <= High", "Low <= Maths", "High <= Total")
	for seed := range uint64(3) {
		m := fit(t, tab, Options{Seed: seed, Model: kinds[seed]})
		// All columns in the opposite order, but a computed one still after its parts.
		var order, late []int32
		first := draw.FirstParts(m.enc.Vars(), m.order)
		for _, v := range slices.Backward(first) {
			to := &order
			if x := m.enc.Vars()[v]; m.Schema().Columns[x.Col].Name == "Total" {
				to = &late
			}
			for p := range m.enc.Vars()[v].Parts {
				*to = append(*to, v+int32(p))
			}
		}
		m.order = append(order, late...)
		for v := range m.trees {
			m.trees[v].Trees = nil // they ask columns that are drawn later now
		}
		m.sketch = sketch{}
		require.NoError(t, m.prepare())
		s := sample(t, m, SampleOptions{Rows: 2000, Seed: seed})
		for _, r := range s.Schema().Rules {
			require.Empty(t, r.Broken(s), "%s", r)
		}
	}
}

func TestLaterColumnsSeeAComputedOne(t *testing.T) {
	tab := read(t, school(600, 3), schoolRules...)
	s := sample(t, fit(t, tab, Options{}), SampleOptions{Rows: 4000})
	total, passed := s.Floats(column(t, s, "Total")), cells(t, s, "Passed")
	wrong := 0
	for i := range total {
		if total[i] <= 95 && passed[i] == "yes" {
			wrong++
		}
	}
	require.Less(t, wrong, 120)
}

func TestSameBytes(t *testing.T) {
	tab := read(t, school(200, 4), schoolRules...)
	where := []table.Cond{table.Is("Sex", "f"), table.Between("English", "60", "")}
	for _, kind := range kinds {
		var model, rows string
		for _, procs := range []int{1, 2, 3, 8} {
			old := runtime.GOMAXPROCS(procs)
			m := fit(t, tab, Options{Model: kind, Seed: 7, Target: "Passed"})
			got := text(t, sample(t, m, SampleOptions{Rows: 5000, Seed: 3, Where: where}))
			runtime.GOMAXPROCS(old)
			var b bytes.Buffer
			require.NoError(t, container.Write(&b, save(t, m)))
			if model == "" {
				model, rows = b.String(), got
			}
			require.True(t, model == b.String(), "%s: the model differs with %d processors", kind, procs)
			require.True(t, rows == got, "%s: rows differ with %d processors", kind, procs)
		}
		f := &container.File{Kind: "model"}
		m, err := container.Read(strings.NewReader(model))
		require.NoError(t, err)
		loaded, err := Load(m)
		require.NoError(t, err)
		require.NoError(t, loaded.Save(f))
		require.Equal(t, m.Blobs, f.Blobs)
		lines := strings.SplitAfter(rows, "\n")
		for _, part := range [][2]int64{{0, 1}, {1, 499}, {500, 2100}, {2600, 2400}, {4999, 1}} {
			got := text(t, sample(t, loaded, SampleOptions{First: part[0], Rows: part[1], Seed: 3, Where: where}))
			require.True(t, strings.Join(lines[1+part[0]:1+part[0]+part[1]], "") == strings.SplitAfterN(got, "\n", 2)[1], "%s: rows from %d", kind, part[0])
		}
		for i := range int64(40) {
			got := text(t, sample(t, loaded, SampleOptions{First: i, Rows: 1, Seed: 3, Where: where}))
			require.Equal(t, lines[1+i], strings.SplitAfterN(got, "\n", 2)[1])
		}
	}
}

func TestCutAndRepeated(t *testing.T) {
	tab := read(t, school(150, 5), schoolRules...)
	stop := make(chan struct{})
	close(stop)
	cut := fit(t, tab, Options{Stop: stop})
	require.Equal(t, "stop", cut.Report().StoppedBy)
	require.Less(t, cut.Report().Steps, cut.Report().Planned)
	sample(t, cut, SampleOptions{Rows: 100})
	again := fit(t, tab, Options{Steps: cut.Report().Steps})
	require.Equal(t, save(t, cut), save(t, again))
	budget := fit(t, tab, Options{Budget: 1})
	require.GreaterOrEqual(t, budget.Report().Planned, int64(len(budget.order))) // one tree for each, and for each line
}

func TestResume(t *testing.T) {
	tab := read(t, school(150, 6), schoolRules...)
	const steps = 6000 // more than the choice of settings costs, so that the run is cut after the first wave
	for _, kind := range kinds {
		whole := save(t, fit(t, tab, Options{Model: kind, Steps: steps, Target: "Passed"}))
		path := t.TempDir() + "/checkpoint"
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Fit(ctx, tab, Options{Model: kind, Steps: steps, Target: "Passed", Checkpoint: path, Progress: func(phase string, done, total int64) {
			if phase == "learn" && done > total/4*3 {
				cancel()
			}
		}})
		cancel()
		if err == nil {
			continue // a small plan may be done before the first word of progress
		}
		require.ErrorIs(t, err, context.Canceled)
		require.FileExists(t, path)
		var told *table.Error
		_, err = Fit(context.Background(), tab, Options{Model: kind, Steps: steps, Target: "Passed", Checkpoint: path, Seed: 1})
		require.ErrorAs(t, err, &told)
		require.Equal(t, "other-checkpoint", told.Code)
		require.Equal(t, whole, save(t, fit(t, tab, Options{Model: kind, Steps: steps, Target: "Passed", Checkpoint: path})))
		require.NoFileExists(t, path)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tab := read(t, school(100, 6))
	m := fit(t, tab, Options{Model: kindIndependent})
	_, err := Fit(ctx, tab, Options{})
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = m.Sample(ctx, SampleOptions{Rows: 10})
	require.ErrorIs(t, err, context.Canceled)
}

func TestOptionsAreChecked(t *testing.T) {
	tab := read(t, school(100, 6))
	for _, o := range []Options{{Model: "gan"}, {Level: "none"}} {
		var told *table.Error
		_, err := Fit(context.Background(), tab, o)
		require.ErrorAs(t, err, &told)
		require.NotEmpty(t, told.Fix)
	}
	m := fit(t, tab, Options{Level: "structure", Model: kindTrees})
	require.Equal(t, kindIndependent, m.Kind())
	for _, f := range m.trees {
		require.Empty(t, f.Trees)
	}
	for _, temp := range []float64{-1, math.NaN(), math.Inf(1)} {
		_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 1, Temperature: temp})
		require.Error(t, err)
	}
}

func TestOddTables(t *testing.T) {
	many := "a,b\n"
	for i := range 3000 {
		many += fmt.Sprintf("v%d,%d\n", i/2, i%7)
	}
	for name, text := range map[string]string{
		"one row":       "a,b\n1,x\n",
		"two rows":      "a,b\n1,x\n2,y\n",
		"eleven rows":   "a,b\n" + strings.Repeat("1,x\n2,y\n3,\n", 4)[:40],
		"one column":    "a\n" + strings.Repeat("1\n2\n3\n", 30),
		"constant":      "a,b\n" + strings.Repeat("1,x\n1,y\n", 30),
		"all missing":   "a,b\n" + strings.Repeat(",x\n,y\n", 30),
		"only gaps":     "a,b\n" + strings.Repeat(",\n", 30),
		"only texts":    "name\n" + strings.Join(strings.Fields(strings.Repeat("ann bob cyd ", 20)), "\n"),
		"many values":   many,
		"only decimals": "a,b\n" + strings.Repeat("1.25,2.5\n1.75,3.125\n0.5,2.75\n", 30),
	} {
		tab := read(t, text)
		for _, kind := range kinds {
			for _, k := range []int{-1, 5} {
				m := fit(t, tab, Options{Model: kind, Protect: k})
				s := sample(t, m, SampleOptions{Rows: 50})
				require.Equal(t, tab.Cols(), s.Cols(), name)
				loaded, err := Load(save(t, m))
				require.NoError(t, err, name)
				sample(t, loaded, SampleOptions{Rows: 5, Temperature: 0.5})
			}
		}
	}
}

func TestPersonsAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("Person,Mark,Grade\n")
	for i := range 400 {
		r := rng.New(1, rng.Demo, uint64(i))
		p := r.Intn(60) * r.Intn(2)
		fmt.Fprintf(&b, "%d,%d,%s\n", p, p%7, []string{"a", "b", "c"}[(p+r.Intn(2))%3])
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &table.Schema{Person: "Person"}})
	require.NoError(t, err)
	person, people := tab.Persons()
	require.Less(t, people, tab.Rows())
	m := fit(t, tab, Options{Protect: 5})
	codes, err := m.enc.Codes(tab)
	require.NoError(t, err)
	d, err := code(m.enc, codes)
	require.NoError(t, err)
	x := make([]uint16, len(d.x))
	for v := range m.trees {
		for _, tr := range m.trees[v].Trees {
			inLeaf := map[int32]map[int32]bool{}
			for i := range person {
				for c := range x {
					x[c] = d.x[c].Codes[i]
				}
				if x[v] == 0 {
					continue
				}
				path := tr.Path(x, nil)
				leaf := path[len(path)-1]
				if inLeaf[leaf] == nil {
					inLeaf[leaf] = map[int32]bool{}
				}
				inLeaf[leaf][person[i]] = true
			}
			for _, who := range inLeaf {
				require.GreaterOrEqual(t, len(who), 5)
			}
		}
	}
}

// data opens a real table, or skips the test where there is none.
func data(t testing.TB, name string) *table.Table {
	f, err := os.Open("../../shared/data/" + name)
	if err != nil {
		t.Skip("no ../shared/data here")
	}
	defer f.Close()
	tab, err := table.ReadCSV(f, table.ReadOptions{})
	require.NoError(t, err)
	return tab
}
