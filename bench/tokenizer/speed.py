#!/usr/bin/env python3
"""How fast package tokenizer, tiktoken and tokenizers encode, one thread each, in turns. Writes results-CPU.md here.

usage: python speed.py GPT2 TABLES [--size 20] [--rounds 3]     in an environment of requirements.txt; Go for our side

GPT2 and TABLES as in parity.py; so are the texts "table" and "written". Every text is encoded by itself, on one thread, with the
vocabulary loaded before. The clock runs inside the program that encodes: Go's with GOMAXPROCS=1 and a cache that is empty at first,
tiktoken's encode_ordinary in a loop, tokenizers' encode_batch_fast (no offsets) with RAYON_NUM_THREADS=1, 2,000 texts a batch. "ids" are a
new slice for each text, a list of Python, and an Encoding. Every round is printed; medians count.
"""
import argparse
import gc
import os
import re
import statistics
import sys
import tempfile
import time

from common import HERE, ROOT, VERSIONS, build, peer_tiktoken, peer_tokenizers, run, table_text, write_records, written_text

sys.path.append(os.path.join(ROOT, "bench", "gemm"))
from run import processor  # noqa: E402


def seconds(work):
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    gc.enable()
    return took


def with_tiktoken(peer, texts):
    for t in texts:
        peer.encode_ordinary(t)


def with_tokenizers(peer, texts):
    for i in range(0, len(texts), 2000):
        peer.encode_batch_fast(texts[i:i + 2000])


def ours(binary, path):
    out = run(binary, "-test.run=^$", "-test.bench=^BenchmarkFile$", "-test.benchtime=1x", COHORT_TOKENIZER_TEXTS=path, GOMAXPROCS="1")
    return float(re.search(r"([\d.]+) ns/op", out)[1]) / 1e9


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("gpt2")
    p.add_argument("tables")
    p.add_argument("--size", type=float, default=20, help="MB of each text")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--out", help="the Markdown file; default: results-CPU.md here")
    a = p.parse_args()
    two, one = peer_tiktoken(a.gpt2), peer_tokenizers(a.gpt2)
    rows, load = [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        binary = build(folder)
        for name, texts in (("table", table_text(a.tables, int(a.size * 1e6))), ("written", written_text(int(a.size * 1e6)))):
            path = os.path.join(folder, name)
            write_records(path, texts)
            size = sum(len(t.encode()) for t in texts) / 1e6
            rates = {"Cohort": [], "tiktoken": [], "tokenizers": []}
            for i in range(a.rounds):
                for who, work in (("Cohort", lambda: ours(binary, path)), ("tiktoken", lambda: seconds(lambda: with_tiktoken(two, texts))),
                                  ("tokenizers", lambda: seconds(lambda: with_tokenizers(one, texts)))):
                    rates[who].append(size / work())
                    print(f"{name} {i} {who} {rates[who][-1]:.1f} MB/s", flush=True)
            base = statistics.median(rates["Cohort"])
            rows += [f"| {name} | {len(texts):,} | {size:.1f} | {who} | {statistics.median(r):.1f} ({min(r):.1f}–{max(r):.1f}) | {base / statistics.median(r):.1f} |"
                     for who, r in rates.items()]
    chip = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    text = (f"# Encoding beside the peers\n\nMade by `python bench/tokenizer/speed.py`; see there for what is measured.\n\n{processor()}, one thread; "
            + ", ".join(f"{k} {v}" for k, v in VERSIONS.items()) + f"; {time.strftime('%Y-%m-%d')}. Medians of {a.rounds} in turns, least and most in brackets. "
            f"Load before the start: {load:.1f}.\n\n| text | texts | MB | program | MB/s | Cohort is times faster |\n|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n")
    print("\n" + text)
    with open(a.out or os.path.join(HERE, f"results-{chip}.md"), "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
