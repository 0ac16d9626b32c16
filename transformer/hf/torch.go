package hf

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The first pickle of the stream that torch wrote before 1.6 is this number. Source: torch 2.15, serialization.py, MAGIC_NUMBER.
const legacyMagic pickleLong = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

const legacyVersion = int64(1001)

// readTorch reads what torch.save wrote, and says in which format.
func readTorch(src io.ReaderAt, size int64) ([]stored, string, error) {
	var start [2]byte
	if err := readAt(src, start[:], 0); err != nil {
		return nil, "", errors.New("it is too short to be written by torch.save; copy it again")
	}
	switch {
	case string(start[:]) == "PK":
		tensors, err := readZip(src, size)
		return tensors, "PyTorch, zip", err
	case start[0] == 0x80:
		tensors, err := readLegacy(src, size)
		return tensors, "PyTorch, stream of before 1.6", err
	}
	return nil, "", errors.New("it is not written by torch.save of torch 0.1.10 or later; save the model as safetensors")
}

// readZip reads the format of torch from 1.6 on: in one folder of any name, data.pkl and data/KEY for each storage, none of them
// compressed.
func readZip(src io.ReaderAt, size int64) ([]stored, error) {
	z, err := zip.NewReader(&budget{src, mostContents}, size)
	if err != nil {
		return nil, fmt.Errorf("its list of contents can't be read (%w): it is cut off, or no zip of torch.save; copy it again", err)
	}
	files, top := map[string]*zip.File{}, ""
	for _, f := range z.File {
		if files[f.Name] != nil {
			return nil, fmt.Errorf("%s is in it twice", quote(f.Name))
		}
		files[f.Name] = f
		if folder, ok := strings.CutSuffix(f.Name, "/data.pkl"); ok && !strings.Contains(folder, "/") {
			if top != "" {
				return nil, errors.New("it holds more than one data.pkl")
			}
			top = folder + "/"
		}
	}
	if top == "" {
		return nil, errors.New("it is a zip without data.pkl, not written by torch.save")
	}
	if order := files[top+"byteorder"]; order != nil {
		b, err := zipBytes(src, size, order, 16)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(b, []byte("little")) {
			return nil, errors.New("its numbers are not little endian; save it on another computer")
		}
	}
	pkl, err := zipBytes(src, size, files[top+"data.pkl"], mostPickle)
	if err != nil {
		return nil, err
	}
	u := newUnpickler(bytes.NewReader(pkl))
	root, err := u.load()
	if err != nil {
		return nil, err
	}
	for key, s := range u.storages {
		f := files[top+"data/"+key]
		if f == nil {
			return nil, fmt.Errorf("storage %s is missing", quote(key))
		}
		at, n, err := zipPlace(size, f)
		if err != nil {
			return nil, err
		}
		if n != s.count*sizes[s.dtype] {
			return nil, fmt.Errorf("storage %s has %d bytes and should have %d", quote(key), n, s.count*sizes[s.dtype])
		}
		s.at = at
	}
	return stateDict(root, src)
}

// mostContents is what may be read of a zip besides its members, in bytes; 10,000 tensors take 2 MB.
const mostContents = 16 << 20

// A budget ends after some bytes, so that a list of contents can't fill the memory.
type budget struct {
	io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, fmt.Errorf("it has more than %d bytes", mostContents)
	}
	return b.ReaderAt.ReadAt(p, at)
}

// zipPlace tells where an uncompressed member lies in the file.
func zipPlace(size int64, f *zip.File) (at, n int64, err error) {
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
		return 0, 0, fmt.Errorf("%s is compressed, which torch.save never does", quote(f.Name))
	}
	at, err = f.DataOffset()
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", quote(f.Name), err)
	}
	if at < 0 || at > size || f.UncompressedSize64 > uint64(size-at) {
		return 0, 0, fmt.Errorf("%s reaches beyond the end of the file; copy it again", quote(f.Name))
	}
	return at, int64(f.UncompressedSize64), nil
}

// zipBytes reads a member of at most most bytes.
func zipBytes(src io.ReaderAt, size int64, f *zip.File, most int64) ([]byte, error) {
	at, n, err := zipPlace(size, f)
	if err != nil {
		return nil, err
	}
	if n > most {
		return nil, fmt.Errorf("%s has %d bytes; %d are the most", quote(f.Name), n, most)
	}
	b := make([]byte, n)
	return b, readAt(src, b, at)
}

