"""Numbers for likeness_test.go, by scipy and by trying every set, in the environment of requirements-eval.txt:

    python likeness.py > likeness.json
"""
import itertools
import json
import sys

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(7)


def sets(p, q, loose):
    """The greatest difference in probability over all {some codes} with or without {numbers up to x}."""
    best = 0.0
    n = len(p)
    for k in range(loose + 1):
        for some in itertools.combinations(range(loose), k):
            for up in range(loose, n + 1):
                best = max(best, abs(sum(p[list(some)]) + sum(p[loose:up]) - sum(q[list(some)]) - sum(q[loose:up])))
    return best


def columns():
    for n, m, values in [(50, 70, 1000), (80, 30, 6), (1, 5, 3), (20, 20, 10)]:
        x, y = rng.integers(0, values, n), rng.integers(0, values, m) + rng.integers(0, 2, m)
        yield dict(kind="ks", loose=0, x=x.tolist(), y=y.tolist(), distance=stats.ks_2samp(x, y).statistic)
    for n, m, values in [(60, 90, 5), (10, 10, 12)]:
        x, y = rng.integers(0, values, n), rng.integers(0, values, m) // 2
        p, q = np.bincount(x, minlength=values) / n, np.bincount(y, minlength=values) / m
        yield dict(kind="tv", loose=int(values), x=x.tolist(), y=y.tolist(), distance=np.abs(p - q).sum() / 2)
    for n, m, loose, values in [(40, 60, 3, 12), (25, 25, 1, 8), (200, 150, 4, 9)]:
        x, y = rng.integers(0, values, n), np.maximum(rng.integers(0, values, m) - rng.integers(0, 2, m), 0)
        p, q = np.bincount(x, minlength=values) / n, np.bincount(y, minlength=values) / m
        yield dict(kind="both", loose=loose, x=x.tolist(), y=y.tolist(), distance=sets(p, q, loose))


def dependences():
    for rows, cols, n, tie in [(3, 4, 200, 0.0), (5, 5, 100, 0.7), (2, 2, 30, 1.0), (4, 3, 1000, 0.2)]:
        a = rng.integers(0, rows, n)
        b = np.where(rng.random(n) < tie, a % cols, rng.integers(0, cols, n))
        table = np.zeros((rows, cols))
        np.add.at(table, (a, b), 1)
        p = table / n
        product = stats.contingency.expected_freq(table) / n
        found = np.abs(p - product).sum() / 2
        r, c = p.sum(1)[:, None], p.sum(0)[None, :]
        chance = np.sqrt(2 / np.pi * r * c * (1 - r) * (1 - c) / n).sum() / 2
        yield dict(width=cols, n=n, joint=p.ravel().tolist(), beyond=max(found - 2 * chance, 0.0))


def copies():
    for x, n, y, m in [(7, 2311, 0, 2311), (3, 50, 1, 400), (70, 2607, 25, 1304), (0, 10, 3, 10), (12, 12, 0, 12)]:
        yield dict(x=x, n=n, y=y, m=m, p=stats.fisher_exact([[x, n - x], [y, m - y]], alternative="greater").pvalue)


def rates():
    for x, n, y, m, reach in [(7, 600, 1, 2000, 2.0), (70, 2607, 20, 2000, 1.9), (5, 100, 0, 100, 1.0)]:
        share = n * reach / (n * reach + m)
        yield dict(x=x, n=n, y=y, m=m, reach=reach, p=stats.binomtest(x, x + y, share, alternative="greater").pvalue)


json.dump(dict(versions=dict(scipy=scipy.__version__, numpy=np.__version__), columns=list(columns()),
               dependences=list(dependences()), copies=list(copies()), rates=list(rates())), sys.stdout, indent=None)
print()
