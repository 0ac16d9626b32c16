"""Writes linear.json: what scikit-learn and synthcity say where KNN, Linear, Logistic and MLP must say the same.

    python linear.py FOLDER linear.json

FOLDER has adult.csv, dropout.csv, student-mat.csv, paperB1_oulad10pct.csv and california_housing.csv. The environment
is ../../synthcity/testdata/requirements-0.2.12.txt (synthcity's plugins/core/models/mlp.py is the same from 0.2.10 to 0.2.12).

Of each table the first rows: the even ones teach, the odd ones are asked about. Categories are their places in sorted order,
missing numbers -999, nothing is scaled unless it is said. "half" is a target of numbers as two classes: above the median of
the rows that teach or not.

knn: predictions, "tied" rows whose fifth and sixth distances differ by less than 1e-9, and the mean fifth distance.
linear: predictions of the first 40 odd rows, with two columns more: the sum of the first two, and one of 7s. Classes are
numbers. "loose" is with the tol that LinearRegression has since scikit-learn 1.7.
logistic: coefficients of scaled columns, and of raw ones ("raw", to the minimum by Newton's method); "auc" of raw columns
after 100 steps.
mlp: AUC or R2, and accuracy, least and greatest of 20 random states, columns and numbers of a target scaled.
synthcity: AUC or R2 of 20 random states of synthcity's MLP.
published: performance.linear_model.gt of the paper's dataset A, 0.0151857342 in the authors' score file: student-mat.csv, split,
encoded and sampled as synthcity 0.2.10 does, and the folds.
"""

import csv
import json
import sys
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.model_selection import KFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

warnings.filterwarnings("ignore")

TABLES = [
    ("adult.csv", 1500, "income"),
    ("dropout.csv", 1500, "Target"),
    ("student-mat.csv", 395, "G3"),
    ("paperB1_oulad10pct.csv", 1500, "final_result"),
    ("california_housing.csv", 1500, "median_house_value"),
]


def number(v):
    try:
        return float(v)
    except ValueError:
        return None


def column(values):
    if all(v == "" or number(v) is not None for v in values):
        return [-999 if v == "" else float(v) for v in values], True
    kinds = sorted(set(values))
    return [float(kinds.index(v)) for v in values], False


def table(path, rows, target):
    text = open(path, encoding="utf-8-sig", newline="").read()
    lines = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.split("\n")[0] else ","))
    head, lines = lines[0], lines[1 : rows + 1]
    columns = {name: column(values) for name, values in zip(head, zip(*lines))}
    y, numeric = columns.pop(target)
    return np.array([c for c, _ in columns.values()]).T, np.array(y), numeric


def auc(y, p):
    return float(np.mean([roc_auc_score(y == c, p[:, i]) for i, c in enumerate(np.unique(y))]))


def knn(x, y, numeric):
    m = (KNeighborsRegressor if numeric else KNeighborsClassifier)(algorithm="kd_tree").fit(x[::2], y[::2])
    d, _ = m.kneighbors(x[1::2], 6)
    tied = np.flatnonzero(d[:, 5] - d[:, 4] < 1e-9)
    predicted = m.predict(x[1::2])
    return {"predicted": predicted.tolist(), "tied": tied.tolist(), "fifth": float(d[:, 4].mean())}


def linear(x, y):
    x = np.c_[x, x[:, 0] + x[:, 1], np.full(len(x), 7.0)]
    exact = LinearRegression(tol=max(x[::2].shape) * 2.0**-52).fit(x[::2], y[::2]).predict(x[1::2])
    loose = LinearRegression(tol=1e-6).fit(x[::2], y[::2]).predict(x[1::2])
    return {"predicted": exact[:40].tolist(), "loose": loose[:40].tolist()}


def half(x, y, numeric):
    return (y > np.median(y[::2])).astype(float) if numeric else y


def coefficients(m):
    return {"coef": m.coef_.tolist(), "intercept": m.intercept_.tolist()}


