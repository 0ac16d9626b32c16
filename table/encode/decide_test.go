package encode

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// places is a table of n pupils, one in nine without a town: 40 postcodes, the last few of which few pupils have, two a town, and a fee for
// each town. One of Oral and Written is missing.
func places(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("Pupil,Post,Area,Town,Fee,Oral,Written\n")
	for i := range n {
		r := rng.New(seed, rng.Mock, uint64(i))
		post := min(r.Intn(40), r.Intn(44))
		town := fmt.Sprint("T", post/2)
		if r.Intn(9) == 0 {
			town = ""
		}
		oral, written := fmt.Sprint(r.Intn(20)), ""
		if r.Intn(3) == 0 {
			oral, written = "", fmt.Sprint(r.Intn(20))
		}
		fmt.Fprintf(&b, "%d,%d,P%d,%s,%d,%s,%s\n", 70000+i, 500+7*post, post, town, 10*(post/8), oral, written)
	}
	return b.String()
}

func ruled(t testing.TB, text, person string, rules ...string) *table.Table {
	t.Helper()
	tab, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{Schema: &table.Schema{Person: person}})
	require.NoError(t, err)
	var list []table.Rule
	for _, x := range rules {
		r, err := table.ParseRule(x)
		require.NoError(t, err)
		list = append(list, r)
	}
	return tab.WithRules(list...)
}

var placeRules = []string{"Area -> Town", "Town -> Fee", "Oral xor Written", "Post -> Area"}

// Images are what the table has, where k persons show it, and nothing else.
func TestDecisionsByBruteForce(t *testing.T) {
	for _, k := range []int{0, 1, 5, 20} {
		tab := ruled(t, places(700, 1), "", "Area -> Town", "Town -> Fee", "Post -> Fee")
		e := fit(t, tab, k, "")
		requireJSON(t, e)
		require.Len(t, e.Schema().Rules, 3)
		for rule := range 3 {
			d := e.Decision(rule)
			from, to := &e.Schema().Columns[d.From], &e.Schema().Columns[d.To]
			told, persons := map[string]string{}, map[string]int{}
			for _, cells := range tab.Records() {
				if a, b := cells[d.From], cells[d.To]; a != "" && b != "" {
					told[a] = b
					persons[a]++
				}
			}
			met := 0
			for a, b := range told {
				v, ok := cellOf(from, a)
				if !ok {
					require.Less(t, persons[a], k, "%s is kept out", a)
					continue
				}
				image, known := d.Image(v)
				if known {
					want, ok := cellOf(to, b)
					require.True(t, ok)
					require.Equal(t, want, image, "%s of %s", to.Name, a)
					met++
				}
				if from.Kind == table.Category || from.Kind == table.Ordered {
					require.Equal(t, persons[a] >= k, known, "%s, %d persons, k = %d", a, persons[a], k)
				}
			}
			require.Positive(t, met)
			if k == 0 {
				require.Equal(t, len(told), met)
				require.InDelta(t, 1, d.Share, 1e-12)
			}
		}
	}
}

// cellOf gives the cell of a text.
func cellOf(c *table.Column, text string) (int64, bool) {
	if numeric(c.Kind) {
		var n int64
		_, err := fmt.Sscan(text, &n)
		return n / int64(c.Step), err == nil
	}
	i := slices.Index(c.Values, text)
	return int64(i), i >= 0
}

