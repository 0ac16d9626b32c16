"""Adds to steps.json where LogisticRegression of the installed scikit-learn ends on columns that are not scaled, and after how many steps.

    python steps.py      with scikit-learn 1.3.2 (requirements-xgboost1.txt), and again with 1.9.1 (requirements-xgboost2.txt)

x[i, j] and the noise are RandomState(5).random_sample((300, 7)); column j is 3^j times as large; a class is which part of the range the sum of
the first three columns and the noise falls into.
"""
import json
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import scipy
import sklearn
from sklearn.linear_model import LogisticRegression

u = np.random.RandomState(5).random_sample((300, 7))
x, path = u[:, :6] * 3.0 ** np.arange(6), Path(__file__).parent / "steps.json"
out = json.loads(path.read_text()) if path.exists() else {}
fits = []
for classes in (2, 3):
    y = np.floor(classes * np.clip((u[:, :3].sum(axis=1) + u[:, 6]) / 4, 0, 0.999))
    for most in (5, 20, 1000):
        m = LogisticRegression(max_iter=most).fit(x, y)
        fits.append(dict(classes=classes, most=most, steps=int(m.n_iter_[0]), coef=m.coef_.tolist(), intercept=m.intercept_.tolist()))
out[sklearn.__version__] = dict(scipy=scipy.__version__, numpy=np.__version__, fits=fits)
path.write_text(json.dumps(out, sort_keys=True).replace('{"classes"', '\n{"classes"') + "\n")
