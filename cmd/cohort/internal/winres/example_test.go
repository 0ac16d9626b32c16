package winres_test

import (
	"bytes"
	"debug/pe"
	"fmt"
	"testing"

	"example.org/cohort/cmd/cohort/internal/winres"
)

func Example() {
	object, err := winres.Object("amd64", winres.Info{Product: "Cohort", Version: "1.0.0"})
	if err != nil {
		panic(err)
	}
	f, err := pe.NewFile(bytes.NewReader(object))
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Sections[0].Name)

	// Output: .rsrc
}

func BenchmarkObject(b *testing.B) {
	for b.Loop() {
		if _, err := winres.Object("amd64", winres.Info{Version: "1.0.0"}); err != nil {
			b.Fatal(err)
		}
	}
}
