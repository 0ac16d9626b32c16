package great

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
)

// eachState goes through the states of a grammar, all of them up to those whose future is another's (see alike), which are left out, and gives
// what may follow. Where cells are text it goes from byte to byte: each of the 256 bytes is a token by itself, so that a byte which may follow
// is a token that may, and a token leads to no state to which its bytes don't lead.
func eachState(g *grammar, alike func(g *grammar, p place) place, visit func(p place, follow []place, ends bool)) (states int) {
	for col, f := range g.fields {
		if f == nil {
			continue
		}
		for _, last := range []bool{false, true} {
			list := []place{g.begin(col, last, nil)}
			seen := map[place]bool{}
			var follow []place
			var edges []edge
			for len(list) > 0 {
				p := list[len(list)-1]
				list, follow = list[:len(list)-1], follow[:0]
				states++
				ends := p.at.phase == done
				if g.digits != nil {
					g.digits.follow(p, func(_ int32, to state) { follow = append(follow, place{of: p.of, last: last, at: to}) })
				} else {
					edges = p.of.out(edges[:0], p.at, last)
					for _, e := range edges {
						follow = append(follow, place{of: p.of, last: last, at: e.to})
					}
					if _, ok := p.of.read(p.at); ok && last {
						ends = true
					}
				}
				visit(p, follow, ends)
				for _, to := range follow {
					if k := alike(g, to); !seen[k] {
						seen[k], list = true, append(list, to)
					}
				}
			}
		}
	}
	return states
}

// alike gives what stands for all states with the future of p. Behind a cell all have the same. Behind some digits of a number that are not
// zero, all have it from which, however many digits follow, either every number can be completed or none: what counts then is how many may
// follow, the rest by the step, and whether the last is a 0.
func alike(g *grammar, p place) place {
	if p.at.phase == done || p.at.phase == spelt {
		p.at.cell = 0
		return p
	}
	n := p.at.number
	if !n.alive || n.a == 0 || !p.at.texts.empty() {
		return p
	}
	form := p.of.field.numerals
	if g.digits != nil {
		form = g.digits.columns[p.of.col].form
	}
	var d *decimals
	from, to := 0, 0 // how many digits may follow, at least and at most
	switch f := form.(type) {
	case *decimals:
		d, from = f, int(f.places-max(n.places, 0))
		if to = from; n.places < 0 {
			to += 20
		}
	case *padded:
		d, from = &f.decimals, int(f.width-n.whole)
		to = from
	default:
		return p
	}
	all := int64(0)
	for k := from; k <= to; k++ {
		low, width, ok := uint64(n.a), uint64(1), true
		for range k {
			if low > d.most/10 {
				ok = false
				break
			}
			low, width = low*10, width*10
		}
		if !ok {
			break
		}
		switch {
		case holds(d, p.of.spans, n.minus, low, low+width-1):
			all |= 1 << k
		case d.meets(p.of.spans, n, low, low+width-1):
			return p
		}
	}
	zero := int64(0)
	if n.places > 0 && n.a%10 == 0 {
		zero = 1
	}
	whole := int8(-1) // no state has it
	if g.digits != nil {
		whole -= n.whole
	}
	p.at.number = numeral{a: 2*(n.a%int64(d.unit)) + zero, b: all, whole: whole, places: n.places, minus: n.minus, alive: true}
	return p
}

// holds tells whether every multiple of the unit from low to high, or from -high to -low, is in s.
func holds(d *decimals, s spans, minus bool, low, high uint64) bool {
	if high > d.most {
		return false
	}
	a, b := int64(low), int64(high)
	if minus {
		a, b = -b, -a
	}
	for _, x := range s.list {
		if x[0]*int64(d.unit) <= a && b <= x[1]*int64(d.unit) {
			return true
		}
	}
	return false
}

// requireEveryStateLeads finds something that may follow, or the end, in every state of every column, and gives how many it went through.
func requireEveryStateLeads(t *testing.T, g *grammar, name string) int {
	if g.words != nil {
		for b := range 256 {
			require.True(t, g.words.bytes.whole(g.words.first[b]), "byte %d is no token", b)
		}
	}
	return eachState(g, alike, func(p place, follow []place, ends bool) {
		if len(follow) == 0 && !ends {
			t.Fatalf("%s: column %q: nothing may follow in a state", name, p.of.field.name)
		}
	})
}

// States that stand for each other have the same future: what follows each of them is alike, byte by byte, and both end or neither does.
func TestAlikeStatesHaveTheSameFuture(t *testing.T) {
	enc := encoder(t, hostile(t, 700), 5)
	for name, g := range grammars(t, enc) {
		if name == "small" || name == "phrases" {
			continue // the same bytes as gpt2
		}
		for c, f := range g.fields {
			if f == nil || !f.numbers || enc.Schema().Columns[c].Kind == table.Date {
				g.fields[c] = nil
			} else if f.spans.count() > 3000 {
				f.all.spans = newSpans(f.spans.list[0][0], f.spans.list[0][0]+3000, nil)
			}
		}
		known := map[place]string{}
		alone := func(_ *grammar, p place) place { return p }
		states := eachState(g, alone, func(p place, follow []place, ends bool) {
			future := fmt.Sprint(ends)
			for _, to := range follow {
				k := alike(g, to)
				future += fmt.Sprint(" ", k.at)
			}
			k := alike(g, p)
			if was, ok := known[k]; ok {
				require.Equal(t, was, future, "%s: column %q", name, p.of.field.name)
			}
			known[k] = future
		})
		require.Less(t, len(known), states/2, "%s: many states stand for others", name)
	}
}

// TestGrammarOfRealTables walks six tables, and through every state of every column; with -long those of the whole tables.
func TestGrammarOfRealTables(t *testing.T) {
	most, lines := 8, 120
	if *long {
		most, lines = 1000, 1<<20
	}
	for _, name := range []string{"student-mat", "paperB1_oulad10pct", "dropout", "adult", "california_housing", "paperD_joined"} {
		enc := encoder(t, head(t, name, lines), 5)
		d, err := newDigitGrammar(enc)
		require.NoError(t, err)
		for _, form := range []struct {
			name string
			*grammar
		}{{"gpt2", gpt2Grammar(t, enc)}, {"phrases", phraseGrammar(t, enc)}, {"digits", d}} {
			g, began := form.grammar, time.Now()
			requireCellsComeBack(t, g, most, name)
			requireStatesLead(t, g, most, name)
			requireWalksEnd(t, g, 3, name)
			states := requireEveryStateLeads(t, g, name)
			t.Logf("%-20s %-8s %2d columns, %8d states, all seen in %.1f s; head %d", name, form.name, len(enc.Schema().Columns), states,
				time.Since(began).Seconds(), len(g.head()))
		}
	}
}
