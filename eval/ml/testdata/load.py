"""Lets XGBoost read models that this package wrote, and compares the predictions:

    COHORT_MODELS=DIR go test -run TestModelsInFiles ./eval/ml && python load.py DIR      each of requirements-xgboost{1,2,3}.txt
"""
import glob, json, sys
import numpy as np
import xgboost as xgb
from boost import made

seen = 0
for path in sorted(glob.glob(sys.argv[1] + "/*.json")):
    want = json.load(open(path[:-5] + ".margin"))
    if want["wide"] and tuple(map(int, xgb.__version__.split(".")[:2])) < (3, 1):
        continue  # base scores that differ by class are new in 3.1
    classes = want["classes"]
    x, _ = made(300, 1, 12, classes, 4 + classes)
    b = xgb.Booster(model_file=path)
    types = ["c", "q", "c", "q"] if "categories" in path else None
    got = b.predict(xgb.DMatrix(x, feature_types=types, enable_categorical=True), output_margin=True)
    off = np.abs(got.ravel() - np.array(want["margin"])).max()
    assert off < 1e-6 * max(1, np.abs(got).max()), (path, off)
    seen += 1
print("xgboost", xgb.__version__, "reads", seen, "models")
assert seen >= 15
