// Package eval compares a synthetic table with the real one. It knows no generator, and judges anybody's tables.
//
// [Compare] makes the checks, each with a sentence, a number, the same number for real people and a status, and sums them up in a
// [Verdict]. What decides stands in one file, thresholds.go. Nothing vanishes: what can't be computed is there, with the reason.
//
// # Tables
//
// The real table is what the generator learned. Options.Holdout are people whom it never saw: without them no privacy check can
// say "ok". With a [Twin] the real table is everybody; likeness, usefulness and what memory gives away are then measured
// on the rows of a trial model ("trial" below, else the result itself) that learned only a part of the people. Columns are
// matched by name, one schema serves all tables, and persons are counted, not rows, where Schema.Person is known.
//
// # Checks
//
//	check             measured on   test or limit                                   interval
//	single columns    trial         5 points of 100 below people set aside          none
//	pairs of columns  trial         5 points of 100 below people set aside          none
//	useful            trial         below .95 of real rows' score above guessing    bootstrap, persons
//	real ids, names   result        any                                             none
//	copied rows       result        Fisher's exact test, one-sided                  Wilson
//	look-alikes       trial         closest pairs, one-sided exact test             Wilson
//	rare values       result        any, where it was made with protection          none
//	one of a kind     trial         one-sided exact test against people set aside   Wilson
//	guessing          trial         difference of hit rates: Fisher; score test     Newcombe
//	rules             result        made by cohort: any; else Fisher's exact test   Wilson
//
// Single columns. The distance of a column is the greatest difference in probability of a set {some values without order} or
// {numbers up to x} or both: for categories the total variation distance, for numbers without gaps the Kolmogorov-Smirnov
// distance. The score is the mean over the columns of 100 less the distance in hundredths. The trial and the people set aside are
// compared with the people learned in equal numbers of rows; the larger of the two is cut down, five times.
//
// Pairs of columns. Numbers fall into 3 to 8 bins, of categories the commonest have a code; a pair has 100 less the total variation
// distance of its joint table, in hundredths. It counts as much as the total variation distance between the joint table and
// the product of its margins, among the people learned, exceeds twice what chance gives: the many pairs of columns that have nothing to do
// with each other would else hide the few that do.
//
// Copied rows. As many people of the result as equal a real one in every learned column are held against the real people who equal
// another real one, where two who equal each other count as one coincidence, and against the people set aside who equal a
// real one (without a twin). A generator of common people only hits more real ones without memory; so the copies
// must also exceed what its rows make of the people whom it never saw. People with several rows are counted a second
// time by all of their rows together.
//
// Look-alikes. Distances are Gower's, on all learned columns. Of the real people nearest to the 2 % of the trial's rows that are
// nearest to any real person, as many are learned, without memory, as of all people; a row as near to people learned as to others is
// left out, and of several people alike with one row all are learned or none, which the test knows. The usual share of rows
// that are nearer to people learned ("private.dcr_share") is a metric only: it overlooks a table full of copies.
//
// One of a kind. Known columns are coarse: numbers and dates in ten parts, values of few people as one. People who alone have a
// combination that a row of the trial has, too, are counted once: of all known columns, and of those smaller combinations by
// which the fewest of the people who could be met are met. Which these are does not depend on who was learned. Under no memory
// the number of people learned among them is hypergeometric.
//
// Guessing. Of the rows of the trial that are nearest to a real person in the known columns but the guessed one, the value that most
// have is the guess; a number is guessed within 5 % of its range. POWER.md has what these tests find, and how often they are wrong.
//
// Rare values. Values and marks that fewer than k people have, and numbers beyond the range from the k-th smallest to the k-th largest,
// each moved out by half the way to the next different one. Where k is unknown they are counted with k = 5.
//
// Rules. A rule that all real people keep, those set aside among them, is tested by itself. In a table of unknown making it may be
// broken as often as chance has it where none of so many real people breaks it: real tables have rare exceptions, and an unseen
// part of one must stay ok. Kinds, ranges, and rules that people set aside break, too, are compared with these people. With a twin
// they are in the real table and keep everything, so that there is no such number beside it.
//
// No interval. The means of single columns and of pairs are over columns that depend on each other and over all of their rows, so
// that no simple formula holds; the number beside them, that of as many real people, has the same noise. Real ids and rare values
// are counts of what is in the table, which is no sample. Rare values are different ones, whose number does not grow as the rows
// do: people set aside, who are fewer, give none to hold beside it. The share of rows with one fault has an interval where each
// row is a person.
//
// # Beside the verdict
//
// These decide nothing. [Downstream] and [Explain] are made by Compare where Options.Only names "downstream" and "explain".
//
//	metric                        what it is                                               interval
//	detect.auc                    a forest tells the trial from people set aside           DeLong, persons
//	detect.auc.unseen             the same, its distance from .5 added to .5               that, folded
//	detect.auc_learned            a forest tells the trial from people learned             DeLong, persons
//	detect.copying                1: the latter is below .45, beyond chance                none: a yes or no
//	downstream.MODEL.SCORE        models taught by the trial, examined by people set aside bootstrap, persons
//	downstream.MODEL.SCORE.gap    the same less that of models taught by real rows         bootstrap, persons, paired
//	explain.auc, .snapped         boosting on one half of the people, measured on another  DeLong, persons
//	explain.importance            a column's part in mean |SHAP|                           none: parts depend on each other
//	regress.overlap, .sign ...    see [Regress]                                            none: terms depend on each other
//	sdis.sound                    quality, usefulness, indistinguishability in one number  half widths of the last two, added
//
// In sdis.sound quality is the worst of shape.mean, pairs.mean and the share of rows that are no more copies than chance has;
// usefulness the score above guessing; indistinguishability 2 (1 - detect.auc.unseen).
//
// # Suites of others
//
// Options.Suite computes what others define, faults included, so that published numbers can be made again; what the metrics are is
// said in the packages suite, synthcity, sdmetrics and mostlyai. They have no verdict and no intervals. "paper" is the table of Khalil et al. (LAK
// 2025, arXiv 2501.01793) under names of its own ("paper.quality", "sdis.paper" and so on), with the scores that it is made of and
// sdis.sound beside it.
// Ids, texts and the column that says whom a row is about are left out of "paper" and the synthcity suites, and of tables
// of more than 10,000 rows so many are drawn where rows are held against all others.
//
// # Errors of the tests
//
// [look] stands for the 5 % level after Holm's adjustment over all privacy tests of the table, [stop] for the 1 % level after
// Holm's adjustment over the tests of the check.
//
// Dimension letters: N rows, C columns, P persons, H people set aside.
package eval
