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
// [Boost], [CART] and [CARTForest] learn from a matrix of numbers, as the peers do that the paper was computed with: XGBoost
// 1.7 and 3.2 and scikit-learn 1.9. On the same matrix and seed they grow the peer's trees, tie for tie. (Two things differ:
// the rows that Subsample draws, and, with [Hist], the bins of a column that has both gaps and more than 255 numbers, or more
// than some 4,000 numbers.) [ReadBoost] reads models that XGBoost saved, and [Boost.WriteJSON] writes such.
//
// [KNN], [Linear], [Logistic] and [MLP] learn from such a matrix too, without gaps. They do what scikit-learn 1.9's learners of
// these names do, exactly but for MLP, which with [PeerSynthcity] is synthcity's instead. [Neighbours] is the search behind KNN.
//
// Everything depends on the seed alone, not on GOMAXPROCS. Bad data is an error and never a panic; no error holds a value
// of the table.
//
// Dimension letters: N rows, C columns of a table, D of a matrix, K classes.
package ml
