package hf

import (
	"encoding/binary"
	"errors"
	"slices"
)

// remember stores the topmost value under a number, or pushes the value of a number.
func (u *unpickler) remember(op byte) error {
	width := map[byte]int{'q': 1, 'r': 4, 'h': 1, 'j': 4}[op] // MEMOIZE takes the next number
	b, err := u.bytes(width)
	if err != nil {
		return err
	}
	var word [4]byte
	copy(word[:], b)
	at := binary.LittleEndian.Uint32(word[:])
	if op == 'h' || op == 'j' {
		v, ok := u.memo[at]
		if !ok {
			return errPickle
		}
		return u.push(v)
	}
	if op == 0x94 {
		at = uint32(len(u.memo))
	}
	if len(u.stack) <= u.bottom() {
		return errPickle
	}
	u.memo[at] = u.stack[len(u.stack)-1]
	return nil
}

func (u *unpickler) tuple(op byte) error {
	var v []any
	var err error
	if op == 't' {
		v, err = u.popMark()
	} else {
		v, err = u.popN(map[byte]int{')': 0, 0x85: 1, 0x86: 2, 0x87: 3}[op])
	}
	if err != nil {
		return err
	}
	return u.push(pickleTuple(slices.Clone(v)))
}

// extend appends the topmost value, or all above the mark, to the list below.
func (u *unpickler) extend(many bool) error {
	var v []any
	var err error
	if many {
		v, err = u.popMark()
	} else {
		v, err = u.popN(1)
	}
	if err != nil {
		return err
	}
	if len(u.stack) <= u.bottom() {
		return errPickle
	}
	list, ok := u.stack[len(u.stack)-1].(*pickleList)
	if !ok {
		return errPickle
	}
	list.items = append(list.items, v...)
	return nil
}

// setItems puts pairs of key and value, the topmost one or all above the mark, into the dictionary below.
func (u *unpickler) setItems(many bool) error {
	var v []any
	var err error
	if many {
		v, err = u.popMark()
	} else {
		v, err = u.popN(2)
	}
	if err != nil {
		return err
	}
	if len(u.stack) <= u.bottom() || len(v)%2 != 0 {
		return errPickle
	}
	d, ok := u.stack[len(u.stack)-1].(*pickleDict)
	if !ok {
		return errPickle
	}
	for i := 0; i < len(v); i += 2 {
		if err := d.set(v[i], v[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// build would set attributes of an object. A dictionary of tensors has one, _metadata with versions of its modules, which
// says nothing of the weights.
func (u *unpickler) build() error {
	if _, err := u.pop(); err != nil {
		return err
	}
	if len(u.stack) <= u.bottom() {
		return errPickle
	}
	if _, ok := u.stack[len(u.stack)-1].(*pickleDict); !ok {
		return errors.New("its pickle sets attributes of something that is not a dictionary; save model.state_dict() instead")
	}
	return nil
}
