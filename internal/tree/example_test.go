package tree_test

import (
	"fmt"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/tree"
)

// A tree that tells y from x: codes up to 2 go with 0, the others with 1.
func Example() {
	x := []tree.Column{{Codes: []uint16{0, 1, 2, 3, 4, 5}, Card: 6, Ordered: true}}
	y := tree.Column{Codes: []uint16{0, 0, 0, 1, 1, 1}, Card: 2}
	r := rng.New(1, rng.TreeColumns, 0)
	t := tree.Grow(x, y, []int32{0, 1, 2, 3, 4, 5}, nil, tree.Options{MinLeaf: 2}, &r)
	path := t.Path([]uint16{2}, nil)
	leaf := t.Nodes[path[len(path)-1]]
	fmt.Println(leaf.Count, "rows:", t.Codes[leaf.First:leaf.First+leaf.Count])
	// Output: 3 rows: [0 0 0]
}
