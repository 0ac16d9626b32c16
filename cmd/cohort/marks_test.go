package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/cohort/table"
	"example.org/cohort/table/encode"
)

// A mark is shown if ten persons share it and it is learned; rows of one person count once.
func TestSharedMarksCountPersons(t *testing.T) {
	var b strings.Builder
	b.WriteString("who,points\n")
	for i := range 100 {
		fmt.Fprintf(&b, "p%d,%d\n", i, i%20)
	}
	for i := range 40 {
		fmt.Fprintf(&b, "p%d,zq7\n", i%4)
	}
	for i := range 12 {
		fmt.Fprintf(&b, "p%d,ABS\n", i)
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{Schema: &table.Schema{Person: "who",
		Columns: []table.Column{{Name: "points", Kind: table.Whole}}}})
	require.NoError(t, err)
	require.Equal(t, "ABS", sharedMark(tab, 1, []string{"ABS", "zq7"}))
	require.Empty(t, sharedMark(tab, 1, []string{"zq7"}))
}

func TestTimesOfDayAreNoDatesOfBirth(t *testing.T) {
	var b strings.Builder
	b.WriteString("at,seen,day\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%02d:15,%02d/03/2004,%02d/04/2024\n", i%24, i%28+1, i%28+1)
	}
	tab, err := table.ReadCSV(strings.NewReader(b.String()), table.ReadOptions{})
	require.NoError(t, err)
	require.Equal(t, table.Date, tab.Schema().Columns[0].Kind)
	require.Equal(t, []string{"seen"}, birthCandidates(tab, tab.Schema()))
}

func TestColumnsOfTooFewNumbersAreDescribed(t *testing.T) {
	tab, err := table.ReadCSV(strings.NewReader("few,y\n"+strings.Repeat("7,a\n8,b\n", 4)+strings.Repeat(",a\n", 40)), table.ReadOptions{})
	require.NoError(t, err)
	enc, err := encode.Fit(tab, encode.Options{Protect: 5})
	require.NoError(t, err)
	require.Equal(t, table.Whole, enc.Schema().Columns[0].Kind)
	require.Equal(t, "not learned; left empty", learnedText(&enc.Schema().Columns[0], false, 0, 28))
}
