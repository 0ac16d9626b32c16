package numpy

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Fold holds the rows to learn and the rows to judge, as indices.
type Fold struct {
	Train, Test []int
}

// Sample is pandas.DataFrame.sample(size, random_state=seed) of n rows: the indices of the rows, in order.
func Sample(n, size int, seed uint32) []int { return NewRandomState(seed).Choice(n, size) }

// KFold is sklearn.model_selection.KFold(k, shuffle=True, random_state=seed) of n rows. Rows inside a fold are in order.
func KFold(n, k int, seed uint32) ([]Fold, error) {
	if err := checkFolds(n, k); err != nil {
		return nil, err
	}
	order := NewRandomState(seed).Permutation(n)
	foldOf := make([]int, n)
	next := 0
	for fold := range k {
		size := n / k
		if fold < n%k {
			size++
		}
		for _, row := range order[next : next+size] {
			foldOf[row] = fold
		}
		next += size
	}
	return foldsOf(foldOf, k), nil
}

// StratifiedKFold is sklearn.model_selection.StratifiedKFold(k, shuffle=True, random_state=seed): every fold has as many
// rows of each class as it can. The labels may be any numbers; classes count in order of first appearance. It fails where
// every class has fewer than k rows, as the peer does; a class with fewer is missing from some folds.
func StratifiedKFold(labels []int, k int, seed uint32) ([]Fold, error) {
	n := len(labels)
	if err := checkFolds(n, k); err != nil {
		return nil, err
	}
	code := map[int]int{} // in order of first appearance
	class := make([]int, n)
	var count []int
	for i, l := range labels {
		c, ok := code[l]
		if !ok {
			c = len(count)
			code[l] = c
			count = append(count, 0)
		}
		class[i] = c
		count[c]++
	}
	if slices.Max(count) < k {
		return nil, fmt.Errorf("too few rows: of no class are there %d, one for each fold", k)
	}
	// Rows sorted by class are dealt like cards: so many rows of each class go to each fold.
	sorted := slices.Sorted(slices.Values(class))
	dealt := make([][]int, len(count)) // folds of the rows of a class
	for c := range dealt {
		dealt[c] = make([]int, 0, count[c])
	}
	for fold := range k {
		for i := fold; i < n; i += k {
			dealt[sorted[i]] = append(dealt[sorted[i]], fold)
		}
	}
	r := NewRandomState(seed)
	for _, folds := range dealt {
		r.Shuffle(folds)
	}
	foldOf := make([]int, n)
	for i, c := range class {
		foldOf[i], dealt[c] = dealt[c][0], dealt[c][1:]
	}
	return foldsOf(foldOf, k), nil
}

// checkFolds tells whether n rows can be dealt to k folds.
func checkFolds(n, k int) error {
	if k < 2 {
		return fmt.Errorf("%d folds: give 2 or more", k)
	}
	if k > n {
		return fmt.Errorf("too few rows: %d for %d folds", n, k)
	}
	return nil
}

// foldsOf lists the rows of each fold, and the others.
func foldsOf(foldOf []int, k int) []Fold {
	folds := make([]Fold, k)
	for row, of := range foldOf {
		for fold := range folds {
			if fold == of {
				folds[fold].Test = append(folds[fold].Test, row)
			} else {
				folds[fold].Train = append(folds[fold].Train, row)
			}
		}
	}
	return folds
}

// ShuffleSplit is the first split of sklearn.model_selection.ShuffleSplit(random_state=seed) of n rows. It panics where
// there are fewer rows than asked.
func ShuffleSplit(n, train, test int, seed uint32) Fold {
	if train+test > n {
		panic(fmt.Sprintf("numpy: ShuffleSplit of %d rows into %d and %d", n, train, test))
	}
	order := NewRandomState(seed).Permutation(n)
	return Fold{Train: order[test : test+train], Test: order[:test]}
}

// StratifiedShuffleSplit is the first split of sklearn.model_selection.StratifiedShuffleSplit(random_state=seed). Classes
// count in order of their labels, so a label must sort as its class does in the peer. It fails, as the peer does, where a
// class has one row or a side has fewer rows than there are classes.
func StratifiedShuffleSplit(labels []int, train, test int, seed uint32) (Fold, error) {
	if train+test > len(labels) {
		panic(fmt.Sprintf("numpy: StratifiedShuffleSplit of %d rows into %d and %d", len(labels), train, test))
	}
	rows := map[int][]int{}
	for i, l := range labels {
		rows[l] = append(rows[l], i)
	}
	classes := make([]int, 0, len(rows))
	for l := range rows {
		classes = append(classes, l)
	}
	slices.Sort(classes)
	count := make([]int, len(classes))
	for c, l := range classes {
		if count[c] = len(rows[l]); count[c] < 2 {
			return Fold{}, errors.New("a class has one row, which can't be on both sides of a split: leave it out")
		}
	}
	if train < len(classes) || test < len(classes) {
		return Fold{}, fmt.Errorf("too few rows: parts of %d and %d can't hold all %d classes", train, test, len(classes))
	}
	r := NewRandomState(seed)
	take := r.approximateMode(count, train)
	left := slices.Clone(count)
	for c := range left {
		left[c] -= take[c]
	}
	leave := r.approximateMode(left, test)
	var f Fold
	for c, l := range classes {
		order := r.Permutation(count[c])
		for i, at := range order[:take[c]+leave[c]] {
			if i < take[c] {
				f.Train = append(f.Train, rows[l][at])
			} else {
				f.Test = append(f.Test, rows[l][at])
			}
		}
	}
	r.Shuffle(f.Train)
	r.Shuffle(f.Test)
	return f, nil
}

// approximateMode is sklearn.utils.extmath._approximate_mode: how many of n draws fall on each class, in proportion to
// count; what is left over goes to the largest remainders, drawn at random among equal ones.
func (r *RandomState) approximateMode(count []int, n int) []int {
	total := 0
	for _, c := range count {
		total += c
	}
	drawn := make([]int, len(count))
	rest := make([]float64, len(count))
	need := n
	for c, k := range count {
		// The order of the operations is the peer's: equal remainders must be equal in every bit.
		share := float64(k) / float64(total) * float64(n)
		whole := math.Floor(share)
		drawn[c], rest[c] = int(whole), share-whole
		need -= drawn[c]
	}
	values := slices.Compact(slices.Sorted(slices.Values(rest)))
	for i := len(values) - 1; i >= 0 && need > 0; i-- {
		var tied []int
		for c, v := range rest {
			if v == values[i] {
				tied = append(tied, c)
			}
		}
		for _, at := range r.Choice(len(tied), min(len(tied), need)) {
			drawn[tied[at]]++
			need--
		}
	}
	return drawn
}

// TrainTestSplit is sklearn.model_selection.train_test_split(train_size=share, random_state=seed) of n rows, stratified
// by labels unless they are nil: see StratifiedShuffleSplit for what they must be. It fails where a side has no row.
func TrainTestSplit(n int, share float64, labels []int, seed uint32) (Fold, error) {
	if labels != nil && len(labels) != n {
		panic(fmt.Sprintf("numpy: TrainTestSplit of %d rows with %d labels", n, len(labels)))
	}
	train := int(math.Floor(share * float64(n)))
	if train < 1 || train >= n {
		return Fold{}, fmt.Errorf("too few rows to split: %d", n)
	}
	if labels == nil {
		return ShuffleSplit(n, train, n-train, seed), nil
	}
	return StratifiedShuffleSplit(labels, train, n-train, seed)
}
