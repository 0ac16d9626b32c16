package ctgan

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
)

// storedModels are one of each kind, small.
func storedModels(t testing.TB) map[string]*Model {
	tab := readTable(t, school(220, 1), schoolRules...)
	peers := smallTable(t, 150)
	tv := quick(20)
	tv.Model = kindTVAE
	judged := fitPreset(t, tab, quick(20))
	if len(judged.judges) == 0 { // so short a run may have taught it nothing
		j := newJudge(judged)
		j.params.Init(1)
		judged.judges = append(judged.judges, j)
	}
	s, c := tiny(sdv), tiny(synthcity)
	s.Steps, c.Steps = 3, 3
	return map[string]*Model{"plus": judged, "tvae": fitPreset(t, tab, tv), sdv: fitPreset(t, peers, s), synthcity: fitPreset(t, peers, c)}
}

func kindsOf(m map[string]*Model) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// What is stored and loaded again writes the same rows, and is stored as the same bytes.
func TestStored(t *testing.T) {
	slow(t)
	models := storedModels(t)
	for _, name := range kindsOf(models) {
		m := models[name]
		var b bytes.Buffer
		require.NoError(t, container.Write(&b, fileOf(t, m)))
		f, err := container.Read(&b)
		require.NoError(t, err)
		again, err := Load(f)
		require.NoError(t, err, name)
		require.Equal(t, m.Kind(), again.Kind())
		require.Equal(t, m.Report().Steps, again.Report().Steps)
		require.True(t, bytes.Equal(savedBytes(t, m), savedBytes(t, again)), name)
		opts := []SampleOptions{{Rows: 60, Seed: 1}, {First: 7, Rows: 20, Seed: 1}}
		if !m.set.peer() {
			require.NotEmpty(t, m.later)
			opts = append(opts, SampleOptions{Rows: 20, Where: []table.Cond{table.Is("Age group", "old")}}, SampleOptions{Rows: 20, Balance: "House", Temperature: 2})
		}
		for _, o := range opts {
			require.Equal(t, cellsOf(sampleRows(t, m, o)), cellsOf(sampleRows(t, again, o)), name)
		}
	}
}

func copyOf(f *container.File) *container.File {
	out := &container.File{Kind: f.Kind}
	for _, b := range f.Blobs {
		out.Blobs = append(out.Blobs, container.Blob{Name: b.Name, Data: bytes.Clone(b.Data)})
	}
	return out
}

// useDamaged loads a model that may be damaged, and uses what was loaded: an error is allowed then, a panic is not.
func useDamaged(t testing.TB, f *container.File) (loaded bool) {
	m, err := Load(f)
	if err != nil {
		require.ErrorIs(t, err, container.ErrDamaged)
		return false
	}
	_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 3})
	_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 2, Temperature: 2, Where: []table.Cond{table.Is("Age group", "old")}, Balance: "House"})
	_, _, _ = m.Sample(context.Background(), SampleOptions{Rows: 2, Where: []table.Cond{table.Is("sex", "F")}})
	return true
}

