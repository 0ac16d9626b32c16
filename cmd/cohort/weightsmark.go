package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.org/cohort/transformer/hf"
)

// markWeights takes the hash of the folder of weights, for the manifest, and holds it against that of the run that is repeated.
func (m *making) markWeights() error {
	folder := m.o.weightsFolder
	if folder == "" {
		return nil
	}
	sum, err := weightsHash(m.ctx, os.DirFS(folder))
	if err != nil {
		return err
	}
	m.weights = &weightsMark{folder, sum}
	if m.replay != nil && m.replay.Weights != nil && m.replay.Weights.SHA256 != sum {
		p := fault("other-data", folder+" does not hold the weights that "+m.o.replay+" was made with: their content is another one.",
			"cohort make --replay "+quoteArg(m.o.replay)+" --weights THE-SAME-FOLDER")
		p.file = folder
		return p
	}
	return nil
}

// tokenizerFiles are the names that a tokenizer may lie under.
var tokenizerFiles = []string{"tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json", "encoder.json", "vocab.bpe"}

// weightsHash is the SHA-256 of the names, sizes and contents of all files that a model is read from, in the order of their names.
func weightsHash(ctx context.Context, files fs.FS) (string, error) {
	names := []string{"config.json"}
	for _, e := range hf.Inspect(files).Entries {
		names = append(names, e.File)
	}
	for _, name := range tokenizerFiles {
		if _, err := fs.Stat(files, name); err == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	sum := sha256.New()
	for _, name := range slices.Compact(names) {
		file, err := files.Open(name)
		if err != nil {
			return "", err
		}
		info, err := file.Stat()
		if err == nil {
			fmt.Fprintf(sum, "%s\x00%d\x00", name, info.Size())
			_, err = io.Copy(sum, contextReader{ctx, file})
		}
		file.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// findWeights looks for the folder of weights that a manifest names: where it was, and in the current folder.
func (m *manifest) findWeights(manifest string) (string, error) {
	path := filepath.FromSlash(m.Weights.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(manifest), path)
	}
	for _, p := range []string{path, filepath.Base(path)} {
		if exists(p) {
			return p, nil
		}
	}
	p := fault("no-such-file", "the folder of weights that "+manifest+" was made with is not where it was.",
		"cohort make --replay "+quoteArg(manifest)+" --weights THE-FOLDER")
	p.file = manifest
	return "", p
}
