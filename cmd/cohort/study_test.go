package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// people is a table of n fictional people drawn at random: two seeds are two classes of one school. Names, and remarks,
// hold a mark that no message may repeat.
func people(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	b.WriteString("Student No,Name,Born,Year,Maths,English,Passed,Remark\n")
	for i := range n {
		able := r.NormFloat64()
		maths, english := int(50+12*able+6*r.NormFloat64()), 50+12*able+6*r.NormFloat64()
		passed := "no"
		if able+r.NormFloat64()/2 > 0 {
			passed = "yes"
		}
		fmt.Fprintf(&b, "%06d,zq7name%d-%d,%02d/%02d/%d,Y%d,%d,%.1f,%s,zq7remark %d and more\n",
			100000+i*7+int(seed)*50000, seed, i, 1+r.IntN(28), 1+r.IntN(12), 2008+r.IntN(4), 7+r.IntN(4), maths, english, passed, r.IntN(1<<30))
	}
	return b.String()
}

// parted gives the sorted rows of both files of a split, without headers.
func parted(t *testing.T, dir, train, held string) (inTrain, inHeld []string) {
	t.Helper()
	return rowsOf(read(t, dir, train)), rowsOf(read(t, dir, held))
}

func TestSplit(t *testing.T) {
	dir := t.TempDir()
	text := people(300, 1)
	write(t, dir, "real.csv", text)
	r := call(t, dir, "study", "split", "real.csv", "--keep", "20%", "--target", "Passed", "--seed", "1")
	require.Equal(t, 0, r.code, r.err)
	require.Equal(t, "Wrote real_train.csv (240 rows) and real_heldout.csv (60 rows); no person is in\n"+
		"both. Give every generator real_train.csv only.\n", r.out)
	require.Contains(t, r.err, "check real_train.csv FAKE.csv --holdout real_heldout.csv --target Passed")
	unmarked(t, r)
	require.Equal(t, []string{"real.csv", "real_heldout.csv", "real_train.csv"}, files(t, dir))
	train, held := parted(t, dir, "real_train.csv", "real_heldout.csv")
	require.Equal(t, header(text), header(read(t, dir, "real_train.csv")))
	require.Equal(t, header(text), header(read(t, dir, "real_heldout.csv")))
	all := slices.Concat(train, held)
	slices.Sort(all)
	want := rowsOf(text)
	slices.Sort(want)
	require.Equal(t, want, all, "every row stands in one of the two, byte for byte")

	passed := func(rows []string) (n int) {
		for _, row := range rows {
			if strings.Contains(row, ",yes,") {
				n++
			}
		}
		return n
	}
	require.InDelta(t, float64(passed(want))/5, float64(passed(held)), 1, "parted alike by the target")

	// The same seed parts alike, another one otherwise; nothing is written over.
	before := read(t, dir, "real_heldout.csv")
	require.Equal(t, 0, call(t, dir, "study", "split", "real.csv", "--target", "Passed", "--seed", "1").code)
	require.Equal(t, before, read(t, dir, "real_heldout-2.csv"))
	require.NoError(t, os.Remove(filepath.Join(dir, "real_train-2.csv")))
	require.Equal(t, 0, call(t, dir, "study", "split", "real.csv", "--seed", "2").code)
	require.NotEqual(t, before, read(t, dir, "real_heldout-3.csv"), "both names have the same number")
	require.Equal(t, before, read(t, dir, "real_heldout.csv"))
	require.Equal(t, 0, call(t, dir, "study", "split", "real.csv", "--seed", "2", "--force").code)
	require.NotEqual(t, before, read(t, dir, "real_heldout.csv"))
}

// No person is in both files, and shares count people.
func TestSplitByPerson(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("Pupil ID,Term,Mark\n")
	for p := range 200 {
		for term := range 1 + p%4 {
			fmt.Fprintf(&b, "P%04d,T%d,%d\n", p, term, (p*37+term*11)%60)
		}
	}
	write(t, dir, "long.csv", b.String())
	persons := func(rows []string) map[string]bool {
		ids := map[string]bool{}
		for _, row := range rows {
			id, _, _ := strings.Cut(row, ",")
			ids[id] = true
		}
		return ids
	}
	r := call(t, dir, "study", "split", "long.csv", "--person", "Pupil ID", "--keep", "0.25", "-o", "parts")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.out, "of 50 people); no person is in both")
	train, held := parted(t, dir, "parts/long_train.csv", "parts/long_heldout.csv")
	in, out := persons(train), persons(held)
	require.Len(t, in, 150)
	require.Len(t, out, 50)
	for id := range out {
		require.False(t, in[id], id)
	}

	r = call(t, dir, "study", "split", "long.csv")
	require.Equal(t, 0, r.code, r.err)
	require.Contains(t, r.out, "no row is in\nboth", "without --person that is all that is known")
	require.Contains(t, r.err, "--person")
}