// What Load takes can be used; what it refuses is called damaged. Nothing panics.
func TestLoadDamaged(t *testing.T) {
	slow(t)
	models := storedModels(t)
	tries := 250
	for _, name := range kindsOf(models) {
		good := fileOf(t, models[name])
		refused := 0
		for try := range tries {
			r := rng.New(uint64(try), rng.Demo, 1)
			bad := copyOf(good)
			b := &bad.Blobs[r.Intn(len(bad.Blobs))]
			if r.Intn(2) == 0 {
				b = &bad.Blobs[slices.IndexFunc(bad.Blobs, func(b container.Blob) bool { return b.Name == blobModel })]
			}
			switch r.Intn(4) {
			case 0:
				b.Data = b.Data[:r.Intn(len(b.Data))]
			case 1:
				b.Data = append(b.Data, byte(r.Uint32()))
			case 2:
				b.Data[r.Intn(len(b.Data))] ^= 1 << r.Intn(8)
			default: // another digit, which is still JSON
				at := r.Intn(len(b.Data))
				for range len(b.Data) {
					if c := b.Data[at]; c >= '0' && c <= '9' {
						b.Data[at] = byte('0' + r.Intn(10))
						break
					}
					at = (at + 1) % len(b.Data)
				}
			}
			if !useDamaged(t, bad) {
				refused++
			}
		}
		t.Logf("%s: %d of %d refused", name, refused, tries)
		require.Greater(t, refused, tries/4)
		for i := range good.Blobs {
			bad := &container.File{Blobs: slices.Delete(slices.Clone(good.Blobs), i, i+1)}
			require.False(t, useDamaged(t, bad), "%s without %s", name, good.Blobs[i].Name)
		}
	}
	_, err := Load(&container.File{})
	require.ErrorIs(t, err, container.ErrDamaged)
}

// edited is a stored model with another header.
func edited(t *testing.T, m *Model, change func(h *header)) *container.File {
	f := copyOf(fileOf(t, m))
	b := &f.Blobs[slices.IndexFunc(f.Blobs, func(b container.Blob) bool { return b.Name == blobModel })]
	var h header
	require.NoError(t, json.Unmarshal(b.Data, &h))
	change(&h)
	var err error
	b.Data, err = json.Marshal(h)
	require.NoError(t, err)
	return f
}

