// Package autograd computes gradients, and gradients of gradients, of what was computed on a tape.
//
//	tape := autograd.New(arena)
//	x := tape.Input(batch)                                     // [N, D]
//	y := tape.Mean(critic.Forward(tape, x))                    // [1]
//	g := tape.Grad(y, x, autograd.Create)                      // [N, D], differentiable again
//	pen := tape.Mean(tape.Square(tape.AddConst(tape.RowNorm(g), -1)))
//	tape.Backward(pen)                                         // adds to the gradients of the critic's weights
//	tape.Reset()
//
// # The tape
//
// Every operation computes its value at once and appends a node to the tape: what it was, the nodes that it read, and the
// few numbers and buffers that its gradient will need. A node's index is greater than the indices of what it read, so the
// order of the tape is an order for the chain rule. A [Var] is the index of a node.
//
// There are three ways to bring numbers onto a tape. [Tape.Weight] and [Tape.Leaf] are trained: [Tape.Backward] adds to a
// gradient that the caller owns and clears. [Tape.Input] is what [Tape.Grad] can be asked about. [Tape.Const] is neither:
// what depends on constants alone is not differentiated.
//
// # Backward
//
// The walk begins at y with a gradient of ones (where y has several elements, it is the gradient of their sum) and goes
// down from node to node. Each node hands its gradient g to one function of the table in vjp.go, the vector-Jacobian
// product, which computes the gradients of the node's inputs with the operations of the tape, and gives them to the inputs.
//
// A plain walk records nothing, adds gradients in place and uses their memory again as soon as it can; products of
// matrices are added by the kernel itself. With [Create] the walk records what it computes: the nodes are appended above
// the one where it began, gradients are added by Add, and what comes out is a Var like any other. The same functions serve
// both.
//
// # Second order
//
// These can be recorded: MatMul, Linear and LinearAct, AddBias, LeakyReLU, ReLU, Dropout, Concat, Slice, Rows, Reshape, Add,
// Sub, Mul, MulRows, Scale, AddConst, Square, Sum, Mean, RowSum, RowNorm, and what is composed of them. The others panic, such as
// "autograd: BatchNorm has no second derivative". The derivative of LeakyReLU is a constant, except at 0.
//
// # Memory
//
// Values and gradients live in the tape's arena until [Tape.Reset], which makes every Var invalid: using one after it
// panics. A tape is for one goroutine. After the largest batch has been seen, nothing is allocated.
//
// Dimension letters: N rows, D columns of an input, H columns of an output. Shapes that do not fit are mistakes of the
// programmer: the package panics with both of them in the message.
package autograd
