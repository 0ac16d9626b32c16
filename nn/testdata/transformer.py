"""Writes transformer.json: a transformer of one block as PyTorch computes it, for TestTransformerIsPyTorchs.

    python nn/testdata/transformer.py > nn/testdata/transformer.json
"""
import json

import torch
from torch.nn import functional as F

B, T, E, H, V = 2, 5, 8, 2, 11
SHAPES = {
    "wte.weight": (V, E), "wpe.weight": (T, E), "ln1.weight": (E,), "ln1.bias": (E,), "qkv.weight": (E, 3 * E), "qkv.bias": (3 * E,),
    "proj.weight": (E, E), "proj.bias": (E,), "ln2.weight": (E,), "ln2.bias": (E,), "fc.weight": (E, 4 * E), "fc.bias": (4 * E,),
    "out.weight": (4 * E, E), "out.bias": (E,), "lnf.weight": (E,), "lnf.bias": (E,),
}

torch.manual_seed(7)
params = {}
for name, shape in SHAPES.items():
    x = 0.5 * torch.randn(shape)
    params[name] = (x + 1 if name.startswith("ln") and name.endswith("weight") else x).requires_grad_()
ids = torch.randint(V, (B, T))
labels = torch.randint(V, (B, T))
labels[0, 2] = labels[1, 4] = -100


def loss():
    p = params
    norm = lambda x, n: F.layer_norm(x, (E,), p[n + ".weight"], p[n + ".bias"], 1e-5)
    h = p["wte.weight"][ids] + p["wpe.weight"]
    q, k, v = (x.view(B, T, H, E // H).transpose(1, 2) for x in (norm(h, "ln1") @ p["qkv.weight"] + p["qkv.bias"]).split(E, 2))
    a = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(B, T, E)
    h = h + a @ p["proj.weight"] + p["proj.bias"]
    m = F.gelu(norm(h, "ln2") @ p["fc.weight"] + p["fc.bias"], approximate="tanh")
    h = h + m @ p["out.weight"] + p["out.bias"]
    return F.cross_entropy((norm(h, "lnf") @ p["wte.weight"].T).view(-1, V), labels.view(-1))


def numbers(x):
    return [float(f"{v:.8g}") for v in x.detach().flatten().tolist()]


def all_numbers(of):
    return {name: numbers(of(p)) for name, p in params.items()}


first = all_numbers(lambda p: p)
optimizer = torch.optim.AdamW(params.values(), lr=0.01, weight_decay=0.1)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: (s + 1) / 2 if s < 2 else max(0, (6 - s) / 4))
losses, grads = [], None
for _ in range(6):
    optimizer.zero_grad()
    y = loss()
    y.backward()
    losses.append(y.item())
    grads = grads or all_numbers(lambda p: p.grad)
    optimizer.step()
    schedule.step()
print(json.dumps({"made by": f"transformer.py, torch {torch.__version__}", "ids": ids.flatten().tolist(), "labels": labels.flatten().tolist(),
                  "losses": losses, "params": first, "grads": grads, "after": all_numbers(lambda p: p)}))
