// Package cohort learns a table of real people and writes tables of people who never existed.
//
// [Make] does all of it and says whether the result is like the real table, useful, and gives nobody away. In parts: [Fit]
// learns a table, [Model.Sample] and [Model.Chunks] write rows, [Model.Save] and [Load] keep a model in a file that holds no
// row of the table, and [example.org/cohort/eval.Compare] judges. [Plan] says beforehand what learning would cost, and [Mock]
// writes rows from a schema alone. Exact rules between columns ([Rules]) hold in every row that is written. The zero value of every options struct is the careful choice: rare values are kept out of
// the model. [Options.CTGAN] has the knobs of the neural networks.
//
// The same seed gives the same bytes, for any number of threads and any split of the rows into parts ([Shard]).
// Errors are [*table.Error] where a table, a file or an option is at fault; no error and no warning holds a cell's value.
package cohort
