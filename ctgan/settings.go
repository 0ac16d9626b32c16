package ctgan

import (
	"fmt"
	"math"
	"slices"

	"example.org/cohort/table"
)

// The presets.
const (
	plus      = "plus"
	sdv       = "sdv"
	synthcity = "synthcity"
)

// The models.
const (
	kindCTGAN = "ctgan"
	kindTVAE  = "tvae"
)

// settings is what Options and the preset come to: everything that decides what is learned. It is part of a model file.
type settings struct {
	Model, Preset string
	Z             int
	NoiseSD       float64
	Gen, Critic   []int
	BatchNorm     bool
	Plain         bool // the generator's blocks drop their input: a TVAE's decoder
	Pac, Batch    int
	Epochs        int
	LeastSteps    int64 // updates that a small table gets at least
	MostVisits    int64 // but so few that a row is seen no more often than this: else single rows are learned by heart. 0 is any number
	LR            float64
	Beta1, Beta2  float64
	Decay         float64
	Clip          float64 // of each network's gradient; 0 is none
	Slope         float64 // of LeakyReLU below 0
	Drop          []float64
	Penalty       float64 // of the critic's gradient
	Tau           float64 // of Gumbel-softmax
	Average       float64 // decay of the average of the generator's weights; 0 is none
	Components    int     // of a number's mixture
	EarlyStop     bool    // a look at rows held out may end learning
}

// peer tells whether the settings copy a peer, faults included.
func (s *settings) peer() bool { return s.Preset != plus }

// The peers' values are those of ctgan 0.12 and of the plugin ctgan of synthcity 0.2.12.
var presets = map[string]settings{
	plus: {Z: 128, NoiseSD: 1, Gen: []int{256, 256}, Critic: []int{256, 256}, BatchNorm: true, Pac: 1, Batch: 500, Epochs: 300,
		LeastSteps: 2000, MostVisits: 1250, LR: 1e-3, Beta1: 0.5, Beta2: 0.9, Decay: 1e-6, Slope: 0.2, Drop: []float64{0.5, 0.5}, Penalty: 10, Tau: 0.2,
		Average: 0.999, Components: 10},
	sdv: {Z: 128, NoiseSD: 1, Gen: []int{256, 256}, Critic: []int{256, 256}, BatchNorm: true, Pac: 10, Batch: 500, Epochs: 300,
		LR: 2e-4, Beta1: 0.5, Beta2: 0.9, Decay: 1e-6, Slope: 0.2, Drop: []float64{0.5, 0.5}, Penalty: 10, Tau: 0.2, Components: 10},
	synthcity: {Z: 500, NoiseSD: 1, Gen: []int{500, 500}, Critic: []int{500, 500}, Pac: 1, Batch: 200, Epochs: 2000,
		LR: 1e-3, Beta1: 0.5, Beta2: 0.999, Decay: 1e-3, Clip: 1, Slope: 0.01, Drop: []float64{0.1, 0}, Penalty: 10, Tau: 0.2,
		Components: 10, EarlyStop: true},
}

// A network has so many hidden layers at most; a number that says how large something is, and one that says how much, are no greater.
const (
	mostLayers = 6
	mostSize   = 1 << 20
	mostKnob   = 1e3
)

func badOption(reason, fix string) error {
	return &table.Error{Code: "bad-option", Reason: reason, Fix: fix}
}

