package ml

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ErrModel is what the error of a file that is no usable model wraps.
var ErrModel = errors.New("ml: not a model that can be read")

// maxModelBytes is the size of the largest model file that is read.
const maxModelBytes = 1 << 30

// The parts of XGBoost's JSON model (doc/tutorials/saving_model) that a prediction depends on.
type (
	jsonModel struct {
		Version []int       `json:"version"`
		Learner jsonLearner `json:"learner"`
	}
	jsonLearner struct {
		Attributes map[string]string `json:"attributes"`
		Booster    jsonBooster       `json:"gradient_booster"`
		Param      jsonParam         `json:"learner_model_param"`
		Objective  jsonObjective     `json:"objective"`
	}
	jsonParam struct {
		BaseScore  string `json:"base_score"`
		FromMean   string `json:"boost_from_average"`
		NumClass   string `json:"num_class"`
		NumFeature string `json:"num_feature"`
		NumTarget  string `json:"num_target"`
	}
	jsonObjective struct {
		Name    string            `json:"name"`
		Reg     map[string]string `json:"reg_loss_param,omitempty"`
		Softmax map[string]string `json:"softmax_multiclass_param,omitempty"`
	}
	jsonBooster struct {
		Model jsonTrees `json:"model"`
		Name  string    `json:"name"`
	}
	jsonTrees struct {
		Param  map[string]string `json:"gbtree_model_param"`
		Rounds []int             `json:"iteration_indptr,omitempty"`
		Trees  []jsonTree        `json:"trees"`
		Info   []int32           `json:"tree_info"`
	}
	jsonTree struct {
		ID          int         `json:"id"`
		Left        []int32     `json:"left_children"`
		Right       []int32     `json:"right_children"`
		Parents     []int32     `json:"parents"`
		Feature     []int32     `json:"split_indices"`
		Cut         []jsonFloat `json:"split_conditions"`
		MissingLeft []jsonBool  `json:"default_left"`
		Weight      []jsonFloat `json:"base_weights"`
		Gain        []jsonFloat `json:"loss_changes"`
		Cover       []jsonFloat `json:"sum_hessian"`
		Kind        []int       `json:"split_type"` // 1: categories
		Sets        []int       `json:"categories"`
		SetNodes    []int       `json:"categories_nodes"`
		SetBegins   []int       `json:"categories_segments"`
		SetSizes    []int       `json:"categories_sizes"`
		Param       jsonShape   `json:"tree_param"`
	}
	jsonShape struct {
		Deleted  string `json:"num_deleted"`
		Features string `json:"num_feature"`
		Nodes    string `json:"num_nodes"`
		Vector   string `json:"size_leaf_vector"`
	}
	jsonFloat float32 // null, which stands for NaN and infinity, is NaN
	jsonBool  bool    // 0 and 1, in old files false and true
)

// UnmarshalJSON reads a number or null.
func (f *jsonFloat) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*f = jsonFloat(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(string(b), 32)
	if err != nil {
		return errors.New("a number of 32 bits is expected")
	}
	*f = jsonFloat(v)
	return nil
}

// MarshalJSON writes an exponent: XGBoost takes a number without one for a whole number, and refuses it.
func (f jsonFloat) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(f), 'E', -1, 32), nil
}

// UnmarshalJSON reads 0, 1, false or true.
func (f *jsonBool) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "0", "false":
		*f = false
	case "1", "true":
		*f = true
	default:
		return errors.New("0 or 1 is expected")
	}
	return nil
}

// MarshalJSON writes 0 or 1.
func (f jsonBool) MarshalJSON() ([]byte, error) {
	if f {
		return []byte("1"), nil
	}
	return []byte("0"), nil
}

// ReadBoost reads a model that XGBoost 1.7 to 3 saved as JSON (save_model("x.json")): gbtree with squared error, logistic loss
// or softmax, splits by numbers and by categories. It predicts what XGBoost predicts, to the rounding of its exponentials.
// Its settings are the zero value's. The error wraps ErrModel.
func ReadBoost(r io.Reader) (*Boost, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxModelBytes+1))
	if err != nil {
		return nil, fmt.Errorf("ml: reading a model: %w", err)
	}
	if len(b) > maxModelBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrModel, maxModelBytes)
	}
	var j jsonModel
	if err := json.Unmarshal(plain(b), &j); err != nil {
		return nil, modelError(err)
	}
	m, err := j.Learner.boosted()
	if err != nil {
		return nil, err
	}
	return &Boost{Classes: m.classes, boosted: m}, nil
}

// modelError says where a file is no JSON, but not what is written there.
func modelError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: no JSON from byte %d on; it may be cut off", ErrModel, syntax.Offset)
	case errors.As(err, &kind):
		what := kind.Field
		if what == "" {
			what = "the whole"
		}
		return fmt.Errorf("%w: byte %d: %s is of the wrong kind", ErrModel, kind.Offset, what)
	}
	return fmt.Errorf("%w: %w", ErrModel, err)
}

