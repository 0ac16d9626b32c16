package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func rulesOf(t testing.TB, texts ...string) []Rule {
	t.Helper()
	var rules []Rule
	for _, text := range texts {
		r, err := ParseRule(text)
		require.NoError(t, err)
		rules = append(rules, r)
	}
	return rules
}

// What breaks A -> B and A xor B, by looking at all rows.
func TestBrokenFormsByBruteForce(t *testing.T) {
	for seed := range 30 {
		const n = 60
		a, b := gaps(random(seed, n, 4), 5), gaps(random(seed+100, n, 3), 7)
		tab := numbers(t, []string{"A", "B"}, a, b)
		var want, either []int
		for i := range n {
			if (a[i] < lowestNumber) == (b[i] < lowestNumber) {
				either = append(either, i)
			}
			if a[i] < lowestNumber || b[i] < lowestNumber {
				continue
			}
			best, most := int64(0), 0
			for j := range n {
				count := 0
				for k := range n {
					if a[k] == a[i] && b[k] == b[j] && b[j] >= lowestNumber {
						count++
					}
				}
				if a[j] == a[i] && count > most {
					best, most = b[j], count
				}
			}
			if b[i] != best {
				want = append(want, i)
			}
		}
		require.Equal(t, want, rulesOf(t, "A -> B")[0].Broken(tab), seed)
		require.Equal(t, either, rulesOf(t, "A xor B")[0].Broken(tab), seed)
	}
}

// The forms are for columns of all kinds, and marks are cells.
func TestBrokenFormsOfTexts(t *testing.T) {
	tab := readText(t, "Town,Post,Oral,Written\nA,1,3,\nA,1,,4\nB,2,ABS,\nB,,,ABS\n,3,5,\nB,1,1,1\n", &Schema{Columns: []Column{
		{Name: "Town", Kind: Category}, {Name: "Post", Kind: Text}, {Name: "Oral", Kind: Whole, Marks: []string{"ABS"}}, {Name: "Written", Kind: Whole, Marks: []string{"ABS"}}}})
	require.Equal(t, []int{5}, rulesOf(t, "Town -> Post")[0].Broken(tab))
	require.Equal(t, []int{5}, rulesOf(t, "Oral xor Written")[0].Broken(tab))
	require.Len(t, rulesOf(t, "Oral xor Nobody")[0].Broken(tab), 6)
}

func TestFixes(t *testing.T) {
	for rules, want := range map[string][]string{
		"A -> B; B -> C; A -> D":             {"B", "C", "D"},
		"T = A + B; A -> B":                  {"T", "B"},
		"T = A + B; X -> T":                  {"B", "T"},
		"T = A + B; T = C + D; S = T + E":    {"T", "D", "S"},
		"A <= B; B <= C; A <= C; A xor D":    {"", "", "", ""},
		"A xor B; B xor C; C xor D; D xor A": {"", "", "", ""},
		"T = A + B; T -> G; G -> H; A xor H": {"T", "G", "H", ""},
		"":                                   {},
	} {
		got, err := Fixes(rulesOf(t, strings.FieldsFunc(rules, func(r rune) bool { return r == ';' })...))
		require.NoError(t, err, rules)
		require.Equal(t, want, got, rules)
	}
	for rules, want := range map[string]string{
		"A -> B; C -> B":                    `the rules "A -> B" and "C -> B" both fix "B"`,
		"A -> B; B -> A":                    `the rules "B -> A" and "A -> B" go round in a circle, back to "A"`,
		"A -> B; B -> C; C -> A":            `the rules "C -> A", "B -> C" and "A -> B" go round in a circle, back to "A"`,
		"A -> B; A -> B":                    `the rule "A -> B" is given twice`,
		"A <= B; B <= A":                    `the rules "A <= B" and "B <= A" go round in a circle, back to "A"`,
		"A <= B; B <= C; X <= A; C <= A":    `the rules "A <= B", "B <= C" and "C <= A" go round in a circle, back to "A"`,
		"A xor B; B xor C; C xor A":         `the rules "B xor C", "A xor B" and "C xor A" can't hold together: "C" and "A" are missing in the same rows by the others`,
		"X -> T; Y -> A; Z -> B; T = A + B": `the rules "X -> T" and "T = A + B" both fix "T"`,
		"T -> A; A -> B; T = A + B":         `the rules "T = A + B" and "T -> A" go round in a circle, back to "T"`,
	} {
		_, err := Fixes(rulesOf(t, strings.Split(rules, ";")...))
		var told *Error
		require.ErrorAs(t, err, &told, rules)
		require.Equal(t, "bad-rule", told.Code)
		require.Contains(t, told.Reason, want, rules)
		require.NotEmpty(t, told.Fix)
	}
}

