// Package numpy draws the random numbers of numpy.random.RandomState, bit for bit, and cuts tables as scikit-learn and
// pandas do with them, so that a metric of those programs can be computed on the very rows that they take. Everything
// else in this module draws from internal/rng.
//
// Ported behaviour: numpy 1.17 to 2.4 (RandomState is frozen, NEP 19), scikit-learn 1.2 to 1.9, pandas 1.5 and 2.
//
// Dimension letters: N rows, K folds.
package numpy
