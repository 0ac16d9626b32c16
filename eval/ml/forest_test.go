package ml

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/internal/rng"
)

func fitted(t *testing.T, f *Forest, x []Column, y Column) *Forest {
	t.Helper()
	require.NoError(t, f.Fit(x, y))
	return f
}

// auc of the second class, out of bag.
func bagAUC(t *testing.T, f *Forest, y Column) float64 {
	t.Helper()
	p, err := f.OutOfBag()
	require.NoError(t, err)
	s, err := MacroAUC(p, y.Codes)
	require.NoError(t, err)
	return s.Value
}

func TestForestLearns(t *testing.T) {
	x, class, number := mixed(1500, 12, 0, 1)
	held, heldClass, heldNumber := mixed(1000, 12, 0, 2)
	f := fitted(t, &Forest{Trees: 40}, x, class)
	p, err := f.PredictProba(held)
	require.NoError(t, err)
	require.Len(t, p, 3)
	for i := range p[0] {
		require.InDelta(t, 1, p[0][i]+p[1][i]+p[2][i], 1e-12)
	}
	s, err := MacroAUC(p, heldClass.Codes)
	require.NoError(t, err)
	require.Greater(t, s.Value, 0.85)
	require.InDelta(t, s.Value, bagAUC(t, f, class), 0.03, "out of bag is as good as new rows")
	got, err := f.Predict(held)
	require.NoError(t, err)
	require.Equal(t, 3, got.Card)
	for i, k := range got.Codes {
		require.GreaterOrEqual(t, p[k][i], max(p[0][i], p[1][i], p[2][i]))
	}

	f = fitted(t, &Forest{Trees: 40}, x, number)
	got, err = f.Predict(held)
	require.NoError(t, err)
	s, err = R2(got.Numbers, heldNumber.Numbers)
	require.NoError(t, err)
	require.Greater(t, s.Value, 0.5)
	q, err := f.OutOfBag()
	require.NoError(t, err)
	bag, err := R2(q[0], number.Numbers)
	require.NoError(t, err)
	require.InDelta(t, s.Value, bag.Value, 0.1)
}

// The same bits whatever the number of processors, and other bits with another seed.
func TestForestIsDeterministic(t *testing.T) {
	x, class, _ := mixed(500, 8, 0, 1)
	fold, err := Folds(class, nil, 3, 1)
	require.NoError(t, err)
	predict := func(seed uint64) (all [3][][]float64) {
		f := fitted(t, &Forest{Trees: 40, Seed: seed}, x, class) // so many that each row is out of bag
		all[0], _ = f.PredictProba(x)
		all[1], _ = f.OutOfBag()
		all[2], err = f.OutOfFold(x, class, fold)
		require.NoError(t, err)
		return all
	}
	want := predict(1)
	before := runtime.GOMAXPROCS(1)
	one := predict(1)
	runtime.GOMAXPROCS(7)
	seven := predict(1)
	runtime.GOMAXPROCS(before)
	require.Equal(t, want, one)
	require.Equal(t, want, seven)
	require.NotEqual(t, want, predict(2))
}

// Out of bag, each row is predicted by those trees that don't hold it, and by all of them.
func TestOutOfBagIsUnseen(t *testing.T) {
	x, class, _ := mixed(300, 6, 0, 1)
	f := fitted(t, &Forest{Trees: 25}, x, class)
	got, err := f.OutOfBag()
	require.NoError(t, err)
	for i := range int32(300) {
		want, asked := make([]float64, 3), 0.0
		for _, g := range f.trees {
			if g.in[i/64]>>(i%64)&1 == 1 {
				continue
			}
			asked++
			leaf := g.tree.Leaf(f.x, i)
			for _, a := range g.says[g.first[leaf]:g.first[leaf+1]] {
				want[a.class] += a.value
			}
		}
		require.Greater(t, asked, 0.0)
		for c := range want {
			require.InDelta(t, want[c]/asked, got[c][i], 1e-12)
		}
	}
}

