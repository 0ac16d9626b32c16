package cohort_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/eval"
	"example.org/cohort/internal/rng"
	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

// rooms is a table of n pupils. A room decides its floor, which some lack, and the wing; the last rooms have few pupils. One of Oral and
// Written is missing.
func rooms(n int, seed uint64) string {
	var b strings.Builder
	b.WriteString("Student No,Room,Floor,Wing,Oral,Written,Score\n")
	for i := range n {
		r := rng.New(seed, rng.Demo, uint64(i))
		room := min(r.Intn(14), r.Intn(17))
		floor := fmt.Sprint("L", room/3)
		if r.Intn(8) == 0 {
			floor = ""
		}
		oral, written := fmt.Sprint(r.Intn(20)), ""
		if r.Intn(3) == 0 {
			oral, written = "", fmt.Sprint(r.Intn(20))
		}
		fmt.Fprintf(&b, "%08d,R%02d,%s,%s,%s,%s,%d\n", 10000000+rng.Permute(seed, rng.Demo, 80000000, uint64(i)), room, floor, "NS"[room/6%2:room/6%2+1],
			oral, written, r.Intn(30)+room)
	}
	return b.String()
}

var roomRules = []string{"Room -> Floor", "Room -> Wing", "Oral xor Written"}

// keptRooms compares each row with all real rows.
func keptRooms(t *testing.T, name string, actual, rows *table.Table) {
	t.Helper()
	floors, wings := map[string]string{}, map[string]string{}
	for _, cells := range actual.Records() {
		if wings[cells[1]] = cells[3]; cells[2] != "" {
			floors[cells[1]] = cells[2]
		}
	}
	for _, cells := range rows.Records() {
		require.Equal(t, wings[cells[1]], cells[3], name)
		require.NotEqual(t, cells[4] == "", cells[5] == "", name)
		if cells[2] != "" {
			require.Equal(t, floors[cells[1]], cells[2], name)
		}
	}
}

var roomModels = map[string]cohort.Options{
	"trees": {Model: "trees"}, "copula": {Model: "copula"}, "independent": {Model: "independent"}, "columns": {Model: "columns", Steps: 20},
	"auto": {Steps: 12}, "ctgan": {Model: "ctgan", Steps: 12}, "tvae": {Model: "tvae", Steps: 12}, "great": {Model: "great", Steps: 12},
}

// Every model keeps what is found in every row, with conditions on either side, and writes the same after it was saved.
func TestEveryModelKeepsAllForms(t *testing.T) {
	for name, opt := range roomModels {
		for _, protect := range []int{5, -1} {
			if protect < 0 && (name == "auto" || name == "great" || name == "columns") {
				continue // as trees, and slow
			}
			actual := read(t, rooms(map[bool]int{true: 1000, false: 240}[name == "auto"], 70))
			opt.Protect = protect
			m := fit(t, actual, opt)
			require.ElementsMatch(t, roomRules, ruleTexts(m.Info().Schema), name)
			loaded, err := cohort.Load(bytes.NewReader(file(t, m)))
			require.NoError(t, err)
			for _, where := range [][]table.Cond{nil, {table.Is("Floor", "L1")}, {table.Is("Room", "R02", "R07"), table.Missing("Oral")},
				{table.Missing("Floor"), table.Is("Wing", "S")}, {table.Between("Written", "5", "15")}} {
				o := cohort.SampleOptions{Rows: 60, Seed: 4, Where: where}
				rows := sample(t, m, o)
				keptRooms(t, name, actual, rows)
				sets, err := table.Sets(rows.Schema(), where)
				require.NoError(t, err)
				require.Equal(t, 60, rows.Count(sets), name)
				require.Equal(t, text(t, rows), text(t, sample(t, loaded, o)), name)
			}
			for _, where := range [][]table.Cond{{table.Is("Room", "R00"), table.Is("Floor", "L2")}, {table.Missing("Oral"), table.Missing("Written")}} {
				_, err := m.Sample(context.Background(), cohort.SampleOptions{Rows: 5, Where: where})
				require.ErrorIs(t, err, cohort.ErrNoRow, name)
			}
		}
	}
}

