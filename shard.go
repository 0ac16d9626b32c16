package cohort

// Shard gives the rows of part i of n (0 <= i < n): contiguous, sizes differ by at most one. It panics when there is no
// such part or rows is negative.
func Shard(rows int64, i, n int) (first, count int64) {
	if rows < 0 || i < 0 || i >= n {
		panic("cohort: Shard: no such part")
	}
	size, longer := rows/int64(n), rows%int64(n)
	first = int64(i)*size + min(int64(i), longer)
	if int64(i) < longer {
		size++
	}
	return first, size
}