// Numbers between two stretches that enough persons have go to the nearer one. Beside a stretch of fewer persons no end is one of the k-1
// outermost persons' numbers, and what lies between has no image.
func TestStretches(t *testing.T) {
	var b strings.Builder
	b.WriteString("Marks,Grade\n")
	add := func(grade string, from, to, persons int) {
		for v := from; v <= to; v++ {
			b.WriteString(strings.Repeat(fmt.Sprintf("%d,%s\n", v, grade), persons))
		}
	}
	add("A", 0, 24, 2)
	add("B", 25, 49, 2)
	add("C", 60, 84, 2)
	add("D", 90, 90, 3)
	add("C", 91, 99, 2)
	tab := ruled(t, b.String(), "", "Marks -> Grade")
	for k, want := range map[int]map[string][][2]int64{
		0: {"A": {{NoLow + 1, 24}}, "B": {{25, 54}}, "C": {{55, 87}, {91, NoHigh}}, "D": {{88, 90}}, "": {{NoLow, NoLow}}},
		5: {"A": {{NoLow + 1, 24}}, "B": {{25, 54}}, "C": {{55, 82}, {93, NoHigh}}, "": {{NoLow, NoLow}, {83, 92}}},
	} {
		e := fit(t, tab, k, "")
		d := e.Decision(0)
		values := append(slices.Clone(e.Schema().Columns[1].Values), "")
		require.Len(t, values, len(want))
		for i, grade := range values {
			set := d.Before(e.Schema(), func(image int64) bool { return image == int64(i) }, grade == "")
			require.Equal(t, want[grade], set.Spans, "%q, k = %d", grade, k)
			require.True(t, set.Missing)
			for v := int64(-5); v < 110; v++ {
				image, ok := d.Image(v)
				in := slices.ContainsFunc(set.Spans, func(p [2]int64) bool { return p[0] <= v && v <= p[1] })
				require.Equal(t, in, ok && image == int64(i) || !ok && grade == "", "marks %d", v)
			}
		}
	}
}

// Persons are counted, not rows, and those of the whole table where a part is learned.
func TestDecisionsCountPersons(t *testing.T) {
	var b strings.Builder
	b.WriteString("Who,Post,Town\n")
	for i := range 400 {
		post := i % 8
		if post == 7 {
			fmt.Fprintf(&b, "only%d,P7,T7\n", i%4) // 4 persons in 50 rows
			continue
		}
		fmt.Fprintf(&b, "pupil%d,P%d,T%d\n", i, post, post/2)
	}
	tab := ruled(t, b.String(), "Who", "Post -> Town")
	e := fit(t, tab, 5, "")
	require.NotContains(t, e.Schema().Columns[1].Values, "P7")
	require.NotContains(t, string(requireJSON(t, e)), "T7")

	whole := ruled(t, places(600, 2), "", "Area -> Town")
	part := whole.Select(rangeOf(0, 300, 1))
	alone, err := Fit(part, Options{Protect: 8})
	require.NoError(t, err)
	beside, err := Fit(part, Options{Protect: 8, Whole: whole})
	require.NoError(t, err)
	count := func(e *Encoder) (n int) {
		for range e.Decision(0).Images {
			n++
		}
		return n
	}
	require.Greater(t, count(beside), count(alone))
}

// A part of a table knows where the whole one parts its numbers, so that what it writes is right there, too.
func TestStretchesOfTheWhole(t *testing.T) {
	var b strings.Builder
	b.WriteString("Marks,Grade\n")
	for i := range 600 {
		r := rng.New(9, rng.Mock, uint64(i))
		marks := r.Intn(100)
		fmt.Fprintf(&b, "%d,G%d\n", marks, marks/30)
	}
	whole := ruled(t, b.String(), "", "Marks -> Grade")
	part := whole.Select(rangeOf(0, 600, 6))
	e, err := Fit(part, Options{Protect: 5, Whole: whole})
	require.NoError(t, err)
	for _, v := range whole.Ints(0) {
		if image, ok := e.Decision(0).Image(v); ok {
			require.Equal(t, fmt.Sprint("G", v/30), e.Schema().Columns[1].Values[image], "marks %d", v)
		}
	}
	require.InDelta(t, 1, e.Decision(0).Share, 1e-12)
}

func rangeOf(from, to, step int) (rows []int) {
	for i := from; i < to; i += step {
		rows = append(rows, i)
	}
	return rows
}

