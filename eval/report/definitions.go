package report

import (
	"slices"
	"strings"

	"example.org/cohort/eval"
)

// definitions explain the metrics that the reports have.
func definitions(reports []*eval.Report) []term {
	var out []term
	for _, d := range metricDefinitions {
		given := func(r *eval.Report) bool {
			return slices.ContainsFunc(r.Metrics, func(m eval.Metric) bool { return d.defines(m.Name) })
		}
		if slices.ContainsFunc(reports, given) {
			out = append(out, d)
		}
	}
	return out
}

// defines tells whether a definition is that of a metric, or of its family.
func (d term) defines(metric string) bool {
	return metric == d.Name || strings.HasSuffix(d.Name, ".") && strings.HasPrefix(metric, d.Name)
}

// defined is the place of a metric's definition; those without one come last.
func defined(metric string) int {
	if at := slices.IndexFunc(metricDefinitions, func(d term) bool { return d.defines(metric) }); at >= 0 {
		return at
	}
	return len(metricDefinitions)
}

// metricDefinitions are in the order of the page; a name that ends in a point is that of a family. The intervals are those of the table in
// the documentation of package eval: a metric of which no interval is said has none.
var metricDefinitions = []term{
	{"shape.mean", "Mean over the compared columns of 100 less the distance in hundredths. Interval: subsampling, halves of the people."},
	{"shape.tv", "100 less the total variation distance of a column without numbers."},
	{"shape.ks", "100 less the Kolmogorov-Smirnov distance of a column of numbers; gaps and marks count by total variation."},
	{"shape.jsd", "Mean over columns of the Jensen-Shannon divergence in bits (0 alike, 1 nothing in common), numbers in ten bins. Interval: subsampling, halves of the people."},
	{"shape.w1", "Mean over columns of numbers of the Wasserstein distance, in parts of the range in which 98 of 100 people learned lie. Interval: subsampling, halves of the people."},
	{"shape.p", "Chance that a column differs from that of people set aside as much as it does by luck alone, by a chi-squared test and Holm’s adjustment over all columns. With many rows any difference is found."},
	{"shape.differ", "Share of columns of which shape.p is at most 5 %."},
	{"shape.repeats", "Share of synthetic people with a row that others of the table have, in every learned column. Interval: Wilson."},
	{"pairs.mean", "Mean over pairs of 100 less the total variation distance of their joint table in coarse codes, by how much the two depend on each other beyond chance. Interval: subsampling, halves of the people."},
	{"pairs.tv", "The same of one pair; those that lose most."},
	{"joint.mmd", "Maximum mean discrepancy of whole rows from people set aside, by Gower’s distance, on at most 1,000 rows of each table drawn at random; 0 is alike. Interval: subsampling, halves of the people."},
	{"joint.density", "How many of those people have a row within the distance of their fifth nearest neighbour, mean over rows, in fifths: less than real people have is off them, more is crowded. Interval: subsampling, halves of the people."},
	{"joint.coverage", "Share of those people who have a row within that distance. Interval: subsampling, halves of the people."},
	{"useful.score", "Score above guessing of models taught by synthetic rows and tested on people set aside, mean over columns that real rows can predict. Interval: DeLong, or delta for numbers, over people."},
	{"useful.auc", "Area under the ROC curve of a column of classes (macro mean), taught by synthetic rows, tested on people set aside. Interval: DeLong."},
	{"useful.r2", "R² of a column of numbers, taught by synthetic rows, tested on people set aside. Interval: delta method."},
	{"detect.auc", "AUC with which a random forest (out of bag) tells synthetic rows from people set aside; 0.5 is not at all. Interval: DeLong."},
	{"detect.auc.unseen", "The same, its distance from 0.5 added to 0.5: a detector that takes the one for the other tells them apart, too. Interval: DeLong, folded."},
	{"detect.auc_learned", "The same against the people learned, not folded. Clearly below 0.5 it is a sign of copying. Interval: DeLong."},
	{"detect.copying", "1 where the AUC against people learned, not folded, is below 0.45: an alarm. Where rows are so few that it may be chance, that is said."},
	{"explain.auc", "AUC with which boosted trees tell synthetic rows from real ones, as they are written. Interval: DeLong."},
	{"explain.auc.snapped", "The same after numbers were put on the grid of the real ones. Interval: DeLong."},
	{"explain.importance", "A column’s share of what the trees of explain.auc tell by, as TreeSHAP counts it."},
	{"downstream.", "downstream.MODEL.SCORE: models taught by synthetic rows and tested on people set aside, beside models taught by real rows; .gap is the difference. AUC is macro, the mean over classes of one against the rest, or micro, all pairs of a row and a class in one ranking; F1 is the mean over classes by their rows. Interval: bootstrap over people, the same draws for both."},
	{"regress.", "A given regression on real and on synthetic rows: overlap of the intervals of its coefficients, shares of terms with the same sign and significance."},
	{"sdis.sound", "Weighted mean of quality, usefulness and indistinguishability, each from 0 to 1, of sound metrics, times the share of rows that are no copies of people beyond those that unseen people have: an exact copy has 0. Interval: the ends of its parts’ intervals."},
	{"sdis.paper", "SDIS as the paper quotes it, the weighted mean of paper.quality, paper.ood and 1 less paper.detection."},
	{"sdis.paper.sum", "SDIS as the paper writes it, the sum of the three."},
	{"paper.wasserstein", "Sinkhorn divergence of the rows, about half a squared distance, as synthcity 0.2.10 computes it; columns scaled by the real rows."},
	{"paper.jsd", "Mean over columns of synthcity’s Jensen-Shannon distance, which adds 1 to every share and so is small always."},
	{"paper.chi_squared", "Mean over columns of the p of synthcity’s chi-squared test of shares, which does not know how many rows there are."},
	{"paper.quality", "Mean of synthcity’s naive alpha precision, beta coverage and authenticity; fresh real people have about 0.65."},
	{"paper.detection", "Mean of the AUC of synthcity’s detectors by xgb, mlp and gmm, not folded; 0.5 is not told apart."},
	{"paper.ood.", "Mean of the scores of synthcity’s linear model, mlp and xgb, taught by synthetic rows, asked about real ones: AUC of classes, R² of numbers. The paper calls both OOD AUCROC."},
	{"private.real", "Synthetic people with an id, name or text of a real one, by column."},
	{"private.reals", "Synthetic people with an id, name or text of a real one."},
	{"private.copies", "Share of synthetic people who equal a real one in every learned column. Interval: Wilson; limit: Fisher’s exact test."},
	{"private.copies.person", "The same of people with several rows, by all of their rows. Interval: Wilson."},
	{"private.closest", "Of the real people nearest to the 2 % of rows nearest to any real person, the share that was learned. Interval: Wilson."},
	{"private.dcr_share", "Share of synthetic rows that are nearer to people learned than to people set aside. It overlooks copies of a few people and decides nothing. Interval: delta method."},
	{"private.rare", "Values, marks and extremes of a column that fewer people have than the protection asks for."},
	{"private.rares", "Values, marks and extremes of fewer people than the protection asks for."},
	{"private.one_of_a_kind", "People learned who alone have a combination of known columns that a synthetic row has, too. Interval: Wilson."},
	{"private.guess", "Rate of right guesses for people learned, less that for people never seen. Interval: Newcombe."},
	{"rules.kept", "Share of synthetic people in whom no rule, kind or range of the real table is broken. Interval: Wilson."},
	{"rules.unseen", "Share of rows with a value that no real row has. Interval: Wilson, where each row is a person."},
	{"rules.range", "Share of rows beyond the real range. Interval: Wilson, where each row is a person."},
	{"rules.grid", "Share of numbers with more decimals than real ones. Interval: Wilson, where each row is a person."},
	{"rules.gaps", "Share of rows that lack a value that every real row has. Interval: Wilson, where each row is a person."},
	{"rules.broken", "Share of rows that break the rule. Interval: Wilson, where each row is a person."},
	{"sanity.", peerDefinition}, {"stats.", peerDefinition}, {"performance.", peerDefinition}, {"detection.", peerDefinition}, {"privacy.", peerDefinition},
	{"sdmetrics.", "As the package SDMetrics defines it, under its own name."},
	{"mostlyai.", "As the package mostlyai-qa defines it, under its own name."},
}

const peerDefinition = "As the package synthcity defines it, under its own name, faults included."
