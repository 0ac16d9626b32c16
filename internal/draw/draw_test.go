package draw

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// school makes the text of a table of n pupils with an order, gaps, marks, dates and sums.
func school(n int) string {
	var b strings.Builder
	b.WriteString("No,Year,Sex,Maths,English,Total,Start,Leave,Low,High\n")
	for i := range n {
		r := rng.New(1, rng.Demo, uint64(i))
		maths, english := r.Intn(101), 20+r.Intn(81)
		mathsText, total, leave := strconv.Itoa(maths), strconv.Itoa(maths+english), ""
		if r.Intn(20) == 0 {
			mathsText = "ABS"
		}
		if r.Intn(25) == 0 {
			total = ""
		}
		if r.Intn(3) > 0 {
			leave = fmt.Sprintf("2024-%02d-%02d", 6+r.Intn(6), 1+r.Intn(28))
		}
		low := r.Intn(30)
		fmt.Fprintf(&b, "%d,Y%d,%s,%s,%d,%s,2023-%02d-%02d,%s,%d,%d\n", 1000+i, 7+r.Intn(5), []string{"f", "m"}[r.Intn(2)],
			mathsText, english, total, 1+r.Intn(12), 1+r.Intn(28), leave, low, low+r.Intn(20))
	}
	return b.String()
}

var schoolRules = []string{"Total = Maths + English", "Start <= Leave", "Low <= High", "Low <= Maths", "High <= Total"}

func learn(t testing.TB, text string, rules ...string) *encode.Encoder {
	tab, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{})
	require.NoError(t, err)
	var rs []table.Rule
	for _, x := range rules {
		r, err := table.ParseRule(x)
		require.NoError(t, err)
		rs = append(rs, r)
	}
	enc, err := encode.Fit(tab.WithRules(rs...), encode.Options{})
	require.NoError(t, err)
	return enc
}

// plan draws columns in an order of their own for each seed.
func plan(t testing.TB, enc *encode.Encoder, seed uint64) *Plan {
	rules, err := NewRules(enc)
	require.NoError(t, err)
	r := rng.New(seed, rng.Demo, 0)
	weight := make([]float64, len(FirstParts(enc.Vars(), nil)))
	for i := range weight {
		weight[i] = r.Float64()
	}
	p, err := NewPlan(enc, rules.Order(weight))
	require.NoError(t, err)
	return p
}

// independent draws by shares. It notes every code that it hears of, and compares them with those of the rows.
type independent struct {
	t      testing.TB
	vars   []encode.Var
	shares []Shares
	codes  []int32 // by row and variable
	begun  []bool  // by row
	done   []int   // by row: columns
}

func newIndependent(t testing.TB, enc *encode.Encoder, n int) *independent {
	s := &independent{t: t, vars: enc.Vars(), codes: make([]int32, n*len(enc.Vars())), begun: make([]bool, n), done: make([]int, n)}
	for _, v := range s.vars {
		s.shares = append(s.shares, NewShares(v.Share))
	}
	return s
}

func (s *independent) Begin(rows []*Row) {
	for _, w := range rows {
		s.begun[w.Index], s.done[w.Index] = true, 0
		for v := range s.vars {
			s.codes[w.Index*len(s.vars)+v] = -2 // not drawn
		}
	}
}

// Next also gives an order, which must not matter.
func (s *independent) Next(rows []*Row, v int32) []int32 {
	var order []int32
	for i, w := range rows {
		s.check(w)
		s.done[w.Index]++
		order = append(order, int32(len(rows)-1-i))
	}
	return order
}

func (s *independent) check(w *Row) {
	if !s.begun[w.Index] || w.Dead() {
		s.t.Errorf("row %d: begun %v, dead %v", w.Number, s.begun[w.Index], w.Dead())
	}
	for v, code := range s.codes[w.Index*len(s.vars) : (w.Index+1)*len(s.vars)] {
		if code != -2 && code != w.Codes[v] {
			s.t.Errorf("row %d: code %d of variable %d, and the source was told %d", w.Number, w.Codes[v], v, code)
		}
	}
}

