package table

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseRule(t *testing.T) {
	for text, want := range map[string]string{
		"Total = Maths + English":       "Total = Maths + English",
		"Total=Maths+English + Science": "Total = Maths + English + Science",
		"Start <= Leave":                "Start <= Leave",
		"Total mark = Maths + English":  `"Total mark" = Maths + English`,
		`'Total mark'= "A+B" + C`:       `"Total mark" = "A+B" + C`,
		"`a \"b\"` <= c":                `"a ""b""" <= c`,
		`"a ""b""" <= 'it''s'`:          `"a ""b""" <= "it's"`,
		"größe = _a.1 + \t b":           "größe = _a.1 + b",
		"\" A\" <= B":                   "\" A\" <= B",
		"Form->Year":                    "Form -> Year",
		"Post code -> Town":             `"Post code" -> Town`,
		"A-B -> 'C->D'":                 `"A-B" -> "C->D"`,
		"Oral xor Written":              "Oral xor Written",
		"Oral mark xor Written mark":    `"Oral mark" xor "Written mark"`,
		`"a"xor"b"`:                     "a xor b",
		"xor xor flexor":                "xor xor flexor",
		"'x xor y' -> xor":              `"x xor y" -> xor`,
	} {
		r, err := ParseRule(text)
		require.NoError(t, err, text)
		require.Equal(t, want, r.String())
		again, err := ParseRule(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
	}
	r, err := ParseRule("T = A + B")
	require.NoError(t, err)
	op, columns := r.Terms()
	require.Equal(t, "=", op)
	require.Equal(t, []string{"T", "A", "B"}, columns)
	columns[0] = "x"
	require.Equal(t, "T = A + B", r.String(), "Terms copies")
	op, columns = Rule{}.Terms()
	require.Empty(t, op)
	require.Empty(t, columns)
	require.Empty(t, Rule{}.String())
}

func TestParseRuleRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":              "no rule of a form that is known",
		"A":             "no rule of a form that is known",
		"A = B":         "no rule of a form that is known",
		"A = B +":       "no rule of a form that is known",
		"A = B - C":     "no rule of a form that is known",
		"A < B":         "no rule of a form that is known",
		"A >= B":        "no rule of a form that is known",
		"A <= B <= C":   "no rule of a form that is known",
		"A <= B + C":    "no rule of a form that is known",
		"A + B = C":     "no rule of a form that is known",
		"Form ->":       "no rule of a form that is known",
		"A -> B -> C":   "no rule of a form that is known",
		"A xor":         "no rule of a form that is known",
		"A xor B xor C": "no rule of a form that is known",
		"A xorb":        "no rule of a form that is known",
		"A -> A":        `names "A" twice`,
		"A xor A":       `names "A" twice`,
		"unique Email":  "no rule of a form that is known",
		`"A" B = C + D`: "no rule of a form that is known",
		"A = B + B":     `names "B" twice`,
		"A <= A":        `names "A" twice`,
		`"A = B + C`:    "never closed",
		`A = B + "C`:    "never closed",
	} {
		_, err := ParseRule(text)
		var e *Error
		require.ErrorAs(t, err, &e, text)
		require.Equal(t, "bad-rule", e.Code)
		require.Contains(t, err.Error(), want, text)
		require.Contains(t, e.Fix, `"Total = Maths + English"`)
	}
}

// ruleTable has numbers on three grids, gaps, a mark and dates.
func ruleTable(t *testing.T) *Table {
	tab, err := New(&Schema{Columns: []Column{
		{Name: "Sum", Kind: Decimal, Step: 0.01}, {Name: "Half", Kind: Decimal, Step: 0.5}, {Name: "Five", Kind: Whole, Step: 5, Marks: []string{"ABS"}},
		{Name: "From", Kind: Date, Step: 86400}, {Name: "To", Kind: Date, Step: 60}, {Name: "Text", Kind: Text},
	}}, []any{
		[]int64{550, 551, noNumber, 300, 100},
		[]int64{1, 1, 1, 6, 2},
		[]int64{1, 1, 1, noNumber + 1, 0},
		[]int64{1, 2, 3, 4, noNumber},
		[]int64{1440, 2*1440 - 1, 9999, 4*1440 + 1, 0},
		[]string{"a", "b", "c", "d", "e"},
	})
	require.NoError(t, err)
	return tab
}

func TestBroken(t *testing.T) {
	tab := ruleTable(t)
	all := []int{0, 1, 2, 3, 4}
	for text, want := range map[string][]int{
		"Sum = Half + Five": {1},
		"Half <= Five":      {4},
		"Five <= Sum":       nil,
		"From <= To":        {1},
		"To <= From":        {2, 3},
		"Sum = Half + Nix":  all,
		"Sum = Half + Text": all,
		"From = Sum + Half": all,
		"From <= Sum":       all,
	} {
		r, err := ParseRule(text)
		require.NoError(t, err)
		require.Equal(t, want, r.Broken(tab), text)
	}
	require.Equal(t, all, Rule{}.Broken(tab))
}

// Where int64 does not hold a sum, the arithmetic is still exact.
func TestBrokenInLargeNumbers(t *testing.T) {
	const big = math.MaxInt64/2 - 1
	tab, err := New(&Schema{Columns: []Column{
		{Name: "A", Kind: Decimal, Step: 1e-18}, {Name: "B", Kind: Whole, Step: 1}, {Name: "C", Kind: Decimal, Step: 1e-18},
		{Name: "D", Kind: Whole, Step: 1}, {Name: "E", Kind: Whole, Step: 1}, {Name: "F", Kind: Whole, Step: 1},
	}}, []any{
		[]int64{3e18, 3e18, 3e18}, []int64{2, 2, big}, []int64{1e18, 1e18 + 1, 1},
		[]int64{big, big, big}, []int64{big - 1, big, -big}, []int64{1, big, big},
	})
	require.NoError(t, err)
	for text, want := range map[string][]int{"A = B + C": {1, 2}, "D = E + F": {1, 2}, "B <= A": {2}, "A <= B": {0, 1}, "E <= D": nil} {
		r, err := ParseRule(text)
		require.NoError(t, err)
		require.Equal(t, want, r.Broken(tab), text)
	}
}

func FuzzParseRule(f *testing.F) {
	for _, seed := range []string{"Total = Maths + English", `"Total mark" <= 'a''b'`, "a <= b", "a = b + c + `d`", "a -> b", "a->\"b\"", "a xor xor", "xor xor xor", "=", "\"", "\u00a0a = b + c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRule(text)
		if err != nil {
			return
		}
		again, err := ParseRule(r.String())
		require.NoError(t, err)
		require.Equal(t, r, again)
		require.False(t, strings.Contains(r.String(), "\x00") && !strings.Contains(text, "\x00"))
	})
}
