"""Prints the scores as Markdown: cohort's cells by options, mean and spread over the seeds; the peers beside.

    python table.py [--peers FOLDER] [--scores FOLDER] [--only tabularargn,cart_synthpop_like]

Every other file of scores/SET is a row of its own, with the name of the file: judge.py -o scores/SET/NAME.json adds one.
Needs nothing but Python.
"""
import argparse
import json
import os
import re
import statistics
import sys

from sets import HERE, PEERS, SETS

SCORES = os.path.join(HERE, "scores")
FIRST = ["tabularargn", "cart_synthpop_like"]
LAST = ["independent", "copy_train", "holdout"]
CELL = re.compile(r"(.+-protect\d+)-seed\d+\.json")
COLUMNS = [  # title, block and key in the scores, decimals
    ("AUC unseen", ("c2st", "xgb_auc_test"), 3), ("AUC learned", ("c2st", "xgb_auc"), 3),
    ("gap", ("tstr", "gap_mean"), 3), ("gap xgb", ("tstr", "gap", "xgb"), 3), ("gap forest", ("tstr", "gap", "rf"), 3),
    ("gap linear", ("tstr", "gap", "linear"), 3), ("pair trends", ("sdm", "pairs"), 3), ("column shapes", ("sdm", "shapes"), 3),
    ("quality", ("sdm", "quality"), 3), ("invalid rows", ("validity", "invalid_rows"), 4), ("closest pairs p", ("closest", "p"), 3),
    ("mostlyai accuracy", ("qa", "accuracy", "overall"), 3), ("dcr share", ("qa", "distances", "dcr_share"), 3),
]
# What our tables are to reach without protection, by model: at most (<=), at least (>=).
BARS = {
    "trees-protect0": {
        "student-mat": {"AUC unseen": ("<=", 0.62), "AUC learned": (">=", 0.45), "gap": ("<=", 0.09), "pair trends": (">=", 0.78)},
        "paperB1": {"AUC unseen": ("<=", 0.58), "AUC learned": (">=", 0.45), "gap": ("<=", 0.03), "pair trends": (">=", 0.95)},
        "dropout": {"AUC unseen": ("<=", 0.65), "AUC learned": (">=", 0.45), "gap": ("<=", 0.03), "pair trends": (">=", 0.92)},
        "adult": {"AUC unseen": ("<=", 0.60), "AUC learned": (">=", 0.45), "gap": ("<=", 0.015), "pair trends": (">=", 0.95)},
    },
    "auto-protect0": {
        "student-mat": {"AUC unseen": ("<=", 0.57), "AUC learned": (">=", 0.45), "gap": ("<=", 0.04), "quality": (">=", 0.90)},
        "paperB1": {"AUC unseen": ("<=", 0.54), "AUC learned": (">=", 0.45), "gap": ("<=", 0.015), "quality": (">=", 0.97)},
        "dropout": {"AUC unseen": ("<=", 0.60), "AUC learned": (">=", 0.45), "gap": ("<=", 0.015), "quality": (">=", 0.94)},
        "adult": {"AUC unseen": ("<=", 0.56), "AUC learned": (">=", 0.45), "gap": ("<=", 0.015), "quality": (">=", 0.97)},
        "california": {"AUC unseen": ("<=", 0.60), "AUC learned": (">=", 0.45), "gap": ("<=", 0.05)},
    },
}
FEWEST = 5  # people among the closest pairs; with fewer the test can't tell
EVERY_SEED = {"AUC learned"}  # this bar holds for each seed, the others for the mean
COMPARED_WITH_ITSELF = {"AUC unseen", "gap", "gap xgb", "gap forest", "gap linear", "closest pairs p"}  # the row holdout


def load(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError) as e:
        sys.exit(f"table: {path}: can't be read: {e}")


