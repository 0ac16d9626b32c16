package great

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
	"github.com/stretchr/testify/require"
)

// hostile is a table whose every column is there to mislead a grammar.
func hostile(t testing.TB, rows int) *table.Table {
	var cols []any
	s := &table.Schema{}
	category := func(name string, values ...string) {
		v := make([]int32, rows)
		for i := range v {
			v[i] = int32(i%(len(values)+1)) - 1
		}
		s.Columns, cols = append(s.Columns, table.Column{Name: name, Kind: table.Category, Values: values}), append(cols, v)
	}
	number := func(c table.Column, at func(i int) int64) {
		v := make([]int64, rows)
		for i := range v {
			switch v[i] = at(i); {
			case i%11 == 0:
				v[i] = noNumber
			case i%11 <= len(c.Marks):
				v[i] = noNumber + int64(i%11)
			}
		}
		s.Columns, cols = append(s.Columns, c), append(cols, v)
	}
	category("separators", ", ", " is ", "<|endoftext|>", "a, b is c", ",", ",,", `"`, `""`, `",`, `",",`, "a\nb", "\r\n", "\x00", "-")
	category("prefixes", "A", "A,", "A, B", "AB", "A ", " A", "  A", "A+", "A+,", "None", `"None"`, `"A"`, `"A",`, "'s", "'s, 's")
	category("bytes", "\xff", "\xff\xfe", "é", "\xc3", "é,", "日本", "😀", "\xf0\x9f")
	category("figures", "1", "10", "1.0", "01", "-1", "1,0", "1e5", "+1")
	category("blank", " ", "x")
	category("one", "only")
	number(table.Column{Name: "whole", Kind: table.Whole, Step: 1, Marks: []string{"ABS", "99", "<5", "-", "1,5", "None"}}, func(i int) int64 { return int64(i*7%260 - 130) })
	number(table.Column{Name: "half", Kind: table.Decimal, Step: 0.5}, func(i int) int64 { return int64(i%41 - 20) })
	number(table.Column{Name: "cents", Kind: table.Decimal, Step: 0.01}, func(i int) int64 { return int64(i * 37 % 1000) })
	number(table.Column{Name: "small", Kind: table.Decimal, Step: 0.001}, func(i int) int64 { return -int64(i % 30) })
	number(table.Column{Name: "hundreds", Kind: table.Whole, Step: 300}, func(i int) int64 { return int64(i % 50) })
	number(table.Column{Name: "thirds", Kind: table.Decimal, Step: 1.0 / 3}, func(i int) int64 { return int64(i % 50) })
	number(table.Column{Name: "day", Kind: table.Date, Step: 86400, Layout: "02.01.2006", Marks: []string{"2012-01-01", "soon"}}, func(i int) int64 { return 10957 + int64(i*13%900) })
	number(table.Column{Name: "minute", Kind: table.Date, Step: 60, Layout: "2006-01-02 15:04"}, func(i int) int64 { return -3000 + int64(i*1013%90000) })
	number(table.Column{Name: "week", Kind: table.Date, Step: 7 * 86400, Layout: "2006-01-02"}, func(i int) int64 { return int64(i % 70) })
	number(table.Column{Name: "gone", Kind: table.Whole, Step: 1}, func(i int) int64 { return noNumber })
	number(table.Column{Name: "nineteen digits", Kind: table.Whole, Step: 1}, func(i int) int64 { return math.MaxInt64/4 - int64(i)*977 })
	number(table.Column{Name: "both ends", Kind: table.Whole, Step: 1}, func(i int) int64 { return (int64(i) - int64(rows)/2) * (1 << 50) })
	tab, err := table.New(s, cols)
	require.NoError(t, err)
	return tab
}

func encoder(t testing.TB, tab *table.Table, k int) *encode.Encoder {
	level := ""
	if k == 0 {
		level = "research"
	}
	enc, err := encode.Fit(tab, encode.Options{Protect: k, Level: level})
	require.NoError(t, err)
	return enc
}

func gpt2Grammar(t testing.TB, enc *encode.Encoder) *grammar {
	tok := gpt2.Tokenizer()
	end, ok := tok.Special(gpt2.EndOfText)
	require.True(t, ok)
	g, err := newTextGrammar(enc, tok, end)
	require.NoError(t, err)
	return g
}

