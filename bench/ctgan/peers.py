#!/usr/bin/env python3
"""Makes the peers' tables for the comparison of quality and judges each; can be stopped and started again.

    nohup setsid python peers.py [--scratch FOLDER] [--only ctgan] > /dev/null 2>&1 &

One after another at the lowest priority, with two threads. Five seeds of student-mat and paperB1 for either package, one of the larger
sets; synthcity on dropout and adult10k is cut to as many epochs as take about 10 minutes (epochs_asked in the results where it was).
Existing tables and judgements are not made again; --force makes them anew. SCRATCH/log.txt tells what happens; the numbers go to
quality-peers.json. fit_seconds there depend on what else the machine did: timing.py is for measuring time.
The tables of SDV's wrapper that lie in PEERS/peers are judged, too, as sdv_wrapper.
"""
import json
import os
import subprocess
import time

from common import HERE, judged, load, parser

FIVE = range(5)
JOBS = ([("ctgan", s, n, []) for s in ("student-mat", "paperB1") for n in FIVE]
        + [("synthcity", "student-mat", n, []) for n in FIVE]
        + [("ctgan", s, 0, []) for s in ("dropout", "adult10k")]
        + [("synthcity", "paperB1", n, []) for n in range(3)]
        + [("synthcity", s, 0, ["--cap", "600"]) for s in ("dropout", "adult10k")]
        + [("synthcity", "paperB1", n, []) for n in (3, 4)])
WRAPPER = [("sdv_wrapper", s, 0) for s in ("student-mat", "paperB1", "dropout", "adult")]
# Threads that wait shall sleep, not spin: beside other work, at the lowest priority, one fit had taken eight times as long as alone.
PATIENT = os.environ | {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
RESULTS = os.path.join(HERE, "quality-peers.json")


def main():
    p = parser(__doc__)
    p.add_argument("--only", help="this package")
    p.add_argument("--force", action="store_true", help="make and judge again what is there")
    a = p.parse_args()
    os.nice(19)
    os.makedirs(a.scratch, exist_ok=True)
    log_path = os.path.join(a.scratch, "log.txt")

    def log(text):
        with open(log_path, "a") as f:
            f.write(time.strftime("%m-%d %H:%M:%S ") + text + "\n")

    def done(maker, name, seed):
        return not a.force and any((e["maker"], e["set"], e["seed"]) == (maker, name, seed) for e in load(RESULTS))

    def judge(maker, name, seed, path, more):
        out = judged(a, python("ctgan"), path, name, seed, maker, RESULTS, more)
        log(f"  judged {maker} {name} seed {seed}: " + " ".join(f"{k} {out[k]}" for k in ("shapes", "pairs", "auc_test", "auc_train")))

    def python(package):
        return os.path.join(a.scratch, package, "bin", "python")

    def make(package, name, seed, options):
        path = os.path.join(a.scratch, "out", package, name, f"seed{seed}.csv.gz")
        told = path.replace(".csv.gz", ".json")
        if a.force or not (os.path.exists(path) and os.path.exists(told)):
            log(f"start {package} {name} seed {seed}")
            run = subprocess.run([python(package), os.path.join(HERE, "peer.py"), package, name, "--seed", str(seed), "--out", path,
                                  "--peers", a.peers, "--scratch", a.scratch, *options], capture_output=True, text=True, env=PATIENT)
            if run.returncode:
                raise RuntimeError((run.stderr.strip().splitlines() or ["?"])[-1])
            with open(told, "w") as f:
                f.write(run.stdout.strip().splitlines()[-1] + "\n")
        with open(told) as f:
            t = json.load(f)
        log(f"  made: fit {t['fit_seconds']} s, {t['epochs']} epochs, {t['critic_updates']}+{t['generator_updates']} updates")
        keep = ("fit_seconds", "epochs", "epochs_asked", "critic_updates", "generator_updates", "sample_seconds", "peak_mb", "versions")
        judge(package, name, seed, path, {k: t[k] for k in keep if k in t})

    for maker, name, seed in WRAPPER:
        path = os.path.join(a.peers, "peers", name, "sdv_ctgan.csv.gz")
        if not a.only and os.path.exists(path) and not done(maker, name, seed):
            judge(maker, name, seed, path, {})
    for package, name, seed, options in JOBS:
        if a.only not in (None, package) or done(package, name, seed):
            continue
        try:
            make(package, name, seed, options)
        except Exception as e:  # the next table does not depend on this one
            log(f"  FAILED {package} {name} seed {seed}: {e}")
    log("end")


if __name__ == "__main__":
    main()
