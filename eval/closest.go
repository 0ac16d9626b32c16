package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// closestRows bounds the rows of the trial that are compared with everybody.
const closestRows = 20_000

// lookAlikes is the closest-pairs test: of the real people nearest to those rows of the trial that are nearest to any real
// person, how many had been learned. Without memory it is as large a part as was learned of all.
func (v *view) lookAlikes(ctx context.Context) (*finding, []Metric, error) {
	f := &finding{Check: Check{Group: "Private", Name: "look-alikes"}, private: true}
	m := Metric{Name: "private.closest"}
	if v.cantCompare(ctx, f, &m, fewestPrivate, v.learnedColumns()) {
		return f, []Metric{v.noNeighbours(f.Status, m.Reason)}, nil
	}
	trial := v.trial
	if trial.rows > closestRows {
		trial = trial.only(some(v.opt.Seed, rng.EvalGuess, 3, trial.rows, closestRows))
	}
	s := v.newSpace(v.learnedColumns(), v.learned, v.held)
	rows, people := s.cloud(trial), s.cloud(v.learned, v.held)
	near, err := v.closest(ctx, s, rows, people)
	if err != nil {
		return nil, nil, err
	}
	share, err := v.neighbours(ctx, s, rows, people)
	if err != nil {
		return nil, nil, err
	}
	v.judgeClosest(f, m, near)
	return f, []Metric{share}, nil
}

// cantCompare fills in finding and metric of a privacy check that can't be made, and says whether that is so.
func (v *view) cantCompare(ctx context.Context, f *finding, m *Metric, fewest int, cols []int) bool {
	why, status, beside, remedy := "", NotApplicable, "see the report", ""
	switch {
	case v.held == nil:
		why = "it takes real people whom the generator never saw"
		beside, remedy = "nobody was set aside", askHoldout
	case v.tooFew(fewest) != "":
		status, why = TooFew, v.tooFew(fewest)
		beside = fmt.Sprintf("needs %d people", fewest)
	case len(cols) == 0:
		why = "there is no column to compare"
	case v.trial.rows == 0 || v.learned.rows == 0:
		why = "a table has no rows"
	case v.heldAreLearned(ctx):
		why = "the people set aside are in the real table, too"
		beside, remedy = "set aside, yet in the table", askHoldout
	default:
		return false
	}
	cantTell(f, m, status, why)
	f.Beside, f.Remedy = beside, remedy
	return true
}

// heldAreLearned tells whether clearly more of the people set aside equal a person learned than people learned equal each other.
func (v *view) heldAreLearned(ctx context.Context) bool {
	if v.made { // they were parted by us
		return false
	}
	if v.sameIDs() {
		return true
	}
	x := newRowIndex(ctx, v.learned, v.learnedColumns())
	held, learned := x.copied(ctx, v.held), x.copied(ctx, v.learned)
	// Two who equal each other are one coincidence.
	return fisher(held.x, held.n, (learned.x+1)/2, (learned.n+1)/2) <= stopLevel
}

// sameIDs tells whether people set aside bear ids of people learned.
func (v *view) sameIDs() bool {
	col := slices.IndexFunc(v.columns, func(c column) bool { return c.name == v.person })
	if col < 0 || v.held == nil {
		return false
	}
	learned := make(map[key]bool)
	for r, code := range v.learned.cells[col].code {
		if code != none {
			learned[v.learned.cells[col].key(r)] = true
		}
	}
	same := make([]bool, v.held.persons)
	for r := range v.held.rows {
		same[v.held.person[r]] = learned[v.held.cells[col].key(r)]
	}
	return tallyOf(same).share() > sameIDs
}

// cantTell fills in finding and metric of a check that can't tell.
func cantTell(f *finding, m *Metric, status Status, why string) {
	m.Value, m.Low, m.High, m.Real = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	m.Status, m.Reason = status, why
	f.Status, f.Shown, f.Beside = status, "can't tell", "see the report"
	f.Sentence = "This could not be checked: " + why + "."
	f.Metrics = append(f.Metrics, *m)
}

// A closeness is what the closest pairs show.
type closeness struct {
	learned int       // people learned, among those nearest
	chance  []float64 // for each of those nearest, that it was learned, without memory
}

