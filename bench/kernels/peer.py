"""Times what a GPT-2 is made of, forward and backward, in PyTorch: one line "name batch time" in, milliseconds out."""
import os
import sys
import time

import torch
from torch.nn import functional as F

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
E, H, V = 768, 12, 50257


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


def attention(b, t, p):
    qkv, dy = leaf(b, t, 3 * E), torch.randn(b, t, E)

    def step():
        q, k, v = (x.view(b, t, H, E // H).transpose(1, 2) for x in qkv.split(E, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=p)
        y.transpose(1, 2).reshape(b, t, E).backward(dy)
    return step, [qkv]


def layernorm(b, t):
    x, g, c, dy = leaf(b * t, E), leaf(E), leaf(E), torch.randn(b * t, E)
    return lambda: F.layer_norm(x, (E,), g, c, 1e-5).backward(dy), [x, g, c]


def gelu(b, t):
    x, dy = leaf(b * t, 4 * E), torch.randn(b * t, 4 * E)
    return lambda: F.gelu(x, approximate="tanh").backward(dy), [x]


def head(b, t):
    h, w, labels = leaf(b * t, E), leaf(V, E), torch.randint(V, (b * t,))
    return lambda: F.cross_entropy(h @ w.T, labels).backward(), [h, w]


def embedding(b, t):
    w, ids, dy = leaf(V, E), torch.randint(V, (b * t,)), torch.randn(b * t, E)
    return lambda: F.embedding(ids, w).backward(dy), []  # adds to a gradient that is there, as we do


def mlp(b, t):
    x, w, c, w2, c2, dy = leaf(b * t, E), leaf(E, 4 * E), leaf(4 * E), leaf(4 * E, E), leaf(E), torch.randn(b * t, E)
    return lambda: torch.addmm(c2, F.gelu(torch.addmm(c, x, w), approximate="tanh"), w2).backward(dy), [x, w, c, w2, c2]


MAKE = {"attention": lambda b, t: attention(b, t, 0.0), "attention-dropout": lambda b, t: attention(b, t, 0.1),
        "layernorm": layernorm, "gelu": gelu, "head": head, "embedding": embedding, "mlp": mlp}

print("torch", torch.__version__, flush=True)
for line in sys.stdin:
    name, b, t = line.split()
    torch.manual_seed(1)
    step, leaves = MAKE[name](int(b), int(t))
    times, began = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - began < 0.3:
        for x in leaves:
            x.grad = None
        at = time.perf_counter()
        step()
        times.append(time.perf_counter() - at)
    print(1e3 * min(times), flush=True)
