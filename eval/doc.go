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
// Divergences. Beside the check stand numbers of what the column's peers measure, that decide nothing. "shape.jsd" is the mean over columns of
// the Jensen-Shannon divergence in bits, of categories as they are, numbers in ten bins of about equal numbers of the people learned. "shape.w1"
// is the mean over columns of numbers of Wasserstein's distance of order 1 in parts of the range in which 98 of 100 people learned lie; what
// is beyond counts as its end. "shape.p" is of each column the Holm-adjusted p of Pearson's chi-squared test against people set aside,
// which allows for the luck of those who were learned; "shape.differ" is the share of columns in which it is at most 5 %. With many rows a test finds any
// difference: shape.tv and shape.ks say how large it is. Where people have several rows there is no such test.
//
// Whole rows. On at most 1,000 rows of each table, drawn at random, as many of each, rows are held against people set aside by Gower's distance
// on all learned columns, numbers in parts of that range: "joint.mmd" is the maximum mean discrepancy with the kernel exp(-d / median d),
// "joint.density" and "joint.coverage" how densely rows lie where people are (five neighbours), and which share of the people have a row within
// their reach. None is a score by itself (Räisä et al. 2025, arXiv 2505.22450): the number of the people learned stands beside it, and a copy
// gets no more than that.
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
//	shape.jsd                     subsampling of one fit: halves of the people
//	shape.w1                      subsampling of one fit: halves of the people
//	shape.p                       none: a p says itself what chance is
//	shape.differ                  none: as of shape.p
//	shape.repeats                 Wilson, persons
//	pairs.mean                    subsampling of one fit: halves of the people
//	pairs.tv                      none: as of shape.tv
//	joint.mmd                     subsampling of one fit: halves of the people
//	joint.density                 subsampling of one fit: halves of the people
//	joint.coverage                subsampling of one fit: halves of the people
//	useful.auc                    DeLong, persons
//	useful.r2                     delta, persons
//	useful.score                  DeLong or delta, summed over the columns, persons
//	detect.auc                    DeLong, persons
//	detect.auc.unseen             DeLong, folded at .5
//	detect.auc_learned            DeLong, persons
//	detect.copying                none: a yes or no
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
// The interval of shape.jsd and shape.w1 goes down by what rows in plenty would still take away. Those of joint are about the same number of rows:
// a reach depends on how many people there are.
//
// The alarm detect.copying is 1 where detect.auc_learned, not folded, is below .45. Where that is no three standard errors below .5 its status is "too few", for it
// may be chance: without memory a third of the tables of 40 rows are below .45, and 1 in 14 of 300 rows.
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
// they are to the peer. Of tables of more than 10,000 rows so many are drawn: for all numbers of these suites, which hold rows against all others, and of
// those of sdmetrics and mostlyai-qa for the numbers that do. A note says so.
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
//	sdmetrics: pairs of categories       Cramér's V of the real columns is N; only above .3 does the pair count
//	sdmetrics: pairs of numbers          the real columns have a correlation of N; only above .5 in size does it count
//	sdmetrics: disclosure                it takes columns that outsiders know and want to know: --known, --sensitive
//	sdmetrics: distances                 it takes real people whom the generator never saw: --holdout
//	mostlyai-qa: groups of columns       beyond ten dimensions the package reports the worst of several groups of columns, some drawn at random; mostlyai.numbers takes all together
//
// Of sdmetrics, as the package does, also where the cells give no number, with "real table: " or "synthetic table: " before it:
//
//	what                                 reason
//	means                                no column has a score
//	                                     no pair of columns has a score
//	cells                                all cells are missing in one of the tables
//	                                     all cells of the synthetic column are missing
//	                                     fewer than two rows have both numbers
//	constants                            a column is constant, so that it has no correlation
//	                                     a column is nearly constant, so that it has no correlation
//	                                     a column of the real table is constant, so that it has nothing to do with others
//	infinite numbers                     a number is infinite or too large
//	                                     a number is infinite, so that the range can't be cut in parts
//	                                     the numbers are so close to each other that their range can't be cut in parts
//	keys                                 the real column repeats or has gaps: it's no primary key
//	disclosure                           no synthetic row agrees with a real one in the known columns
//	                                     no columns are named as known or none as sensitive
//	columns                              the tables share no column of numbers, dates or categories
//
// In the suite sound a metric is "not applicable" where what it takes is not there:
//
//	what is missing                      reason
//	people set aside                     it takes real people whom the generator never saw
//	                                     nobody was set aside
//	relations, at level structure        at level structure no relations between columns are learned
//	                                     at level "structure" relations between columns are not learned
//	ids and names, or what they take     the real table has no ids, names or texts
//	a target                             no target is named: --target
//	a target that is learned             the target is a column that is not learned
//	                                     the target is the only column that is learned
//	columns that are learned             no column is learned
//	                                     there is nothing to compare
//	columns of numbers                   no column has numbers
//	rows that are persons                people have several rows, which hang together, so that no test of single rows is sound
//	known and sensitive columns          no column is sensitive, or none is known to outsiders
//	known columns                        no column is one that outsiders may know
//	a part of a sum, with its reason     it lacks
//
// # Sound twins
//
// What stands in the suite "sound" for each metric of the suites "synthcity-0.2.10", "synthcity-0.2.12" and "paper", and why it is not the same.
// A name that ends in a star is that of all that begin so.
//
//	peer's metric                                   sound twin             why
//	sanity.data_mismatch.score                      rules.unseen           compares types of columns only; the twin finds the cells that are of another kind
//	sanity.common_rows_proportion.score             private.copies         real rows met, whatever chance gives; the twin counts people, beside those set aside
//	sanity.nearest_syn_neighbor_distance.mean       private.dcr_share      scaled by its own least and greatest value, so that a table far off scores as one near by
//	sanity.close_values_probability.score           private.closest        the same scale; the twin asks whether those nearest had been learned
//	sanity.distant_values_probability.score         joint.coverage         the same scale; the twin counts people without a row in their reach
//	stats.jensenshannon_dist.marginal               shape.jsd              adds 1 to every share, so that all tables are near 0; beyond the range is one more bin
//	stats.chi_squared_test.marginal                 shape.p                tests shares as if n were 1, of few categories by rank; a constant column gets 0
//	stats.inv_kl_divergence.marginal                shape.jsd              compares few categories by rank; what is absent from one side weighs as 1e-11
//	stats.ks_test.marginal                          shape.ks               gives codes of categories an order; the twin's beside it is shape.tv
//	stats.max_mean_discrepancy.joint                joint.mmd              a kernel on raw codes is 0 but for equal rows: it is 2/n of any table
//	stats.wasserstein_dist.joint                    shape.w1               half a squared distance without bound: one row far out decides; of whole rows: joint.mmd
//	stats.prdc.precision                            joint.density          raw codes; one person far out reaches all rows
//	stats.prdc.density                              joint.density          raw codes, against rows that may be those learned: a copy is best
//	stats.prdc.recall                               joint.coverage         raw codes; one row far out reaches all people
//	stats.prdc.coverage                             joint.coverage         raw codes, against rows that may be those learned: a copy is best
//	stats.alpha_precision.delta_precision_alpha*    joint.density          balls about the mean see no gap within them; the variant OC never repeats
//	stats.alpha_precision.delta_coverage_beta*      joint.coverage         at most about one half, of a perfect table, too
//	stats.alpha_precision.authenticity*             private.closest        reads distances by the index of another table; one half is best, not 1
//	performance.*.gt                                useful.auc             of real rows alone, AUC and R2 under one name; the twin's number of real people, or useful.r2's
//	performance.*.syn_id                            useful.auc             examined on people who may have been learned
//	performance.*.syn_ood                           useful.auc             AUC and R2 under one name, an exception as 0 or -1; by model: downstream
//	performance.*.aug_ood                           none                   what rows add to those of real people is no property of the rows alone
//	performance.feat_rank_distance.*                none                   an order of importances that is drawn at random where a model fails
//	detection.*                                     detect.auc.unseen      below .5 counts as better, gmm says .5 of all; the twin is folded, against people set aside
//	privacy.delta-presence.score                    private.one_of_a_kind  a ratio within k-means clusters, that says nothing of a person
//	privacy.k-anonymization.*                       private.one_of_a_kind  the least k-means cluster; the twin finds people who are alone with what they have
//	privacy.k-map.score                             private.one_of_a_kind  leaves out clusters without rows, the ones that matter
//	privacy.distinct l-diversity.*                  private.guess          without sensitive columns it is k-anonymization; the twin guesses them
//	privacy.identifiability_score.*                 private.closest        has no number of people whom the generator never saw; the variant OC never repeats
//	privacy.DomiasMIA_*                             private.closest        as accurate as the sizes of the groups make it; the twin has an exact test
//	stats.survival_km_distance.*                    none                   for survival times only
//	stats.fid.score                                 none                   for images only
//	paper.wasserstein                               shape.w1               is stats.wasserstein_dist.joint
//	paper.jsd                                       shape.jsd              is stats.jensenshannon_dist.marginal
//	paper.chi_squared                               shape.p                is stats.chi_squared_test.marginal
//	paper.quality                                   shape.mean             adds up a score and its contrary, so that a copy has the best; the twin's beside it is pairs.mean
//	paper.detection                                 detect.auc.unseen      is the mean of three of detection, a constant one of about .5 among them
//	paper.ood.auc                                   useful.auc             is the mean of performance.*.syn_ood
//	paper.ood.r2                                    useful.r2              the same, of numbers
//	sdis.paper*                                     sdis.sound             a copy has no less than a fresh sample; the twin's has 0
//
// # Errors of the tests
//
// [look] stands for the 5 % level after Holm's adjustment over all privacy tests of the table, [stop] for the 1 % level after
// Holm's adjustment over the tests of the check.
//
// Dimension letters: N rows, C columns, P persons, H people set aside.
package eval
