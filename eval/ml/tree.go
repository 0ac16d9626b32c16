package ml

// A Tree is one decision tree (CART), grown on all rows with all columns to choose from at every split. The zero value is
// ready to fit; its fields must not change between a fit and a prediction.
type Tree struct {
	MinLeaf int    // least number of rows in a leaf; 0 is 2
	Try     int    // columns that a split chooses from; 0 is all
	Seed    uint64 // decides between equally good splits

	model
}

// Fit learns to tell y from x: C columns and a target, all of N rows. The error is ErrNoRows or ErrOneClass, or wraps
// ErrInput.
func (t *Tree) Fit(x []Column, y Column) error {
	m, err := newModel(x, y)
	if err != nil {
		return err
	}
	all := count(y.Len())
	s := newSample(all, m.target, all)
	m.trees = []grown{m.grow(s, options{minLeaf: t.MinLeaf, try: t.Try, share: 1}, t.Seed, 0)}
	t.model = m
	return nil
}

// Predict gives the most probable class of each row of x, or the expected number: a column of N codes or numbers like the
// target's. x has the columns that the tree was fitted on, in their order. The error is ErrUnfitted or ErrNoRows, or wraps
// ErrInput.
func (t *Tree) Predict(x []Column) (Column, error) { return t.model.predict(x) }

// PredictProba gives the probability of each class: K lists of N numbers. The error is as Predict's; after a fit on numbers
// it wraps ErrInput.
func (t *Tree) PredictProba(x []Column) ([][]float64, error) { return t.model.predictProba(x) }
