package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"example.org/cohort/internal/rng"
	"example.org/cohort/internal/run"
)

// mostSubsets is how many combinations of fewer columns are tried beside the one of all; knownParts is in how many parts
// outsiders know numbers and dates: somebody's age, but not to the second.
const mostSubsets, knownParts = 63, 10

// oneOfAKind counts people who alone have some combination of what outsiders may know while a row of the trial has it, too:
// people learned beside people never seen. Without memory they are equally likely to be met.
func (v *view) oneOfAKind(ctx context.Context) (*finding, []Metric, error) {
	f := &finding{Check: Check{Group: "Private", Name: "one of a kind"}, private: true}
	m := Metric{Name: "private.one_of_a_kind", Better: -1}
	cols := v.knownColumns()
	if len(cols) == 0 {
		cantTell(f, &m, NotApplicable, "no column is one that outsiders may know")
		return nil, []Metric{m}, nil
	}
	if v.cantCompare(ctx, f, &m, fewestPrivate, cols) {
		return f, nil, nil
	}
	met, err := v.singledOut(ctx, v.traits(cols))
	if err != nil {
		return nil, nil, err
	}
	learned, _ := slices.BinarySearch(met, v.learned.persons)
	v.judgeSingledOut(f, m, learned, len(met)-learned)
	return f, nil, nil
}

// traits gives columns as outsiders know them, in small codes: of the people learned, of those set aside and of the trial, one
// table after the other. Values that few people have are one code, for whoever alone has a value is a matter of rare values,
// and a table of shuffled columns has it as well.
func (v *view) traits(cols []int) [][]int32 {
	out := make([][]int32, len(cols))
	run.Parallel(len(cols), func(i int) {
		col := cols[i]
		var numbers []float64
		for _, s := range []*side{v.learned, v.held} {
			for r, code := range s.cells[col].code {
				if code == isNumber {
					numbers = append(numbers, s.cells[col].num[r])
				}
			}
		}
		slices.Sort(numbers)
		var edges []float64
		for part := 1; part < knownParts && len(numbers) > 0; part++ {
			edges = append(edges, numbers[part*len(numbers)/knownParts])
		}
		edges = slices.Compact(edges)
		first := int32(len(v.columns[col].label)) // code of the first part
		for _, s := range []*side{v.learned, v.held, v.trial} {
			for r, code := range s.cells[col].code {
				if code == isNumber {
					part, equal := slices.BinarySearch(edges, s.cells[col].num[r])
					if equal {
						part++
					}
					code = first + int32(part)
				}
				out[i] = append(out[i], code)
			}
		}
		v.joinRare(out[i], int(first)+len(edges)+1)
	})
	return out
}

// joinRare replaces the codes, of size many, that fewer than a few people have by -1.
func (v *view) joinRare(codes []int32, size int) {
	people := v.learned.rows + v.held.rows
	who := make([]uint64, people)
	for r, code := range codes[:people] {
		who[r] = uint64(code)<<32 | uint64(v.whose(r))
	}
	slices.Sort(who)
	persons := make([]int, size)
	for _, x := range slices.Compact(who) {
		persons[x>>32]++
	}
	fewest := max(commonPersons, int(math.Ceil(commonShare*float64(v.learned.persons+v.held.persons))))
	for r, code := range codes {
		if persons[code] < fewest {
			codes[r] = -1
		}
	}
}

