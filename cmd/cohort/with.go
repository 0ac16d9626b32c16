package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"example.org/cohort"
)

// besideWith gives the first of the options of a verb that was given and does not go together with --with, as it is about learning; or "".
func (o *options) besideWith(all, together string) string {
	for _, name := range strings.Fields(all) {
		if !slices.Contains(strings.Fields(together), name) && o.has(name) {
			return name
		}
	}
	return ""
}

// loadModel reads the model of --with.
func (w *work) loadModel() error {
	s, err := w.a.open(w.o.withModel)
	if err != nil {
		return err
	}
	defer s.Close()
	if !s.model && !strings.EqualFold(filepath.Ext(w.o.withModel), ".cohort") {
		do := "cohort fit " + quoteArg(w.o.withModel)
		if w.o.verb == "fill" {
			do += " --model great"
		}
		p := fault("not-a-model", w.o.withModel+` is a table, not a model. "`+w.o.verb+`" takes the table first, and the model behind --with.`,
			do+"     (makes a model of it)")
		p.file = w.o.withModel
		return p
	}
	sum := sha256.New()
	n := &countWriter{w: sum}
	r := io.TeeReader(contextReader{w.ctx, s.Reader}, n)
	if w.model, err = cohort.Load(r); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	w.with = dataMark{Path: w.o.withModel, SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n.n, Rows: w.model.Info().Rows}
	return nil
}

// readAsModel reads the table with the columns of the model. Values that the model does not know are read all the same.
func (w *work) readAsModel() error {
	m := w.meter("Reading", "read", 0)
	s, err := w.a.open(w.file)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.model {
		return fault("not-a-table", s.name+` is a model, not a table. "`+w.o.verb+`" takes a table.`,
			"cohort "+w.o.verb+" FILE --with "+quoteArg(s.name))
	}
	opt, err := w.a.readOptions(w.o)
	if err != nil {
		return err
	}
	opt.Warn = w.a.warn
	sum := sha256.New()
	n := &countWriter{w: sum}
	r := io.TeeReader(contextReader{w.ctx, s}, n)
	if w.table, err = readLike(&countingReader{r: r, size: s.size, m: m}, w.model.Info().Schema, opt); err != nil {
		return err
	}
	w.data = dataMark{Path: w.file, SHA256: hex.EncodeToString(sum.Sum(nil)), Bytes: n.n, Rows: w.table.Rows()}
	return nil
}
