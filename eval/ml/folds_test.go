package ml

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFolds(t *testing.T) {
	y := Column{Card: 3}
	var person []int32
	for i := range 600 {
		y.Codes = append(y.Codes, int32(i%10/4)) // 4, 4 and 2 of ten
		person = append(person, int32(1_000_000+i/10*3+i%10/4))
	}
	fold, err := Folds(y, person, 4, 1)
	require.NoError(t, err)
	of, count := map[int32]int32{}, map[[2]int32]int{}
	for i, k := range fold {
		if before, ok := of[person[i]]; ok {
			require.Equal(t, before, k, "a person in two folds")
		}
		of[person[i]] = k
		count[[2]int32{k, y.Codes[i]}]++
	}
	for k := range int32(4) {
		require.Equal(t, 60, count[[2]int32{k, 0}])
		require.Equal(t, 60, count[[2]int32{k, 1}])
		require.Equal(t, 30, count[[2]int32{k, 2}])
	}
	again, err := Folds(y, person, 4, 1)
	require.NoError(t, err)
	require.Equal(t, fold, again)
	other, err := Folds(y, person, 4, 2)
	require.NoError(t, err)
	require.NotEqual(t, fold, other)

	fold, err = Folds(Column{Numbers: []float64{3, 1, 2}}, nil, 3, 1)
	require.NoError(t, err)
	require.ElementsMatch(t, []int32{0, 1, 2}, fold)
	_, err = Folds(Column{Codes: []int32{1, 1}, Card: 2}, nil, 2, 1)
	require.NoError(t, err, "one class can be dealt")
}

func TestFoldsRefuse(t *testing.T) {
	y := Column{Numbers: []float64{1, 2, 3}}
	for _, c := range []struct {
		y      Column
		person []int32
		k      int
		want   error
	}{
		{Column{}, nil, 2, ErrNoRows},
		{y, nil, 1, ErrInput},
		{y, nil, 4, ErrInput},
		{y, []int32{1, 1, 1}, 2, ErrInput},
		{y, []int32{1, 2}, 2, ErrInput},
		{Column{Codes: []int32{0, -1}, Card: 2}, nil, 2, ErrInput},
	} {
		_, err := Folds(c.y, c.person, c.k, 1)
		require.ErrorIs(t, err, c.want)
	}
}