func (s *independent) Draw(w *Row, v int32) int32 {
	code := s.shares[v].Draw(&w.R)
	s.Set(w, v, code)
	return code
}

func (s *independent) Spread(_ *Row, v int32, p []float64) {
	clear(p)
	s.shares[v].Add(p, 1)
}

func (s *independent) Set(w *Row, v, code int32) { s.codes[w.Index*len(s.vars)+int(v)] = code }

// Weigh prefers rows with a great first code.
func (s *independent) Weigh(rows []*Row, weight []float64) {
	columns := len(FirstParts(s.vars, nil))
	for i, w := range rows {
		s.check(w)
		if s.done[w.Index] != columns {
			s.t.Errorf("a row of %d columns is weighed", s.done[w.Index])
		}
		if weight[i] = 1; len(w.Codes) > 0 {
			weight[i] += float64(w.Codes[0])
		}
	}
}

func sample(t testing.TB, p *Plan, opt Options) (*table.Table, int64, error) {
	s, err := p.Sampler(opt)
	require.NoError(t, err)
	return s.Rows(context.Background(), func(n int) Source { return newIndependent(t, p.enc, n) })
}

func text(t testing.TB, tab *table.Table) string {
	var b bytes.Buffer
	require.NoError(t, table.WriteCSV(&b, tab))
	return b.String()
}

// cells gives the texts of a column; "" where missing.
func cells(t testing.TB, tab *table.Table, name string) []string {
	var out []string
	for c, col := range tab.Schema().Columns {
		for i := 0; i < tab.Rows() && col.Name == name; i++ {
			s, _ := tab.Cell(i, c)
			out = append(out, s)
		}
	}
	require.Len(t, out, tab.Rows())
	return out
}

// Rules hold whatever the order of the columns, and so do conditions, also where they must be set.
func TestRulesAndConditionsHold(t *testing.T) {
	enc := learn(t, school(400), schoolRules...)
	for seed := range uint64(4) {
		p := plan(t, enc, seed)
		for _, where := range [][]table.Cond{
			nil,
			{table.Is("Sex", "f"), table.Missing("Leave")},
			{table.Between("Total", "190", ""), table.Not(table.Is("Maths", "ABS"))},
			{table.Not(table.Missing("Leave")), table.Between("Start", "2023-11-01", "2023-11-30"), table.Between("Low", "25", "")},
		} {
			for _, k := range []int{0, 1, 5} {
				s, set, err := sample(t, p, Options{Rows: 150, Seed: seed, Where: where, Candidates: k})
				require.NoError(t, err)
				require.Equal(t, 150, s.Rows())
				if k > 0 {
					require.Zero(t, set)
				}
				for _, r := range s.Schema().Rules {
					require.Empty(t, r.Broken(s), "%s", r)
				}
				again := learn(t, text(t, s)) // it can be read
				require.NotNil(t, again)
				sets, err := table.Sets(s.Schema(), where)
				require.NoError(t, err)
				codes, err := enc.Codes(s)
				require.NoError(t, err)
				for _, set := range sets {
					v := int32(-1)
					for _, f := range FirstParts(enc.Vars(), nil) {
						if enc.Vars()[f].Col == set.Col {
							v = f
						}
					}
					ok := make([]bool, enc.Vars()[v].Card)
					enc.Allowed(int(v), make([]int32, len(enc.Vars())), encode.Limit{Set: &set, Low: encode.NoLow, High: encode.NoHigh}, ok)
					for _, c := range codes[v] {
						require.True(t, ok[c])
					}
				}
			}
		}
	}
}

