package container_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"example.org/cohort/internal/container"
)

func Example() {
	model := &container.File{
		Kind:   "trees",
		Header: json.RawMessage(`{"rows":600}`),
		Blobs:  []container.Blob{{Name: "cuts", Data: container.Bytes([]int32{2, 3, 5})}},
	}
	var b bytes.Buffer
	if err := container.Write(&b, model); err != nil {
		panic(err)
	}
	saved := b.Bytes()

	f, err := container.Read(bytes.NewReader(saved))
	if err != nil {
		panic(err)
	}
	data, _ := f.Blob("cuts")
	cuts, err := container.Values[int32](data, 3)
	fmt.Println(f.Kind, string(f.Header), cuts, err)

	saved[len(saved)/2] ^= 1
	_, err = container.Read(bytes.NewReader(saved))
	fmt.Println(errors.Is(err, container.ErrDamaged))

	// Output:
	// trees {"rows":600} [2 3 5] <nil>
	// true
}