// closest finds the rows that are nearest to any real person, and the people nearest to them, each once. A row that is as
// near to people learned as to people set aside says nothing.
func (v *view) closest(ctx context.Context, s *space, rows, people *cloud) (closeness, error) {
	k := min(max(nearestRows, int(nearestShare*float64(rows.rows))), rows.rows)
	least, err := s.nearest(ctx, rows, people, k)
	if err != nil {
		return closeness{}, err
	}
	order := v.nearestFirst(least)[:k]
	found := make([][]int, k) // people nearest to each of the rows; those set aside come after those learned
	run.Parallel(k, func(i int) {
		if ctx.Err() != nil {
			return
		}
		r := order[i]
		for _, h := range s.search(rows, r, people, 0, people.rows, least[r]+s.slack, nil) {
			found[i] = append(found[i], v.whose(h.row))
		}
		slices.Sort(found[i])
		found[i] = slices.Compact(found[i])
	})
	if err := ctx.Err(); err != nil {
		return closeness{}, err
	}
	var c closeness
	part := float64(v.learned.persons) / float64(v.learned.persons+v.held.persons)
	counted := make([]bool, v.learned.persons+v.held.persons)
	for _, group := range found {
		known := slices.ContainsFunc(group, func(p int) bool { return counted[p] })
		for _, p := range group {
			counted[p] = true
		}
		first, last := group[0] < v.learned.persons, group[len(group)-1] < v.learned.persons
		if known || first != last {
			continue
		}
		if first {
			c.learned++
		}
		// Several people alike are all learned, or none of them is: the larger part has more of such groups.
		all, none := math.Pow(part, float64(len(group))), math.Pow(1-part, float64(len(group)))
		c.chance = append(c.chance, all/(all+none))
	}
	return c, nil
}

// whose numbers the person of a row of the cloud of people learned and set aside.
func (v *view) whose(row int) int {
	if row < v.learned.rows {
		return int(v.learned.person[row])
	}
	return v.learned.persons + int(v.held.person[row-v.learned.rows])
}

// nearestFirst orders rows by distance, those equally near at random.
func (v *view) nearestFirst(least []int64) []int {
	order, key := make([]int, len(least)), make([]uint64, len(least))
	for r := range order {
		s := rng.New(v.opt.Seed, rng.EvalClosest, uint64(r))
		order[r], key[r] = r, s.Uint64()
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(least[a], least[b]), cmp.Compare(key[a], key[b]), a-b)
	})
	return order
}

// chunk is how many rows are searched for at a time.
const chunk = 64

// nearest gives the distance of each row of q from the nearest row of c. It is exact for the k rows that are nearest of all
// and for those as near; of others it may say no more than that they are further.
func (s *space) nearest(ctx context.Context, q, c *cloud, k int) ([]int64, error) {
	least := make([]int64, q.rows)
	var (
		bound atomic.Int64 // no row further than this is among the k nearest
		lock  sync.Mutex
		best  []int64 // up to k least distances, in order
	)
	bound.Store(math.MaxInt64)
	run.Parallel((q.rows+chunk-1)/chunk, func(part int) {
		if ctx.Err() != nil {
			return
		}
		first := part * chunk
		mine := least[first:min(first+chunk, q.rows)]
		for i := range mine {
			mine[i] = math.MaxInt64
		}
		var hits []hit
		for from := 0; from < c.rows; from += tile {
			if ctx.Err() != nil {
				return
			}
			for i := range mine {
				hits = s.search(q, first+i, c, from, min(from+tile, c.rows), min(mine[i]-1, bound.Load()), hits[:0])
				for _, h := range hits {
					mine[i] = min(mine[i], h.distance)
				}
			}
		}
		lock.Lock()
		defer lock.Unlock()
		best = append(best, mine...)
		slices.Sort(best)
		best = best[:min(k, len(best))]
		if len(best) == k {
			bound.Store(best[k-1])
		}
	})
	return least, ctx.Err()
}

// judgeClosest tests what the closest pairs show.
func (v *view) judgeClosest(f *finding, m Metric, c closeness) {
	n := len(c.chance)
	if n < fewestNearest {
		cantTell(f, &m, TooFew, fmt.Sprintf("of the people nearest to synthetic rows, all but %d are as near as others", n))
		f.Beside = "too many are equally near"
		return
	}
	l := newLuck(c.chance)
	m.Value, m.Real = float64(c.learned)/float64(n), l.mean/float64(n)
	m.Low, m.High = wilson(c.learned, n)
	m.Best = m.Real
	f.Metrics = []Metric{m}
	p := l.atLeast(c.learned)
	f.tests = []test{{look: p, stop: p}}
	f.tell = func(f *finding, levels []float64) {
		limit := l.upTo(levels[0])
		decimals := 0
		if f.Status != OK && math.Round(100*m.Value) <= math.Floor(100*float64(limit)/float64(n)) {
			decimals = 1 // whole numbers would hide the difference
		}
		cut := math.Floor
		if f.Status == OK {
			cut = math.Round // as the number before it, so that the line can't say the contrary of its status
		}
		scale := math.Pow10(decimals)
		highest := cut(100*scale*float64(limit)/float64(n)) / scale
		f.Shown = fmt.Sprintf("%.*f of 100", decimals, 100*m.Value)
		f.Beside = fmt.Sprintf("no memory: %.0f, up to %.*f", 100*m.Real, decimals, highest)
		f.Sentence = fmt.Sprintf("Of the %d real people nearest to synthetic rows, %d had been learned. Without memory it would be %.0f, and up to %d by chance.",
			n, c.learned, l.mean, limit)
		if f.Status != OK {
			f.Remedy = v.protectMore()
		}
	}
}

// protectMore is the option that keeps out of the model what fewer persons have than now.
func (v *view) protectMore() string {
	return fmt.Sprintf("--protect %d", max(10, 2*v.opt.Protect))
}
