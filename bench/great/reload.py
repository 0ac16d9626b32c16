#!/usr/bin/env python3
"""Folders that our program exports, loaded by transformers: the same tokens, and the same logits to 1e-4 of the largest.

    python reload.py FOLDER

FOLDER is of folder.py. Three folders are made of it and of the demonstration table, after three steps: all weights learned, an adapter
learned and merged, and a small model from scratch with a vocabulary of its own.
"""
import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def main():
    source = ["-from", os.path.abspath(sys.argv[1])]
    for name, args in (("weights", source), ("adapter", [*source, "-lora", "4"]), ("scratch", [])):
        with tempfile.TemporaryDirectory() as to:
            subprocess.run(["go", "test", "-count=1", "-run", "^TestExport$", "./transformer/great", *args, "-to", to], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            with open(os.path.join(to, "probe.json"), encoding="utf-8") as f:
                probe = json.load(f)
            assert AutoTokenizer.from_pretrained(to)(probe["text"])["input_ids"] == probe["ids"], f"{name}: other tokens"
            theirs = AutoModelForCausalLM.from_pretrained(to).eval()(torch.tensor([probe["ids"]])).logits[0]
            ours = torch.tensor(probe["logits"]).reshape(theirs.shape)
            share = float((ours - theirs).abs().max() / theirs.abs().max())
            print(f"{name}: {len(probe['ids'])} tokens alike, logits differ by {share:.1e} of the largest (transformers {version('transformers')})", flush=True)
            assert share < 1e-4, name


if __name__ == "__main__":
    with torch.no_grad():
        main()
