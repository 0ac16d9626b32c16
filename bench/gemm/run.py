#!/usr/bin/env python3
"""Products of Cohort, PyTorch and numpy side by side: alternated, medians of 5, on 1 and on 2 threads.

    python bench/gemm/run.py [--rounds 5] [--family avx512] [--only 1024] [--markdown FILE]

Needs Go, torch and numpy. Cohort's time includes packing, except for the shapes named "packed": there the weights are packed once, as
they are while a model writes rows. Every row is printed. The ceiling is a loop of multiply-adds on registers, measured
by the benchmark itself just before and after. Nothing else should run meanwhile.
"""
import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

PAUSE = 0.25  # seconds: the threads of OpenBLAS and OpenMP look for work for a while after a product, and would disturb the next one
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINE = re.compile(r"^BenchmarkGemm/(\w+)/threads=(\d)/(\w+)/(\d+)x(\d+)x(\d+)\S*\s")


def go_env():
    return dict(os.environ, CGO_ENABLED="0")


def build(folder):
    path = os.path.join(folder, "kernels.test")
    subprocess.run(["go", "test", "-c", "-o", path, "./kernels"], cwd=ROOT, env=go_env(), check=True)
    return path


def ours(path, pattern, benchtime):
    out = subprocess.run([path, "-test.run", "-", "-test.bench", pattern, "-test.benchtime", benchtime],
                         capture_output=True, text=True, check=True, cwd=os.path.join(ROOT, "kernels")).stdout
    for line in out.splitlines():
        if LINE.match(line):
            values = dict(reversed(pair) for pair in re.findall(r"([\d.]+) (\S+)", line.split("ns/op")[1]))
            kernel = next(name.split(":")[1] for name in values if name.startswith("tiles:"))
            return float(values["GFLOP/s"]), float(values["%ceiling"]), kernel
    raise SystemExit("no benchmark " + pattern + "\n" + out)


class Peer:
    def __init__(self, threads):
        env = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
        for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # a peer may choose its own kernels
            env.pop(name, None)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer.py")
        self.process = subprocess.Popen([sys.executable, script], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.versions = self.process.stdout.readline().strip()

    def rate(self, library, m, k, n):
        self.process.stdin.write(f"{library} {m} {k} {n}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def shapes(path, family):
    names = subprocess.run([path, "-test.run", "-", "-test.bench", f"Gemm/{family}/threads=1", "-test.benchtime", "1x"],
                           capture_output=True, text=True, check=True, cwd=os.path.join(ROOT, "kernels")).stdout
    return [(m[3], *map(int, m.groups()[3:])) for m in map(LINE.match, names.splitlines()) if m]


def processor():
    try:
        text = open("/proc/cpuinfo").read()
    except OSError:
        return platform.processor()
    get = lambda key: re.search(rf"^{key}\s*: (.*)$", text, re.M)[1]
    return f"{get('model name')} (family {get('cpu family')}, model {get('model')})"


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--family", default="avx512")
    args.add_argument("--only", default="")
    args.add_argument("--benchtime", default="150ms")
    args.add_argument("--markdown")
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = build(folder)
        rows, versions = [], ""
        for threads in (1, 2):
            peer = Peer(threads)
            versions = peer.versions
            for kind, m, k, n in shapes(path, args.family):
                if args.only not in f"{m}x{k}x{n}":
                    continue
                got, share, torch, numpy = [], [], [], []
                pattern = f"Gemm/{args.family}/threads={threads}/{kind}/{m}x{k}x{n}$"
                for _ in range(args.rounds):
                    time.sleep(PAUSE)
                    rate, percent, kernel = ours(path, pattern, args.benchtime)
                    got.append(rate)
                    share.append(percent)
                    for library, rates in (("torch", torch), ("numpy", numpy)):
                        time.sleep(PAUSE)
                        rates.append(peer.rate(library, m, k, n))
                a, s, t, p = map(statistics.median, (got, share, torch, numpy))
                row = f"| {kind} {m}x{k}x{n} | {threads} | {a:.1f} | {s:.1f} % | {t:.1f} | {a / t:.2f} | {p:.1f} | {a / p:.2f} | {kernel} |"
                rows.append(row)
                print(row, flush=True)
    if not rows:
        raise SystemExit(f"no product was measured: does this processor have {args.family}, and is there a shape with {args.only!r}?")
    head = (f"{processor()}, {os.cpu_count()} cores; {versions}; family {args.family}; medians of {args.rounds}, GFLOP/s\n\n"
            "| shape M x K x N | threads | Cohort | of the ceiling | torch | Cohort / torch | numpy | Cohort / numpy | kernel that ran |\n"
            "|---|---|---|---|---|---|---|---|---|\n")
    print(head)
    if args.markdown:
        with open(args.markdown, "w") as f:
            f.write("# Products side by side\n\nMade by `python bench/gemm/run.py`; see there for how.\n\n" + head + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
