"""SDMetrics' quality report: how long the Python package takes and how long ours, on the same two tables, one after the other.

usage: python speed.py [--rounds 7] [--out results.md]     from the repository's root, in an environment with sdmetrics==0.32.0

The tables have 10,000 rows and 30 columns that share a trait: 13 numbers, 2 dates and 15 categories of 2 to 30 values, gaps in every third.
Both take two threads (ours: -cpu 2; the package has one and its libraries get two), read nothing and print nothing while the clock
runs, and take turns, so that what else the machine does falls on both. The medians count. The two numbers must agree.
"""
import argparse, os, platform, re, statistics, subprocess, sys, tempfile, time, warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "2"
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import sdmetrics
from sdmetrics.reports.single_table import QualityReport

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench", "gemm"))
from run import processor
ROWS = 10_000


def table(seed):
    g = np.random.default_rng(seed)
    trait = g.normal(size=ROWS)
    columns = {}
    for i in range(30):
        x = trait + g.normal(size=ROWS) * (.5 + i % 4)
        if i % 2:
            k = 2 + i % 29
            columns[f"c{i}"] = np.array([f"v{j}" for j in np.clip((x + 2) / 4 * k, 0, k - 1).astype(int)], dtype=object)
        elif i % 14 == 0 and i:
            columns[f"d{i}"] = pd.Timestamp("2020-01-01") + pd.to_timedelta((x * 100).round().astype(int), unit="D")
        else:
            columns[f"n{i}"] = x.round(3)
    t = pd.DataFrame(columns)
    for i, c in enumerate(t):
        if i % 3 == 0:
            t[c] = t[c].where(g.random(ROWS) > .05)
    return t


def theirs(real, fake, meta):
    start = time.perf_counter()
    report = QualityReport()
    report.generate(real, fake, meta, verbose=False)
    return time.perf_counter() - start, report.get_score()


def ours(binary, env):
    out = subprocess.run([binary, "-test.run=^$", "-test.bench=QualityOfFiles", "-test.benchtime=5x", "-test.cpu=2"], env=env, capture_output=True, text=True, check=True).stdout
    found = re.search(r"([\d.]+) ns/op\s+([\d.]+) quality", out)
    return float(found[1]) / 1e9, float(found[2])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--out")
    a = p.parse_args()
    real, fake = table(1), table(2)
    kinds = {"c": "categorical", "d": "datetime", "n": "numerical"}
    meta = {"columns": {c: {"sdtype": kinds[c[0]]} for c in real}}
    with tempfile.TemporaryDirectory() as folder:
        binary = os.path.join(folder, "suite.test")
        subprocess.run(["go", "test", "-c", "-o", binary, "./eval/sdmetrics"], cwd=ROOT, check=True)
        env = dict(os.environ)
        for t, name in ((real, "REAL"), (fake, "FAKE")):
            env["COHORT_SUITES_" + name] = os.path.join(folder, name + ".csv")
            t.to_csv(env["COHORT_SUITES_" + name], index=False)
        package, native = [], []
        for _ in range(a.rounds):
            package.append(theirs(real, fake, meta))
            native.append(ours(binary, env))
    # go test prints four significant digits of a metric.
    if abs(package[0][1] - native[0][1]) > 1e-4:
        sys.exit(f"the numbers differ: {package[0][1]} and {native[0][1]}")
    t, o = statistics.median(x[0] for x in package), statistics.median(x[0] for x in native)
    text = (
        f"SDMetrics' quality report, {ROWS} x 30 mixed, {processor()}, {os.cpu_count()} threads, medians of {a.rounds} turns\n\n"
        f"| | seconds | lowest | highest |\n|---|---|---|---|\n"
        f"| sdmetrics {sdmetrics.__version__} (pandas {pd.__version__}, Python {platform.python_version()}) | {t:.3f} | {min(package)[0]:.3f} | {max(package)[0]:.3f} |\n"
        f"| eval/sdmetrics | {o:.4f} | {min(native)[0]:.4f} | {max(native)[0]:.4f} |\n\n{t / o:.0f} times as fast\n"
    )
    print(text)
    if a.out:
        with open(a.out, "w") as f:
            f.write(text)


if __name__ == "__main__":
    main()
