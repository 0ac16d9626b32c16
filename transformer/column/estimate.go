package column

import (
	"time"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// leastSteps is the fewest steps of the search that are worth a network.
const leastSteps = 100

// A Cost is what Fit takes.
type Cost struct {
	Least, Full time.Duration // of the shortest plan that is worth it and of the whole one, of two cores at the nominal rate
	Memory      int64         // bytes, peak, besides the table
}

// Estimate tells what Fit of a table of so many rows costs, from a sample of its rows. It follows from sample, rows and options alone.
func Estimate(sample *table.Table, rows int, opt Options) (Cost, error) {
	if opt.Rows == 0 {
		opt.Rows = rowsDefault
	}
	rows = min(rows, opt.Rows)
	_, people := sample.Persons()
	opt = opt.resolve(people*rows/max(sample.Rows(), 1), rows)
	enc := opt.Encoder
	if enc == nil {
		var err error
		if enc, err = encode.Fit(sample, encode.Options{Protect: opt.Protect, Level: opt.Level}); err != nil {
			return Cost{}, err
		}
	}
	width := 0
	for _, v := range enc.Vars() {
		width += v.Card
	}
	fields := len(fieldsOf(enc.Vars()))
	one, planned := opt.perStep(fields, width), opt.search(fields, width, rows)
	steps := float64(opt.Members) * (1 + goOn)
	size := opt.Size
	activations := opt.Batch * fields * size.Layers * (12*size.Width + 3*size.Inner) * 4
	numbers := opt.Members * (size.Layers*(4*size.Width*size.Width+2*size.Width*size.Inner) + 4*width*size.Width) * 4
	return Cost{
		Least:  time.Duration(steps * leastSteps * one * 1e9),
		Full:   time.Duration(steps * float64(planned) * one * 1e9),
		Memory: int64(4*activations + 8*numbers + 4*rows*len(enc.Vars())),
	}, nil
}
