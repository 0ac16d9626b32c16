"""Known answers of numpy, scikit-learn and pandas for internal/numpy: python golden.py > golden.json"""

import json

import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold, StratifiedShuffleSplit, train_test_split

out = {"versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "pandas": pd.__version__}}
SEEDS = [0, 1, 42, 2**31 - 1, 2**32 - 1]


def draws(seed):
    # Every method goes on from where the one before stopped, so that each must use up as many words as the peer.
    r = np.random.RandomState(seed)
    p = np.arange(1, 8) / 28
    return {
        "bits": [int(r.randint(0, 2**32)) for _ in range(3)],
        "sample": r.random_sample(5).tolist(),
        "permutation": r.permutation(23).tolist(),
        "randint": [int(r.randint(-5, 95)) for _ in range(7)],
        "wide": [int(r.randint(0, 2**40 + 12345)) for _ in range(3)],
        "gauss": r.standard_normal(5).tolist(),
        "choice": r.choice(30, 9, replace=False).tolist(),
        "replace": r.choice(30, 9).tolist(),
        "weighted": [int(r.choice(7, p=p)) for _ in range(9)],
        "uniform": float(r.uniform(-3, 4)),
        "late": [int(v) for v in r.randint(0, 1000, size=2000)[-5:]],
    }


def fold(pair):
    return {"Train": [int(i) for i in pair[0]], "Test": [int(i) for i in pair[1]]}


def labels(n, seed, k):
    return [int(v) for v in np.random.RandomState(seed).choice(k, n, p=np.arange(1, k + 1) / sum(range(1, k + 1)))]


out["draws"] = [{"seed": s, **draws(s)} for s in SEEDS]
out["sample"] = [
    {"n": n, "size": k, "seed": s, "rows": pd.DataFrame({"a": range(n)}).sample(k, random_state=s)["a"].tolist()}
    for n, k, s in [(10, 10, 0), (79, 79, 0), (395, 20, 0), (100, 7, 3), (1, 1, 0)]
]
out["kfold"] = [
    {"n": n, "k": k, "seed": s, "folds": [fold(f) for f in KFold(k, shuffle=True, random_state=s).split(np.zeros(n))]}
    for n, k, s in [(10, 3, 0), (17, 5, 7), (3, 3, 0)]
]
out["stratified"] = []
for n, c, k, s in [(20, 2, 3, 0), (41, 4, 5, 1), (30, 5, 3, 9)]:
    y = [9 - v for v in labels(n, s + 50, c)]
    folds = StratifiedKFold(k, shuffle=True, random_state=s).split(np.zeros(n), y)
    out["stratified"].append({"labels": y, "k": k, "seed": s, "folds": [fold(f) for f in folds]})
out["shuffle"] = [
    {"n": n, "train": a, "test": b, "seed": s,
     "fold": fold(next(ShuffleSplit(1, train_size=a, test_size=b, random_state=s).split(np.zeros(n))))}
    for n, a, b, s in [(20, 16, 4, 0), (20, 10, 5, 2)]
]
out["shufflestratified"] = []
for n, c, a, b, s in [(40, 3, 30, 10, 0), (40, 3, 20, 10, 4), (24, 6, 12, 12, 5)]:
    y = labels(n, s + 70, c) if c < 6 else [i % 6 for i in range(n)]  # equal classes: remainders are tied
    f = next(StratifiedShuffleSplit(1, train_size=a, test_size=b, random_state=s).split(np.zeros(n), y))
    out["shufflestratified"].append({"labels": y, "train": a, "test": b, "seed": s, "fold": fold(f)})
out["traintest"] = []
for n, c, s in [(79, 0, 0), (52, 4, 0), (33, 3, 6), (11, 2, 0)]:
    y = labels(n, s + 90, c) if c else None
    a, b = train_test_split(np.arange(n), train_size=0.8, random_state=s, stratify=y)
    out["traintest"].append({"n": n, "labels": y, "seed": s, "fold": fold((a, b))})

print(json.dumps(out, separators=(",", ":")))
