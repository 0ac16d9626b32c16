#!/usr/bin/env python3
"""Judges synthetic tables of a set and prints one line of JSON each. Run in the environment ctgan of setup.sh.

    python judge.py SET TRAIN TEST SYN... [--threads 1]

shapes, pairs     SDMetrics QualityReport: column shapes, column pair trends; real = train
auc_test, its sd  xgboost tells unseen rows from as many synthetic ones: 3 draws of 5 folds
auc_train, its sd the same against the rows learned: 5 folds
The measures are those of bench/quality (measures.py there), with the same settings and seeds. columns.json says which columns are
categories. Rows beyond as many as train has are cut off. Everything drawn has a fixed seed: one table, one line.
"""
import argparse
import json
import os
import sys
import time
import warnings
from importlib.metadata import version

from common import HERE, columns

sys.path.append(os.path.join(os.path.dirname(HERE), "quality"))
import measures  # noqa: E402
from split import read, typed  # noqa: E402

VERSIONS = {p: version(p) for p in ("sdmetrics", "xgboost", "scikit-learn", "pandas", "numpy")}


class Parts:
    """What measures.py wants to know of a set."""

    def __init__(self, name, train, test):
        self.kinds = columns(name)
        order = list(read(train).columns)
        self.columns = {c: {"kind": "cat" if c in self.kinds["category"] else "num"} for c in order}
        self.train, self.test = (typed(read(p), self.columns, p, {}) for p in (train, test))

    def cats(self):
        return [c for c in self.columns if self.columns[c]["kind"] == "cat"]

    def nums(self):
        return [c for c in self.columns if self.columns[c]["kind"] == "num"]


def judge(parts, path, threads):
    start, notes = time.time(), {}
    syn = typed(read(path).iloc[:len(parts.train)], parts.columns, path, notes)
    likeness, two = measures.likeness(parts, syn), measures.two_sample(parts, syn, threads)
    out = {"rows": len(syn), "shapes": likeness["shapes"], "pairs": likeness["pairs"],
           "auc_test": two["xgb_auc_test"], "auc_test_sd": two["xgb_auc_test_sd"],
           "auc_train": two["xgb_auc"], "auc_train_sd": two["xgb_auc_sd"]}
    out = {k: round(float(v), 5) if k != "rows" else v for k, v in out.items()}
    return out | {k: v for k, v in notes.items() if v} | {"judge_seconds": round(time.time() - start, 1)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("set")
    p.add_argument("train")
    p.add_argument("test")
    p.add_argument("syn", nargs="+")
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    warnings.simplefilter("ignore")
    parts = Parts(a.set, a.train, a.test)
    for path in a.syn:
        print(json.dumps({"set": a.set, "file": os.path.basename(path)} | judge(parts, path, a.threads) | {"judge": VERSIONS}), flush=True)


if __name__ == "__main__":
    main()
