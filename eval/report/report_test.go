package report

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/eval"
	"example.org/cohort/table"
)

// wildNames are what users call columns.
var wildNames = []string{"Points", "House", `<script>alert(1)</script>`, `"&'</title>`, strings.Repeat("long", 50), "two\nlines", "\u202eright to left\u202c", "אבג",
	"http://x.example", "<!--", "{{.}}"}

// school makes pupils: a number, a category, and one column for each further name. One pupil has a telling extreme, three a
// telling value.
func school(t testing.TB, rows, seed int, names []string) *table.Table {
	t.Helper()
	state := uint64(seed)
	next := func(n int) int { // Lehmer's generator
		state = state * 48271 % (1<<31 - 1)
		return int(state>>8) % n
	}
	var records [][]string
	for i := range rows {
		able := next(60)
		record := []string{strconv.Itoa(able), []string{"Red", "Blue", "Green"}[next(3)]}
		if i == 7 {
			record[0] = "71828182"
		}
		if i >= 10 && i < 13 {
			record[1] = "zq7rare"
		}
		for c := range names[2:] {
			switch c % 3 {
			case 0:
				record = append(record, []string{"no", "yes"}[min((able+next(40))/50, 1)])
			case 1:
				record = append(record, strconv.Itoa(able/2+next(20)))
			default:
				record = append(record, fmt.Sprintf("%d-%02d-01", 2008+next(5), 1+next(12)))
			}
		}
		records = append(records, record)
	}
	out, err := table.FromRecords(names, slices.Values(records), table.ReadOptions{})
	require.NoError(t, err)
	return out
}

func compared(t testing.TB, names []string, seeds ...int) []*eval.Report {
	return comparedFor(t, eval.Options{}, names, seeds...)
}

func comparedFor(t testing.TB, opt eval.Options, names []string, seeds ...int) []*eval.Report {
	t.Helper()
	real, held := school(t, 317, 1, names), school(t, 163, 2, names)
	opt.Holdout = held
	var reports []*eval.Report
	for _, seed := range seeds {
		r, err := eval.Compare(context.Background(), real, school(t, 283, seed, names), opt)
		require.NoError(t, err)
		r.About.Table, r.About.Real, r.About.Holdout = fmt.Sprintf("made/fake-%d.csv", seed), "real.csv", "held.csv"
		r.About.Made = "28 November 2026, Cohort 1.0"
		reports = append(reports, r)
	}
	return reports
}

// Several tests look at the same reports, which cost more than the tests.
var wild = sync.OnceValue(func() []*eval.Report { return compared(new(testing.T), wildNames, 3, 4, 5) })

func page0(t testing.TB, to Audience, reports ...*eval.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, HTML(&b, to, reports...))
	return b.String()
}

// An element is what the checks below look at.
type element struct {
	name string
	attr map[string]string
	text string // of itself and what is in it, where it is a heading, a title, or a cell
}

// elements reads a page as HTML has it: cells and rows need no end.
func elements(t *testing.T, page string) []element {
	t.Helper()
	_, page, ok := strings.Cut(page, "<!DOCTYPE html>")
	require.True(t, ok)
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []element
	var texts [][]byte
	var open []int
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "unexpected EOF") {
			for i := range all {
				all[i].text = string(texts[i])
			}
			return all
		}
		require.NoError(t, err)
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: strings.ToLower(x.Name.Local), attr: map[string]string{}}
			for _, a := range x.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all, texts = append(all, e), append(texts, nil)
		case xml.EndElement:
			for i := len(open) - 1; i >= 0; i-- {
				if all[open[i]].name == strings.ToLower(x.Name.Local) {
					open = open[:i]
					break
				}
			}
		case xml.CharData:
			for _, i := range open {
				texts[i] = append(texts[i], x...)
			}
		}
	}
}

// requireWithout is NotContains, but does not print the page.
func requireWithout(t *testing.T, page, word string) {
	t.Helper()
	require.False(t, strings.Contains(page, word), "the page has %q", word)
}

