package arch

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	symbolLine = regexp.MustCompile(`^[0-9a-f]+ <(.+)>:$`)
	kernelName = regexp.MustCompile(`/kernels\.(\w+?)(AVX512|AVX2|BF16)\.abi0$`)
	zmm        = regexp.MustCompile(`%zmm\d`)
	evexOnly   = regexp.MustCompile(`%zmm\d|%k[0-7]\b|%[xy]mm(1[6-9]|2\d|3[01])\b|\{%k`)
	wideVector = regexp.MustCompile(`%[yz]mm\d|%k[0-7]\b`)
)

// GNU objdump, which knows nothing of our generator, disassembles the kernels as the linker placed them: AVX2 kernels hold
// nothing of AVX-512, AVX-512 kernels do use its registers, and nothing else in the package uses wide vectors at all.
func TestDisassembledKernelsHoldToTheirFamily(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the kernels of amd64 are disassembled on amd64")
	}
	if _, err := exec.LookPath("objdump"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI needs GNU objdump (package binutils)")
		}
		t.Skip("there is no objdump")
	}
	functions := disassemble(t)
	count := map[string]int{}
	for name, code := range functions {
		m := kernelName.FindStringSubmatch(name)
		if m == nil {
			require.False(t, wideVector.MatchString(code), "%s uses wide vectors, and nothing asks whether the processor has them", name)
			continue
		}
		count[m[2]]++
		switch m[2] {
		case "AVX2":
			require.False(t, evexOnly.MatchString(code), "%s holds an instruction of AVX-512", name)
			require.Contains(t, code, "%ymm", name)
		default:
			require.True(t, zmm.MatchString(code), "%s does not use AVX-512 registers", name)
		}
		switch {
		case strings.HasPrefix(m[1], "pair"):
			require.Regexp(t, "vcvtne2?ps2bf16", code, name)
		case m[2] == "BF16":
			require.Contains(t, code, "vdpbf16ps", name)
		case strings.HasPrefix(m[1], "gemm"):
			require.Contains(t, code, "vfmadd231ps", name)
		}
	}
	require.Greater(t, count["AVX512"], 15, "%v", count)
	require.Greater(t, count["AVX2"], 10, "%v", count)
	require.Greater(t, count["BF16"], 15, "%v", count)
	t.Logf("kernels disassembled: %v", count)
}

// disassemble gives the code of each function of package kernels in its test program.
func disassemble(t *testing.T) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kernels.test")
	build := exec.Command("go", "test", "-c", "-o", path, "./kernels")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	dump := exec.Command("objdump", "-d", "--no-show-raw-insn", path)
	pipe, err := dump.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, dump.Start())
	functions, name := map[string]string{}, ""
	var code strings.Builder
	keep := func() {
		if strings.Contains(name, module+"/kernels.") {
			functions[name] = code.String()
		}
		code.Reset()
	}
	for s := bufio.NewScanner(pipe); s.Scan(); {
		if m := symbolLine.FindStringSubmatch(s.Text()); m != nil {
			keep()
			name = m[1]
			continue
		}
		if strings.Contains(name, module+"/kernels.") {
			code.WriteString(s.Text() + "\n")
		}
	}
	keep()
	require.NoError(t, dump.Wait())
	return functions
}
