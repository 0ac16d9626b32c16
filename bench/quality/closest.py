"""The closest-pairs test: do the synthetic rows that lie nearest to real people lie nearest to those that were learned?

Of the synthetic rows nearest to any real row (2 % of them, at least 40) take the real rows they are nearest to, each counted once.
Without memory as large a part of those was learned as was learned of all. One-sided binomial test; equal distances say nothing.
The usual share (0.5 = no nearer to rows learned than to unseen ones) is printed beside; it is blind to one verbatim copy in ten.
"""
import numpy as np
from scipy.stats import binom

from split import numbers

BLOCK = 500  # synthetic rows at a time, for memory


def codes(frames):
    """For each column a flag, number or not, and an array for each frame: numbers on the scale of the first, else codes."""
    out = []
    for c in frames[0].columns:
        v, unread = numbers(frames[0][c])
        if unread == 0 and v.nunique() > 10:
            low, span = v.min(), (v.max() - v.min()) or 1
            out.append((True, [np.clip((numbers(f[c])[0].to_numpy() - low) / span, -9, 9).astype(np.float32) for f in frames]))
        else:
            code = {}
            out.append((False, [np.array([code.setdefault(k, len(code)) for k in f[c]], np.int32) for f in frames]))
    return out


def distances(columns, rows, i):
    """Gower distance, not divided by the number of columns, of synthetic rows (frame 2) to frame i."""
    d = np.zeros((rows.stop - rows.start, len(columns[0][1][i])), np.float32)
    for number, arrays in columns:
        a, b = arrays[2][rows, None], arrays[i][None]
        if not number:
            d += a != b
            continue
        x, no_a, no_b = np.abs(a - b), np.isnan(a), np.isnan(b)
        d += np.minimum(np.where(no_a & no_b, 0, np.where(no_a | no_b, 1, x)), 1)
    return d


def closest(split, text):
    names = list(split.columns)
    columns = codes([f[names] for f in (split.train_text, split.test_text, text)])
    n, held, m = len(split.train), len(split.test), len(text)
    rng = np.random.default_rng(1)
    jitter = rng.random(m)
    draws = [rng.permutation(n)[:held] for _ in range(10)]
    to_train, to_test, at_train, at_test = np.zeros(m), np.zeros(m), np.zeros(m, int), np.zeros(m, int)
    share = 0.0
    for start in range(0, m, BLOCK):
        rows = slice(start, min(start + BLOCK, m))
        a, b = distances(columns, rows, 0), distances(columns, rows, 1)
        to_train[rows], to_test[rows], at_train[rows], at_test[rows] = a.min(1), b.min(1), a.argmin(1), b.argmin(1)
        for draw in draws:
            near, far = a[:, draw].min(1), b.min(1)
            share += ((near < far) + 0.5 * (near == far)).sum() / m / len(draws)
    nearest = np.minimum(to_train, to_test)
    first = np.lexsort((jitter, nearest))[:int(max(0.02, 40 / m) * m)]
    tie = np.abs(to_train - to_test) < 1e-6
    learned = {at_train[i] for i in first if not tie[i] and to_train[i] < to_test[i]}
    unseen = {at_test[i] for i in first if not tie[i] and to_train[i] > to_test[i]}
    people = len(learned) + len(unseen)
    return {"people": people, "learned": len(learned), "without_memory": n / (n + held),
            "p": binom.sf(len(learned) - 1, people, n / (n + held)) if people else 1.0,
            "ties": int(tie[first].sum()), "rows": len(first), "usual_share": share}
