#!/usr/bin/env python3
"""Is our preset as good as its peer? Prints a Markdown table; ends with 1 where it is not.

    python parity.py [cohort-sdv ctgan] [--ours FILE] [--theirs FILE]         (default: both pairs that there are numbers of)

For each set and measure: mean and standard deviation over the seeds of either side, the difference of the means, and the bound
2 sqrt(s1^2/n1 + s2^2/n2), which two makers that do the same exceed in about 1 of 12 cells with five seeds each. "ok": the difference is
within the bound. "not, better" and "not, worse" say which way it is not; only worse makes the program end with 1. The last line
counts all three: a preset that is better than its package is no copy of it, either. For shapes and pairs more is better, for the AUCs less.
"""
import argparse
import os
import statistics
import sys

from common import HERE, load

MEASURES = {"shapes": 1, "pairs": 1, "auc_test": -1, "auc_train": -1}
PAIRS = [("cohort-sdv", "ctgan"), ("cohort-synthcity", "synthcity")]


def values(entries, maker, name, measure):
    return [e[measure] for e in entries if (e["maker"], e["set"]) == (maker, name)]


def compare(mine, theirs, sign):
    """Mean and sd of either side, difference, bound, verdict; None where a side has fewer than two seeds."""
    if min(len(mine), len(theirs)) < 2:
        return None
    m, t = statistics.mean(mine), statistics.mean(theirs)
    s, u = statistics.stdev(mine), statistics.stdev(theirs)
    bound = 2 * (s * s / len(mine) + u * u / len(theirs)) ** 0.5
    verdict = "ok" if abs(m - t) <= bound else "not, better" if (m - t) * sign > 0 else "not, worse"
    return m, s, t, u, m - t, bound, verdict


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("pair", nargs="*", help="our maker and the peer")
    p.add_argument("--ours", default=os.path.join(HERE, "quality-ours.json"))
    p.add_argument("--theirs", default=os.path.join(HERE, "quality-peers.json"))
    a = p.parse_args()
    if len(a.pair) not in (0, 2):
        p.error("name our maker and the peer, or neither")
    ours, theirs = load(a.ours), load(a.theirs)
    worse = better = compared = 0
    print("| set | measure | ours | sd | seeds | peer | sd | seeds | difference | bound | |\n|---|---|---|---|---|---|---|---|---|---|---|")
    for maker, peer in [tuple(a.pair)] if a.pair else PAIRS:
        for name in dict.fromkeys(e["set"] for e in ours if e["maker"] == maker):
            for measure, sign in MEASURES.items():
                x, y = values(ours, maker, name, measure), values(theirs, peer, name, measure)
                c = compare(x, y, sign)
                head = f"| {name}, {maker} / {peer} | {measure}"
                if c is None:
                    print(f"{head} | | | {len(x)} | | | {len(y)} | | | too few seeds |")
                    continue
                compared += 1
                worse += c[-1] == "not, worse"
                better += c[-1] == "not, better"
                print(f"{head} | {c[0]:.4f} | {c[1]:.4f} | {len(x)} | {c[2]:.4f} | {c[3]:.4f} | {len(y)} | {c[4]:+.4f} | {c[5]:.4f} | {c[6]} |")
    if not compared:
        sys.exit("nothing to compare: run peers.py and ours.py")
    print(f"\n{compared} cells: {compared - worse - better} within the bound, {worse} outside on the worse side, {better} outside on the better side, "
          "where the preset is not its package's equal either, though the program does not fail for that.")
    sys.exit(worse > 0)


if __name__ == "__main__":
    main()
