// Package sdmetrics computes the reports and scores of the Python package SDMetrics 0.32, in its definitions and with its quirks, so
// that a number here can stand beside one that somebody else got from the package.
//
// [Quality] compares columns one by one and in pairs. [Diagnostic] says whether the table is valid at all. [NewRows], [Overfitting],
// [Baseline] and [Disclosure] ask whether people of the real table show in it. All of it was written from the package's
// documentation and from its answers to made-up tables; testdata/golden.py shows that the numbers agree.
//
// # What the package does that one would not expect
//
//   - A pair of numbers counts only if the real correlation is at least .5 in size; one with a category only if Cramér's V of
//     the real columns is above .3. A table whose columns have little to do with each other is judged on few pairs or none.
//   - Beside a category, numbers are cut in ten equal parts of the range that they have in their own table: the same part means
//     other numbers in the synthetic table than in the real one, so that one outlier can spoil a pair. The largest number and
//     missing numbers share an eleventh part.
//   - Missing cells are left out of single columns, and of pairs of numbers where either is missing. Beside a category they
//     are a value.
//   - A new row is one that no real row equals; numbers are equal within 1 % of the synthetic number, dates within 1 % of the
//     time since 1970, half a year at present.
//   - Dates that are all the same can't be cut in parts: the pair has no score.
//
// # What differs
//
// The package draws 50,000 rows of a larger table at random for every pair with a category, so that it never gives the same
// number twice; here all rows count. Its random baseline in [Baseline] has no seed; ours has one. Where it
// stops with an exception, on a column that one table lacks, the column's result here has a reason.
//
// [NewRows], [Overfitting] and [Baseline] hold rows against all rows of another table: give them at most some 10,000.
//
// Source: SDMetrics 0.32.0, single-table reports and metrics.
//
// Dimension letters: N real rows, M synthetic rows, C columns, K different values of a column.
package sdmetrics
