package mixture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// version is that of the JSON form. Forms of all versions from 1 on are read.
const version = 1

// file is the JSON form of a Mixture. Weights follow from it.
type file struct {
	Version       int
	Concentration float64
	Count         []float64
	Mean          []float64
	SD            []float64
}

var errDamaged = errors.New("mixture: damaged mixture")

// MarshalJSON gives a form that equal mixtures have byte for byte. A mixture that was not fitted is an error.
func (m *Mixture) MarshalJSON() ([]byte, error) {
	f := file{Version: version, Concentration: m.concentration, Count: m.count, Mean: m.Mean, SD: m.SD}
	if !f.valid() {
		return nil, errors.New("mixture: MarshalJSON of a mixture that was not fitted")
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads what MarshalJSON wrote. It checks everything that Responsibilities relies on, so that a damaged file
// is an error here and nothing worse later.
func (m *Mixture) UnmarshalJSON(data []byte) error {
	var f file
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if f.Version != version {
		return fmt.Errorf("mixture: a mixture of version %d, this program reads version %d", f.Version, version)
	}
	if !f.valid() {
		return errDamaged
	}
	*m = Mixture{Mean: f.Mean, SD: f.SD, count: f.Count, concentration: f.Concentration}
	m.derive()
	return nil
}

func (f *file) valid() bool {
	k := len(f.Count)
	if k < 1 || k > maxComponents || len(f.Mean) != k || len(f.SD) != k ||
		!(f.Concentration >= minConcentration && f.Concentration <= maxConcentration) {
		return false
	}
	for i := range k {
		if !(f.Count[i] >= 0 && f.Count[i] <= 2*maxRows) || !(math.Abs(f.Mean[i]) <= 10*maxValue) ||
			!(f.SD[i] > 0 && f.SD[i] <= 10*maxValue) {
			return false
		}
	}
	return true
}
