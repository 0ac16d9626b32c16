package autograd

import "example.org/cohort/kernels"

// An opcode is the row of the table vjps.
type opcode uint8

const (
	opLeaf opcode = iota
	opMatMul
	opMatMulAdd
	opLinear
	opAddBias
	opColSums
	opRepeatRows
	opLeakyReLU
	opReLU
	opMask
	opDropout
	opTanh
	opSigmoid
	opExp
	opLog
	opAdd
	opSub
	opMul
	opScale
	opAddConst
	opSquare
	opSum
	opExpand
	opRowSum
	opRepeatCols
	opMulRows
	opRowNorm
	opReciprocal
	opConcat
	opSlice
	opPad
	opReshape
	opSoftmax
	opLogSoftmax
	opBatchNorm
	opSpanHead
	opCrossEntropy
	opSpanCrossEntropy
	opLayerNorm
	opGelu
	opAttention
	opEmbedding
	opLMLoss
	opcodes // how many there are
)

// A row of the table is an operation's name, whether its vector-Jacobian product can be recorded, and that product: it gets the
// gradient g of n and gives the gradients of n's inputs. What can be recorded is written with the operations of the tape
// alone, so it also is its own second derivative.
type row struct {
	name   string
	second bool
	vjp    func(t *Tape, n *node, g Var)
}

var vjps = [opcodes]row{
	opLeaf:             {"Leaf", true, nil},
	opMatMul:           {"MatMul", true, matMulVJP},
	opMatMulAdd:        {"MatMulAdd", true, matMulAddVJP},
	opLinear:           {"Linear", true, linearVJP},
	opAddBias:          {"AddBias", true, addBiasVJP},
	opColSums:          {"ColSums", true, colSumsVJP},
	opRepeatRows:       {"RepeatRows", true, repeatRowsVJP},
	opLeakyReLU:        {"LeakyReLU", true, maskedVJP},
	opReLU:             {"ReLU", true, maskedVJP},
	opMask:             {"Mask", true, maskVJP},
	opDropout:          {"Dropout", true, dropoutVJP},
	opTanh:             {"Tanh", false, tanhVJP},
	opSigmoid:          {"Sigmoid", false, sigmoidVJP},
	opExp:              {"Exp", false, expVJP},
	opLog:              {"Log", false, logVJP},
	opAdd:              {"Add", true, addVJP},
	opSub:              {"Sub", true, subVJP},
	opMul:              {"Mul", true, mulVJP},
	opScale:            {"Scale", true, scaleVJP},
	opAddConst:         {"AddConst", true, addConstVJP},
	opSquare:           {"Square", true, squareVJP},
	opSum:              {"Sum", true, sumVJP},
	opExpand:           {"Expand", true, expandVJP},
	opRowSum:           {"RowSum", true, rowSumVJP},
	opRepeatCols:       {"RepeatCols", true, repeatColsVJP},
	opMulRows:          {"MulRows", true, mulRowsVJP},
	opRowNorm:          {"RowNorm", true, rowNormVJP},
	opReciprocal:       {"Reciprocal", true, reciprocalVJP},
	opConcat:           {"Concat", true, concatVJP},
	opSlice:            {"Slice", true, sliceVJP},
	opPad:              {"Pad", true, padVJP},
	opReshape:          {"Reshape", true, reshapeVJP},
	opSoftmax:          {"Softmax", false, softmaxVJP},
	opLogSoftmax:       {"LogSoftmax", false, logSoftmaxVJP},
	opBatchNorm:        {"BatchNorm", false, batchNormVJP},
	opSpanHead:         {"SpanHead", false, spanHeadVJP},
	opCrossEntropy:     {"CrossEntropy", false, lossVJP},
	opSpanCrossEntropy: {"SpanCrossEntropy", false, lossVJP},
	opLayerNorm:        {"LayerNorm", false, layerNormVJP},
	opGelu:             {"Gelu", false, geluVJP},
	opAttention:        {"Attention", false, attentionVJP},
	opEmbedding:        {"Embedding", false, embeddingVJP},
	opLMLoss:           {"LMLoss", false, lmLossVJP},
}

