package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/demo"
)

// school writes the demo table.
func school(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, demo.CSV(), 0o666))
}

func TestInspectSchool(t *testing.T) {
	t.Chdir(t.TempDir())
	school(t, "school.csv")
	got := runIn(t, "inspect", "school.csv")
	require.Zero(t, got.code, got.err)
	require.Empty(t, got.err)
	plain(t, got.out)
	for _, line := range []string{
		"school.csv     600 rows, 14 columns; comma, UTF-8, dates day/month/year\n\n",
		"  column        kind      learned as                    gaps  because\n",
		"  Student No    id        not learned; new numbers       0 %  600 different\n",
		"  Born          date      month kept                     0 %  dd/mm/yyyy\n",
		"  Year group    ordered   Y7 < Y8 < Y9 < Y10 < Y11       0 %  5 values",
		"\nRules that hold in every row (make keeps them; --no-rules does not)\n  Total = Maths + English + Science         600 of 600\n",
		"Next:  cohort make school.csv\n",
	} {
		require.Contains(t, got.out, line)
	}
	require.NotContains(t, runIn(t, "inspect", "school.csv", "--no-rules").out, "Rules that hold")
	require.Contains(t, runIn(t, "inspect", "school.csv", "--level", "structure").out, "year kept")
}

// rareTable has values that fewer than five persons share, and a column of each kind to look at.
func rareTable() string {
	var b strings.Builder
	b.WriteString("Group,Score,Seen,Held,Code\n")
	for i := range 200 {
		group, score := fmt.Sprintf("g%d", i%3), 10+i%50
		if i < 3 {
			group, score = "zq7rare", 9000+i
		}
		fmt.Fprintf(&b, "%s,%d,%02d/%02d/2010,%d-06-%02d,%d\n", group, score, 1+i%12, 1+(i/12)%12, 2015+i%5, 1+i%28, 100000+7*i)
	}
	b.WriteString("one,two\n")
	return b.String()
}

// Values that few persons have are shown only when they are asked for.
func TestInspectShowsNoRareValue(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "rare.csv", rareTable())
	got := runIn(t, "inspect", "rare.csv")
	require.Zero(t, got.code, got.err)
	plain(t, got.out)
	require.NotContains(t, got.out, "zq7")
	require.NotContains(t, got.out, "900")
	require.Contains(t, got.out, "g0, g1, g2 + 1 rare")
	require.Contains(t, got.out, "1 row could not be read, see below")
	flat := strings.Join(strings.Fields(got.out), " ")
	require.Contains(t, flat, `--date Seen=m/d/y`)
	require.Contains(t, flat, `add: --coarsen Seen=month`)
	require.Contains(t, flat, "line 202")
	all := runIn(t, "inspect", "rare.csv", "--show-values")
	require.Contains(t, all.out, "zq7rare")
	require.Contains(t, all.out, "9002")
	require.NotContains(t, runIn(t, "inspect", "rare.csv", "--level", "research").out, "zq7")
	require.Contains(t, runIn(t, "inspect", "rare.csv", "--protect", "3").out, "zq7rare")
	require.NotContains(t, runIn(t, "inspect", "rare.csv", "--protect", "4").out, "zq7rare")
}