// requireSound checks what every page owes.
func requireSound(t *testing.T, page string) []element {
	t.Helper()
	require.LessOrEqual(t, len(page), mostBytes)
	for _, word := range []string{"<script", "<link", "<img", "<iframe", " src=", "url(", "@import", "<no value>", "%!", "ZgotmplZ", "NaN", "Inf"} {
		requireWithout(t, page, word)
	}
	all := elements(t, page)
	ids, level, landmarks := map[string]bool{}, 0, map[string]int{}
	for _, e := range all {
		if id, ok := e.attr["id"]; ok {
			require.False(t, ids[id], "id %q is there twice", id)
			require.NotEmpty(t, id)
			ids[id] = true
		}
		if len(e.name) == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6' {
			n := int(e.name[1] - '0')
			require.LessOrEqual(t, n, level+1, "a heading skips a level: %s", e.text)
			require.NotEmpty(t, strings.TrimSpace(e.text))
			level = n
		}
		landmarks[e.name]++
		for name := range e.attr {
			require.False(t, strings.HasPrefix(strings.ToLower(name), "on"), "%s has %s", e.name, name)
		}
	}
	for _, e := range all {
		for _, name := range []string{"aria-labelledby", "href"} {
			for _, id := range strings.Fields(strings.TrimPrefix(e.attr[name], "#")) {
				require.True(t, ids[id], "%s of %s names %q, which is not there", name, e.name, id)
			}
		}
		switch e.name {
		case "th":
			require.Contains(t, []string{"col", "row", "rowgroup"}, e.attr["scope"])
		case "svg":
			if e.attr["aria-hidden"] != "true" {
				require.Equal(t, "img", e.attr["role"])
				require.Len(t, strings.Fields(e.attr["aria-labelledby"]), 2)
			}
			require.NotEmpty(t, e.attr["viewBox"])
		case "title", "desc":
			require.NotEmpty(t, strings.TrimSpace(e.text))
		case "html":
			require.Equal(t, "en", e.attr["lang"])
		}
	}
	for _, name := range []string{"header", "nav", "main", "footer", "h1"} {
		require.Equal(t, 1, landmarks[name], name)
	}
	return all
}

func textOf(all []element, name string) []string {
	var out []string
	for _, e := range all {
		if e.name == name {
			out = append(out, strings.TrimSpace(e.text))
		}
	}
	return out
}

func TestPageOfOne(t *testing.T) {
	for _, to := range []Audience{Inside, Outside} {
		all := requireSound(t, page0(t, to, wild()[0]))
		require.Equal(t, []string{"Verdict", "Checks", "Columns", "Pairs of columns", "Usefulness", "Privacy", "What this does not show", "Words", "For researchers"}, textOf(all, "h2"))
		require.Equal(t, []string{"Report on fake-3.csv"}, textOf(all, "h1"))
		page := strings.Join(textOf(all, "body"), " ")
		for _, text := range []string{wild()[0].Verdict.String(), "Signature", "Made: 28 November 2026, Cohort 1.0", "Other real people", "joining this table with another one"} {
			if to == Inside || text != "Other real people" {
				require.Contains(t, page, text)
			}
		}
	}
}

func TestPageOfSeveral(t *testing.T) {
	reports := wild()
	for _, to := range []Audience{Inside, Outside} {
		all := requireSound(t, page0(t, to, reports...))
		require.Equal(t, []string{"Ranking", "Side by side", "fake-3.csv", "fake-4.csv", "fake-5.csv", "What this does not show", "Words", "For researchers"}, textOf(all, "h2"))
		text := strings.Join(textOf(all, "section"), " ")
		require.Contains(t, text, "can’t be told apart")
	}
}

