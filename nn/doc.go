// Package nn has the layers, losses and optimisers of neural networks.
//
// A [Params] store holds what a network learns. Layers declare their parameters in a [Scope] of it, which gives them names
// such as "critic.0.weight", and Params.Init makes the numbers:
//
//	params := nn.NewParams()
//	critic := nn.NewMLP(params.Scope("critic"), nn.Activation{Kind: nn.LeakyReLU, Slope: 0.2}, 0.5, 2600, 256, 256, 1)
//	params.Init(seed)
//	adam := nn.NewAdam(params, nn.Adam{Rate: 2e-4, Beta1: 0.5, Beta2: 0.9})
//
// A step clears the gradients, computes a loss on a tape of package autograd, goes back and lets the optimiser move the
// values:
//
//	tape.Reset()
//	draws.Begin(step)
//	params.ZeroGrad()
//	tape.Backward(loss(critic.Forward(tape, tape.Const(batch), draws)))
//	adam.Step()
//
// Two networks that learn from each other have a store each. While one of them learns, Params.Freeze makes the other one's
// parameters constants, so that no work is done for their gradients.
//
// Kernels keep copies of weights in the order in which they read them. Every writer in this package counts up the version of
// what it writes, and a copy is used only while its version is current. Who writes to a parameter's numbers directly calls
// Changed.
//
// Random numbers are those of [Draws]: a function of the seed, the step and the draw's number within the step. What PyTorch
// does, layers, losses and optimisers do alike; testdata/golden.py makes the numbers that say so.
//
// Dimension letters: N rows, D columns of an input, H columns of an output. Shapes that do not fit are mistakes of the
// programmer: the package, or autograd, panics with both of them in the message.
package nn