// Of the same table the same model, whatever the number of threads.
func TestRulesForAnyNumberOfThreads(t *testing.T) {
	actual := read(t, rooms(240, 71))
	var want string
	for _, n := range []int{1, 3} {
		threads(n, func() {
			m := fit(t, actual, cohort.Options{Model: "trees"})
			got := string(file(t, m)) + text(t, sample(t, m, cohort.SampleOptions{Rows: 3000}))
			if n == 1 {
				want = got
			}
			require.True(t, want == got)
		})
	}
}

// Gaps are filled with what the known cells say, those of rules A xor B stay, and what is against a rule stays and is said.
func TestFillKeepsAllForms(t *testing.T) {
	actual := read(t, rooms(240, 72))
	records, err := csv.NewReader(strings.NewReader(rooms(160, 73))).ReadAll()
	require.NoError(t, err)
	for i, cells := range records[1:] {
		blank := [][]int{{2}, {1}, {1, 2}, {1, 2, 3}, {4, 5}, {2, 3, 4, 5}, {6}, {1, 3}}[i%8]
		if i < 2 {
			cells[1], cells[2], cells[6] = "R00", "L3", ""
			continue
		}
		for _, c := range blank {
			cells[c] = ""
		}
	}
	records[3][4], records[3][5] = "3", "4"
	var b strings.Builder
	require.NoError(t, csv.NewWriter(&b).WriteAll(records))
	for _, opt := range []cohort.Options{{Model: "columns", Steps: 20, Protect: -1}, {Model: "great", Steps: 12, Protect: -1}} {
		m := fit(t, actual, opt)
		schema := *m.Info().Schema
		schema.Columns = slices.Clone(schema.Columns)
		for i := range schema.Columns {
			schema.Columns[i].Values = nil // rooms of few are not among them
		}
		partial, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &schema})
		require.NoError(t, err)
		var warned []string
		o := cohort.SampleOptions{Seed: 2, Warn: func(e *table.Error) { warned = append(warned, e.Code+": "+e.Reason) }}
		full, err := m.Fill(context.Background(), partial, o)
		require.NoError(t, err)
		var out bytes.Buffer
		require.NoError(t, table.WriteCSV(&out, full))
		filled, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		for i, cells := range filled[1:] {
			for c, old := range records[i+1] {
				if old != "" {
					require.Equal(t, old, cells[c], "a known cell of row %d", i)
				}
			}
			for c := 1; c < 4; c++ {
				require.NotEmpty(t, cells[c], "%s: row %d", opt.Model, i)
			}
		}
		rest := slices.Clone(filled[4:])
		text := strings.Builder{}
		require.NoError(t, csv.NewWriter(&text).WriteAll(append([][]string{filled[0]}, rest...)))
		keptRooms(t, opt.Model, actual, read(t, text.String()))
		require.Contains(t, strings.Join(warned, "\n"), "against-rule: in 3 of 160 rows")
		again, err := m.Fill(context.Background(), partial, o)
		require.NoError(t, err)
		out.Reset()
		require.NoError(t, table.WriteCSV(&out, again))
		same, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		require.Equal(t, filled, same)
	}
}