// Every tree holds 63.2 % of the persons of each class, and all rows of a person or none.
func TestSample(t *testing.T) {
	y := newTarget(Column{Codes: slices.Concat(slices.Repeat([]int32{0}, 900), slices.Repeat([]int32{1}, 300)), Card: 2})
	person := make([]int32, 1200)
	for i := range person {
		person[i] = int32(i / 3)
	}
	unit, err := units(person, 1200)
	require.NoError(t, err)
	s := newSample(count(1200), y, unit)
	first, _ := s.draw(share, 1, 0)
	for number := range uint64(20) {
		rows, in := s.draw(share, 1, number)
		slices.Sort(rows)
		require.Len(t, slices.Compact(slices.Clone(rows)), len(rows), "no row twice")
		zeros := 0
		for _, i := range rows {
			require.Equal(t, uint64(1), in[i>>6]>>(i&63)&1)
			require.Contains(t, rows, i/3*3)
			if i < 900 {
				zeros++
			}
		}
		require.InDelta(t, 900*share, zeros, 1.5) // three rows a person
		require.InDelta(t, 300*share, len(rows)-zeros, 1.5)
		if number > 0 {
			require.NotEqual(t, first, rows)
		}
	}
}

// Rows of one person are alike and share a label that has nothing to do with the columns. A forest that is told the
// persons finds nothing, one that is not believes it has.
func TestForestKnowsPersons(t *testing.T) {
	told, untold := 0.0, 0.0
	const tries = 6
	for seed := range uint64(tries) {
		x, _, _ := mixed(150, 8, 0, seed)
		rows, person, y := []int32{}, []int32{}, Column{Card: 2}
		r := rng.New(seed, rng.Demo, 8)
		for p := range int32(150) {
			label := int32(r.Intn(2))
			for range 4 {
				rows, person, y.Codes = append(rows, p), append(person, p), append(y.Codes, label)
			}
		}
		for c := range x {
			x[c] = x[c].Rows(rows)
		}
		untold += bagAUC(t, fitted(t, &Forest{Trees: 50}, x, y), y) / tries
		told += bagAUC(t, fitted(t, &Forest{Trees: 50, Person: person}, x, y), y) / tries
	}
	require.Greater(t, untold, 0.95)
	require.InDelta(t, 0.5, told, 0.06) // standard error .02
}

// Where there is nothing to find, the AUC is near one half on average. A little less is as it must be: of two neighbours of
// unlike classes, each is held against the other. But trees without a row must not know less of its class, which trees of
// one leaf show, that know nothing but the classes' shares.
func TestForestOfNoise(t *testing.T) {
	for _, leaf := range []int{2, 40} {
		sum := 0.0
		const tries, n = 40, 120
		for seed := range uint64(tries) {
			r := rng.New(seed, rng.Demo, 9)
			x, y := []Column{{}, {}, {Card: 6}}, Column{Card: 2}
			for i := range n {
				x[0].Numbers = append(x[0].Numbers, r.Norm())
				x[1].Numbers = append(x[1].Numbers, r.Norm())
				x[2].Codes = append(x[2].Codes, int32(r.Intn(6)))
				y.Codes = append(y.Codes, int32(i%2))
			}
			sum += bagAUC(t, fitted(t, &Forest{Trees: 60, MinLeaf: leaf, Seed: seed}, x, y), y) / tries
		}
		if leaf == 40 {
			require.InDelta(t, 0.5, sum, 1e-9)
		} else {
			require.InDelta(t, 0.49, sum, 0.03) // standard error .008
		}
	}
}

