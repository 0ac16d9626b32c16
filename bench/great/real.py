#!/usr/bin/env python3
"""The real runs: our GPT-2 from scratch, our Gaussian copula, and be_great from scratch for as long as ours took; all judged alike.

    python real.py FOLDER --python PEER/bin/python --judge JUDGE/bin/python --cohort PROGRAM [--sets student-mat,paperB1] [--time 20m]
                   [--seeds 0,1,2]

FOLDER is of folder.py, of the size that our program says on screen, for the peer to begin with. Splits are those of --peers, the judge is
that of ../ctgan. Results go to SCRATCH/great.json, one line each: pairs of cohort-great is to be above that of cohort-copula and of SDV's
Gaussian copula (sdv-copula, the table of --peers), auc_test not above that of be_great. Ours are made with every seed, be_great, which takes
longest, with the first. The likelihood of held-out cells beside independent columns is `go test ./transformer/great -long -v`.
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "ctgan"))
from common import judged, kinds, parser, plain, read  # noqa: E402


def main():
    p = parser(__doc__)
    p.add_argument("folder")
    p.add_argument("--python", required=True)
    p.add_argument("--judge", required=True)
    p.add_argument("--cohort", required=True)
    p.add_argument("--sets", default="student-mat,paperB1")
    p.add_argument("--time", default="20m")
    p.add_argument("--seeds", type=lambda text: [int(n) for n in text.split(",")], default=[0])
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    env = os.environ | {"GOMAXPROCS": str(a.threads), "OMP_NUM_THREADS": str(a.threads)}
    os.makedirs(a.scratch, exist_ok=True)

    def call(args):
        start = time.time()
        out = subprocess.run(args, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
        return out, time.time() - start

    def judge(path, name, maker, seed, more):
        print(maker, name, judged(a, a.judge, path, name, seed, maker, os.path.join(a.scratch, "great.json"), more), flush=True)

    def packed(base):
        with open(base + ".csv", "rb") as f, gzip.open(base + ".csv.gz", "wb") as g:
            shutil.copyfileobj(f, g)
        return base + ".csv.gz"

    def ours(name, model, seed):
        """The seconds that it learned for."""
        train, base = plain(a, name), os.path.join(a.scratch, "out", f"{model}-{name}-{seed}")
        _, learned = call([a.cohort, "fit", train, "--model", model, "--protect", "0", "--level", "research", *kinds(name), "--max-time", a.time,
                           "--seed", str(seed), "--no-rules", "--force", "-o", base + ".cohort"])
        _, written = call([a.cohort, "sample", base + ".cohort", "-n", str(len(read(train)[1])), "--seed", str(seed), "--force", "-o", base + ".csv"])
        judge(packed(base), name, "cohort-" + model, seed, {"fit_seconds": round(learned, 1), "sample_seconds": round(written, 1)})
        return learned

    os.makedirs(os.path.join(a.scratch, "out"), exist_ok=True)
    for name in a.sets.split(","):
        seconds = [ours(name, model, seed) for model in ("copula", "great") for seed in a.seeds]
        peer = os.path.join(a.peers, "peers", name, "sdv_gaussian_copula.csv.gz")
        if os.path.exists(peer):
            judge(peer, name, "sdv-copula", 0, {})
        base = os.path.join(a.scratch, "out", f"be_great-{name}")
        out, _ = call([a.python, os.path.join(HERE, "peer.py"), "fit", plain(a, name), a.folder, base + ".csv", "--seconds", str(seconds[len(a.seeds)])])
        more = json.loads(out.strip().splitlines()[-1])
        if more["rows"]:
            judge(packed(base), name, "be_great", a.seeds[0], more)
        else:
            print("be_great", name, "has written no row that its filter keeps", more, flush=True)


if __name__ == "__main__":
    main()
