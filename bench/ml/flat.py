#!/usr/bin/env python3
"""KNN, MLP and logistic regression of eval/ml beside scikit-learn's, alternated, medians of 5, on 2 threads.

    python bench/ml/flat.py [--rounds 5] [--slow 1] [--markdown FILE]

Needs Go, numpy and scikit-learn. The table is 10,000 rows of 30 mixed columns, 2,500 more to be asked about, and 10,000 that
have a little more noise to be told apart. Ours is BenchmarkFlat of package eval/ml, which reads the same numbers from a file.
"detection" is synthcity's detection_linear: three folds, LogisticRegression with at most 10,000 steps on raw columns; it takes the
peer so long that it has rounds of its own, --slow. Nothing else should run meanwhile.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np  # noqa: E402
import sklearn  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors  # noqa: E402
from sklearn.neural_network import MLPClassifier  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench", "gemm"))
from run import processor  # noqa: E402

N, HELD, COLUMNS = 10_000, 2_500, 30
warnings.filterwarnings("ignore")


def mixed(n, loose, seed):
    """The table of eval/ml's benchmarks: columns about two hidden traits, numbers of several sizes and categories' codes."""
    r = np.random.RandomState(seed)
    a, b = r.randn(2, n)
    columns = []
    for c in range(COLUMNS):
        v = (1 - loose) * (a * (c % 3) + b * ((c + 1) % 3)) / 2 + (0.3 + loose) * r.randn(n)
        if c % 2:
            card = [2, 3, 5, 12, 40][c // 2 % 5]
            columns.append(np.floor(card / (1 + np.exp(-v))) * 7 % card)
        elif c % 3 == 0:
            columns.append(np.round(10 * v) + 40)
        elif c % 4 == 0:
            columns.append(np.round(1000 * np.exp(v)))
        else:
            columns.append(v)
    number = a + a * b + r.randn(n) / 2
    return np.stack(columns, axis=1), np.clip(np.floor(1.5 + number / 2), 0, 2)


class Peer:
    """What scikit-learn does, by the names of the benchmarks. Each gives the score that ours reports too."""

    def __init__(self):
        x, y = mixed(N + HELD, 0, 1)
        self.fake, _ = mixed(N, 0.05, 2)
        self.x, self.y, self.held, self.truth = x[:N], y[:N], x[N:], y[N:]

    def auc(self, p):
        return float(np.mean([roc_auc_score(self.truth == c, p[:, c]) for c in range(p.shape[1])]))

    def knn(self):
        return self.auc(KNeighborsClassifier(n_jobs=2).fit(self.x, self.y).predict_proba(self.held))

    def neighbours(self):
        d, _ = NearestNeighbors(n_neighbors=5, n_jobs=2).fit(self.x).kneighbors()
        return float(d.mean())

    def mlp(self):
        return self.auc(make_pipeline(StandardScaler(), MLPClassifier(random_state=0)).fit(self.x, self.y).predict_proba(self.held))

    def logistic(self):
        m = make_pipeline(StandardScaler(), LogisticRegression()).fit(self.x, self.y)
        return self.auc(m.predict_proba(self.held))

    def detection(self):
        x, y, scores = np.r_[self.x, self.fake], np.repeat([0, 1], N), []
        for fold in range(3):
            ask = np.arange(2 * N) % 3 == fold
            m = LogisticRegression(max_iter=10_000).fit(x[~ask], y[~ask])
            scores.append(roc_auc_score(y[ask], m.predict_proba(x[ask])[:, 1]))
        return float(np.mean(scores))

    def write(self, path):
        rows = np.r_[np.c_[self.x, self.y], np.c_[self.held, self.truth], np.c_[self.fake, np.zeros(N)]]
        rows.astype("<f8").tofile(path)

    def time(self, name):
        start = time.perf_counter()
        score = getattr(self, name)()
        return time.perf_counter() - start, score


def ours(binary, data, name):
    out = subprocess.run([binary, "-test.run", "-", "-test.bench", f"Flat/{name}$", "-test.cpu", "2", "-test.benchtime", "1x", "-flat", data],
                         capture_output=True, text=True, check=True, cwd=os.path.join(ROOT, "eval", "ml")).stdout
    return float(re.search(r"([\d.]+) ns/op", out)[1]) / 1e9, float(re.search(r"([\d.]+) score", out)[1])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--slow", type=int, default=1)
    args.add_argument("--markdown")
    args = args.parse_args()
    peer, rows = Peer(), []
    with tempfile.TemporaryDirectory() as folder:
        binary, data = os.path.join(folder, "ml.test"), os.path.join(folder, "table.bin")
        subprocess.run(["go", "test", "-c", "-o", binary, "./eval/ml"], cwd=ROOT, check=True)
        peer.write(data)
        peer.knn()  # its libraries start their threads
        for name in ("knn", "neighbours", "mlp", "logistic", "detection"):
            rounds = args.slow if name == "detection" else args.rounds
            theirs, mine = [], []
            for _ in range(rounds):
                mine.append(ours(binary, data, name))
                theirs.append(peer.time(name))
            a, b = statistics.median(t for t, _ in mine), statistics.median(t for t, _ in theirs)
            rows.append(f"| {name} | {rounds} | {a:.3f} | {b:.3f} | {b / a:.1f} | {mine[0][1]:.4f} | {theirs[0][1]:.4f} |")
            print(rows[-1], flush=True)
    head = (f"{processor()}, 2 threads; scikit-learn {sklearn.__version__}; medians of the rounds, seconds\n\n"
            "| | rounds | Cohort | scikit-learn | times as fast | score | peer's score |\n|---|---|---|---|---|---|---|\n")
    print(head)
    if args.markdown:
        with open(args.markdown, "w") as f:
            f.write("# KNN, networks and lines\n\nMade by `python bench/ml/flat.py`; see there for how.\n\n" + head + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