func TestImpossible(t *testing.T) {
	p := plan(t, learn(t, school(300), schoolRules...), 1)
	for _, where := range [][]table.Cond{
		{table.Missing("No")}, // always filled
		{table.Between("High", "", "3"), table.Between("Low", "20", "")}, // against a rule
		{table.Between("English", "90", ""), table.Between("Total", "", "20"), // against a sum
			table.Not(table.Is("Maths", "ABS")), table.Not(table.Missing("Total"))},
		{table.Is("Sex", "f"), table.Is("Sex", "m")},
	} {
		_, err := p.Sampler(Options{Where: where})
		var told *table.Error
		require.ErrorAs(t, err, &told, "%v", where)
	}
	_, err := p.Sampler(Options{Where: []table.Cond{table.Not(table.Missing("No"))}})
	require.NoError(t, err)
	_, err = p.Sampler(Options{Where: []table.Cond{table.Between("High", "", "3"), table.Between("Low", "20", "")}})
	require.ErrorIs(t, err, ErrNoRow)
	for _, opt := range []Options{{Balance: "No"}, {Balance: "nobody"}, {Temperature: -1}} {
		_, err := p.Sampler(opt)
		var told *table.Error
		require.ErrorAs(t, err, &told)
		require.NotErrorIs(t, err, ErrNoRow)
	}
	for _, opt := range []Options{{Rows: -1}, {First: -1}, {Candidates: -1}, {Candidates: mostCandidates + 1}} {
		require.Panics(t, func() { p.Sampler(opt) })
	}
	_, err = NewRules(learn(t, "a,b,c\n"+strings.Repeat("1,2,3\n4,5,9\n6,1,7\n", 20), "c = a + b", "b = c + a", "a = c + b", "b = a + c"))
	var told *table.Error
	require.ErrorAs(t, err, &told)
}

func TestBalance(t *testing.T) {
	p := plan(t, learn(t, school(300), schoolRules...), 1)
	for _, k := range []int{0, 3} {
		s, _, err := sample(t, p, Options{Rows: 500, Balance: "Year", Where: []table.Cond{table.Is("Sex", "f")}, Candidates: k})
		require.NoError(t, err)
		count := map[string]int{}
		for i, y := range cells(t, s, "Year") {
			count[y]++
			require.Equal(t, "f", cells(t, s, "Sex")[i])
		}
		require.Equal(t, map[string]int{"Y7": 100, "Y8": 100, "Y9": 100, "Y10": 100, "Y11": 100}, count)
	}
}

func TestCancel(t *testing.T) {
	p := plan(t, learn(t, school(100)), 1)
	for _, k := range []int{0, 2} {
		s, err := p.Sampler(Options{Rows: 10, Candidates: k})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, _, err = s.Rows(ctx, func(n int) Source { return newIndependent(t, p.enc, n) })
		require.ErrorIs(t, err, context.Canceled)
		w := s.Worker(newIndependent(t, p.enc, 1), 1)
		require.ErrorIs(t, w.Draw(ctx, w.Rows(), false), context.Canceled)
	}
}

func TestNothingToDraw(t *testing.T) {
	ids := "id\n"
	for i := range 60 {
		ids += fmt.Sprintf("p-%d-x\n", 1000+i*7)
	}
	p := plan(t, learn(t, ids), 1)
	require.Empty(t, p.columns)
	for _, k := range []int{0, 2} {
		s, _, err := sample(t, p, Options{Rows: 7, Candidates: k})
		require.NoError(t, err)
		require.Equal(t, 7, s.Rows())
	}
	s, _, err := sample(t, p, Options{})
	require.NoError(t, err)
	require.Zero(t, s.Rows())
}

func BenchmarkRows(b *testing.B) {
	p := plan(b, learn(b, school(1000), schoolRules...), 1)
	for _, k := range []int{0, 8} {
		b.Run(fmt.Sprintf("candidates=%d", k), func(b *testing.B) {
			for i := range b.N {
				if _, _, err := sample(b, p, Options{First: int64(i) * 4096, Rows: 4096, Candidates: k}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(4096*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
