#!/usr/bin/env python3
"""Time and memory of a fit, and rows a second of a sample, of a peer and of Cohort, alternated; medians of 3. Writes a Markdown file.

    python timing.py [--peer ctgan|synthcity] [--sets student-mat,paperB1] [--rounds 3] [--part 0.1] [--cohort PROGRAM]

Needs setup.sh, and a machine on which nothing else runs. Two threads for both (GOMAXPROCS; OMP_NUM_THREADS and torch's own).

fit      peer: fit(), measured inside Python, without imports and reading the file, the preparation of the table included.
         Cohort: wall time of the process "cohort fit", reading the file and writing the model included.
         Work: ctgan 300 epochs, batch 500; synthcity 2,000 epochs, batch 200, its early stopping off, and the evaluations for it, too.
         --part 0.1 makes both do a tenth of the epochs; it is said in the result.
updates  of generator and critic, counted on either side: times compare only where the numbers do.
memory   peak resident set of the process (wait4), for Python with the imports; "imports" is what it has before the fit.
sample   100,000 rows. peer: sample() or generate(), inside Python, in the process of the fit. Cohort: wall time of the process
         "cohort sample", reading the model and writing the CSV included.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from common import HERE, kinds, parser, plain
from ours import build

sys.path.append(os.path.join(os.path.dirname(HERE), "gemm"))
from run import processor  # noqa: E402

WORK = {"ctgan": ("sdv", 300, 500, "student-mat,paperB1,dropout,adult"), "synthcity": ("synthcity", 2000, 200, "student-mat,paperB1")}
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10


def process(args, threads):
    """Standard output, wall seconds and peak megabytes of a program. This script imports little: a child's peak is never below
    what its parent had when it was started."""
    env = os.environ | {"GOMAXPROCS": str(threads)}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(args, stdout=out, stderr=err, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        text, wrong = out.read().decode(), err.read().decode()
    if child.returncode:
        raise RuntimeError(f"{os.path.basename(args[0])} ended with {child.returncode}: " + ((text + wrong).strip().splitlines() or [""])[-1][:200])
    return text, seconds, usage.ru_maxrss / MEGABYTE


def updates_of(trace):
    """(critic, generator) updates that the trace of a fit tells of: each line is one of each, unless it was rolled back."""
    with open(trace) as f:
        steps = sum(line.rstrip().endswith(",false") for line in f)
    return steps, steps


def ours(a, cohort, name, epochs, folder):
    preset, _, batch, _ = WORK[a.peer]
    model, table = os.path.join(folder, "m.cohort"), os.path.join(folder, "t.csv")
    trace = os.path.join(folder, "trace.csv")
    what = ["--preset", preset, "--epochs", str(epochs), "--batch", str(batch), "--trace", trace] if a.model == "ctgan" else []
    _, seconds, memory = process([cohort, "fit", plain(a, name), "--model", a.model, *what, "--protect", "0", "--level", "research",
                                     *kinds(name), "--no-rules", "--json", "--force", "-o", model], a.threads)
    _, sampled, _ = process([cohort, "sample", model, "-n", str(a.rows), "--force", "-o", table], a.threads)
    return {"fit": seconds, "memory": memory, "updates": updates_of(trace) if what else None, "rate": a.rows / sampled}


def peer(a, name, epochs):
    more = ["--no-stop"] if a.peer == "synthcity" else []
    text, _, memory = process([os.path.join(a.scratch, a.peer, "bin", "python"), os.path.join(HERE, "peer.py"), a.peer, name,
                               "--epochs", str(epochs), "--threads", str(a.threads), "--sample", str(a.rows),
                               "--peers", a.peers, "--scratch", a.scratch, *more], a.threads)
    r = json.loads(text.strip().splitlines()[-1])
    return {"fit": r["fit_seconds"], "memory": memory, "imports": r["peak_mb_after_import"], "versions": r["versions"],
            "updates": (r["critic_updates"], r["generator_updates"]), "rate": r["sampled"] / max(r["sampled_seconds"], .01)}


def median(runs, key):
    return statistics.median(r[key] for r in runs) if runs else None


def cell(x, form="{:.1f}"):
    return "–" if x is None else form.format(x)


def spread(runs, key):
    return f" ({min(r[key] for r in runs):.1f}–{max(r[key] for r in runs):.1f})" if len(runs) > 1 else ""


def row(name, epochs, theirs, mine):
    f, g = median(theirs, "fit"), median(mine, "fit")
    updates = lambda runs: "–" if not runs or not runs[0]["updates"] else "{:,} + {:,}".format(*runs[0]["updates"])
    times = lambda x, y: cell(None if None in (x, y) else x / y)
    s, t = median(theirs, "rate"), median(mine, "rate")
    memory = f"{cell(median(theirs, 'memory'), '{:.0f}')} (imports {cell(median(theirs, 'imports'), '{:.0f}')})"
    return (f"| {name} | {epochs} | {cell(f)}{spread(theirs, 'fit')} | {cell(g)}{spread(mine, 'fit')} | {times(f, g)} | {updates(theirs)} | "
            f"{updates(mine)} | {memory} | {cell(median(mine, 'memory'), '{:.0f}')} | {cell(s, '{:,.0f}')} | {cell(t, '{:,.0f}')} | {times(t, s)} |")


def main():
    p = parser(__doc__)
    p.add_argument("--peer", choices=WORK, default="ctgan")
    p.add_argument("--sets", help="default: " + "; ".join(f"{k}: {v[3]}" for k, v in WORK.items()))
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rows", type=int, default=100000, help="to sample")
    p.add_argument("--part", type=float, default=1, help="this part of the epochs")
    p.add_argument("--cohort", help="the program; without it, it is built")
    p.add_argument("--model", default="ctgan", help="another model has no epochs: to try the script")
    p.add_argument("--only", choices=["ours", "peer"], help="leave the other out")
    p.add_argument("--out", help="the Markdown file; default: results-CPU.md here, one section for each peer")
    a = p.parse_args()
    cohort = None if a.only == "peer" else a.cohort or build(a)
    epochs = max(1, round(WORK[a.peer][1] * a.part))
    rows, notes, versions, load = [], [], {}, os.getloadavg()[0]
    if load > 0.3:
        print(f"timing: the load is {load:.1f}: something else runs, these times will mean little", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        for name in (a.sets or WORK[a.peer][3]).split(","):
            theirs, mine = [], []
            for i in range(a.rounds):
                for who, runs, run in (("peer", theirs, lambda: peer(a, name, epochs)), ("ours", mine, lambda: ours(a, cohort, name, epochs, folder))):
                    if a.only in (None, who):
                        try:
                            runs.append(run())
                            print(name, i, who, runs[-1], flush=True)
                        except RuntimeError as e:
                            notes.append(f"{name}: {e}")
                            print(notes[-1], flush=True)
            versions = theirs[0]["versions"] if theirs else versions
            rows.append(row(name, epochs, theirs, mine))
    title = f"## {a.peer}" + (f", {a.part:g} of the epochs" if a.part != 1 else "")
    head = (f"{title}\n\n{processor()}, {os.cpu_count()} cores, {a.threads} threads; " + ", ".join(f"{k} {v}" for k, v in versions.items())
            + f"; {time.strftime('%Y-%m-%d')}. Medians of {a.rounds}, least and most in brackets"
            + (f"; with --model {a.model}, a trial" if a.model != "ctgan" else "")
            + f". Load before the start: {load:.1f}.\n\n| set | epochs | peer's fit, s | Cohort's, s | times faster | peer's updates, critic + generator | "
            "Cohort's | peer's memory, MB | Cohort's | peer's rows/s | Cohort's | times faster |\n" + "|---" * 12 + "|\n")
    section = head + "\n".join(rows) + "\n" + "".join(f"\n- failed: {n}" for n in dict.fromkeys(notes)) + ("\n" if notes else "")
    print("\n" + section)
    save(a, title, section)


def save(a, title, section):
    """Puts the section into the file in the place of an older one of this title."""
    chip = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    path = a.out or os.path.join(HERE, f"results-{chip}.md")
    text = ("# Fit and sample beside the peers\n\nMade by `python bench/ctgan/timing.py`, but for sections that name another script; see there for "
            "what is measured.\n")
    if os.path.exists(path):
        with open(path) as f:
            text = f.read()
    parts = [x for x in re.split(r"(?m)^(?=## )", text) if not x.startswith(title + "\n")]
    with open(path, "w") as f:
        f.write("\n".join(x.rstrip("\n") + "\n" for x in parts + [section]))


if __name__ == "__main__":
    main()
