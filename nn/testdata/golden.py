"""Golden values of package nn, made with PyTorch.

Rerun, in a virtual environment that has numpy and torch (golden.json names the versions that it was made with):

    python nn/testdata/golden.py

It writes golden.json (scalars, shapes, places, versions) and golden.bin (little-endian numbers) beside itself. Nothing in it
is random: every weight, input, noise and mask is a hash of its name and index, which golden_test.go computes alike, so that
only results are stored. The networks and the training step are those of Xu, Skoularidou, Cuesta-Infante and Veeramachaneni,
"Modeling Tabular Data using Conditional GAN" (NeurIPS 2019), with the penalty of Gulrajani et al. (NIPS 2017).

PyTorch computes in float64 from float32 inputs. Each case is also run in float32, and golden.json keeps how far PyTorch's own
float32 results are from those of float64 ("float32"): a yardstick for ours.

A tensor of more than FULL numbers is kept as a count sketch (Charikar, Chen, Farach-Colton, ICALP 2002): each element is added
with a random sign to one of BUCKETS numbers. The sketch is linear, and the squared norm of the sketch of a difference is the
squared norm of the difference within some 5 %, so |a-b| <= 1e-4 |b| can be checked without b.

Weights stand [in, out], so that a layer is x @ W + b; torch.nn.Linear keeps the transpose.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

FULL = 4096
BUCKETS = 1024
GOLDEN = 0x9E3779B97F4A7C15
HERE = pathlib.Path(__file__).parent


# --- numbers from names ---------------------------------------------------------------------------------------------


def fnv(name):
    h = 0xCBF29CE484222325
    for c in name.encode():
        h = (h ^ c) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def words(name, n):
    """n 64-bit words: splitmix64 from the FNV-1a hash of the name."""
    with np.errstate(over="ignore"):
        x = np.uint64(fnv(name)) + np.uint64(GOLDEN) * np.arange(1, n + 1, dtype=np.uint64)
        x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return x ^ x >> np.uint64(31)


def units(name, n):
    """Multiples of 2^-24 in [0, 1), exact in float32."""
    return ((words(name, n) >> np.uint64(40)).astype(np.float64) / 2**24).astype(np.float32)


def signed(name, n, bound):
    """Uniform in [-bound, bound): one float32 product of an exact number."""
    return (2 * units(name, n) - 1) * np.float32(bound)


def bells(name, n):
    """Sums of four 16-bit words, near to normal with variance 1: any distribution does for a comparison."""
    w = words(name, n)
    total = sum((w >> np.uint64(16 * i) & np.uint64(0xFFFF)).astype(np.int64) for i in range(4)) - 2 * 65536
    return total.astype(np.float32) * np.float32(2.0**-15 * 0.8660254)


def gumbels(name, n):
    u = ((words(name, n) >> np.uint64(40)).astype(np.float64) + 0.5) / 2**24
    return (-np.log(-np.log(u))).astype(np.float32)


def choices(name, n, k):
    return ((words(name, n) >> np.uint64(40)) % np.uint64(k)).astype(np.int64)


# --- Philox, for dropout masks that package kernels draws itself --------------------------------------------------------


def philox(seed, stream, step, blocks):
    """Philox4x32-10 (Salmon et al., SC 2011): 4 words of each block; counter = block, step low, step high, stream."""
    m = np.uint64(0xFFFFFFFF)
    c = [np.arange(blocks, dtype=np.uint64)]
    c += [np.full(blocks, v, np.uint64) for v in (step & 0xFFFFFFFF, step >> 32, stream)]
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [p1 >> np.uint64(32) ^ c[1] ^ np.uint64(k0), p1 & m, p0 >> np.uint64(32) ^ c[3] ^ np.uint64(k1), p0 & m]
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c, 1).reshape(-1)


def dropout_mask(seed, stream, step, rows, cols, p):
    """0 where the element's uniform number is below p, else 1/(1-p)."""
    n = rows * cols
    u = philox(seed, stream, step, (n + 3) // 4)[:n] >> np.uint64(8)
    return np.where(u >= np.uint64(p * 2**24), np.float32(1 / (1 - p)), np.float32(0)).reshape(rows, cols)


# --- what is stored -------------------------------------------------------------------------------------------------


class Store:
    def __init__(self):
        self.index = {"torch": torch.__version__, "numpy": np.__version__, "cases": {}}
        self.data = bytearray()

    def case(self, name, run, **facts):
        wide, narrow = run(torch.float64), run(torch.float32)
        scalars, tensors = {}, {}
        for key, value in wide.items():
            a, b = np.asarray(value, np.float64), np.asarray(narrow[key], np.float64)
            if a.ndim == 0:
                scalars[key] = {"value": float(a), "float32": abs(float(b - a)) / max(abs(float(a)), 1e-300)}
                continue
            tensors[key] = self.tensor(key, a) | {"float32": float(np.linalg.norm(b - a) / max(np.linalg.norm(a), 1e-300))}
        self.index["cases"][name] = facts | {"scalars": scalars, "tensors": tensors}
        print(name, {k: v["value"] for k, v in scalars.items()})

    def tensor(self, name, a):
        flat = a.reshape(-1)
        entry = {"shape": list(a.shape), "norm": float(np.linalg.norm(flat)), "offset": len(self.data)}
        if flat.size > FULL:
            w = words("sketch", flat.size)
            sign = np.where(w >> np.uint64(63), -1.0, 1.0)
            bucket = (w % np.uint64(BUCKETS)).astype(np.int64)
            flat = np.bincount(bucket, sign * flat, BUCKETS)
            entry["sketch"] = BUCKETS
        self.data += flat.astype("<f4" if "sketch" not in entry else "<f8").tobytes()
        return entry

    def write(self):
        (HERE / "golden.json").write_text(json.dumps(self.index, indent=1) + "\n")
        (HERE / "golden.bin").write_bytes(self.data)
        print(len(self.data), "bytes")


# --- the conditional GAN --------------------------------------------------------------------------------------------

TAU, SLOPE, DROP, PAC, LAMBDA = 0.2, 0.2, 0.5, 10, 10
NN_DROPOUT = 0x0501  # of internal/rng/streams.go


class Gan:
    """Generator, critic and one step of each at given sizes; every random input is a function of `salt` and the step."""

    def __init__(self, salt, dtype, batch, z, hidden, continuous, discrete, lr):
        self.salt, self.dtype, self.batch, self.z, self.hidden = salt, dtype, batch, z, hidden
        self.continuous, self.discrete = continuous, discrete
        self.spans = []  # offset, width, is it a softmax
        at = 0
        for modes in continuous:
            self.spans += [(at, 1, False), (at + 1, modes, True)]
            at += 1 + modes
        self.first_discrete = len(self.spans)
        for k in discrete:
            self.spans.append((at, k, True))
            at += k
        self.width, self.cond = at, sum(discrete)
        self.margin = float("inf")  # how near a unit before ReLU comes to 0, where the gradient jumps
        self.params = {}
        wide = z + self.cond
        for i in range(2):
            self.linear(f"generator.{i}.linear", wide, hidden)
            self.put(f"generator.{i}.norm.weight", 1 + signed(f"{salt}.generator.{i}.norm.weight", hidden, 0.25))
            self.put(f"generator.{i}.norm.bias", signed(f"{salt}.generator.{i}.norm.bias", hidden, 0.25))
            wide += hidden
        self.linear("generator.out", wide, self.width)
        packed = PAC * (self.width + self.cond)
        self.linear("critic.0", packed, hidden)
        self.linear("critic.1", hidden, hidden)
        self.linear("critic.2", hidden, 1)
        self.optimisers = [
            torch.optim.Adam(self.group(g), lr=lr, betas=(0.5, 0.9), weight_decay=1e-6) for g in ("critic", "generator")
        ]

    def put(self, name, value):
        self.params[name] = torch.tensor(value, dtype=self.dtype, requires_grad=True)

    def linear(self, name, n_in, n_out):
        bound = 1 / np.sqrt(np.float64(n_in))
        for part, shape in (("weight", (n_in, n_out)), ("bias", (n_out,))):
            full = f"{name}.{part}"
            self.put(full, signed(f"{self.salt}.{full}", int(np.prod(shape)), bound).reshape(shape))

    def group(self, net):
        return [p for name, p in self.params.items() if name.startswith(net + ".")]

    def apply(self, name, x):
        return x @ self.params[name + ".weight"] + self.params[name + ".bias"]

    def tensor(self, a):
        return torch.tensor(a, dtype=self.dtype)

    def kink(self, x):
        self.margin = min(self.margin, float(x.detach().abs().min()))
        return x

    # inputs of one step

    def conditions(self, tag):
        column = choices(f"{self.salt}.{tag}.column", self.batch, len(self.discrete))
        draw = words(f"{self.salt}.{tag}.category", self.batch) >> np.uint64(40)
        category = (draw % np.array(self.discrete, np.uint64)[column]).astype(np.int64)
        start = np.concatenate([[0], np.cumsum(self.discrete)])[:-1]
        cond = np.zeros((self.batch, self.cond), np.float32)
        cond[np.arange(self.batch), start[column] + category] = 1
        return column, category, cond

    def real_rows(self, tag, column, category):
        x = np.zeros((self.batch, self.width), np.float32)
        rows = np.arange(self.batch)
        for s, (at, width, softmax) in enumerate(self.spans):
            if softmax:
                k = choices(f"{self.salt}.{tag}.real.{s}", self.batch, width)
                k = np.where(column == s - self.first_discrete, category, k)
                x[rows, at + k] = 1
            else:
                x[:, at] = signed(f"{self.salt}.{tag}.real.{s}", self.batch, 0.99)
        return x

    # networks

    def generator(self, tag, cond):
        x = torch.cat([self.tensor(bells(f"{self.salt}.{tag}.z", self.batch * self.z).reshape(self.batch, -1)), cond], 1)
        for i in range(2):
            h = self.apply(f"generator.{i}.linear", x)
            norm = [self.params[f"generator.{i}.norm.{part}"] for part in ("weight", "bias")]
            h = F.batch_norm(h, None, None, norm[0], norm[1], training=True, momentum=0.1, eps=1e-5)
            x = torch.cat([torch.relu(self.kink(h)), x], 1)
        logits = self.apply("generator.out", x)
        noise = self.tensor(gumbels(f"{self.salt}.{tag}.gumbel", self.batch * self.width).reshape(self.batch, -1))
        parts = []
        for at, width, softmax in self.spans:
            part = logits[:, at : at + width]
            parts.append(torch.softmax((part + noise[:, at : at + width]) / TAU, 1) if softmax else torch.tanh(part))
        return logits, torch.cat(parts, 1)

    def critic(self, packs, masks):
        for i in range(2):
            packs = F.leaky_relu(self.kink(self.apply(f"critic.{i}", packs)), SLOPE) * masks[i]
        return self.apply("critic.2", packs)

    def masks(self, t, first, rows):
        """The masks that layers 0 and 1 of a critic draw as draws number first and first + 1 of step t (type Draws)."""
        seed = fnv(self.salt)
        draws = [t << 16 | first + i for i in range(2)]
        return [self.tensor(dropout_mask(seed, NN_DROPOUT, d, rows, self.hidden, DROP)) for d in draws]

    def pack(self, x, cond):
        return torch.cat([x, cond], 1).reshape(self.batch // PAC, -1)

    # steps

    def critic_loss(self, t):
        """Loss and penalty of step t. Packs of fakes and of real rows share the masks of one matrix, the fakes first."""
        tag = f"{t}.critic"
        packs = self.batch // PAC
        column, category, cond = self.conditions(tag)
        with torch.no_grad():
            _, fake = self.generator(tag, self.tensor(cond))
        perm = (7 * np.arange(self.batch) + 3) % self.batch
        real = self.tensor(self.real_rows(tag, column[perm], category[perm]))
        fake, real = self.pack(fake, self.tensor(cond)), self.pack(real, self.tensor(cond[perm]))
        alpha = self.tensor(units(f"{self.salt}.{tag}.alpha", packs))[:, None]
        mixed = (alpha * real + (1 - alpha) * fake).requires_grad_()
        masks = self.masks(t, 0, 2 * packs)
        y_fake = self.critic(fake, [m[:packs] for m in masks])
        y_real = self.critic(real, [m[packs:] for m in masks])
        y_mixed = self.critic(mixed, self.masks(t, 2, packs))
        (g,) = torch.autograd.grad(y_mixed.sum(), mixed, create_graph=True)
        penalty = LAMBDA * ((g.norm(2, dim=1) - 1) ** 2).mean()
        return y_fake.mean() - y_real.mean(), penalty

    def generator_loss(self, t):
        """The adversarial part and the cross-entropy of step t."""
        tag = f"{t}.generator"
        column, category, cond = self.conditions(tag)
        logits, fake = self.generator(tag, self.tensor(cond))
        y = self.critic(self.pack(fake, self.tensor(cond)), self.masks(t, 4, self.batch // PAC))
        entropy = torch.zeros((), dtype=self.dtype)
        for j in range(len(self.discrete)):
            rows = torch.tensor(np.flatnonzero(column == j))
            at, width, _ = self.spans[self.first_discrete + j]
            label = torch.tensor(category[column == j])
            entropy = entropy + F.cross_entropy(logits[rows, at : at + width], label, reduction="sum")
        return -y.mean(), entropy / self.batch

    def grads(self, net, prefix, loss):
        names = [n for n in self.params if n.startswith(net + ".")]
        got = torch.autograd.grad(loss, [self.params[n] for n in names], retain_graph=True, allow_unused=True)
        zero = [torch.zeros_like(self.params[n]) for n in names]
        return {f"{prefix}.{n}": (z if g is None else g).numpy() for n, g, z in zip(names, got, zero)}

    def one_step(self):
        loss, penalty = self.critic_loss(0)
        out = {"critic.loss": loss.item(), "critic.penalty": penalty.item()}
        out |= self.grads("critic", "penalty", penalty) | self.grads("critic", "total", loss + penalty)
        adversarial, entropy = self.generator_loss(0)
        out |= {"generator.loss": adversarial.item(), "generator.entropy": entropy.item()}
        out |= self.grads("generator", "total", adversarial + entropy)
        print("nearest to a kink:", self.margin)
        assert self.margin > (1.2e-6 if self.batch > 100 else 1e-5), "another salt, please"
        return out

    def ten_steps(self):
        out = {}
        for t in range(10):
            losses = ("critic", self.critic_loss), ("generator", self.generator_loss)
            for (name, loss_of), optimiser in zip(losses, self.optimisers):
                a, b = loss_of(t)
                optimiser.zero_grad()
                (a + b).backward()
                optimiser.step()
                out[f"{t}.{name}.a"], out[f"{t}.{name}.b"] = a.item(), b.item()
        return out


SMALL = dict(batch=40, z=16, hidden=32, continuous=[3, 4], discrete=[2, 5, 10, 14], lr=2e-3)
# UCI Adult: six continuous columns with their modes, nine discrete ones with their categories; width 156, conditions 104.
ADULT = dict(
    batch=500, z=128, hidden=256, continuous=[10, 10, 7, 5, 5, 9], discrete=[9, 16, 7, 15, 6, 5, 2, 42, 2], lr=2e-4
)


# --- layers, losses, optimisers -------------------------------------------------------------------------------------


def batch_norm(dtype):
    rows, cols = 50, 24
    norm = torch.nn.BatchNorm1d(cols, dtype=dtype)
    out = {}
    with torch.no_grad():
        norm.weight.copy_(torch.tensor(1 + signed("norm.weight", cols, 0.5)))
        norm.bias.copy_(torch.tensor(signed("norm.bias", cols, 0.5)))
    for t in range(4):
        scale, shift = 1 + 3 * units(f"norm.scale.{t}", cols), 4 * signed(f"norm.shift.{t}", cols, 1)
        x = bells(f"norm.x.{t}", rows * cols).reshape(rows, cols) * scale + shift
        x = torch.tensor(x, dtype=dtype, requires_grad=True)
        y = norm(x)
        dy = torch.tensor(bells(f"norm.dy.{t}", rows * cols).reshape(rows, cols), dtype=dtype)
        norm.zero_grad()
        y.backward(dy)
        out |= {f"{t}.y": y.detach().numpy(), f"{t}.dx": x.grad.numpy()}
        out |= {f"{t}.dweight": norm.weight.grad.numpy().copy(), f"{t}.dbias": norm.bias.grad.numpy().copy()}
        out |= {f"{t}.mean": norm.running_mean.numpy().copy(), f"{t}.variance": norm.running_var.numpy().copy()}
    norm.eval()
    return out | {"eval.y": norm(x).detach().numpy()}


def losses(dtype):
    rows, cols = 33, 7
    x = torch.tensor(3 * bells("loss.x", rows * cols).reshape(rows, cols), dtype=dtype, requires_grad=True)
    target = torch.tensor(bells("loss.target", rows * cols).reshape(rows, cols), dtype=dtype)
    chance = torch.tensor(units("loss.chance", rows * cols).reshape(rows, cols), dtype=dtype)
    label = choices("loss.label", rows, cols + 1) - 1  # -1: the row does not count
    out = {}
    for name, loss in {
        "mse": F.mse_loss(x, target),
        "bce": F.binary_cross_entropy_with_logits(x, chance),
        "entropy": F.cross_entropy(x, torch.tensor(label), ignore_index=-1),
    }.items():
        out[name] = loss.item()
        out["d" + name] = torch.autograd.grad(loss, x)[0].numpy()
    return out


def optimisers(dtype):
    n, steps = 600, 10
    out = {}
    for name, make in {
        "adam": lambda p: torch.optim.Adam(p, lr=2e-4, betas=(0.5, 0.9)),
        "adam-decay": lambda p: torch.optim.Adam(p, lr=2e-4, betas=(0.5, 0.9), weight_decay=1e-6),
        "adam-coupled": lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.9, 0.999), weight_decay=0.1),
        "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, betas=(0.9, 0.999), weight_decay=0.1),
        "sgd": lambda p: torch.optim.SGD(p, lr=1e-2),
        "momentum": lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=1e-3),
        "nesterov": lambda p: torch.optim.SGD(p, lr=1e-2, momentum=0.9, nesterov=True),
    }.items():
        p = torch.tensor(bells("optim.start", n), dtype=dtype, requires_grad=True)
        optimiser = make([p])
        for t in range(steps):
            # Gradients of every size from 2^-20 to 2^3; one in eight is 0 throughout.
            scale = (2.0 ** (3 - choices("optim.scale", n, 24))).astype(np.float32)
            scale[choices("optim.zero", n, 8) == 0] = 0
            p.grad = torch.tensor(bells(f"optim.gradient.{t}", n) * scale, dtype=dtype)
            optimiser.step()
        out[name] = p.detach().numpy()
    return out


def clipping(dtype):
    out = {}
    for name, most in (("long", 1.0), ("short", 1e6)):
        parts = [torch.zeros(k, dtype=dtype, requires_grad=True) for k in (3, 100, 257)]
        for i, p in enumerate(parts):
            p.grad = torch.tensor(bells(f"clip.{i}", len(p)), dtype=dtype)
        out[name + ".norm"] = torch.nn.utils.clip_grad_norm_(parts, most).item()
        out[name] = np.concatenate([p.grad.numpy() for p in parts])
    return out


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    store = Store()
    # The salts are ones at which no unit crosses a kink between float64 and float32. Where one does, Adam, which divides a
    # gradient by its size, makes it a difference of 1e-3 within a few steps, in PyTorch as in ours.
    for name, salt, sizes, run in (
        ("small", "small", SMALL, Gan.one_step),
        ("small-ten", "small", SMALL, Gan.ten_steps),
        ("adult", "adult8", ADULT, Gan.one_step),
        ("adult-ten", "adult10", ADULT, Gan.ten_steps),
    ):
        store.case(name, lambda dtype: run(Gan(salt, dtype, **sizes)), salt=salt, **sizes)
    store.case("norm", batch_norm)
    store.case("losses", losses)
    store.case("optimisers", optimisers)
    store.case("clipping", clipping)
    store.write()


if __name__ == "__main__":
    main()