// readLegacy reads the stream of torch before 1.6: pickles of a magic number, a version, facts about the computer, the object
// and the keys of its storages; then, for each key, the number of elements (int64) and the elements.
func readLegacy(src io.ReaderAt, size int64) ([]stored, error) {
	u := newUnpickler(io.NewSectionReader(src, 0, size))
	magic, err := u.load()
	if err != nil {
		return nil, err
	}
	if magic != legacyMagic {
		return nil, errors.New("it is a pickle that torch.save did not write")
	}
	version, err := u.load()
	if err != nil {
		return nil, err
	}
	if version != legacyVersion {
		return nil, errors.New("it is of a version of torch.save that is not known")
	}
	info, err := u.load()
	if err != nil {
		return nil, err
	}
	if d, ok := info.(*pickleDict); !ok || d.values["little_endian"] != true {
		return nil, errors.New("its numbers are not little endian; save it on another computer")
	}
	root, err := u.load()
	if err != nil {
		return nil, err
	}
	keys, err := u.load()
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*pickleList)
	if !ok {
		return nil, errPickle
	}
	if err := u.placeStorages(src, size, list.items); err != nil {
		return nil, err
	}
	return stateDict(root, src)
}

// placeStorages walks over the storages behind the pickles, in the order of their keys.
func (u *unpickler) placeStorages(src io.ReaderAt, size int64, keys []any) error {
	at := u.n
	for _, k := range keys {
		key, _ := k.(string)
		s := u.storages[key]
		if s == nil || s.at >= 0 {
			return fmt.Errorf("storage %s comes twice or belongs to no tensor", quote(key))
		}
		n, err := readCount(src, at)
		if err != nil {
			return err
		}
		if n != s.count {
			return fmt.Errorf("storage %s has %d elements and should have %d", quote(key), n, s.count)
		}
		s.at = at + 8
		if n > (size-s.at)/sizes[s.dtype] {
			return fmt.Errorf("storage %s reaches beyond the end of the file: it is cut off; copy it again", quote(key))
		}
		at = s.at + n*sizes[s.dtype]
	}
	if at != size {
		return fmt.Errorf("the last %d bytes belong to no storage", size-at)
	}
	for key, s := range u.storages {
		if s.at < 0 {
			return fmt.Errorf("storage %s is missing", quote(key))
		}
	}
	return nil
}

// stateDict finds the dictionary of tensors: the object itself, or what it has under one of the usual names.
func stateDict(root any, src io.ReaderAt) ([]stored, error) {
	d, _ := root.(*pickleDict)
	if d == nil {
		return nil, errors.New("it holds no dictionary of tensors; save model.state_dict()")
	}
	if !d.hasTensor() {
		for _, name := range []string{"state_dict", "model_state_dict", "model", "module"} {
			if inner, ok := d.values[name].(*pickleDict); ok && inner.hasTensor() {
				d = inner
				break
			}
		}
	}
	if !d.hasTensor() {
		return nil, errors.New("it holds no dictionary of tensors, neither itself nor under state_dict or model; save model.state_dict()")
	}
	if len(d.keys) > mostTensors {
		return nil, fmt.Errorf("it has more than %d tensors", mostTensors)
	}
	out := make([]stored, 0, len(d.keys))
	for _, k := range d.keys {
		name, isText := k.(string)
		t, isTensor := d.values[k].(*torchTensor)
		if !isText || !isTensor {
			return nil, fmt.Errorf("its entry %s is not a tensor; save model.state_dict()", quote(fmt.Sprint(k)))
		}
		out = append(out, t.stored(name, src))
	}
	return out, nil
}

func (d *pickleDict) hasTensor() bool {
	return slices.ContainsFunc(d.keys, func(k any) bool {
		_, ok := d.values[k].(*torchTensor)
		return ok
	})
}

// stored gives the tensor with its place in the file.
func (t *torchTensor) stored(name string, src io.ReaderAt) stored {
	s := stored{Entry: Entry{Name: name, DType: t.dtype, Shape: ints(t.shape)}, src: src}
	s.at = t.at + (t.from+t.offset)*sizes[t.dtype]
	step := int64(1)
	for k := len(t.shape) - 1; k >= 0; k-- {
		if t.shape[k] > 1 && t.stride[k] != step {
			s.stride = t.stride
		}
		step *= t.shape[k]
	}
	return s
}

// readCount reads the number of elements in front of a storage.
func readCount(src io.ReaderAt, at int64) (int64, error) {
	var word [8]byte
	if err := readAt(src, word[:], at); err != nil {
		return 0, errors.New("it is cut off before its last storage; copy it again")
	}
	return int64(binary.LittleEndian.Uint64(word[:])), nil
}
