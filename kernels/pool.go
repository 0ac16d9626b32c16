package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Task is work in chunks that may run in any order and at the same time. Each chunk writes only what is its own.
type Task interface{ Chunk(i int) }

// spinTime is how long a worker looks for work before it sleeps. Waking it again takes several microseconds, so the time
// covers the gaps between the kernels of one training step.
const spinTime = 50 * time.Microsecond

// The pool: GOMAXPROCS-1 workers, started when they are first needed. Only the goroutine that holds owner posts tasks;
// a second user at the same time works alone. A worker may be late: it counts itself in, and touches the task only if
// it then still finds it open; the owner closes the task and waits for those inside.
var pool struct {
	owner   sync.Mutex
	workers []*worker
	task    Task
	chunks  int64
	epoch   uint64        // number of the task, from 1
	open    atomic.Uint64 // the epoch while workers may join it, else 0
	inside  atomic.Int64  // workers that counted themselves in
	next    atomic.Int64  // chunk to take
	apart   atomic.Int64  // users that want no help
	fault   atomic.Pointer[any]
}

// Apart is for a caller whose own goroutines fill the processors, each with kernels of its own: until done is called, every task
// runs on its caller's goroutine alone, and the workers sleep instead of taking processors away. The results are the same.
func Apart() (done func()) {
	pool.apart.Add(1)
	return sync.OnceFunc(func() { pool.apart.Add(-1) })
}

// Run does the chunks 0 to chunks-1 of a task on up to GOMAXPROCS goroutines, its own included, and returns when all are
// done. Where the pool is in use already, also by a task that calls Run itself, the caller does all of it alone: the
// results are the same. Nothing is allocated, so t should be a pointer that lives on. A panic of a chunk comes out of Run.
func Run(t Task, chunks int) {
	threads := runtime.GOMAXPROCS(0)
	if threads < 2 || chunks < 2 || pool.apart.Load() > 0 || !pool.owner.TryLock() {
		for i := range chunks {
			t.Chunk(i)
		}
		return
	}
	defer pool.owner.Unlock()
	resize(threads - 1)
	pool.task, pool.chunks = t, int64(chunks)
	pool.next.Store(0)
	pool.epoch++
	pool.open.Store(pool.epoch)
	for _, w := range pool.workers[:min(len(pool.workers), chunks-1)] {
		w.rouse()
	}
	defer join()
	work()
}

// join waits until no worker can touch the task any more, also when the caller's own chunk has panicked.
func join() {
	pool.next.Store(pool.chunks)
	pool.open.Store(0)
	for spins := 0; pool.inside.Load() > 0; spins++ {
		if spins > 2000 {
			runtime.Gosched() // there are more goroutines than processors
		}
	}
	pool.task = nil
	if p := pool.fault.Swap(nil); p != nil {
		panic(*p)
	}
}

// work takes chunks until none is left.
func work() {
	for {
		i := pool.next.Add(1) - 1
		if i >= pool.chunks {
			return
		}
		pool.task.Chunk(int(i))
	}
}

type worker struct {
	seen   uint64 // the last task it has looked at
	asleep atomic.Bool
	quit   atomic.Bool
	wake   chan struct{}
	gone   chan struct{}
}

// run is the life of a worker.
func (w *worker) run() {
	defer close(w.gone)
	for w.wait() {
		w.help()
	}
}

// help works on the open task, if it is still open.
func (w *worker) help() {
	pool.inside.Add(1)
	defer pool.inside.Add(-1)
	defer func() {
		if p := recover(); p != nil {
			fail(p)
		}
	}()
	if pool.open.Load() == w.seen {
		work()
	}
}

// fail keeps what a chunk panicked with, and lets no further chunk begin.
func fail(p any) {
	pool.fault.CompareAndSwap(nil, &p)
	pool.next.Store(pool.chunks)
}

// wait looks for a new task, first awake, then asleep. False means that the worker is to end.
func (w *worker) wait() bool {
	for {
		began := time.Now()
		for spins := 1; ; spins++ {
			if w.quit.Load() {
				return false
			}
			if w.news() {
				return true
			}
			if spins%64 == 0 && time.Since(began) > spinTime {
				break
			}
		}
		w.asleep.Store(true)
		if (pool.open.Load() != 0 || w.quit.Load()) && w.asleep.CompareAndSwap(true, false) {
			continue
		}
		<-w.wake
	}
}

// news tells whether a task is open that the worker has not looked at yet, and remembers it.
func (w *worker) news() bool {
	e := pool.open.Load()
	if e == 0 || e == w.seen {
		return false
	}
	w.seen = e
	return true
}

// rouse wakes a worker that sleeps.
func (w *worker) rouse() {
	if w.asleep.Load() && w.asleep.CompareAndSwap(true, false) {
		w.wake <- struct{}{}
	}
}

// resize starts or ends workers. The caller holds owner.
func resize(n int) {
	for len(pool.workers) < n {
		w := &worker{wake: make(chan struct{}, 1), gone: make(chan struct{})}
		pool.workers = append(pool.workers, w)
		go w.run()
	}
	for len(pool.workers) > n {
		last := len(pool.workers) - 1
		w := pool.workers[last]
		pool.workers[last] = nil
		pool.workers = pool.workers[:last]
		w.quit.Store(true)
		w.rouse()
		<-w.gone
	}
}

// Close ends the goroutines of the pool; the next use starts them again. Programs whose tests count goroutines need it.
func Close() {
	pool.owner.Lock()
	defer pool.owner.Unlock()
	resize(0)
}

// A freelist hands out structs that live on, so that a call of a kernel allocates nothing once it has run before.
type freelist[T any] struct {
	slots [freeSlots]atomic.Pointer[T] // taken and put back without a lock: every chunk of a task needs one
	mu    sync.Mutex
	free  []*T // what did not fit into the slots
}

const freeSlots = 16

func (f *freelist[T]) get() *T {
	for i := range f.slots {
		if f.slots[i].Load() == nil {
			continue
		}
		if t := f.slots[i].Swap(nil); t != nil {
			return t
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.free); n > 0 {
		t := f.free[n-1]
		f.free = f.free[:n-1]
		return t
	}
	return new(T)
}

// put takes a struct back. The caller clears what the struct should not keep alive.
func (f *freelist[T]) put(t *T) {
	for i := range f.slots {
		if f.slots[i].Load() == nil && f.slots[i].CompareAndSwap(nil, t) {
			return
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, t)
}
