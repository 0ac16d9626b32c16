package hf

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// storageTypes are torch's names of typed storages and the types of their elements.
var storageTypes = map[pickleGlobal]string{
	"torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16", "torch.DoubleStorage": "F64",
	"torch.LongStorage": "I64", "torch.IntStorage": "I32", "torch.ShortStorage": "I16", "torch.CharStorage": "I8",
	"torch.ByteStorage": "U8", "torch.BoolStorage": "BOOL",
}

// The other names that a dictionary of tensors needs. Source: torch 2.15, torch/_utils.py and torch/serialization.py.
const (
	orderedDict      pickleGlobal = "collections.OrderedDict"
	rebuildTensor    pickleGlobal = "torch._utils._rebuild_tensor"
	rebuildTensorV2  pickleGlobal = "torch._utils._rebuild_tensor_v2"
	rebuildParameter pickleGlobal = "torch._utils._rebuild_parameter"
	torchSize        pickleGlobal = "torch.Size"
	torchDevice      pickleGlobal = "torch.device"
)

// words are names that may stand in a pickle as arguments.
var words = []pickleGlobal{
	"torch.float32", "torch.float16", "torch.bfloat16", "torch.float64", "torch.int64", "torch.int32", "torch.int16", "torch.int8", "torch.uint8", "torch.bool",
	"torch.strided", "torch.contiguous_format",
}

// A storage is a run of elements, which several tensors may share.
type storage struct {
	key   string
	dtype string
	count int64
	at    int64 // byte of the file; -1 until it is known
}

// A storageView is the part of a storage that a tensor's offset counts from.
type storageView struct {
	*storage
	from, count int64
}

// A torchTensor is a view of a storage: element (i, j, ...) is at offset + i*stride[0] + j*stride[1] + ...
type torchTensor struct {
	storageView
	offset        int64
	shape, stride []int64
}

// global reads a name and refuses those that are not in the lists above. No name is ever looked up or called.
func (u *unpickler) global(op byte) error {
	var module, name string
	if op == 'c' {
		var err error
		if module, err = u.line(); err != nil {
			return err
		}
		if name, err = u.line(); err != nil {
			return err
		}
	} else {
		v, err := u.popN(2)
		if err != nil {
			return err
		}
		var isText [2]bool
		module, isText[0] = v[0].(string)
		name, isText[1] = v[1].(string)
		if isText != [2]bool{true, true} {
			return errPickle
		}
	}
	g := pickleGlobal(module + "." + name)
	switch g {
	case orderedDict, rebuildTensor, rebuildTensorV2, rebuildParameter, torchSize, torchDevice:
		return u.push(g)
	}
	if storageTypes[g] == "" && !slices.Contains(words, g) {
		return fmt.Errorf("its pickle asks for %s, which a file of weights does not need: refused, and nothing of it was run. "+
			"If you trust its source, save model.state_dict() as safetensors", quote(string(g)))
	}
	return u.push(g)
}

// reduce builds what Python would get by calling a name with arguments.
func (u *unpickler) reduce() error {
	v, err := u.popN(2)
	if err != nil {
		return err
	}
	name, isName := v[0].(pickleGlobal)
	args, isTuple := v[1].(pickleTuple)
	if !isName || !isTuple {
		return errPickle
	}
	switch name {
	case orderedDict:
		d, err := dictOf(args)
		if err != nil {
			return err
		}
		return u.push(d)
	case rebuildTensor, rebuildTensorV2:
		t, err := tensorOf(args)
		if err != nil {
			return err
		}
		return u.push(t)
	case rebuildParameter:
		if len(args) > 0 {
			if t, ok := args[0].(*torchTensor); ok {
				return u.push(t)
			}
		}
		return errPickle
	case torchSize:
		if len(args) == 1 {
			if t, ok := args[0].(pickleTuple); ok {
				return u.push(t)
			}
		}
		return errPickle
	case torchDevice:
		return u.push(pickleInert{})
	}
	return fmt.Errorf("its pickle calls %s, which a file of weights does not need: refused, and nothing of it was run", quote(string(name)))
}

