#!/usr/bin/env python3
"""Writes a folder with a GPT-2 of random weights and the tokenizer of GPT-2, as transformers has them.

    python folder.py FOLDER VOCAB [--layers 6] [--width 768] [--heads 12]

VOCAB is a folder with vocab.json and merges.txt. The defaults are the size of DistilGPT2.
"""
import argparse
import os
import shutil

import torch
from transformers import GPT2Config, GPT2LMHeadModel


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder")
    p.add_argument("vocab")
    p.add_argument("--layers", type=int, default=6)
    p.add_argument("--width", type=int, default=768)
    p.add_argument("--heads", type=int, default=12)
    a = p.parse_args()
    torch.manual_seed(1)
    GPT2LMHeadModel(GPT2Config(n_layer=a.layers, n_embd=a.width, n_head=a.heads)).save_pretrained(a.folder)
    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(os.path.join(a.vocab, name), os.path.join(a.folder, name))


if __name__ == "__main__":
    main()
