package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// notes is standard error of a process that still runs.
type notes struct {
	mu   sync.Mutex
	text strings.Builder
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// wide is a table of many columns and n rows: slow to learn, and quick to check.
func wide(n int) string {
	var b strings.Builder
	for c := range 40 {
		fmt.Fprintf(&b, "Q%d,", c)
	}
	b.WriteString("Passed\n")
	for i := range n {
		able := draw(i, -1, 20)
		for c := range 40 {
			fmt.Fprintf(&b, "%d,", able+draw(i, c, 20))
		}
		fmt.Fprintln(&b, able > 9)
	}
	return b.String()
}

// interruptible is a call of make on a wide table, on one core so that little work takes long enough, which a test interrupts.
type interruptible struct {
	rows int
	args []string
	when func(dir, err string) bool // the moment to interrupt: err is standard error so far
}

// interrupt starts the run and lets act interrupt it at its moment; act tells whether it came in time. If not, the same is done
// with a larger table: no machine is too fast for this test. It gives the folder.
func (i *interruptible) interrupt(t *testing.T, act func(c *exec.Cmd, ended func() bool, err *notes) bool) (dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no signal to send")
	}
	for ; ; i.rows *= 2 {
		dir = t.TempDir()
		write(t, dir, "t.csv", wide(i.rows))
		t.Logf("%d rows", i.rows)
		c := exec.Command(program, append([]string{"make", "t.csv"}, i.args...)...)
		done := inTime(t, c, dir, i.when, act)
		if done {
			return dir
		}
	}
}

// inTime starts the program in a folder, on one processor, waits until when says so, and acts. It is false where the run had ended by then or act
// says that it came too late.
func inTime(t *testing.T, c *exec.Cmd, dir string, when func(dir, err string) bool, act func(c *exec.Cmd, ended func() bool, err *notes) bool) bool {
	t.Helper()
	var err notes
	c.Dir, c.Stderr = dir, &err
	require.NoError(t, c.Start())
	over := make(chan struct{})
	go func() { c.Wait(); close(over) }()
	ended := func() bool {
		select {
		case <-over:
			return true
		default:
			return false
		}
	}
	until(t, func() bool { return ended() || when(dir, err.String()) })
	done := !ended() && act(c, ended, &err)
	until(t, ended)
	return done
}

// The moments of a run: where a checkpoint is there, and while the trial or everybody is being learned.
func checkpointThere(dir, _ string) bool { return exists(filepath.Join(dir, checkpoint)) }
func inTrial(_, err string) bool         { return strings.Contains(err, "Learning   [") }
func inModel(_, err string) bool {
	_, after, ok := strings.Cut(err, "it never saw")
	return ok && strings.Contains(after, "Learning   [")
}

var checkpoint = filepath.Join("out-private", "t_checkpoint")

// until waits for something.
func until(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "waited too long")
	}
}

var onlyCheckpoint = []string{filepath.ToSlash(checkpoint), "t.csv"}

// A run that is killed leaves the checkpoint and temporary names. Gone on with, it ends with the bytes of one that ran
// through, on any number of cores.
func TestKilled(t *testing.T) {
	for _, args := range [][]string{
		{"--set-aside", "0.1", "--no-refit"}, // nearly everybody is in the trial
		{"--set-aside", "0.9"},               // the trial has hardly anybody, and its checkpoint never comes
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			args := append(args, "-n", "50", "--target", "Passed", "--model", "trees") // auto of so many rows takes half a minute
			i := interruptible{600, args, checkpointThere}
			dir := i.interrupt(t, func(c *exec.Cmd, ended func() bool, _ *notes) bool {
				c.Process.Kill()
				until(t, ended)
				return !c.ProcessState.Success() && checkpointThere(c.Dir, "")
			})
			for _, f := range files(t, dir) {
				require.True(t, slices.Contains(onlyCheckpoint, f) || strings.Contains(f, "/.cohort-"), f)
			}
			resumed := callOnTwo(t, dir, append([]string{"make", "t.csv", "--resume"}, args...)...)
			whole := t.TempDir()
			write(t, whole, "t.csv", wide(i.rows))
			through := call(t, whole, append([]string{"make", "t.csv"}, args...)...)
			require.Equal(t, delivered(t, whole, "t", through), delivered(t, dir, "t", resumed))
			require.Equal(t, read(t, whole, "out-private/t.cohort"), read(t, dir, "out-private/t.cohort"))
			require.Equal(t, read(t, whole, "out-private/t_report_full.json"), read(t, dir, "out-private/t_report_full.json"))
			require.Equal(t, files(t, whole), files(t, dir))
		})
	}
}