// Headers that are JSON, and still no model of ours, are damaged: settings, relations and columns out of range.
func TestLoadRefusesHeaders(t *testing.T) {
	models := storedModels(t)
	p, s, c := models["plus"], models[sdv], models[synthcity]
	require.True(t, slices.ContainsFunc(p.follows, func(d dependence) bool { return d.To != nil }))
	require.NotEmpty(t, p.tilt.Pairs)
	at := slices.IndexFunc(p.follows, func(d dependence) bool { return d.To != nil })
	mixed := slices.IndexFunc(c.coder.Columns, func(x peerColumn) bool { return x.Mix != nil && x.Labels != nil })
	plain := slices.IndexFunc(s.coder.Columns, func(x peerColumn) bool { return x.Mix != nil })
	require.True(t, mixed >= 0 && plain >= 0)
	for name, x := range map[string]struct {
		m      *Model
		change func(h *header)
	}{
		"preset":    {p, func(h *header) { h.Settings.Preset = "minus" }},
		"model":     {p, func(h *header) { h.Settings.Model = "forest" }},
		"plain":     {p, func(h *header) { h.Settings.Plain = true }},
		"not plain": {models["tvae"], func(h *header) { h.Settings.Plain = false }},
		"huge":      {p, func(h *header) { h.Settings.Gen = []int{1 << 20, 1 << 20} }},
		"large":     {p, func(h *header) { h.Settings.Gen, h.Settings.Batch = []int{1 << 15, 1 << 15}, 2 }},
		"ruled": {p, func(h *header) {
			for v, x := range h.Encoder.Vars() {
				if h.Encoder.Schema().Columns[x.Col].Name == "Low" {
					h.Follows[v] = dependence{0, make([]int32, h.Encoder.Vars()[0].Card)}
				}
			}
		}},
		"deep":               {p, func(h *header) { h.Settings.Gen = []int{9, 9, 9, 9, 9, 9, 9} }},
		"batch":              {s, func(h *header) { h.Settings.Batch = 1 << 20 }},
		"noise":              {p, func(h *header) { h.Settings.Z = 0 }},
		"deviation":          {p, func(h *header) { h.Settings.NoiseSD = -1 }},
		"itself":             {p, func(h *header) { h.Follows[at].From = at }},
		"nobody":             {p, func(h *header) { h.Follows[at].From = 99 }},
		"below":              {p, func(h *header) { h.Follows[at].From = -1 }},
		"code":               {p, func(h *header) { h.Follows[at].To[0] = 99 }},
		"codes":              {p, func(h *header) { h.Follows[at].To = h.Follows[at].To[1:] }},
		"fewer":              {p, func(h *header) { h.Follows = h.Follows[1:] }},
		"asks":               {p, func(h *header) { h.Asks[0][0] = -1 }},
		"asks fall":          {p, func(h *header) { h.Asks[0][0] = 1e9 }},
		"no asks":            {p, func(h *header) { h.Asks = nil }},
		"pair":               {p, func(h *header) { h.Tilt[0][1] = 99 }},
		"more pairs":         {p, func(h *header) { h.Tilt = append(h.Tilt, [2]int{0, 1}) }},
		"judges":             {p, func(h *header) { h.Judges = append(h.Judges, 1) }},
		"a peer with judges": {s, func(h *header) { h.Judges = append(h.Judges, 1) }},
		"no coder":           {s, func(h *header) { h.Coder = nil }},
		"a column less":      {s, func(h *header) { h.Coder.Columns = h.Coder.Columns[1:] }},
		"column":             {s, func(h *header) { h.Coder.Columns[0].Col = 1 }},
		"label":              {s, func(h *header) { h.Coder.Columns[0].Labels[0] = 99 }},
		"no label":           {s, func(h *header) { h.Coder.Columns[0].Labels = nil }},
		"slot":               {s, func(h *header) { h.Coder.Columns[plain].Slots[0] = 99 }},
		"no slot":            {s, func(h *header) { h.Coder.Columns[plain].Slots = nil }},
		"range":              {c, func(h *header) { h.Coder.Columns[mixed].High = 99 }},
		"empty range":        {c, func(h *header) { h.Coder.Columns[mixed].Low = h.Coder.Columns[mixed].High + 1 }},
		"sampled":            {c, func(h *header) { h.Coder.Columns[mixed].Sampled = true }},
	} {
		require.False(t, useDamaged(t, edited(t, x.m, x.change)), name)
	}
	require.True(t, useDamaged(t, edited(t, p, func(*header) {})))

	spoil := func(prefix, suffix string, v float32) *container.File {
		f := copyOf(fileOf(t, p))
		i := slices.IndexFunc(f.Blobs, func(b container.Blob) bool {
			return strings.HasPrefix(b.Name, prefix) && strings.HasSuffix(b.Name, suffix)
		})
		require.GreaterOrEqual(t, i, 0, prefix+suffix)
		copy(f.Blobs[i].Data, container.Bytes([]float32{v}))
		return f
	}
	nan := float32(math.NaN())
	for _, f := range []*container.File{
		spoil(blobGenerator, "norm.variance", -1), spoil(blobGenerator, "linear.weight", nan), spoil(blobJudge, "weight", nan),
		spoil(blobTilt, "0", 100), spoil(blobTilt, "0", nan), spoil(blobLater, "", -1), spoil(blobLater, "", nan),
	} {
		require.False(t, useDamaged(t, f))
	}
	require.True(t, useDamaged(t, spoil(blobGenerator, "linear.weight", math.MaxFloat32)), "a large weight is one")
}

func FuzzLoad(f *testing.F) {
	models := storedModels(f)
	var files []*container.File
	for _, name := range kindsOf(models) {
		files = append(files, fileOf(f, models[name]))
	}
	f.Add(uint8(0), uint8(0), uint32(3), []byte{1})
	f.Add(uint8(1), uint8(0), uint32(90), []byte("0"))
	f.Add(uint8(2), uint8(0), uint32(300), []byte("9"))
	f.Add(uint8(3), uint8(4), uint32(9), []byte{0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, which, blob uint8, at uint32, data []byte) {
		bad := copyOf(files[int(which)%len(files)])
		b := &bad.Blobs[int(blob)%len(bad.Blobs)]
		if len(b.Data) > 0 {
			copy(b.Data[int(at)%len(b.Data):], data)
		}
		useDamaged(t, bad)
	})
}
