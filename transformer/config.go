package transformer

import (
	"fmt"

	"example.org/cohort/transformer/hf"
)

// Config is the sizes of a GPT-2 as its config.json gives them; see [hf.Config]. In [New], an Inner of 0 is 4 times Width, an Epsilon of 0
// is 1e-5 and an InitRange of 0 is 0.02.
type Config = hf.Config

// completed fills in what may be left out, and refuses what no model can have.
func completed(c Config) (Config, error) {
	if c.Inner == 0 {
		c.Inner = 4 * c.Width
	}
	if c.Epsilon == 0 {
		c.Epsilon = 1e-5
	}
	if c.InitRange == 0 {
		c.InitRange = 0.02
	}
	for _, size := range []struct {
		name string
		n    int
	}{{"Layers", c.Layers}, {"Heads", c.Heads}, {"Width", c.Width}, {"Inner", c.Inner}, {"Positions", c.Positions}, {"Vocab", c.Vocab}} {
		if size.n < 1 || size.n > 1<<24 {
			return c, fmt.Errorf("transformer: %s is %d; it must be from 1 to %d", size.name, size.n, 1<<24)
		}
	}
	if c.Width%c.Heads != 0 {
		return c, fmt.Errorf("transformer: Width is %d, which %d heads can't share evenly", c.Width, c.Heads)
	}
	for _, p := range []float64{c.EmbedDropout, c.AttnDropout, c.ResidDropout} {
		if !(p >= 0 && p < 1) {
			return c, fmt.Errorf("transformer: dropout is %g; it must be from 0 to below 1", p)
		}
	}
	return c, nil
}
