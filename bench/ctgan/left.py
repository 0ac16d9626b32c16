#!/usr/bin/env python3
"""Is the time left that "cohort fit" shows true? Reads the events of several fits. Writes nothing.

    python left.py [--cohort PROGRAM]

For each fit: from 20 % of its time on, the share of progress events whose time left is within 30 % of the time that learning then took (or
within half a second, at the very end), and the greatest distance. The fits: preset sdv on student-mat, plus on paperB1, and plus on dropout with
--max-time 20s. Other work on the machine that comes and goes makes any forecast wrong.
"""
import json
import os
import subprocess
import tempfile
import time

from common import kinds, parser, plain
from ours import build

FITS = [("student-mat", ["--preset", "sdv"]), ("paperB1", ["--preset", "plus"]), ("dropout", ["--preset", "plus", "--max-time", "20s"])]


def events(cohort, a, name, options, folder):
    """(seconds since the start, seconds left) of each event of learning, and when learning ended."""
    start, seen, end = time.time(), [], None
    args = [cohort, "fit", plain(a, name), "--model", "ctgan", *options, "--level", "research", *kinds(name), "--json", "--force", "-o",
            os.path.join(folder, "m.cohort")]
    with subprocess.Popen(args, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as p:
        for line in p.stderr:
            e = json.loads(line)
            if e.get("event") == "progress" and e.get("phase") == "learn":
                end = time.time() - start
                if e["left"] >= 0 and e["done"] < e["total"]:
                    seen.append((end, e["left"]))
    return seen, end


def main():
    p = parser(__doc__)
    p.add_argument("--cohort")
    a = p.parse_args()
    cohort = a.cohort or build(a)
    for name, options in FITS:
        with tempfile.TemporaryDirectory() as folder:
            seen, end = events(cohort, a, name, options, folder)
        late = [(at, left, end - at) for at, left in seen if at >= .2 * end]
        near = [abs(left - true) <= max(.3 * true, .5) for at, left, true in late]
        worst = max((abs(left - true) / max(true, .5) for at, left, true in late), default=0)
        print(f"{name} {' '.join(options)}: learned in {end:.1f} s; {sum(near)} of {len(near)} times left within 30 % of the truth, "
              f"the worst {worst:.0%} off", flush=True)


if __name__ == "__main__":
    main()
