package table

// A Schema describes the columns. Its JSON form is what model files hold; the command writes
// the same fields, with a run's options, as commented TOML (a recipe).
type Schema struct {
	Columns []Column
	// Person names the column that says whom a row is about when one person has several rows. Splits, thresholds
	// and privacy checks count persons. Empty: every row is a person.
	Person  string
	Rules   []Rule
	Dialect Dialect
}

// A Column describes one column. Zero fields are inferred when a table is read.
type Column struct {
	Name    string
	Kind    Kind
	Treat   Treat
	Coarsen string   // "day", "month", "year" for a Date, a step such as "5" for numbers; "" is none
	Why     string   // why it has this kind, in words
	Values  []string // Category, Ordered: the closed set, in order
	Marks   []string // Whole, Decimal, Date: values that are not of the kind but mean something: "ABS", "<5"
	Missing []string // the spellings of "no value" met in this column, the most frequent first
	// Min and Max are the ends of the range of a number; of a date in seconds since 1970, as if all clocks showed UTC.
	Min, Max float64
	Step     float64 // the grid: 1, 0.5, 0.01; of a date in seconds: 86400 is a day
	// Layout says how cells are written. Date: a Go layout. ID: a pattern such as "999999" (9 a digit, A and a letters,
	// the rest as it stands). Whole and Decimal: a number format as spreadsheets have it, such as "0", "0.00", "0.0##",
	// "#,##0.00", "0%", always with a point for decimals and a comma for thousands, whatever the dialect's marks are.
	Layout string
	// Quoted is true when the cells of the column stood in quotes where the dialect alone would not ask for them.
	Quoted bool
}

// Kind says what the cells of a column are.
type Kind uint8

// The kinds of columns.
const (
	Auto     Kind = iota
	Category      // a closed set
	Ordered       // a closed set with an order: grades, year groups
	Whole         // whole numbers
	Decimal       // numbers on a grid
	Date          // days or times in one layout
	ID            // tells people apart, even where it repeats: never learned, made anew in a range of its own
	Text          // names, addresses, free text: never learned
)

var kindNames = [...]string{"auto", "category", "ordered", "whole", "decimal", "date", "id", "text"}

// String gives the name of the kind in lower case: "category", "whole".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// numeric tells whether cells of the kind are int64 multiples of a step.
func (k Kind) numeric() bool { return k == Whole || k == Decimal || k == Date }

// closed tells whether cells of the kind are codes into Column.Values.
func (k Kind) closed() bool { return k == Category || k == Ordered }

// Treat says what becomes of a column. No column ever vanishes unless Drop is set.
type Treat uint8

// What becomes of a column.
const (
	Learn  Treat = iota // the default for all kinds but ID and Text
	Invent              // the default for ID and Text: filler that can't be taken for real
	Blank               // the header stays, the cells are empty
	Drop                // the column is left out
)

// A Dialect is how a file of text writes a table. Zero fields are detected.
type Dialect struct {
	Encoding string // "utf-8", "utf-16le", "windows-1252", ...
	Comma    rune   // ',', ';', '\t', '|'
	Decimal  rune   // '.' or ','
	Thousand rune   // ',', '.', ' ', '\u00a0', '\'' or 0 for none
	BOM      bool
	CRLF     bool
	QuoteAll bool
	// QuoteHeader is true when the names stand in quotes that they don't need; SepLine when "sep=;" stands above them;
	// NoLastEnd when the last line has no line end.
	QuoteHeader, SepLine, NoLastEnd bool
}
