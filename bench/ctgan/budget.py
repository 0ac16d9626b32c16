#!/usr/bin/env python3
"""Does "cohort fit --max-time" keep its time? Prints a Markdown table and saves it; ends with 1 where a process took too long.

    python budget.py [--sets adult] [--presets plus,sdv,synthcity] [--budgets 3,10,30] [--rounds 3] [--cohort PROGRAM]

Seconds are those of the whole process, reading the file and writing the model included. The bound is the budget, a tenth of it and a
second; the longest of the rounds must keep it. Steps are those of the trace, the fewest of the rounds. Needs a machine on which nothing else runs.
"""
import os
import statistics
import sys
import tempfile
import time

from common import kinds, parser, plain
from ours import build
from timing import process, processor, save, updates_of


def fit(a, cohort, name, preset, budget, folder):
    """Seconds of one fit, and its steps."""
    trace = os.path.join(folder, "trace.csv")
    _, seconds, _ = process([cohort, "fit", plain(a, name), "--model", "ctgan", "--preset", preset, "--max-time", f"{budget}s", "--level", "research",
                             *kinds(name), "--trace", trace, "--json", "--force", "-o", os.path.join(folder, "m.cohort")], a.threads)
    return seconds, updates_of(trace)[0]


def main():
    p = parser(__doc__)
    p.add_argument("--sets", default="adult")
    p.add_argument("--presets", default="plus,sdv,synthcity")
    p.add_argument("--budgets", default="3,10,30", help="whole seconds")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--cohort", help="the program; without it, it is built")
    p.add_argument("--out", help="the Markdown file; default: results-CPU.md here")
    a = p.parse_args()
    cohort, load = a.cohort or build(a), os.getloadavg()[0]
    if load > 0.3:
        print(f"budget: the load is {load:.1f}: something else runs, a process may be late for it", file=sys.stderr)
    rows, over = [], 0
    for name in a.sets.split(","):
        for preset in a.presets.split(","):
            for budget in map(int, a.budgets.split(",")):
                bound, head = 1.1 * budget + 1, f"| {name} | {preset} | {budget} | "
                try:
                    with tempfile.TemporaryDirectory() as folder:
                        runs = [fit(a, cohort, name, preset, budget, folder) for _ in range(a.rounds)]
                except RuntimeError as e:
                    over += 1
                    rows.append(head + f"{bound:.1f} | – | – | – | failed: {e} |")
                else:
                    longest = max(s for s, _ in runs)
                    over += longest > bound
                    rows.append(head + f"{bound:.1f} | {statistics.median(s for s, _ in runs):.1f} | {longest:.1f} | {min(n for _, n in runs):,} | "
                                f"{'over' if longest > bound else 'ok'} |")
                print(rows[-1], flush=True)
    title = "## --max-time"
    section = (f"{title}\n\n`python bench/ctgan/budget.py`: {processor()}, {os.cpu_count()} cores, {a.threads} threads; {time.strftime('%Y-%m-%d')}; "
               f"{a.rounds} rounds. Load before the start: {load:.1f}.\n\n| set | preset | budget, s | bound, s | process, s | longest | steps | |\n"
               + "|---" * 8 + "|\n" + "\n".join(rows) + "\n")
    print("\n" + section)
    save(a, title, section)
    sys.exit(over > 0)


if __name__ == "__main__":
    main()
