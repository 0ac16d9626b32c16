#!/usr/bin/env python3
"""Makes our tables for the comparison of quality and judges each; can be stopped and started again.

    python ours.py [--preset sdv|synthcity|plus] [--sets student-mat,paperB1] [--seeds 0,1,2,3,4] [--cohort PROGRAM] [-- OPTIONS OF FIT]

cohort fit learns the training part with protection off, the columns' kinds of columns.json and the seed; cohort sample writes as many
rows with the same seed. The numbers go to quality-ours.json as cohort-PRESET (or --name). Without --cohort the program is built. An
existing table is made and judged again only with --force, which is what a changed program needs. SCRATCH/log-ours.txt tells what happens.
"""
import gzip
import os
import shutil
import subprocess
import sys
import time

from common import HERE, ROOT, judged, kinds, load, parser, plain, read

RESULTS = os.path.join(HERE, "quality-ours.json")


def build(a):
    path = os.path.join(os.path.abspath(a.scratch), "cohort")
    subprocess.run(["go", "build", "-trimpath", "-o", path, "./cmd/cohort"], cwd=ROOT, check=True)
    return path


def call(args, env=None):
    run = subprocess.run(args, capture_output=True, text=True, env=env)
    if run.returncode:
        raise RuntimeError(f"cohort {args[1]} ended with {run.returncode}: " + " ".join(run.stderr.split())[-300:])
    return run.stdout


def main():
    argv, more = sys.argv[1:], []
    if "--" in argv:
        argv, more = argv[:argv.index("--")], argv[argv.index("--") + 1:]
    p = parser(__doc__)
    p.add_argument("--preset", default="sdv")
    p.add_argument("--model", default="ctgan", help="another model has no preset: to try the script")
    p.add_argument("--name", help="of the maker in the results")
    p.add_argument("--sets", default="student-mat,paperB1")
    p.add_argument("--seeds", default="0,1,2,3,4")
    p.add_argument("--cohort", help="the program")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--results", default=RESULTS)
    p.add_argument("--force", action="store_true")
    a = p.parse_args(argv)
    if hasattr(os, "nice"):
        os.nice(19)
    os.makedirs(a.scratch, exist_ok=True)
    cohort = a.cohort or build(a)
    preset = ["--preset", a.preset] if a.model == "ctgan" else []
    maker = a.name or "cohort-" + (a.preset if preset else a.model)
    env = os.environ | {"GOMAXPROCS": str(a.threads)}

    def log(text):
        print(text, flush=True)
        with open(os.path.join(a.scratch, "log-ours.txt"), "a") as f:
            f.write(time.strftime("%m-%d %H:%M:%S ") + text + "\n")

    for name in a.sets.split(","):
        train = plain(a, name)
        rows = len(read(train)[1])
        for seed in map(int, a.seeds.split(",")):
            if not a.force and any((e["maker"], e["set"], e["seed"]) == (maker, name, seed) for e in load(a.results)):
                continue
            base = os.path.join(a.scratch, "out", maker, name, f"seed{seed}")
            os.makedirs(os.path.dirname(base), exist_ok=True)
            start = time.time()
            call([cohort, "fit", train, "--model", a.model, *preset, "--protect", "0", "--level", "research", *kinds(name),
                  "--seed", str(seed), "--no-rules", "--force", "-o", base + ".cohort", *more], env)
            seconds = round(time.time() - start, 2)
            call([cohort, "sample", base + ".cohort", "-n", str(rows), "--seed", str(seed), "--force", "-o", base + ".csv"], env)
            with open(base + ".csv", "rb") as f, gzip.open(base + ".csv.gz", "wb") as g:
                shutil.copyfileobj(f, g)
            os.remove(base + ".csv")
            out = judged(a, os.path.join(a.scratch, "ctgan", "bin", "python"), base + ".csv.gz", name, seed, maker, a.results,
                         {"fit_seconds": seconds} | ({"options": more} if more else {}))
            log(f"{maker} {name} seed {seed}: fit {seconds} s " + " ".join(f"{k} {out[k]}" for k in ("shapes", "pairs", "auc_test", "auc_train")))


if __name__ == "__main__":
    main()
