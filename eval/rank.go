package eval

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Ranking orders generators by one number, and says which of them can't be told apart.
type Ranking struct {
	By      string   // name of the metric; "" where none could be computed for all of them
	Columns []string // that it is about
	Better  int      // as of Metric
	Best    float64
	Real    float64  // what as many real rows reach; NaN if not known
	Entries []Ranked // the best first; those without a rank last
	// Alike has the first and last rank of every run of which no two differ beyond the noise, as intervals or seeds show. Where there is
	// neither nothing is in it, and nothing is known.
	Alike [][2]int
}

// A Ranked is one generator: a report, or several that are its seeds.
type Ranked struct {
	Generator string
	Reports   []int   // indices of its reports
	Verdict   Verdict // the worst of them
	Rank      int     // from 1; 0 is none: it is not to be released, or there is no number
	Value     float64 // mean over the reports
	Low, High float64 // 95 % interval; both NaN where there is none

	error float64 // standard error; infinite where it is not known
}

// measures are what generators are ranked by: the first that all of them have with an interval, else the first that all have.
var measures = []string{"useful.auc", "useful.r2", "useful.score", "detect.auc", "sdis.sound", "sdis.paper", "shape.mean"}

// Rank orders the generators of reports on the same real table. Reports with the same About.Generator are seeds of one. The
// interval of a generator has the error of the people who were predicted, which is the same for all seeds, and that of its
// seeds by Student's t; that of two of them apart is tested at 5 % after Holm's adjustment over all pairs. That both were
// judged by the same people would make a difference more certain, not less, so nothing is claimed too much. Tables that are
// not to be released have no rank, for copies of real people would be the best of all.
func Rank(reports ...*Report) *Ranking {
	r := &Ranking{Better: 1, Real: math.NaN(), Entries: contenders(reports)}
	r.By = commonMeasure(reports)
	if r.By == "" {
		return r
	}
	m, _ := reports[0].Metric(r.By)
	r.Columns, r.Better, r.Best, r.Real = m.Columns, m.Better, m.Best, m.Real
	for i := range r.Entries {
		r.Entries[i].score(r.By, reports)
	}
	slices.SortStableFunc(r.Entries, func(a, b Ranked) int {
		if c := cmp.Compare(a.stopped(), b.stopped()); c != 0 {
			return c
		}
		return cmp.Compare(r.loss(a), r.loss(b))
	})
	n := 0
	for i := range r.Entries {
		if r.Entries[i].stopped() == 0 {
			n++
			r.Entries[i].Rank = n
		}
	}
	r.Alike = r.runs(r.Entries[:n])
	return r
}

// loss is the smaller the better.
func (r *Ranking) loss(e Ranked) float64 {
	if r.Better == 0 {
		return math.Abs(e.Value - r.Best)
	}
	return -float64(r.Better) * e.Value
}

func (e *Ranked) stopped() int {
	if e.Verdict == DoNotRelease {
		return 1
	}
	return 0
}

// contenders gathers the reports of one generator, in the order of their first.
func contenders(reports []*Report) []Ranked {
	var list []Ranked
	for i, r := range reports {
		name := cmp.Or(r.About.Generator, r.About.Table)
		at := slices.IndexFunc(list, func(e Ranked) bool { return e.Generator == name })
		if at < 0 || name == "" {
			at = len(list)
			list = append(list, Ranked{Generator: name, Value: math.NaN(), Low: math.NaN(), High: math.NaN()})
		}
		e := &list[at]
		e.Reports = append(e.Reports, i)
		e.Verdict = max(e.Verdict, r.Verdict)
	}
	return list
}

// commonMeasure finds what all reports have, with an interval if there is such a number.
func commonMeasure(reports []*Report) string {
	for _, interval := range []bool{true, false} {
		for _, name := range measuresOf(reports) {
			lacks := func(r *Report) bool { return !r.ranks(name, interval) }
			if len(reports) > 0 && !slices.ContainsFunc(reports, lacks) {
				return name
			}
		}
	}
	return ""
}

// measuresOf are measures, or the main number of a peer's suite.
func measuresOf(reports []*Report) []string {
	for _, p := range peerSuites() {
		if len(reports) > 0 && reports[0].About.Suite == p.name {
			return []string{p.main}
		}
	}
	return measures
}