// plain replaces what XGBoost writes for numbers that JSON does not have by null.
func plain(b []byte) []byte {
	text := false // inside a string
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		word := 0
		switch c := b[i]; {
		case c == '"':
			text = !text
		case text && c == '\\' && i+1 < len(b):
			out = append(out, c)
			i++
		case !text && (c == '-' || c == 'N' || c == 'I'):
			for _, w := range []string{"NaN", "-NaN", "Infinity", "-Infinity"} {
				if len(b)-i >= len(w) && string(b[i:i+len(w)]) == w {
					word = len(w)
				}
			}
		}
		if word > 0 {
			out = append(out, "null"...)
			i += word - 1
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// boosted makes the model of a file, and checks that nothing in it leads out of bounds.
func (l *jsonLearner) boosted() (m boosted, err error) {
	switch l.Booster.Name {
	case "gbtree":
	case "":
		return m, fmt.Errorf("%w: it holds no booster: write it with save_model(\"model.json\") of XGBoost", ErrModel)
	case "dart", "gblinear":
		return m, fmt.Errorf("%w: its booster is %s, and only gbtree is read: train with booster=\"gbtree\"", ErrModel, l.Booster.Name)
	default:
		return m, fmt.Errorf("%w: its booster is none of XGBoost's", ErrModel)
	}
	features, err := whole("num_feature", l.Param.NumFeature)
	if err != nil {
		return m, err
	}
	outputs, err := l.objective(&m)
	if err != nil {
		return m, err
	}
	m.features = features
	trees := l.Booster.Model
	if len(trees.Info) != len(trees.Trees) {
		return m, fmt.Errorf("%w: tree_info has %d entries for %d trees", ErrModel, len(trees.Info), len(trees.Trees))
	}
	if outputs > 1 && outputs > len(trees.Trees) || features < 1 {
		return m, fmt.Errorf("%w: fewer trees than classes, or no features", ErrModel)
	}
	if err := l.baseScore(&m, outputs); err != nil {
		return m, err
	}
	for i := range trees.Trees {
		if n := trees.Trees[i].Param.Vector; n != "" && n != "0" && n != "1" {
			return m, fmt.Errorf("%w: tree %d has leaves of several numbers: train with multi_strategy=\"one_output_per_tree\"", ErrModel, i)
		}
		if k := trees.Info[i]; k < 0 || int(k) >= outputs {
			return m, fmt.Errorf("%w: tree_info: tree %d is of no class", ErrModel, i)
		}
		t, err := trees.Trees[i].tree(features)
		if err != nil {
			return m, fmt.Errorf("%w: tree %d: %w", ErrModel, i, err)
		}
		m.trees = append(m.trees, t)
	}
	m.group = trees.Info
	return m, nil
}

// objective sets loss and classes, and gives the number of outputs.
func (l *jsonLearner) objective(m *boosted) (outputs int, err error) {
	switch l.Objective.Name {
	case "reg:squarederror", "reg:linear":
		m.loss = squared{}
	case "binary:logistic":
		m.loss, m.classes = logistic{}, 2
	case "binary:logitraw":
		m.loss, m.classes = logistic{raw: true}, 2
	case "multi:softprob":
		m.loss = softmax{}
	case "multi:softmax":
		m.loss = softmax{hard: true}
	default:
		return 0, fmt.Errorf("%w: its objective (learner.objective.name) is none of those that are read: reg:squarederror, binary:logistic, binary:logitraw, multi:softprob, multi:softmax", ErrModel)
	}
	if t := l.Param.NumTarget; t != "" && t != "0" && t != "1" {
		return 0, fmt.Errorf("%w: it has more than one target", ErrModel)
	}
	classes, err := whole("num_class", l.Param.NumClass)
	if err != nil {
		return 0, err
	}
	if _, ok := m.loss.(softmax); !ok {
		return 1, nil
	}
	if classes < 2 || classes > maxClasses {
		return 0, fmt.Errorf("%w: num_class is not between 2 and %d", ErrModel, maxClasses)
	}
	m.classes = classes
	return classes, nil
}

// baseScore reads one number, or since XGBoost 3.1 a list, and turns probabilities into margins.
func (l *jsonLearner) baseScore(m *boosted, outputs int) error {
	words := strings.Split(strings.Trim(l.Param.BaseScore, "[]"), ",")
	if len(words) != 1 && len(words) != outputs {
		return fmt.Errorf("%w: base_score has %d numbers for %d outputs", ErrModel, len(words), outputs)
	}
	m.base = make([]float32, outputs)
	for k := range m.base {
		v, err := strconv.ParseFloat(strings.TrimSpace(words[min(k, len(words)-1)]), 32)
		if err != nil || bad(v) {
			return fmt.Errorf("%w: base_score is no finite number", ErrModel)
		}
		m.base[k] = float32(v)
	}
	if _, ok := m.loss.(logistic); ok {
		if !(m.base[0] >= 0 && m.base[0] <= 1) {
			return fmt.Errorf("%w: base_score is no probability", ErrModel)
		}
		m.base[0] = logit(m.base[0])
	}
	return nil
}

// whole reads a whole number that a file has as text.
func whole(name, text string) (int, error) {
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil || v < 0 {
		return 0, fmt.Errorf("%w: %s is no whole number", ErrModel, name)
	}
	return int(v), nil
}