// What users write never becomes markup, in any place.
func TestNamesAreEscaped(t *testing.T) {
	reports := wild()[:2]
	reports[1].About.Generator = `<b>"x"` // of one seed alone it is not shown
	for _, rs := range [][]*eval.Report{reports[:1], reports} {
		page := page0(t, Inside, rs...)
		all := requireSound(t, page)
		require.Contains(t, page, "&lt;script&gt;alert(1)&lt;/script&gt;")
		requireWithout(t, page, "<!--")
		requireWithout(t, page, "\u202e")
		text := strings.Join(textOf(all, "body"), " ")
		for _, name := range wildNames {
			require.Contains(t, text, named(name))
		}
		for _, e := range all {
			require.NotContains(t, []string{"b0", "alert"}, e.name)
			require.NotContains(t, e.attr["href"], "http")
		}
	}
	bare := &eval.Report{Verdict: eval.LookCloser, Shapes: []eval.ColumnShape{{Column: ""}, {Column: "x", Bins: []eval.Bin{{Label: "<i>", Real: 9}}}},
		Checks:  []eval.Check{{Group: "<u>", Name: "", Shown: "<s>", Sentence: "</td>", Remedy: "<p>"}},
		Metrics: []eval.Metric{{Name: "<em>", Columns: []string{""}, Value: math.NaN(), Status: eval.Failed, Reason: "<hr>"}}}
	page := page0(t, Inside, bare)
	requireSound(t, page)
	require.Contains(t, page, "(no name)")
	for _, word := range []string{"<i>", "<u>", "<s>", "<em>", "<hr>"} {
		requireWithout(t, page, word)
		require.Contains(t, page, html.EscapeString(word))
	}
}

// countNoun finds counts of people and rows.
var countNoun = regexp.MustCompile(`(\d[\d,]*) (?:synthetic )?(?:rows|people|person|row)\b`)

// Outsiders learn of no exact count, no rare value and no extreme; insiders of no rare value and no extreme either, in drawings.
func TestOutside(t *testing.T) {
	r := wild()[0]
	inside, outside := page0(t, Inside, r), page0(t, Outside, r)
	require.Contains(t, inside, "317 rows")
	for _, page := range []string{inside, outside} {
		requireWithout(t, page, "zq7")
		requireWithout(t, page, "71828182")
	}
	text := strings.Join(textOf(elements(t, outside), "main"), " ")
	for _, n := range []string{"317", "163", "283"} {
		require.Empty(t, regexp.MustCompile(`(^|.{0,40}\D)`+n+`(\D.{0,40}|$)`).FindString(text))
	}
	found := 0
	for _, m := range countNoun.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
		require.NoError(t, err)
		if strings.Contains(text, "needs "+m[0]) || strings.Contains(text, "fewer than "+m[0]) {
			continue
		}
		require.Zero(t, n%5, m[0])
		found++
	}
	require.Greater(t, found, 3)
	require.NotContains(t, text, "Seed of the checks")
	for _, s := range r.Outside().Shapes {
		require.NotEmpty(t, s.Bins)
		for _, b := range s.Bins {
			require.Zero(t, b.Real%5)
			require.Zero(t, b.Fake%5)
		}
	}
	require.Equal(t, page0(t, Outside, r), page0(t, Outside, r.Outside()), "rounding twice is rounding once")
}

// The report is in the page as it is.
func TestJSONIsEmbedded(t *testing.T) {
	r := wild()[0]
	page := page0(t, Inside, r)
	_, rest, ok := strings.Cut(page, `<pre tabindex="0">`)
	require.True(t, ok)
	text, _, _ := strings.Cut(rest, "</pre>")
	var want bytes.Buffer
	require.NoError(t, r.WriteJSON(&want))
	require.JSONEq(t, want.String(), html.UnescapeString(text))
	require.True(t, json.Valid([]byte(text)))
}

