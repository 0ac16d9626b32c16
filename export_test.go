package cohort

import (
	"context"

	"example.org/cohort/table"
)

// ChunkRows is how many rows one worker draws at a time.
const ChunkRows = chunkRows

// Part gives the people whom the trial of Make learns, and those whom it sets aside.
func Part(t *table.Table, opt MakeOptions) (learned, held *table.Table, err error) {
	m, err := newMaking(context.Background(), t, opt)
	if err != nil {
		return nil, nil, err
	}
	return m.learned, m.held, nil
}

// OnNominalMachine lets plans be made as on the machine that the nominal rate stands for, until restore is called.
func OnNominalMachine() (restore func()) {
	measured, net := slowness, netSlowness
	nominal := func() float64 { return 1 }
	slowness, netSlowness = nominal, nominal
	return func() { slowness, netSlowness = measured, net }
}

// NetSlowness measures this machine for networks.
func NetSlowness() float64 { return measureNetSlowness() }

// TellPicked is what is heard of a chunk whose rows were picked from candidates of which these shares count.
func TellPicked(effective []float64) (p Picking, warned []string) {
	a := (&Model{}).newAudience(SampleOptions{Picking: func(x Picking) { p = x }, Warn: func(e *table.Error) { warned = append(warned, e.Code) }})
	a.hear(nil, chunk{effective: effective})
	a.tell()
	return p, warned
}