// ranks tells whether a report has a metric. A score of one column counts only where no other was predicted: several have a
// mean of their own.
func (r *Report) ranks(name string, interval bool) bool {
	lessons := 0
	for _, m := range r.Metrics {
		if m.Name == "useful.auc" || m.Name == "useful.r2" {
			lessons++
		}
	}
	m, ok := r.Metric(name)
	return ok && (len(m.Columns) == 0 || lessons == 1) && m.Status == OK && !math.IsNaN(m.Value) &&
		(!interval || !math.IsNaN(m.Low) && !math.IsNaN(m.High))
}

// score sets the value and its interval.
func (e *Ranked) score(by string, reports []*Report) {
	n := float64(len(e.Reports))
	var values []float64
	people, low, high := 0.0, math.Inf(-1), math.Inf(1)
	for _, i := range e.Reports {
		m, _ := reports[i].Metric(by)
		values = append(values, m.Value)
		half := (m.High - m.Low) / 2 / normal95
		people += half * half / n // NaN where there is no interval
		if m.Best == 1 || m.Best == .5 {
			high = 1
			if by != "useful.r2" && by != "sdis.paper" { // which hold an R2
				low = 0
			}
		}
	}
	e.Value = mean(values)
	seeds := 0.0
	if n > 1 {
		for _, v := range values {
			seeds += (v - e.Value) * (v - e.Value) / (n - 1) / n
		}
		// Few seeds say little of how much seeds differ.
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
		seeds *= t * t / normal95 / normal95
		if math.IsNaN(people) {
			people = 0 // what the seeds say is all that there is
		}
	}
	if e.error = math.Sqrt(people + seeds); math.IsNaN(e.error) {
		e.error = math.Inf(1)
		return
	}
	e.Low, e.High = max(e.Value-normal95*e.error, low), min(e.Value+normal95*e.error, high)
}

// runs finds the longest runs of neighbours of which no two differ beyond the noise. A pair one of which has no interval is in none.
func (r *Ranking) runs(list []Ranked) [][2]int {
	type pair struct {
		i, k int
		p    float64
	}
	var pairs []pair
	apart := make(map[[2]int]bool) // differ, or nobody can tell
	for k := range list {
		for i := range k {
			p := 1.0
			switch d := math.Abs(r.loss(list[i]) - r.loss(list[k])); {
			case math.IsInf(list[i].error+list[k].error, 0):
				apart[[2]int{i, k}] = true
				continue
			case d > 0:
				p = math.Erfc(d / math.Hypot(list[i].error, list[k].error) / math.Sqrt2) // of no spread at all: 0
			}
			pairs = append(pairs, pair{i, k, p})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.p, b.p) })
	for rank, q := range pairs {
		if q.p > 0.05/float64(len(pairs)-rank) {
			break
		}
		apart[[2]int{q.i, q.k}] = true
	}
	var alike [][2]int
	end := -1
	for first := range list {
		last := first
		for last+1 < len(list) && !anyApart(apart, first, last+1) {
			last++
		}
		if last > first && last > end {
			alike = append(alike, [2]int{first + 1, last + 1})
			end = last
		}
	}
	return alike
}

// Sentence says which ranks can't be told apart, in plain words; "" where fewer than two have a rank.
func (r *Ranking) Sentence() string {
	ranked, known := 0, 0
	for _, e := range r.Entries {
		if e.Rank > 0 {
			ranked++
			if !math.IsNaN(e.Low) {
				known++
			}
		}
	}
	switch {
	case ranked < 2:
		return ""
	case known == 0:
		return "No likely range is known for this score. The order by itself says nothing: any difference may be chance."
	case len(r.Alike) == 0 && known == ranked:
		return "All differences between them are beyond the noise."
	}
	var text []string
	if len(r.Alike) > 0 {
		var runs []string
		for _, run := range r.Alike {
			between := " and "
			if run[1]-run[0] > 1 {
				between = " to "
			}
			runs = append(runs, fmt.Sprint(run[0], between, run[1]))
		}
		text = append(text, runs[0]+" can't be told apart"+strings.Join(append([]string{""}, runs[1:]...), ", nor can ")+".")
	}
	switch {
	case known < ranked:
		text = append(text, "Where there is no likely range, nothing shows whether a difference is more than chance.")
	case r.Alike[0] != [2]int{1, ranked}:
		text = append(text, "Other differences are beyond the noise.")
	}
	return strings.Join(text, " ")
}

// anyApart tells whether any of first to last-1 is apart from last.
func anyApart(apart map[[2]int]bool, first, last int) bool {
	for i := first; i < last; i++ {
		if apart[[2]int{i, last}] {
			return true
		}
	}
	return false
}