// smallGrammar has a vocabulary that was trained on the table's own texts.
func smallGrammar(t testing.TB, enc *encode.Encoder) *grammar {
	g := gpt2Grammar(t, enc)
	tok, err := tokenizer.Train(func(yield func(string) bool) {
		for col, f := range g.fields {
			if f != nil {
				for _, v := range someCells(f, 200) {
					if text := g.text(col, v); !yield(" "+text) || !yield(" "+text+",") {
						return
					}
				}
			}
		}
	}, tokenizer.TrainOptions{Size: 600, Digits: true, Specials: []string{gpt2.EndOfText}})
	require.NoError(t, err)
	end, _ := tok.Special(gpt2.EndOfText)
	g, err = newTextGrammar(enc, tok, end)
	require.NoError(t, err)
	return g
}

// phraseGrammar is that of a model from scratch.
func phraseGrammar(t testing.TB, enc *encode.Encoder) *grammar {
	list, err := phrases(enc)
	require.NoError(t, err)
	tok, err := vocabulary(enc, list)
	require.NoError(t, err)
	end, _ := tok.Special(endOfText)
	g, err := newTextGrammar(enc, tok, end)
	require.NoError(t, err)
	return g
}

// grammars gives all forms of grammar of a table.
func grammars(t testing.TB, enc *encode.Encoder) map[string]*grammar {
	d, err := newDigitGrammar(enc)
	require.NoError(t, err)
	return map[string]*grammar{"gpt2": gpt2Grammar(t, enc), "small": smallGrammar(t, enc), "phrases": phraseGrammar(t, enc), "digits": d}
}

