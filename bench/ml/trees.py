"""Times trees against scikit-learn and xgboost: 10,000 rows, 30 columns of numbers and categories, 2 threads.

    python bench/ml/trees.py [rounds]

Each round runs the peer and then `go test -bench`, in processes of their own; medians are printed. speed is how many times as
fast as the peer. "fit" is fit alone, "both" adds the prediction of the same rows.
"""
import json, os, statistics, subprocess, sys, tempfile, time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NAMES = ["forest", "hist", "hist-numbers", "tree", "exact"]
ENV = dict(os.environ, OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2", GOMAXPROCS="2")


def make(path):
    import numpy as np
    r = np.random.default_rng(1)
    n = 10_000
    a, b = r.standard_normal(n), r.standard_normal(n)
    number = a + a * b + r.standard_normal(n) / 2
    columns = []
    for c in range(30):
        v = (a * (c % 3) + b * ((c + 1) % 3)) / 2 + 0.3 * r.standard_normal(n)
        card = [2, 3, 5, 12, 40][c // 2 % 5]
        if c % 2:
            v = np.floor(card / (1 + np.exp(-v))) * 7 % card
        elif c % 3 == 0:
            v = np.round(10 * v)
        columns.append(v)
    np.savetxt(path, np.column_stack(columns + [number > 0, number]), delimiter=",", fmt="%.9g")


def peer(path):
    import numpy as np
    import sklearn
    import xgboost as xgb
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.tree import DecisionTreeClassifier
    t = np.loadtxt(path, delimiter=",")
    x, k, y = t[:, :30], t[:, 30], t[:, 31]
    makers = {
        "forest": (lambda: RandomForestClassifier(n_jobs=2, random_state=0), k),
        "tree": (lambda: DecisionTreeClassifier(random_state=0), k),
        "hist": (lambda: xgb.XGBClassifier(n_jobs=2, tree_method="hist"), k),
        "hist-numbers": (lambda: xgb.XGBRegressor(n_jobs=2, tree_method="hist"), y),
        "exact": (lambda: xgb.XGBClassifier(n_jobs=2, tree_method="exact"), k),
    }
    out = {}
    for name, (new, target) in makers.items():
        fits, asks = [], []
        for _ in range(4):
            begin = time.perf_counter()
            m = new().fit(x, target)
            middle = time.perf_counter()
            m.predict(x)
            fits.append(middle - begin)
            asks.append(time.perf_counter() - middle)
        out[name] = [min(fits[1:]), min(asks[1:])]  # the first warms up
    print(json.dumps({"times": out, "versions": f"scikit-learn {sklearn.__version__}, xgboost {xgb.__version__}"}))


def ours(path, binary):
    text = subprocess.run([binary, "-test.run=^$", "-test.bench=^BenchmarkTrees$", "-test.benchtime=5x", "-test.count=3"], env=dict(ENV, COHORT_TREES_TABLE=path),
                          cwd=os.path.join(ROOT, "eval", "ml"), check=True, capture_output=True, text=True).stdout
    out = {n: [1e9, 1e9] for n in NAMES}
    for line in text.splitlines():
        if line.startswith("BenchmarkTrees/"):
            words = line.split()
            name, what = words[0].removeprefix("BenchmarkTrees/").split("/")
            at = 0 if what.startswith("fit") else 1
            out[name][at] = min(out[name][at], float(words[2]) / 1e9)
    return out


def main(rounds):
    with tempfile.TemporaryDirectory() as folder:
        path, binary = os.path.join(folder, "table.csv"), os.path.join(folder, "ml.test")
        make(path)
        subprocess.run(["go", "test", "-c", "-o", binary, "./eval/ml"], cwd=ROOT, check=True)
        theirs, own = [], []
        for _ in range(rounds):
            p = json.loads(subprocess.run([sys.executable, __file__, "--peer", path], env=ENV, check=True, capture_output=True, text=True).stdout)
            theirs.append(p["times"])
            own.append(ours(path, binary))
        print(p["versions"], f"{rounds} rounds")
        print(f"{'':14}{'':6}{'peer ms':>10}{'here ms':>10}{'speed':>8}")
        for n in NAMES:
            for what, pick in (("fit", lambda t: t[0]), ("both", sum)):
                a = statistics.median(pick(t[n]) for t in theirs)
                b = statistics.median(pick(t[n]) for t in own)
                print(f"{n:14}{what:6}{1000 * a:10.1f}{1000 * b:10.1f}{a / b:8.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
