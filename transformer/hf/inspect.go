package hf

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// A Report describes a model folder, sound or not.
type Report struct {
	Config     *Config // nil if it could not be read
	Format     string  // of the weights: "safetensors", "PyTorch, zip", "PyTorch, stream of before 1.6", with the number of shards
	Bytes      int64   // of the weights' files
	Entries    []Entry // all tensors of the files, in their order
	Ignored    []string
	Parameters int64 // values that the configuration asks for, a tied head counted once
	Warnings   []string
	Problems   []string // why the folder can't be used; none if it can
}

// Inspect describes a folder as far as it can be read. It reads no values except those that [Open] reads.
func Inspect(fsys fs.FS) *Report {
	r := &Report{}
	c, err := readConfig(fsys)
	if err == nil {
		r.Config, r.Parameters = &c, c.Parameters()
	} else {
		r.problem(err)
	}
	f, err := openFolder(fsys, c)
	if err != nil {
		r.problem(err)
		return r
	}
	defer f.Close()
	r.Format, r.Bytes = f.weights.format, f.weights.bytes
	for _, s := range f.weights.tensors {
		r.Entries = append(r.Entries, s.Entry)
	}
	if r.Config == nil {
		return r
	}
	var mismatch *MismatchError
	if err := f.match(); errors.As(err, &mismatch) {
		r.Problems = append(r.Problems, mismatch.problems()...)
	} else if err != nil {
		r.problem(err)
	}
	*r.Config, r.Parameters = f.Config, f.Config.Parameters()
	r.Ignored, r.Warnings = f.ignored, f.Warnings
	return r
}

func (r *Report) problem(err error) {
	r.Problems = append(r.Problems, strings.TrimPrefix(err.Error(), "hf: "))
}

// String is the report as text: the model, the file, each tensor with its type and shape (those of a layer that are alike in
// all layers once), and what is wrong.
func (r *Report) String() string {
	var b strings.Builder
	if c := r.Config; c != nil {
		head := "tied"
		if !c.Tied {
			head = "of its own"
		}
		fmt.Fprintf(&b, "model       gpt2: %d layers, %d heads, width %d, inner %d, %d positions, vocabulary %d, head %s\n",
			c.Layers, c.Heads, c.Width, c.Inner, c.Positions, c.Vocab, head)
		fmt.Fprintf(&b, "parameters  %d\n", r.Parameters)
	}
	if r.Format != "" {
		fmt.Fprintf(&b, "weights     %s, %d tensors, %d bytes\n", r.Format, len(r.Entries), r.Bytes)
	}
	for _, line := range layerLines(r.Entries) {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	if len(r.Ignored) > 0 {
		fmt.Fprintf(&b, "left out    %d masks of older versions\n", len(r.Ignored))
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning     %s\n", w)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "problem     %s\n", p)
	}
	if len(r.Problems) == 0 {
		b.WriteString("complete    every tensor is there and has its shape\n")
	}
	return b.String()
}

// layerLines has a line for each tensor; those that differ in nothing but the number of the layer share one, with their count.
func layerLines(entries []Entry) []string {
	var lines []string
	counts := map[string]int{}
	for _, e := range entries {
		parts := strings.Split(strings.Trim(quote(e.Name), `"`), ".")
		for i, p := range parts[:len(parts)-1] {
			if p == "h" {
				parts[i+1] = "*"
				break
			}
		}
		line := fmt.Sprintf("%-40s %-5s %v", strings.Join(parts, "."), e.DType, e.Shape)
		if counts[line]++; counts[line] == 1 {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		if n := counts[line]; n > 1 {
			lines[i] = fmt.Sprintf("%s, %d times", line, n)
		}
	}
	return lines
}
