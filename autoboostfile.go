package cohort

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"

	"gonum.org/v1/gonum/mat"

	"example.org/cohort/eval/ml"
	"example.org/cohort/internal/container"
	"example.org/cohort/internal/draw"
)

// boosted is the JSON form of a booster.
type boosted struct {
	Power  draw.Pool
	Levels []*boostLevel
	Models []json.RawMessage // null where a share tells it
}

// save gives compressed JSON.
func (b *booster) save() ([]byte, error) {
	f := boosted{Power: b.power, Levels: b.levels}
	for _, l := range b.levels {
		var text bytes.Buffer
		if l.Boost == nil {
			text.WriteString("null")
		} else if err := l.Boost.WriteJSON(&text); err != nil {
			return nil, err
		}
		f.Models = append(f.Models, text.Bytes())
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(w).Encode(f); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// load reads what save wrote into a booster of the same encoder and order.
func (b *booster) load(data []byte) error {
	bad := fmt.Errorf("stack: %w: what tells its target is not what this program writes", container.ErrDamaged)
	var f boosted
	r := io.LimitReader(flate.NewReader(bytes.NewReader(data)), mostBoosted)
	if json.NewDecoder(r).Decode(&f) != nil || len(f.Levels) != len(f.Models) || len(f.Levels) > boostCodes {
		return bad
	}
	for i, l := range f.Levels {
		if l == nil || len(l.Rank) != len(b.before) || !(l.Share > 0 && l.Share < 1) {
			return bad
		}
		for k, v := range b.before {
			if (l.Rank[k] != nil) == b.vars[v].Ordered || l.Rank[k] != nil && len(l.Rank[k]) != b.vars[v].Card {
				return bad
			}
		}
		if string(f.Models[i]) == "null" {
			continue
		}
		var err error
		if l.Boost, err = ml.ReadBoost(bytes.NewReader(f.Models[i])); err != nil {
			return bad
		}
		// One row shows that the model takes so many cells and gives one number.
		x := mat.NewDense(1, len(b.before)+1, nil)
		if m, err := l.Boost.Margin(x); err != nil || len(m) != 1 || l.Boost.Classes != 2 {
			return bad
		}
	}
	if !f.Power.Sound() {
		return bad
	}
	b.levels, b.power = f.Levels, f.Power
	return nil
}

// mostBoosted is the most bytes that the JSON of a booster has.
const mostBoosted = 1 << 28
