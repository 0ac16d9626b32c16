// Package mixture fits the Bayesian Gaussian mixture of one number column from which CTGAN's data transformer takes the
// modes of the column.
//
// The model is a truncated Dirichlet process mixture of K Gaussians with a Normal-Wishart prior, fitted by variational EM
// (Attias, "A Variational Bayesian Framework for Graphical Models", NIPS 1999; Blei and Jordan, "Variational Inference for
// Dirichlet Process Mixtures", Bayesian Analysis 2006). Priors, start, stop and every update are those of scikit-learn's
// BayesianGaussianMixture with covariance_type "full" and its defaults: K-means gives the first responsibilities, and at
// most 100 iterations follow.
//
//	m, err := mixture.Fit(column, mixture.Options{})
//	p := make([]float64, len(m.Mean))
//	m.Responsibilities(column[0], p)
//
// Rows with the same value have the same responsibilities, so EM sees each distinct value once, with its count, which
// changes nothing but the order of sums. A column with many distinct values is put into bins of neighbouring values unless
// [Options].Exact forbids it. A bin keeps its count, mean and variance, so that only the change of a responsibility within
// the bin is lost: means move by less than 1e-4 standard deviations in all columns of the tests.
//
// Inside, values are in units of the column's standard deviation and from its mean. The updates do not depend on that; the
// reference's regulariser and the point x = 0, which its empty components are drawn to, are carried over. The lower bound
// changes by a constant, so that the stop rule is the same as well.
//
// Dimension letters: N rows of the column, U distinct values or bins, K components.
package mixture