// someCells gives all gaps, marks and categories, and the numbers if they are at most so many, else both ends and some between.
func someCells(f *field, most int) []int64 {
	cells := slices.Clone(f.all.cells)
	for _, p := range f.spans.list {
		if n := uint64(p[1]) - uint64(p[0]); n < uint64(most) {
			for v := p[0]; v <= p[1]; v++ {
				cells = append(cells, v)
			}
			continue
		}
		r := rng.New(8, rng.Mock, 0)
		for i := range int64(most) / 4 {
			cells = append(cells, p[0]+i, p[1]-i, p[0]+int64(r.Float64()*float64(p[1]-p[0])))
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells)
}

// requireCellsComeBack teaches every cell of a field to nobody: each token must be legal, and the end of them gives the cell.
func requireCellsComeBack(t *testing.T, g *grammar, most int, name string) {
	head := g.head()
	require.True(t, slices.IsSorted(head))
	for col, f := range g.fields {
		if f == nil {
			continue
		}
		for _, v := range someCells(f, most) {
			for _, last := range []bool{false, true} {
				p := g.begin(col, last, nil)
				for _, id := range g.tokens(nil, col, v, last) {
					_, done := g.value(p)
					require.False(t, done)
					_, ok := slices.BinarySearch(g.allowed(p, nil), id)
					require.True(t, ok, "%s: column %q, %d", name, f.name, v)
					_, ok = slices.BinarySearch(head, id)
					require.True(t, ok, "%s: column %q, %d: head", name, f.name, v)
					p, ok = g.step(p, id)
					require.True(t, ok)
				}
				back, done := g.value(p)
				require.True(t, done, "%s: column %q, %d", name, f.name, v)
				require.Equal(t, v, back, "%s: column %q", name, f.name)
				require.Empty(t, g.allowed(p, nil))
			}
		}
	}
}

// requireStatesLead walks the automaton of every column from token to token, and finds a legal one in every state, and all in the head: in
// at most so many states, whose number it gives.
func requireStatesLead(t *testing.T, g *grammar, most int, name string) (states int) {
	head := g.head()
	for col, f := range g.fields {
		if f == nil {
			continue
		}
		for _, last := range []bool{false, true} {
			seen := map[place]bool{}
			list := []place{g.begin(col, last, nil)}
			var ids []int32
			for i := 0; i < len(list) && i < most; i++ {
				p := list[i]
				if _, done := g.value(p); done {
					continue
				}
				ids = g.allowed(p, ids[:0])
				require.NotEmpty(t, ids, "%s: column %q: no token is legal", name, f.name)
				require.True(t, slices.IsSorted(ids))
				for _, id := range ids {
					_, in := slices.BinarySearch(head, id)
					require.True(t, in, "%s: column %q: id %d", name, f.name, id)
					to, ok := g.step(p, id)
					require.True(t, ok, "%s: column %q: id %d", name, f.name, id)
					if !seen[to] {
						seen[to] = true
						list = append(list, to)
					}
				}
			}
			states += min(len(list), most)
		}
	}
	return states
}

// requireWalksEnd goes through cells at random; each must end, in a value of the column.
func requireWalksEnd(t *testing.T, g *grammar, walks int, name string) {
	r := rng.New(5, rng.Mock, 2)
	for col, f := range g.fields {
		if f == nil {
			continue
		}
		for i := range walks {
			p := g.begin(col, i%2 == 0, nil)
			for n := 0; ; n++ {
				if v, done := g.value(p); done {
					require.True(t, slices.Contains(f.all.cells, v) || f.numbers && f.spans.meets(v, v), "%s: column %q", name, f.name)
					break
				}
				require.Less(t, n, 200, "%s: column %q", name, f.name)
				ids := g.allowed(p, nil)
				require.NotEmpty(t, ids)
				var ok bool
				p, ok = g.step(p, ids[r.Intn(len(ids))])
				require.True(t, ok)
			}
		}
	}
}

func TestGrammarOfHostileTable(t *testing.T) {
	tab := hostile(t, 700)
	for _, k := range []int{0, 5} {
		enc := encoder(t, tab, k)
		for name, g := range grammars(t, enc) {
			requireCellsComeBack(t, g, 16, name)
			states := requireStatesLead(t, g, 12, name)
			require.Greater(t, states, 300)
			requireWalksEnd(t, g, 10, name)
		}
	}
}

// head reads the first lines of a table beside the repository.
func head(t *testing.T, name string, lines int) *table.Table {
	data, err := os.ReadFile(filepath.Join("../../../shared/data", name+".csv"))
	if err != nil {
		t.Skip("no real data beside the repository")
	}
	all := bytes.SplitAfterN(data, []byte("\n"), lines+1)
	tab, err := table.ReadCSV(bytes.NewReader(bytes.Join(all[:min(len(all), lines)], nil)), table.ReadOptions{})
	require.NoError(t, err)
	return tab
}

// texts gives every text of a cell that a naive grammar would list, with the comma but without the end of a row.
func texts(g *grammar, col int, r *restriction, last bool) []string {
	end := ","
	if last {
		end = ""
	}
	var out []string
	for _, cell := range r.cells {
		out = append(out, " "+g.text(col, cell)+end)
	}
	for _, p := range r.spans.list {
		for v := p[0]; v <= p[1]; v++ {
			out = append(out, " "+g.text(col, v)+end)
		}
	}
	return out
}

// naive gives the legal ids behind the bytes read by a search through all texts and all tokens.
func naive(g *grammar, list []string, read string, last bool) []int32 {
	var ids []int32
	for id := range int32(g.words.tok.Size()) {
		token, _ := g.words.tok.Token(id)
		if id == g.words.end && last && slices.Contains(list, read) ||
			id != g.words.end && slices.ContainsFunc(list, func(text string) bool { return strings.HasPrefix(text, read+token) }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// TestCrossingAgreesWithTheListOfTexts compares the legal ids of random states with a search through all texts of the column and all
// tokens of the vocabulary.
func TestCrossingAgreesWithTheListOfTexts(t *testing.T) {
	enc := encoder(t, hostile(t, 700), 5)
	g := smallGrammar(t, enc)
	r := rng.New(3, rng.Mock, 0)
	for col, f := range g.fields {
		if f == nil || f.spans.count() > 2000 {
			continue
		}
		for i := range 6 {
			ok := f.all
			if i > 2 {
				ok = randomRestriction(t, g, col, &r)
			}
			last := i%2 == 0
			list, read, p := texts(g, col, ok, last), "", g.begin(col, last, ok)
			for done := false; !done; _, done = g.value(p) {
				ids := g.allowed(p, nil)
				require.Equal(t, naive(g, list, read, last), ids, "column %q", f.name)
				id := ids[r.Intn(len(ids))]
				if id != g.words.end {
					token, _ := g.words.tok.Token(id)
					read += token
				}
				var legal bool
				p, legal = g.step(p, id)
				require.True(t, legal)
			}
			v, _ := g.value(p)
			require.Equal(t, " "+g.text(col, v), strings.TrimSuffix(read, ","), "column %q", f.name)
			require.Contains(t, list, read)
		}
	}
}

// randomRestriction leaves a part of a column.
func randomRestriction(t *testing.T, g *grammar, col int, r *rng.Stream) *restriction {
	f := g.fields[col]
	set := &table.Set{Missing: true}
	for range f.values {
		set.Values = append(set.Values, r.Intn(2) == 0)
	}
	set.Marks = set.Values
	if p := f.spans; !p.empty() {
		a, n := p.list[0][0], int(p.count())
		for v := a; v < a+int64(n); v += int64(1 + r.Intn(n)) {
			set.Spans = append(set.Spans, [2]int64{v, v})
		}
	}
	ok, err := g.restrict(col, encode.Limit{Set: set, Low: encode.NoLow, High: encode.NoHigh})
	if err != nil {
		return f.all
	}
	return ok
}

func TestRestrict(t *testing.T) {
	enc := encoder(t, hostile(t, 700), 5)
	for name, g := range grammars(t, enc) {
		sets, err := table.Sets(enc.Schema(), []table.Cond{
			table.Is("separators", ", ", " is "), table.Between("whole", "7", "9"), table.Between("day", "01.02.2001", "03.02.2001"), table.Missing("half"),
		})
		require.NoError(t, err)
		want := map[string][]string{
			"separators": {`", "`, " is "}, "whole": {"7", "8", "9"}, "day": {"2001-02-01", "2001-02-02", "2001-02-03"}, "half": {"None"},
		}
		for i := range sets {
			col := sets[i].Col
			f := g.fields[col]
			ok, err := g.restrict(col, encode.Limit{Set: &sets[i], Low: encode.NoLow, High: encode.NoHigh})
			require.NoError(t, err)
			got := map[string]bool{}
			r := rng.New(3, rng.Mock, 0)
			for range 200 {
				p := g.begin(col, true, ok)
				for done := false; !done; _, done = g.value(p) {
					ids := g.allowed(p, nil)
					p, _ = g.step(p, ids[r.Intn(len(ids))])
				}
				v, _ := g.value(p)
				got[g.text(col, v)] = true
			}
			require.Len(t, got, len(want[f.name]), "%s: %s: %v", name, f.name, got)
			for _, text := range want[f.name] {
				require.True(t, got[text], "%s: %s: %v", name, f.name, got)
			}
		}
		set := &table.Set{Values: make([]bool, 20), Marks: make([]bool, 20)}
		for col, f := range g.fields {
			if f != nil {
				_, err := g.restrict(col, encode.Limit{Set: set, Low: encode.NoLow, High: encode.NoHigh})
				require.ErrorContains(t, err, fmt.Sprintf("%q", f.name))
			}
		}
	}
}

// TestLimitOfRules leaves a range and all marks, as rules do.
func TestLimitOfRules(t *testing.T) {
	g := gpt2Grammar(t, encoder(t, hostile(t, 700), 5))
	col := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == "whole" })
	ok, err := g.restrict(col, encode.Limit{Low: 100, High: 104})
	require.NoError(t, err)
	require.Equal(t, int64(5), ok.spans.count())
	require.Equal(t, g.fields[col].all.cells, ok.cells)
	only, err := g.restrict(col, encode.Limit{Low: 1000, High: 1004})
	require.NoError(t, err)
	require.True(t, only.spans.empty())
}

func TestSpellings(t *testing.T) {
	g := gpt2Grammar(t, encoder(t, hostile(t, 700), 0))
	column := func(name string) (int, *field) {
		i := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == name })
		return i, g.fields[i]
	}
	for name, want := range map[string]map[int64]string{
		"separators": {-1: "None", 0: `", "`, 1: " is ", 2: "<|endoftext|>", 4: `","`, 6: `""""`, 10: "a\nb"},
		"prefixes":   {-1: `"None"`, 0: "A", 1: `"A,"`, 9: "None", 10: `"""None"""`},
		"blank":      {0: " "},
		"figures":    {3: "01", 5: `"1,0"`},
		"whole":      {-130: "-130", 0: "0", noNumber: `"None"`, noNumber + 1: "ABS", noNumber + 2: `"99"`, noNumber + 4: `"-"`, noNumber + 6: "None"},
		"half":       {-1: "-0.5", 0: "0", 3: "1.5", -20: "-10"},
		"cents":      {5: "0.05", 50: "0.5", 999: "9.99", 100: "1", 110: "1.1"},
		"small":      {-29: "-0.029", 0: "0"},
		"hundreds":   {3: "900"},
		"thirds":     {7: "7"},
		"day":        {10957: "2000-01-01", noNumber + 1: `"2012-01-01"`, noNumber + 2: "soon"},
		"minute":     {-1: "1969-12-31 23:59", 61: "1970-01-01 01:01"},
		"week":       {2: "1970-01-15"},
	} {
		col, _ := column(name)
		for v, text := range want {
			require.Equal(t, text, g.text(col, v), name)
		}
	}
}

