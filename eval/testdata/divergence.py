#!/usr/bin/env python3
"""Writes divergence.json: what scipy and numpy make of the numbers of shape.jsd, shape.w1, shape.p and joint, in the environment of requirements-eval.txt:

    python divergence.py > divergence.json

Numbers are cut at the range in which 98 of 100 of the people learned lie (x sorted, from entry floor(.01 (n-1)) to entry ceil(.99 (n-1))), and
that range is one unit. The rows of joint have whole numbers in two columns of numbers and codes in one of categories.
"""
import json
import math
import sys

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, chi2_contingency, wasserstein_distance

rng = np.random.default_rng(1)


def bulk(x):
    x = np.sort(x)
    return x[math.floor(.01 * (len(x) - 1))], x[math.ceil(.99 * (len(x) - 1))]


def transports():
    out = []
    for n, m, draw in ((300, 250, lambda k, s: s + rng.normal(size=k)), (101, 40, lambda k, s: np.round(3 * rng.exponential(size=k) + s)),
                       (500, 500, lambda k, s: rng.standard_cauchy(size=k) * (1 + s)), (30, 12, lambda k, s: rng.integers(0, 4, size=k).astype(float))):
        learned, other = draw(n, 0), draw(m, .4)
        low, high = bulk(learned)
        cut = lambda x: (np.clip(x, low, high) - low) / (high - low)
        out.append({"Learned": learned.tolist(), "Other": other.tolist(), "Distance": float(wasserstein_distance(cut(learned), cut(other)))})
    return out


def divergences():
    out = []
    for k, n, m in ((2, 40, 30), (7, 300, 100), (40, 90, 200), (5, 20, 20)):
        p, q = (rng.multinomial(size, rng.dirichlet(np.ones(k))) for size in (n, m))
        out.append({"P": p.tolist(), "Q": q.tolist(), "Bits": float(jensenshannon(p, q, base=2) ** 2)})
    return out


def tests():
    """All cells are expected to have 5 rows or more. With More the second table counts as one of 1 / (1 / m + More) rows."""
    out = []
    for k, n, m, more in ((2, 200, 150, 0), (6, 900, 400, 0), (6, 900, 2000, 1 / 800), (3, 100, 100, 1 / 50)):
        p = rng.dirichlet(np.full(k, 20.))
        a, b = rng.multinomial(n, p), rng.multinomial(m, .9 * p + .1 / k)
        as_if = b / m / (1 / m + more)
        r = chi2_contingency(np.array([a, as_if]), correction=False)
        assert r.expected_freq.min() >= 5
        out.append({"A": a.tolist(), "B": b.tolist(), "More": more, "P": float(chi2.sf(r.statistic, k - 1))})
    return out


def rows(n, shift):
    x = np.round(20 * rng.normal(size=n) + shift)
    y = np.round(x / 4 + 10 * rng.random(size=n))
    c = (x > 0).astype(int) + rng.integers(1, 3, size=n)
    return np.column_stack([x, y, c])


def joint():
    learned, held, trial = rows(90, 0), rows(90, 0), rows(90, 15)
    ranges = [bulk(learned[:, j]) for j in (0, 1)]

    def apart(a, b):
        d = (a[:, None, 2] != b[None, :, 2]).astype(float)
        for j, (low, high) in enumerate(ranges):
            place = lambda t: np.clip((t[:, j] - low) / (high - low), -1, 2)
            d += np.minimum(np.abs(place(a)[:, None] - place(b)[None, :]), 1)
        return d

    n = len(held)
    hh, ht, tt = apart(held, held), apart(held, trial), apart(trial, trial)
    off = ~np.eye(n, dtype=bool)
    pairs = np.sort(hh[np.triu_indices(n, 1)])
    k = lambda d: np.exp(-d / pairs[len(pairs) // 2])
    mmd = k(hh)[off].mean() + k(tt)[off].mean() - 2 * k(ht).mean()
    reach = np.sort(hh, axis=1)[:, 5] * (1 + 1e-9)  # entry 0 is the row itself
    within = ht <= reach[:, None]
    return {"Learned": learned.tolist(), "Held": held.tolist(), "Trial": trial.tolist(), "MMD": math.sqrt(max(mmd, 0)),
            "Density": float(within.sum() / 5 / n), "Coverage": float(within.any(axis=1).mean())}


json.dump({"versions": {"scipy": scipy.__version__, "numpy": np.__version__}, "Transports": transports(), "Divergences": divergences(), "Tests": tests(), "Joint": joint()}, sys.stdout)
