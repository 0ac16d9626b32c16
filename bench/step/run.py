#!/usr/bin/env python3
"""One CTGAN training step of Cohort and of PyTorch, alternated, medians of 5, at the sizes of UCI Adult.

    python bench/step/run.py [--rounds 5] [--markdown FILE]

Cohort's is BenchmarkCTGANStep of package nn; PyTorch's is torch_step.py, once with fakes detached in the critic step, as Cohort does it,
and once attached, as the ctgan package does it. Nothing else should run meanwhile.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench", "gemm"))
from run import processor  # noqa: E402


def ours(path, threads):
    out = subprocess.run([path, "-test.run", "-", "-test.bench", "CTGANStep/(avx512|avx2|neon)$", "-test.cpu", str(threads),
                          "-test.benchtime", "1s"], capture_output=True, text=True, check=True, cwd=os.path.join(ROOT, "nn")).stdout
    return float(re.search(r"([\d.]+) ms/step", out)[1])


def torch(threads, *flags):
    env = dict(os.environ, OMP_NUM_THREADS=str(threads))
    out = subprocess.run([sys.executable, os.path.join(HERE, "torch_step.py"), "--steps", "25", *flags], env=env,
                         capture_output=True, text=True, check=True).stdout
    return float(out.split()[0]), re.search(r"torch (\S+)", out)[1]


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--markdown")
    args = args.parse_args()
    rows, version = [], ""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "nn.test")
        subprocess.run(["go", "test", "-c", "-o", path, "./nn"], cwd=ROOT, check=True)
        for threads in (1, 2):
            a, b, c = [], [], []
            for _ in range(args.rounds):
                a.append(ours(path, threads))
                ms, version = torch(threads)
                b.append(ms)
                c.append(torch(threads, "--attached")[0])
            a, b, c = map(statistics.median, (a, b, c))
            rows.append(f"| {threads} | {a:.1f} | {b:.1f} | {b / a:.1f} | {c:.1f} | {c / a:.1f} |")
            print(rows[-1], flush=True)
    head = (f"{processor()}, {os.cpu_count()} cores; torch {version}; medians of {args.rounds}, ms a step\n\n"
            "| threads | Cohort | torch, fakes detached | times slower | torch, fakes attached | times slower |\n|---|---|---|---|---|---|\n")
    print(head)
    if args.markdown:
        with open(args.markdown, "w") as f:
            f.write("# One CTGAN step\n\nMade by `python bench/step/run.py`; see there for how.\n\n" + head + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
