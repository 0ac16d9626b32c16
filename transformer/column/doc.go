// Package column has a transformer that knows the columns of a table in any order: given some of a row's columns it tells any
// other one, whichever they are. It writes rows, meets conditions, completes rows and gives the probability of rows with the
// same network.
//
// One position is one column. What goes into it is the vectors of the codes of the column before it in the row's order, a
// vector of that column, and one of the column that comes next, so that the order is known to the network (Pannatier, Courdier and
// Fleuret, "sigma-GPTs", 2024). Between them lie the blocks of package transformer. A head for each code variable tells its codes; the later
// parts of a column are told from the same position and the earlier parts' codes. Codes are those of table/encode.
//
// Half of the orders that are learned are random, half are that in which rows are drawn as a rule: columns that tell most about the others first.
//
// In the order of reading:
//
//	options.go  what is asked for, and sizes
//	net.go      the network: vectors below, heads above
//	batch.go    rows, each in an order of its own, as positions
//	learn.go    training: held-out stop, average of weights
//	fit.go      [Fit]
//	source.go   how rows are drawn
//
// Dimension letters: N rows, C columns that are learned, V code variables, K codes of a variable, D codes of all variables,
// B rows of a batch, T positions of a row (C of them), E width, M knots of an order.
package column
