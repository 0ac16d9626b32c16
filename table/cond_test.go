package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func condSchema() *Schema {
	return &Schema{Columns: []Column{
		{Name: "Year", Kind: Ordered, Values: []string{"Y7", "Y8", "Y9", "Y10"}},
		{Name: "SEN", Kind: Category, Values: []string{" K", "E", "N"}, Missing: []string{"NA"}},
		{Name: "Maths", Kind: Whole, Step: 1, Min: 0, Max: 100, Marks: []string{"ABS", "<5"}, Missing: []string{""}},
		{Name: "Reading age", Kind: Decimal, Step: 0.5, Min: 5, Max: 18},
		{Name: "Born", Kind: Date, Step: 86400, Layout: "02/01/2006", Min: 0, Max: 86400 * 365},
		{Name: "Name", Kind: Text, Missing: []string{""}},
		{Name: "Free", Kind: Whole, Step: 1},
	}}
}

// show writes a set as a test can compare it.
func show(s *Schema, set Set) string {
	var parts []string
	c := &s.Columns[set.Col]
	if set.Missing {
		parts = append(parts, "missing")
	}
	for i, in := range set.Marks {
		if in {
			parts = append(parts, c.Marks[i])
		}
	}
	for i, in := range set.Values {
		switch {
		case !in:
		case c.Kind.closed():
			parts = append(parts, c.Values[i])
		default:
			parts = append(parts, "text")
		}
	}
	for _, span := range set.Spans {
		parts = append(parts, s.numberText(set.Col, span[0])+".."+s.numberText(set.Col, span[1]))
	}
	return c.Name + ": " + strings.Join(parts, ", ")
}

func TestSets(t *testing.T) {
	s := condSchema()
	for text, want := range map[string]string{
		`Year = Y9`:                              "Year: Y9",
		`Year == "Y9"`:                           "Year: Y9",
		`Year != Y9`:                             "Year: Y7, Y8, Y10",
		`Year <> 'Y9'`:                           "Year: Y7, Y8, Y10",
		`Year < Y9`:                              "Year: Y7, Y8",
		`Year >= Y9`:                             "Year: Y9, Y10",
		`Year between Y8 and Y9`:                 "Year: Y8, Y9",
		`Year not between Y8 and Y9`:             "Year: Y7, Y10",
		`Year in ("Y10", Y7)`:                    "Year: Y7, Y10",
		`Year in(Y10,Y7)`:                        "Year: Y7, Y10",
		`SEN = K`:                                "SEN:  K",
		`SEN = " K"`:                             "SEN:  K",
		`SEN = NA`:                               "SEN: missing",
		`SEN != K`:                               "SEN: missing, E, N",
		`SEN is missing`:                         "SEN: missing",
		`SEN IS NOT MISSING`:                     "SEN:  K, E, N",
		`SEN not in (E, N)`:                      "SEN: missing,  K",
		`not SEN = E`:                            "SEN: missing,  K, N",
		`not (not (SEN = E))`:                    "SEN: E",
		`((SEN = E))`:                            "SEN: E",
		`Maths < 40`:                             "Maths: 0..39",
		`Maths < 39.5`:                           "Maths: 0..39",
		`Maths <= 39.5`:                          "Maths: 0..39",
		`Maths > 39.5`:                           "Maths: 40..100",
		`Maths > 40`:                             "Maths: 41..100",
		`Maths >= 40.5`:                          "Maths: 41..100",
		`Maths<=40`:                              "Maths: 0..40",
		`Maths >= -5`:                            "Maths: 0..100",
		`Maths = 40`:                             "Maths: 40..40",
		`Maths = 40.0`:                           "Maths: 40..40",
		`Maths != 40`:                            "Maths: missing, ABS, <5, 0..39, 41..100",
		`Maths in (7, 3, ABS, 3)`:                "Maths: ABS, 3..3, 7..7",
		`Maths not in (0, 100, 3)`:               "Maths: missing, ABS, <5, 1..2, 4..99",
		`Maths = "<5"`:                           "Maths: <5",
		`Maths = ""`:                             "Maths: missing",
		`Maths is missing`:                       "Maths: missing",
		`Maths is not missing`:                   "Maths: ABS, <5, 0..100",
		`Maths > 40 and Maths < 50`:              "Maths: 41..49",
		`Maths > 40 and Maths != 45`:             "Maths: 41..44, 46..100",
		`Maths is not missing and not Maths > 3`: "Maths: ABS, <5, 0..3",
		`"Reading age" between 5.5 and 7`:        "Reading age: 5.5..7.0",
		"`Reading age` > 17.2":                   "Reading age: 17.5..18.0",
		`Born >= 01/06/1970`:                     "Born: 01/06/1970..01/01/1971",
		`Born < "1/2/1970"`:                      "Born: 01/01/1970..31/01/1970",
		`Name is missing`:                        "Name: missing",
		`Name is not missing`:                    "Name: text",
		`Name = ""`:                              "Name: missing",
		`Free = 7000`:                            "Free: 7000..7000",
		`Maths < 40 and Year = Y9 and SEN = E`:   "Year: Y9; SEN: E; Maths: 0..39",
		"Maths\n<\t40":                           "Maths: 0..39",
	} {
		conds, err := ParseConds(text)
		require.NoError(t, err, text)
		sets, err := Sets(s, conds)
		require.NoError(t, err, text)
		var got []string
		for _, set := range sets {
			got = append(got, show(s, set))
		}
		require.Equal(t, want, strings.Join(got, "; "), text)
	}
}