// A rule that rests on too few persons is none of the encoder's, nor is one of columns that are made coarser, left out or filled.
func TestRulesThatAreNotLearned(t *testing.T) {
	for _, rule := range placeRules {
		require.Len(t, fit(t, ruled(t, places(700, 3), "", rule), 5, "").Schema().Rules, 1, rule)
	}
	require.Empty(t, fit(t, ruled(t, places(700, 3), "", "Area -> Town"), 5, "structure").Schema().Rules)
	require.Empty(t, fit(t, ruled(t, places(60, 3), "", "Area -> Town"), 9, "").Schema().Rules)
	require.Empty(t, fit(t, ruled(t, places(700, 3), "", "Pupil -> Town", "Post xor Area"), 5, "").Schema().Rules)
	tab, err := table.ReadCSV(strings.NewReader(places(700, 3)), table.ReadOptions{Schema: &table.Schema{Columns: []table.Column{
		{Name: "Post", Coarsen: "10"}, {Name: "Town", Treat: table.Drop}}}})
	require.NoError(t, err)
	require.Empty(t, fit(t, tab.WithRules(ruled(t, places(100, 3), "", "Post -> Area", "Area -> Town").Schema().Rules...), 5, "").Schema().Rules)
}

// An encoder with the new rules says so in its version, and others are as they were.
func TestVersionOfDecisions(t *testing.T) {
	version := func(e *Encoder) (v struct{ Version int }) {
		require.NoError(t, json.Unmarshal(requireJSON(t, e), &v))
		return v
	}
	require.Equal(t, 1, version(fit(t, ruled(t, places(300, 4), ""), 5, "")).Version)
	require.Equal(t, 2, version(fit(t, ruled(t, places(300, 4), "", "Area -> Town"), 5, "")).Version)
	require.Equal(t, 2, version(fit(t, ruled(t, places(300, 4), "", "Oral xor Written"), 5, "")).Version)
	var e Encoder
	require.ErrorContains(t, json.Unmarshal([]byte(`{"Version": 3}`), &e), "an encoder of version 3, this program reads versions up to 2")
}

// A file with a decision that can't be is refused.
func TestDamagedDecisions(t *testing.T) {
	good, err := json.Marshal(fit(t, ruled(t, places(500, 5), "", placeRules...), 5, ""))
	require.NoError(t, err)
	for what, damage := range map[string]func(list []fileDecision) []fileDecision{
		"none":         func(list []fileDecision) []fileDecision { return nil },
		"one too few":  func(list []fileDecision) []fileDecision { return list[1:] },
		"one too many": func(list []fileDecision) []fileDecision { return append(list, list[0]) },
		"another rule": func(list []fileDecision) []fileDecision { list[1].Rule = 2; return list },
		"no images":    func(list []fileDecision) []fileDecision { list[0].Image = nil; return list },
		"too few values": func(list []fileDecision) []fileDecision {
			list[0].At, list[0].Image = list[0].At[1:], list[0].Image[1:]
			return list
		},
		"not ascending": func(list []fileDecision) []fileDecision { list[2].At[1] = list[2].At[0]; return list },
		"no value":      func(list []fileDecision) []fileDecision { list[0].Image[0] = 99; return list },
		"below":         func(list []fileDecision) []fileDecision { list[0].Image[0] = -1; return list },
		"out of range":  func(list []fileDecision) []fileDecision { list[1].Image[0] = 1 << 40; return list },
		"all unknown": func(list []fileDecision) []fileDecision {
			for i := range list[0].Image {
				list[0].Image[i] = noImage
			}
			return list
		},
	} {
		var f file
		require.NoError(t, json.Unmarshal(good, &f))
		require.Len(t, f.Decisions, 3)
		f.Decisions = damage(f.Decisions)
		bad, err := json.Marshal(f)
		require.NoError(t, err)
		var e Encoder
		require.Error(t, json.Unmarshal(bad, &e), what)
	}
	var e Encoder
	require.NoError(t, json.Unmarshal(good, &e))
	bad := strings.Replace(string(good), "Oral xor Written", "Area xor Written", 1)
	require.NotEqual(t, string(good), bad)
	require.NoError(t, json.Unmarshal([]byte(bad), &e), "Written can be missing")
	bad = strings.Replace(string(good), "Oral xor Written", "Area xor Post", 1)
	require.Error(t, json.Unmarshal([]byte(bad), &e), "neither can be missing")
}