// What the recipe says is what the options would say, and the command line wins.
func TestRecipe(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "rare.csv", rareTable())
	got := runIn(t, "inspect", "rare.csv", "-o", "r.toml", "--level", "research", "--category", "Code", "--date", "Seen=m/d/y", "--drop", "Held",
		"--coarsen", "Score=5", "--rule", "Score <= Score2")
	require.Equal(t, exitError, got.code)
	require.Contains(t, got.err, `Error: --rule names a column "Score2"; the header has "Score".`)
	require.NoFileExists(t, "r.toml")
	got = runIn(t, "inspect", "rare.csv", "-o", "r.toml", "--level", "research", "--category", "Code", "--date", "Seen=m/d/y", "--drop", "Held", "--coarsen", "Score=5")
	require.Zero(t, got.code, got.err)
	text := read(t, ".", "r.toml")
	require.NotContains(t, text, "zq7")
	for _, line := range []string{"level = \"research\"\n", "# protect = 5\n", "kind = \"category\"   # as you said\n", "layout = \"m/d/y\"\n", "drop = true\n", "coarsen = \"5\"\n"} {
		require.Contains(t, text, "\n"+line)
	}
	o := &options{given: map[string][]string{}}
	require.NoError(t, o.readRecipe("r.toml"))
	require.Equal(t, "research", o.level)
	require.Equal(t, []string{"Held"}, o.drop)
	require.Equal(t, []columnText{{"Seen", "date"}, {"Code", "category"}}, o.kinds)
	require.Equal(t, []columnText{{"Seen", "m/d/y"}}, o.layouts)
	require.Equal(t, []columnText{{"Score", "5"}}, o.coarsen)
	_, o = parsed(t, "make", "rare.csv", "--level", "share", "--text", "Code")
	require.NoError(t, o.readRecipe("r.toml"))
	require.Equal(t, "share", o.level)
	require.Equal(t, []columnText{{"Code", "text"}, {"Seen", "date"}}, o.kinds)

	got = runIn(t, "inspect", "rare.csv", "-o", "r.toml")
	require.Equal(t, "Error: r.toml is there already, and nothing is written over unasked.\nDo:    cohort inspect rare.csv -o r.toml --force\n", got.err)
	first := runIn(t, "inspect", "rare.csv", "--recipe", "r.toml")
	require.Contains(t, first.out, "left out")
	require.NotContains(t, first.out, "--date Seen")
}

func TestRecipeMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".", "rare.csv", rareTable())
	for text, want := range map[string]string{
		"levl = \"share\"":                            `there is no option "levl" in a recipe. Did you mean: level`,
		"level = share":                               "line 1 of r.toml is not written as a recipe is",
		"level = \"best\"":                            "r.toml: --level needs one of share, research, structure.",
		"protect = \"many\"":                          "r.toml: --protect needs a number of persons",
		"strict = 5":                                  "the value of strict is not of the kind that it needs",
		"seed = [1, 2]":                               "the value of seed is not of the kind that it needs",
		"[columns.Score]\nkind = \"nmber\"":           `there is no kind "nmber", which column "Score" asks for`,
		"[columns.Score]\nknd = \"number\"":           `there is no option "knd" in a recipe. Did you mean: kind`,
		"[columns]\nScore = \"number\"":               "a column is written as a table of its own",
		"[columns.Scor]\nkind = \"number\"":           `no column "Scor"; the header has "Score"`,
		"[columns.Group]\norder = [\"g0\", \"g0\"]":   "order of column \"Group\" is not of the kind",
		"[columns.Score]\ncoarsen = \"sometimes\"":    "r.toml: --coarsen needs day, month, year",
		"[columns.Group]\norder = [\"g2\", \"g0\"]\n": "rare.csv, line",
		"recipe = \"other.toml\"":                     `there is no option "recipe" in a recipe`,
	} {
		write(t, ".", "r.toml", text)
		got := runIn(t, "inspect", "rare.csv", "--recipe", "r.toml")
		require.Equal(t, exitError, got.code, "%s: %s", text, got.out)
		require.Contains(t, strings.Join(strings.Fields(got.err), " "), want, text)
		require.NotContains(t, got.err, "zq7")
		require.Contains(t, got.err, "\nDo:    ")
	}
	write(t, ".", "r.toml", "[columns.Group]\norder = [\"g2\", \"zq7rare\", \"g0\", \"g1\"]\n")
	require.Contains(t, runIn(t, "inspect", "rare.csv", "--recipe", "r.toml").out, "g2 < g0 < g1 + 1 rare")
}

