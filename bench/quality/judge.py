"""Judges a synthetic table, whoever made it, against the real rows of a set and prints JSON.

    python judge.py SET FILE [-o OUT.json] [--peers FOLDER] [--threads N]

FILE: a header and the columns of the set in any order, comma separated, empty cell = missing; .csv or .csv.gz. README.md says
what the numbers mean.
"""
import argparse
import json
import os
import sys
import warnings
from importlib.metadata import version

import numpy as np
import threadpoolctl

import measures
from closest import closest
from sets import PEERS, SETS
from split import BadFile, Split, one_line, read, typed

VERSIONS = {p: version(p) for p in ("sdmetrics", "xgboost", "scikit-learn", "pandas", "numpy", "scipy")}


def judge(split, path, threads=1):
    """Scores of the table at path. A measure that can't be computed says so under "error"."""
    text = read(path)
    out = {"set": split.name, "file": os.path.basename(path), "rows": len(text), "rows_train": len(split.train)}
    text = text.iloc[:len(split.train)]
    syn = typed(text, split.columns, os.path.basename(path), out)
    steps = {
        "sdm": lambda: measures.likeness(split, syn),
        "c2st": lambda: measures.two_sample(split, syn, threads),
        "tstr": lambda: measures.usefulness(split, syn, threads),
        "validity": lambda: measures.validity(split, syn, text),
        "closest": lambda: closest(split, text),
    }
    with threadpoolctl.threadpool_limits(threads), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for name, step in steps.items():
            try:
                out[name] = step()
            except Exception as e:  # of five libraries, on any table; the other measures still count
                out[name] = {"error": f"{type(e).__name__}: {one_line(e)}"}
    return rounded(out) | {"judge": VERSIONS}


def errors(scores):
    return [f"{k}: {v['error']}" for k, v in scores.items() if isinstance(v, dict) and "error" in v]


def rounded(x):
    """Five decimals, and null for what is no number."""
    if isinstance(x, dict):
        return {k: rounded(v) for k, v in x.items()}
    if isinstance(x, (float, np.floating)):
        return round(float(x), 5) if np.isfinite(x) else None
    return x


def write(path, scores):
    """All or nothing: a run that is stopped leaves no half file."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as f:
        f.write(json.dumps(scores, indent=1, ensure_ascii=False) + "\n")
    os.replace(path + ".part", path)


def common(description):
    """The options that all scripts share."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", default=PEERS, metavar="FOLDER", help="has splits/, peers/ and scores/ (default: ../shared/peers beside the repository)")
    p.add_argument("--threads", type=int, default=1, help="default: 1; the scores are the same with more")
    return p


def names(known):
    """The type of an option that lists names, comma separated."""
    def parse(text):
        out = text.split(",")
        if set(out) - set(known):
            raise argparse.ArgumentTypeError(f"{text}: known are {','.join(known)}")
        return out
    return parse


def main():
    p = common(__doc__)
    p.add_argument("set", help="one of " + ", ".join(SETS))
    p.add_argument("file")
    p.add_argument("-o", metavar="OUT.json", help="default: standard output")
    a = p.parse_args()
    try:
        scores = judge(Split(a.peers, a.set), a.file, a.threads)
        if a.o:
            write(a.o, scores)
    except (BadFile, OSError) as e:
        sys.exit(f"judge: {one_line(e)}")
    if not a.o:
        print(json.dumps(scores, indent=1, ensure_ascii=False))
    if errors(scores):
        sys.exit(f"judge: {a.file}: not everything could be measured: {'; '.join(errors(scores))}")


if __name__ == "__main__":
    main()
