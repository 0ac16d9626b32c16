package run

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Parallel calls f(0), ..., f(n-1), each once, on as many goroutines as GOMAXPROCS says, and returns when all have
// returned. Which goroutine takes which i is free, so f(i) must write nothing but its own output. A panic of f is a panic
// of Parallel.
func Parallel(n int, f func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var (
		next  atomic.Int64
		group sync.WaitGroup
		once  sync.Once
		cause any
	)
	for range workers {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { cause = p })
					next.Store(int64(n))
				}
			}()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	group.Wait()
	if cause != nil {
		panic(cause)
	}
}
