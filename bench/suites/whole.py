#!/usr/bin/env python3
"""Time and memory of two whole suites of "cohort check", sound and paper, and of what the paper's table takes synthcity; medians of 3.

    python bench/suites/whole.py [--rounds 3] [--peer 1] [--cohort PROGRAM] [--out FILE]

Needs Go and a machine on which nothing else runs. With --peer 1 (rounds; 0 is none) run it with the Python that has synthcity, whose turns
alternate with ours. Two threads for both.

The tables are those of synthcity/models.py: 10,000 rows and 30 columns about two hidden traits. The target is a number (column C8) or a
class (C9). Ours is the wall time of the process, reading the files and writing JSON included. The sound suite has 10,000 people set aside, without
whom most of it is not applicable; the paper suite has the sound SDIS beside it.
The peer's is Metrics.evaluate, inside Python, with the classes of metrics of the paper's table and nothing of its cache; it makes folds that
the table does not show. Memory is the peak resident set of the process; for Python with the imports.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "bench", "gemm"), os.path.join(ROOT, "bench", "ctgan")]

TARGETS = {"number": "C8", "class": "C9"}
BARS = {"sound": 4, "paper": 15}
METRICS = {"stats": ["wasserstein_dist", "jensenshannon_dist", "chi_squared_test", "alpha_precision"],
           "detection": ["detection_xgb", "detection_mlp", "detection_gmm"], "performance": ["linear_model", "mlp", "xgb"]}


def write(path, seed, loose, rows=10_000, cols=30):
    """mixedTable of eval/synthcity/paper_test.go."""
    import numpy as np
    import pandas as pd
    u = np.random.RandomState(seed).random_sample((rows, cols + 2))
    out = {}
    for j in range(cols):
        v = u[:, j] + (.5, 1, 2)[j % 3] * u[:, cols + j % 2] * loose
        v = (v, np.floor(100 * v), np.floor(3 * v), np.floor(40 * v * v), (v > 1).astype(float))[j % 5]
        out["ABC"[j // 10] + str(j % 10)] = v if j % 5 == 0 else v.astype(int)
    pd.DataFrame(out).to_csv(path, index=False)


def peer(real, fake, kind):
    """One turn of synthcity, in a process of its own: seconds and the package's version."""
    import time
    import warnings
    from pathlib import Path
    warnings.filterwarnings("ignore")
    import pandas as pd
    import torch
    from synthcity.metrics import Metrics
    from synthcity.plugins.core.dataloader import GenericDataLoader
    from synthcity.version import __version__ as version
    torch.set_num_threads(2)
    x, s = (GenericDataLoader(pd.read_csv(path), target_column=TARGETS[kind]) for path in (real, fake))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        Metrics.evaluate(x, s, metrics=METRICS, task_type="regression" if kind == "number" else "classification", workspace=Path(folder), use_cache=False)
        print(json.dumps([time.perf_counter() - start, f"synthcity {version}"]))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--peer", type=int, default=0)
    p.add_argument("--cohort")
    p.add_argument("--out", help="the Markdown file; default: results-whole-CPU.md here")
    a = p.parse_args()
    from run import processor
    from timing import process  # runs a program: its output, seconds and peak megabytes
    rows, version = [], ""
    with tempfile.TemporaryDirectory() as folder:
        program, real, fake = a.cohort, os.path.join(folder, "real.csv"), os.path.join(folder, "fake.csv")
        held = os.path.join(folder, "held.csv")
        if not program:
            program = os.path.join(folder, "cohort")
            subprocess.run(["go", "build", "-o", program, "./cmd/cohort"], cwd=ROOT, check=True)
        for path, seed, loose in ((real, 1, 1), (fake, 2, .97), (held, 3, 1)):  # in a process of its own: this one stays small
            subprocess.run([sys.executable, __file__, "--write", path, str(seed), str(loose)], check=True)
        os.environ |= {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
        for suite, kind in (("sound", "class"), ("sound", "number"), ("paper", "class"), ("paper", "number")):
            ours, theirs = [], []
            for turn in range(a.rounds):
                more = ["--holdout", held] if suite == "sound" else []
                ours.append(process([program, "check", real, fake, "--target", TARGETS[kind], "--suite", suite, "--json", *more], 2)[1:])
                if suite == "paper" and turn < a.peer:
                    text, _, memory = process([sys.executable, __file__, "--child", real, fake, kind], 2)
                    seconds, version = json.loads(text.strip().splitlines()[-1])
                    theirs.append((seconds, memory))
            middle = lambda turns, at: statistics.median(t[at] for t in turns)
            beside = f"{middle(theirs, 0):.1f} | {middle(theirs, 1):.0f} | {middle(theirs, 0) / middle(ours, 0):.1f}" if theirs else "| |"
            rows.append(f"| {suite} | {kind} | {middle(ours, 0):.2f} | {BARS[suite]} | {middle(ours, 1):.0f} | {beside} |")
            print(rows[-1], flush=True)
    head = (f"# Whole suites\n\n{processor()}, 2 threads; 10,000 x 30 mixed; {version or 'no peer'}; medians of {a.rounds} turns, of the peer {a.peer}. "
            "Made by `python bench/suites/whole.py`; see there for how.\n\n"
            "| suite | target | Cohort, s | bar, s | peak, MB | peer, s | peer's peak, MB | times as fast |\n|---|---|---|---|---|---|---|---|\n")
    chip = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    with open(a.out or os.path.join(HERE, f"results-whole-{chip}.md"), "w") as f:
        f.write(head + "\n".join(rows) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        peer(*sys.argv[2:5])
    elif sys.argv[1:2] == ["--write"]:
        write(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    else:
        main()
