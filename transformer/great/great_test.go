package great

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/demo"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/transformer"
)

func demoTable(t testing.TB) *table.Table {
	tab, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
	require.NoError(t, err)
	return tab.WithRules(table.FindRules(tab)[0].Rule)
}

// rowsOfFew and the others are as many as a test needs to see something learned, and no more.
const rowsOfFew, stepsOfFew, batchOfFew = 50, 2, 4

// few is a table that a test learns in no time, and a fit of it.
func few(t testing.TB, opt Options) (*table.Table, *Model) {
	tab := fewRows(t)
	if opt.Steps == 0 {
		opt.Steps = stepsOfFew
	}
	opt.Batch = batchOfFew
	m, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	return tab, m
}

func fewRows(t testing.TB) *table.Table {
	rows := make([]int, rowsOfFew)
	for i := range rows {
		rows[i] = i
	}
	return demoTable(t).Select(rows)
}

// fits are what tests share, and leave as it is.
var fits struct {
	plain, peer sync.Once
	table       *table.Table
	m, peers    *Model
}

func shared(t testing.TB) (*table.Table, *Model) {
	fits.plain.Do(func() { fits.table, fits.m = few(t, Options{}) })
	return fits.table, fits.m
}

func sharedPeer(t testing.TB) *Model {
	fits.peer.Do(func() { _, fits.peers = few(t, Options{Preset: beGreat, Steps: 1}) })
	return fits.peers
}

func csv(t testing.TB, tab *table.Table) string {
	var b strings.Builder
	for i, row := range tab.Records() {
		_ = i
		b.WriteString(strings.Join(row, ";") + "\n")
	}
	return b.String()
}

func sample(t testing.TB, m *Model, opt SampleOptions) *table.Table {
	tab, _, err := m.Sample(context.Background(), opt)
	require.NoError(t, err)
	return tab
}

func saved(t testing.TB, m *Model) []byte {
	f := &container.File{Kind: "test", Header: []byte("{}")}
	require.NoError(t, m.Save(f))
	var b bytes.Buffer
	require.NoError(t, container.Write(&b, f))
	return b.Bytes()
}

func loaded(t testing.TB, b []byte) *Model {
	f, err := container.Read(bytes.NewReader(b))
	require.NoError(t, err)
	m, err := Load(f)
	require.NoError(t, err)
	return m
}

func TestRowsAreThoseOfTheirNumbers(t *testing.T) {
	_, m := shared(t)
	whole := csv(t, sample(t, m, SampleOptions{Rows: 8, Seed: 3}))
	first, rest := csv(t, sample(t, m, SampleOptions{Rows: 5, Seed: 3})), csv(t, sample(t, m, SampleOptions{First: 5, Rows: 3, Seed: 3}))
	require.Equal(t, whole, first+rest, "in parts")
	require.Equal(t, whole, csv(t, sample(t, loaded(t, saved(t, m)), SampleOptions{Rows: 8, Seed: 3})), "from a file")
	before := runtime.GOMAXPROCS(1)
	one := csv(t, sample(t, m, SampleOptions{Rows: 8, Seed: 3}))
	_, again := few(t, Options{})
	runtime.GOMAXPROCS(before)
	require.Equal(t, whole, one, "on one thread")
	require.Equal(t, saved(t, m), saved(t, again), "learned on one thread")
}

func TestConditionsAndRulesHold(t *testing.T) {
	_, m := shared(t)
	where, err := table.ParseConds("Maths >= 61 and SEN = N and Total > 200")
	require.NoError(t, err)
	tab, set, err := m.Sample(context.Background(), SampleOptions{Rows: 20, Where: where})
	require.NoError(t, err)
	require.Zero(t, set)
	sum := make([]int64, 20)
	for c := range tab.Schema().Columns {
		switch name := tab.Schema().Columns[c].Name; name {
		case "Maths", "English", "Science":
			for r, v := range tab.Ints(c) {
				sum[r] += v
				require.True(t, name != "Maths" || v >= 61)
			}
		case "SEN":
			for r := range 20 {
				text, _ := tab.Cell(r, c)
				require.Equal(t, "N", text)
			}
		}
	}
	for c := range tab.Schema().Columns {
		if tab.Schema().Columns[c].Name == "Total" {
			require.Equal(t, sum, tab.Ints(c))
			for _, v := range tab.Ints(c) {
				require.Greater(t, v, int64(200))
			}
		}
	}
}

func TestFillKeepsWhatIsKnown(t *testing.T) {
	tab, m := shared(t)
	filled, err := m.Fill(context.Background(), tab, SampleOptions{Seed: 1})
	require.NoError(t, err)
	require.Equal(t, tab.Rows(), filled.Rows())
	gaps := 0
	for r := range tab.Rows() {
		for c := range tab.Cols() {
			was, known := tab.Cell(r, c)
			now, there := filled.Cell(r, c)
			if known {
				require.Equal(t, was, now)
			} else if there {
				gaps++
			}
		}
	}
	require.Positive(t, gaps)
	again, err := m.Fill(context.Background(), tab, SampleOptions{Seed: 1})
	require.NoError(t, err)
	require.Equal(t, csv(t, filled), csv(t, again))
}

