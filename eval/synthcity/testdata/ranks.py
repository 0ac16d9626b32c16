"""Makes ranks-VERSION.json: feat_rank_distance of synthcity VERSION, 0.2.10 with xgboost 1.7.6 or 0.2.12 with 2.1.4, and a package shap from 0.45
on, of the pairs in seeds/ by several targets; null where the peer raises an error or takes random numbers. "kendall" are kendalltau's
answers to small lists. The environment is requirements-VERSION.txt.

    python ranks.py
"""
import json
import platform
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import scipy
import shap
import xgboost
from scipy.stats import kendalltau
from synthcity.metrics import eval_performance
from synthcity.plugins.core.dataloader import GenericDataLoader
import synthcity.version

HERE = Path(__file__).parent
VERSION = synthcity.version.__version__
assert {"0.2.10": "1.7.6", "0.2.12": "2.1.4"}[VERSION] == xgboost.__version__


def read(name, target):
    return GenericDataLoader(pd.read_csv(HERE / "seeds" / f"{name}.csv.gz"), target_column=target)


def ranks(name, target):
    x, s = read(name.split("_")[0] + "_real", target), read(name, target)
    task = "classification"
    if VERSION == "0.2.10":
        x, s = x.encode()[0], s.encode()[0]
    else:
        encoders = x.decorate(pd.concat([x.dataframe(), s.dataframe()])).encode()[1]
        x, s = x.encode(encoders)[0], s.encode(encoders)[0]
        if x.sample(min(len(x), len(s))).train().dataframe()[target].nunique() >= 5:
            task = "regression"
    n = min(len(x), len(s))
    scores = []
    for random in (1, 2):  # where the peer compares with random numbers, these differ
        np.random.seed(random)
        with tempfile.TemporaryDirectory() as d:
            metric = eval_performance.FeatureImportanceRankDistance(workspace=Path(d), use_cache=False, random_state=0, task_type=task)
            try:
                r = metric.evaluate(x.sample(n), s.sample(n))
            except Exception as e:
                print(name, target, str(e)[:100])
                return None
            scores.append([float(r["corr"]), float(r["pvalue"])])
    return scores[0] if scores[0] == scores[1] else None


def small(n, values, seed):
    r = np.random.RandomState(seed)
    x, y = r.randint(0, values, n), r.randint(0, values, n)
    if values > 1000:
        y = x + r.randint(0, values // 3, n)
    t = kendalltau(x, y)
    return dict(x=x.tolist(), y=y.tolist(), tau=float(t.statistic), p=float(t.pvalue))


out = dict(
    versions=dict(synthcity=VERSION, xgboost=xgboost.__version__, shap=shap.__version__, scipy=scipy.__version__,
                  numpy=np.__version__, python=platform.python_version()),
    pairs=[dict(pair=p, target=t, scores=ranks(p, t)) for p, targets in (
        ("A_ctgan", ("G3", "sex", "Mjob", "internet")), ("A_gpt2", ("sex", "reason")), ("B1_ctgan", ("final_result",)), ("B1_gpt2", ("age_band",)))
        for t in targets],
    kendall=[small(*a) for a in ((2, 10**6, 1), (5, 10**6, 1), (12, 10**6, 2), (33, 10**6, 3), (34, 10**6, 4), (20, 4, 5), (80, 6, 6))]
    + [dict(x=list(range(40)), y=[1, 0] + list(range(2, 40)), tau=float(kendalltau(range(40), [1, 0] + list(range(2, 40))).statistic),
            p=float(kendalltau(range(40), [1, 0] + list(range(2, 40))).pvalue))],
)
(HERE / f"ranks-{VERSION}.json").write_text(json.dumps(out, indent=1) + "\n")