func TestTokensAreThoseOfTheText(t *testing.T) {
	g := gpt2Grammar(t, encoder(t, hostile(t, 700), 0))
	tok := gpt2.Tokenizer()
	require.Equal(t, tok.Encode(" A,"), g.tokens(nil, 1, 0, false))
	require.Equal(t, append(tok.Encode(" A"), g.words.end), g.tokens(nil, 1, 0, true))
	// One token has the end of the value and its terminator.
	require.Contains(t, g.allowed(g.begin(1, false, nil), nil), tok.Encode(" A")[0])
	p, _ := g.step(g.begin(1, false, nil), tok.Encode(" A")[0])
	p, ok := g.step(p, tok.Encode("+,")[0])
	require.True(t, ok)
	v, done := g.value(p)
	require.True(t, done)
	require.Equal(t, int64(7), v)
}

func TestManyCategories(t *testing.T) {
	g := manyCategories(t)
	require.Len(t, g.fields[0].values, 10000)
	for _, v := range []int64{0, 1, 4999, 9998, 9999} {
		p := g.begin(0, false, nil)
		for _, id := range g.tokens(nil, 0, v, false) {
			var ok bool
			p, ok = g.step(p, id)
			require.True(t, ok)
		}
		back, done := g.value(p)
		require.True(t, done)
		require.Equal(t, v, back)
	}
	requireWalksEnd(t, g, 50, "many")
}

