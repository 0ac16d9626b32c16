//go:build noasm || !(amd64 || arm64)

package kernels

func panelWidth() int { return genericPanel }

func (t *gemmTask) block(r0, r1, c0, c1 int) { t.gemmGo(r0, r1, c0, c1) }

func packFull([]float32, int, int, []float32, int) int { return 0 }

func packBlocks([]float32, int, int, int, []float32, int) int { return 0 }
