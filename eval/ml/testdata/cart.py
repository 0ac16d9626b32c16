"""Golden numbers of scikit-learn and SHAP for cart_test.go and shap_test.go. Run once, in the environment of requirements-xgboost3.txt:

    python cart.py > cart.json
"""
import json, sys
import numpy as np
import shap
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from boost import TABLES, made, rounded, score, table


def predict(m, x, classes):
    if classes == 0:
        return m.predict(x)
    p = m.predict_proba(x)
    return p[:, 1] if classes == 2 else p


def accuracy(m, x, y, classes):
    return m.score(x, y)


def models(classes, seed, **more):
    if classes == 0:
        return DecisionTreeRegressor(random_state=seed, **more), RandomForestRegressor(n_estimators=20, random_state=seed, **more)
    return DecisionTreeClassifier(random_state=seed, **more), RandomForestClassifier(n_estimators=20, random_state=seed, **more)


out = {"sklearn": sklearn.__version__, "shap": shap.__version__, "made": [], "tables": []}
for gaps in (0, 1):
    for kinds in (6, 500):
        for classes in (0, 2, 3):
            for depth in (None, 3):
                x, y = made(400, gaps, kinds, classes, 1 + classes)
                tree, forest = models(classes, 7, max_depth=depth)
                tree.fit(x[:300], y[:300]); forest.fit(x[:300], y[:300])
                case = dict(gaps=gaps, kinds=kinds, classes=classes, depth=depth or 0,
                            leaves=int(tree.get_n_leaves()), tree=rounded(predict(tree, x[300:], classes)),
                            forest=rounded(predict(forest, x[300:], classes)),
                            importance=rounded(tree.feature_importances_), forestImportance=rounded(forest.feature_importances_))
                if depth == 3 and not gaps and kinds == 6:
                    e = shap.TreeExplainer(forest)
                    v = np.asarray(e.shap_values(x[300:320]))
                    case["shap"] = rounded(v)  # row, column and, for classes, class
                    case["expected"] = rounded(e.expected_value)
                out["made"].append(case)
for name, target, classes in TABLES:
    x, y, tx, ty = table(name, target)
    tree = models(classes, 3)[0].fit(x, y)
    kind = RandomForestClassifier if classes else RandomForestRegressor
    forests = [kind(random_state=s, n_jobs=2).fit(x, y) for s in range(20)]
    accuracies = [f.score(tx, ty) for f in forests]
    out["tables"].append(dict(file=name, target=target, classes=classes, rows=len(x) + len(tx), tree=tree.score(tx, ty),
                              treePredicted=rounded(tree.predict(tx)[:50]), forestPredicted=rounded(predict(forests[0], tx, classes)[:20]),
                              forest=accuracies[0], low=min(accuracies), high=max(accuracies),
                              scores=[score(ty, predict(f, tx, classes), classes) for f in forests[:1]]))
json.dump(out, sys.stdout, separators=(",", ":"))
print()