func TestCondsByHand(t *testing.T) {
	s := condSchema()
	for want, c := range map[string]Cond{
		"Year: Y7, Y9":            Is("Year", "Y9", "Y7"),
		"Maths: 0..40":            Between("Maths", "", "40"),
		"Maths: 0..100":           Between("Maths", "", ""),
		"Maths: missing, ABS, <5": Not(Between("Maths", "", "")),
		"SEN: missing":            Missing("SEN"),
		"SEN:  K, E, N":           Not(Not(Not(Missing("SEN")))),
		"Year: Y9, Y10":           Between("Year", "Y9", ""),
		"Reading age: 5.0..5.5":   Between("Reading age", "", "5.75"),
	} {
		sets, err := Sets(s, []Cond{c})
		require.NoError(t, err, want)
		require.Equal(t, want, show(s, sets[0]))
	}
	plain := &Schema{Columns: []Column{{Name: "D", Kind: Date, Step: 86400}}}
	sets, err := Sets(plain, []Cond{Is("D", "1970-01-03")})
	require.NoError(t, err, "a date column without a layout")
	require.Equal(t, [][2]int64{{2, 2}}, sets[0].Spans)
	sets, err = Sets(s, nil)
	require.NoError(t, err)
	require.Empty(t, sets)
}

func TestSetsRefuses(t *testing.T) {
	s := condSchema()
	for text, want := range map[string][2]string{
		`year = Y9`:             {"no-such-column", `did you mean "Year"?`},
		`Year = Y14`:            {"no-such-value", `no row can have Year = "Y14"`},
		`Year in (Y9, Y14)`:     {"no-such-value", `no row can have Year = "Y14"`},
		`Year > Y10`:            {"no-such-value", `no row can have Year > Y10`},
		`Year > Y14`:            {"no-such-value", `no row can have Year = "Y14"`},
		`Year is missing`:       {"no-such-value", `no row can have Year is missing`},
		`Year != Y14`:           {"no-such-value", `no row can have Year = "Y14"`},
		`SEN < K`:               {"bad-condition", "SEN < K\n  ^"},
		`Maths = 40.5`:          {"no-such-value", `no row can have Maths = "40.5"`},
		`Maths > 100`:           {"no-such-value", `no row can have Maths > 100`},
		`Maths = 4000`:          {"no-such-value", `no row can have Maths = "4000"`},
		`Maths = many`:          {"no-such-value", `no row can have Maths = "many"`},
		`Maths < many`:          {"bad-condition", "\n  Maths < many\n          ^"},
		`Maths between 3 and 2`: {"no-such-value", `no row can have Maths between 3 and 2`},
		`Maths < 40 and Year = Y9 and Maths > 50`: {"no-such-value", `no row can have Maths < 40 and Maths > 50`},
		`Born < 1970`: {"bad-condition", `for example 31/12/2009`},
		`Name = Bob`:  {"bad-condition", `never learned`},
		`Name < Bob`:  {"bad-condition", `have no order`},
	} {
		conds, err := ParseConds(text)
		require.NoError(t, err, text)
		_, err = Sets(s, conds)
		var e *Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, want[0], e.Code, text)
		require.Contains(t, err.Error(), want[1], text)
	}
	_, err := Sets(s, []Cond{Is("Year")})
	require.EqualError(t, err, `table: column "Year": no row can have Year in ()`)
	_, err = Sets(s, []Cond{Not(Between("Free", "", ""))})
	require.EqualError(t, err, `table: column "Free": no row can have not (Free between "" and "")`)
}

func TestParseCondsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "the name of a column is expected\n  \n  ^",
		"Year":                   "in between is expected\n  Year\n      ^",
		"Year =":                 "a value is expected\n  Year =\n        ^",
		"Year = Y9 Maths < 3":    "\"and\" or the end is expected\n  Year = Y9 Maths < 3\n            ^",
		"Year = Y9 or Maths < 3": "joined by \"and\" only\n  Year = Y9 or Maths < 3\n            ^",
		"Year group = Y9":        "is expected\n  Year group = Y9\n       ^",
		`Year = "Y9`:             "never closed\n  Year = \"Y9\n         ^",
		"Year = Y9 and":          "the name of a column is expected\n  Year = Y9 and\n               ^",
		"Year < and":             "a value is expected\n  Year < and\n         ^",
		"Year in Y9":             "a list in parentheses\n  Year in Y9\n          ^",
		"Year in ()":             "a value is expected\n  Year in ()\n           ^",
		"Year in (Y9":            "\",\" or \")\" is expected\n  Year in (Y9\n             ^",
		"Year in (Y9 Y8)":        "\",\" or \")\" is expected\n  Year in (Y9 Y8)\n              ^",
		"(Year = Y9":             "\")\" is expected\n  (Year = Y9\n            ^",
		"not (A = 1 and B = 2)":  "\")\" is expected\n  not (A = 1 and B = 2)\n             ^",
		"Year is Y9":             "\"missing\" or \"not missing\"\n  Year is Y9\n          ^",
		"Maths between 3":        "the \"and\" of \"between\" is expected\n  Maths between 3\n                 ^",
		`Maths < ""`:             "a value is expected",
		"= 3":                    "the name of a column is expected\n  = 3\n  ^",
		"größe\t= 3 x":           "the end is expected\n  größe = 3 x\n            ^",
	} {
		_, err := ParseConds(text)
		var e *Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, "bad-condition", e.Code)
		require.Contains(t, e.Reason, want, text)
		require.NotEmpty(t, e.Fix)
	}
}

func FuzzParseConds(f *testing.F) {
	for _, seed := range []string{`Year = "Y9" and Maths < 40`, `SEN in ("a","b") and not (Maths between 3 and 5)`, "`Reading age` >= 5.5",
		`Name is not missing`, `Born < "01/02/2003"`, `not not ((Year != Y7))`, `Maths not in (3,ABS,"")`, "\xff = \"\"\"\"", `Year in ('Y8"')`} {
		f.Add(seed)
	}
	s := condSchema()
	f.Fuzz(func(t *testing.T, text string) {
		conds, err := ParseConds(text)
		if err != nil {
			return
		}
		sets, err := Sets(s, conds)
		if err != nil {
			return
		}
		for i, set := range sets {
			require.False(t, set.empty())
			require.True(t, i == 0 || sets[i-1].Col < set.Col)
			for j, span := range set.Spans {
				require.LessOrEqual(t, span[0], span[1])
				require.True(t, j == 0 || set.Spans[j-1][1] < span[0])
			}
		}
		for _, c := range conds {
			both, err := Sets(s, []Cond{c, Not(c)})
			require.Error(t, err, "a condition and its opposite leave something: %v", both)
		}
	})
}

func BenchmarkParseConds(b *testing.B) {
	s := condSchema()
	for b.Loop() {
		conds, err := ParseConds(`Year = "Y9" and Maths < 40 and SEN in (E, N)`)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Sets(s, conds); err != nil {
			b.Fatal(err)
		}
	}
}