// resolve fills in what is empty and refuses what makes no sense.
func (o Options) resolve() (Options, settings, error) {
	if o.Model == "" {
		o.Model = kindCTGAN
	}
	if o.Preset == "" {
		o.Preset = plus
	}
	s, ok := presets[o.Preset]
	switch {
	case o.Model != kindCTGAN && o.Model != kindTVAE:
		return o, s, &table.Error{Code: "bad-model", Reason: fmt.Sprintf("there is no model %q", o.Model), Fix: "use ctgan or tvae"}
	case !ok:
		return o, s, badOption(fmt.Sprintf("there is no preset %q", o.Preset), "the presets are plus, sdv and synthcity")
	case o.Model == kindTVAE && o.Preset != plus:
		return o, s, badOption("a TVAE has no preset but plus", "leave the preset out")
	case o.Model == kindTVAE && o.Pac > 1:
		return o, s, badOption("a TVAE has no critic, which judges packs of rows", "leave pac out")
	case s.Preset != plus && o.peers() && o.Protect > 0:
		return o, s, badOption("the peers' presets protect nobody", "leave out the protection, or take preset plus")
	}
	s.Model, s.Preset = o.Model, o.Preset
	if o.Model == kindTVAE {
		s.tvae()
	}
	if err := s.override(o); err != nil {
		return o, s, err
	}
	switch {
	case s.peer():
		o.Level, o.Protect = "research", 0
	case o.Protect == 0 && o.Level != "research":
		o.Protect = 5
	}
	o.Protect = max(o.Protect, 0)
	return o, s, nil
}

func (o *Options) peers() bool { return o.Preset == sdv || o.Preset == synthcity }

// override takes the knobs that are given.
func (s *settings) override(o Options) error {
	for _, k := range []struct {
		name string
		to   *int
		v    int
	}{{"epochs", &s.Epochs, o.Epochs}, {"batch", &s.Batch, o.Batch}, {"noise", &s.Z, o.Noise}, {"pac", &s.Pac, o.Pac}} {
		switch {
		case k.v < 0 || k.v > mostSize:
			return badOption(fmt.Sprintf("the number for %s makes no sense", k.name), "leave it out, or ask for 1 or more")
		case k.v > 0:
			*k.to = k.v
		}
	}
	if o.Epochs > 0 {
		s.LeastSteps, s.EarlyStop = 0, false
	}
	for _, k := range []struct {
		name string
		to   *float64
		v    float64
	}{{"the noise's deviation", &s.NoiseSD, o.NoiseSD}, {"the learning rate", &s.LR, o.LR}, {"the decay", &s.Decay, o.Decay}} {
		switch {
		case math.IsNaN(k.v) || k.v < 0 || k.v > mostKnob:
			return badOption(k.name+" makes no sense", "leave it out, or ask for a number above 0")
		case k.v > 0:
			*k.to = k.v
		}
	}
	for _, k := range []struct {
		to *[]int
		v  []int
	}{{&s.Gen, o.Gen}, {&s.Critic, o.Critic}} {
		if slices.ContainsFunc(k.v, func(w int) bool { return w < 1 || w > 1<<16 }) {
			return badOption("a hidden width makes no sense", "leave it out, or ask for 1 to 65,536")
		}
		if len(k.v) > 0 {
			*k.to = k.v
		}
	}
	if len(s.Gen) > mostLayers || len(s.Critic) > mostLayers {
		return badOption(fmt.Sprintf("a network has more than %d hidden layers", mostLayers), "ask for fewer")
	}
	for len(s.Drop) < len(s.Critic) {
		s.Drop = append(slices.Clone(s.Drop), s.Drop[len(s.Drop)-1])
	}
	if s.Preset == synthcity && s.Pac != 1 {
		return badOption("the critic of preset synthcity judges one row at a time", "leave pac out")
	}
	if s.Preset == synthcity && s.Decay != presets[synthcity].Decay {
		return badOption("the networks of preset synthcity decay by 0.001, whatever its package is told", "leave the decay out")
	}
	if s.BatchNorm && s.Batch < 2 {
		return badOption("a batch of one row has no spread, which the generator goes by", "ask for a batch of 2 or more")
	}
	if s.Batch%s.Pac != 0 {
		return badOption(fmt.Sprintf("a batch of %d rows can't be parted into packs of %d", s.Batch, s.Pac),
			"make the batch a multiple of pac")
	}
	return nil
}
