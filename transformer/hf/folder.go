package hf

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

const (
	embedName = "wte.weight"
	headName  = "lm_head.weight"
)

// A Folder is an opened model folder. Its methods may be called from several goroutines, except Close.
type Folder struct {
	Config   Config   // Tied is as the weights are, which may differ from config.json; Warnings says so then
	Warnings []string // sentences

	weights *weights
	tensors map[string]stored // by their names in Config.Tensors
	ignored []string
}

// Open reads config.json and the list of tensors of model.safetensors or pytorch_model.bin, whole or in shards, the first
// that is there in the order of transformers. Of values it reads only lm_head.weight and wte.weight, where both are
// there, to see whether they are the same. Tensors that don't fit the configuration are a *[MismatchError]. Masks that older
// versions saved along (attn.bias, attn.masked_bias) are left out. os.DirFS gives a folder on the disk.
func Open(fsys fs.FS) (*Folder, error) {
	c, err := readConfig(fsys)
	if err != nil {
		return nil, err
	}
	f, err := openFolder(fsys, c)
	if err != nil {
		return nil, err
	}
	if err := f.match(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func openFolder(fsys fs.FS, c Config) (*Folder, error) {
	w, err := openWeights(fsys, weightsName, torchName)
	if err != nil {
		if _, e := fs.Stat(fsys, adapterConfigName); e == nil {
			return nil, fmt.Errorf("%w (there is %s: a LoRA adapter, which needs the folder of its model)", err, adapterConfigName)
		}
		return nil, err
	}
	return &Folder{Config: c, weights: w}, nil
}

// Close closes the files.
func (f *Folder) Close() error { return f.weights.close() }

// Read fills dst with the values of a tensor of f.Config.Tensors(), which must have as many. It panics if there is no tensor
// of that name or dst has another length.
func (f *Folder) Read(name string, dst []float32) error {
	s, ok := f.tensors[name]
	if !ok || s.len() != len(dst) {
		panic(fmt.Sprintf("hf: Read of %q, shape %v, into %d values", name, s.Shape, len(dst)))
	}
	if err := s.read(dst); err != nil {
		return fmt.Errorf("hf: %s: tensor %s: %w", s.File, quote(s.Name), err)
	}
	return nil
}

// Load reads all tensors, in the order of f.Config.Tensors(), into one block of memory.
func (f *Folder) Load() ([]Tensor, error) {
	all := make([]float32, f.Config.Parameters())
	out := f.Config.Tensors()
	for i := range out {
		n := out[i].Len()
		out[i].Data, all = all[:n:n], all[n:]
		if err := f.Read(out[i].Name, out[i].Data); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// match finds each tensor of the configuration among those of the files.
func (f *Folder) match() error {
	f.tensors = map[string]stored{}
	e := &MismatchError{}
	for _, s := range f.weights.tensors {
		name := canonical(s.Name)
		if isMask(name) {
			f.ignored = append(f.ignored, s.Name)
			continue
		}
		if _, twice := f.tensors[name]; twice {
			e.Wrong = append(e.Wrong, quote(name)+" comes twice, with and without a prefix")
		}
		f.tensors[name] = s
	}
	_, hasHead := f.tensors[headName]
	want := f.Config
	want.Tied = want.Tied && !hasHead
	for _, t := range want.Tensors() {
		s, ok := f.tensors[t.Name]
		if !ok {
			e.Missing = append(e.Missing, t.Name)
			continue
		}
		s, wrong := f.fit(s, t)
		if wrong != "" {
			e.Wrong = append(e.Wrong, wrong)
		}
		f.tensors[t.Name] = s
	}
	e.Unknown = f.unknown(want)
	if !e.empty() {
		return e
	}
	if n := want.Parameters(); n > f.weights.bytes {
		return fmt.Errorf("hf: the tensors have %d values in %d bytes: they share most of them, which no GPT-2 does", n, f.weights.bytes)
	}
	if f.Config.Tied && hasHead {
		return f.compareHead()
	}
	return nil
}

// fit checks one tensor against what the configuration says, and tells what is wrong. Rows beyond the vocabulary that only fill it
// up to a multiple of 64 are left out.
func (f *Folder) fit(s stored, t Tensor) (stored, string) {
	if s.stride != nil {
		if _, err := s.dimensions(); err != nil {
			return s, t.Name + ": " + err.Error()
		}
	}
	if !isFloat(s.DType) {
		return s, fmt.Sprintf("%s has type %s; weights have F32, F16, BF16 or F64", t.Name, s.DType)
	}
	if (t.Name == embedName || t.Name == headName) && len(s.Shape) == 2 && s.Shape[1] == t.Shape[1] {
		if more := s.Shape[0] - t.Shape[0]; more > 0 && more < 128 && s.Shape[0]%64 == 0 {
			f.Warnings = append(f.Warnings, fmt.Sprintf("%s has %d rows, %d more than vocab_size: taken as padding and left out", t.Name, s.Shape[0], more))
			return s.rows(0, t.Shape[0]), ""
		}
	}
	if !slices.Equal(s.Shape, t.Shape) {
		return s, fmt.Sprintf("%s is %v and should be %v", t.Name, s.Shape, t.Shape)
	}
	return s, ""
}

// unknown lists the tensors that the configuration does not have, sorted.
func (f *Folder) unknown(want Config) []string {
	known := map[string]bool{}
	for _, t := range want.Tensors() {
		known[t.Name] = true
	}
	var out []string
	for name := range f.tensors {
		if !known[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// compareHead drops a head that has the values of wte. One that has others stays, as in transformers 5.24.
func (f *Folder) compareHead() error {
	head, embed := f.tensors[headName], f.tensors[embedName]
	equal, err := sameValues(&head, &embed)
	if err != nil {
		return fmt.Errorf("hf: %s: %w", head.File, err)
	}
	if equal {
		delete(f.tensors, headName)
		return nil
	}
	f.Config.Tied = false
	f.Warnings = append(f.Warnings, "tie_word_embeddings is true, but lm_head.weight differs from wte.weight: both are taken as they are")
	return nil
}

// sameValues compares two tensors of one shape a few rows at a time.
func sameValues(a, b *stored) (bool, error) {
	if a.src == b.src && a.at == b.at && a.DType == b.DType && slices.Equal(a.stride, b.stride) {
		return true, nil
	}
	width := Tensor{Shape: a.Shape[1:]}.Len()
	step := max(1, 1<<22/width)
	va, vb := make([]float32, min(step, a.Shape[0])*width), make([]float32, min(step, a.Shape[0])*width)
	for from := 0; from < a.Shape[0]; from += step {
		to := min(from+step, a.Shape[0])
		ra, rb := a.rows(from, to), b.rows(from, to)
		va, vb := va[:ra.len()], vb[:rb.len()]
		if err := ra.read(va); err != nil {
			return false, err
		}
		if err := rb.read(vb); err != nil {
			return false, err
		}
		if !slices.Equal(va, vb) {
			return false, nil
		}
	}
	return true, nil
}

// canonical strips what wrappers add to a name and gives the old name of the head its present one.
func canonical(name string) string {
	for {
		short := name
		for _, prefix := range []string{"module.", "model.", "transformer."} {
			short = strings.TrimPrefix(short, prefix)
		}
		if short == name {
			break
		}
		name = short
	}
	if name == "lm_head.decoder.weight" {
		return headName
	}
	return name
}

// isMask tells whether a tensor is a constant of the code of older versions: the causal mask and the value that masks.
func isMask(name string) bool {
	return strings.HasPrefix(name, "h.") && (strings.HasSuffix(name, ".attn.bias") || strings.HasSuffix(name, ".attn.masked_bias"))
}

// A MismatchError lists everything in which the tensors of a folder differ from what its configuration asks for.
type MismatchError struct {
	Missing []string // names, in the order of the model
	Unknown []string // names, sorted
	Wrong   []string // sentences: a shape or a type that can't be
}

func (e *MismatchError) empty() bool { return len(e.Missing)+len(e.Unknown)+len(e.Wrong) == 0 }

// Error lists all of them.
func (e *MismatchError) Error() string {
	return "hf: the weights and the configuration don't belong together: " + strings.Join(e.problems(), "; ")
}

// problems are clauses, one for each list.
func (e *MismatchError) problems() []string {
	unknown := make([]string, len(e.Unknown))
	for i, name := range e.Unknown {
		unknown[i] = strings.Trim(quote(name), `"`)
	}
	var out []string
	for _, l := range []struct {
		text  string
		items []string
	}{{"missing", e.Missing}, {"not known", unknown}, {"wrong", e.Wrong}} {
		if len(l.items) > 0 {
			out = append(out, fmt.Sprintf("%d %s (%s)", len(l.items), l.text, strings.Join(l.items, ", ")))
		}
	}
	return out
}
