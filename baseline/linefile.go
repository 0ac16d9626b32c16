package baseline

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/container"
	"example.org/cohort/table/encode"
)

// fileLines is the JSON form of the lines of a model.
type fileLines struct {
	Lines  []*line
	Boosts []json.RawMessage // null: none
}

// putLines adds the lines of a model, if it has any: compressed JSON.
func putLines(f *container.File, lines []*line) error {
	if len(lines) == 0 {
		return nil
	}
	all := fileLines{Lines: lines}
	for _, l := range lines {
		text := bytes.NewBufferString("null")
		if l.Bend != nil {
			text.Reset()
			if err := l.Bend.boost.WriteJSON(text); err != nil {
				return err
			}
		}
		all.Boosts = append(all.Boosts, text.Bytes())
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(all); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	f.Blobs = append(f.Blobs, container.Blob{Name: blobLines, Data: out.Bytes()})
	return nil
}

// mostLines is the most bytes that the JSON of the lines has.
const mostLines = 1 << 29

// getLines reads the lines of a model, if it has any. What follows from the forests is left to linkLines.
func getLines(f *container.File, enc *encode.Encoder) ([]*line, error) {
	b, ok := f.Blob(blobLines)
	if !ok {
		return nil, nil
	}
	var all fileLines
	r := io.LimitReader(flate.NewReader(bytes.NewReader(b)), mostLines)
	if err := json.NewDecoder(r).Decode(&all); err != nil || len(all.Lines) != len(all.Boosts) {
		return nil, damaged("its lines are not what this program writes")
	}
	lines := all.Lines
	vars := enc.Vars()
	seen := map[int32]bool{}
	for i, l := range lines {
		if l == nil || l.V < 0 || int(l.V) >= len(vars) || seen[l.V] || !l.sound() {
			return nil, damaged("a line is out of range")
		}
		if l.Bend != nil {
			if l.Bend.boost, _ = ml.ReadBoost(bytes.NewReader(all.Boosts[i])); l.Bend.boost == nil {
				return nil, damaged("what is added to a line is not what this program writes")
			}
		}
		seen[l.V] = true
		l.place(i, len(lines), len(vars))
	}
	return lines, nil
}

// sound tells whether the numbers of a line are of some line.
func (l *line) sound() bool {
	k := len(l.Share)
	if k < 1 || k > 1<<10 || len(l.Edges) != k+1 || len(l.Levels) > 1<<10 || !ascending(l.Edges) || !ascending(l.Levels) {
		return false
	}
	for _, x := range append([][]float64{l.Weights, l.Edges, l.Levels}, l.ranks()...) {
		if slices.ContainsFunc(x, func(x float64) bool { return !(math.Abs(x) < 1e9) }) {
			return false
		}
	}
	sum := 0.0
	for _, x := range l.Share {
		if !(x >= 0 && x <= 1) {
			return false
		}
		sum += x
	}
	return math.Abs(sum-1) < 1e-6
}

func ascending(x []float64) bool {
	for i := 1; i < len(x); i++ {
		if !(x[i] > x[i-1]) {
			return false
		}
	}
	return true
}

// linkLines gives the lines of a model what they ask, which the columns of its forests say.
func (m *Model) linkLines() error {
	for _, l := range m.lines {
		n, size := newLine(m.enc, m.trees[l.V].Columns, l.V)
		if n == nil || size != len(l.Weights) {
			return damaged("a line does not fit its column")
		}
		l.own, l.share, l.parts, l.leaves, l.terms = n.own, n.share, n.parts, n.leaves, n.terms
		if l.Bend != nil && !l.Bend.fits(l, m.enc.Vars()) {
			return damaged("what is added to a line does not fit it")
		}
	}
	return nil
}

// fits tells whether a bend takes the terms of a line and gives one number.
func (b *bend) fits(l *line, vars []encode.Var) bool {
	if len(b.Rank) != len(l.terms) || b.boost.Classes != 0 {
		return false
	}
	for k, t := range l.terms {
		if (b.Rank[k] == nil) != (t.ruler != nil) || t.ruler == nil && len(b.Rank[k]) != vars[t.v].Card+1 {
			return false
		}
	}
	_, err := b.boost.Margin(mat.NewDense(1, len(l.terms)+1, nil))
	return err == nil
}

func (l *line) ranks() [][]float64 {
	if l.Bend == nil {
		return nil
	}
	return l.Bend.Rank
}
