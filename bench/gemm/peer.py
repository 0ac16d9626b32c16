"""Times products for run.py: one line "library m k n" in, GFLOP/s out. The number of threads is set by the environment."""
import os
import sys
import time

threads = int(os.environ["OMP_NUM_THREADS"])
import numpy as np
import torch

torch.set_num_threads(threads)


def measure(library, m, k, n, seconds=0.15):
    rng = np.random.default_rng(1)
    a, b = (rng.standard_normal(s).astype(np.float32) for s in ((m, k), (k, n)))
    c = np.empty((m, n), np.float32)
    if library == "torch":
        a, b, c = map(torch.from_numpy, (a, b, c))
        product = lambda: torch.mm(a, b, out=c)
    else:
        product = lambda: np.matmul(a, b, out=c)
    product()
    runs, began = 0, time.perf_counter()
    while True:
        product()
        runs += 1
        took = time.perf_counter() - began
        if took > seconds:
            return 2e-9 * m * k * n * runs / took


print("torch", torch.__version__, "numpy", np.__version__, flush=True)
for line in sys.stdin:
    library, *shape = line.split()
    print(measure(library, *map(int, shape)), flush=True)