// singledOut lists, in order, the people who alone have a combination that the trial has, too: that of all columns, and those
// of fewer columns by which the trial meets the smallest part of the people who could be met, as long as they are few in all.
// Which these are does not depend on who was learned, so the count is fair; where nearly everybody is met, it says nothing.
func (v *view) singledOut(ctx context.Context, traits [][]int32) ([]int, error) {
	sets := v.subsets(len(traits))
	met, alone := make([][]int, len(sets)), make([]int, len(sets))
	run.Parallel(len(sets), func(i int) {
		if ctx.Err() == nil {
			met[i], alone[i] = v.meet(traits, sets[i])
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	order := make([]int, len(sets)-1)
	for i := range order {
		order[i] = i + 1
	}
	slices.SortStableFunc(order, func(a, b int) int { // met/alone, without a division
		return cmp.Compare(len(met[a])*alone[b], len(met[b])*alone[a])
	})
	all, most := met[0], max(commonPersons, int(singledShare*float64(v.learned.persons+v.held.persons)))
	for _, i := range order {
		more := slices.Concat(all, met[i])
		slices.Sort(more)
		more = slices.Compact(more)
		if len(more) > most {
			break
		}
		all = more
	}
	return all, nil
}

// subsets lists combinations of n columns: that of all, then all others of at least two columns, or as many as we try, of all
// sizes in turn and otherwise at random.
func (v *view) subsets(n int) [][]int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	sets := [][]int{all}
	if n <= 6 {
		for mask := 1; mask < 1<<n-1; mask++ {
			var set []int
			for i := range n {
				if mask>>i&1 == 1 {
					set = append(set, i)
				}
			}
			if len(set) > 1 {
				sets = append(sets, set)
			}
		}
		return sets
	}
	for i := range mostSubsets {
		set := slices.Clone(all)
		s := rng.New(v.opt.Seed, rng.EvalSubsets, uint64(i))
		size := 2 + i%(n-2)
		for k := range size {
			j := k + s.Intn(n-k)
			set[k], set[j] = set[j], set[k]
		}
		set = set[:size]
		slices.Sort(set)
		sets = append(sets, set)
	}
	return sets
}

// meet lists, in order, the people who alone have their combination of some columns while a row of the trial has it, too, and
// counts those who alone have one. Combinations are told apart by 64 bits of hash.
func (v *view) meet(traits [][]int32, set []int) (met []int, alone int) {
	const several = -1
	hash := func(row int) uint64 {
		h := uint64(0)
		for _, i := range set {
			h = (h ^ uint64(uint32(traits[i][row]))) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
		return h
	}
	people := v.learned.rows + v.held.rows
	whose := make(map[uint64]int, people)
	for r := range people {
		h, p := hash(r), v.whose(r)
		if other, ok := whose[h]; ok && other != p {
			p = several
		}
		whose[h] = p
	}
	one := make([]bool, v.learned.persons+v.held.persons)
	for _, p := range whose {
		if p != several && !one[p] {
			one[p] = true
			alone++
		}
	}
	clear(one)
	for r := people; r < people+v.trial.rows; r++ {
		if p, ok := whose[hash(r)]; ok && p != several && !one[p] {
			one[p] = true
			met = append(met, p)
		}
	}
	slices.Sort(met)
	return met, alone
}

// judgeSingledOut tests whether people learned are met more often than people never seen.
func (v *view) judgeSingledOut(f *finding, m Metric, learned, held int) {
	people := float64(v.learned.persons)
	chance := float64(held) * people / float64(v.held.persons)
	m.Value, m.Real = float64(learned), chance
	low, high := wilson(learned, v.learned.persons)
	m.Low, m.High = low*people, high*people
	f.Metrics = append(f.Metrics, m)
	p := fisher(learned, v.learned.persons, held, v.held.persons)
	f.tests = []test{{look: p, stop: p}}
	f.tell = func(f *finding, levels []float64) {
		most := mostHits(v.learned.persons, held, v.held.persons, levels[0])
		f.Shown, f.Beside = grouped(learned), fmt.Sprintf("by chance: %.0f", chance)
		f.Sentence = fmt.Sprintf("%s a combination of known columns that nobody else has, and a synthetic row has it, too. "+
			"Of as many people never seen it is %.0f; with that, up to %d would be chance.",
			count(learned, "person learned has", "people learned have"), chance, most)
		if f.Status != OK {
			f.Beside += fmt.Sprintf(", up to %d", most)
			f.Remedy = v.protectMore()
		}
	}
}

// mostHits is the greatest number of hits among n people that Fisher's test does not yet reject at a level, where y of m others
// are hit. The p falls as the hits grow, so it is searched for by halves.
func mostHits(n, y, m int, level float64) int {
	return sort.Search(n, func(x int) bool { return fisher(x+1, n, y, m) <= level })
}
