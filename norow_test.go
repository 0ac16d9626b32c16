package cohort_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"example.org/cohort"
	"example.org/cohort/internal/container"
	"example.org/cohort/table"
	"example.org/cohort/table/encode"
	"github.com/stretchr/testify/require"
)

// unpacked gives all that a model file holds, compression undone.
func unpacked(t testing.TB, model []byte) []byte {
	t.Helper()
	f, err := container.Read(bytes.NewReader(model))
	require.NoError(t, err)
	all := append([]byte(f.Kind), f.Header...)
	for _, b := range f.Blobs {
		all = append(append(all, b.Name...), b.Data...)
	}
	return all
}

// spellings lists every way in which a number of a table might stand in a file: text of the cell, of the multiple of
// its step and of the float, and as float64, float32 and int64 of both byte orders.
func spellings(cell string, multiple int64, value float64) [][]byte {
	out := [][]byte{[]byte(cell), strconv.AppendInt(nil, multiple, 10), strconv.AppendFloat(nil, value, 'g', -1, 64),
		strconv.AppendFloat(nil, value, 'e', -1, 64)}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		out = append(out,
			order.AppendUint64(nil, math.Float64bits(value)),
			order.AppendUint64(nil, math.Float64bits(float64(multiple))),
			order.AppendUint32(nil, math.Float32bits(float32(value))),
			order.AppendUint64(nil, uint64(multiple)),
			order.AppendUint64(nil, uint64(int64(value))))
	}
	return out
}

// codeRows gives n lists of codes as uint8, uint16 and int32, little endian.
func codeRows(codes [][]int32) [][]byte {
	var out [][]byte
	for _, row := range codes {
		var narrow, middle, wide []byte
		small := true
		for _, c := range row {
			small = small && c < 256
			narrow = append(narrow, byte(c))
			middle = binary.LittleEndian.AppendUint16(middle, uint16(c))
			wide = binary.LittleEndian.AppendUint32(wide, uint32(c))
		}
		out = append(out, middle, wide)
		if small {
			out = append(out, narrow)
		}
	}
	return out
}

// A searcher finds many byte strings in one pass for each of their lengths.
type searcher map[int]map[string]string

func (s searcher) add(what string, b []byte) {
	if s[len(b)] == nil {
		s[len(b)] = make(map[string]string)
	}
	s[len(b)][string(b)] = what
}

// find says what stands in b.
func (s searcher) find(b []byte) []string {
	var found []string
	for n, words := range s {
		for i := 0; i+n <= len(b); i++ {
			if what, ok := words[string(b[i:i+n])]; ok {
				found = append(found, what)
			}
		}
	}
	return found
}

// rowsAndValues is what must not stand in a model of actual. The ends of a range stand there when protection is off.
func rowsAndValues(t testing.TB, actual *table.Table, ends bool, protect int) searcher {
	t.Helper()
	s := make(searcher)
	for _, name := range []string{"Score", "Index"} {
		col := column(t, actual, name)
		c := &actual.Schema().Columns[col]
		require.Equal(t, table.Decimal, c.Kind)
		values, multiples := actual.Floats(col), actual.Ints(col)
		for r, v := range values {
			if !ends && (v == c.Min || v == c.Max) {
				continue
			}
			cell, _ := actual.Cell(r, col)
			for i, b := range spellings(cell, multiples[r], v) {
				s.add(fmt.Sprintf("%s, row %d, spelling %d", name, r, i), b)
			}
		}
	}
	for _, name := range []string{"Student No", "Name"} {
		col := column(t, actual, name)
		for r := range actual.Rows() {
			cell, _ := actual.Cell(r, col)
			s.add(fmt.Sprintf("%s, row %d", name, r), []byte(cell))
		}
	}
	e, err := encode.Fit(actual, encode.Options{Protect: protect, Level: "share"})
	require.NoError(t, err)
	codes, err := e.Codes(actual)
	require.NoError(t, err)
	rows := make([][]int32, actual.Rows())
	for r := range rows {
		for _, v := range codes {
			rows[r] = append(rows[r], v[r])
		}
	}
	for i, b := range codeRows(rows) {
		s.add(fmt.Sprintf("codes of row %d", i/3), b)
	}
	// A column of codes in the order of the table would give rows away, too.
	for v, column := range codes {
		var runs [][]int32
		for r := 0; r+32 <= len(column); r += 16 {
			if distinct(column[r:r+32]) > 6 {
				runs = append(runs, column[r:r+32])
			}
		}
		for _, b := range codeRows(runs) {
			s.add(fmt.Sprintf("codes of variable %d", v), b)
		}
	}
	return s
}

func distinct(codes []int32) int {
	seen := make(map[int32]bool)
	for _, c := range codes {
		seen[c] = true
	}
	return len(seen)
}

// column finds a column by name.
func column(t testing.TB, actual *table.Table, name string) int {
	t.Helper()
	for i := range actual.Schema().Columns {
		if actual.Schema().Columns[i].Name == name {
			return i
		}
	}
	require.Fail(t, "no column "+name)
	return -1
}

func TestModelFileHoldsNoTrainingRow(t *testing.T) {
	actual := read(t, pupils(400, 5))
	require.GreaterOrEqual(t, actual.Cols(), 8)
	for _, model := range generators {
		for _, protect := range []int{5, -1} {
			m := fit(t, actual, cohort.Options{Model: model, Protect: protect})
			inside := unpacked(t, file(t, m))
			found := rowsAndValues(t, actual, protect > 0, protect).find(inside)
			require.Empty(t, found, "%s, protect %d, %d bytes", model, protect, len(inside))
		}
	}
}

// The search of the test above must find what it looks for.
func TestSearchFindsTrainingRows(t *testing.T) {
	actual := read(t, pupils(60, 5))
	s := rowsAndValues(t, actual, true, 5)
	col := column(t, actual, "Score")
	cell, _ := actual.Cell(17, col)
	value, multiple := actual.Floats(col)[17], actual.Ints(col)[17]
	for i, b := range spellings(cell, multiple, value) {
		noise := []byte(strings.Repeat("x", 13))
		require.NotEmpty(t, s.find(append(append(noise, b...), noise...)), "spelling %d", i)
	}
	name, _ := actual.Cell(3, column(t, actual, "Name"))
	require.NotEmpty(t, s.find([]byte("{"+name+"}")))
}
