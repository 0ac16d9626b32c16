// Package mostlyai computes the accuracies and distances of the Python package mostlyai-qa 1.10, in its definitions, so that a number
// here can stand beside one that somebody else got from the package. The key idea is the package's: every number stands beside the
// one that as many further real rows would get.
//
// [Accuracy] cuts every column in at most ten parts, found in the real rows, and compares how often parts come, alone, in pairs
// and in triples of columns. [Distances] looks for synthetic rows that are too near to rows that the generator has seen.
//
// # What is left out, and why
//
//   - Columns of text. Of a column in which more than one row in twenty has a value that comes once, the package draws one word of
//     each cell at random, without a seed: of 400 rows of five words a table held against itself gets .89 to .97 instead of 1. Such a
//     column has a reason in place of a number, and no part in the means.
//   - Distances between texts and categories. The package turns each value into numbers by a language model of 30 MB (Model2Vec,
//     potion-base-8M) and a principal component analysis. The model is not part of this program, and the analysis starts at random, so
//     that two runs of the package on the same rows differ by 8e-7 in the mean distance. Every synthetic text that no real row has becomes
//     one and the same value, so that for free text there is little in the distances. Distances are those of numbers and
//     dates, as results of their own, "mostlyai.numbers."; the package's own names have a number only where the table
//     has no other columns.
//   - Groups of columns. With more than ten dimensions the package repeats its distances on six groups of columns, three of them
//     drawn at random and three found by a random start, and reports the group that looks worst. Here all
//     columns are taken together, again under "mostlyai.numbers.".
//   - The discriminator's AUC, the similarity of centroids, the coherence of sequences and the charts.
//
// # What differs
//
// The package takes at most 10,000 triples at random from tables of more than 40 columns; here as many lie evenly among all. It
// draws rows at random so that all tables have equally many for distances; here they lie evenly in the table. Of equally frequent
// categories that compete for the tenth place it takes any; here the first. From 10,000 real rows on it finds
// quantiles for distances in a random part of them; here in all.
//
// The package's report rounds distances to three decimals and accuracies to seven; here they are as they are. True and false are
// numbers to the package: give them as 1 and 0. [Distances] holds rows against all rows of another table: give it at most some
// 10,000.
//
// Source: mostlyai-qa 1.10.11 (Apache-2.0), its functions and its report.
//
// Dimension letters: N real rows, M synthetic rows, C columns, K parts of a column, D dimensions of a row as numbers.
package mostlyai
