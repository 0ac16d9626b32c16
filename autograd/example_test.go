package autograd_test

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/tensor"
)

// A critic is punished where the length of its gradient for the input is not 1: the derivative of a derivative.
func Example() {
	weights := tensor.FromSlice([]float32{3, 4}, 2, 1) // the critic is x w, its gradient w everywhere
	grad := make([]float32, 2)

	tape := autograd.New(&tensor.Arena{})
	x := tape.Input(tensor.FromSlice([]float32{1, 2, 3, 4}, 2, 2))
	y := tape.MatMul(x, tape.Leaf(weights, grad))
	g := tape.Grad(y, x, autograd.Create) // differentiable again
	pen := tape.Mean(tape.Square(tape.AddConst(tape.RowNorm(g), -1)))
	tape.Backward(pen)

	fmt.Println("length - 1, squared:", pen.Scalar())
	fmt.Printf("its gradient: %.2f\n", grad)

	// Output:
	// length - 1, squared: 16
	// its gradient: [4.80 6.40]
}

// A line through points: forward, backward, a step down, and the same memory again.
func ExampleTape_Backward() {
	x := tensor.FromSlice([]float32{0, 1, 2, 3}, 4, 1)
	want := tensor.FromSlice([]float32{1, 3, 5, 7}, 4, 1)
	w, b := tensor.New(1, 1), tensor.New(1)
	gw, gb := make([]float32, 1), make([]float32, 1)

	tape := autograd.New(&tensor.Arena{})
	for range 500 {
		gw[0], gb[0] = 0, 0
		y := tape.Linear(tape.Const(x), tape.Leaf(w, gw), tape.Leaf(b, gb))
		loss := tape.Mean(tape.Square(tape.Sub(y, tape.Const(want))))
		tape.Backward(loss)
		w.Data[0] -= 0.1 * gw[0]
		b.Data[0] -= 0.1 * gb[0]
		tape.Reset()
	}
	fmt.Printf("y = %.2f x + %.2f\n", w.Data[0], b.Data[0])

	// Output:
	// y = 2.00 x + 1.00
}

func ExampleTape_Grads() {
	tape := autograd.New(&tensor.Arena{})
	a := tape.Input(tensor.FromSlice([]float32{2}, 1))
	b := tape.Input(tensor.FromSlice([]float32{5}, 1))
	c := tape.Add(tape.Mul(a, b), tape.Square(a))
	for _, g := range tape.Grads(c, []autograd.Var{a, b}) {
		fmt.Println(g.Scalar())
	}

	// Output:
	// 9
	// 2
}
