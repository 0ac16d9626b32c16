package great

import (
	"math"
	"slices"
	"sync"
	"testing"

	"example.org/cohort/table"
	"example.org/cohort/tokenizer/gpt2"
	"github.com/stretchr/testify/require"
)

var gpt2Words = sync.OnceValue(func() *words {
	end, _ := gpt2.Tokenizer().Special(gpt2.EndOfText)
	return newWords(gpt2.Tokenizer(), end)
})

// FuzzGrammar makes a column of categories, one of numbers with a mark and one of dates. Every cell must come back, in every
// state that its tokens lead through there must be a legal one, and the bytes of path choose a walk that must end.
func FuzzGrammar(f *testing.F) {
	for _, s := range []string{", ", " is ", "<|endoftext|>", `"`, "None", "a,", "\xff", "\n", "12", "-0.5", "2012-01-01", "日本", "\x00", ",,\"\","} {
		f.Add(s, s+",", int64(-3), int64(250), 0.5, []byte{1, 2, 3})
		f.Add("a"+s, s, int64(1)<<59, int64(1)<<60, 1.0, []byte("zq7"))
	}
	f.Add("x", "y", int64(0), int64(0), 1e-15, []byte(nil))
	f.Add("x", "y", int64(-10), int64(9), 1.0/3, []byte{255, 0, 255})
	f.Fuzz(func(t *testing.T, a, b string, low, high int64, step float64, path []byte) {
		if low > high || low < math.MinInt64/4 || high > math.MaxInt64/4 || !(step > 1e-300 && step < 1e300) {
			t.Skip()
		}
		s := &table.Schema{Columns: []table.Column{
			{Name: "c", Kind: table.Category, Values: []string{a, b, "z"}},
			{Name: "n", Kind: table.Decimal, Step: step, Marks: []string{a}},
			{Name: "d", Kind: table.Date, Step: 86400, Layout: "2006-01-02"},
		}}
		day := func(n int64) int64 { return n % 100_000 }
		tab, err := table.New(s, []any{
			[]int32{0, 1, 2, -1}, []int64{low, high, noNumber, noNumber + 1}, []int64{day(low), day(high), 0, noNumber},
		})
		if err != nil {
			t.Skip() // An empty value, or one that stands there twice.
		}
		enc := encoder(t, tab, 0)
		fields, err := newFields(enc)
		require.NoError(t, err)
		d, err := newDigitGrammar(enc)
		require.NoError(t, err)
		for _, g := range []*grammar{{fields: fields, words: gpt2Words()}, d} {
			for col, f := range g.fields {
				if f == nil {
					continue
				}
				for _, v := range someCells(f, 6) {
					requireCell(t, g, col, v, v%2 == 0)
				}
				requirePath(t, g, col, path)
			}
		}
	})
}

// requireCell checks that the tokens of a cell are legal and give it back.
func requireCell(t *testing.T, g *grammar, col int, v int64, last bool) {
	p := g.begin(col, last, nil)
	for _, id := range g.tokens(nil, col, v, last) {
		_, ok := slices.BinarySearch(g.allowed(p, nil), id)
		require.True(t, ok)
		p, ok = g.step(p, id)
		require.True(t, ok)
	}
	back, done := g.value(p)
	require.True(t, done)
	require.Equal(t, v, back)
}

// requirePath lets path choose among the legal tokens, and takes the first one behind its end.
func requirePath(t *testing.T, g *grammar, col int, path []byte) {
	p := g.begin(col, true, nil)
	for n := 0; ; n++ {
		if _, done := g.value(p); done {
			return
		}
		require.Less(t, n, 2000)
		ids := g.allowed(p, nil)
		require.NotEmpty(t, ids)
		id := ids[0]
		if n < len(path) {
			id = ids[int(path[n])*len(ids)/256]
		}
		var ok bool
		p, ok = g.step(p, id)
		require.True(t, ok)
	}
}