// A page stays small, whatever the table.
func TestSize(t *testing.T) {
	names := []string{"Points", "House"}
	for i := range 118 {
		names = append(names, fmt.Sprintf("Question %d of the second term", i+1))
	}
	// Who guesses what takes its time in so many columns; numbers in their place take as much room.
	reports := comparedFor(t, eval.Options{Only: []string{"shape", "pairs", "rules"}}, names, 3)
	guesses := eval.Check{Group: "Private", Name: "guessing"}
	for i, m := range reports[0].Metrics[:120] {
		m.Name, m.Columns, m.Value, m.Low, m.High = "private.guess", []string{names[i]}, float64(i)/500, float64(i)/500-.05, float64(i)/500+.05
		guesses.Metrics = append(guesses.Metrics, m)
	}
	reports[0].Metrics, reports[0].Checks = append(reports[0].Metrics, guesses.Metrics...), append(reports[0].Checks, guesses)
	for _, to := range []Audience{Inside, Outside} {
		page := page0(t, to, reports...)
		t.Logf("120 columns: %d bytes", len(page))
		requireSound(t, page)
		require.Greater(t, strings.Count(page, `role="img"`), 40, "columns are drawn")
		require.Equal(t, to == Inside, strings.Contains(page, "Drawn are the 40 of 120 columns with the highest numbers."))
		page = page0(t, to, slices.Repeat(reports, 12)...)
		t.Logf("12 tables of 120 columns: %d bytes", len(page))
		require.LessOrEqual(t, len(page), mostBytes)
		require.Greater(t, strings.Count(page, "<article"), 0, "single tables have their chapters")
		require.Equal(t, to == Inside, strings.Contains(page, "Drawn are the 12 of 120 columns with the highest numbers."))
		require.Contains(t, page, "So that this page stays small enough for a mail, it lacks")
	}
}

// A report without anything, and others that lack something, are pages too.
func TestBareReports(t *testing.T) {
	full := *wild()[0]
	full.Shapes, full.Pairs = nil, nil
	alone := compared(t, wildNames, 3)[0]
	alone.About.HeldPeople = 0
	one := &eval.Report{Verdict: eval.DoNotRelease, Shapes: []eval.ColumnShape{
		{Column: "a", Kind: table.Whole, Bins: []eval.Bin{{Label: "all of them", Real: 10, Fake: 0}}},
		{Column: "b", Kind: table.Whole, Bins: []eval.Bin{{Label: "up to 1", From: 0, To: 2, Real: 10}, {Label: "2 and more", From: 2, To: 4, Fake: 3}, {Label: "missing", Real: 5}}},
	}, Pairs: []eval.PairLikeness{{Columns: [2]string{"a", "b"}, Value: math.NaN(), Real: math.NaN()}}}
	for _, r := range []*eval.Report{{}, &full, alone, one} {
		for _, to := range []Audience{Inside, Outside} {
			requireSound(t, page0(t, to, r))
			requireSound(t, page0(t, to, r, r, &eval.Report{}))
		}
	}
	require.Contains(t, page0(t, Inside, alone), "No real people were set aside")
	require.Panics(t, func() { _ = HTML(io.Discard, Inside) })
	require.ErrorIs(t, HTML(broken{}, Inside, &full), errBroken)
	require.ErrorIs(t, LaTeX(broken{}, nil, &full), errBroken)
}

var errBroken = errors.New("the disk is full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// The colours of texts keep to WCAG AA on white.
func TestContrast(t *testing.T) {
	colours := regexp.MustCompile(`--(ink|soft|link):#([0-9a-f]{6})`).FindAllStringSubmatch(styleText, -1)
	require.Len(t, colours, 3)
	for _, c := range colours {
		require.GreaterOrEqual(t, contrast(t, c[2], "ffffff"), 4.5, c[1])
		require.GreaterOrEqual(t, contrast(t, c[2], "f2f5f8"), 4.5, c[1])
	}
	// Drawings: 3 to 1.
	for _, c := range regexp.MustCompile(`(?:--fake:|\.h\d\{fill:|\.m\.\w+\{stroke:|\.ax\{stroke:)#([0-9a-f]{6})`).FindAllStringSubmatch(styleText, -1) {
		require.GreaterOrEqual(t, contrast(t, c[1], "ffffff"), 3., c[0])
	}
}

func contrast(t *testing.T, a, b string) float64 {
	light := func(hex string) float64 {
		sum := 0.0
		for i, weight := range []float64{.2126, .7152, .0722} {
			n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
			require.NoError(t, err)
			c := float64(n) / 255
			if c <= .03928 {
				c /= 12.92
			} else {
				c = math.Pow((c+.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum + .05
	}
	x, y := light(a), light(b)
	return max(x, y) / min(x, y)
}

func BenchmarkHTML(b *testing.B) {
	r := compared(b, wildNames, 3)[0]
	for _, c := range []struct {
		name string
		to   Audience
	}{{"inside", Inside}, {"outside", Outside}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, HTML(io.Discard, c.to, r))
			}
		})
	}
}
