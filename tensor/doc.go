// Package tensor holds numbers with a shape: float32, row-major, without gaps. There are no strides and no other types.
//
// A view is a part of the leading axis or another shape over the same numbers, so [Tensor.Slice], [Tensor.Row] and
// [Tensor.Reshape] copy nothing: who writes to a view writes to what it came from. Dimensions may be 0; a tensor without
// dimensions has one number.
//
// An [Arena] lends memory for one step of training and takes all of it back at once. The second step of the same size
// allocates nothing.
//
// Dimension letters: N rows, D columns. Shapes that do not fit are mistakes of the programmer: the package panics with both
// of them in the message.
package tensor
