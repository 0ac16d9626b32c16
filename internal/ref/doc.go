// Package ref is what the kernels and the tape are held to: every operation and its vector-Jacobian product in float64, as
// plain loops that follow the formula. Nothing here is fast. Its gradients are tested against central differences, and
// those of package autograd against these.
//
// A function that ends in Grad gets the gradient g of the operation's output and gives those of its inputs.
//
// Dimension letters: N rows, D columns of an input, H columns of an output. Shapes that do not fit panic.
package ref
