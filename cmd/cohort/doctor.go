package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"example.org/cohort"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/demo"
	"example.org/cohort/kernels"
	"example.org/cohort/table"
)

var doctorVerb = verb{
	name: "doctor", run: runDoctor, help: doctorHelp, options: "weights",
	group: groupHelp, example: "doctor", about: "what this computer can do, and a self-test",
}

// runDoctor tells what the program found, and tests it.
func runDoctor(a *app, o *options) error {
	if o.weightsFolder != "" {
		return a.runDoctorWeights(o.weightsFolder)
	}
	a.say("%s", wrap("Program    ", "Cohort "+version+", "+runtime.Version()+", "+runtime.GOOS+"/"+runtime.GOARCH, a.width))
	a.say("%s", wrap("Processor  ", processorText(), a.width))
	a.say("%s", wrap("Kernels    ", kernelsText(), a.width))
	a.say("%s", wrap("At most    ", ceilingText(kernels.Ceilings()), a.width))
	a.say("%s", wrap("Memory     ", memoryText(memory()), a.width))
	healthy := true
	for _, f := range []struct{ name, path string }{{"Folder", "."}, {"Temporary", os.TempDir()}} {
		err := canWrite(f.path)
		healthy = healthy && err == nil
		a.say("%s", wrap(padded(f.name, 10)+" ", a.status(err == nil)+" "+folderText(f.path, err), a.width))
	}
	if err := kernels.Check(); err != nil {
		return fault("self-test", "the kernels of this computer can't be relied on: "+err.Error()+".",
			"COHORT_KERNELS=generic cohort make ...     (slower, without assembly; set the variable the way your system does)")
	}
	m := a.start("Self-test", "test", selfTestTime)
	err := selfTest()
	m.stop()
	if err != nil {
		return err
	}
	a.say("%s", wrap("Self-test  ", a.status(true)+" all kernels agree; the demo table learned, written and checked twice, on 1 and on "+
		count(runtime.GOMAXPROCS(0), "core", "cores")+": the same bytes", a.width))
	if !healthy {
		return exitCode(exitError)
	}
	return nil
}

// status is the mark before a check.
func (a *app) status(ok bool) string {
	if ok {
		return a.paint(green, "[ok]")
	}
	return a.paint(red, "[stop]")
}

// processorText names the processor, its cores and what it can compute with.
func processorText() string {
	name := strings.Join(strings.Fields(cpuid.CPU.BrandName), " ")
	if name == "" {
		name = "name not known"
	}
	var can []string
	for _, f := range []struct {
		id   cpuid.FeatureID
		name string
	}{{cpuid.SSE42, "sse4.2"}, {cpuid.AVX2, "avx2"}, {cpuid.FMA3, "fma"}, {cpuid.AVX512F, "avx512"}, {cpuid.ASIMD, "neon"}} {
		if cpuid.CPU.Supports(f.id) {
			can = append(can, f.name)
		}
	}
	text := name + "; " + count(runtime.GOMAXPROCS(0), "core", "cores") + " in use"
	if n := runtime.NumCPU(); n != runtime.GOMAXPROCS(0) {
		text += " of " + grouped(int64(n))
	}
	if len(can) > 0 {
		text += "; " + strings.Join(can, " ")
	}
	return text
}

// kernelsText names the kernels in use and the others that this processor can run.
func kernelsText() string {
	all := kernels.Families()
	text := kernels.Family()
	if len(all) > 1 {
		text += "; COHORT_KERNELS can choose " + strings.Join(all, ", ")
	}
	return text
}

// ceilingText is what the processor can do at most, on one thread and on all.
func ceilingText(rates []kernels.Rate) string {
	threads := count(runtime.GOMAXPROCS(0), "thread", "threads")
	var parts []string
	for _, r := range rates {
		parts = append(parts, fmt.Sprintf("%s %.0f %s, on %s %.0f", r.Name, r.One, r.Unit, threads, r.All))
	}
	if len(parts) == 0 {
		return "not measured: there is no assembly for this processor"
	}
	return strings.Join(parts, "; ")
}

func memoryText(total, free int64) string {
	size := func(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/(1<<30)) }
	switch {
	case total == 0:
		return "not known on this system"
	case free == 0:
		return size(total)
	}
	return size(total) + ", " + size(free) + " free"
}

func folderText(path string, err error) string {
	if path == "." {
		path = "this folder"
	}
	if err != nil {
		return path + " can't be written to; name another one with -o"
	}
	return path + " can be written to"
}

// canWrite tries to make a file in a folder.
func canWrite(folder string) error {
	f, err := os.CreateTemp(folder, container.TempPattern)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 1<<16))
	f.Close()
	os.Remove(f.Name())
	return err
}

// selfTestTime is what the self-test takes on a slow computer; the progress line begins with it.
const selfTestTime = 4e9

// selfTest learns, writes and checks the demo table, on one core and on all, and compares models, rows and reports byte by byte.
func selfTest() error {
	cores := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cores)
	var made [2]bytes.Buffer
	for i, n := range []int{1, cores} {
		runtime.GOMAXPROCS(n)
		t, err := table.ReadCSV(bytes.NewReader(demo.CSV()), table.ReadOptions{})
		if err != nil {
			return err
		}
		r, err := cohort.Make(context.Background(), t, cohort.MakeOptions{})
		if err != nil {
			return err
		}
		for _, write := range []func(io.Writer) error{r.Model.Save, r.Report.WriteJSON,
			func(w io.Writer) error { return table.WriteCSV(w, r.Table) }} {
			if err := write(&made[i]); err != nil {
				return err
			}
		}
	}
	if !bytes.Equal(made[0].Bytes(), made[1].Bytes()) {
		return fault("self-test", "the self-test gave other bytes on several cores than on one: results of this computer can't be relied on.",
			"cohort version     (tell the authors what this and cohort doctor print)")
	}
	return nil
}
