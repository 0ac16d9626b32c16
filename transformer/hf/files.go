package hf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Names of files, as transformers and PEFT write them.
const (
	configName     = "config.json"
	weightsName    = "model.safetensors"
	torchName      = "pytorch_model.bin"
	indexSuffix    = ".index.json"
	generationName = "generation_config.json"

	adapterConfigName  = "adapter_config.json"
	adapterWeightsName = "adapter_model.safetensors"
	adapterTorchName   = "adapter_model.bin"
)

// mostIndex is the most bytes of the list of shards; GPT-2 XL would have 50 KB.
const mostIndex = 16 << 20

// weights are the tensors of one file, or of all shards of a model. The files stay open.
type weights struct {
	format  string
	tensors []stored
	files   []io.Closer
	bytes   int64 // of all files
}

func (w *weights) close() error {
	var err error
	for _, f := range w.files {
		err = errors.Join(err, f.Close())
	}
	w.files = nil
	return err
}

// openWeights opens the first of the named files that is there, or its shards. On an error nothing stays open.
func openWeights(fsys fs.FS, names ...string) (*weights, error) {
	for _, name := range names {
		for _, sharded := range []bool{false, true} {
			file := name
			if sharded {
				file += indexSuffix
			}
			if _, err := fs.Stat(fsys, file); errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("hf: %w", err)
			}
			w := &weights{}
			var err error
			if sharded {
				err = w.addShards(fsys, file)
			} else {
				err = w.add(fsys, file)
			}
			if err != nil {
				return nil, errors.Join(err, w.close())
			}
			return w, nil
		}
	}
	return nil, fmt.Errorf("hf: no weights here, neither %s nor in shards (%s%s): %w", strings.Join(names, " nor "), names[0], indexSuffix, fs.ErrNotExist)
}

// add opens a file and appends its tensors.
func (w *weights) add(fsys fs.FS, name string) error {
	f, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("hf: %w", err)
	}
	w.files = append(w.files, f)
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("hf: %w", err)
	}
	src, ok := f.(io.ReaderAt)
	if !ok || !info.Mode().IsRegular() {
		return fmt.Errorf("hf: %s can't be read from any place on; give a folder on a disk", name)
	}
	var tensors []stored
	if strings.HasSuffix(name, ".safetensors") {
		w.format = "safetensors"
		tensors, err = readSafetensors(src, info.Size())
	} else {
		tensors, w.format, err = readTorch(src, info.Size())
	}
	if err != nil {
		return fmt.Errorf("hf: %s: %w", name, err)
	}
	for i := range tensors {
		tensors[i].File = name
	}
	w.bytes += info.Size()
	w.tensors = append(w.tensors, tensors...)
	return nil
}

// addShards reads the list of shards and opens them. Each tensor must lie in the shard that the list names.
func (w *weights) addShards(fsys fs.FS, index string) error {
	b, err := readSmall(fsys, index, mostIndex)
	if err != nil {
		return err
	}
	where, err := parseIndex(b)
	if err != nil {
		return fmt.Errorf("hf: %s: %w", index, err)
	}
	var shards []string
	for _, file := range where {
		if !slices.Contains(shards, file) {
			shards = append(shards, file)
		}
		if len(shards) > 1000 {
			return fmt.Errorf("hf: %s: it names more than 1000 files", index)
		}
	}
	slices.Sort(shards)
	for _, file := range shards {
		if strings.ContainsAny(file, `/\:`) || !fs.ValidPath(file) || file == "." || strings.HasSuffix(file, ".safetensors") != strings.HasSuffix(index, ".safetensors"+indexSuffix) {
			return fmt.Errorf("hf: %s: it names the file %s; a shard lies beside it and has the same ending", index, quote(file))
		}
		if err := w.add(fsys, file); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for _, t := range w.tensors {
		if where[t.Name] != t.File || seen[t.Name] {
			return fmt.Errorf("hf: %s: tensor %s is in %s, and the list says %s", index, quote(t.Name), t.File, quote(where[t.Name]))
		}
		seen[t.Name] = true
	}
	for name, file := range where {
		if !seen[name] {
			return fmt.Errorf("hf: %s: tensor %s is not in %s, where the list says", index, quote(name), file)
		}
	}
	w.format += fmt.Sprintf(", %d shards", len(shards))
	return nil
}

// parseIndex gives the file of each tensor.
func parseIndex(b []byte) (map[string]string, error) {
	var where map[string]string
	err := members(b, func(name string, d *json.Decoder) error {
		var value json.RawMessage
		if err := d.Decode(&value); err != nil || name != "weight_map" {
			return err
		}
		where = map[string]string{}
		return members(value, func(tensor string, d *json.Decoder) error {
			if len(where) == mostTensors {
				return fmt.Errorf("it has more than %d tensors", mostTensors)
			}
			var file string
			err := d.Decode(&file)
			where[tensor] = file
			return err
		})
	})
	if err == nil && len(where) == 0 {
		err = errors.New("it has no weight_map")
	}
	return where, err
}

// readSmall reads a whole file of at most most bytes.
func readSmall(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("hf: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("hf: %s: %w", name, err)
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("hf: %s: it has more than %d bytes", name, most)
	}
	return b, nil
}
