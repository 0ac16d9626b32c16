package transformer_test

import (
	"context"
	"fmt"
	"log"

	"example.org/cohort/transformer"
)

// A small model learns to count from 0 to 9, and goes on counting.
func Example() {
	m, err := transformer.New(transformer.Config{Layers: 1, Heads: 2, Width: 32, Positions: 12, Vocab: 11, Tied: true, BOS: 10, EOS: 10}, 1)
	if err != nil {
		log.Fatal(err)
	}
	data := transformer.Data{Len: 8, At: func(epoch, i int) transformer.Sequence {
		return transformer.Sequence{IDs: []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}
	}}
	if _, err := transformer.Train(context.Background(), m, data, transformer.TrainOptions{Epochs: 60, Rate: 1e-2}); err != nil {
		log.Fatal(err)
	}
	o := transformer.GenerateOptions{Rows: 2, TopK: 1, Prompt: func(row int) []int32 { return []int32{0, 1, 2}[:1+2*row] }}
	err = m.Generate(context.Background(), o, func(r transformer.Row) error {
		fmt.Println(r.Number, r.IDs)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 0 [0 1 2 3 4 5 6 7 8 9 10]
	// 1 [0 1 2 3 4 5 6 7 8 9 10]
}
