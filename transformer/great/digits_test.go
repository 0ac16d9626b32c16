package great

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDigitsOfCells looks at the tokens themselves: one for each value, one for each digit, none that two columns share.
func TestDigitsOfCells(t *testing.T) {
	g, err := newDigitGrammar(encoder(t, hostile(t, 700), 0))
	require.NoError(t, err)
	of := map[int32]int{}
	for col, f := range g.fields {
		if f == nil {
			continue
		}
		for _, v := range someCells(f, 40) {
			ids := g.tokens(nil, col, v, false)
			if slices.Contains(f.all.cells, v) {
				require.Len(t, ids, 1)
			} else {
				require.Len(t, ids, len(g.digits.columns[col].symbols))
			}
			require.Equal(t, append(ids, digitEnd), g.tokens(nil, col, v, true))
			for _, id := range ids {
				other, seen := of[id]
				require.False(t, seen && other != col)
				of[id] = col
			}
		}
	}
	// A cell that the column can't have is the nearest one, never a panic.
	whole := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == "whole" })
	require.Equal(t, g.tokens(nil, whole, 129, false), g.tokens(nil, whole, 5000, false))
	require.Equal(t, g.tokens(nil, whole, -130, false), g.tokens(nil, whole, -5000, false))
	one := slices.IndexFunc(g.fields, func(f *field) bool { return f != nil && f.name == "one" })
	require.Len(t, g.tokens(nil, one, 77, false), 1)
}
