//go:build !noasm

package kernels

// The kernels of vec_arm64.s, which take whole groups of four numbers.

//go:noescape
func expNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func logNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sqrtNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func squareNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func reluGradNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func leakyGradNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func tanhGradNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func sigmoidGradNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func geluGradNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func subNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func scaleNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func addConstNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func fillNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func mulAddNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func axpyNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func lerpNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func shiftScaleNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalizeNEON(dst, x, mean, scale, shift *float32, n int)

//go:noescape
func normalizeGradNEON(dx, dy, x, mean, a, b, c *float32, n int)

//go:noescape
func uniformNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func exponentialNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func gumbelNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func dropoutNEON(dst, a, b, c *float32, n int, s, t float32)

//go:noescape
func normalsNEON(dst, words *float32, n int)

//go:noescape
func sumLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func dotLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func squareLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func maxLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func expLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func nanLanesNEON(acc, dst, a, b *float32, n int, s float32)

//go:noescape
func colSumNEON(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDevNEON(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func colDotNEON(dst, mean, x, dy *float32, rows, cols int)

//go:noescape
func tileExpNEON(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileExpNoiseNEON(dst, x, noise, stats *float32, n int, scale float32)

//go:noescape
func tileScaleNEON(dst, x, a, b *float32, n int)

//go:noescape
func tileShiftNEON(dst, x, a, b *float32, n int)

//go:noescape
func tileGradNEON(dx, dy, y *float32, n int, scale float32)

//go:noescape
func adamNEON(p, grad, m, v, k *float32, n int)

//go:noescape
func philoxNEON(dst *float32, n int, c *uint32)
