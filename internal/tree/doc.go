// Package tree grows decision trees on small codes: every column is a list of codes, so a split is found from a
// histogram and not by sorting. A tree is a flat list of nodes. It doesn't hold a prediction for each leaf but the
// targets of the rows that fell into it, as one array in which every node, leaf or not, is a range: the distribution
// below a node is drawn from with one uniform number, whatever the number of values.
//
// Dimension letters: N rows, C columns, K codes of a column, T codes of the target.
package tree