// A model from scratch learns soon that one column nearly decides another one. Weights that begin too small tell the shares of columns for
// tens of passes, which looks like learning and is not.
func TestLearnsWhatGoesTogether(t *testing.T) {
	var text strings.Builder
	text.WriteString("Module,Room,C1,C2,C3,C4,C5,C6,C7,C8\n")
	r := rng.New(1, 0, 0)
	for range 1200 {
		module := r.Intn(6)
		room := module
		if r.Intn(4) == 0 {
			room = r.Intn(6)
		}
		fmt.Fprintf(&text, "M%d,R%d", module, room)
		for range 8 {
			fmt.Fprintf(&text, ",N%d", r.Intn(5))
		}
		text.WriteByte('\n')
	}
	tab, err := table.ReadCSV(strings.NewReader(text.String()), table.ReadOptions{})
	require.NoError(t, err)
	opt := Options{Epochs: 12}
	m, err := Fit(context.Background(), tab, opt)
	require.NoError(t, err)
	require.Less(t, m.Held(), independent(t, tab, opt)-.05, "of .08 nats a cell that can be gained")
}

func TestPeersPresets(t *testing.T) {
	_, m := few(t, Options{Preset: realTabFormer})
	require.Equal(t, "great (realtabformer)", m.Kind())
	want := csv(t, sample(t, m, SampleOptions{Rows: 6}))
	require.Equal(t, want, csv(t, sample(t, loaded(t, saved(t, m)), SampleOptions{Rows: 6})))

	m = sharedPeer(t)
	_, _, err := m.Sample(context.Background(), SampleOptions{Rows: 1, Balance: "SEN"})
	require.ErrorContains(t, err, "be_great knows no conditions")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = m.Sample(ctx, SampleOptions{Rows: 1})
	require.ErrorIs(t, err, context.Canceled)
}

// What the filter drops is written anew, 500 times, and then as it is: the rows asked for are there.
func TestTheFilterIsDropped(t *testing.T) {
	rounds := 3
	if *long {
		rounds = peerRounds
	}
	var warned []string
	p := sharedPeer(t).newPeerSample(SampleOptions{Rows: 2, Warn: func(e *table.Error) { warned = append(warned, e.Code) }})
	tab, set, err := p.rows(context.Background(), rounds)
	require.NoError(t, err)
	require.Equal(t, 2, tab.Rows())
	require.Equal(t, int64(2), set)
	require.Equal(t, []string{"filter-dropped"}, warned)
}

