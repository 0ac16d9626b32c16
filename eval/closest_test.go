package eval

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// closestGolden is what testdata/closest.py wrote about one table of another generator.
type closestGolden struct {
	Set, Generator string
	Numbers        []string
	Clear          bool // neither ties at the bound nor the order of rows matter
	Learned, Of    int
	Chance, P, DCR float64
}

// peerTable reads a file that lies beside the repository on some machines only.
func peerTable(t *testing.T, path string, numbers []string) *table.Table {
	f, err := os.Open("../../shared/peers/" + path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the tables of other generators are not beside this repository")
	}
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	plain, err := table.ReadCSV(z, table.ReadOptions{})
	require.NoError(t, err)
	schema := &table.Schema{}
	for _, c := range plain.Schema().Columns {
		kind := table.Category
		if slices.Contains(numbers, c.Name) {
			kind = table.Decimal
		}
		schema.Columns = append(schema.Columns, table.Column{Name: c.Name, Kind: kind})
	}
	_, err = f.Seek(0, 0)
	require.NoError(t, err)
	require.NoError(t, z.Reset(f))
	out, err := table.ReadCSV(z, table.ReadOptions{Schema: schema})
	require.NoError(t, err)
	return out
}

// An independent program finds the same people near the same rows, and the same shares.
func TestLookAlikesAgreeWithNumpy(t *testing.T) {
	b, err := os.ReadFile("testdata/closest.json")
	require.NoError(t, err)
	var golden struct {
		Versions map[string]string
		Tables   []closestGolden
	}
	require.NoError(t, json.Unmarshal(b, &golden))
	require.NotEmpty(t, golden.Versions["numpy"])
	clear := 0
	for _, g := range golden.Tables {
		read := func(path string) *table.Table { return peerTable(t, path, g.Numbers) }
		v, err := newView(read("splits/"+g.Set+"/train.csv.gz"), read("peers/"+g.Set+"/"+g.Generator+".csv.gz"),
			Options{Holdout: read("splits/" + g.Set + "/test.csv.gz")})
		require.NoError(t, err)
		f, metrics, err := v.lookAlikes(context.Background())
		require.NoError(t, err)
		require.InDelta(t, g.DCR, metrics[0].Value, 1e-9, "%s of %s", g.Generator, g.Set)
		if !g.Clear {
			continue
		}
		clear++
		m := f.Metrics[0]
		require.InDelta(t, float64(g.Learned)/float64(g.Of), m.Value, 1e-12, "%s of %s", g.Generator, g.Set)
		require.InDelta(t, g.Chance/float64(g.Of), m.Real, 1e-12)
		require.InDelta(t, g.P, f.tests[0].look, 1e-12)
	}
	require.GreaterOrEqual(t, clear, 5)
}

// numbersView has one table of people learned, set aside and synthetic for every list of rows.
func numbersView(learned, held, trial [][]float64) *view {
	v := &view{}
	sides := []*side{newTestSide(len(learned)), newTestSide(len(held)), newTestSide(len(trial))}
	for c := range learned[0] {
		v.columns = append(v.columns, testColumn("n", table.Decimal, 0))
		for i, rows := range [][][]float64{learned, held, trial} {
			out := cells{num: make([]float64, len(rows)), code: make([]int32, len(rows))}
			for r := range rows {
				out.num[r], out.code[r] = rows[r][c], isNumber
			}
			sides[i].cells = append(sides[i].cells, out)
		}
	}
	v.learned, v.held, v.trial = sides[0], sides[1], sides[2]
	v.all, v.result = v.learned, v.trial
	return v
}

// lattice gives n people on the whole numbers from first, two apart.
func lattice(first, n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = []float64{float64(first + 2*i)}
	}
	return out
}

