"""Golden numbers of XGBoost for boost_test.go. Run once in an environment with each version:

    python boost.py exact > boost_exact.json     # xgboost 1.7.6: requirements-xgboost1.txt
    python boost.py hist > boost_hist.json       # xgboost 3.2.0: requirements-xgboost3.txt
    python boost.py hist > boost_hist2.json      # xgboost 2.1.4: requirements-xgboost2.txt
    python boost.py approx > boost_approx2.json  # xgboost 2.1.4
    python boost.py model > boost_model_X.json   # 1.7.6, 2.1.4 and 3.2.0

The real tables lie in DATA; each is coded as boost_test.go codes it.
"""
import csv, json, os, sys
import numpy as np
import xgboost as xgb
from sklearn.metrics import r2_score, roc_auc_score

DATA = os.environ.get("DATA", "../../../../shared/data")
TABLES = [  # file, target, classes
    ("student-mat.csv", "G3", 0),
    ("dropout.csv", "Target", 3),
    ("adult.csv", "income", 2),
    ("california_housing.csv", "median_house_value", 0),
    ("paperB1_oulad10pct.csv", "final_result", 4),
]
ROWS = 3000


def column(words):
    try:
        return np.array([np.nan if w == "" else float(w) for w in words])
    except ValueError:
        kinds = sorted(set(words))
        return np.array([float(kinds.index(w)) for w in words])


def table(name, target):
    text = open(os.path.join(DATA, name), encoding="utf-8-sig").read()
    lines = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.split("\n")[0] else ","))
    head, lines = lines[0], lines[1:ROWS + 1]
    cols = {h: column([l[j] for l in lines]) for j, h in enumerate(head)}
    y = cols.pop(target)
    x = np.column_stack(list(cols.values()))
    test = np.arange(len(y)) % 4 == 3
    return x[~test], y[~test], x[test], y[test]


def made(n, gaps, kinds, classes, seed):
    """A table that boost_test.go makes from the same formula."""
    s = seed
    def draw():
        nonlocal s
        s = (s * 1103515245 + 12345) % 2**31
        return s >> 8
    x, y = np.zeros((n, 4)), np.zeros(n)
    for i in range(n):
        for j in range(4):
            x[i, j] = draw() % kinds
            if gaps and draw() % 10 == 0:
                x[i, j] = np.nan
        a = sum((j + 1) * v for j, v in enumerate(x[i]) if v == v) + draw() % kinds
        y[i] = int(a / (11 * kinds) * classes) if classes else a / 16
    return x, y


def params(classes, **more):
    p = dict(max_depth=6, eta=0.3, nthread=2, verbosity=0, seed=0)
    p["objective"] = "reg:squarederror" if classes == 0 else "binary:logistic" if classes == 2 else "multi:softprob"
    if classes > 2:
        p["num_class"] = classes
    p.update(more)
    return p


def fit(x, y, classes, rounds, **more):
    return xgb.train(params(classes, **more), xgb.DMatrix(x, y), rounds)


def score(y, p, classes):
    if classes == 0:
        return r2_score(y, p)
    if classes == 2:
        return roc_auc_score(y, p)
    return float(np.mean([roc_auc_score(y == k, p[:, k]) for k in range(classes)]))


def rounded(p):
    return [float("%.8g" % v) for v in np.asarray(p, dtype=np.float64).ravel()]


def parity(method, base):
    out = {"xgboost": xgb.__version__, "made": [], "tables": []}
    for gaps in (0, 1):
        for kinds in (6, 200):
            for classes in (0, 2, 3):
                x, y = made(400, gaps, kinds, classes, 1 + classes)
                b = fit(x[:300], y[:300], classes, 20, tree_method=method, **base)
                out["made"].append(dict(gaps=gaps, kinds=kinds, classes=classes, p=rounded(b.predict(xgb.DMatrix(x[300:])))))
    x, y = made(400, 1, 50, 0, 9)
    for more in (dict(gamma=20.0), dict(min_child_weight=30.0), dict(**{"lambda": 5.0}), dict(max_depth=2), dict(eta=0.05)):
        b = fit(x[:300], y[:300], 0, 20, tree_method=method, **base, **more)
        out["made"].append(dict(gaps=1, kinds=50, classes=0, seed=9, more=more, p=rounded(b.predict(xgb.DMatrix(x[300:])))))
    for name, target, classes in TABLES:
        x, y, tx, ty = table(name, target)
        p = fit(x, y, classes, 100, tree_method=method, **base).predict(xgb.DMatrix(tx))
        scores = []
        for seed in range(10):
            b = fit(x, y, classes, 100, tree_method=method, subsample=0.8, **base, **{"seed": seed})
            scores.append(score(ty, b.predict(xgb.DMatrix(tx)), classes))
        out["tables"].append(dict(file=name, target=target, classes=classes, rows=len(x) + len(tx),
                                  score=score(ty, p, classes), p=rounded(p[:20]), low=min(scores), high=max(scores)))
    return out


def models():
    out = {"xgboost": xgb.__version__, "models": []}
    for classes in (0, 2, 3):
        for kind in ("numbers", "categories"):
            x, y = made(300, 1, 12, classes, 4 + classes)
            more = {"tree_method": "hist"}
            types = None
            if kind == "categories":
                types = ["c", "q", "c", "q"]
                more["max_cat_to_onehot"] = 4 if classes else 20
            b = xgb.train(params(classes, max_depth=3, **more), xgb.DMatrix(x[:200], y[:200], feature_types=types, enable_categorical=True), 4)
            d = xgb.DMatrix(x[200:], feature_types=types, enable_categorical=True)
            out["models"].append(dict(classes=classes, kind=kind, model=b.save_raw("json").decode(),
                                      p=rounded(b.predict(d)), margin=rounded(b.predict(d, output_margin=True)),
                                      shap=rounded(b.predict(xgb.DMatrix(x[200:220], feature_types=types, enable_categorical=True), pred_contribs=True))))
    return out


if __name__ == "__main__":
    if sys.argv[1] == "exact":
        out = parity("exact", {})
    elif sys.argv[1] in ("hist", "approx"):
        out = parity(sys.argv[1], {})
    else:
        out = models()
    json.dump(out, sys.stdout, separators=(",", ":"))
    print()
