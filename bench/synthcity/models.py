"""Times the metrics that teach models, and Sinkhorn, of synthcity and of eval/synthcity, in turns, on the same 10,000 x 30 rows.

    go test -c -o synthcity.test ./eval/synthcity
    OMP_NUM_THREADS=2 GOMAXPROCS=2 python bench/synthcity/models.py [--rounds 3] [--out FILE] [--cpu] ./synthcity.test [METRIC...]

Run it with the Python that has synthcity. 0.2.10 (with xgboost 1.7) is timed against our 0.2.10, any other against our 0.2.12. FILE gets
one more table in Markdown, with the lowest and highest of each side and the load of the machine when a metric's turns began. With --cpu
both have one thread, and what counts is the processor's time, not the clock's: for a machine that others use, too. Ours has the start
of the process and the making of the tables in it then.
"""
import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import torch
from synthcity.metrics import eval_detection, eval_performance, eval_statistical
from synthcity.plugins.core.dataloader import GenericDataLoader
from synthcity.version import __version__ as peer

sys.path.insert(0, str(Path(__file__).parents[1] / "gemm"))
from run import processor  # noqa: E402

torch.set_num_threads(2)
METRICS = {
    "detection.detection_xgb": eval_detection.SyntheticDetectionXGB,
    "detection.detection_gmm": eval_detection.SyntheticDetectionGMM,
    "detection.detection_linear": eval_detection.SyntheticDetectionLinear,
    "detection.detection_mlp": eval_detection.SyntheticDetectionMLP,
    "performance.xgb": eval_performance.PerformanceEvaluatorXGB,
    "performance.linear_model": eval_performance.PerformanceEvaluatorLinear,
    "performance.mlp": eval_performance.PerformanceEvaluatorMLP,
    "stats.wasserstein_dist": eval_statistical.WassersteinDistance,
}


def mixed(rows, seed, loose, cols=30):
    """mixedTable of paper_test.go."""
    u = np.random.RandomState(seed).random_sample((rows, cols + 2))
    out = {}
    for j in range(cols):
        v = u[:, j] + (.5, 1, 2)[j % 3] * u[:, cols + j % 2] * loose
        v = (v, np.floor(100 * v), np.floor(3 * v), np.floor(40 * v * v), (v > 1).astype(float))[j % 5]
        out["ABC"[j // 10] + str(j % 10)] = v if j % 5 == 0 else v.astype(int)
    return pd.DataFrame(out)


def loaders():
    """As Metrics.evaluate hands them to the metrics."""
    real, fake = mixed(10_000, 1, 1), mixed(10_000, 2, .97)
    x, s = GenericDataLoader(real), GenericDataLoader(fake)
    if peer == "0.2.10":
        x, s = x.encode()[0], s.encode()[0]
    else:
        encoders = GenericDataLoader(pd.concat([real, fake])).encode()[1]
        x, s = x.encode(encoders)[0], s.encode(encoders)[0]
    return x.sample(len(x)), s.sample(len(s))


def theirs(name, x, s, folds):
    with tempfile.TemporaryDirectory() as d:
        m = METRICS[name](workspace=Path(d), use_cache=False, n_folds=folds)
        clock = time.process_time if a.cpu else time.perf_counter
        begin = clock()
        value = list(m.evaluate(x, s).values())[0]
        return clock() - begin, float(value)


def ours(binary, name):
    name = ("0.2.10" if peer == "0.2.10" else "0.2.12") + "/" + name
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pattern = "^BenchmarkModels$/^" + name.replace("/", "$/^") + "$"
    out = subprocess.run([binary, "-test.run=^$", "-test.bench=" + pattern, "-test.benchtime=1x"], capture_output=True, text=True, check=True,
                         cwd=Path(__file__).parents[2] / "eval/synthcity").stdout
    m = re.search(r"\s1\s+(\d+) ns/op\s+(\S+) score", out)
    if a.cpu:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime, float(m[2])
    return int(m[1]) / 1e9, float(m[2])


args = argparse.ArgumentParser()
args.add_argument("binary")
args.add_argument("metrics", nargs="*", default=list(METRICS))
args.add_argument("--rounds", type=int, default=3)
args.add_argument("--out")
args.add_argument("--cpu", action="store_true")
a = args.parse_args()
if a.cpu:
    torch.set_num_threads(1)
    if not os.environ.get("OMP_NUM_THREADS") == os.environ.get("GOMAXPROCS") == "1":
        sys.exit("--cpu needs OMP_NUM_THREADS=1 and GOMAXPROCS=1")
x, s = loaders()
folds = 3 if peer == "0.2.10" else 5
head = f"synthcity {peer}, xgboost {version('xgboost')}, scikit-learn {version('scikit-learn')}, {folds} folds, {'1 thread, seconds of the processor' if a.cpu else '2 threads'}; medians of {a.rounds}"
print(head)
lines = [f"{processor()}; {head}.\n", "| metric | peer, s | lowest, highest | Cohort, s | lowest, highest | times | peer's score | Cohort's | load |",
         "|---|---|---|---|---|---|---|---|---|"]
for name in a.metrics:
    t, o, load = [], [], os.getloadavg()[0]
    for _ in range(a.rounds):
        o.append(ours(a.binary, name))
        try:
            t.append(theirs(name, x, s, folds))
        except Exception as e:
            t.append((float("nan"), float("nan")))
            print(name, "peer:", str(e)[:100])
    mine, peers = statistics.median(v[0] for v in o), statistics.median(v[0] for v in t)
    print(f"{name:28} ours {mine:7.3f} s ({o[0][1]:.6f})   theirs {peers:7.3f} s ({t[0][1]:.6f})   {peers / mine:5.1f}x", flush=True)
    lines.append(f"| {name} | {peers:.2f} | {min(t)[0]:.2f}, {max(t)[0]:.2f} | {mine:.3f} | {min(o)[0]:.3f}, {max(o)[0]:.3f} | {peers / mine:.1f} "
                 f"| {t[0][1]:.6f} | {o[0][1]:.6f} | {load:.1f} |")
if a.out:
    with open(a.out, "a") as f:
        print("\n".join(lines) + "\n", file=f)