// Random rules between few columns: what is refused is what can't be, by trying everything.
func TestFixesByBruteForce(t *testing.T) {
	refused := 0
	for seed := range 400 {
		const n = 5
		r := rng.New(uint64(seed), rng.Mock, 2)
		var rules []Rule
		var decides, below, either [n][n]bool
		twice := false
		for range 1 + r.Intn(9) {
			a, b := r.Intn(n), r.Intn(n)
			if a == b {
				continue
			}
			op := []string{"->", "<=", "xor"}[r.Intn(3)]
			rules = append(rules, Rule{op, []string{fmt.Sprint("C", a), fmt.Sprint("C", b)}})
			switch op {
			case "->":
				for x := range n {
					twice = twice || decides[x][b]
				}
				decides[a][b] = true
			case "<=":
				below[a][b] = true
			default:
				either[a][b] = true
			}
		}
		bad := twice || round(decides) || round(below) || !coloured(either)
		fixed, err := Fixes(rules)
		require.Equal(t, bad, err != nil, "%v: %v", rules, err)
		if bad {
			refused++
			continue
		}
		for i, f := range fixed {
			require.Equal(t, rules[i].op == "->", f != "")
		}
	}
	require.Greater(t, refused, 50)
	require.Less(t, refused, 350)
}

// round tells whether a way leads from a column back to it.
func round(to [5][5]bool) bool {
	for k := range to {
		for i := range to {
			for j := range to {
				to[i][j] = to[i][j] || to[i][k] && to[k][j]
			}
		}
	}
	for i := range to {
		if to[i][i] {
			return true
		}
	}
	return false
}

// coloured tries all ways to fill columns such that exactly one of each pair is.
func coloured(pairs [5][5]bool) bool {
	for filled := range 1 << 5 {
		ok := true
		for a := range pairs {
			for b := range pairs {
				ok = ok && !(pairs[a][b] && filled>>a&1 == filled>>b&1)
			}
		}
		if ok {
			return true
		}
	}
	return false
}

// What is found beside sums and orders goes together, and with the rules of the schema.
func TestFindRulesOfAllForms(t *testing.T) {
	tab := readText(t, forms(600, never), nil)
	require.Equal(t, []string{"Form -> Year 600", "Year -> Building 600", "Oral xor Written 600"}, texts(FindRules(tab)))
	require.Equal(t, []string{"Oral xor Written 600"}, texts(FindRules(tab.WithRules(rulesOf(t, "Building -> Form", "Form -> Year")...))),
		"rules that clash with those of the schema are not found")
	require.Equal(t, []string{"Year -> Building 600"}, texts(FindRules(tab.WithRules(rulesOf(t, "Form -> Year", "Oral xor Written")...))))
	var b strings.Builder
	b.WriteString("Code,Subject,Short,Marks\n")
	r := rng.New(4, rng.Mock, 0)
	for range 300 {
		k := r.Intn(7)
		fmt.Fprintf(&b, "C%d,Subject %d,S%d,%d\n", k, k, k, r.Intn(30))
	}
	require.Equal(t, []string{"Code -> Subject 300", "Code -> Short 300"}, texts(FindRules(readText(t, b.String(), nil))))
}

// A schema keeps the new forms in its JSON.
func TestSchemaKeepsForms(t *testing.T) {
	s := &Schema{Columns: []Column{{Name: "Post code"}, {Name: "Town"}, {Name: "xor"}}, Rules: rulesOf(t, `"Post code" -> Town`, "Town xor xor")}
	var b bytes.Buffer
	require.NoError(t, s.Write(&b))
	again, err := ReadSchema(&b)
	require.NoError(t, err)
	require.True(t, slices.EqualFunc(s.Rules, again.Rules, func(a, b Rule) bool { return a.String() == b.String() }))
}
