#!/usr/bin/env python3
"""be_great by itself, in an environment that has it: one line of JSON on the last line of standard output.

    python peer.py rows TRAIN FOLDER [--batch 64] [--rounds 2]      rows a second of its loop, whether its filter keeps them or not
    python peer.py fit TRAIN FOLDER OUT --seconds 600 [--rows N]    learns for so long, then writes a table

FOLDER has weights and tokenizer (folder.py). In both, max_length is the longest of TRAIN's rows in tokens; the package's own 100 cuts
every row of student-mat. Where its loop finds no rows for as long as it learned, what it has found so far is written.
"""
import argparse
import json
import tempfile
import time
from importlib.metadata import version

import be_great.great as package
import pandas as pd
import torch
from transformers import AutoTokenizer, TrainerCallback


class Enough(Exception):
    """The measurement has all that it needs."""


def longest(data, folder):
    tok = AutoTokenizer.from_pretrained(folder)
    texts = (", ".join(f"{c} is {v}" for c, v in row.items()) for row in data.to_dict("records"))
    return max(len(tok(t)["input_ids"]) for t in texts)


def rows(a, data, most):
    model = package.GReaT(a.folder, batch_size=a.batch)
    model._update_column_information(data)
    model._update_conditional_information(data, None)
    generate, times = model.model.generate, []

    def timed(*args, **kwargs):
        times.append(time.perf_counter())
        if len(times) > a.rounds:
            raise Enough
        return generate(*args, **kwargs)

    model.model.generate = timed
    try:
        model.sample(a.batch * (a.rounds + 1), k=a.batch, max_length=most, device="cpu")
    except Enough:
        pass
    # From one call of generate to the next: a whole round of the loop, decoding, parsing and filter included.
    seconds = times[a.rounds] - times[0]
    return {"rows_per_second": round(a.batch * a.rounds / seconds, 3), "batch": a.batch, "max_length": most}


class Clock(TrainerCallback):
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def on_step_end(self, args, state, control, **kwargs):
        control.should_training_stop = time.monotonic() >= self.end


def fit(a, data, most):
    trainer = package.GReaTTrainer

    class Timed(trainer):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.add_callback(Clock(a.seconds))

    package.GReaTTrainer = Timed
    with tempfile.TemporaryDirectory() as scratch:
        # A constant rate where the end is the clock's: a decay over epochs that are never reached would be one, too, but by chance.
        model = package.GReaT(a.folder, experiment_dir=scratch, epochs=100_000, batch_size=a.step, save_strategy="no",
                              lr_scheduler_type="constant", learning_rate=a.rate, use_cpu=True)
        start = time.monotonic()
        trained = model.fit(data)
        seconds = time.monotonic() - start
    generate, parts, end = model.model.generate, [], time.monotonic() + a.seconds

    def timed(*args, **kwargs):
        if time.monotonic() > end:
            raise Enough
        return generate(*args, **kwargs)

    model.model.generate = timed
    want = a.rows or len(data)
    try:
        while (missing := want - sum(map(len, parts))) > 0:
            part = model.sample(min(missing, a.batch), k=a.batch, max_length=most, device="cpu")
            parts.append(part)
    except Enough:
        pass
    table = pd.concat(parts) if parts else data.iloc[:0]
    table.to_csv(a.out, index=False)
    return {"fit_seconds": round(seconds, 1), "steps": trained.state.global_step, "rows": len(table), "asked": want}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["rows", "fit"])
    p.add_argument("train")
    p.add_argument("folder")
    p.add_argument("out", nargs="?")
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--step", type=int, default=8, help="rows of a step of learning; the default is the package's")
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--seconds", type=float, default=600)
    p.add_argument("--rows", type=int)
    p.add_argument("--rate", type=float, default=5e-4)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    data = pd.read_csv(a.train)
    out = (rows if a.what == "rows" else fit)(a, data, longest(data, a.folder))
    print(json.dumps(out | {p: version(p) for p in ("be_great", "transformers", "torch")}))


if __name__ == "__main__":
    main()
