package column

import (
	"math"

	"example.org/cohort/autograd"
	"example.org/cohort/internal/run"
	"example.org/cohort/tensor"
)

// scoresOf gives the probability of each code of the rows of codes [V][N], as the encoder's Codes gives them, given the codes of the variables
// before it in the model's order: the mean over the networks. It is 1 where a variable does not apply.
func (m *Model) scoresOf(codes [][]int32) ([][]float64, error) {
	rows := 0
	if len(codes) > 0 {
		rows = len(codes[0])
	}
	out := make([][]float64, len(codes))
	for v := range out {
		out[v] = make([]float64, rows)
	}
	order := fieldOrder(m.enc.Vars(), m.order)
	const block = 1024
	run.Parallel((rows+block-1)/block, func(i int) {
		lo := i * block
		part := make([]int32, min(block, rows-lo))
		for k := range part {
			part[k] = int32(lo + k)
		}
		t := autograd.New(new(tensor.Arena))
		var b batch
		for _, n := range m.nets {
			for v, x := range n.score(t, &b, codes, part, order) {
				for k := range x {
					out[v][lo+k] += math.Exp(x[k]) / float64(len(m.nets))
				}
			}
		}
	})
	return out, nil
}