// dictOf is OrderedDict() or OrderedDict([(key, value), ...]).
func dictOf(args pickleTuple) (*pickleDict, error) {
	d := &pickleDict{}
	if len(args) == 0 {
		return d, nil
	}
	list, ok := args[0].(*pickleList)
	if !ok || len(args) > 1 {
		return nil, errPickle
	}
	for _, item := range list.items {
		var pair []any
		switch p := item.(type) {
		case pickleTuple:
			pair = p
		case *pickleList: // Python 2 wrote lists
			pair = p.items
		}
		if len(pair) != 2 {
			return nil, errPickle
		}
		if err := d.set(pair[0], pair[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// tensorOf is _rebuild_tensor(storage, offset, size, stride) and _rebuild_tensor_v2 with more behind it that says nothing of
// the values.
func tensorOf(args pickleTuple) (*torchTensor, error) {
	if len(args) < 4 {
		return nil, errPickle
	}
	view, isStorage := args[0].(storageView)
	offset, isInt := args[1].(int64)
	shape, ok1 := int64s(args[2])
	stride, ok2 := int64s(args[3])
	if !isStorage || !isInt || !ok1 || !ok2 || len(shape) != len(stride) {
		return nil, errPickle
	}
	t := &torchTensor{view, offset, shape, stride}
	return t, t.check()
}

// check tells whether every element lies inside the storage, and that there are no more of them than the storage has.
func (t *torchTensor) check() error {
	n, ok := count(t.shape)
	if !ok || len(t.shape) > mostDims || t.offset < 0 || n > 0 && n > t.count {
		return errors.New("a tensor's shape does not fit its storage")
	}
	last := t.offset
	for k, d := range t.shape {
		if t.stride[k] < 0 {
			return errors.New("a tensor has a negative stride")
		}
		if d > 1 && t.stride[k] > (math.MaxInt64/4-last)/d {
			return errors.New("a tensor's strides lead outside its storage")
		}
		if d > 1 {
			last += (d - 1) * t.stride[k]
		}
		last = min(last, math.MaxInt64/4)
	}
	if n > 0 && last >= t.count {
		return errors.New("a tensor's strides lead outside its storage")
	}
	return nil
}

// int64s takes a tuple or list of whole numbers.
func int64s(v any) ([]int64, bool) {
	var items []any
	switch v := v.(type) {
	case pickleTuple:
		items = v
	case *pickleList:
		items = v.items
	default:
		return nil, false
	}
	out := make([]int64, 0, min(len(items), mostDims+1))
	for _, x := range items {
		n, ok := x.(int64)
		if !ok || len(out) > mostDims {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// persistent takes ("storage", type, key, device, count) and, from torch before 1.6, a view: None or (key, offset, count).
func (u *unpickler) persistent() error {
	v, err := u.pop()
	if err != nil {
		return err
	}
	id, _ := v.(pickleTuple)
	if len(id) < 5 || len(id) > 6 || id[0] != "storage" {
		return errors.New("its pickle refers to something that is not a storage of numbers; save model.state_dict() instead")
	}
	kind, _ := id[1].(pickleGlobal)
	key, ok1 := id[2].(string)
	n, ok2 := id[4].(int64)
	dtype := storageTypes[kind]
	if dtype == "" || !ok1 || !ok2 || n < 0 || n > math.MaxInt64/16 {
		return errPickle
	}
	s := u.storages[key]
	if s == nil {
		s = &storage{key, dtype, n, -1}
		u.storages[strings.Clone(key)] = s
	}
	if s.dtype != dtype || s.count != n {
		return fmt.Errorf("storage %s comes with two types or two sizes", quote(key))
	}
	view := storageView{s, 0, n}
	if len(id) == 6 && id[5] != nil {
		part, ok := int64s(dropFirst(id[5]))
		if !ok || len(part) != 2 || part[0] < 0 || part[1] < 0 || part[0] > n || part[1] > n-part[0] {
			return errPickle
		}
		view.from, view.count = part[0], part[1]
	}
	return u.push(view)
}

// dropFirst gives what follows the first item of a tuple.
func dropFirst(v any) any {
	t, ok := v.(pickleTuple)
	if !ok || len(t) == 0 {
		return nil
	}
	return t[1:]
}