// A run that is stopped at once says how to go on, and leaves the checkpoint alone.
func TestStopped(t *testing.T) {
	for name, c := range map[string]struct {
		args      []string
		when      func(dir, err string) bool
		interrupt func(c *exec.Cmd, ended func() bool, err *notes)
	}{
		"SIGTERM in the trial": {[]string{"--set-aside", "0.1"}, inTrial, func(c *exec.Cmd, _ func() bool, _ *notes) { c.Process.Signal(syscall.SIGTERM) }},
		"Ctrl-C twice, later": {[]string{"--set-aside", "0.9"}, inModel, func(c *exec.Cmd, ended func() bool, err *notes) {
			c.Process.Signal(os.Interrupt)
			// Two signals at once would be one.
			until(t, func() bool { return ended() || strings.Contains(err.String(), "Finishing with the best so far") })
			c.Process.Signal(os.Interrupt)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := interruptible{400, c.args, c.when}
			dir := i.interrupt(t, func(p *exec.Cmd, ended func() bool, err *notes) bool {
				c.interrupt(p, ended, err)
				until(t, ended)
				if p.ProcessState.ExitCode() != exitStopped {
					return false // it had ended before the signal came
				}
				left := onlyCheckpoint
				if strings.Contains(err.String(), "Nothing was kept") { // all was learned: nothing is left to go on with
					left = []string{"t.csv"}
				} else {
					require.Contains(t, err.String(), "make t.csv --set-aside "+c.args[1]+" --resume")
				}
				require.Equal(t, left, files(t, p.Dir))
				return true
			})
			require.NoDirExists(t, filepath.Join(dir, "out"))
		})
	}
}

// The first Ctrl-C ends with the best so far, checks included: in the trial with its table, later with the model that got
// further. --replay repeats the run as far as it came.
func TestStoppedOnce(t *testing.T) {
	for name, when := range map[string]func(dir, err string) bool{"in the trial": inTrial, "later": inModel} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var m *manifest
			var r ran
			i := interruptible{400, []string{"--target", "Passed", "--model", "trees"}, when}
			dir := i.interrupt(t, func(c *exec.Cmd, ended func() bool, err *notes) bool {
				c.Process.Signal(os.Interrupt)
				until(t, ended)
				r = ran{c.ProcessState.ExitCode(), "", err.String()}
				require.Contains(t, []int{0, exitDoNotRelease}, r.code, r.err)
				var e error
				m, e = readManifest(filepath.Join(c.Dir, "out-private", "t_manifest.json"))
				require.NoError(t, e)
				return name == "in the trial" && m.Trial.StoppedBy == "stop" || name == "later" && (m.FromTrial || m.Plan.StoppedBy == "stop")
			})
			require.Regexp(t, `cut short at \d+ % of the plan`, r.err)
			if name == "in the trial" {
				require.True(t, m.FromTrial)
				require.Less(t, m.Trial.Steps, m.Trial.Planned)
			}
			if m.FromTrial {
				require.Contains(t, strings.Join(strings.Fields(r.err), " "), "the table comes from the trial model")
			}
			require.NoFileExists(t, filepath.Join(dir, checkpoint))
			again := call(t, dir, "make", "--replay", "out-private/t_manifest.json")
			require.Equal(t, r.code, again.code, again.err)
			require.Equal(t, read(t, dir, "out-private/t.cohort"), read(t, dir, "out-2-private/t.cohort"))
			first, second := "out/t_SYNTHETIC.csv", "out-2/t_SYNTHETIC.csv"
			if r.code == exitDoNotRelease {
				first, second = "out-private/t_SYNTHETIC_DO-NOT-RELEASE.csv", "out-2-private/t_SYNTHETIC_DO-NOT-RELEASE.csv"
			}
			require.Equal(t, read(t, dir, first), read(t, dir, second))
		})
	}
}