// Columns of many categories that say nothing don't hide the one that does.
func TestForestSeesThroughManyCategories(t *testing.T) {
	r := rng.New(1, rng.Demo, 10)
	const n = 1500
	x, y := []Column{{}}, Column{Card: 2}
	for i := range n {
		y.Codes = append(y.Codes, int32(i%2))
		x[0].Numbers = append(x[0].Numbers, r.Norm()+0.8*float64(i%2))
	}
	alone := bagAUC(t, fitted(t, &Forest{MinLeaf: 20}, x, y), y)
	for _, card := range []int{15, 150, 1500} {
		c := Column{Card: card}
		for range n {
			c.Codes = append(c.Codes, int32(r.Intn(card)))
		}
		x = append(x, c)
	}
	require.Greater(t, bagAUC(t, fitted(t, &Forest{MinLeaf: 20, Try: 2}, x, y), y), alone-0.05)
}

// Categories whose order says nothing are learned as well as if their numbers were in order.
func TestForestLearnsCategories(t *testing.T) {
	r := rng.New(1, rng.Demo, 11)
	y, scattered, inOrder := Column{}, Column{Card: 41}, Column{}
	for range 3000 {
		k := r.Intn(41)
		scattered.Codes = append(scattered.Codes, int32(k*17%41))
		inOrder.Numbers = append(inOrder.Numbers, float64(k))
		y.Numbers = append(y.Numbers, float64(k)/10+r.Norm())
	}
	score := func(c Column) float64 {
		p, err := fitted(t, &Forest{MinLeaf: 20}, []Column{c}, y).OutOfBag()
		require.NoError(t, err)
		s, err := R2(p[0], y.Numbers)
		require.NoError(t, err)
		return s.Value
	}
	require.InDelta(t, score(inOrder), score(scattered), 0.02)
}

func TestOutOfFold(t *testing.T) {
	x, class, _ := mixed(200, 6, 0, 1)
	fold := make([]int32, 200)
	for i := 150; i < 200; i++ {
		fold[i] = 7 // folds between have no rows
	}
	f := Forest{Trees: 9}
	got, err := f.OutOfFold(x, class, fold)
	require.NoError(t, err)
	// What the rows of one fold hold must not reach their own predictions: other targets there, same answers.
	other := Column{Codes: slices.Clone(class.Codes), Card: 3}
	for i := 150; i < 200; i++ {
		other.Codes[i] = 2 - other.Codes[i]
	}
	again, err := f.OutOfFold(x, other, fold)
	require.NoError(t, err)
	for c := range got {
		require.Equal(t, got[c][150:], again[c][150:])
		require.NotEqual(t, got[c][:150], again[c][:150])
	}
	_, err = f.Predict(x)
	require.ErrorIs(t, err, ErrUnfitted, "the forest itself stays as it was")
}

func TestForestOfOddTables(t *testing.T) {
	nan := math.NaN()
	y := Column{Codes: []int32{0, 1, 0, 1, 2, 0}, Card: 40_000}
	for name, x := range map[string]Column{
		"constant":        {Numbers: []float64{1, 1, 1, 1, 1, 1}},
		"missing":         {Numbers: []float64{nan, nan, nan, nan, nan, nan}},
		"infinite":        {Numbers: []float64{1, math.Inf(1), nan, math.Inf(-1), 0, 1e308}},
		"no category":     {Codes: []int32{-1, -1, -1, -1, -1, -1}},
		"many categories": {Codes: []int32{9_999, 1, 2, 3, -4, 5}, Card: 10_000},
	} {
		f := fitted(t, &Forest{Trees: 3, MinLeaf: 1}, []Column{x}, y)
		p, err := f.PredictProba([]Column{x})
		require.NoError(t, err, name)
		require.Len(t, p, 40_000)
		sum := 0.0
		for c := range p {
			sum += p[c][0]
		}
		require.InDelta(t, 1, sum, 1e-12, name)
	}
	// Two rows: every tree has one at least.
	f := fitted(t, &Forest{Trees: 50}, []Column{{Numbers: []float64{1, 2}}}, Column{Codes: []int32{0, 1}, Card: 2})
	p, err := f.OutOfBag()
	require.NoError(t, err)
	require.Len(t, p[0], 2)
}

