package sdmetrics

// combine numbers the combinations of codes that the N real rows have, from 0 to count-1. It gives the combination of every real row,
// and of every synthetic one, or -1 for a combination that no real row has.
func combine(columns []codedColumn, n, m int) (real, synthetic []int32, count int) {
	real, synthetic = make([]int32, n), make([]int32, m)
	count = 1
	// Column by column, a combination parts by the code of the next column.
	type part struct{ combination, code int32 }
	for _, c := range columns {
		number := make(map[part]int32)
		for r, code := range c.actual {
			p := part{real[r], code}
			combination, ok := number[p]
			if !ok {
				combination = int32(len(number))
				number[p] = combination
			}
			real[r] = combination
		}
		for r, code := range c.fake {
			combination, ok := number[part{synthetic[r], code}]
			if !ok {
				combination = -1
			}
			synthetic[r] = combination
		}
		count = len(number)
	}
	return real, synthetic, count
}
