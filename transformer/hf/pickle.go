package hf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// What a pickle may cost. The state of GPT-2 XL has 0.1 MB and 25,000 instructions.
const (
	mostPickle       = 64 << 20 // bytes
	mostInstructions = 1 << 20
	mostString       = 1 << 16 // bytes
)

// What a pickle is made of, besides nil, bool, int64, float64 and string.
type (
	pickleTuple []any
	pickleList  struct{ items []any }
	pickleDict  struct {
		keys   []any // in the order of the file
		values map[any]any
	}
	pickleLong   string // a whole number of more than 8 bytes, as the file has it
	pickleGlobal string // the name of something of Python; a word, never the thing itself
	pickleInert  struct{}
)

// set adds a member. Python lets a later one replace an earlier one; a file of weights has no reason to.
func (d *pickleDict) set(key, value any) error {
	switch key.(type) {
	case nil, bool, int64, float64, string:
	default:
		return errors.New("a dictionary has a key that is neither text nor a number")
	}
	if _, twice := d.values[key]; twice {
		if name, ok := key.(string); ok {
			return fmt.Errorf("the name %s comes twice in a dictionary", quote(name))
		}
		return errors.New("a key comes twice in a dictionary")
	}
	if d.values == nil {
		d.values = map[any]any{}
	}
	d.keys, d.values[key] = append(d.keys, key), value
	return nil
}

// An unpickler runs the pickles of one file. What belongs to torch is in torchpickle.go.
type unpickler struct {
	r        *bufio.Reader
	n        int64 // bytes read, which the stream of torch before 1.6 goes on from
	used     int   // instructions
	stack    []any
	marks    []int // heights of the stack
	memo     map[uint32]any
	storages map[string]*storage
}

func newUnpickler(r io.Reader) *unpickler {
	return &unpickler{r: bufio.NewReaderSize(r, 1<<16), storages: map[string]*storage{}}
}

// load runs one pickle to its end and gives what it builds. It never panics, and costs at most what the constants above say.
func (u *unpickler) load() (any, error) {
	u.stack, u.marks, u.memo = nil, nil, map[uint32]any{}
	for {
		if u.used++; u.used > mostInstructions {
			return nil, fmt.Errorf("its pickle has more than %d instructions", mostInstructions)
		}
		op, err := u.byte()
		if err != nil {
			return nil, err
		}
		if op == '.' {
			return u.pop()
		}
		if err := u.step(op); err != nil {
			return nil, err
		}
	}
}

// step runs one instruction. Names and meanings: Python 3.11, pickletools.
func (u *unpickler) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := u.byte()
		if err == nil && (v < 2 || v > 5) {
			return fmt.Errorf("its pickle has protocol %d; 2 to 5 are known", v)
		}
		return err
	case 0x95: // FRAME
		_, err := u.bytes(8)
		return err
	case '(': // MARK
		u.marks = append(u.marks, len(u.stack))
		return nil
	case '0': // POP
		_, err := u.pop()
		return err
	case 'N': // NONE
		return u.push(nil)
	case 0x88, 0x89: // NEWTRUE, NEWFALSE
		return u.push(op == 0x88)
	case 'K', 'M', 'J', 0x8a, 'G': // BININT1, BININT2, BININT, LONG1, BINFLOAT
		return u.number(op)
	case 'X', 0x8c, 'T', 'U': // BINUNICODE, SHORT_BINUNICODE, BINSTRING, SHORT_BINSTRING
		return u.text(op)
	case 'q', 'r', 0x94, 'h', 'j': // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
		return u.remember(op)
	case ')', 't', 0x85, 0x86, 0x87: // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
		return u.tuple(op)
	case ']': // EMPTY_LIST
		return u.push(&pickleList{})
	case '}': // EMPTY_DICT
		return u.push(&pickleDict{})
	case 'a', 'e': // APPEND, APPENDS
		return u.extend(op == 'e')
	case 's', 'u': // SETITEM, SETITEMS
		return u.setItems(op == 'u')
	case 'c', 0x93: // GLOBAL, STACK_GLOBAL
		return u.global(op)
	case 'R': // REDUCE
		return u.reduce()
	case 'b': // BUILD
		return u.build()
	case 'Q': // BINPERSID
		return u.persistent()
	}
	return fmt.Errorf("its pickle has instruction 0x%02x, which a file of weights does not need; nothing of it was run", op)
}

