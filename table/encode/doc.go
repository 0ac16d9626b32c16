// Package encode is the discretiser that all models share: it turns the columns of a [table.Table] into small codes and
// codes into cells.
//
// [Fit] learns, per column, a codec that owns one to four code variables ([Var]):
//
//   - a category has one code a value; more than 255 values have two or more digits each;
//   - a number has codes in the order of value. Whole numbers with few values and values that stand out are exact codes,
//     the rest falls into bins; where there are many, part 0 is a coarse group of them and part 1 the leaf in the group;
//   - a date has a part each for year, month, day and time of day, as far as they vary; one with few values is coded as a
//     number is;
//   - MISSING and marks are codes of part 0 that lie below [Var.Scale];
//   - ids and text are not learned. [Encoder.Build] makes them anew from the number of the row; only whether there is one
//     can be a code.
//
// What a rule "A -> B" says is learned here, too, as a [Decision].
//
// Decoding draws from a smoothed quantile function inside the bin and snaps to the column's grid, so that encoding a
// decoded cell gives the code back: Code(Value(code)) = code.
//
// Protection happens here and nowhere else: what fewer than k persons have is not in an [Encoder], and no value of a column
// whose values all differ is, at any k, except, where k is 0 or 1, the two ends of its range. Edges of bins lie midway between two
// different values and are kept in half steps.
package encode
