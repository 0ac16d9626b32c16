"""The real rows of set A as synthcity 0.2.10 gave them to its performance metrics, for TestPaperNumber: 20 % of student-mat.csv,
coded, shuffled, and of those the 80 % that are folded. Run in the environment of requirements-xgboost3.txt:

    python paper.py > paper.json
"""
import csv, json, os, sys
import numpy as np

DATA = os.environ.get("DATA", "../../../../shared/data")
lines = list(csv.reader(open(os.path.join(DATA, "student-mat.csv")), delimiter=";"))
rows = [lines[1:][i] for i in np.random.RandomState(0).permutation(395)[:79]]
columns = []
for j in range(33):
    words = [r[j] for r in rows]
    try:
        v = [int(w) for w in words]
    except ValueError:
        v = words
    kinds = sorted(set(v))
    if isinstance(v[0], str) or len(kinds) < 15:
        v = [kinds.index(w) for w in v]
    columns.append(v)
x = np.array(columns).T[np.random.RandomState(0).permutation(79)]
x = x[np.random.RandomState(0).permutation(79)[16:]]
json.dump({"numpy": np.__version__, "published": 0.7175021972268173, "rows": x.tolist()}, sys.stdout, separators=(",", ":"))
print()
