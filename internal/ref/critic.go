package ref

// A Critic is CTGAN's: two layers with LeakyReLU and dropout with given masks, and a third one with one output. W is
// [D, H], [H, H2] and [H2, 1]; B is [1, H], [1, H2] and [1, 1]; Mask is [N, H] and [N, H2] with values 0 or 1/(1-p).
type Critic struct {
	W, B  [3]Matrix
	Mask  [2]Matrix
	Slope float64
}

// pass is what a layer multiplies its gradient with: mask times 1 or slope.
func (c *Critic) pass(layer int, pre Matrix) Matrix {
	return LeakyReLUGrad(pre, c.Mask[layer], c.Slope)
}

// forward gives the outputs of the layers and the factors between them.
func (c *Critic) forward(x Matrix) (h [3]Matrix, m [2]Matrix) {
	in := x
	for l := range h {
		h[l] = AddBias(MatMul(in, c.W[l]), c.B[l])
		if l < 2 {
			m[l] = c.pass(l, h[l])
			h[l] = h[l].Mul(m[l])
		}
		in = h[l]
	}
	return h, m
}

// Forward is the critic's opinion of x [N, D]: [N, 1].
func (c *Critic) Forward(x Matrix) Matrix {
	h, _ := c.forward(x)
	return h[2]
}

// Grad gives the gradients of W, B and x from that of the output, g [N, 1].
func (c *Critic) Grad(x, g Matrix) (dw, db [3]Matrix, dx Matrix) {
	h, m := c.forward(x)
	for l := 2; l >= 0; l-- {
		if l < 2 {
			g = g.Mul(m[l])
		}
		in := x
		if l > 0 {
			in = h[l-1]
		}
		db[l] = ColSums(g)
		g, dw[l] = MatMulGrad(in, c.W[l], g)
	}
	return dw, db, g
}

// InputGrad is the gradient of the sum of the outputs for x.
func (c *Critic) InputGrad(x Matrix) Matrix {
	ones := New(x.Rows, 1).Map(func(float64) float64 { return 1 })
	_, _, dx := c.Grad(x, ones)
	return dx
}

// Penalty is the mean over rows of (|g| - 1)^2, g being InputGrad (Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville,
// "Improved training of Wasserstein GANs", 2017).
func (c *Critic) Penalty(x Matrix) float64 {
	p := 0.0
	for _, n := range RowNorm(c.InputGrad(x)).Data {
		p += (n - 1) * (n - 1)
	}
	return p / float64(x.Rows)
}

// PenaltyGrad is the gradient of Penalty for W, in closed form; that for B is 0. The masks are constants, so the input
// gradient g = W1 (M1 (W2 (M2 w3))) is linear in each weight, row by row. With v the gradient of the penalty for g, u0 = v, u1 = M1 u0 W1
// and u2 = M2 u1 W2 go up, b2 = M2 w3' and b1 = M1 b2 W2' come down, and each weight gets the product of the two that meet at it.
func (c *Critic) PenaltyGrad(x Matrix) (dw [3]Matrix) {
	_, m := c.forward(x)
	ones := New(x.Rows, 1).Map(func(float64) float64 { return 1 })
	b2 := MatMul(ones, c.W[2].T()).Mul(m[1])
	b1 := MatMul(b2, c.W[1].T()).Mul(m[0])
	g := MatMul(b1, c.W[0].T())
	v := RowNormGrad(g, RowNorm(g).Map(func(n float64) float64 { return 2 * (n - 1) / float64(x.Rows) }))
	u1 := MatMul(v, c.W[0]).Mul(m[0])
	u2 := MatMul(u1, c.W[1]).Mul(m[1])
	return [3]Matrix{MatMul(v.T(), b1), MatMul(u1.T(), b2), MatMul(u2.T(), ones)}
}
