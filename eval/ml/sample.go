package ml

import (
	"fmt"
	"math"

	"example.org/cohort/internal/rng"
)

// A sample draws the rows of each tree: persons from each stratum, where a stratum is a class of the target. Drawing from
// each class alike keeps the classes' shares the same in every tree; else the trees that did not see a row would see less of
// its class on average, and would guess against it (Mitchell, 2011).
type sample struct {
	all    []int32   // the rows to draw from
	strata [][]int32 // persons by class
	rows   [][]int32 // by person
	size   int       // one more than the greatest row
}

// newSample draws from the given rows of the target; unit is the person of each row.
func newSample(all []int32, y target, unit []int32) *sample {
	s := &sample{all: all, strata: make([][]int32, max(1, y.classes)), size: len(unit)}
	s.rows = make([][]int32, len(unit))
	for k, i := range all {
		p := unit[i]
		if s.rows[p] == nil {
			c := 0
			if y.classes > 0 {
				c = int(y.column.Codes[i])
			}
			s.strata[c] = append(s.strata[c], p)
			s.rows[p] = all[k : k+1 : k+1]
		} else {
			s.rows[p] = append(s.rows[p], i)
		}
	}
	return s
}

// units numbers the persons of n rows by their first row, so that any numbers will do as persons. With nil, each row is a
// person of its own.
func units(person []int32, n int) ([]int32, error) {
	if person == nil {
		return count(n), nil
	}
	if len(person) != n {
		return nil, fmt.Errorf("%w: persons of %d rows in a table of %d", ErrInput, len(person), n)
	}
	unit, seen := make([]int32, n), map[int32]int32{}
	for i, p := range person {
		u, ok := seen[p]
		if !ok {
			u = int32(i)
			seen[p] = u
		}
		unit[i] = u
	}
	return unit, nil
}

// draw gives the rows of one tree, and the same as a bit set. From n persons of a stratum it draws share*n, rounded: the
// same number for every tree, see sample. A stratum's only person is drawn with probability share. If that leaves nobody,
// all are drawn.
func (s *sample) draw(share float64, seed, number uint64) (rows []int32, in []uint64) {
	r := rng.New(seed, rng.ForestRows, number)
	rows = make([]int32, 0, len(s.all))
	for _, units := range s.strata {
		need := int(math.Round(share * float64(len(units))))
		if len(units) == 1 && r.Float64() >= share {
			need = 0
		}
		for k, unit := range units {
			if left := len(units) - k; need < left && r.Intn(left) >= need {
				continue
			}
			need--
			rows = append(rows, s.rows[unit]...)
		}
	}
	if len(rows) == 0 {
		rows = append(rows, s.all...)
	}
	in = make([]uint64, (s.size+63)/64)
	for _, i := range rows {
		in[i>>6] |= 1 << (i & 63)
	}
	return rows, in
}
