"""Writes golden.json: what scikit-learn says where eval/ml must say the same. The environment is requirements-xgboost3.txt.

    python golden.py FOLDER > golden.json     FOLDER has adult.csv, dropout.csv and student-mat.csv

trees: one DecisionTree each on 251 rows of 4 columns, row i of column c being (A[c]*i + B[c]) mod 251: every number comes
once in a column, so bins are exact. The targets are searched until no split is a tie, which shows in the tree being the
same for 30 random states. "predicted" is for the 200 rows (A[c]*i + B[c] + c*i*i) mod 251.

forests: RandomForest, 5 folds by row number mod 5, categories one-hot, missing numbers -999; scores of all rows together,
mean and standard deviation of 5 random states.
"""

import csv
import json
import sys

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

A, B, P = [17, 46, 101, 230], [3, 5, 200, 77], 251


def tree(kind, classes, leaf):
    i = np.arange(P)
    x = np.stack([(a * i + b) % P for a, b in zip(A, B)], axis=1)
    j = np.arange(200)
    new = np.stack([(a * j + b + c * j * j) % P for c, (a, b) in enumerate(zip(A, B))], axis=1)
    for seed in range(1000):
        r = np.random.RandomState(seed)
        y = np.round((x[:, 0] - 125) * (x[:, 1] > 100) + x[:, 2] / 2 + 40 * r.randn(P), 1)
        if classes:
            y = np.searchsorted(np.quantile(y, np.arange(1, classes) / classes), y)
        first = None
        for state in range(30):
            m = kind(min_samples_leaf=leaf, random_state=state).fit(x, y)
            p = m.predict_proba(new) if classes else m.predict(new)
            if first is None:
                first = p
            elif not np.allclose(p, first, rtol=0, atol=1e-12):
                break
        else:
            t = {"classes": classes, "leaf": leaf, "leaves": int(m.get_n_leaves()), "y": y.tolist()}
            return t | {"predicted": np.round(first, 12).T.tolist() if classes else np.round(first, 9).tolist()}
    raise SystemExit("every target has a tie")


def number(v):
    try:
        return float(v)
    except ValueError:
        return None


def table(path, rows, target):
    text = open(path, encoding="utf-8-sig", newline="").read()
    lines = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.split("\n")[0] else ","))
    head, lines = lines[0], lines[1 : rows + 1]
    columns, y = [], None
    for name, values in zip(head, zip(*lines)):
        numeric = all(v == "" or number(v) is not None for v in values)
        if name == target:
            y = np.array(values, dtype=float if numeric else object)
        elif numeric:
            columns.append([-999 if v == "" else float(v) for v in values])
        else:
            columns += [[float(v == k) for v in values] for k in sorted(set(values))]
    return np.array(columns).T, y


def forest(folder, name, rows, target, leaf):
    x, y = table(f"{folder}/{name}", rows, target)
    number = y.dtype == float
    fold, scores = np.arange(len(y)) % 5, []
    classes = None if number else np.unique(y)
    for state in range(5):
        p = np.zeros(len(y) if number else (len(y), len(classes)))
        for k in range(5):
            if number:
                m = RandomForestRegressor(100, min_samples_leaf=leaf, max_features=1 / 3, random_state=state, n_jobs=2)
            else:
                m = RandomForestClassifier(100, min_samples_leaf=leaf, random_state=state, n_jobs=2)
            m.fit(x[fold != k], y[fold != k])
            p[fold == k] = m.predict(x[fold == k]) if number else m.predict_proba(x[fold == k])
        if number:
            scores.append(r2_score(y, p))
        else:
            scores.append(np.mean([roc_auc_score(y == c, p[:, i]) for i, c in enumerate(classes)]))
    f = {"file": name, "rows": len(y), "target": target, "leaf": leaf, "score": "R2" if number else "AUC"}
    return f | {"mean": round(float(np.mean(scores)), 4), "sd": round(float(np.std(scores, ddof=1)), 4)}


if __name__ == "__main__":
    trees = [
        tree(DecisionTreeClassifier, 2, 8),
        tree(DecisionTreeClassifier, 3, 8),
        tree(DecisionTreeRegressor, 0, 8),
        tree(DecisionTreeRegressor, 0, 3),
    ]
    forests = [
        forest(sys.argv[1], "adult.csv", 5000, "income", 2),
        forest(sys.argv[1], "dropout.csv", 5000, "Target", 2),
        forest(sys.argv[1], "student-mat.csv", 5000, "G3", 2),
    ]
    out = {"sklearn": sklearn.__version__, "trees": trees, "forests": forests}
    print(json.dumps(out).replace('{"classes"', '\n{"classes"').replace('{"file"', '\n{"file"'))
