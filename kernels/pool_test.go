package kernels

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// countTask counts how often each chunk runs.
type countTask struct {
	ran   []atomic.Int32
	inner *countTask
}

func (t *countTask) Chunk(i int) {
	t.ran[i].Add(1)
	if t.inner != nil && i == 0 {
		Run(t.inner, len(t.inner.ran))
	}
}

func (t *countTask) check(tt *testing.T) {
	tt.Helper()
	for i := range t.ran {
		require.EqualValues(tt, 1, t.ran[i].Load(), "chunk %d", i)
	}
}

func procs(t testing.TB, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

func TestPoolDoesEveryChunkOnce(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8, 2, 1} {
		procs(t, n)
		for chunks := range 40 {
			task := &countTask{ran: make([]atomic.Int32, chunks)}
			Run(task, chunks)
			task.check(t)
			if chunks == 20 {
				time.Sleep(2 * spinTime) // workers fall asleep
			}
		}
	}
}

func TestPoolRunsNestedTasksInline(t *testing.T) {
	procs(t, 3)
	for range 200 {
		task := &countTask{ran: make([]atomic.Int32, 9), inner: &countTask{ran: make([]atomic.Int32, 7)}}
		Run(task, 9)
		task.check(t)
		task.inner.check(t)
	}
}

func TestPoolIsSharedByManyUsers(t *testing.T) {
	procs(t, 4)
	r := rand.New(rand.NewPCG(1, 1))
	o := newOperands(r, NN, 100, 200, 300, 0)
	want := make([]float32, 100*200)
	Gemm(NN, 100, 200, 300, o.a, o.lda, o.b, o.ldb, want, 200, nil)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 30 {
				got := make([]float32, 100*200)
				Gemm(NN, 100, 200, 300, o.a, o.lda, o.b, o.ldb, got, 200, nil)
				sameBits(t, want, got, "a user among several")
			}
		})
	}
	all.Wait()
}

type panicTask struct{ at int }

func (t panicTask) Chunk(i int) {
	if i == t.at {
		panic("chunk")
	}
}

func TestPoolHandsPanicsOnAndGoesOn(t *testing.T) {
	procs(t, 2)
	for i := range 50 {
		require.PanicsWithValue(t, "chunk", func() { Run(panicTask{i}, 50) })
	}
	task := &countTask{ran: make([]atomic.Int32, 100)}
	Run(task, 100)
	task.check(t)
}

// goroutines waits until their number, and that of a while before, is as wanted, and gives it.
func goroutines(wanted func(n, last int) bool) int {
	n := runtime.NumGoroutine()
	for range 1000 {
		time.Sleep(5 * time.Millisecond) // the last instructions of a goroutine
		last := n
		if n = runtime.NumGoroutine(); wanted(n, last) {
			break
		}
	}
	return n
}

func TestCloseEndsTheGoroutines(t *testing.T) {
	Close()
	before := goroutines(func(n, last int) bool { return n == last }) // those of the tests before end, too
	procs(t, 4)
	Run(&countTask{ran: make([]atomic.Int32, 50)}, 50)
	require.Greater(t, runtime.NumGoroutine(), before)
	Close()
	require.LessOrEqual(t, goroutines(func(n, _ int) bool { return n <= before }), before)
	Run(&countTask{ran: make([]atomic.Int32, 50)}, 50)
	Close()
}

// Products of any kind allocate nothing once they have run before.
func TestProductsAllocateNothing(t *testing.T) {
	forEachFamily(t, func(t *testing.T) {
		procs(t, 2)
		r := rand.New(rand.NewPCG(1, 1))
		o := newOperands(r, NN, 100, 200, 300, 0)
		c, sums := make([]float32, 100*200), make([]float32, 200)
		s := Sparse{RowPtr: make([]int32, 101), Col: []int32{0, 5}}
		for i := range s.RowPtr {
			s.RowPtr[i] = int32(min(i, 2))
		}
		var p Packed
		e := &Epilogue{Bias: sums, Act: ReLU, Drop: &Dropout{P: .5}, ColSums: make([]float32, 200)}
		step := func() {
			Gemm(NN, 100, 200, 300, o.a, o.lda, o.b, o.ldb, c, 200, e)
			Gemm(NN, 20, 200, 300, o.a, o.lda, o.b, o.ldb, c, 200, e)
			p.Pack(NN, 300, 200, o.b, o.ldb)
			GemmPacked(NN, 100, o.a, o.lda, &p, c, 200, e)
			GemmSparse(100, 200, 300, s, o.b, o.ldb, c, 200, e)
		}
		for range 20 {
			step() // several workers may need memory of their own
		}
		require.LessOrEqual(t, testing.AllocsPerRun(100, step), 0.0)
	})
}

type nothing struct{}

func (nothing) Chunk(int) {}

// BenchmarkForkJoin is what a task of as many chunks as threads costs when the chunks do nothing.
func BenchmarkForkJoin(b *testing.B) {
	procs(b, 2)
	t := &nothing{}
	Run(t, 2)
	for b.Loop() {
		Run(t, 2)
	}
}