func manyCategories(t testing.TB) *grammar {
	values, cells := make([]string, 10000), make([]int32, 20000)
	for i := range values {
		values[i] = fmt.Sprintf("Course %c%c%d", 'A'+i%26, 'a'+i/26%26, i)
	}
	for i := range cells {
		cells[i] = int32(i % len(values))
	}
	tab, err := table.New(&table.Schema{Columns: []table.Column{{Name: "course", Kind: table.Category, Values: values}}}, []any{cells})
	require.NoError(t, err)
	return gpt2Grammar(t, encoder(t, tab, 0))
}

func TestTwoValuesWrittenAlikeAreRefused(t *testing.T) {
	f := &field{name: "c"}
	f.spell([]string{"a", "b", "a"})
	require.ErrorContains(t, f.link(0, false), "alike")
}

func TestGrammarOnManyGoroutines(t *testing.T) {
	g := gpt2Grammar(t, encoder(t, hostile(t, 700), 5))
	want := make([][]int32, len(g.fields))
	for col, f := range g.fields {
		if f != nil {
			want[col] = g.words.legal(g.begin(col, false, nil))
		}
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for col, f := range g.fields {
				if f != nil && !slices.Equal(want[col], g.allowed(g.begin(col, false, nil), nil)) {
					t.Error("other ids")
				}
			}
		})
	}
	wait.Wait()
}

func TestMemoryIsBounded(t *testing.T) {
	g := gpt2Grammar(t, encoder(t, hostile(t, 700), 5))
	col := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == "nineteen digits" })
	r := g.fields[col].all
	r.ids = mostKnown
	before := g.allowed(g.begin(col, false, nil), nil)
	require.Len(t, r.known, 1)
	require.Equal(t, len(before), r.ids)
}
