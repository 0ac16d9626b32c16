"""Makes seeds.json: what synthcity 0.2.10 gives with 20 seeds of its learners (the folds are always those of seed 0) and with the learners that
have no seed, on the pairs in seeds/ and on four of tables/. Of the MLP's performance some pairs have more seeds: student_tvae, whose R2 are far
below 0 and heavy-tailed, and the two of which our first seed lay outside the range of 20. The environment is requirements-0.2.10-torch2.txt.

    python seeds.py PAIR...        runs these pairs (A_ctgan, ...) and writes them into seeds.json
"""
import copy
import hashlib
import json
import os
import platform
import sys
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import scipy
import sklearn
import torch
import xgboost
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from synthcity.metrics import eval_detection, eval_performance
from synthcity.plugins.core.dataloader import GenericDataLoader
from synthcity.plugins.core.models.mlp import MLP
import synthcity.version

torch.set_num_threads(1)
HERE = Path(__file__).parent
SEEDS = 20
MORE = {"student_tvae": 150, "A_ctgan": 100, "A_dialogpt": 100}  # seeds of performance_mlp
taught = {}


class OnceMLP(MLP):
    """The peer's MLP, which is not taught the same rows from the same seed again: for every fold of a performance the peer
    teaches it the synthetic rows anew, to the same end. Torch's generator is left as that end leaves it."""

    def __init__(self, n_units_in, n_units_out, **args):
        self.key = repr((n_units_in, n_units_out, sorted(args.items())))
        super().__init__(n_units_in, n_units_out, **args)

    def fit(self, X, y):
        key = self.key + hashlib.sha1(np.ascontiguousarray(X, dtype=float).tobytes() + np.ascontiguousarray(y, dtype=float).tobytes()).hexdigest()
        if key not in taught:
            super().fit(np.asarray(X), np.asarray(y))
            taught[key] = (copy.deepcopy(self.state_dict()), torch.get_rng_state())
        state, random = taught[key]
        self.load_state_dict(state)
        torch.set_rng_state(random)
        return self


def loaders(name):
    fake, real = HERE / "seeds" / f"{name}.csv.gz", HERE / "seeds" / f"{name.split('_')[0]}_real.csv.gz"
    if not fake.exists():
        fake, real = HERE / "tables" / fake.name, HERE / "tables" / f"{name.split('_')[0]}.csv.gz"
    x, _ = GenericDataLoader(pd.read_csv(real)).encode()
    s, _ = GenericDataLoader(pd.read_csv(fake)).encode()
    n = min(len(x), len(s))
    return x.sample(n), s.sample(n)


def run(name):
    x, s = loaders(name)
    out = {}
    with tempfile.TemporaryDirectory() as d:
        args = dict(workspace=Path(d), use_cache=False, random_state=0)
        detector = eval_detection.SyntheticDetectionXGB(**args)
        judge = eval_performance.PerformanceEvaluatorMLP(**args)

        def detection(model, **a):
            return detector._evaluate_detection_generic(model, x, s, **a)["mean"]

        def performance(clf, clf_args, reg, reg_args):
            return judge._evaluate_standard_performance(clf, clf_args, reg, reg_args, x, s)

        xgb = dict(n_jobs=2, verbosity=0, depth=3, random_state=0)
        out["detection_xgb"] = detection(xgboost.XGBClassifier, **xgb)
        out["detection_linear"] = detection(LogisticRegression, random_state=0, max_iter=10000)
        out["performance_xgb"] = performance(xgboost.XGBClassifier, xgb, xgboost.XGBRegressor, xgb)
        out["performance_linear"] = performance(LogisticRegression, dict(random_state=0), LinearRegression, {})
        out["detection_gmm"] = [detection(GaussianMixture, n_components=min(10, len(x)), random_state=i) for i in range(SEEDS)]
        out["detection_mlp"] = [detection(OnceMLP, task_type="classification", n_units_in=x.shape[1], n_units_out=2, random_state=i) for i in range(SEEDS)]
        mlp = [dict(n_units_in=x.shape[1] - 1, n_units_out=0, random_state=i) for i in range(MORE.get(name, SEEDS))]
        out["performance_mlp"] = [performance(OnceMLP, dict(a, task_type="classification"), OnceMLP, dict(a, n_units_out=1, task_type="regression")) for a in mlp]
    return out


path = HERE / "seeds.json"
all = json.loads(path.read_text()) if path.exists() else {"pairs": {}}
all["versions"] = dict(synthcity=synthcity.version.__version__, xgboost=xgboost.__version__, sklearn=sklearn.__version__, scipy=scipy.__version__,
                       torch=torch.__version__, numpy=np.__version__, pandas=pd.__version__, python=platform.python_version())
for name in sys.argv[1:]:
    all["pairs"][name] = run(name)
    path.write_text(json.dumps(all, indent=1) + "\n")
