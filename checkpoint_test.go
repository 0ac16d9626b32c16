package cohort_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/internal/run"
	"example.org/cohort/kernels"
	"github.com/stretchr/testify/require"
)

// helper names the checkpoint when this program runs as the process that is killed.
const helper = "COHORT_TEST_CHECKPOINT"

func TestMain(m *testing.M) {
	if path := os.Getenv(helper); path != "" {
		fitSlowly(path)
		return
	}
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		kernels.Apart() // networks of tests are small, and packages are tested side by side: threads would wait for each other
	}
	os.Exit(m.Run())
}

const slowRows, slowSeed = 500, 80

// fitSlowly learns until it is killed: once there is a checkpoint, it goes no further.
func fitSlowly(path string) {
	var t testing.T
	cohort.Fit(context.Background(), read(&t, pupils(slowRows, slowSeed)), cohort.Options{Checkpoint: path,
		Progress: func(phase string, done, total int64) {
			if _, err := os.Stat(path); err == nil {
				time.Sleep(time.Minute)
			}
			time.Sleep(300 * time.Millisecond)
		}})
}

func TestKilledFitGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	program, err := os.Executable()
	require.NoError(t, err)
	killed := exec.Command(program)
	killed.Env = append(os.Environ(), helper+"="+path)
	require.NoError(t, killed.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(path); return err == nil }, time.Minute, 10*time.Millisecond)
	require.NoError(t, killed.Process.Kill())
	killed.Wait()

	actual := read(t, pupils(slowRows, slowSeed))
	_, err = cohort.Fit(context.Background(), actual, cohort.Options{Checkpoint: path, Seed: 1})
	require.ErrorIs(t, err, run.ErrOtherRun)
	_, err = cohort.Fit(context.Background(), read(t, pupils(slowRows, slowSeed+1)), cohort.Options{Checkpoint: path})
	require.ErrorIs(t, err, run.ErrOtherRun)
	require.Equal(t, "other-checkpoint", code(t, err))

	first := int64(-1)
	resumed := fit(t, actual, cohort.Options{Checkpoint: path, Progress: func(phase string, done, total int64) {
		if phase == "learn" && first < 0 {
			first = done
		}
	}})
	require.Positive(t, first, "it began anew")
	require.NoFileExists(t, path)
	require.True(t, bytes.Equal(file(t, fit(t, actual, cohort.Options{})), file(t, resumed)))
}

func TestCancelledFitGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	actual := read(t, pupils(400, 81))
	ctx, cancel := context.WithCancel(context.Background())
	const steps = 6000 // more than the choice of settings costs, so that the run is cut after the first wave
	m, err := cohort.Fit(ctx, actual, cohort.Options{Steps: steps, Checkpoint: path, Progress: func(phase string, done, total int64) {
		if phase == "learn" && done > total/4*3 {
			cancel()
		}
	}})
	require.Nil(t, m)
	require.Equal(t, context.Canceled, err)
	require.FileExists(t, path)
	resumed := fit(t, actual, cohort.Options{Steps: steps, Checkpoint: path})
	require.True(t, bytes.Equal(file(t, fit(t, actual, cohort.Options{Steps: steps})), file(t, resumed)))
}
