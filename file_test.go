package cohort_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"example.org/cohort"
	"example.org/cohort/internal/container"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// code of the *table.Error inside err.
func code(t testing.TB, err error) string {
	t.Helper()
	var bad *table.Error
	require.ErrorAs(t, err, &bad)
	return bad.Code
}

func TestDamagedFiles(t *testing.T) {
	actual := read(t, pupils(60, 40))
	for _, model := range generators {
		whole := file(t, fit(t, actual, cohort.Options{Model: model}))
		for i := range 50 {
			m, err := cohort.Load(bytes.NewReader(whole[:i*len(whole)/50]))
			require.Nil(t, m)
			require.ErrorIs(t, err, cohort.ErrDamaged)
		}
		for i := range 400 {
			bit := i * len(whole) * 8 / 400
			broken := bytes.Clone(whole)
			broken[bit/8] ^= 1 << (bit % 8)
			m, err := cohort.Load(bytes.NewReader(broken))
			require.Nil(t, m)
			require.True(t, errors.Is(err, cohort.ErrDamaged) || errors.Is(err, cohort.ErrNewer), "bit %d: %v", bit, err)
		}
		_, err := cohort.Load(bytes.NewReader(append(bytes.Clone(whole), 0)))
		require.ErrorIs(t, err, cohort.ErrDamaged)
	}
}

// Whoever makes a whole container of what no program wrote gets an error, too.
func TestForgedFiles(t *testing.T) {
	whole := file(t, fit(t, read(t, pupils(60, 41)), cohort.Options{}))
	f, err := container.Read(bytes.NewReader(whole))
	require.NoError(t, err)
	forge := func(change func(f *container.File)) error {
		forged := *f
		forged.Blobs = append([]container.Blob(nil), f.Blobs...)
		change(&forged)
		var b bytes.Buffer
		require.NoError(t, container.Write(&b, &forged))
		m, err := cohort.Load(&b)
		if err == nil {
			require.NotNil(t, m)
		}
		return err
	}
	require.ErrorIs(t, forge(func(f *container.File) { f.Blobs = nil }), cohort.ErrDamaged)
	require.ErrorIs(t, forge(func(f *container.File) { f.Header = []byte(`{}`) }), cohort.ErrDamaged)
	require.ErrorIs(t, forge(func(f *container.File) { f.Header = []byte(`[]`) }), cohort.ErrDamaged)
	other := forge(func(f *container.File) { f.Kind = "checkpoint" })
	require.ErrorIs(t, other, cohort.ErrDamaged)
	require.Equal(t, "not-a-model", code(t, other))
	for i := range f.Blobs {
		if len(f.Blobs[i].Data) > 0 {
			require.ErrorIs(t, forge(func(f *container.File) { f.Blobs[i].Data = nil }), cohort.ErrDamaged, f.Blobs[i].Name)
		}
		for at := 0; at < len(f.Blobs[i].Data); at += 1 + len(f.Blobs[i].Data)/40 {
			// A changed number may still make a model; it must not make a panic.
			_ = forge(func(f *container.File) {
				f.Blobs[i].Data = bytes.Clone(f.Blobs[i].Data)
				f.Blobs[i].Data[at] ^= 0x55
			})
		}
	}
}

func TestNewerFiles(t *testing.T) {
	whole := file(t, fit(t, read(t, pupils(40, 42)), cohort.Options{Model: "independent"}))
	newer := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(newer[8:], container.Version+1)
	binary.LittleEndian.PutUint32(newer[12:], crc32.ChecksumIEEE(newer[:12]))
	_, err := cohort.Load(bytes.NewReader(newer))
	require.ErrorIs(t, err, cohort.ErrNewer)
	require.Equal(t, "model-newer", code(t, err))
}

func TestNotAModel(t *testing.T) {
	for _, content := range []string{"", "a,b\n1,2\n", "PK\x03\x04"} {
		_, err := cohort.Load(bytes.NewReader([]byte(content)))
		require.ErrorIs(t, err, cohort.ErrDamaged)
		require.Contains(t, []string{"not-a-model", "model-damaged"}, code(t, err))
	}
	_, err := cohort.Load(iotest.ErrReader(os.ErrPermission))
	require.ErrorIs(t, err, os.ErrPermission)
	require.NotErrorIs(t, err, cohort.ErrDamaged)
}

// full takes so many bytes and then fails, as a disk does.
type full int

func (f *full) Write(b []byte) (int, error) {
	if *f -= full(len(b)); *f < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}

func TestSaveFile(t *testing.T) {
	m := fit(t, read(t, pupils(40, 43)), cohort.Options{})
	dir := t.TempDir()
	path := filepath.Join(dir, "pupils.cohort")
	require.NoError(t, m.SaveFile(path))
	loaded, err := cohort.LoadFile(path)
	require.NoError(t, err)
	require.Equal(t, m.Info(), loaded.Info())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
	_, err = cohort.LoadFile(filepath.Join(dir, "none.cohort"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Error(t, m.SaveFile(filepath.Join(dir, "none", "pupils.cohort")))
	size := len(file(t, m))
	for _, n := range []int{0, 1, 100, size / 2, size - 1} {
		room := full(n)
		require.ErrorContains(t, m.Save(&room), "cohort: save: ")
	}
}
