"""Times synthcity's metrics beside ours on the same pair of tables: python speed.py [ROWS]

Needs a Python with synthcity (0.2.10 or 0.2.12) and the go command; run it in the repository. The tables have 30 columns: 20 numbers, some
of them whole, and 10 of words. Both sides get two threads and score the pair from the encoded tables on, without caches. The peer's
alpha precision also trains a one-class net, which we leave out; "naive" is its alpha precision without the net.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "GOMAXPROCS"]:
    os.environ[name] = "2"

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
with redirect_stdout(io.StringIO()):
    import torch
    from synthcity.metrics import eval_privacy, eval_sanity, eval_statistical
    from synthcity.plugins.core.dataloader import GenericDataLoader
import synthcity.logger as log

torch.set_num_threads(2)
log.remove()


def table(rows, seed):
    r = np.random.RandomState(seed)
    hidden = r.standard_normal((rows, 4))
    columns = {}
    for j in range(30):
        x = hidden @ r.standard_normal(4) / 2 + 0.5 * r.standard_normal(rows)
        if j < 10:
            columns[f"c{j}"] = x
        elif j < 20:
            columns[f"c{j}"] = np.round(x * 20).astype(int)
        else:
            columns[f"c{j}"] = [f"w{v}" for v in np.digitize(x, [-1, -0.5, 0, 0.5, 1, 1.5])]
    return pd.DataFrame(columns)


def best(call, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def peer(real, synthetic, work):
    real, synthetic = (GenericDataLoader(x).encode()[0] for x in (real, synthetic))
    times = {}
    for m, key in [
        (eval_sanity.NearestSyntheticNeighborDistance, "mean"), (eval_statistical.JensenShannonDistance, "marginal"),
        (eval_statistical.ChiSquaredTest, "marginal"), (eval_statistical.KolmogorovSmirnovTest, "marginal"),
        (eval_statistical.MaximumMeanDiscrepancy, "joint"), (eval_statistical.PRDCScore, "precision"),
        (eval_statistical.AlphaPrecision, "delta_precision_alpha_naive"), (eval_privacy.kAnonymization, "gt"),
    ]:
        times[f"{m.fqdn()}.{key}"] = best(lambda: m(workspace=work, use_cache=False).evaluate(real, synthetic), 1)
    alpha = eval_statistical.AlphaPrecision(workspace=work, use_cache=False)
    a, b = (x.to_numpy() for x in alpha._normalize_covariates(real, synthetic))
    times["naive"] = best(lambda: alpha.metrics(a, b))
    identify = eval_privacy.IdentifiabilityScore(workspace=work, use_cache=False)
    times["privacy.identifiability_score.score"] = best(lambda: identify._compute_scores(real, synthetic))
    return times


def ours(paths):
    command = ["go", "test", "./eval/synthcity", "-run", "^$", "-bench", "Tier1", "-benchtime", "3x", "-args", "-pair", ",".join(paths)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {m[1]: float(m[2]) / 1e9 for m in re.finditer(r"BenchmarkTier1/(\S+?)(?:-\d+)?\s+\d+\s+([\d.e+]+) ns/op", text)}


rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
real, synthetic = table(rows, 1), table(rows, 2)
with tempfile.TemporaryDirectory() as work:
    work = Path(work)
    real.to_csv(work / "real.csv", index=False)
    synthetic.to_csv(work / "synthetic.csv", index=False)
    ours_s, peer_s = ours([str(work / "real.csv"), str(work / "synthetic.csv")]), peer(real, synthetic, work)
print(f"{rows} rows, synthcity {version('synthcity')}, 2 threads\n\n| metric | peer, s | Cohort, s | times |\n|---|---|---|---|")
for key, seconds in peer_s.items():
    mine = ours_s["stats.alpha_precision.delta_precision_alpha_naive" if key == "naive" else key]
    label = "alpha precision without the net" if key == "naive" else key
    print(f"| {label} | {seconds:.3f} | {mine:.3f} | {seconds / mine:.1f} |")