// Rules of the user that can't stand beside each other, or rest on too few persons, are refused by name before anything is learned.
func TestRulesThatAreRefused(t *testing.T) {
	with := func(text string, rules ...string) *table.Table {
		actual := read(t, text)
		for _, r := range rules {
			rule, err := table.ParseRule(r)
			require.NoError(t, err)
			actual = actual.WithRules(rule)
		}
		return actual
	}
	for says, actual := range map[string]*table.Table{
		`"Room -> Floor" and "Wing -> Floor" both fix "Floor"`: with(rooms(240, 74), "Room -> Floor", "Wing -> Floor"),
		`the rules "Floor -> Room" and "Room -> Floor" go`:     with(rooms(240, 74), "Room -> Floor", "Floor -> Room"),
		`"Score <= Score2"`: with(strings.ReplaceAll("A,B\n"+strings.Repeat("1,1\n2,2\n", 40), "A,B", "Score,Score2"), "Score <= Score2", "Score2 <= Score"),
		`Student No\" -> Room" names a column that is not learned`: with(rooms(240, 74), "Student No -> Room"),
		"no value of the first column is shared by 40 persons":     with(rooms(200, 74), "Room -> Wing"),
	} {
		bad := refused(t, actual, cohort.Options{Protect: 40})
		require.Equal(t, "bad-rule", bad.Code, says)
		require.Contains(t, bad.Reason, says)
	}
	bad := refused(t, with(rooms(240, 74), "Floor -> Room"), cohort.Options{})
	require.Equal(t, "rule-broken", bad.Code)
	bad = refused(t, with(rooms(240, 74), "Room xor Wing"), cohort.Options{})
	require.Equal(t, "rule-broken", bad.Code)
	bad = refused(t, with(rooms(240, 74), "Room -> Floor"), cohort.Options{Level: "structure"})
	require.Contains(t, bad.Reason, "level structure learns no relations")
	// Asked for, a rule goes before what is found.
	m := fit(t, with(rooms(240, 74), "Room -> Floor"), cohort.Options{NoRules: true, Model: "independent"})
	require.Equal(t, []string{"Room -> Floor"}, ruleTexts(m.Info().Schema))
}

// A value of A that too few persons have is not written, nor is it in the model's file.
func TestDecidingValuesOfFew(t *testing.T) {
	text := rooms(240, 75)
	for i := range 4 {
		text += fmt.Sprintf("%d,Zq7room,L1,N,5,,7\n", 99000000+i)
	}
	actual := read(t, text)
	m := fit(t, actual, cohort.Options{Model: "trees"})
	require.Contains(t, ruleTexts(m.Info().Schema), "Room -> Floor")
	require.NotContains(t, string(file(t, m)), "Zq7room")
	keptRooms(t, "trees", actual, sample(t, m, cohort.SampleOptions{Rows: 2000}))
}

// Make gives trial and model the rules, the checks count them, and a mock keeps them.
func TestChecksCountAllForms(t *testing.T) {
	actual := read(t, rooms(300, 76))
	r, err := cohort.Make(context.Background(), actual, cohort.MakeOptions{Fit: cohort.Options{Model: "independent"}})
	require.NoError(t, err)
	keptRooms(t, "make", actual, r.Table)
	kept := func(r *eval.Report) eval.Check {
		return r.Checks[slices.IndexFunc(r.Checks, func(c eval.Check) bool { return c.Name == "kept" })]
	}
	require.Equal(t, "3 of 3", kept(r.Report).Shown)
	require.Equal(t, eval.OK, kept(r.Report).Status)

	rules := r.Table.Schema().Rules
	fake := strings.ReplaceAll(rooms(300, 77), ",N,", ",S,")
	report, err := eval.Compare(context.Background(), actual.WithRules(rules...), read(t, fake), eval.Options{})
	require.NoError(t, err)
	require.Equal(t, eval.Look, kept(report).Status)
	require.Contains(t, kept(report).Sentence, "The rule Room -> Wing is broken in ")
	both := strings.ReplaceAll(rooms(300, 78), ",,", ",3,")
	report, err = eval.Compare(context.Background(), actual.WithRules(rules...), read(t, both), eval.Options{})
	require.NoError(t, err)
	require.Contains(t, kept(report).Sentence, "The rule Oral xor Written is broken in 300 of 300 rows.")

	mock, err := cohort.Mock(r.Table.Schema(), cohort.SampleOptions{Rows: 500})
	require.NoError(t, err)
	for _, rule := range rules {
		require.Empty(t, rule.Broken(mock), rule)
	}
}
