"""Compares forward + backward of what a GPT-2 is made of with PyTorch, alternately: prints the least time of each, in ms.

    python bench/kernels/run.py [--python PYTHON] [--threads 2] [--rounds 5] [--only attention]
"""
import argparse
import os
import re
import subprocess
import tempfile

OPS = ["attention", "attention-dropout", "layernorm", "gelu", "head", "embedding", "mlp"]
SIZES = [(4, 64), (8, 128)]

args = argparse.ArgumentParser()
args.add_argument("--python", default="python3", help="a Python with torch")
args.add_argument("--threads", type=int, default=2)
args.add_argument("--rounds", type=int, default=5)
args.add_argument("--only", default="")
args = args.parse_args()

here = os.path.dirname(os.path.abspath(__file__))
env = dict(os.environ, OMP_NUM_THREADS=str(args.threads), GOMAXPROCS=str(args.threads))
with tempfile.TemporaryDirectory() as folder:
    binary = os.path.join(folder, "autograd.test")
    subprocess.run(["go", "test", "-c", "-o", binary, "./autograd"], check=True, cwd=os.path.join(here, "../.."))
    peer = subprocess.Popen([args.python, os.path.join(here, "peer.py")], env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    print(peer.stdout.readline().strip(), "threads", args.threads)
    print(f"{'forward + backward':32}{'ours ms':>9}{'torch ms':>9}{'ratio':>7}")
    for op in OPS:
        if args.only not in op:
            continue
        for b, t in SIZES:
            name, times = f"{op}/B{b}T{t}", {"ours": [], "torch": []}
            for _ in range(args.rounds):
                out = subprocess.run([binary, "-test.run", "^$", "-test.bench", f"^BenchmarkTransformer$/^{op}$/^B{b}T{t}$", "-test.benchtime", "0.3s"],
                                     env=env, text=True, capture_output=True, check=True).stdout
                times["ours"].append(float(re.search(r"([\d.]+) least-ns", out).group(1)) / 1e6)
                peer.stdin.write(f"{op} {b} {t}\n")
                peer.stdin.flush()
                times["torch"].append(float(peer.stdout.readline()))
            ours, torch = (min(times[k]) for k in ("ours", "torch"))
            print(f"{name:32}{ours:9.3f}{torch:9.3f}{torch / ours:7.2f}", flush=True)
    peer.stdin.close()
    peer.wait()
