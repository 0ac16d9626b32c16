"""Makes downstream.json: scores of scikit-learn of made-up predictions with ties, a class that no row has, and classes of few rows.

    python downstream.py      in the environment of requirements-eval.txt
"""
import json
import os

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, f1_score, mean_squared_error, r2_score, roc_auc_score

here = os.path.dirname(os.path.abspath(__file__))
r = np.random.default_rng(7)
out = {"peer": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "classes": [], "numbers": []}
for n, k, used in [(60, 4, 3), (40, 2, 2), (25, 5, 5)]:
    actual = r.choice(used, n, p=np.arange(1, used + 1) / np.arange(1, used + 1).sum())
    proba = np.round(r.dirichlet(np.ones(k), n), 1)  # ties
    proba[np.arange(n), actual] += 0.3
    answer = proba.argmax(1)
    there = [c for c in range(k) if (actual == c).any()]
    y = np.stack([actual == c for c in there], 1).astype(int)
    out["classes"].append({
        "actual": actual.tolist(), "answer": answer.tolist(), "proba": proba.T.tolist(),
        "accuracy": accuracy_score(actual, answer), "f1.weighted": f1_score(actual, answer, average="weighted", zero_division=0),
        "auc.macro": roc_auc_score(y, proba[:, there], average="macro"), "auc.micro": roc_auc_score(y, proba[:, there], average="micro"),
    })
for n in [30, 7]:
    actual, answer = r.normal(10, 3, n), r.normal(10, 3, n)
    out["numbers"].append({"actual": actual.tolist(), "answer": answer.tolist(), "r2": r2_score(actual, answer),
                           "rmse": float(np.sqrt(mean_squared_error(actual, answer)))})
with open(os.path.join(here, "downstream.json"), "w") as f:
    json.dump(out, f, indent=1)
