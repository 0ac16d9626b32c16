// Package great writes the rows of a table as text and learns them with a GPT-2: GReaT, of Borisov, Seßler, Leemann, Pawelczyk and
// Kasneci, "Language models are realistic tabular data generators", ICLR 2023.
//
// A row is "name is value, name is value", in a new random order of the columns each time it is shown, with one end mark behind it. The
// weights see what package encode lets through: a cell is shown as a value drawn anew from its code, so that no value which protection
// keeps out is ever text. Where protection is off and the table is on the encoder's grid, they see the cell itself.
//
// Rows are generated under a grammar: names are forced, and a value can only be one that its column has. Cells are read from the state of the
// grammar; text is never parsed. The rows go through package draw as those of all generators do, so that rules hold and conditions mean the
// same.
//
// In the order of reading:
//
//	options.go   what can be asked for
//	fit.go       from a table to a model
//	text.go      rows as tokens
//	phrases.go   the vocabulary of a model from scratch
//	model.go     what a model is
//	sample.go    rows from tokens
//	fill.go      gaps of a table
//	shots.go     rows of the caller's as examples
//	peer.go      preset be_great
//	peertext.go  cells as that writes and reads them
//	store.go     model files
//	grammar.go   which tokens may follow in a cell
//
// Dimension letters: N rows, C columns, V ids of the vocabulary, P positions of the model.
package great