// Of people on a line, every other one learned, it is known who is nearest.
func TestClosestCountsPeopleOnce(t *testing.T) {
	var trial [][]float64
	for range 10 { // ten rows on each of four people, two of them learned; and rows that are as near to both sides
		trial = append(trial, []float64{10}, []float64{20}, []float64{31}, []float64{41}, []float64{50.5})
	}
	v := numbersView(lattice(0, 50), lattice(1, 50), trial)
	s := v.newSpace([]int{0}, v.learned, v.held)
	c, err := v.closest(context.Background(), s, s.cloud(v.trial), s.cloud(v.learned, v.held))
	require.NoError(t, err)
	require.Equal(t, closeness{2, []float64{.5, .5, .5, .5}}, c)

	f, _, err := v.lookAlikes(context.Background())
	require.NoError(t, err)
	require.Equal(t, TooFew, f.Status, "four people are too few")
	decide([]*finding{f})
	require.Equal(t, TooFew, f.Status)

	// Rows of the same person are the same person.
	for p := range 50 {
		v.learned.person[p] = int32(p / 10)
	}
	v.learned.persons = 5
	c, err = v.closest(context.Background(), s, s.cloud(v.trial), s.cloud(v.learned, v.held))
	require.NoError(t, err)
	require.Equal(t, 2, c.learned, "10 and 20 are rows of two persons")
	require.InDelta(t, 5./55, c.chance[0], 1e-15)
	for p := range 50 {
		v.learned.person[p] = int32(p / 25)
	}
	v.learned.persons = 2
	c, err = v.closest(context.Background(), s, s.cloud(v.trial), s.cloud(v.learned, v.held))
	require.NoError(t, err)
	require.Equal(t, 1, c.learned, "10 and 20 are rows of one person")
}

// Several people alike are all learned more often than one is, where most were learned.
func TestClosestKnowsPeopleAlike(t *testing.T) {
	learned := append(lattice(0, 60), []float64{2}, []float64{4}, []float64{4})
	v := numbersView(learned, lattice(1, 40), [][]float64{{0}, {2}, {4}, {4}, {6}, {21}})
	s := v.newSpace([]int{0}, v.learned, v.held)
	c, err := v.closest(context.Background(), s, s.cloud(v.trial), s.cloud(v.learned, v.held))
	require.NoError(t, err)
	p := 63. / 103
	alike := func(n float64) float64 { return math.Pow(p, n) / (math.Pow(p, n) + math.Pow(1-p, n)) }
	require.Equal(t, 4, c.learned)
	slices.Sort(c.chance)
	require.InDeltaSlice(t, []float64{p, p, p, alike(2), alike(3)}, c.chance, 1e-12)
}

// An exact copy is found, people never seen are not.
func TestLookAlikesFindCopies(t *testing.T) {
	for _, shape := range []struct{ categories, numbers int }{{5, 5}, {0, 6}, {10, 0}} {
		v := mixed(11, shape.categories, shape.numbers, 200, 200, 200)
		unseen := v.trial
		v.trial = v.learned
		f, metrics, err := v.lookAlikes(context.Background())
		require.NoError(t, err)
		decide([]*finding{f})
		require.Equal(t, Stop, f.Status)
		require.Equal(t, "100 of 100", f.Shown)
		require.Equal(t, "--protect 10", f.Remedy)
		require.Greater(t, metrics[0].Value, .95)

		v.trial = unseen
		f, _, err = v.lookAlikes(context.Background())
		require.NoError(t, err)
		decide([]*finding{f})
		require.Equal(t, OK, f.Status, f.Sentence)
		require.Empty(t, f.Remedy)

		v.trial = v.held
		f, _, err = v.lookAlikes(context.Background())
		require.NoError(t, err)
		decide([]*finding{f})
		require.Equal(t, OK, f.Status)
		require.Equal(t, "0 of 100", f.Shown)
	}
}

// The screen of the command's documentation: 39 people, of whom 20 had been learned.
func TestLookAlikesWords(t *testing.T) {
	v := &view{}
	c := closeness{learned: 20}
	for range 39 {
		c.chance = append(c.chance, .5)
	}
	f := &finding{Check: Check{Group: "Private", Name: "look-alikes"}}
	v.judgeClosest(f, Metric{Name: "private.closest"}, c)
	decide([]*finding{f})
	require.Equal(t, "51 of 100", f.Shown)
	require.Equal(t, "no memory: 50, up to 64", f.Beside)
	require.Equal(t, "Of the 39 real people nearest to synthetic rows, 20 had been learned. Without memory it would be 20, and up to 25 by chance.", f.Sentence)
	m := f.Metrics[0]
	require.InDelta(t, 20./39, m.Value, 1e-15)
	require.Less(t, m.Low, m.Value)
	require.Greater(t, m.High, m.Value)

	// 1,500 people of whom more than chance explains were learned, by one.
	c = closeness{chance: slices.Repeat([]float64{.5}, 1500), learned: newLuck(slices.Repeat([]float64{.5}, 1500)).upTo(.05) + 1}
	f = &finding{}
	v.judgeClosest(f, Metric{}, c)
	decide([]*finding{f})
	require.Equal(t, Look, f.Status)
	require.Equal(t, "52.2 of 100", f.Shown)
	require.Equal(t, "no memory: 50, up to 52.1", f.Beside)
}
