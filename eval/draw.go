package eval

import "example.org/cohort/internal/rng"

// draws gives samples of n of the rows below rows, without a row twice in one of them: as many as thresholds.go says, so
// that their mean has less noise, or a single one where n is all of them. They are blocks of one shuffle, and share no row
// while there are enough.
func draws(rows, n int, seed uint64, stream uint32, tag uint64) [][]int32 {
	all := make([]int32, rows)
	for i := range all {
		all[i] = int32(i)
	}
	if n >= rows {
		return [][]int32{all}
	}
	s := rng.New(seed, stream, tag)
	s.Shuffle(rows, func(i, j int) { all[i], all[j] = all[j], all[i] })
	out := make([][]int32, likenessDraws)
	for d := range out {
		out[d] = make([]int32, n)
		for i := range out[d] {
			out[d][i] = all[(d*n+i)%rows]
		}
	}
	return out
}

// allRows is the draw of all rows.
func allRows(rows int) []int32 { return draws(rows, rows, 0, rng.EvalShape, 0)[0] }
