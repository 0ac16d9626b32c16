package rng

// Streams. Each use of random numbers has its own, so that no two uses share numbers. A number is never given to another
// use, also after the first has gone: new streams go to the end of their group. What "row" means stands beside each.
const (
	// table
	Split uint32 = 0x0100 + iota // shuffle of the persons of one stratum; row: the stratum
	Mock                         // a cell of a table written from the schema alone; row: the row
	Demo                         // the fictional school; row: the row
)

const (
	// table/encode
	EncodeRare  uint32 = 0x0200 + iota // code drawn for a value that protection keeps out; row: the row that is encoded
	FillID                             // new ids: a permutation of the persons or rows
	FillText                           // invented text; row: the row
	FillBlank                          // which filled cells stay blank; row: the row
	FillRepeats                        // how many rows a new person has: a permutation of the persons
	DecodeValue                        // a value inside its code's span; row: the row
)

const (
	// internal/tree and baseline
	TreeRows    uint32 = 0x0300 + iota // which rows a tree sees; row: the tree
	TreeColumns                        // which columns a split may ask; row: the tree
	TreeOrder                          // order of the columns among equals; row: the member
	TreeMember                         // which member writes a row; row: the row
	SampleCell                         // a cell; row: the row
	SampleTry                          // a further try at a row with conditions; row: the row
	CopulaCell                         // a normal score; row: the row
	TreeTune                           // which persons are held out while settings are compared; row: variable, fold and tree
)
