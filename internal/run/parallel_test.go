package run

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParallelCallsEachOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 3, 8} {
		runtime.GOMAXPROCS(procs)
		for _, n := range []int{-1, 0, 1, 2, 7, 1000} {
			calls := make([]int32, max(n, 0))
			Parallel(n, func(i int) { atomic.AddInt32(&calls[i], 1) })
			for i, c := range calls {
				require.Equal(t, int32(1), c, "%d of %d on %d", i, n, procs)
			}
		}
	}
}

// All of GOMAXPROCS goroutines are at work at once: each call waits for the others.
func TestParallelIsParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var all sync.WaitGroup
	all.Add(4)
	Parallel(4, func(int) {
		all.Done()
		all.Wait()
	})
}

func TestParallelPassesAPanicOn(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var calls atomic.Int64
	require.PanicsWithValue(t, "mistake", func() {
		Parallel(1_000_000, func(i int) {
			calls.Add(1)
			if i == 10 {
				panic("mistake")
			}
		})
	})
	require.Less(t, calls.Load(), int64(1_000_000))
}

func TestThrottle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls [][2]int64
		var phases []string
		tell := Throttle(func(phase string, done, total int64) {
			calls = append(calls, [2]int64{done, total})
			phases = append(phases, phase)
		})
		for i := range int64(1001) { // ten seconds, 100 calls a second
			tell("learn", i, 1000)
			time.Sleep(10 * time.Millisecond)
		}
		require.Equal(t, [2]int64{0, 1000}, calls[0], "the first at once")
		require.Equal(t, [2]int64{1000, 1000}, calls[len(calls)-1], "the last always")
		require.InDelta(t, 100, len(calls), 2)

		calls = nil
		tell("write", 0, 0)
		tell("write", 5, 0)
		require.Equal(t, [][2]int64{{0, 0}}, calls, "a new phase at once; without a total none is the last")
		tell("write", 7, 7)
		tell("write", 7, 7)
		require.Equal(t, [][2]int64{{0, 0}, {7, 7}}, calls, "the last only once")
		require.Equal(t, "write", phases[len(phases)-1])
	})
	Throttle(nil)("learn", 1, 2) // does nothing
}
