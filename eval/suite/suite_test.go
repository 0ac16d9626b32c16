package suite

import (
	"math"
	"strings"
	"testing"

	"example.org/cohort/table"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string, columns ...table.Column) *table.Table {
	t.Helper()
	out, err := table.ReadCSV(strings.NewReader(text), table.ReadOptions{Schema: &table.Schema{Columns: columns}})
	require.NoError(t, err)
	return out
}

var columns = []table.Column{
	{Name: "Form", Kind: table.Category}, {Name: "Mark", Kind: table.Whole}, {Name: "Score", Kind: table.Decimal}, {Name: "Born", Kind: table.Date},
	{Name: "No", Kind: table.ID}, {Name: "Note", Kind: table.Text}, {Name: "Left", Treat: table.Drop},
}

func TestOf(t *testing.T) {
	out, err := Of(
		read(t, "Form,Mark,Score,Born,No,Note,Left\n9b,40,1.5,2010-01-02,p1,ab,1\n9a,50,,2010-01-03,p2,,2\n", columns...),
		read(t, "Form,Mark,Score,Born,No,Note,Left\n9c,40,1.5,2010-01-02,p2,cd,1\n9b,,2,,p3,ab,2\n,60,3,2010-01-04,p4,ef,2\n", columns...),
	)
	require.NoError(t, err)
	require.Len(t, out, 2)
	require.Equal(t, []int{2, 3}, []int{out[0].Rows, out[1].Rows})
	require.Len(t, out[1].Columns, 6)
	require.Equal(t, []Kind{Category, Number, Number, Date, Key, Text}, []Kind{
		out[0].Columns[0].Kind, out[0].Columns[1].Kind, out[0].Columns[2].Kind, out[0].Columns[3].Kind, out[0].Columns[4].Kind, out[0].Columns[5].Kind,
	})
	// A text has one code in both tables.
	require.Equal(t, []int32{0, 1}, out[0].Columns[0].Codes)
	require.Equal(t, []int32{2, 0, -1}, out[1].Columns[0].Codes)
	require.Equal(t, []string{"9b", "9a", "9c"}, out[0].Columns[0].Labels)
	require.Equal(t, []int32{1, 2, 3}, out[1].Column("No").Codes)
	require.Equal(t, []float64{40, 50}, out[0].Columns[1].Numbers)
	require.Equal(t, 86400., out[0].Columns[3].Numbers[1]-out[0].Columns[3].Numbers[0])
	require.True(t, math.IsNaN(out[1].Columns[3].Numbers[1]))
	// As pandas has it, whole numbers with gaps are floats.
	require.Equal(t, "int64", out[0].Column("Mark").Type)
	require.Equal(t, "float64", out[1].Column("Mark").Type)
	require.Equal(t, 1, out[1].Column("Mark").Gaps())
	require.Nil(t, out[0].Column("Left"))
}

func TestOfOtherKinds(t *testing.T) {
	_, err := Of(
		read(t, "Mark\n40\n", table.Column{Name: "Mark", Kind: table.Whole}),
		read(t, "Mark\nzq7\n", table.Column{Name: "Mark", Kind: table.Category}),
	)
	require.ErrorContains(t, err, `table 2: column "Mark"`)
	require.NotContains(t, err.Error(), "zq7")
}

func TestMean(t *testing.T) {
	some := []Result{OK("a", .5), No("a", "why"), OK("a", 1, "x")}
	require.Equal(t, OK("m", .75), Mean("m", "none", some))
	none := Mean("m", "none", some[1:2])
	require.Equal(t, "none", none.Reason)
	require.True(t, math.IsNaN(none.Value))
}
