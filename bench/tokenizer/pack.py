#!/usr/bin/env python3
"""Packs the merges of GPT-2 for tokenizer/gpt2.

usage: python pack.py FOLDER     with encoder.json and vocab.bpe of github.com/openai/gpt-2; in an environment with zopfli==0.4.3

The file merges.zlib is a zlib stream of four planes, one byte for each merge: the high bytes of the left ids, the low bytes,
and the same of the right ids. That is smaller than the text (zlib 211 KB, bzip2 167 KB), and needs no parser.
"""
import json
import os
import sys

import zopfli.zlib

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    with open(os.path.join(sys.argv[1], "encoder.json"), encoding="utf-8") as f:
        ids = json.load(f)
    with open(os.path.join(sys.argv[1], "vocab.bpe"), encoding="utf-8") as f:
        pairs = [line.split() for line in f.read().splitlines()[1:]]
    assert all(ids[left + right] == 256 + k for k, (left, right) in enumerate(pairs)), "a merge makes another id than GPT-2's order gives it"
    planes = b"".join(bytes(ids[p[side]] >> shift & 255 for p in pairs) for side in (0, 1) for shift in (8, 0))
    packed = zopfli.zlib.compress(planes, numiterations=15)
    with open(os.path.join(HERE, "..", "..", "tokenizer", "gpt2", "merges.zlib"), "wb") as f:
        f.write(packed)
    print(f"{len(pairs)} merges in {len(packed)} bytes")


if __name__ == "__main__":
    main()
