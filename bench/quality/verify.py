"""Judges the peers' tables again and compares with their stored scores: do other versions, another machine, give the same?

    python verify.py [--sets a,b] [--only tabularargn,cart_synthpop_like] [--within 0.001] [--peers FOLDER] [--threads N]

Prints the greatest difference of every measure; exits 1 where one is above --within. The logistic regression of tstr
stops before it has converged: its last digits depend on the processor.
"""
import json
import os
import sys

from judge import common, errors, judge, names
from sets import SETS
from split import BadFile, Split, one_line

BLOCKS = ("sdm", "c2st", "tstr", "validity")


def numbers(scores, path=()):
    """The numbers of nested scores, by path."""
    out = {}
    for k, v in scores.items():
        if isinstance(v, dict):
            out |= numbers(v, path + (k,))
        elif isinstance(v, (int, float)):
            out[path + (k,)] = v
    return out


def compare(split, peers, name, threads):
    """Greatest difference by block, over the measures that both have."""
    with open(os.path.join(peers, "scores", split.name, name + ".json"), encoding="utf-8") as f:
        old = json.load(f)
    new = judge(split, os.path.join(peers, "peers", split.name, name + ".csv.gz"), threads)
    if errors(new):
        raise BadFile(f"{split.name} {name}: {'; '.join(errors(new))}")
    off = {}
    for b in BLOCKS:
        x, y = numbers(old[b]), numbers(new[b])
        if not set(y) <= set(x):
            raise BadFile(f"{split.name} {name}: the stored scores lack {set(y) - set(x)}")
        off[b] = max(abs(x[k] - y[k]) for k in y)
    return off


def main():
    p = common(__doc__)
    p.add_argument("--sets", type=names(SETS), default=SETS)
    p.add_argument("--only", type=lambda s: s.split(","), metavar="NAMES")
    p.add_argument("--within", type=float, default=0.001)
    a = p.parse_args()
    worst = 0.0
    try:
        for s in a.sets:
            split = Split(a.peers, s)
            files = sorted(f[:-7] for f in os.listdir(os.path.join(a.peers, "peers", s)) if f.endswith(".csv.gz"))
            for name in [f for f in files if not a.only or f in a.only]:
                off = compare(split, a.peers, name, a.threads)
                worst = max(worst, *off.values())
                print(f"{s:12} {name:20}", "  ".join(f"{b} {v:.5f}" for b, v in off.items()), flush=True)
    except (BadFile, OSError) as e:
        sys.exit(f"verify: {one_line(e)}")
    if worst > a.within:
        sys.exit(f"verify: {worst:.5f} is above {a.within}")


if __name__ == "__main__":
    main()
