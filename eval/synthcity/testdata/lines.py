"""Adds to lines.json what detection_linear of synthcity 0.2.10 is with the installed scikit-learn, on the pairs in seeds/ and four of tables/, how
many steps the three folds take of the 10,000 that they may, and the score at the minimum, by newton-cholesky. Where a fold takes more than 100
steps, "orders" are the scores after each fold's rows were learned in twenty other orders, or more, which is the same problem with other
roundings: another processor gives such others too.

The environments are those of requirements-0.2.10-torch2.txt (scikit-learn 1.3.2), requirements-0.2.10.txt (1.5.2) and requirements-0.2.12.txt
(1.9.1). Of synthcity only the encoder of one table is used, which is the same in both versions.

    python lines.py [PAIR...]
"""
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from synthcity.plugins.core.dataloader import GenericDataLoader

HERE = Path(__file__).parent


def encoded(name):
    fake, real = HERE / "seeds" / f"{name}.csv.gz", HERE / "seeds" / f"{name.split('_')[0]}_real.csv.gz"
    if not fake.exists():
        fake, real = HERE / "tables" / fake.name, HERE / "tables" / f"{name.split('_')[0]}.csv.gz"
    return [GenericDataLoader(pd.read_csv(path)).encode()[0] for path in (real, fake)]


def detection(name, order=0, **args):
    """_evaluate_detection_generic of the peer, which keeps the steps to itself, with the rows to be learned in some order; 0 is the peer's."""
    real, fake = encoded(name)
    n = min(len(real), len(fake))
    x = np.concatenate([real.sample(n).numpy(), fake.sample(n).numpy()]).astype(float)
    y, scores, steps = np.repeat([0, 1], n), [], []
    for learn, ask in StratifiedKFold(3, shuffle=True, random_state=0).split(x, y):
        if order:
            learn = np.random.RandomState(order).permutation(learn)
        m = LogisticRegression(random_state=0, max_iter=10000, **args).fit(x[learn], y[learn])
        scores.append(roc_auc_score(y[ask], m.predict_proba(x[ask])[:, 1]))
        steps.append(int(m.n_iter_[0]))
    return float(np.mean(scores)), steps


PAIRS = ("A_ctgan", "A_gpt2", "A_distilgpt", "A_dialogpt", "B1_ctgan", "B1_gpt2", "B1_dialogpt", "B1_distilgpt", "student_tvae",
         "adult_sdv_ctgan", "california_sdv_gaussian_copula", "dropout_sdv_tvae", "paperB1_arf")
# Orders of pairs whose numbers are of five or six digits, so that even 1.3's fewer steps end where roundings take them.
MORE = {("1.3.2", "adult_sdv_ctgan"): 100, ("1.3.2", "california_sdv_gaussian_copula"): 100}
path = HERE / "lines.json"
all = json.loads(path.read_text()) if path.exists() else {}
one = all.setdefault(sklearn.__version__, {"pairs": {}})
for name in sys.argv[1:] or PAIRS:
    score, steps = detection(name)
    row = dict(score=score, steps=steps, minimum=detection(name, solver="newton-cholesky", tol=1e-8)[0])
    orders = MORE.get((sklearn.__version__, name), 20 if max(steps) > 100 and sklearn.__version__ != "1.3.2" else 0)
    if orders:
        row["orders"] = [detection(name, order)[0] for order in range(1, orders + 1)]
    one["pairs"][name] = row
one["versions"] = {p: version(p) for p in ("synthcity", "scikit-learn", "scipy", "numpy", "pandas")}
path.write_text(json.dumps(all, indent=1, sort_keys=True) + "\n")
