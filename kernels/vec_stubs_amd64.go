//go:build !noasm

package kernels

// The kernels of vec_amd64.s. The functions in plain Go of the same names are their references: lanesGo has those on
// elements, reduceGo and colSumsGo the sums.

//go:noescape
func expAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func logAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sqrtAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func squareAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluGradAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyGradAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhGradAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidGradAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluGradAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func subAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func scaleAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addConstAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func fillAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulAddAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func axpyAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func lerpAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func shiftScaleAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalizeAVX2(dst, x, mean, scale, shift *float32, n int)

//go:noescape
func normalizeGradAVX2(dx, dy, x, mean, a, b, c *float32, n int)

//go:noescape
func uniformAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func exponentialAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func gumbelAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func dropoutAVX2(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalsAVX2(dst, words *float32, n int)

//go:noescape
func sumLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func dotLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func squareLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func maxLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func expLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func nanLanesAVX2(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func colSumAVX2(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDevAVX2(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDotAVX2(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func tileExpAVX2(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileExpNoiseAVX2(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileScaleAVX2(dst, x, a, b *float32, n int)

//go:noescape
func tileShiftAVX2(dst, x, a, b *float32, n int)

//go:noescape
func tileGradAVX2(dx, dy, y *float32, n int, scale float32)

//go:noescape
func adamAVX2(p, grad, m, v, k *float32, n int)

//go:noescape
func squaresAVX2(acc *float64, x *float32, n int)

//go:noescape
func philoxAVX2(dst *float32, n int, c *uint32)

//go:noescape
func expAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func logAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sqrtAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func squareAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluGradAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyGradAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhGradAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidGradAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluGradAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func subAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func scaleAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addConstAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func fillAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulAddAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func axpyAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func lerpAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func shiftScaleAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalizeAVX512(dst, x, mean, scale, shift *float32, n int)

//go:noescape
func normalizeGradAVX512(dx, dy, x, mean, a, b, c *float32, n int)

//go:noescape
func uniformAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func exponentialAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func gumbelAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func dropoutAVX512(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalsAVX512(dst, words *float32, n int)

//go:noescape
func sumLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func dotLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func squareLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func maxLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func expLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func nanLanesAVX512(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func colSumAVX512(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDevAVX512(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDotAVX512(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func tileExpAVX512(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileExpNoiseAVX512(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileScaleAVX512(dst, x, a, b *float32, n int)

//go:noescape
func tileShiftAVX512(dst, x, a, b *float32, n int)

//go:noescape
func tileGradAVX512(dx, dy, y *float32, n int, scale float32)

//go:noescape
func adamAVX512(p, grad, m, v, k *float32, n int)

//go:noescape
func squaresAVX512(acc *float64, x *float32, n int)

//go:noescape
func philoxAVX512(dst *float32, n int, c *uint32)
