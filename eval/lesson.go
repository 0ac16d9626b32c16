package eval

import (
	"errors"
	"math"

	"example.org/cohort/eval/ml"
)

// A lesson teaches a forest to predict one column from all others, and examines it on people set aside. All scores are above
// guessing: 0 is guessing and 1 perfect, that is 2 AUC - 1 (the mean over classes, one against the rest) or R2.
type lesson struct {
	v       *view
	target  int
	others  []int
	class   []int32 // by code of the target: its class, or -1 where too few people have it; nil for numbers
	classes int
	forest  ml.Forest
	rows    []int32 // of the people set aside, with a target
	x       []ml.Column
	y       ml.Column
}

// newLesson prepares a lesson from the rows that real people teach and the rows of people set aside that examine it. It
// gives nil if the target tells too little: a single class, or no numbers.
func (v *view) newLesson(target int, teach, exam []int32, forest ml.Forest) *lesson {
	l := &lesson{v: v, target: target, forest: forest}
	for _, i := range v.learnedColumns() {
		if i != target {
			l.others = append(l.others, i)
		}
	}
	if len(l.others) == 0 {
		return nil
	}
	if !v.columns[target].number {
		l.class, l.classes = v.classes(target, teach, exam)
		if l.classes < 2 {
			return nil
		}
	}
	l.rows = l.with(v.held, exam)
	if len(l.rows) < fewestClass {
		return nil
	}
	l.x, l.y = v.features(v.held, l.others, l.rows), l.answers(v.held, l.rows)
	return l
}

// classes numbers the values of a column that enough rows of both kinds have.
func (v *view) classes(target int, teach, exam []int32) (class []int32, classes int) {
	n := len(v.columns[target].label)
	taught, asked := make([]int, n), make([]int, n)
	for _, r := range teach {
		taught[v.learned.cells[target].code[r]]++
	}
	for _, r := range exam {
		asked[v.held.cells[target].code[r]]++
	}
	class = make([]int32, n)
	for i := range class {
		class[i] = -1
		if i != int(none) && taught[i] >= fewestClass && asked[i] >= fewestClass {
			class[i] = int32(classes)
			classes++
		}
	}
	return class, classes
}

// with keeps the rows that have a target.
func (l *lesson) with(s *side, rows []int32) []int32 {
	var have []int32
	cell := &s.cells[l.target]
	for _, r := range rows {
		if l.class != nil && l.class[cell.code[r]] >= 0 || l.class == nil && cell.code[r] == isNumber {
			have = append(have, r)
		}
	}
	return have
}

func (l *lesson) answers(s *side, rows []int32) ml.Column {
	cell := &s.cells[l.target]
	if l.class == nil {
		y := ml.Column{Numbers: make([]float64, len(rows))}
		for i, r := range rows {
			y.Numbers[i] = cell.num[r]
		}
		return y
	}
	y := ml.Column{Codes: make([]int32, len(rows)), Card: l.classes}
	for i, r := range rows {
		y.Codes[i] = l.class[cell.code[r]]
	}
	return y
}

// teach fits a forest on rows of a side. It gives nil where they can't teach anything: no row, or one class only.
func (l *lesson) teach(s *side, rows []int32) (*ml.Forest, error) {
	rows = l.with(s, rows)
	f := l.forest
	f.Person = s.personsAt(rows, 0)
	err := f.Fit(l.v.features(s, l.others, rows), l.answers(s, rows))
	switch {
	case errors.Is(err, ml.ErrNoRows) || errors.Is(err, ml.ErrOneClass):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &f, nil
}

// examine scores a forest on the people set aside, with influences by row of the held side. In score worse than guessing is
// guessing, for how much worse it is says nothing; raw is as it came.
func (l *lesson) examine(f *ml.Forest) (score, raw ml.Score, err error) {
	score, raw = ml.Score{Rows: make([]float64, l.v.held.rows)}, ml.Score{Rows: make([]float64, l.v.held.rows)}
	if f == nil {
		return score, raw, nil
	}
	s, err := l.compare(f.PredictProba, f.Predict)
	if err != nil {
		return score, raw, err
	}
	raw.Value = s.Value
	for i, r := range l.rows {
		raw.Rows[r] = s.Rows[i]
	}
	if raw.Value > 0 {
		score = raw
	}
	return score, raw, nil
}

func (l *lesson) compare(proba func([]ml.Column) ([][]float64, error), predict func([]ml.Column) (ml.Column, error)) (ml.Score, error) {
	if l.class == nil {
		p, err := predict(l.x)
		if err != nil {
			return ml.Score{}, err
		}
		return scoreNumbers(p.Numbers, l.y.Numbers)
	}
	p, err := proba(l.x)
	if err != nil {
		return ml.Score{}, err
	}
	return scoreClasses(p, l.y.Codes)
}

// ownScore is the score of a forest on the rows that taught it, each predicted by trees that did not see it.
func (l *lesson) ownScore(f *ml.Forest, s *side, rows []int32) (ml.Score, error) {
	p, err := f.OutOfBag()
	if err != nil {
		return ml.Score{}, err
	}
	y := l.answers(s, l.with(s, rows))
	for i := range y.Len() {
		if math.IsNaN(p[0][i]) { // every tree saw the row; a table of very few rows
			return ml.Score{Rows: make([]float64, y.Len())}, nil
		}
	}
	if l.class == nil {
		return scoreNumbers(p[0], y.Numbers)
	}
	return scoreClasses(p, y.Codes)
}

// scoreNumbers is R2. Numbers without spread can't be predicted better than by guessing.
func scoreNumbers(predicted, actual []float64) (ml.Score, error) {
	s, err := ml.R2(predicted, actual)
	if errors.Is(err, ml.ErrInput) {
		return ml.Score{Rows: make([]float64, len(actual))}, nil
	}
	return s, err
}

// scoreClasses is 2 AUC - 1.
func scoreClasses(proba [][]float64, class []int32) (ml.Score, error) {
	s, err := ml.MacroAUC(proba, class)
	if errors.Is(err, ml.ErrOneClass) {
		return ml.Score{Rows: make([]float64, len(class))}, nil
	}
	s.Value = 2*s.Value - 1
	for i := range s.Rows {
		s.Rows[i] *= 2
	}
	return s, err
}
