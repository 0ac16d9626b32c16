package great

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/nn"
	"example.org/cohort/table/encode"
	"example.org/cohort/tokenizer"
	"example.org/cohort/transformer"
	"example.org/cohort/transformer/hf"
)

// header is the JSON form of a model; weights and the vocabulary lie in blobs of their own.
type header struct {
	Settings       settings
	Rows           int
	Held           float64
	Planned, Steps int64
	Encoder        *encode.Encoder
	Config         transformer.Config
	Tokens         [][]byte // of the vocabulary; none for preset realtabformer
	Merges         [][2]int32
	End            int32
	Adapter        *hf.Adapter // without tensors; nil: none
}

// The names of the blobs. Tensors have their own behind them.
const (
	blobModel   = "great"
	blobWeights = "great/weights/"
	blobAdapter = "great/adapter/"
)

// Save adds the model to f as blobs; Kind and Header of f are the caller's.
func (m *Model) Save(f *container.File) error {
	h := header{Settings: m.set, Rows: m.rows, Held: m.held, Planned: m.report.Planned, Steps: m.report.Steps, Encoder: m.enc, Config: m.net.Config}
	if m.tok != nil {
		tokens, merges := m.tok.Vocabulary()
		for _, t := range tokens {
			h.Tokens = append(h.Tokens, []byte(t))
		}
		h.Merges, h.End = merges, m.s.g.words.end
	}
	if a := m.net.Adapter(); a != nil {
		h.Adapter = &hf.Adapter{Rank: a.Rank, Scale: a.Scale, Dropout: a.Dropout}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("great: save: %w", err)
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobModel, Data: head})
	put := func(prefix string, p *nn.Params) {
		for _, s := range p.Save() {
			f.Blobs = append(f.Blobs, container.Blob{Name: prefix + s.Name, Floats: s.Data})
		}
	}
	put(blobWeights, m.net.Params)
	if m.net.Adapters != nil {
		put(blobAdapter, m.net.Adapters)
	}
	return nil
}

func damaged(what string) error { return fmt.Errorf("great: %w: %s", container.ErrDamaged, what) }

// Load reads what Save added. Its errors wrap [container.ErrDamaged].
func Load(f *container.File) (*Model, error) {
	data, ok := f.Blob(blobModel)
	if !ok {
		return nil, damaged("it holds no model of this kind")
	}
	var h header
	if err := json.Unmarshal(data, &h); err != nil || h.Encoder == nil {
		return nil, damaged("its header is not what this program writes")
	}
	if _, ok := presets[h.Settings.Preset]; !ok || h.Settings.Batch < 1 || !(h.Settings.Temperature > 0) || h.Settings.TopK < 0 || h.Rows < 0 {
		return nil, damaged("its settings are out of range")
	}
	m := &Model{set: h.Settings, enc: h.Encoder, rows: h.Rows, held: h.Held, report: run.Report{Planned: h.Planned, Steps: h.Steps}}
	if err := m.loadTokens(&h); err != nil {
		return nil, err
	}
	return m, m.loadNetwork(f, &h)
}

// loadTokens reads the vocabulary and makes what follows from it.
func (m *Model) loadTokens(h *header) error {
	if (m.set.Preset == realTabFormer) != (len(h.Tokens) == 0) {
		return damaged("its vocabulary is not that of its preset")
	}
	if len(h.Tokens) > 0 {
		tokens := make([]string, len(h.Tokens))
		for i, t := range h.Tokens {
			tokens[i] = string(t)
		}
		var err error
		if m.tok, err = tokenizer.New(tokens, h.Merges); err != nil {
			return damaged("its vocabulary does not hold together")
		}
		if h.End < 0 || int(h.End) >= len(tokens) {
			return damaged("the token that ends a row is not there")
		}
	}
	if m.arrange(h.End) != nil {
		return damaged("its columns and rules can't hold together")
	}
	return nil
}

// loadNetwork reads the weights. Room is made for as many numbers as the file has only.
func (m *Model) loadNetwork(f *container.File, h *header) error {
	size := m.size()
	if h.Config.Vocab < size || h.Config.Positions < m.longest {
		return damaged("its network does not fit its rows")
	}
	have := int64(0)
	for _, b := range f.Blobs {
		if strings.HasPrefix(b.Name, blobWeights) {
			have += int64(len(b.Data)) / 4
		}
	}
	if !(h.Config.Epsilon > 0) || h.Config.Layers < 1 || h.Config.Layers > mostLayers || h.Config.Parameters() != have {
		return damaged("its network has another size, or can't be")
	}
	var err error
	if m.net, err = transformer.New(h.Config, 0); err != nil {
		return damaged("its network can't be")
	}
	if err := get(f, blobWeights, m.net.Params); err != nil || h.Adapter == nil {
		return err
	}
	if m.net.Adapt(h.Adapter, 0) != nil {
		return damaged("its adapter can't be")
	}
	return get(f, blobAdapter, m.net.Adapters)
}

// mostLayers is more than any GPT-2 has.
const mostLayers = 1 << 10

// get fills parameters from blobs.
func get(f *container.File, prefix string, p *nn.Params) error {
	for _, s := range p.Save() {
		b, ok := f.Blob(prefix + s.Name)
		if !ok {
			return damaged("a tensor is missing")
		}
		v, err := container.Values[float32](b, len(s.Data))
		if err != nil {
			return err
		}
		for _, x := range v {
			if x-x != 0 {
				return damaged("a weight is not a number")
			}
		}
		copy(s.Data, v)
	}
	p.Changed()
	return nil
}

// Export writes a folder that transformers loads: weights, an adapter merged into them, and the vocabulary. The errors are those of
// [transformer.Model.Write] and of files. Preset realtabformer has no vocabulary of text, and gets none.
func (m *Model) Export(dir string) error {
	if err := m.net.Write(dir); err != nil {
		return err
	}
	if m.tok == nil {
		return nil
	}
	files, err := tokenizerFiles(m.tok)
	if err != nil {
		return fmt.Errorf("great: export: %w", err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return fmt.Errorf("great: export: %w", err)
		}
	}
	return nil
}

// tokenizerFiles are a vocabulary as transformers reads it: phrases are added tokens, which it cuts text into first.
func tokenizerFiles(tok *tokenizer.Tokenizer) (map[string][]byte, error) {
	tokens, merges := tok.Vocabulary()
	n, added := len(tokens), map[string]int{}
	for ; n > 0; n-- {
		if text, special := tok.Token(int32(n - 1)); !special || text == endOfText {
			break
		}
		added[tokens[n-1]] = n - 1
	}
	plain, err := tokenizer.New(tokens[:n], merges)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	files["vocab.json"], files["merges.txt"] = plain.Files()
	if len(added) > 0 {
		if files["added_tokens.json"], err = json.Marshal(added); err != nil {
			return nil, err
		}
	}
	return files, nil
}