// The parts are written as the input is: separator, encoding, line ends, quotes, decimal comma, odd cells.
func TestSplitKeepsTheDialect(t *testing.T) {
	latin := "Name;Größe;Ort\r\n"
	for i := range 50 {
		latin += fmt.Sprintf("\"zq7 %d\";%d,%d;Köln %d\r\n", i, 1+i%2, i%10, i%3)
	}
	var windows []byte
	for _, r := range latin {
		windows = append(windows, byte(r))
	}
	tabbed := "a\tb\tc\n"
	for i := range 50 {
		tabbed += fmt.Sprintf(" %02d\tNA\t%d\n", i, i*i%7)
	}
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(tabbed, "NA", "ä"))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, text := range map[string]string{"windows.csv": string(windows), "tabs.tsv": tabbed, "wide.txt": string(wide),
		"bom.csv": "\ufeff" + strings.ReplaceAll(tabbed, "\t", "|"), "open.csv": strings.TrimSuffix(strings.ReplaceAll(tabbed, "\t", ","), "\n")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, name, text)
			r := call(t, dir, "study", "split", name)
			require.Equal(t, 0, r.code, r.err)
			ext := filepath.Ext(name)
			stem := strings.TrimSuffix(name, ext)
			train, held := read(t, dir, stem+"_train"+ext), read(t, dir, stem+"_heldout"+ext)
			end := "\n"
			if name == "wide.txt" {
				end = "\n\x00"
			}
			cut := func(text string) (head string, rows []string) {
				lines := strings.SplitAfter(text, end)
				if last := len(lines) - 1; lines[last] == "" {
					lines = lines[:last]
				} else {
					lines[last] += end
				}
				return lines[0], lines[1:]
			}
			head, rows := cut(text)
			head1, rows1 := cut(train)
			head2, rows2 := cut(held)
			require.Equal(t, head, head1)
			require.Equal(t, head, head2)
			all := slices.Concat(rows1, rows2)
			slices.Sort(all)
			slices.Sort(rows)
			require.Equal(t, rows, all)
			require.Len(t, rows2, 10)
		})
	}
}

func TestSplitBadInput(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", people(60, 1))
	write(t, dir, "one.csv", people(1, 1))
	write(t, dir, "file", "")
	before := []string{"file", "one.csv", "t.csv"}
	usage := func(code string, args ...string) {
		t.Helper()
		assertClear(t, call(t, dir, append([]string{"study"}, args...)...), exitUsage, dir, before, code)
	}
	fault := func(says string, args ...string) {
		t.Helper()
		assertClear(t, call(t, dir, append([]string{"study"}, args...)...), exitError, dir, before, says)
	}
	usage("study split t.csv", "t.csv")
	usage(`no study "paper"`, "paper")
	usage("needs a file", "split", "--keep", "20%")
	usage("takes one file", "split", "my", "t.csv")
	for _, keep := range []string{"0", "100%", "-1", "x", "NaN", "1.5", "120%", "%"} {
		usage("--keep needs a part of the people", "split", "t.csv", "--keep="+keep)
	}
	usage("has no option --holdout", "split", "t.csv", "--holdout", "one.csv")
	fault(`--target names a column "passed"; the header has "Passed".`, "split", "t.csv", "--target", "passed")
	fault(`"Nam"`, "split", "t.csv", "--person", "Nam")
	fault(`there is no file "tt.csv"`, "split", "tt.csv")
	fault("one.csv has 1 person", "split", "one.csv")
	fault("leaves one of the two files empty", "split", "t.csv", "--keep", "0.1%")
	fault("file is a file", "split", "t.csv", "-o", "file")
	fault("file", "split", "t.csv", "-o", "file/sub")

	r := call(t, dir, "study")
	require.Equal(t, ran{0, studyHelp, ""}, ran{r.code, strings.TrimSuffix(strings.ReplaceAll(r.out, calledAs(program), "cohort"), "\n"), r.err})
}

// Rows that can't be read are in neither file, and not lost.
func TestSplitRejectedRows(t *testing.T) {
	dir := t.TempDir()
	lines := strings.SplitAfter(people(60, 1), "\n")
	lines[12] = "zq7a,zq7b\n"
	write(t, dir, "some.csv", strings.Join(lines, ""))
	r := call(t, dir, "study", "split", "some.csv")
	require.Equal(t, 0, r.code, r.err)
	unmarked(t, r)
	require.Contains(t, r.out, "1 row could not be read: in neither of the two, but in some_rejected.csv.")
	require.Contains(t, read(t, dir, "some_rejected.csv"), "zq7a,zq7b")
	train, held := parted(t, dir, "some_train.csv", "some_heldout.csv")
	require.Len(t, slices.Concat(train, held), 59)
}

func TestSplitEvents(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "t.csv", people(60, 1))
	r := call(t, dir, "study", "split", "t.csv", "--json")
	require.Equal(t, 0, r.code)
	require.Contains(t, r.err, `{"event":"file","role":"keep","path":"t_heldout.csv"}`)
}
