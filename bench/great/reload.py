#!/usr/bin/env python3
"""Folders that our program exports, loaded by transformers: the same tokens, and the same logits to 1e-4 of the largest.

    python reload.py FOLDER [--table FILE.csv --steps 200]

FOLDER is of folder.py. Three folders are made of it and of the demonstration table, after three steps: all weights learned, an adapter
learned and merged, and a small model from scratch with a vocabulary of its own. With a table all weights learn that for so many steps, too, and
the loss must fall.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def reload(name, args):
    """Has a folder made and loads it; the tokens and the logits must be alike."""
    with tempfile.TemporaryDirectory() as to:
        subprocess.run(["go", "test", "-count=1", "-timeout", "60m", "-run", "^TestExport$", "./transformer/great", *args, "-to", to], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        with open(os.path.join(to, "probe.json"), encoding="utf-8") as f:
            probe = json.load(f)
        assert AutoTokenizer.from_pretrained(to)(probe["text"])["input_ids"] == probe["ids"], f"{name}: other tokens"
        theirs = AutoModelForCausalLM.from_pretrained(to).eval()(torch.tensor([probe["ids"]])).logits[0]
        ours = torch.tensor(probe["logits"]).reshape(theirs.shape)
        share = float((ours - theirs).abs().max() / theirs.abs().max())
        print(f"{name}: {len(probe['ids'])} tokens alike, logits differ by {share:.1e} of the largest (transformers {version('transformers')})", flush=True)
        assert share < 1e-4, name
        return probe["losses"]


def learned(name, losses):
    """The loss must fall: the mean of the last tenth against that of the first."""
    n = max(len(losses) // 10, 1)
    first, last = sum(losses[:n]) / n, sum(losses[-n:]) / n
    print(f"{name}: {len(losses)} steps, loss {first:.3f} in the first {n}, {last:.3f} in the last {n}", flush=True)
    assert last < first, name


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("--table", help="a CSV file that all weights learn besides, for --steps steps")
    p.add_argument("--steps", type=int, default=200)
    a = p.parse_args()
    source = ["-from", os.path.abspath(a.folder)]
    for name, args in (("weights", source), ("adapter", [*source, "-lora", "4"]), ("scratch", [])):
        reload(name, args)
    if a.table:
        learned("table", reload("table", [*source, "-table", os.path.abspath(a.table), "-steps", str(a.steps)]))


if __name__ == "__main__":
    with torch.no_grad():
        main()
