package kernels

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// nestTask notes a chunk that ran while another one of the task did.
type nestTask struct{ inside, together int }

func (t *nestTask) Chunk(int) {
	t.inside++
	runtime.Gosched()
	t.together += t.inside - 1
	t.inside--
}

// While somebody works apart, chunks run one after the other on the caller's goroutine: the race detector would see others.
func TestApartRunsOnTheCallerAlone(t *testing.T) {
	procs(t, 4)
	first, second := Apart(), Apart()
	first()
	first() // calling it again does nothing
	task := &nestTask{}
	Run(task, 200)
	require.Zero(t, task.together)
	second()
	require.Zero(t, pool.apart.Load())
}
