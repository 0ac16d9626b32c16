#!/usr/bin/env python3
"""Is the time left that "cohort fit" shows true? Reads the events of several fits. Prints a Markdown table and saves it.

    python left.py [--sets student-mat,paperB1,dropout] [--cohort PROGRAM]

For each fit, of the progress events from 20 % of its time on:

strict    how many have a time left within 30 % of the time that learning then took, the last moments included
missed    the most seconds that were left in truth where that did not hold
loose     how many are within 30 % or within half a second, which is what anybody can see
worst     the greatest distance, by the true time left, or by half a second where less was left

The fits: preset sdv on student-mat, plus on paperB1, and plus on dropout with --max-time 20s. Other work on the machine that comes and goes
makes any forecast wrong.
"""
import json
import os
import subprocess
import tempfile
import time

from common import kinds, parser, plain
from ours import build
from timing import processor, save

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


def row(name, options, seen, end):
    late = [(left, end - at) for at, left in seen if at >= .2 * end]
    missed = [true for left, true in late if abs(left - true) > .3 * true]
    loose = sum(abs(left - true) <= max(.3 * true, .5) for left, true in late)
    worst = max((abs(left - true) / max(true, .5) for left, true in late), default=0)
    return (f"| {name} {' '.join(options)} | {end:.1f} | {len(late) - len(missed)} of {len(late)} | {max(missed, default=0):.1f} | "
            f"{loose} of {len(late)} | {worst:.0%} |")


def main():
    p = parser(__doc__)
    p.add_argument("--sets", default=",".join(name for name, _ in FITS))
    p.add_argument("--cohort", help="the program; without it, it is built")
    p.add_argument("--out", help="the Markdown file; default: results-CPU.md here")
    a = p.parse_args()
    cohort, load, rows = a.cohort or build(a), os.getloadavg()[0], []
    for name, options in FITS:
        if name not in a.sets.split(","):
            continue
        with tempfile.TemporaryDirectory() as folder:
            seen, end = events(cohort, a, name, options, folder)
        rows.append(row(name, options, seen, end))
        print(rows[-1], flush=True)
    title = "## Time left"
    section = (f"{title}\n\n`python bench/ctgan/left.py`: {processor()}, {os.cpu_count()} cores; {time.strftime('%Y-%m-%d')}. Events from 20 % of the "
               f"time on whose time left is within 30 % of the truth (strict), or within half a second (loose). Load before the start: {load:.1f}.\n\n"
               "| fit | learned in, s | strict | missed with so many s left, at most | loose | worst |\n" + "|---" * 6 + "|\n" + "\n".join(rows) + "\n")
    print("\n" + section)
    save(a, title, section)


if __name__ == "__main__":
    main()
