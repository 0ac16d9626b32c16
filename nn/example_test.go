package nn_test

import (
	"fmt"

	"example.org/cohort/autograd"
	"example.org/cohort/nn"
	"example.org/cohort/tensor"
)

// A network with one hidden layer learns when exactly one of two bits is set.
func Example() {
	params := nn.NewParams()
	net := nn.NewMLP(params.Scope("xor"), nn.Activation{Kind: nn.Tanh}, 0, 2, 8, 1)
	params.Init(1)
	adam := nn.NewAdam(params, nn.Adam{Rate: 0.05})

	x := tensor.FromSlice([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	want := tensor.FromSlice([]float32{0, 1, 1, 0}, 4, 1)
	tape := autograd.New(&tensor.Arena{})
	for range 300 {
		tape.Reset()
		params.ZeroGrad()
		loss := nn.BCEWithLogits(tape, net.Forward(tape, tape.Const(x), nil), tape.Const(want))
		tape.Backward(loss)
		adam.Step()
	}
	chance := tape.Sigmoid(net.Forward(tape, tape.Const(x), nil))
	for i, p := range chance.Data() {
		fmt.Printf("%v %.1f\n", x.Row(i), p)
	}

	// Output:
	// [0 0] 0.0
	// [0 1] 1.0
	// [1 0] 1.0
	// [1 1] 0.0
}
