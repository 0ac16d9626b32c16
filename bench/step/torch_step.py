"""One CTGAN training step (a critic step and a generator step) in PyTorch at the sizes of UCI Adult: prints ms a step.

    OMP_NUM_THREADS=2 python bench/step/torch_step.py [--steps 60] [--attached]

Written from the paper (Xu et al. 2019) and PyTorch's documentation. Batch 500, pac 10, generator 128+104 -> 256 -> 256 ->
156 with BatchNorm and ReLU, concatenated residuals, critic 2600 -> 256 -> 256 -> 1 with LeakyReLU 0.2 and dropout 0.5,
gradient penalty, Adam on both. Rows and conditions are given, so that only the networks are timed. Fakes are detached in the critic
step unless --attached is given: the ctgan package does not detach them.
"""
import argparse
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH, PAC, Z, TAU = 500, 10, 128, 0.2
MODES = [8, 8, 8, 8, 7, 7]
DISCRETE = [9, 16, 7, 15, 6, 5, 2, 42, 2]
C = sum(DISCRETE)
SPANS = [(w, kind) for m in MODES for w, kind in ((1, "tanh"), (m, "softmax"))] + [(k, "softmax") for k in DISCRETE]
D = sum(w for w, _ in SPANS)


class Residual(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.fc, self.bn = nn.Linear(i, o), nn.BatchNorm1d(o)

    def forward(self, x):
        return torch.cat([torch.relu(self.bn(self.fc(x))), x], 1)


def networks():
    generator = nn.Sequential(Residual(Z + C, 256), Residual(256 + Z + C, 256), nn.Linear(512 + Z + C, D))
    critic = nn.Sequential(nn.Linear(PAC * (D + C), 256), nn.LeakyReLU(0.2), nn.Dropout(0.5),
                           nn.Linear(256, 256), nn.LeakyReLU(0.2), nn.Dropout(0.5), nn.Linear(256, 1))
    return generator, critic


def heads(x):
    parts, at = [], 0
    for width, kind in SPANS:
        s = x[:, at:at + width]
        parts.append(torch.tanh(s) if kind == "tanh" else F.gumbel_softmax(s, tau=TAU))
        at += width
    return torch.cat(parts, 1)


class Step:
    def __init__(self, attached):
        torch.manual_seed(1)
        self.attached = attached
        self.g, self.d = networks()
        opts = dict(lr=2e-4, betas=(0.5, 0.9), weight_decay=1e-6)
        self.og, self.od = torch.optim.Adam(self.g.parameters(), **opts), torch.optim.Adam(self.d.parameters(), **opts)
        self.column = torch.randint(len(DISCRETE), (BATCH,))
        self.category = torch.tensor([int(torch.randint(DISCRETE[j], ())) for j in self.column])
        first = torch.tensor([sum(DISCRETE[:j]) for j in range(len(DISCRETE))])
        self.cond = F.one_hot(first[self.column] + self.category, C).float()
        self.real = heads(torch.randn(BATCH, D) * 3).detach()

    def penalty(self, real, fake):
        alpha = torch.rand(BATCH // PAC, 1, 1).expand(-1, PAC, real.shape[1]).reshape(real.shape)
        mid = (alpha * real + (1 - alpha) * fake).detach().requires_grad_() if not self.attached else alpha * real + (1 - alpha) * fake
        out = self.d(mid.view(-1, PAC * (D + C)))
        grad = torch.autograd.grad(out, mid, torch.ones_like(out), create_graph=True)[0]
        return 10 * ((grad.view(-1, PAC * (D + C)).norm(2, 1) - 1) ** 2).mean()

    def fakes(self):
        logits = self.g(torch.cat([torch.randn(BATCH, Z), self.cond], 1))
        return logits, torch.cat([heads(logits), self.cond], 1)

    def run(self):
        if self.attached:
            fake = self.fakes()[1]
        else:
            with torch.no_grad():
                fake = self.fakes()[1]
        real = torch.cat([self.real, self.cond[torch.randperm(BATCH)]], 1)
        packed = lambda x: x.view(-1, PAC * (D + C))
        y_fake, y_real = self.d(packed(fake)), self.d(packed(real))
        pen = self.penalty(real, fake)
        self.od.zero_grad(set_to_none=False)
        pen.backward(retain_graph=True)
        (y_fake.mean() - y_real.mean()).backward()
        self.od.step()
        logits, fake = self.fakes()
        at, ce = D - C, []
        for j, width in enumerate(DISCRETE):
            ce.append(F.cross_entropy(logits[:, at:at + width], self.category.clamp(max=width - 1), reduction="none") * (self.column == j))
            at += width
        loss = -self.d(packed(fake)).mean() + torch.stack(ce, 1).sum() / BATCH
        self.og.zero_grad(set_to_none=False)
        loss.backward()
        self.og.step()


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--steps", type=int, default=60)
    args.add_argument("--attached", action="store_true")
    args = args.parse_args()
    torch.set_num_threads(torch.get_num_threads())
    step = Step(args.attached)
    for _ in range(10):
        step.run()
    times = []
    for _ in range(args.steps):
        began = time.perf_counter()
        step.run()
        times.append(1e3 * (time.perf_counter() - began))
    print(f"{statistics.median(times):.2f} ms/step torch {torch.__version__} threads {torch.get_num_threads()} D {D} C {C}")


if __name__ == "__main__":
    main()