def folder(path):
    """The scores of a folder by file, with what qa.py wrote beside one in its block qa."""
    files = sorted(os.listdir(path)) if os.path.isdir(path) else []
    out = {f: load(os.path.join(path, f)) for f in files if f.endswith(".json") and not f.endswith(".qa.json")}
    for f in out:
        if (beside := f[:-5] + ".qa.json") in files:
            out[f]["qa"] = load(os.path.join(path, beside))
    return out


def rows(peers, scores, name):
    """Lists of scores, one for each seed, by row; our own rows have a dash and "protect" in their key."""
    ours, theirs, out = folder(os.path.join(scores, name)), folder(os.path.join(peers, "scores", name)), {}
    for file, s in ours.items():
        if m := CELL.fullmatch(file):
            out.setdefault((m[1], " ".join(s["options"])), []).append(s)
    rest = {f[:-5]: theirs.get(f, {}) | ours.get(f, {}) for f in ours | theirs if not CELL.fullmatch(f)}
    order = FIRST + sorted(set(rest) - set(FIRST) - set(LAST)) + LAST
    return out | {(g, ""): [rest[g]] for g in order if g in rest}


def pick(s, keys):
    for k in keys:
        s = (s or {}).get(k)
    return s


def entry(name, row, title, keys, digits, all_seeds):
    values = [v for v in (pick(s, keys) for s in all_seeds) if v is not None]
    if not values or (row == "holdout" and title in COMPARED_WITH_ITSELF):
        return "–"
    if title == "closest pairs p":  # a mean of p values says nothing
        values = [s["closest"]["p"] if s["closest"]["people"] >= FEWEST else None for s in all_seeds if "p" in s.get("closest", {})]
        return " ".join("–" if v is None else f"{v:.{digits}f}" for v in values)
    mean = statistics.mean(values)
    text = f"{round(mean, digits) + 0.0:.{digits}f}"  # + 0.0: no -0.000
    if len(values) > 1:
        text += f" ± {statistics.stdev(values):.{digits}f}"
    if len(values) < len(all_seeds):
        text += f" in {len(values)} of {len(all_seeds)}"
    bars = BARS.get(row, {}).get(name, {})
    if title in bars:
        sign, bar = bars[title]
        met = mean <= bar if sign == "<=" else (min(values) if title in EVERY_SEED else mean) >= bar
        text += f" ({'≤' if sign == '<=' else '≥'} {bar:g}{'' if met else ', missed'})"
    return text


def section(name, found):
    one = next((s for seeds in found.values() for s in seeds if pick(s, ("tstr", "real_mean")) is not None), None)
    lines = [f"### {name}", ""]
    if one:
        metric = "AUC" if one["tstr"]["metric"] == "auc" else "R²"
        lines += [f"{one['rows_train']:,} rows to learn from; the gap is in {metric}, {one['tstr']['real_mean']:.3f} when taught by real rows.", ""]
    lines += ["| table | " + " | ".join(t for t, *_ in COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for (row, options), seeds in found.items():
        label = f"**cohort** `{options}`, {len(seeds)} seed{'s' * (len(seeds) > 1)}" if options else row
        lines.append(f"| {label} | " + " | ".join(entry(name, row, *c, seeds) for c in COLUMNS) + " |")
    return "\n".join(lines) + "\n"


def render(peers=PEERS, scores=SCORES, only=None, sets=SETS):
    out = []
    for name in sets:
        found = rows(peers, scores, name)
        if only:
            found = {k: v for k, v in found.items() if k[1] or k[0] in only}
        if found:
            out.append(section(name, found))
    if not out:
        sys.exit(f"table: there are no scores in {scores} nor in {os.path.join(peers, 'scores')}")
    return "\n".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", default=PEERS, metavar="FOLDER")
    p.add_argument("--scores", default=SCORES, metavar="FOLDER")
    p.add_argument("--only", type=lambda s: s.split(","), metavar="NAMES", help="of the rows that are not cohort's, these only")
    a = p.parse_args()
    print(render(a.peers, a.scores, a.only))


if __name__ == "__main__":
    main()