// Products. The gradients of C = A B are dA = dC B' and dB = A' dC, and what that becomes where A or B is stored transposed.
func matMulVJP(t *Tape, n *node, g Var) {
	a, b := t.input(n, 0), t.input(n, 1)
	switch n.layout {
	case kernels.NN:
		t.giveProduct(n, 0, kernels.NT, g, b)
		t.giveProduct(n, 1, kernels.TN, a, g)
	case kernels.NT:
		t.giveProduct(n, 0, kernels.NN, g, b)
		t.giveProduct(n, 1, kernels.TN, g, a)
	case kernels.TN:
		t.giveProduct(n, 0, kernels.NT, b, g)
		t.giveProduct(n, 1, kernels.NN, a, g)
	}
}

func matMulAddVJP(t *Tape, n *node, g Var) {
	matMulVJP(t, n, g)
	t.give(n, 2, g)
}

func linearVJP(t *Tape, n *node, g Var) {
	x, w, first := t.input(n, 0), t.input(n, 1), g
	if n.ep.Drop.P > 0 {
		g = t.Dropout(t.spend(g), n.ep.Drop)
	}
	switch {
	case n.ep.Act == kernels.GELU && !t.silent:
		panic("autograd: Gelu has no second derivative")
	case n.sloped:
		n.sloped = false
	case n.ep.Act == kernels.GELU:
		dx, d := t.dest(g)
		kernels.GeluGrad(dx, g.Data(), n.saved)
		g = d
	case n.ep.Act != kernels.Linear:
		g = t.mask(t.spend(g), n.self, n.ep.Act, n.ep.Slope)
	}
	if n.in[2] != 0 && t.want(n, 2) {
		t.give(n, 2, t.colSums(g, t.node(n.in[2]).val.Shape))
	}
	t.giveProduct(n, 1, kernels.TN, x, g)
	t.giveProduct(n, 0, kernels.NT, g, w)
	if g != first {
		t.done(t.node(g.index))
	}
}

func addBiasVJP(t *Tape, n *node, g Var) {
	if t.want(n, 1) {
		t.give(n, 1, t.colSums(g, t.node(n.in[1]).val.Shape))
	}
	t.give(n, 0, g)
}

func colSumsVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.repeatRows(g, t.node(n.in[0]))) }

func repeatRowsVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.colSums(g, t.node(n.in[0]).val.Shape)) }

// Activations. The sign of the output stands for that of the input; the mask has no gradient of its own.
func maskedVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.mask(t.spend(g), n.self, n.ep.Act, n.ep.Slope))
}

func maskVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.mask(t.spend(g), n.aux, n.ep.Act, n.ep.Slope))
}

func dropoutVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.Dropout(t.spend(g), n.ep.Drop)) }

func tanhVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	kernels.TanhGrad(dx, g.Data(), n.val.Data)
	t.give(n, 0, d)
}

func sigmoidVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	kernels.SigmoidGrad(dx, g.Data(), n.val.Data)
	t.give(n, 0, d)
}

func expVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.Mul(t.spend(g), t.output(n))) }

func logVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	x := t.input(n, 0).Data()
	for i, v := range g.Data() {
		dx[i] = v / x[i]
	}
	t.give(n, 0, d)
}

// Arithmetic.
func addVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, g)
	t.give(n, 1, g)
}

func subVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, g)
	if t.want(n, 1) {
		t.give(n, 1, t.Scale(t.spend(g), -1))
	}
}

func mulVJP(t *Tape, n *node, g Var) {
	a, b := t.input(n, 0), t.input(n, 1)
	if t.want(n, 0) {
		t.give(n, 0, t.Mul(g, b))
	}
	if t.want(n, 1) {
		t.give(n, 1, t.Mul(t.spend(g), a))
	}
}

func scaleVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.Scale(t.spend(g), n.s)) }

func addConstVJP(t *Tape, n *node, g Var) { t.give(n, 0, g) }

func squareVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.Scale(t.spend(t.Mul(t.spend(g), t.input(n, 0))), 2))
}

