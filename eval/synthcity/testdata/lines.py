"""Adds to lines.json what detection_linear of synthcity 0.2.10 is with the installed scikit-learn, on the pairs in seeds/, how many steps
the three folds take of the 10,000 that they may, and the score at the minimum, by newton-cholesky. Where a fold takes more than 100 steps,
"orders" are the scores after each fold's rows were learned in twenty other orders, which is the same problem with other roundings.

    python lines.py
    python lines.py --orders    adds "orders" to what is there
"""
import json
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from synthcity.plugins.core.dataloader import GenericDataLoader

HERE = Path(__file__).parent


def encoded(name):
    return GenericDataLoader(pd.read_csv(HERE / "seeds" / f"{name}.csv.gz")).encode()[0]


def detection(name, order=0, **args):
    """_evaluate_detection_generic of the peer, which keeps the steps to itself, with the rows to be learned in some order; 0 is the peer's."""
    real, fake = encoded(name.split("_")[0] + "_real"), encoded(name)
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


path = HERE / "lines.json"
all = json.loads(path.read_text()) if path.exists() else {}
old = all.get(sklearn.__version__, {}).get("pairs", {})
rows = {}
for name in ("A_ctgan", "A_gpt2", "A_distilgpt", "A_dialogpt", "B1_ctgan", "B1_gpt2", "B1_dialogpt", "B1_distilgpt", "student_tvae"):
    if "--orders" in sys.argv:
        rows[name] = old[name]
    else:
        score, steps = detection(name)
        rows[name] = dict(score=score, steps=steps, minimum=detection(name, solver="newton-cholesky", tol=1e-8)[0])
    if max(rows[name]["steps"]) > 100:
        rows[name]["orders"] = [detection(name, order)[0] for order in range(1, 21)]
versions = dict(scipy=scipy.__version__, numpy=np.__version__)
all[sklearn.__version__] = all.get(sklearn.__version__, versions) if "--orders" in sys.argv else versions
all[sklearn.__version__]["pairs"] = rows
path.write_text(json.dumps(all, indent=1, sort_keys=True) + "\n")
