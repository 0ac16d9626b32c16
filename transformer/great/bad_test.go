package great

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"example.org/cohort/transformer"
	"example.org/cohort/transformer/hf"
)

// misleading is a table whose names and cells are what rows as text are made of.
func misleading(t testing.TB) *table.Table {
	s, cols := &table.Schema{}, []any{}
	for c, name := range []string{"<|endoftext|>", "a, b", "what is it", "a", " is ", ","} {
		values := []string{"<|endoftext|>", ", ", " is ", "a is b, c is d", "x"}
		cells := make([]int32, rowsOfFew)
		for i := range cells {
			cells[i] = int32((i+c)%(len(values)+1)) - 1
		}
		s.Columns, cols = append(s.Columns, table.Column{Name: name, Kind: table.Category, Values: values}), append(cols, cells)
	}
	tab, err := table.New(s, cols)
	require.NoError(t, err)
	return tab
}

// Every cell of such a table can be learned and written, and what is known stays as it is.
func TestMisleadingNamesAndCells(t *testing.T) {
	tab := misleading(t)
	for name, opt := range map[string]Options{"plus": {Steps: 1, Batch: 1}, realTabFormer: {Steps: 1, Batch: 1, Preset: realTabFormer}} {
		m, err := Fit(context.Background(), tab, opt)
		require.NoError(t, err, name)
		rows := sample(t, m, SampleOptions{Rows: 40, Temperature: 3})
		seen := map[string]bool{}
		for r := range rows.Rows() {
			for c := range rows.Cols() {
				text, _ := rows.Cell(r, c)
				seen[text] = true
			}
		}
		require.Len(t, seen, 6, "%s: all values and the gap", name)
		if name != "plus" {
			continue
		}
		filled, err := m.Fill(context.Background(), tab, SampleOptions{})
		require.NoError(t, err)
		for r := range tab.Rows() {
			for c := range tab.Cols() {
				was, known := tab.Cell(r, c)
				now, there := filled.Cell(r, c)
				require.True(t, there)
				require.True(t, !known || was == now)
			}
		}
	}
	_, err := Fit(context.Background(), tab, Options{Steps: 1, Preset: beGreat})
	require.ErrorContains(t, err, "can't read a column whose name")
}

// numbers is a table of numbers alone.
func numbers(t testing.TB, rows, columns int) *table.Table {
	s, cols := &table.Schema{}, []any{}
	for c := range columns {
		cells := make([]int64, rows)
		for i := range cells {
			cells[i] = int64((i*7 + c) % 20)
		}
		s.Columns, cols = append(s.Columns, table.Column{Name: fmt.Sprintf("item %d", c), Kind: table.Whole, Step: 1}), append(cols, cells)
	}
	tab, err := table.New(s, cols)
	require.NoError(t, err)
	return tab
}

func TestManyColumnsOfNumbers(t *testing.T) {
	tab := numbers(t, 12, 120)
	m, err := Fit(context.Background(), tab, Options{Steps: 1, Batch: 1, Protect: -1})
	require.NoError(t, err)
	rows := sample(t, m, SampleOptions{Rows: 1})
	require.Equal(t, 120, rows.Cols())
	for c := range 120 {
		for _, v := range rows.Ints(c) {
			require.True(t, v >= 0 && v < 20)
		}
	}
	_, err = Fit(context.Background(), tab, Options{Weights: os.DirFS(weights(t, positions(400)))})
	var e *table.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "row-too-long", e.Code)
}

func TestNothingToLearnOrToWrite(t *testing.T) {
	_, err := Fit(context.Background(), numbers(t, 0, 2), Options{})
	require.Error(t, err)
	_, err = Fit(context.Background(), numbers(t, 1, 2), Options{Protect: -1})
	require.Error(t, err)
	tab, m := shared(t)
	require.Zero(t, sample(t, m, SampleOptions{}).Rows())
	empty := tab.Select(nil)
	require.Equal(t, csv(t, sample(t, m, SampleOptions{Rows: 2})), csv(t, sample(t, m, SampleOptions{Rows: 2, Examples: empty})), "no examples")
	_, _, err = m.Sample(context.Background(), SampleOptions{Rows: 2, Examples: empty, Shots: 3})
	require.ErrorContains(t, err, "none are given")
	_, _, err = m.Sample(context.Background(), SampleOptions{Rows: 2, Examples: numbers(t, 3, 2)})
	require.Error(t, err)
	_, _, err = m.Sample(context.Background(), SampleOptions{Rows: 2, Temperature: -1})
	require.ErrorContains(t, err, "temperature")
	filled, err := m.Fill(context.Background(), empty, SampleOptions{})
	require.NoError(t, err)
	require.Zero(t, filled.Rows())
}

func TestVocabularyOfOtherWeights(t *testing.T) {
	for name, change := range map[string]func(c *transformer.Config){
		"fewer": func(c *transformer.Config) { c.Vocab, c.BOS, c.EOS = c.Vocab-1, 0, 0 },
		"more":  func(c *transformer.Config) { c.Vocab += mostPadding + 1 },
	} {
		_, err := Fit(context.Background(), fewRows(t), Options{Weights: os.DirFS(weights(t, change))})
		var e *table.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, "bad-weights", e.Code, name)
		require.Contains(t, e.Reason, "the vocabulary has")
	}
	require.NoError(t, agree(50257, 50304, 50256), "padded")
	require.ErrorContains(t, agree(50257, 50257, 50257), "no token")
	require.ErrorContains(t, agree(50257, 50257, -1), "no token")
}

