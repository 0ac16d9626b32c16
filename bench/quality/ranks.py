"""Mean ranks of generators over sets and measures, among those that pass the closest-pairs test, and where ours is behind the best of them.

    python ranks.py [--peers FOLDER] [--scores FOLDER] [--ours auto]

Five measures: the distance of either AUC from .5, the gap, pair trends, column shapes. On each set a generator that fails the closest-pairs test (p of
.05 or less, or in more than a fifth of its seeds) is left out; one without a table of a set has no rank there, and only those that have all sets are
listed first. Ours stands once, without protection: the program's default, which on student-mat is trees. independent (columns drawn by
themselves), copy_train and holdout are no generators. Needs nothing but Python.
"""
import argparse
import statistics

from sets import PEERS, SETS
from table import FEWEST, SCORES, pick, rows

MEASURES = [  # title, key in the scores, from its value to one that is better the smaller it is
    ("AUC unseen", ("c2st", "xgb_auc_test"), lambda x: abs(x - 0.5)),
    ("AUC learned", ("c2st", "xgb_auc"), lambda x: abs(x - 0.5)),
    ("gap", ("tstr", "gap_mean"), lambda x: max(x, 0)),
    ("pair trends", ("sdm", "pairs"), lambda x: 1 - x),
    ("column shapes", ("sdm", "shapes"), lambda x: 1 - x),
]
NO_GENERATORS = {"independent", "copy_train", "holdout"}
FEW_PERSONS = {"student-mat"}  # here the default is trees


def passes(seeds):
    """At most one seed of five remembers."""
    found = [s["closest"]["p"] for s in seeds if "p" in s.get("closest", {}) and s["closest"]["people"] >= FEWEST]
    return sum(p <= 0.05 for p in found) <= len(found) / 5


def field(peers, scores, name, model):
    """{generator: its seeds' scores} of a set; ours is "cohort"."""
    mine = ("trees" if model == "auto" and name in FEW_PERSONS else model) + "-protect0"
    out = {}
    for (row, options), seeds in rows(peers, scores, name).items():
        if not options and row not in NO_GENERATORS:
            out[row] = seeds
        elif row == mine:
            out["cohort"] = seeds
    return out


def values(seeds, keys, turned):
    return [turned(v) for v in (pick(s, keys) for s in seeds) if v is not None]


def ranks(found):
    """{generator: its place}; those alike share the mean of their places."""
    order = sorted(found.values())
    return {g: (order.index(v) + 1 + len(order) - order[::-1].index(v)) / 2 for g, v in found.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", default=PEERS, metavar="FOLDER")
    p.add_argument("--scores", default=SCORES, metavar="FOLDER")
    p.add_argument("--ours", default="auto", metavar="MODEL")
    a = p.parse_args()
    places, behind, out = {}, [], []
    for name in SETS:
        every = field(a.peers, a.scores, name, a.ours)
        some = {g: seeds for g, seeds in every.items() if passes(seeds)}
        out += [f"{name}: {g} fails the closest-pairs test" for g in every if g not in some]
        for title, keys, turned in MEASURES:
            found = {g: v for g, seeds in some.items() if (v := values(seeds, keys, turned))}
            mean = {g: statistics.mean(v) for g, v in found.items()}
            for g, place in ranks(mean).items():
                places.setdefault(g, {})[name, title] = place
            rest = [v for g, v in mean.items() if g != "cohort"]
            if "cohort" in found and rest and mean["cohort"] > min(rest):
                v = found["cohort"]
                error = statistics.stdev(v) / len(v) ** 0.5 if len(v) > 1 else float("nan")
                best = min((g for g in mean if g != "cohort"), key=mean.get)
                far = (mean["cohort"] - mean[best]) / error if error else float("inf")
                behind.append(f"| {name} | {title} | {mean['cohort']:.4f} | {mean[best]:.4f} ({best}) | {far:.1f} |")
    whole = {g for g, x in places.items() if {n for n, _ in x} == set(SETS)}
    print("| generator | mean rank | " + " | ".join(t for t, *_ in MEASURES) + " | sets |\n" + "|---" * (len(MEASURES) + 3) + "|")
    for g in sorted(places, key=lambda g: (g not in whole, statistics.mean(places[g].values()))):
        by = [statistics.mean(x) if (x := [p for (_, t), p in places[g].items() if t == title]) else None for title, *_ in MEASURES]
        print(f"| {g} | {statistics.mean(places[g].values()):.2f} | " + " | ".join("–" if x is None else f"{x:.2f}" for x in by)
              + f" | {len({n for n, _ in places[g]})} of {len(SETS)} |")
    print("\n" + "\n".join(out))
    print("\nBehind the best peer that passes (distance from the ideal; the last column in standard errors of our mean, peers were run once):\n\n"
          "| set | measure | cohort | best peer | behind by |\n|---|---|---|---|---|\n" + "\n".join(behind))


if __name__ == "__main__":
    main()
