package ml

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"example.org/cohort/internal/rng"
)

// Folds deals the rows of a target to k folds, 0 to k-1, so that every fold has its share of each class, and all rows of a
// person are in one fold. person gives the person that each row is about, by any number; nil if each row is a person of its
// own. A person belongs to the class of its first row. The error is ErrNoRows, or wraps ErrInput, also if there are fewer
// persons than folds or k is less than 2.
func Folds(y Column, person []int32, k int, seed uint64) ([]int32, error) {
	n := y.Len()
	if n == 0 {
		return nil, ErrNoRows
	}
	if err := y.checkTarget(n); err != nil && !errors.Is(err, ErrOneClass) {
		return nil, err
	}
	unit, err := units(person, n)
	if err != nil {
		return nil, err
	}
	var first []int32 // of each person
	for i, u := range unit {
		if int(u) == i {
			first = append(first, u)
		}
	}
	if k < 2 || len(first) < k {
		return nil, fmt.Errorf("%w: %d folds of %d persons", ErrInput, k, len(first))
	}
	rng.Shuffle(seed, rng.FoldPersons, len(first), func(i, j int) { first[i], first[j] = first[j], first[i] })
	if y.Codes != nil {
		slices.SortStableFunc(first, func(a, b int32) int { return cmp.Compare(y.Codes[a], y.Codes[b]) })
	}
	fold := make([]int32, n)
	for i, u := range first {
		fold[u] = int32(i % k)
	}
	for i, u := range unit { // a person's first row comes first
		fold[i] = fold[u]
	}
	return fold, nil
}

// byFold lists the rows of each fold that has any, ascending.
func byFold(fold []int32, n int) ([][]int32, error) {
	if len(fold) != n {
		return nil, fmt.Errorf("%w: folds of %d rows in a table of %d", ErrInput, len(fold), n)
	}
	parts := make([][]int32, n)
	for i, k := range fold {
		if k < 0 || int(k) >= n {
			return nil, fmt.Errorf("%w: a fold out of range", ErrInput)
		}
		parts[k] = append(parts[k], int32(i))
	}
	parts = slices.DeleteFunc(parts, func(rows []int32) bool { return len(rows) == 0 })
	if len(parts) < 2 {
		return nil, fmt.Errorf("%w: a single fold", ErrInput)
	}
	return parts, nil
}

// others lists the rows of all folds but k, ascending.
func others(parts [][]int32, k int) []int32 {
	rows := slices.Concat(slices.Concat(parts[:k]...), slices.Concat(parts[k+1:]...))
	slices.Sort(rows) // rows that lie close together are read faster
	return rows
}