func TestForestRefuses(t *testing.T) {
	nan := math.NaN()
	x, y := []Column{{Numbers: []float64{1, 2, 3}}}, Column{Numbers: []float64{1, 2, 3}}
	for name, c := range map[string]struct {
		x    []Column
		y    Column
		want error
	}{
		"no rows":           {nil, Column{}, ErrNoRows},
		"no columns":        {nil, y, ErrInput},
		"lengths":           {[]Column{{Numbers: []float64{1}}}, y, ErrInput},
		"both kinds":        {[]Column{{Numbers: make([]float64, 3), Codes: make([]int32, 3), Card: 1}}, y, ErrInput},
		"neither kind":      {[]Column{{}}, y, ErrInput},
		"a code too great":  {[]Column{{Codes: []int32{0, 1, 2}, Card: 2}}, y, ErrInput},
		"no target":         {x, Column{Numbers: []float64{1, nan, 3}}, ErrInput},
		"infinite":          {x, Column{Numbers: []float64{1, math.Inf(1), 3}}, ErrInput},
		"one class":         {x, Column{Codes: []int32{1, 1, 1}, Card: 2}, ErrOneClass},
		"missing class":     {x, Column{Codes: []int32{1, -1, 0}, Card: 2}, ErrInput},
		"class out of card": {x, Column{Codes: []int32{1, 2, 0}, Card: 2}, ErrInput},
		"too many classes":  {x, Column{Codes: []int32{1, 2, 0}, Card: 70_000}, ErrInput},
	} {
		var (
			f    Forest
			tree Tree
		)
		require.ErrorIs(t, f.Fit(c.x, c.y), c.want, name)
		require.ErrorIs(t, tree.Fit(c.x, c.y), c.want, name)
		_, err := f.OutOfFold(c.x, c.y, []int32{0, 1, 0})
		require.ErrorIs(t, err, c.want, name)
		_, err = f.PredictProba(x)
		require.ErrorIs(t, err, ErrUnfitted, name)
		_, err = f.OutOfBag()
		require.ErrorIs(t, err, ErrUnfitted, name)
	}
	require.ErrorIs(t, (&Forest{Person: []int32{1}}).Fit(x, y), ErrInput)
	for _, fold := range [][]int32{nil, {0, 1}, {0, 0, 0}, {0, -1, 0}, {0, 3, 0}} {
		_, err := new(Forest).OutOfFold(x, y, fold)
		require.ErrorIs(t, err, ErrInput)
	}
}

func TestPredictRefuses(t *testing.T) {
	x := []Column{{Numbers: []float64{1, 2, 3}}, {Codes: []int32{0, 1, 1}, Card: 2}}
	f := fitted(t, &Forest{Trees: 2}, x, Column{Numbers: []float64{1, 2, 3}})
	for _, other := range [][]Column{x[:1], {x[1], x[0]}, {x[0], {Codes: []int32{1}, Card: 2}}} {
		_, err := f.Predict(other)
		require.ErrorIs(t, err, ErrInput)
	}
	_, err := f.Predict(nil)
	require.ErrorIs(t, err, ErrNoRows)
	_, err = f.PredictProba(x)
	require.ErrorIs(t, err, ErrInput)
}

func TestForestStops(t *testing.T) {
	x, class, _ := mixed(3000, 8, 0, 1)
	stop := make(chan struct{})
	close(stop)
	f := Forest{Trees: 1000, Stop: stop}
	require.ErrorIs(t, f.Fit(x, class), ErrStopped)
	fold, err := Folds(class, nil, 2, 1)
	require.NoError(t, err)
	_, err = f.OutOfFold(x, class, fold)
	require.ErrorIs(t, err, ErrStopped)
	_, err = f.Predict(x)
	require.ErrorIs(t, err, ErrUnfitted)
}
