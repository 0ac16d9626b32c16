#!/usr/bin/env python3
"""One fit of a peer and one table from it; prints JSON. Run by the Python that has the peer.

    python peer.py ctgan|synthcity SET [--seed N] [--out FILE.csv.gz] [--sample ROWS] [--threads 2] [--epochs N] ...

Defaults are the peer's own: ctgan 300 epochs, synthcity 2,000 with its early stopping. Only the documented interface of either package
is used. Seconds are those of fit() and of sample() or generate(), without imports and without reading the file; the peer's own
preparation of the table is inside fit(). Updates are counted by torch's hook on optimizer steps: of the first two optimizers that
step, the one that steps first is the critic's (both peers train it first), the other the generator's; further ones belong to the
classifier of synthcity's early stopping. Nothing of the packages is changed.

Missing cells: neither peer is given any. A missing category becomes a level of its own, the empty text, which is an empty cell again
in what is written. The sets used have no missing numbers; one that has is refused. Cells are written as the peer returned them:
nothing is rounded or clipped here.
"""
import json
import os
import resource
import sys
import tempfile
import time

import common

PACKAGES = {"ctgan": ("ctgan", "rdt", "torch", "scikit-learn", "numpy"), "synthcity": ("synthcity", "torch", "scikit-learn", "numpy")}


def arguments():
    p = common.parser(__doc__)
    p.add_argument("package", choices=PACKAGES)
    p.add_argument("set")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--out", help="where to write as many rows as were learned")
    p.add_argument("--sample", type=int, help="time the sampling of so many rows")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--epochs", type=int, help="instead of the peer's number")
    p.add_argument("--no-stop", action="store_true", help="synthcity: no early stopping, and none of its evaluations every 50 epochs")
    p.add_argument("--cap", type=float, help="synthcity: fewer epochs if they would take more seconds than this, by a trial")
    return p.parse_args()


def table(a):
    import pandas as pd
    df = pd.read_csv(common.part(a, a.set), dtype=str, keep_default_na=False)
    for c in common.columns(a.set)["number"]:
        if (df[c] == "").any():
            raise SystemExit(f"{a.set}: the number {c} has missing cells, which this peer can't hold")
        df[c] = pd.to_numeric(df[c])
    return df


def count_updates():
    """A list of [optimizer, steps], in the order in which they first stepped."""
    from torch.optim.optimizer import register_optimizer_step_post_hook
    seen = []

    def hook(optimizer, *_):
        for entry in seen[:2]:
            if entry[0] is optimizer:
                entry[1] += 1
                return
        if len(seen) < 2:
            seen.append([optimizer, 1])
        else:  # the first two live as long as the fit; of others only the number of steps is kept
            if len(seen) == 2:
                seen.append([None, 0])
            seen[2][1] += 1

    register_optimizer_step_post_hook(hook)
    return seen


class Ctgan:
    def __init__(self, a, epochs=None):
        from ctgan import CTGAN
        self.set, self.epochs = a.set, epochs or 300
        self.model = CTGAN(epochs=self.epochs)
        self.model.set_random_state(a.seed)  # of fit and of sample

    def fit(self, df):
        self.model.fit(df, discrete_columns=common.columns(self.set)["category"])

    def sample(self, n):
        return self.model.sample(n)

    def passes(self, steps):
        return self.epochs


class Synthcity:
    def __init__(self, a, epochs=None):
        import pathlib
        import torch
        import synthcity.logger as log
        log.remove()
        from synthcity.plugins import Plugins
        self.seed, more = a.seed, {}
        if a.no_stop:
            more = {"patience": 10**9, "n_iter_print": 10**9}
        # A folder of its own: the evaluations' cache is there, and a second run would find the first one's.
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)
        self.model = Plugins().get("ctgan", random_state=a.seed, device=torch.device("cpu"), n_iter=epochs or 2000,
                                   workspace=pathlib.Path(self.folder.name), **more)

    def fit(self, df):
        from synthcity.plugins.core.dataloader import GenericDataLoader
        self.model.fit(GenericDataLoader(df))

    def sample(self, n):
        return self.model.generate(count=n, random_state=self.seed).dataframe()

    def passes(self, steps):
        batches = -(-len(self.model.model.dataloader_sampler) // self.model.batch_size)
        return round(steps / batches, 2)


def capped(a, df):
    """Epochs that fit into a.cap seconds, by two short fits."""
    t = []
    for n in (2, 8):
        start = time.time()
        Synthcity(a, n).fit(df)
        t.append(time.time() - start)
    return max(10, min(a.epochs or 2000, int((a.cap - t[0]) * 6 / max(t[1] - t[0], 1e-3))))


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**20 if sys.platform == "darwin" else 2**10)


def main():
    a = arguments()
    for name in ("peers", "scratch"):
        setattr(a, name, os.path.abspath(getattr(a, name)))
    out_path = a.out and os.path.abspath(a.out)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(a.threads)
    import warnings
    warnings.filterwarnings("ignore")
    from importlib.metadata import version
    import torch
    torch.set_num_threads(a.threads)
    df = table(a)
    make = Ctgan if a.package == "ctgan" else Synthcity
    make(a, 1)  # loads what a package loads when it is first used
    epochs = capped(a, df) if a.cap and a.package == "synthcity" else a.epochs
    updates, imported = count_updates(), peak()
    model = make(a, epochs)
    start = time.time()
    model.fit(df)
    seconds = time.time() - start
    steps = [n for _, n in updates] + [0, 0, 0]
    result = {"package": a.package, "set": a.set, "seed": a.seed, "rows_train": len(df), "fit_seconds": round(seconds, 2),
              "epochs": model.passes(steps[0]), "critic_updates": steps[0], "generator_updates": steps[1], "other_updates": steps[2],
              "threads": a.threads, "versions": {p: version(p) for p in PACKAGES[a.package]}}
    if epochs:
        result["epochs_asked"] = epochs
    if a.cap:
        result["cap_seconds"] = a.cap
    if a.out:
        start = time.time()
        syn = model.sample(len(df))
        result["sample_seconds"] = round(time.time() - start, 2)
        common.write(out_path, list(df.columns), syn[list(df.columns)].astype(object).values.tolist())
    if a.sample:
        start = time.time()
        model.sample(a.sample)
        result["sampled"], result["sampled_seconds"] = a.sample, round(time.time() - start, 2)
    print(json.dumps(result | {"peak_mb": peak(), "peak_mb_after_import": imported}))


if __name__ == "__main__":
    main()
