"""Look-alikes and nearest-neighbour shares of other generators' tables, computed the long way, with numpy alone.

    python closest.py PEERS > closest.json

PEERS is the folder with splits/SET/{train,test}.csv.gz and peers/SET/GENERATOR.csv.gz. Nothing of this repository is used.
Columns of more than ten different numbers are numbers, as in PEERS/pairs.py, all others are categories. That script prints
the same counts and shares but for its ranges, which are those of the training part alone, for ties with several people,
whom it takes for one, and for the noise of ten draws in the shares. The environment is requirements-eval.txt."""
import csv
import gzip
import json
import os
import platform
import sys
from math import exp, lgamma

import numpy as np

GAPS = {"", "NA", "N/A", "NULL", "-", ".", "?"}
GENERATORS = ["arf", "cart_synthpop_like", "copy_train", "independent", "sdv_ctgan", "sdv_gaussian_copula", "tabularargn"]


def read(path, names=None):
    with gzip.open(path, "rt", newline="") as f:
        rows = list(csv.reader(f))
    names = names or rows[0]
    at = [rows[0].index(n) for n in names]
    return names, [[r[i] for i in at] for r in rows[1:]]


def number(cells):
    try:
        return len({float(c) for c in cells if c.strip() not in GAPS}) > 10
    except ValueError:
        return False


def columns(names, numbers, tables):
    """Per table a list of arrays: scaled numbers, NaN where missing; or codes."""
    out = [[] for _ in tables]
    for j, name in enumerate(names):
        cells = [[r[j].strip() for r in t] for t in tables]
        if name in numbers:
            x = [np.array([np.nan if c in GAPS else float(c) for c in t]) for t in cells]
            real = np.concatenate(x[:2])
            low, high = np.nanmin(real), np.nanmax(real)
            for o, a in zip(out, x):
                o.append((a - low) / (high - low) if high > low else np.where(np.isnan(a), a, np.where(a == low, 0, 9)))
            continue
        codes = {}
        for o, t in zip(out, cells):
            o.append(np.array([codes.setdefault("" if c in GAPS else c, len(codes)) for c in t]))
    return out


def gower(a, b):
    d = np.zeros((len(a[0]), len(b[0])))
    for x, y in zip(a, b):
        if x.dtype.kind == "f":
            one = np.minimum(np.abs(x[:, None] - y[None]), 1)
            gap = np.isnan(x)[:, None].astype(int) + np.isnan(y)[None]
            d += np.where(gap == 2, 0, np.where(gap == 1, 1, one))
        else:
            d += x[:, None] != y[None]
    return d


def closest(dt, dh, order, k):
    n = dt.shape[1]
    both = np.hstack([dt, dh])
    p = n / both.shape[1]
    counted, learned, chance = set(), 0, []
    for i in order[:k]:
        group = set(np.flatnonzero(both[i] <= both[i].min() + 1e-9))
        known = group & counted
        counted |= group
        sides = {int(g) < n for g in group}
        if known or len(sides) == 2:
            continue
        learned += sides == {True}
        a, b = p ** len(group), (1 - p) ** len(group)
        chance.append(a / (a + b))
    return learned, chance


def tail(learned, chance):
    """P(at least so many), by adding one person after the other."""
    p = np.zeros(len(chance) + 1)
    p[0] = 1
    for c in chance:
        p[1:] = p[1:] * (1 - c) + p[:-1] * c
        p[0] *= 1 - c
    return float(p[learned:].sum())


def none_of(n, k, m):
    """The chance that m of n, drawn without putting back, are none of k."""
    if n - k < m:
        return 0.0
    lc = lambda a, b: lgamma(a + 1) - lgamma(b + 1) - lgamma(a - b + 1)
    return exp(lc(n - k, m) - lc(n, m))


def share(dt, dh):
    n, m = dt.shape[1], dh.shape[1]
    assert n >= m
    rows = [i * len(dt) // min(len(dt), 2000) for i in range(min(len(dt), 2000))]
    total = 0
    for i in rows:
        least = dh[i].min()
        nearer = int((dt[i] < least - 1e-9).sum())
        equal = int((np.abs(dt[i] - least) <= 1e-9).sum())
        total += 1 - (none_of(n, nearer, m) + none_of(n, nearer + equal, m)) / 2
    return total / len(rows)


def main(peers):
    out = []
    for name in ("student-mat", "paperB1"):
        base = os.path.join(peers, "splits", name)
        names, train = read(os.path.join(base, "train.csv.gz"))
        numbers = [n for j, n in enumerate(names) if number([r[j] for r in train])]
        _, test = read(os.path.join(base, "test.csv.gz"), names)
        for g in GENERATORS:
            path = os.path.join(peers, "peers", name, g + ".csv.gz")
            if not os.path.exists(path):
                continue
            _, fake = read(path, names)
            t, h, s = columns(names, numbers, [train, test, fake])
            dt, dh = gower(s, t), gower(s, h)
            m = np.round(np.minimum(dt.min(1), dh.min(1)), 9)
            k = max(40, int(.02 * len(m)))
            ways = [closest(dt, dh, np.lexsort((tie, m)), k) for tie in (np.arange(len(m)), -np.arange(len(m)))]
            clear = ways[0][0] == ways[1][0] and sorted(ways[0][1]) == sorted(ways[1][1]) and (len(m) == k or np.sort(m)[k - 1] < np.sort(m)[k])
            out.append({"set": name, "generator": g, "numbers": numbers, "clear": bool(clear), "learned": ways[0][0], "of": len(ways[0][1]),
                        "chance": sum(ways[0][1]), "p": tail(*ways[0]), "dcr": share(dt, dh)})
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    print('{"versions": ' + json.dumps(versions) + ', "tables": [\n' + ",\n".join(json.dumps(o) for o in out) + "]}")


main(sys.argv[1])
