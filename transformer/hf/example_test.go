package hf_test

import (
	"fmt"
	"log"
	"os"

	"example.org/cohort/transformer/hf"
)

func Example() {
	f, err := hf.Open(os.DirFS("testdata/shards"))
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(f.Config.Layers, "layer,", f.Config.Parameters(), "parameters")
	w := make([]float32, 16*48) // [E, 3E]
	if err := f.Read("h.0.attn.c_attn.weight", w); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", w[:3])
	// Output:
	// 1 layer, 4400 parameters
	// [-0.0694 -0.0894 0.0555]
}

func ExampleInspect() {
	r := hf.Inspect(os.DirFS("testdata/nested"))
	fmt.Println(r.Format, len(r.Entries), r.Problems)
	// Output:
	// PyTorch, zip 17 []
}
