package run

import "time"

// Progress may be called ten times a second.
const interval = 100 * time.Millisecond

// Throttle thins out calls of progress to about ten a second: the first of a phase and the last, that is done == total,
// always come through. The result must stay on one goroutine. A nil progress gives a function that does nothing.
func Throttle(progress func(phase string, done, total int64)) func(phase string, done, total int64) {
	if progress == nil {
		return func(string, int64, int64) {}
	}
	var (
		last  time.Time
		phase string
		ended bool
	)
	return func(p string, done, total int64) {
		now := time.Now()
		first, end := last.IsZero() || p != phase, total > 0 && done >= total
		if !first && (ended || !end) && now.Sub(last) < interval {
			return
		}
		last, phase, ended = now, p, end
		progress(p, done, total)
	}
}
