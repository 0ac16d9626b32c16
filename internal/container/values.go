package container

import (
	"encoding/binary"
	"fmt"
)

// A Number is what a blob may be a list of.
type Number interface {
	~uint16 | ~uint32 | ~uint64 | ~int16 | ~int32 | ~int64 | ~float32 | ~float64
}

// Bytes gives v in little-endian order.
func Bytes[T Number](v []T) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		panic(fmt.Sprintf("container: Bytes of %T: %v", v, err)) // cannot be: every Number has a size
	}
	return b
}

// Values is the inverse of Bytes. A blob that does not hold exactly n values is damaged.
func Values[T Number](b []byte, n int) ([]T, error) {
	var one T
	if size := binary.Size(one); n < 0 || len(b)%size != 0 || len(b)/size != n {
		return nil, fmt.Errorf("container: %w: a blob has %d bytes where %d values of %d belong", ErrDamaged, len(b), n, size)
	}
	v := make([]T, n)
	if _, err := binary.Decode(b, binary.LittleEndian, v); err != nil {
		return nil, fmt.Errorf("container: %w: %w", ErrDamaged, err)
	}
	return v, nil
}
