// Package ml has the learners that judge a table, and the scores that say how well they did: decision [Tree] and random
// [Forest], for classes and for numbers, on columns of numbers and categories with gaps.
//
// A [Column] is one feature, or the target. Numbers are cut into at most 255 bins with about as many rows each, exact
// where there are no more different values; the rarest categories beyond 254 share one code. Where a value is missing, a
// split sends the row to the side that suits it, or parts all such rows from the others. Categories are split by order
// of their mean target in the node, which for two classes and for numbers is the best of all partitions (Breiman et al.,
// 1984, theorem 4.5); for more classes the order is by the share of one class, drawn anew for every node. The more
// categories, the better the best order by chance alone: that much is taken off the gain of such a split, so that columns
// of many categories that say nothing don't hide the others. A category that a node has never seen goes to the side with
// more rows.
//
// Held against its own table, [Forest.OutOfBag] costs a fraction of [Forest.OutOfFold] and sees a little less, since fewer
// trees speak about each row. Both give an AUC slightly below one half where there is nothing to find, the more so the
// fewer rows there are: of two neighbours of unlike classes each is held against the other.
//
// Everything depends on the seed alone, not on GOMAXPROCS. Bad data is an error and never a panic; no error holds a value
// of the table.
//
// Dimension letters: N rows, C columns, K classes.
package ml
