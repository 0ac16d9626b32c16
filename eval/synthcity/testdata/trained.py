"""What synthcity says with learners that have no seed: python trained.py writes trained-VERSION.json, in the environment of
requirements-0.2.10-torch2.txt or requirements-0.2.12.txt. "pairs" are detection and performance of the pairs in seeds/ and of four in tables/;
"augmented" are tables of tables/ of which some real rows are those that were learned. detection_linear is in lines.json.
"""
import io
import json
import tempfile
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

import pandas as pd

warnings.filterwarnings("ignore")
with redirect_stdout(io.StringIO()):
    from synthcity.metrics import Metrics
    from synthcity.plugins.core.dataloader import GenericDataLoader

import synthcity.logger as log

log.remove()
here = Path(__file__).parent


def read(folder, name):
    return pd.read_csv(here / folder / f"{name}.csv.gz")


def evaluate(real, synthetic, metrics, train=None):
    x = GenericDataLoader(real)
    task = "regression" if x.encode()[0].train().dataframe().iloc[:, -1].nunique() >= 5 else "classification"
    tables = [x, GenericDataLoader(synthetic)]
    if train is not None:
        tables += [GenericDataLoader(train), None, GenericDataLoader(pd.concat([train, synthetic], ignore_index=True))]
    with tempfile.TemporaryDirectory() as work:
        table = Metrics.evaluate(*tables, metrics=metrics, task_type=task, workspace=Path(work), use_cache=False)
    return table["mean"].to_dict()


pairs = {}
metrics = {"detection": ["detection_xgb"], "performance": ["xgb", "linear_model"]}
for name in ("A_ctgan", "A_gpt2", "A_distilgpt", "A_dialogpt", "B1_ctgan", "B1_gpt2", "B1_distilgpt", "B1_dialogpt", "student_tvae"):
    pairs[name] = evaluate(read("seeds", name.split("_")[0] + "_real"), read("seeds", name), metrics)
for name in ("adult_sdv_ctgan", "california_sdv_gaussian_copula", "dropout_sdv_tvae", "paperB1_arf"):
    pairs[name] = evaluate(read("tables", name.split("_")[0]), read("tables", name), metrics)
augmented = {}
for name, learned in (("A_ctgan", 316), ("adult_sdv_ctgan", 250), ("dropout_sdv_tvae", 250), ("paperB1_arf", 200)):
    real = read("tables", name.split("_")[0])
    augmented[name] = dict(learned=learned, scores=evaluate(real[learned:].reset_index(drop=True), read("tables", name),
                                                            {"performance": ["xgb_augmentation", "linear_model_augmentation"]}, real[:learned]))
versions = {p: version(p) for p in ["synthcity", "xgboost", "scikit-learn", "scipy", "numpy", "pandas"]}
(here / f"trained-{versions['synthcity']}.json").write_text(json.dumps(dict(versions=versions, pairs=pairs, augmented=augmented), indent=1) + "\n")
