package synthcity

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"example.org/cohort/internal/numpy"
	"gonum.org/v1/gonum/mat"
)

// A Version is that of the peer.
type Version string

// The versions that are ported.
const (
	V0210 Version = "0.2.10" // that of the paper
	V0212 Version = "0.2.12"
)

// Folds of its cross-validations: n_folds.
func (v Version) Folds() int {
	if v == V0210 {
		return 3
	}
	return 5
}

// Input is what the peer's Metrics.evaluate is given.
type Input struct {
	Version         Version
	Real, Synthetic Table
	Train           *Table // what the generator learned; for DomiasMIA, augmentation, and the encoder of 0.2.12
	Reference       *Table // a second synthetic table, for the encoder of 0.2.12
	Target          string // empty: the last column
	Sensitive       []string
}

// A Frame is an encoded table.
type Frame struct {
	Data  *mat.Dense // [N, D]
	Whole []bool     // [D] int64 in pandas, else float64
	names []string
	of    string // whose rows these are, for errors: "synthetic rows"
	// target is the index of the target column, which TrainTest is stratified by.
	target int
}

// Rows is N.
func (f *Frame) Rows() int { return f.Data.RawMatrix().Rows }

// Column copies a column.
func (f *Frame) Column(j int) []float64 { return mat.Col(nil, j, f.Data) }

// take gives rows of a frame as a frame.
func (f *Frame) take(rows []int) *Frame {
	_, cols := f.Data.Dims()
	x := mat.NewDense(len(rows), cols, nil)
	for i, row := range rows {
		x.SetRow(i, f.Data.RawRowView(row))
	}
	return &Frame{Data: x, Whole: f.Whole, names: f.names, of: f.of, target: f.target}
}

// TrainTest gives the rows of train() and test() of the peer's loader: 80 and 20 of 100, stratified by the target if each
// of its values occurs twice. Quirk: so the split of a table with too many rare values fails, and one with a value that
// occurs once does not.
func (f *Frame) TrainTest() (numpy.Fold, error) {
	label, count := ranks(f.Column(f.target))
	if slices.Min(count) < 2 {
		label = nil
	}
	fold, err := numpy.TrainTestSplit(f.Rows(), .8, label, 0)
	if err != nil {
		return fold, fmt.Errorf("a fifth of the rows is to be judged: %w", err)
	}
	return fold, nil
}

// ranks numbers the values of x in order, and counts each. NaN comes last.
func ranks(x []float64) (rank, count []int) {
	e := fitEncoder(&Column{Numbers: x})
	e.coded = true
	code, _ := e.encode(&Column{Numbers: x})
	rank = make([]int, len(x))
	for i, c := range code {
		rank[i] = int(c)
		for len(count) <= rank[i] {
			count = append(count, 0)
		}
		count[rank[i]]++
	}
	return rank, count
}

// rowsOf names the rows of the tables, in their order in [Pair].
var rowsOf = [tables]string{"real rows", "synthetic rows", "rows learned", "reference rows", "rows learned and synthetic ones"}

// tables is how many tables of a pair are encoded: those of an [Input], and the augmented one.
const tables = 5

// A Pair is a pair of encoded tables, ready to be scored.
type Pair struct {
	Version   Version
	Names     []string // [D] of the columns, in the order of the real table
	Target    int      // index of the target column
	Sensitive []int
	// Real and Synthetic have as many rows: the longer table is cut, and the rows of both are shuffled.
	Real, Synthetic *Frame
	// All rows, in order, for DomiasMIA. The last two are nil where they were not given.
	AllReal, AllSynthetic, Train, Reference *Frame
	// Augmented are the rows learned, then all synthetic ones: X_augmented of the peer. It is nil where Train is, and where
	// unjoined says why the two can't be one table.
	Augmented *Frame
	unjoined  error

	realClusters, syntheticClusters func() ([]clustering, error) // made when they are first needed
}

// Regression tells whether the peer takes the target for a number, and so R2 for the score: when it has 5 values or more
// in the rows that the models learn from. In 0.2.12 the caller of the peer says so, and this is what it should say.
func (p *Pair) Regression() (bool, error) {
	fold, err := p.Real.TrainTest()
	if err != nil {
		return false, err
	}
	_, count := ranks(p.Real.take(fold.Train).Column(p.Target))
	return len(count) >= 5, nil
}