// Sums.
func sumVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.expand(g, t.node(n.in[0]), n.s)) }

func expandVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.sum(g, n.s)) }

func rowSumVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.repeatCols(g, t.node(n.in[0]))) }

func repeatColsVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.RowSum(g)) }

func mulRowsVJP(t *Tape, n *node, g Var) {
	x, s := t.input(n, 0), t.input(n, 1)
	if t.want(n, 1) {
		t.give(n, 1, t.RowSum(t.Mul(g, x)))
	}
	if t.want(n, 0) {
		t.give(n, 0, t.MulRows(t.spend(g), s))
	}
}

// The gradient of |x| is x/|x|, and 0 where x is 0.
func rowNormVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.MulRows(t.input(n, 0), t.Mul(g, t.reciprocal(t.output(n)))))
}

func reciprocalVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.Scale(t.Mul(t.spend(g), t.Square(t.output(n))), -1))
}

// Shapes.
func concatVJP(t *Tape, n *node, g Var) {
	at := 0
	for i, in := range n.in {
		if in == 0 {
			return
		}
		width := t.node(in).val.Shape[1]
		if t.want(n, i) {
			t.give(n, i, t.Slice(g, at, at+width))
		}
		at += width
	}
}

func sliceVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.pad(g, n.at, t.node(n.in[0]).val.Shape[1])) }

func padVJP(t *Tape, n *node, g Var) {
	t.give(n, 0, t.Slice(g, n.at, n.at+t.node(n.in[0]).val.Shape[1]))
}

func reshapeVJP(t *Tape, n *node, g Var) { t.give(n, 0, t.view(g, t.node(n.in[0]).val.Shape)) }

// What has no second derivative works on plain numbers.
func softmaxVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	kernels.SoftmaxGrad(dx, g.Data(), n.val.Data, n.val.Shape[0], n.val.Shape[1])
	t.give(n, 0, d)
}

func logSoftmaxVJP(t *Tape, n *node, g Var) {
	dx, d := t.scratch(n.val)
	sums := t.RowSum(g)
	kernels.Exp(dx, n.val.Data)
	kernels.MulRows(dx, dx, sums.Data(), n.val.Shape[0], n.val.Shape[1])
	kernels.Sub(dx, g.Data(), dx)
	t.give(n, 0, d)
}

func spanHeadVJP(t *Tape, n *node, g Var) {
	dx, d := t.dest(g)
	kernels.SpanGrad(dx, g.Data(), n.val.Data, n.val.Shape[0], n.val.Shape[1], n.spans, n.s)
	t.give(n, 0, d)
}

// A loss has saved its gradient; it has one element in each row.
func lossVJP(t *Tape, n *node, g Var) {
	x := t.node(n.in[0]).val
	dx, d := t.scratch(x)
	kernels.MulRows(dx, n.saved, g.Data(), x.Shape[0], x.Shape[1])
	t.give(n, 0, d)
}

func batchNormVJP(t *Tape, n *node, g Var) {
	x, gamma := t.node(n.in[0]).val, t.node(n.in[1]).val
	rows, cols := x.Shape[0], x.Shape[1]
	dx, d := t.dest(g)
	dy := g.Data()
	if n.relu {
		kernels.ReLUGrad(dx, dy, n.val.Data)
		dy = dx
	}
	dgamma, dg := t.scratch(gamma)
	dbeta, db := t.scratch(gamma)
	if n.eval {
		back, _ := t.scratch(x)
		kernels.BatchNormGrad(back, dgamma, dbeta, dy, x.Data, n.mean, n.rstd, gamma.Data, rows, cols)
		zeros := t.arena.Floats(cols)
		clear(zeros)
		kernels.BatchNorm(dx, dy, zeros, n.rstd, gamma.Data, zeros, rows, cols, false)
	} else {
		kernels.BatchNormGrad(dx, dgamma, dbeta, dy, x.Data, n.mean, n.rstd, gamma.Data, rows, cols)
	}
	t.give(n, 0, d)
	t.give(n, 1, dg)
	t.give(n, 2, db)
}
