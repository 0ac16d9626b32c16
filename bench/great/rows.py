#!/usr/bin/env python3
"""Rows a second of be_great's loop and of ours at equal model, alternated, every run printed and the ratio of the medians at the end.

    python rows.py FOLDER --python PEER/bin/python --cohort PROGRAM [--set student-mat] [--rounds 3] [--rows 256] [--threads 2]

FOLDER is of folder.py. Its weights are random, so that the peer's filter keeps nothing: its rows are counted before the filter, which is
to its favour. Ours are whole tables of --rows valid rows: from a process that writes them the time of one that writes one row is taken.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "ctgan"))
from common import parser, plain  # noqa: E402


def main():
    p = parser(__doc__)
    p.add_argument("folder")
    p.add_argument("--python", required=True)
    p.add_argument("--cohort", required=True)
    p.add_argument("--set", default="student-mat")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--rows", type=int, default=256)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    train = plain(a, a.set)
    env = os.environ | {"GOMAXPROCS": str(a.threads), "OMP_NUM_THREADS": str(a.threads)}

    def call(args):
        start = time.perf_counter()
        out = subprocess.run(args, env=env, check=True, capture_output=True, text=True).stdout
        return out, time.perf_counter() - start

    with tempfile.TemporaryDirectory() as folder:
        model, table = os.path.join(folder, "m.cohort"), os.path.join(folder, "t.csv")
        call([a.cohort, "fit", train, "--weights", a.folder, "--steps", "1", "--no-rules", "--force", "-o", model])

        def seconds(n):
            return call([a.cohort, "sample", model, "-n", str(n), "--force", "-o", table])[1]

        peer, ours = [], []
        for i in range(a.rounds):
            out, _ = call([a.python, os.path.join(HERE, "peer.py"), "rows", train, a.folder, "--rounds", "1", "--threads", str(a.threads)])
            peer.append(json.loads(out.strip().splitlines()[-1])["rows_per_second"])
            one = seconds(1)
            ours.append((a.rows - 1) / (seconds(a.rows) - one))
            print(f"round {i}: be_great {peer[-1]:.2f} rows/s, cohort {ours[-1]:.2f} rows/s", flush=True)
    print(f"median: {statistics.median(peer):.2f} and {statistics.median(ours):.2f} rows/s: {statistics.median(ours) / statistics.median(peer):.2f}x")


if __name__ == "__main__":
    main()
