"""Golden values of a TVAE's learning steps, made with PyTorch.

Rerun, in a virtual environment that has torch (tvae.json names the version that it was made with):

    python ctgan/testdata/tvae.py

It writes tvae.json beside itself: rows, noise and first weights, rounded to float32, and what three steps in float64 make of them. The
networks, the loss and Adam are those of Xu, Skoularidou, Cuesta-Infante and Veeramachaneni, "Modeling Tabular Data using Conditional
GAN" (NeurIPS 2019) without columns of numbers. A code of -1 is none: its column has no 1, and counts nothing in the loss.

Weights stand [in, out], so that a layer is x @ W + b; torch.nn.Linear keeps the transpose.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

K = [3, 5, 2]  # codes of each column
Z, ENCODER, DECODER, ROWS, STEPS = 4, [7, 6], [5, 8], 6, 3
LR, DECAY = 1e-3, 0.1  # more decay than a TVAE has, so that it is seen


def layers():
    """Names and shapes in the order of declaration."""
    out, width = [], sum(K)
    for i, h in enumerate(ENCODER):
        out.append((f"encoder.{i}", width, h))
        width = h
    out += [("encoder.mean", width, Z), ("encoder.logvar", width, Z)]
    width = Z
    for i, h in enumerate(DECODER):
        out.append((f"generator.{i}.linear", width, h))
        width = h
    return out + [("generator.out", width, sum(K))]


def first():
    w = {}
    for name, d, h in layers():
        w[name + ".weight"] = torch.randn(d, h) * 0.6
        w[name + ".bias"] = torch.randn(h) * 0.3
    return {k: v.float().double().requires_grad_() for k, v in w.items()}


def linear(w, name, x):
    return x @ w[name + ".weight"] + w[name + ".bias"]


def losses(w, codes, noise):
    x = torch.cat([F.one_hot(codes[:, i].clamp(min=0), k) * (codes[:, i : i + 1] >= 0) for i, k in enumerate(K)], 1).double()
    for i in range(len(ENCODER)):
        x = F.relu(linear(w, f"encoder.{i}", x))
    mu, logvar = linear(w, "encoder.mean", x), linear(w, "encoder.logvar", x)
    x = mu + noise * torch.exp(0.5 * logvar)
    for i in range(len(DECODER)):
        x = F.relu(linear(w, f"generator.{i}.linear", x))
    parts = torch.split(linear(w, "generator.out", x), K, 1)
    ce = sum(F.cross_entropy(p, codes[:, i], ignore_index=-1, reduction="sum") for i, p in enumerate(parts))
    kl = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())
    return 2 * ce / len(codes), kl / len(codes)


def main():
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    w = first()
    start = {k: v.detach().clone() for k, v in w.items()}
    adam = torch.optim.Adam(w.values(), lr=LR, betas=(0.9, 0.999), weight_decay=DECAY)
    steps = []
    for _ in range(STEPS):
        codes = torch.stack([torch.randint(0, k, (ROWS,)) for k in K], 1)
        codes[torch.randint(0, ROWS, ()), torch.randint(0, len(K), ())] = -1
        noise = torch.randn(ROWS, Z).float().double()
        ce, kl = losses(w, codes, noise)
        adam.zero_grad()
        (ce + kl).backward()
        steps.append({"codes": codes.flatten().tolist(), "noise": noise.flatten().tolist(), "reconstruction": ce.item(),
                      "divergence": kl.item(), "gradients": {k: v.grad.flatten().tolist() for k, v in w.items()}})
        adam.step()
    out = {"torch": torch.__version__, "k": K, "z": Z, "encoder": ENCODER, "decoder": DECODER, "lr": LR, "decay": DECAY,
           "first": {k: v.flatten().tolist() for k, v in start.items()}, "steps": steps,
           "last": {k: v.detach().flatten().tolist() for k, v in w.items()}}
    out = json.loads(json.dumps(out), parse_float=lambda s: float(f"{float(s):.9g}"))  # nine digits tell float32 numbers apart
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in out.items())
    pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
