package cohort_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/cohort"
	"example.org/cohort/ctgan"
	"example.org/cohort/internal/container"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// networks are short runs of the neural networks, whose models are worth nothing.
var networks = map[string]cohort.Options{
	"ctgan":           {Model: "ctgan", Steps: 6},
	"tvae":            {Model: "tvae", Steps: 6},
	"ctgan sdv":       {CTGAN: &ctgan.Options{Preset: "sdv", Epochs: 6}},
	"ctgan synthcity": {CTGAN: &ctgan.Options{Preset: "synthcity", Epochs: 3}},
}

// complete is pupils without gaps and marks, at which the packages stop that the presets copy.
func complete(n int, seed uint64) string {
	var kept []string
	for _, line := range strings.SplitAfter(pupils(2*n, seed), "\n") {
		if !strings.Contains(line, ",,") && !strings.Contains(line, "ABS") && len(kept) <= n {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// slow skips, with -short, what takes minutes on kernels in plain Go.
func slow(t *testing.T) {
	t.Helper()
	if testing.Short() && kernels.Family() == "generic" {
		t.Skip("minutes on kernels in plain Go; runs without -short")
	}
}

// What Fit sets itself must not be set in the options of the network, which go with a network only.
func TestNetworkOptionsSetTwice(t *testing.T) {
	actual := read(t, pupils(60, 200))
	for name, o := range map[string]ctgan.Options{
		"Model": {Model: "tvae"}, "Level": {Level: "share"}, "Protect": {Protect: -1}, "Whole": {Whole: actual}, "Seed": {Seed: 1},
		"Budget": {Budget: time.Second}, "Steps": {Steps: 1}, "Stop": {Stop: make(chan struct{})}, "Checkpoint": {Checkpoint: "x"},
		"Progress": {Progress: func(string, int64, int64) {}}, "Warn": {Warn: func(*table.Error) {}},
	} {
		bad := refused(t, actual, cohort.Options{CTGAN: &o})
		require.Equal(t, "bad-option", bad.Code, name)
		require.Contains(t, bad.Reason, name+" is set")
	}
	for _, model := range []string{"auto", "trees", "copula", "independent"} {
		bad := refused(t, actual, cohort.Options{Model: model, CTGAN: &ctgan.Options{}})
		require.Equal(t, "bad-option", bad.Code)
	}
	require.Equal(t, "no-such-preset", refused(t, actual, cohort.Options{CTGAN: &ctgan.Options{Preset: "plsu"}}).Code)
	for _, model := range []string{"ctgan", "tvae"} {
		require.Equal(t, "no-such-model", refused(t, actual, cohort.Options{Model: model, Level: "structure"}).Code)
	}
	require.Equal(t, "too-few-rows", refused(t, read(t, pupils(19, 200)), cohort.Options{Model: "ctgan"}).Code)
}

// The presets of peers protect nothing and keep no rules. Who asks for either is told so, and all others what they are for.
func TestPeerPresets(t *testing.T) {
	slow(t)
	actual := read(t, complete(120, 201))
	rule, err := table.ParseRule("Start <= Leave")
	require.NoError(t, err)
	for _, preset := range []string{"sdv", "synthcity"} {
		opt := cohort.Options{CTGAN: &ctgan.Options{Preset: preset, Epochs: 2}}
		bad := refused(t, actual.WithRules(rule), opt)
		require.Equal(t, "bad-option", bad.Code)
		require.Contains(t, bad.Fix, "plus, which keeps them")
		opt.Protect = 5
		bad = refused(t, actual, opt)
		require.Equal(t, "bad-option", bad.Code)
		require.Contains(t, bad.Fix, "plus, which protects")

		for _, protect := range []int{0, -1} {
			var codes []string
			opt.Protect = protect
			opt.Warn = func(e *table.Error) { codes = append(codes, e.Code) }
			m := fit(t, actual, opt)
			require.Equal(t, 1, count(codes, "peer-preset"))
			require.Zero(t, m.Info().Protect)
			require.Empty(t, m.Info().Schema.Rules)
			require.Contains(t, m.Info().Kind, preset)
		}
	}
	var codes []string
	m := fit(t, actual, cohort.Options{Model: "ctgan", Steps: 6, Warn: func(e *table.Error) { codes = append(codes, e.Code) }})
	require.NotContains(t, codes, "peer-preset")
	require.Equal(t, 5, m.Info().Protect)
	require.Len(t, m.Info().Schema.Rules, 2)
}

func count(all []string, of string) (n int) {
	for _, s := range all {
		if s == of {
			n++
		}
	}
	return n
}

func TestNetworksAreSaved(t *testing.T) {
	slow(t)
	actual := read(t, complete(120, 202))
	for name, opt := range networks {
		t.Run(name, func(t *testing.T) {
			m := fit(t, actual, opt)
			want := m.Info()
			require.Equal(t, kernels.Family(), want.Kernels)
			loaded, err := cohort.Load(bytes.NewReader(file(t, m)))
			require.NoError(t, err)
			if want.Kernels == "avx512" {
				want.Kernels = "avx2" // in a file it stands for both
			}
			got := loaded.Info()
			if got.StoppedBy == "" { // a file does not say it
				got.StoppedBy = want.StoppedBy
			}
			require.Equal(t, want, got)
			opt := cohort.SampleOptions{Rows: 700, Seed: 4, Warn: func(e *table.Error) { t.Error(e) }}
			require.Equal(t, text(t, sample(t, m, opt)), text(t, sample(t, loaded, opt)))
		})
	}
}

// Families that agree bit for bit give the same file and the same rows.
func TestNetworksOnKernelsThatAgree(t *testing.T) {
	if !slices.Contains(kernels.Families(), "avx512") {
		t.Skip("this processor has no avx512")
	}
	actual := read(t, pupils(80, 203))
	var files [][]byte
	var rows []string
	for _, family := range []string{"avx512", "avx2"} {
		restore, err := kernels.Use(family)
		require.NoError(t, err)
		m := fit(t, actual, networks["ctgan"])
		files, rows = append(files, file(t, m)), append(rows, text(t, sample(t, m, cohort.SampleOptions{Rows: 100})))
		restore()
	}
	require.True(t, bytes.Equal(files[0], files[1]), "the files differ")
	require.True(t, rows[0] == rows[1], "the rows differ")
}

// A network from a computer with another arithmetic is used with a word about it; trees know no kernels.
func TestModelOfOtherKernels(t *testing.T) {
	slow(t)
	actual := read(t, pupils(80, 204))
	other := "neon"
	if kernels.Family() == "neon" {
		other = "avx2"
	}
	for model, warned := range map[string]bool{"ctgan": true, "trees": false} {
		opt := cohort.Options{Model: model, Steps: 6}
		f, err := container.Read(bytes.NewReader(file(t, fit(t, actual, opt))))
		require.NoError(t, err)
		var head map[string]any
		require.NoError(t, json.Unmarshal(f.Header, &head))
		head["Kernels"] = other
		f.Header, err = json.Marshal(head)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, container.Write(&b, f))
		m, err := cohort.Load(&b)
		require.NoError(t, err)
		var told []*table.Error
		rows := sample(t, m, cohort.SampleOptions{Rows: 4500, Warn: func(e *table.Error) { told = append(told, e) }})
		require.Equal(t, 4500, rows.Rows())
		if !warned {
			require.Empty(t, told)
			continue
		}
		require.Len(t, told, 1)
		require.Equal(t, "older-model", told[0].Code)
		require.Equal(t, "the model was made on "+other+"; on this computer ("+kernels.Family()+") the same seed gives other rows, just as good",
			told[0].Reason)
	}
}

// Make learns a trial and then everybody with a network, as with trees, and with the knobs of its options.
func TestMakeWithANetwork(t *testing.T) {
	slow(t)
	actual := read(t, complete(120, 205))
	var steps []int64
	var codes []string
	opt := cohort.MakeOptions{Fit: cohort.Options{Steps: 6, Warn: func(e *table.Error) { codes = append(codes, e.Code) },
		CTGAN: &ctgan.Options{Batch: 20, Trace: func(s ctgan.Step) { steps = append(steps, s.Number) }}}}
	r, err := cohort.Make(context.Background(), actual, opt)
	require.NoError(t, err)
	require.Equal(t, 120, r.Table.Rows())
	require.Equal(t, "ctgan", r.Model.Info().Kind)
	require.Equal(t, "ctgan", r.Trial.Kind)
	require.Less(t, r.Trial.Rows, r.Model.Info().Rows)
	require.EqualValues(t, 6, r.Model.Info().Steps)
	zeros := 0
	for _, n := range steps {
		if n == 0 {
			zeros++
		}
	}
	require.Equal(t, 2, zeros, "the steps of the trial, and those of everybody: %v", steps)
	require.NotContains(t, codes, "peer-preset")
	opt.Fit.Steps, opt.Fit.CTGAN = 0, &ctgan.Options{Preset: "sdv", Epochs: 4}
	_, err = cohort.Make(context.Background(), actual, opt)
	require.NoError(t, err)
	require.Equal(t, 1, count(codes, "peer-preset"))
}

// The cost of a network is known beforehand, and so is a plan that does not fit.
func TestPlanOfANetwork(t *testing.T) {
	defer cohort.OnNominalMachine()()
	few, many := read(t, complete(100, 206)), read(t, complete(1000, 206))
	opt := cohort.Options{CTGAN: &ctgan.Options{Preset: "sdv"}}
	a, err := cohort.Plan(few, opt)
	require.NoError(t, err)
	b, err := cohort.Plan(many, opt)
	require.NoError(t, err)
	require.Equal(t, "ctgan", a.Model)
	require.Positive(t, a.Time)
	require.GreaterOrEqual(t, b.Time, a.Time)
	require.GreaterOrEqual(t, b.Memory, a.Memory)
	require.Equal(t, "not-enough-memory", refused(t, few, cohort.Options{Model: "ctgan", Memory: a.Memory / 4}).Code)
	require.Equal(t, "time-too-short", refused(t, many, cohort.Options{Model: "ctgan", Budget: time.Microsecond}).Code)
}

// A product of matrices tells how fast the machine is.
func TestSpeedForNetworksIsMeasured(t *testing.T) {
	slow := cohort.NetSlowness()
	require.Greater(t, slow, 1e-4)
	require.Less(t, slow, 1e4)
	t.Logf("%.1f GFLOP/s", 40/slow)
}

// A run that Stop has ended can be repeated by its steps.
func TestNetworkIsStopped(t *testing.T) {
	slow(t)
	actual := read(t, pupils(120, 207))
	stop := make(chan struct{})
	close(stop)
	m := fit(t, actual, cohort.Options{Model: "ctgan", Stop: stop})
	require.Equal(t, "stop", m.Info().StoppedBy)
	require.Less(t, m.Info().Steps, m.Info().Planned)
	again := fit(t, actual, cohort.Options{Model: "ctgan", Steps: m.Info().Steps})
	require.True(t, bytes.Equal(file(t, m), file(t, again)), "so many steps give another model")
}
