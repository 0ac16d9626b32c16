// Package suite has what the metrics of other suites share: the tables that go in and the results that come out. The metrics
// themselves are in the packages that bear the suites' names.
//
// A [Table] is plain slices, as a Python program would have them in a data frame: numbers with NaN for gaps, categories as codes.
// [Of] makes them from tables of any origin, so that one text has one code in all of them. [Check] finds what would make a metric
// meaningless.
//
// Dimension letters: N rows, C columns, K labels of a category.
package suite
