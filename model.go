package cohort

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"example.org/cohort/internal/container"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

// Version is that of the module, of the command, and of the release notes that belong to them.
const Version = run.Version

// A Model writes rows. It holds no row of the table that it learned, never changes, and may be used by any number of
// goroutines.
type Model struct {
	gen  generator
	info Info
}

// Info tells how the model came about.
func (m *Model) Info() Info { return m.info }

// header is what a model file says about itself besides what the generator keeps: schema, kind and steps.
type header struct {
	Why     string
	Rows    int
	Protect int
	Seed    uint64
	Kernels string
	Version string
}

// Save writes the model. The format is data only: nothing in it is ever run. The same table, options and steps give the
// same bytes, so what ended learning (Info.StoppedBy) is not in the file, and Info.Kernels is one name for all that agree.
func (m *Model) Save(w io.Writer) error {
	i := &m.info
	head, err := json.Marshal(header{i.Why, i.Rows, i.Protect, i.Seed, kernels.Arithmetic(i.Kernels), i.Version})
	if err != nil {
		return &callError{"save", err}
	}
	f := &container.File{Kind: "model", Header: head}
	if err := m.gen.Save(f); err != nil {
		return &callError{"save", err}
	}
	if err := container.Write(w, f); err != nil {
		return &callError{"save", err}
	}
	return nil
}

// SaveFile saves to a temporary file beside path, syncs it and renames it.
func (m *Model) SaveFile(path string) error {
	return container.WriteAtomic(path, m.Save)
}

// Load reads what Save wrote. It checks magic, version, sizes and checksums first. A file that is damaged, or no model at
// all, is ErrDamaged, one of a later version ErrNewer, both inside a [*table.Error] with the code "model-damaged",
// "not-a-model" or "model-newer". Other errors are those of r.
func Load(r io.Reader) (*Model, error) {
	m, err := load(r)
	if err == nil {
		return m, nil
	}
	switch {
	case errors.Is(err, ErrNewer):
		err = &table.Error{Code: "model-newer", Reason: "the model is from a newer version of this program", Fix: "use that " +
			"version, or learn the table again", Err: err}
	case errors.Is(err, errNoModel):
		err = &table.Error{Code: "not-a-model", Reason: "this is no model", Fix: "learn a table first", Err: err}
	case errors.Is(err, ErrDamaged):
		err = &table.Error{Code: "model-damaged", Reason: "the model is damaged: part of it is missing or was changed",
			Fix: "copy it again from where it came, or learn the table again", Err: err}
	}
	return nil, &callError{"load", err}
}

func load(r io.Reader) (*Model, error) {
	f, err := container.Read(r)
	if err != nil {
		return nil, err
	}
	if f.Kind != "model" {
		return nil, errNoModel
	}
	var h header
	if json.Unmarshal(f.Header, &h) != nil || h.Rows < 1 {
		return nil, ErrDamaged
	}
	gen, err := loadGenerator(f)
	if err != nil {
		return nil, err
	}
	return newModel(gen, h), nil
}

// newModel puts together what the generator and the header know.
func newModel(gen generator, h header) *Model {
	done := gen.Report()
	m := &Model{gen: gen, info: Info{
		Kind:      gen.Kind(),
		Why:       h.Why,
		Schema:    gen.Schema(),
		Rows:      h.Rows,
		Protect:   h.Protect,
		Seed:      h.Seed,
		Planned:   done.Planned,
		Steps:     done.Steps,
		StoppedBy: done.StoppedBy,
		Kernels:   h.Kernels,
		Version:   h.Version,
	}}
	if m.info.StoppedBy == "" && done.Steps >= done.Planned {
		m.info.StoppedBy = "plan"
	}
	return m
}

// LoadFile is Load on a named file.
func LoadFile(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, during(context.Background(), "load", err)
	}
	defer f.Close()
	return Load(f)
}