// A training that was stopped ends with the bytes of one that was not.
func TestGoesOnWhereItWasStopped(t *testing.T) {
	tab, whole := shared(t)
	path := filepath.Join(t.TempDir(), "checkpoint")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Fit(ctx, tab, Options{Steps: stepsOfFew, Batch: batchOfFew, Checkpoint: path, Trace: func(s Step) {
		if s.Number == 0 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.FileExists(t, path)
	_, rest := few(t, Options{Checkpoint: path})
	require.Equal(t, saved(t, whole), saved(t, rest))
}

// Nothing that protection keeps out is in what the weights are shown, nor in the file; nor are examples.
func TestTextIsProtected(t *testing.T) {
	names := &table.Schema{Columns: []table.Column{{Name: "town", Kind: table.Category}, {Name: "score", Kind: table.Whole}}}
	town, score := make([]string, 100), make([]int64, 100)
	for i := range town {
		town[i], score[i] = []string{"Aachen", "Bonn"}[i%2], int64(i%20)
	}
	town[50], score[50] = "Xanadu", 987654
	tab, err := table.New(names, []any{town, score})
	require.NoError(t, err)
	f, err := begin(context.Background(), Options{})
	require.NoError(t, err)
	require.NoError(t, f.encode(tab))
	require.NoError(t, f.vocabulary())
	for _, rows := range []transformer.Data{f.shown(f.learn, true), f.shown(f.held, false)} {
		for i := range rows.Len {
			for epoch := range 3 {
				text, err := f.m.tok.Decode(rows.At(epoch, i).IDs)
				require.NoError(t, err)
				require.NotContains(t, text, "Xanadu")
				require.NotContains(t, text, "987654")
			}
		}
	}
	m, err := Fit(context.Background(), tab, Options{Steps: 1})
	require.NoError(t, err)
	before := saved(t, m)
	require.NotContains(t, string(before), "Xanadu")
	_, err = m.Fill(context.Background(), tab, SampleOptions{})
	require.NoError(t, err)
	require.Equal(t, before, saved(t, m))
}

// weights is a folder with a small random GPT-2 whose vocabulary is that of a demo model without phrases; change alters its size.
func weights(t testing.TB, change func(c *transformer.Config)) string {
	m := sharedPeer(t)
	other := *m
	c := m.Config()
	change(&c)
	var err error
	other.net, err = transformer.New(c, 7)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, other.Export(dir))
	return dir
}

func positions(n int) func(c *transformer.Config) {
	return func(c *transformer.Config) { c.Positions = n }
}

func TestWeights(t *testing.T) {
	dir := weights(t, positions(400))
	tab, m := few(t, Options{Weights: os.DirFS(dir), LoRA: 4, Steps: 2})
	require.Equal(t, csv(t, sample(t, m, SampleOptions{Rows: 3})), csv(t, sample(t, loaded(t, saved(t, m)), SampleOptions{Rows: 3})), "an adapter is in the file")

	// Level structure: nothing is learned; examples are shown, and leave no trace.
	_, m = few(t, Options{Weights: os.DirFS(dir), Level: "structure"})
	require.Zero(t, m.Report().Steps)
	before := saved(t, m)
	var warned []string
	shots := SampleOptions{Rows: 3, Examples: tab, Shots: 2, Warn: func(e *table.Error) { warned = append(warned, e.Code) }}
	with := csv(t, sample(t, m, shots))
	require.NotEqual(t, csv(t, sample(t, m, SampleOptions{Rows: 3})), with)
	require.Equal(t, before, saved(t, m))
	require.Equal(t, []string{"low-mass"}, warned)
	shots.Shots = 100
	_, _, err := m.Sample(context.Background(), shots)
	require.ErrorContains(t, err, "show fewer examples")

	_, err = Fit(context.Background(), tab, Options{Weights: os.DirFS(weights(t, positions(20)))})
	require.ErrorContains(t, err, "the longest row can have")
}

func TestEstimate(t *testing.T) {
	tab := demoTable(t)
	whole, err := Estimate(tab, 600, Options{})
	require.NoError(t, err)
	require.Greater(t, whole.Full, whole.Least)
	require.Positive(t, whole.Memory)
	one, err := Estimate(tab, 600, Options{Epochs: 1})
	require.NoError(t, err)
	require.Less(t, one.Full, whole.Full)
	given, err := Estimate(tab, 600, Options{Weights: os.DirFS(weights(t, positions(512)))})
	require.NoError(t, err)
	require.Equal(t, 512, given.Config.Positions)
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for name, o := range map[string]Options{
		"preset": {Preset: "x"}, "adapter": {LoRA: 4}, "structure": {Level: "structure"}, "protect": {Preset: beGreat, Protect: 5}, "batch": {Batch: -1}, "rate": {LR: -1},
	} {
		_, err := Fit(context.Background(), demoTable(t), o)
		var e *table.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, "bad-option", e.Code, name)
	}
}

// With weights, and for ordinary tables, the tokens of a row are those of its whole text.
func TestTokensAreThoseOfTheWholeText(t *testing.T) {
	f, err := begin(context.Background(), Options{Weights: os.DirFS(weights(t, positions(512)))})
	require.NoError(t, err)
	require.NoError(t, f.encode(demoTable(t)))
	require.NoError(t, f.vocabulary())
	rows := f.shown(f.learn, true)
	for i := range 20 {
		ids := rows.At(0, i).IDs
		text, err := f.m.tok.Decode(ids[:len(ids)-1])
		require.NoError(t, err)
		require.Equal(t, f.m.tok.Encode(text), ids[:len(ids)-1])
	}
}

// From scratch a name is one token, and so is a value of a column that has few; the text of a row is the same.
func TestPhrases(t *testing.T) {
	f, err := begin(context.Background(), Options{})
	require.NoError(t, err)
	require.NoError(t, f.encode(demoTable(t)))
	require.NoError(t, f.vocabulary())
	m := f.m
	rows := f.shown(f.learn, true)
	columns := len(m.s.cols)
	for i := range 20 {
		s := rows.At(0, i)
		text, err := m.tok.Decode(s.IDs)
		require.NoError(t, err)
		text, ended := strings.CutSuffix(text, ","+endOfText)
		require.True(t, ended)
		cells := strings.Split(text, ",")
		require.Len(t, cells, columns)
		for _, cell := range cells {
			name, value, ok := strings.Cut(cell, " is ")
			require.True(t, ok)
			require.True(t, slices.ContainsFunc(m.s.cols, func(c int) bool { return " "+m.enc.Schema().Columns[c].Name == name }), name)
			require.NotEmpty(t, value)
		}
		labelled := 0
		for _, id := range s.Labels {
			if id >= 0 {
				labelled++
			}
		}
		require.Equal(t, columns, len(s.IDs)-labelled, "names are one token each")
	}
	p := m.s.g.fields[slices.IndexFunc(m.s.g.fields, func(f *field) bool { return f != nil && f.name == "Year group" })]
	for _, text := range p.all.texts {
		require.Len(t, m.s.g.words.encode(nil, " "+text+","), 1)
	}
}