def logistic(x, y):
    scaled = StandardScaler().fit(x[::2]).transform(x[::2])
    m = LogisticRegression(tol=1e-10, max_iter=100000, solver="newton-cholesky")
    peer = LogisticRegression(tol=1e-8, max_iter=100000).fit(scaled, y[::2])
    out = {"scaled": coefficients(peer), "raw": coefficients(m.fit(x[::2], y[::2]))}
    out["auc"] = auc(y[1::2], proba(LogisticRegression().fit(x[::2], y[::2]), x[1::2]))
    return out


def proba(m, x):
    return m.predict_proba(x)


def mlp(x, y, numeric):
    score, right = [], []
    for state in range(20):
        if numeric:
            m = TransformedTargetRegressor(MLPRegressor(random_state=state), transformer=StandardScaler())
            m = make_pipeline(StandardScaler(), m).fit(x[::2], y[::2])
            score.append(r2_score(y[1::2], m.predict(x[1::2])))
        else:
            m = make_pipeline(StandardScaler(), MLPClassifier(random_state=state)).fit(x[::2], y[::2])
            score.append(auc(y[1::2], proba(m, x[1::2])))
            right.append(accuracy_score(y[1::2], m.predict(x[1::2])))
    out = {"least": min(score), "greatest": max(score), "mean": float(np.mean(score))}
    if right:
        out |= {"leastRight": min(right), "greatestRight": max(right), "meanRight": float(np.mean(right))}
    return out


def synthcity(x, y, numeric):
    from synthcity.plugins.core.models.mlp import MLP

    score = []
    for state in range(20):
        outs = 1 if numeric else len(np.unique(y))
        kind = "regression" if numeric else "classification"
        m = MLP(x.shape[1], outs, task_type=kind, random_state=state).fit(x[::2], y[::2])
        if numeric:
            score.append(float(r2_score(y[1::2], m.predict(x[1::2]))))
        else:
            score.append(auc(y[1::2], proba(m, x[1::2])))
    return score


def encode(t):
    t = t.copy()
    for c in t:
        v, kinds = t[c], t[c].nunique()
        if pd.api.types.is_integer_dtype(v) and v.min() == 0 and v.max() == kinds - 1:
            continue
        if v.dtype.kind not in "iuf" or kinds < 15:
            t[c] = LabelEncoder().fit_transform(v)
    return t


def published(path):
    _, t = train_test_split(pd.read_csv(path, sep=";"), train_size=0.8, random_state=0)
    t = encode(t.reset_index(drop=True))
    t = t.sample(len(t), random_state=0).reset_index(drop=True)
    t, _ = train_test_split(t, train_size=0.8, random_state=0)
    x, y = t.drop(columns="G3").to_numpy(float), t["G3"].to_numpy(float)
    folds, score = [], []
    for learn, ask in KFold(3, shuffle=True, random_state=0).split(x):
        score.append(r2_score(y[ask], LinearRegression(tol=2.0**-52).fit(x[learn], y[learn]).predict(x[ask])))
        folds.append(ask.tolist())
    return {"x": x.astype(int).tolist(), "y": y.astype(int).tolist(), "folds": folds,
            "peer": float(np.mean(score)), "score": 0.015185734181585678}


def main(folder, file_out):
    tables = []
    for file, rows, target in TABLES:
        x, y, numeric = table(f"{folder}/{file}", rows, target)
        t = {"file": file, "rows": len(y), "target": target, "numbers": numeric, "knn": knn(x, y, numeric), "linear": linear(x, y)}
        t["logistic"] = logistic(x, half(x, y, numeric))
        t["mlp"] = mlp(x, y, numeric)
        if file in ("adult.csv", "student-mat.csv"):
            t["synthcity"] = synthcity(x, y, numeric)
        tables.append(t)
        print(file, file=sys.stderr)
    out = {"sklearn": sklearn.__version__, "synthcity": version("synthcity"), "tables": tables, "published": published(f"{folder}/student-mat.csv")}
    text = json.dumps(out, separators=(",", ":"))
    text = text.replace('{"file"', '\n{"file"').replace('"mlp"', '\n"mlp"').replace('"logistic"', '\n"logistic"')
    with open(file_out, "w") as f:  # synthcity writes to stdout
        f.write(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
