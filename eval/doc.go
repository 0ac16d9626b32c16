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
//	check             measured on   test or limit
//	single columns    trial         5 points of 100 below people set aside
//	pairs of columns  trial         5 points of 100 below people set aside
//	repeated rows     result        1 % beyond as many real rows, and Fisher's exact test on halved counts
//	useful            trial         below .95 of real rows' score above guessing
//	real ids, names   result        any
//	copied rows       result        Fisher's exact test, one-sided
//	look-alikes       trial         closest pairs, one-sided exact test
//	rare values       result        any, where it was made with protection
//	one of a kind     trial         one-sided exact test against people set aside
//	guessing          trial         difference of hit rates: Fisher; score test
//	rules             result        made by cohort: any; else Fisher's exact test
//
// Single columns. The distance of a column is the greatest difference in probability of a set {some values without order} or
// {numbers up to x} or both: for categories the total variation distance, for numbers without gaps the Kolmogorov-Smirnov
// distance. The score is the mean over the columns of 100 less the distance in hundredths. The trial and the people set aside are
// compared with the people learned in equal numbers of rows; the larger of the two is cut down, five times. A column that has one value in
// all tables does not count where there are others: it would dilute the mean.
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
// Rules. Of "A -> B" a row breaks the rule whose B is not what the real table has beside its A; a value of A that is in no real row can't be
// tested. A rule that all real people keep, those set aside among them, is tested by itself. In a table of unknown making it may be
// broken as often as chance has it where none of so many real people breaks it: real tables have rare exceptions, and an unseen
// part of one must stay ok. Kinds, ranges, and rules that people set aside break, too, are compared with these people. With a twin
// they are in the real table and keep everything, so that there is no such number beside it.
//
// Where Options.Only asks for other checks and none of privacy, one line says so, and the verdict is [LookCloser] at best.
//
// Repeated rows. A table may say the same row over and over, as a generator does that has collapsed: people of the result with a row that
// others of it have, in every learned column, beside those of as many real rows. The check is shown only where it finds something.
//
// # Metrics and their intervals
//
// Every metric of the suite "sound" and its 95 % interval. What needs [Downstream], [Explain] or [Regress] is made by Compare only where
// Options.Only names "downstream" or "explain", or by these functions, and decides nothing. No interval refits a model.
//
//	metric                        interval
//	shape.mean                    subsampling of one fit: halves of the people
//	shape.tv                      none: the mean's says how far noise goes
//	shape.ks                      none: as of shape.tv
//	shape.repeats                 Wilson, persons
//	pairs.mean                    subsampling of one fit: halves of the people
//	pairs.tv                      none: as of shape.tv
//	useful.auc                    DeLong, persons
//	useful.r2                     delta, persons
//	useful.score                  DeLong or delta, summed over the columns, persons
//	detect.auc                    DeLong, persons
//	detect.auc.unseen             DeLong, folded at .5
//	detect.auc_learned            DeLong, persons
//	detect.copying                none: a yes or no, beyond chance
//	private.real                  none: a count of what is in the table, which is no sample
//	private.reals                 none: as of private.real
//	private.copies                Wilson, persons
//	private.copies.person         Wilson, persons
//	private.closest               Wilson, persons
//	private.dcr_share             delta: the standard error of a mean over rows
//	private.rare                  none: as of private.real
//	private.rares                 none: as of private.real
//	private.one_of_a_kind         Wilson, persons
//	private.guess                 Newcombe, persons
//	rules.unseen                  Wilson where each row is a person, else none
//	rules.range                   Wilson where each row is a person, else none
//	rules.grid                    Wilson where each row is a person, else none
//	rules.gaps                    Wilson where each row is a person, else none
//	rules.broken                  Wilson where each row is a person, else none
//	rules.kept                    Wilson, persons
//	sdis.sound                    the ends of its three parts' intervals, added, times those of the share of copies
//	downstream.MODEL.SCORE        bootstrap, persons, of one fit
//	downstream.MODEL.SCORE.gap    bootstrap, persons, paired, of one fit
//	explain.auc                   DeLong, persons
//	explain.auc.snapped           DeLong, persons
//	explain.importance            none: parts of one whole depend on each other
//	regress.overlap               none: terms depend on each other
//	regress.sign                  none: as of regress.overlap
//	regress.significance          none: as of regress.overlap
//
// Likeness has no simple formula: its columns depend on each other and on all of their rows. So it is measured again on ten halves of the
// people, drawn without putting back, which spread around the whole as the whole does around the truth; no model is fitted. Fewer rows are
// less alike by noise alone: the upper end has what the halves lose by it, carried on to many rows. Rare values are
// different ones, whose number does not grow as the rows do: people set aside, who are fewer, give none to hold beside it.
//
// In sdis.sound quality is the smaller of shape.mean and pairs.mean; usefulness the score above guessing; indistinguishability
// 2 (1 - detect.auc.unseen); all times the share of rows that are no copies beyond those of people set aside.
//
// [Combine] puts together what several sets of one generator say of a formula, or of means and shares ([Means]), by the rule that belongs to how they
// were made; see [SetsRule].
//
// In [Explain] half of the people find patterns by which rows differ, of one column or of two or three that come together, and grow
// shallow trees of them; the other half measures what is said, adjusted by Holm over all of it. The worst leaf of the trees is the rule
// that stands first.
//
// # Suites of others
//
// Options.Suite computes what others define, faults included, so that published numbers can be made again; what the metrics are is
// said in the packages suite, synthcity, sdmetrics and mostlyai. They have no verdict and no intervals, as the peers have none. "paper" is
// the table of Khalil et al. (LAK 2025, arXiv 2501.01793) under names of its own ("paper.quality", "sdis.paper" and so on), with the scores
// that it is made of and sdis.sound beside it.
// Ids and texts are left out of "paper" and the synthcity suites, and a note says which, but for those that are all numbers, as
// they are to the peer. Of tables of more than 10,000 rows so many are drawn where rows are held against all others.
//
// What the peers have and these suites leave out is "not applicable", for one of these reasons:
//
//	what                                 reason
//	synthcity: one-class variants        the one-class net starts from whatever random numbers were drawn before, so no run gives another's value
//	synthcity: DOMIAS by BNAF            a normalising flow of minutes, whose answer for 10 reference rows is noise
//	synthcity: augmentation              for the rows learned and the synthetic ones together, judged by rows set aside, and there are none
//	synthcity: survival                  for survival times only
//	synthcity: FID                       for images only
//	mostlyai-qa: accuracy of texts       the package takes the column for text, as too many of its values come once, and compares words drawn at random
//	mostlyai-qa: distances of texts      the table has texts or categories, whose distances need a language model; mostlyai.numbers has those of its numbers and dates
//	                                     the table has no numbers or dates, and distances between texts and categories need a language model
//	mostlyai-qa: groups of columns       beyond ten dimensions the package reports the worst of several groups of columns, some drawn at random; mostlyai.numbers takes all together
//
// # Errors of the tests
//
// [look] stands for the 5 % level after Holm's adjustment over all privacy tests of the table, [stop] for the 1 % level after
// Holm's adjustment over the tests of the check.
//
// Dimension letters: N rows, C columns, P persons, H people set aside.
package eval