func TestSampleIsCancelledMidway(t *testing.T) {
	_, m := shared(t)
	for name, m := range map[string]*Model{"plus": m, beGreat: sharedPeer(t)} {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		began := time.Now()
		_, _, err := m.Sample(ctx, SampleOptions{Rows: 100_000})
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		require.Less(t, time.Since(began), 10*time.Second, name)
	}
}

// copied is a model file whose blobs can be damaged.
func copied(t testing.TB, data []byte) *container.File {
	f, err := container.Read(bytes.NewReader(data))
	require.NoError(t, err)
	for i := range f.Blobs {
		f.Blobs[i].Data = slices.Clone(f.Blobs[i].Data)
	}
	return f
}

// A byte of the header is another one: the file is refused, or the model writes rows or says why it can't. Nothing panics.
func TestDamagedHeaders(t *testing.T) {
	_, m := shared(t)
	data := saved(t, m)
	tries, every := 150, 25
	if *long {
		tries, every = 5000, 1
	}
	f := copied(t, data)
	head := slices.IndexFunc(f.Blobs, func(b container.Blob) bool { return b.Name == blobModel })
	whole := f.Blobs[head].Data
	r := rng.New(1, rng.Mock, 0)
	for i := range tries {
		header := slices.Clone(whole)
		at := r.Intn(len(header))
		header[at] = `0123456789-.,:"{}[]etnl`[r.Intn(23)]
		f.Blobs[head].Data = header
		require.NotPanics(t, func() {
			m, err := Load(f)
			if err != nil {
				require.ErrorIs(t, err, container.ErrDamaged)
				return
			}
			if i%every == 0 {
				_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 1})
			}
		}, "byte %d of the header: %q", at, header[max(at-40, 0):min(at+40, len(header))])
	}
}

func TestDamagedParts(t *testing.T) {
	_, m := shared(t)
	data := saved(t, m)
	change := func(do func(h *header)) func(f *container.File) {
		return func(f *container.File) {
			i := slices.IndexFunc(f.Blobs, func(b container.Blob) bool { return b.Name == blobModel })
			var h header
			require.NoError(t, json.Unmarshal(f.Blobs[i].Data, &h))
			do(&h)
			var err error
			f.Blobs[i].Data, err = json.Marshal(h)
			require.NoError(t, err)
		}
	}
	for name, damage := range map[string]func(f *container.File){
		"nothing":         func(f *container.File) { f.Blobs = nil },
		"no weights":      func(f *container.File) { f.Blobs = f.Blobs[:1] },
		"one missing":     func(f *container.File) { f.Blobs = f.Blobs[:len(f.Blobs)-1] },
		"short":           func(f *container.File) { b := &f.Blobs[2]; b.Data = b.Data[:len(b.Data)-4] },
		"odd":             func(f *container.File) { b := &f.Blobs[2]; b.Data = b.Data[:len(b.Data)-1] },
		"not a number":    func(f *container.File) { copy(f.Blobs[2].Data, []byte{0, 0, 0xc0, 0x7f}) },
		"preset":          change(func(h *header) { h.Settings.Preset = "x" }),
		"other preset":    change(func(h *header) { h.Settings.Preset = realTabFormer }),
		"batch":           change(func(h *header) { h.Settings.Batch = -1 }),
		"temperature":     change(func(h *header) { h.Settings.Temperature = -1 }),
		"encoder":         change(func(h *header) { h.Encoder = nil }),
		"layers":          change(func(h *header) { h.Config.Layers = 1 << 40 }),
		"no layers":       change(func(h *header) { h.Config.Layers = 0 }),
		"heads":           change(func(h *header) { h.Config.Heads = 0 }),
		"more heads":      change(func(h *header) { h.Config.Heads = 7 }),
		"width":           change(func(h *header) { h.Config.Width = -64 }),
		"vocabulary":      change(func(h *header) { h.Config.Vocab = 1 << 50 }),
		"positions":       change(func(h *header) { h.Config.Positions = 1 << 50 }),
		"few positions":   change(func(h *header) { h.Config.Positions = 3 }),
		"epsilon":         change(func(h *header) { h.Config.Epsilon = -1 }),
		"end":             change(func(h *header) { h.End = 1 << 30 }),
		"end below":       change(func(h *header) { h.End = -1 }),
		"merge":           change(func(h *header) { h.Merges[0] = [2]int32{1 << 30, 0} }),
		"merge below":     change(func(h *header) { h.Merges[0] = [2]int32{-1, 0} }),
		"twice":           change(func(h *header) { h.Tokens[1] = h.Tokens[0] }),
		"empty token":     change(func(h *header) { h.Tokens[5] = nil }),
		"fewer tokens":    change(func(h *header) { h.Tokens = h.Tokens[:100] }),
		"adapter":         change(func(h *header) { h.Adapter = adapter(4) }),
		"adapter of none": change(func(h *header) { h.Adapter = adapter(0) }),
		"adapter below":   change(func(h *header) { h.Adapter = adapter(-4) }),
		"large adapter":   change(func(h *header) { h.Adapter = adapter(1 << 50) }),
	} {
		f := copied(t, data)
		damage(f)
		require.NotPanics(t, func() {
			_, err := Load(f)
			require.ErrorIs(t, err, container.ErrDamaged, name)
		}, name)
	}
}

func adapter(rank int) *hf.Adapter { return &hf.Adapter{Rank: rank, Scale: 1} }
