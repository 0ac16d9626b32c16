// Package table reads, describes and writes tables of mixed columns, in the dialect in which they came.
//
// A [Table] is a sequence of rows of typed columns that never changes. [ReadCSV] finds the dialect and the kind of every
// column from all rows and says why; a [Schema] overrides any of it. Cells keep the text that they had in the file, so
// that what is written again is what was read.
//
// Inside, a column is one of two things. Numbers and dates are int64 multiples of [Column.Step] (dates count seconds
// since 1970, so that a day is a step of 86400): grids, sums and rules are exact. All other kinds are int32 codes.
// Dimension letters: N rows, C columns.
package table