func TestInspectModel(t *testing.T) {
	t.Chdir(t.TempDir())
	school(t, "school.csv")
	require.Zero(t, runIn(t, "fit", "school.csv", "--quiet", "--model", "independent").code)
	got := runIn(t, "inspect", "school.cohort")
	require.Zero(t, got.code, got.err)
	plain(t, got.out)
	for _, line := range []string{
		"school.cohort  a model of 600 rows and 14 columns, written by Cohort " + version + "\n",
		"  Year group    ordered   5 values: Y7 < Y8 < Y9 < Y10 < Y11\n",
		"\nRules that hold in every row\n  Total = Maths + English + Science\n",
		"\nProtection   values, marks and extremes that fewer than 5 persons have are not\n",
		"\nNext:  cohort sample school.cohort\n",
	} {
		require.Contains(t, got.out, line)
	}
	// A model without protection may hold values of one person.
	require.Zero(t, runIn(t, "fit", "school.csv", "--quiet", "--protect", "0", "--model", "independent", "-o", "all.cohort").code)
	bare := runIn(t, "inspect", "all.cohort").out
	require.Contains(t, bare, "Language      category  14 values (--show-values lists them)\n")
	require.Contains(t, bare, "Protection   off: values that a single person has may be in it\n")
	require.Contains(t, runIn(t, "inspect", "all.cohort", "--show-values").out, "Language      category  14 values: ")
	b, err := os.ReadFile("school.cohort")
	require.NoError(t, err)
	b[len(b)/2] ^= 1
	require.NoError(t, os.WriteFile("bad.cohort", b, 0o666))
	got = runIn(t, "inspect", "bad.cohort")
	require.Equal(t, exitError, got.code)
	require.True(t, strings.HasPrefix(got.err, "Error: bad.cohort is cut short or was changed"), got.err)
}

// A code page that package table does not know is decoded here.
func TestEncodings(t *testing.T) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	b.WriteString("Town,N\n")
	for i := range 100 {
		fmt.Fprintf(&b, "%s,%d\n", []string{"M\x81nchen", "K\x94ln"}[i%2], i%9)
	}
	write(t, ".", "dos.csv", b.String())
	for _, name := range []string{"cp850", "850", "CP437", "ibm850"} {
		got := runIn(t, "inspect", "dos.csv", "--encoding", name)
		require.Zero(t, got.code, got.err)
		require.Contains(t, got.out, "Köln, München", name)
	}
	for _, name := range []string{"shift_jis", "macintosh", "ISO-8859-2", "windows-1251", "gb18030", "utf-16be"} {
		own, decode := encodingNamed(name)
		require.True(t, own != "" || decode != nil, name)
	}
	// A separator, and lines to leave out.
	write(t, ".", "odd.csv", "Title;;\nA;B;C\n(text);(text);(text)\n"+strings.Repeat("1;2;3\n4;5;9\n", 50)+"250;350;600\n")
	got := runIn(t, "inspect", "odd.csv", "--separator", ";", "--skip-rows", "1,3,104")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "odd.csv        100 rows, 3 columns; semicolon, UTF-8\n")
	require.Contains(t, got.out, "1 to 4, whole")
}

// What looks like totals is asked about, with the line to leave out, and left out if that is said.
func TestTotalsAreAskedAbout(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "Name,Maths\n" + strings.Repeat("Ann,5\nBob,7\n", 50) + "Total,600\n"
	write(t, ".", "t.csv", text)
	got := runIn(t, "inspect", "t.csv")
	require.Contains(t, strings.Join(strings.Fields(got.out), " "), "If it is no person, add: --skip-rows 102")
	got = runIn(t, "inspect", "t.csv", "--skip-rows", "102")
	require.Contains(t, got.out, "100 rows")
	require.NotContains(t, got.out, "skip-rows")
}

func TestLayouts(t *testing.T) {
	for text, want := range map[string]string{"d/m/y": "d/m/y", "D/M/Y": "d/m/y", "dd.mm.yyyy": "02.01.2006", "d.m.yy": "2.1.06",
		"yyyy-mm-dd hh:mm:ss": "2006-01-02 15:04:05", "mm/dd/yyyy": "01/02/2006"} {
		require.True(t, looksLikeLayout(text), text)
		require.Equal(t, want, goLayout(text), text)
	}
	require.False(t, looksLikeLayout("Start"))
	require.False(t, looksLikeLayout(""))
	require.Equal(t, "d/m/y", dateOrder("02.01.2006"))
	require.Equal(t, "m/d/y", dateOrder("Jan 2, 2006"))
	require.Equal(t, "y/m/d", dateOrder("2006-01-02 15:04"))
	require.Equal(t, "day.month.year", layoutText("02.01.2006"))
	require.Equal(t, "month/day/year", layoutText("1/2/06"))
}
