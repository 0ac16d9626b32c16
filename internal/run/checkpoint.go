package run

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"example.org/cohort/internal/container"
)

// ErrOtherRun says that a checkpoint belongs to another table, to other options or to another build of the program, or is none.
var ErrOtherRun = errors.New("checkpoint belongs to another run")

const kind = "checkpoint"

// A mark is the header of a checkpoint. Its blobs are the job's.
type mark struct {
	Key     string          `json:"key"`
	Program string          `json:"program"`       // that wrote it
	Steps   int64           `json:"steps"`         // done
	Spent   time.Duration   `json:"spent"`         // so that a budget counts over all parts of a run
	Kind    string          `json:"kind"`          // of the job's file
	Job     json.RawMessage `json:"job,omitempty"` // its header
}

// resume continues from the checkpoint, if one is named and exists.
func (l *loop) resume() error {
	if l.Checkpoint == "" {
		return nil
	}
	file, err := os.Open(l.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	f, err := container.Read(file)
	if err != nil {
		return fmt.Errorf("run: checkpoint: %w", err)
	}
	if f.Kind != kind {
		return fmt.Errorf("run: %w: the file is of another kind", ErrOtherRun)
	}
	var m mark
	if json.Unmarshal(f.Header, &m) != nil {
		return fmt.Errorf("run: checkpoint: %w: its header is not what this program writes", container.ErrDamaged)
	}
	switch {
	case m.Key != hex.EncodeToString(l.Key[:]):
		return fmt.Errorf("run: %w: table or options differ", ErrOtherRun)
	case m.Program != Program():
		return fmt.Errorf("run: %w: another build of the program wrote it", ErrOtherRun)
	case m.Steps > l.total:
		return fmt.Errorf("run: %w: it has done %d steps, and %d are asked", ErrOtherRun, m.Steps, l.total)
	}
	if err := l.Load(&container.File{Kind: m.Kind, Header: m.Job, Blobs: f.Blobs}); err != nil {
		return fmt.Errorf("run: checkpoint: %w", err)
	}
	l.done, l.before = m.Steps, m.Spent
	return nil
}

// save writes the checkpoint and puts the next one off by fifty times what this one took, if that is longer than Every.
func (l *loop) save() error {
	if l.Checkpoint == "" {
		return nil
	}
	began := time.Now()
	f, err := l.Save()
	if err != nil {
		return fmt.Errorf("run: checkpoint: %w", err)
	}
	header, err := json.Marshal(mark{hex.EncodeToString(l.Key[:]), Program(), l.done, l.spent(), f.Kind, f.Header})
	if err != nil {
		return err
	}
	f = &container.File{Kind: kind, Header: header, Blobs: f.Blobs}
	err = container.WriteAtomic(l.Checkpoint, func(w io.Writer) error { return container.Write(w, f) })
	if err != nil {
		return fmt.Errorf("run: checkpoint: %w", err)
	}
	l.nextSave = time.Now().Add(max(l.Every, saveShare*time.Since(began)))
	return nil
}

// cancelled writes a last checkpoint and gives the context's error, and the checkpoint's if that failed.
func (l *loop) cancelled() error {
	if l.done == 0 {
		return l.ctx.Err()
	}
	if err := l.save(); err != nil {
		return errors.Join(l.ctx.Err(), err)
	}
	return l.ctx.Err()
}

func (l *loop) removeCheckpoint() error {
	if l.Checkpoint == "" {
		return nil
	}
	if err := os.Remove(l.Checkpoint); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