// NewPair encodes the tables. It fails where a table has no rows, the columns of the tables differ, or a column has words
// in one table and numbers in another, which 0.2.12 can't encode.
func NewPair(in Input) (*Pair, error) {
	given := []*Table{&in.Real, &in.Synthetic, in.Train, in.Reference}
	names := []string{"real table", "synthetic table", "table learned", "reference table"}
	var columns [tables][]Column
	p := &Pair{Version: in.Version}
	for i, t := range given {
		if t == nil {
			continue
		}
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("synthcity: %s: %w", names[i], err)
		}
		if i == 0 {
			for _, c := range t.Columns {
				p.Names = append(p.Names, c.Name)
			}
		}
		var err error
		if columns[i], err = t.find(p.Names); err != nil {
			return nil, fmt.Errorf("synthcity: %s: %w", names[i], err)
		}
	}
	if err := p.findColumns(in); err != nil {
		return nil, err
	}
	if in.Train != nil {
		columns[4], p.unjoined = joined(columns[2], columns[1])
	}
	frames := [tables]*Frame{}
	for i, cols := range columns {
		if cols != nil {
			frames[i] = &Frame{Data: mat.NewDense(cols[0].Rows(), len(cols), nil), Whole: make([]bool, len(cols)), names: p.Names, of: rowsOf[i], target: p.Target}
		}
	}
	for j := range p.Names {
		if err := encodeColumn(in.Version, j, columns, frames); err != nil {
			return nil, fmt.Errorf("synthcity: %w", err)
		}
	}
	p.AllReal, p.AllSynthetic, p.Train, p.Reference, p.Augmented = frames[0], frames[1], frames[2], frames[3], frames[4]
	n := min(p.AllReal.Rows(), p.AllSynthetic.Rows())
	p.Real = p.AllReal.take(numpy.Sample(p.AllReal.Rows(), n, 0))
	p.Synthetic = p.AllSynthetic.take(numpy.Sample(p.AllSynthetic.Rows(), n, 0))
	p.prepare()
	return p, nil
}

// joined puts the rows of two tables one after the other.
func joined(first, second []Column) ([]Column, error) {
	var err error
	out := make([]Column, len(first))
	for j := range out {
		if out[j], err = join([]Column{first[j], second[j]}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// prepare sets up what several metrics share.
func (p *Pair) prepare() {
	p.realClusters = sync.OnceValues(func() ([]clustering, error) { return p.cluster(p.Real) })
	p.syntheticClusters = sync.OnceValues(func() ([]clustering, error) { return p.cluster(p.Synthetic) })
}

// findColumns looks up the columns that are named.
func (p *Pair) findColumns(in Input) error {
	if in.Version != V0210 && in.Version != V0212 {
		return fmt.Errorf("synthcity: version %q is not known: take %s or %s", in.Version, V0210, V0212)
	}
	if len(p.Names) == 0 {
		return errors.New("synthcity: the real table has no columns")
	}
	p.Target = len(p.Names) - 1
	if in.Target != "" {
		p.Target = slices.Index(p.Names, in.Target)
	}
	if p.Target < 0 {
		return fmt.Errorf("synthcity: there is no column %q to predict", in.Target)
	}
	for _, name := range in.Sensitive {
		j := slices.Index(p.Names, name)
		if j < 0 {
			return fmt.Errorf("synthcity: there is no column %q", name)
		}
		p.Sensitive = append(p.Sensitive, j)
	}
	return nil
}

// encodeColumn writes column j of each table into its frame.
func encodeColumn(v Version, j int, columns [tables][]Column, frames [tables]*Frame) error {
	var joint encoder
	if v != V0210 {
		var all []Column
		for _, cols := range columns {
			if cols != nil {
				all = append(all, cols[j])
			}
		}
		every, err := join(all)
		if err != nil {
			return err
		}
		joint = fitEncoder(&every)
	}
	for i, cols := range columns {
		if cols == nil {
			continue
		}
		e := joint
		if v == V0210 {
			e = fitEncoder(&cols[j])
		}
		cells, whole := e.encode(&cols[j])
		frames[i].Data.SetCol(j, cells)
		frames[i].Whole[j] = whole
	}
	return nil
}