var errPickle = errors.New("its pickle is damaged")

func (u *unpickler) push(v any) error {
	u.stack = append(u.stack, v)
	return nil
}

// bottom is the height of the stack above which instructions may reach.
func (u *unpickler) bottom() int {
	if len(u.marks) == 0 {
		return 0
	}
	return u.marks[len(u.marks)-1]
}

func (u *unpickler) pop() (any, error) {
	v, err := u.popN(1)
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

// popN gives the n topmost values, the deepest first; they are valid until the next push.
func (u *unpickler) popN(n int) ([]any, error) {
	from := len(u.stack) - n
	if from < u.bottom() {
		return nil, errPickle
	}
	v := u.stack[from:]
	u.stack = u.stack[:from]
	return v, nil
}

// popMark gives all values above the last mark.
func (u *unpickler) popMark() ([]any, error) {
	if len(u.marks) == 0 {
		return nil, errPickle
	}
	v := u.stack[u.bottom():]
	u.stack, u.marks = u.stack[:u.bottom()], u.marks[:len(u.marks)-1]
	return v, nil
}

func (u *unpickler) byte() (byte, error) {
	b, err := u.bytes(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// bytes reads n bytes, of which there are never many.
func (u *unpickler) bytes(n int) ([]byte, error) {
	if u.n += int64(n); u.n > mostPickle {
		return nil, fmt.Errorf("its pickle has more than %d bytes", mostPickle)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(u.r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, errors.New("its pickle is cut off; copy the file again")
	}
	return b, err
}

// line reads up to a newline.
func (u *unpickler) line() (string, error) {
	var b []byte
	for {
		c, err := u.byte()
		if err != nil {
			return "", err
		}
		if c == '\n' {
			return string(b), nil
		}
		if b = append(b, c); len(b) > 1000 {
			return "", errPickle
		}
	}
}

// number reads a number behind its instruction.
func (u *unpickler) number(op byte) error {
	n := map[byte]int{'K': 1, 'M': 2, 'J': 4, 'G': 8}[op]
	if op == 0x8a {
		length, err := u.byte()
		if err != nil {
			return err
		}
		n = int(length)
	}
	b, err := u.bytes(n)
	if err != nil {
		return err
	}
	switch {
	case op == 'G':
		return u.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case op == 'J':
		return u.push(int64(int32(binary.LittleEndian.Uint32(b))))
	case n > 8:
		return u.push(pickleLong(b))
	}
	var word [8]byte
	if op == 0x8a && n > 0 && b[n-1] >= 0x80 { // two's complement
		word = [8]byte{255, 255, 255, 255, 255, 255, 255, 255}
	}
	copy(word[:], b)
	return u.push(int64(binary.LittleEndian.Uint64(word[:])))
}

// text reads a string behind its instruction. Those of Python 2 are taken as they are.
func (u *unpickler) text(op byte) error {
	width := 4
	if op == 0x8c || op == 'U' {
		width = 1
	}
	b, err := u.bytes(width)
	if err != nil {
		return err
	}
	var word [4]byte
	copy(word[:], b)
	n := binary.LittleEndian.Uint32(word[:])
	if n > mostString {
		return fmt.Errorf("its pickle has a text of %d bytes; %d are the most", n, mostString)
	}
	if b, err = u.bytes(int(n)); err != nil {
		return err
	}
	return u.push(string(b))
}
