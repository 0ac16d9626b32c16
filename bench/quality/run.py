"""Builds cohort, learns every set with protection off and on, judges what it writes and prints the table of table.py.

    python run.py [--sets a,b] [--protect 0,5] [--seeds 1,2,3] [--model trees] [--target | --no-target] [--threads N]

One JSON file for each cell, in scores/SET/. A cell whose table came out the same as the one judged before is not judged again:
a run that was stopped goes on where it was, and a change of the program is judged by the same command. The closest-pairs test
of the peers' tables, which have all other scores already, is added once.
"""
import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

import table
from closest import closest
from judge import VERSIONS, common, errors, judge, names, rounded, write
from sets import HERE, SETS
from split import BadFile, Split, one_line, read, typed

SCRATCH = os.path.join(HERE, "scratch")


class Failed(Exception):
    """A program that did not do its work. The text says which, in one line."""


def call(args, threads):
    try:
        p = subprocess.run(args, cwd=os.path.join(HERE, "..", ".."), env=os.environ | {"GOMAXPROCS": str(threads)},
                           capture_output=True, text=True, encoding="utf-8", errors="replace")
    except OSError as e:
        raise Failed(f"{args[0]} can't be started: {e.strerror}") from None
    if p.returncode:
        raise Failed(f"{os.path.basename(args[0])} {args[1]} ended with {p.returncode}: {one_line(p.stderr)}")
    return p.stdout


def build(threads):
    program = os.path.join(SCRATCH, "cohort.exe" if os.name == "nt" else "cohort")
    call(["go", "build", "-trimpath", "-buildvcs=false", "-o", program, "./cmd/cohort"], threads)
    return program


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def stored(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def unpack(split):
    path = os.path.join(SCRATCH, split.name + ".csv")
    with gzip.open(os.path.join(split.folder, "train.csv.gz")) as src, open(path, "wb") as dst:
        shutil.copyfileobj(src, dst)
    return path


def cell(a, split, train, protect, seed):
    """One table: the seed is that of learning and of sampling, so another seed is another model and other rows."""
    options = ["--model", a.model, "--protect", str(protect)] + (["--target", split.target] if a.target else [])
    name = f"{a.model}-protect{protect}-seed{seed}"
    path = os.path.join(a.scores, split.name, name + ".json")
    model, csv = os.path.join(SCRATCH, split.name + ".cohort"), os.path.join(SCRATCH, f"{split.name}-{name}.csv")
    what, end = f"{split.name} {' '.join(options)} --seed {seed}", ["--seed", str(seed), "--force", "--quiet"]
    start = time.time()
    call([a.cohort, "fit", train, "-o", model] + options + end, a.threads)
    call([a.cohort, "sample", model, "-o", csv] + end, a.threads)
    made = time.time()
    old, sha = stored(path), digest(csv)
    if old.get("sha256") == sha and old.get("judge") == VERSIONS and not errors(old):
        write(path, old | {"options": options})
        return say(f"{what}: made in {made - start:.1f} s, the same table as judged before")
    scores = judge(split, csv, a.threads)
    write(path, {"options": options, "seed": seed, "sha256": sha} | scores)
    say(f"{what}: made in {made - start:.1f} s, judged in {time.time() - made:.1f} s" + "".join(f"; {e}" for e in errors(scores)))


def peers(a, split):
    """The one score that the stored ones of the peers lack."""
    folder = os.path.join(a.peers, "peers", split.name)
    for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        name, ending = file[:-7], file[-7:]
        path = os.path.join(a.scores, split.name, name + ".json")
        if ending != ".csv.gz" or "closest" in stored(path):
            continue
        text = read(os.path.join(folder, file))
        typed(text, split.columns, file, {})
        write(path, stored(path) | {"set": split.name, "file": file, "closest": rounded(closest(split, text))})
        say(f"{split.name} {name}: closest pairs")


def whole(text):
    """Whole numbers, comma separated."""
    return [int(n) for n in text.split(",")]


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    p = common(__doc__)
    p.add_argument("--sets", type=names(SETS), default=SETS)
    p.add_argument("--protect", type=whole, default=[0, 5])
    p.add_argument("--seeds", type=whole, default=[1, 2, 3])
    p.add_argument("--model", default="trees")
    p.add_argument("--target", action=argparse.BooleanOptionalAction, help="pass the set's target to cohort fit (default: where it has that option)")
    p.add_argument("--cohort", metavar="FILE", help="a built program (default: builds ./cmd/cohort)")
    p.add_argument("--scores", default=table.SCORES, metavar="FOLDER", help="default: scores/ beside this script")
    a = p.parse_args()
    os.makedirs(SCRATCH, exist_ok=True)
    try:
        a.cohort = os.path.abspath(a.cohort) if a.cohort else build(a.threads)
        if a.target is None:
            a.target = "--target" in call([a.cohort, "help", "fit"], a.threads)
        for name in a.sets:
            split = Split(a.peers, name)
            train = unpack(split)
            for protect in a.protect:
                for seed in a.seeds:
                    cell(a, split, train, protect, seed)
            peers(a, split)
    except (BadFile, Failed, OSError) as e:
        sys.exit(f"run: {one_line(e)}")
    except KeyboardInterrupt:
        sys.exit("run: stopped; the same command goes on")
    print(table.render(a.peers, a.scores, sets=a.sets))


if __name__ == "__main__":
    main()
