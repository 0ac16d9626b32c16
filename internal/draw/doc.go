// Package draw draws rows one code variable at a time, from distributions that a generator supplies, so that rules,
// conditions, balance and temperature mean the same for all generators.
//
// A [Plan] knows the variables in the order in which they are drawn and the rules of the schema; a [Sampler] is a plan with
// the [Options] of one sample; a [Worker] draws many rows side by side, column by column; a [Source] is what the generator
// adds. Rules and conditions leave some codes out: a code that is forbidden is drawn anew, and in a row into which conditions
// are set, a code is picked from the rest of the whole distribution. A column that a rule computes is not drawn but follows
// from the others, and so is the value of one that another decides (A -> B): a condition on B binds A. Of two of which one is missing (A xor B)
// the first that is drawn says which. No row can break a rule, and every row asked for is written, or none is.
//
// Conditions are met by drawing a row up to 100 times; then they are set into a few candidates, one of which is picked in
// proportion to how likely it met them. With [Options].Candidates every row is picked from candidates, also in proportion to
// what a [Weigher] says of whole rows: sampling, importance resampling (Rubin, 1988), inside one row of the sample. With
// [Options].Most every row is drawn until one is kept, in proportion to what a [Weigher] says.
//
// A row is a function of the model, the seed, the conditions and its number alone.
//
// Dimension letters: N rows, V code variables, C columns, K codes of a variable.
package draw
