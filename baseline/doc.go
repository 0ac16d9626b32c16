// Package baseline has the generators that need no neural network: independent columns, a Gaussian copula, and sequential
// trees, which learn each column given those before it and are the best of the three.
//
// Trees choose how to grow and smooth by the likelihood of persons held out, less a charge for what they remember of those
// they have seen. A column that others will want to predict, [Options].Target, is drawn last, from a blend of all its trees
// and a logistic regression if it is a category.
//
// A number that depends on others by a ratio, a sum or a slope is told by a line: ridge regression between normal scores, with bent slopes, and
// boosted trees on what it leaves over (Chen and Guestrin, 2016), chosen by the error on persons held out; trees tell how far off the line is,
// and so the whole distribution. Line and trees of a column are weighed by the likelihood of persons held out. A target that is a number is told
// by a product of powers of both.
//
// All of them write a row one code variable at a time, in an order of their own, from a distribution given what has been
// written of the row so far. No cell is ever copied from a donor: it is drawn from a distribution over the codes of
// [example.org/cohort/table/encode] and decoded there. So conditions, rules and temperature are the same for all three, and
// internal/draw sees to them: they leave some codes out, or change their weights.
//
// Dimension letters: N rows, C columns, V code variables, T trees for each variable, K codes of a variable, P features of a line, L
// lines.
package baseline
