"""Golden values of package mixture, made with scikit-learn.

Rerun, in a virtual environment that has scikit-learn, with the "Adult" data set of the UCI repository as a CSV file:

    python ctgan/mixture/testdata/golden.py adult.csv

It writes golden.json beside itself, with the version of scikit-learn that made it. A column is a list of distinct values with
counts; scikit-learn gets the rows, the tests get the list. Initial responsibilities are a formula of the place of the value in
that list (see start), which golden_test.go computes alike, so that K-means and its random numbers play no part.

"After" lists numbers of iterations, in two columns all from 1 to 100; Mean, Variance and Weight are the parameters after each, to
12 digits. "Stop" is where scikit-learn ends by itself, and "Proba" is its predict_proba at "Points" after the last of the
iterations. "Inertia" has the least and the mean sum of squares that KMeans reached with 100 seeds.
"""

import csv
import json
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

K = 10
SOME = [1, 2, 5, 10, 50, 100]
EVERY = list(range(1, 101))
HERE = pathlib.Path(__file__).parent

warnings.simplefilter("ignore", ConvergenceWarning)


def start(distinct, soft):
    """[U, K]: tenths of the list in an order of components that is not that of the values; soft mixes in all components."""
    label = (np.arange(distinct) * K // distinct * 7 + 3) % K
    r = np.zeros((distinct, K))
    r[np.arange(distinct), label] = 1
    return (1 + 9 * r) / (K + 9) if soft else r


class Started(BayesianGaussianMixture):
    """A mixture whose first responsibilities are given."""

    def _initialize_parameters(self, X, random_state, xp=None):
        self._initialize(X, self.start)


def fit(x, responsibilities, iterations, tol):
    m = Started(n_components=K, weight_concentration_prior=0.001, max_iter=iterations, tol=tol)
    m.start = responsibilities
    return m.fit(x)


def short(numbers):
    """Twelve digits, which is a million times closer than the tests look."""
    return [float(f"{n:.12g}") for n in numbers]


def golden(x, soft=False, after=SOME):
    values, counts = np.unique(x, return_counts=True)
    rows = np.repeat(values, counts)[:, None]
    first = np.repeat(start(len(values), soft), counts, axis=0)
    fits = [fit(rows, first, n, 0.0) for n in after]
    points = np.quantile(rows, [0, 0.3, 0.77, 1]).tolist() + [float(2 * rows.max() - rows.min())]
    inertia = [KMeans(K, n_init=1, random_state=s).fit(rows).inertia_ for s in range(100)] if len(values) > K else [0.0]
    return {
        "Values": values.tolist(), "Counts": counts.tolist(), "Soft": soft, "After": list(after),
        "Mean": [short(m.means_[:, 0]) for m in fits],
        "Variance": [short(m.covariances_[:, 0, 0]) for m in fits],
        "Weight": [short(m.weights_) for m in fits],
        "Points": points, "Proba": fits[-1].predict_proba(np.array(points)[:, None]).tolist(),
        "Stop": fit(rows, first, 100, 1e-3).n_iter_,
        "Inertia": [min(inertia), float(np.mean(inertia))],
    }


def columns(adult):
    r = np.random.RandomState(20260101)
    with open(adult) as f:
        table = [row for row in csv.DictReader(f, skipinitialspace=True)]
    normal = np.round(r.normal(size=300), 3)
    bimodal = np.round(np.where(r.uniform(size=300) < 0.3, r.normal(-3, 0.5, 300), r.normal(2, 1, 300)), 3)
    return {
        "normal": golden(normal),
        "normal, every iteration": golden(normal[:150], after=EVERY),
        "bimodal": golden(bimodal),
        "bimodal, soft start": golden(bimodal[:200], soft=True),
        "capital-gain": golden(np.array([float(row["capital-gain"]) for row in table])),
        "age": golden(np.array([float(row["age"]) for row in table])),
        "12 rows": golden(np.round(r.lognormal(size=12), 2)),
        "ties": golden(np.repeat([0.0, 1, 2, 3, 7], [400, 30, 90, 1, 12])),
        "separate": golden(np.round(np.concatenate([r.normal(50 * k, 1, 25) for k in range(10)]), 2)),
        "scale 1e-5": golden(np.round(r.lognormal(size=200) * 1e-5, 8)),
        "scale 1e6": golden(np.round(r.lognormal(size=200) * 1e6, 1)),
        "far from zero": golden(np.round(1.7e6 + r.gamma(2, 3, size=250), 2), soft=True),
        "skewed with spikes, every iteration": golden(spiked(r, 160), after=EVERY),
    }


def spiked(r, n):
    """Log-normal, but a third of the rows are 0 and a sixth are 500."""
    x = np.round(r.lognormal(5, 0.9, n), 1)
    return np.where(np.arange(n) % 3 == 0, 0.0, np.where(np.arange(n) % 6 == 1, 500.0, x))


if __name__ == "__main__":
    out = {"ScikitLearn": sklearn.__version__, "Columns": columns(sys.argv[1])}
    (HERE / "golden.json").write_text(json.dumps(out, separators=(",", ":")).replace('},"', '},\n"') + "\n")
