#!/usr/bin/env python3
"""Holds the ids of package tokenizer against tokenizers and tiktoken, and prints the characters that the programs cut differently.

usage: python parity.py GPT2 TABLES [--size 20]     in an environment of requirements.txt; Go for our side

GPT2     a folder with encoder.json and vocab.bpe of github.com/openai/gpt-2
TABLES   a folder with CSV files

table      20 MB of rows as be_great writes them.
written    20 MB: half language (Django's translations), half code (the libraries of Python and Go).
random     100,000 strings of characters whose class (letter, number, white space, other) is the same in Unicode 14 and 16.
folder     a vocabulary that our Train made is loaded by transformers: the same ids of 2,000 rows.
characters each of the 1,112,064 is put between two letters, two digits and two marks: where it makes one piece, it is of that class.

tokenizers has encode_special_tokens on, tiktoken disallowed_special=(). Ends with 1 if an id differs.
"""
import argparse
import collections
import random
import sys
import tempfile
import unicodedata

import regex
import tiktoken
import tokenizers
import transformers
import unicodedata2
from tiktoken_ext.openai_public import r50k_pat_str

from common import EOT, VERSIONS, build, peer_tiktoken, peer_tokenizers, read_records, run, table_text, write_records, written_text

SPACES = {c for c in range(0x110000) if regex.match(r"\p{White_Space}", chr(c))}
NAMES = "other letter number space".split()
ALL = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def class_of(data, c):
    return "space" if c in SPACES else {"L": "letter", "N": "number"}.get(data.category(chr(c))[0], "other")


def random_texts(n, seed=1):
    """Half of the characters are ASCII, so that all rules of the cutting come up."""
    draw = random.Random(seed)
    stable = [c for c in ALL if class_of(unicodedata, c) == class_of(unicodedata2, c)]
    groups = collections.defaultdict(list)
    for c in stable:
        groups[class_of(unicodedata, c), unicodedata.category(chr(c)) == "Cn"].append(c)
    wide = list(groups.values())
    ascii = [chr(c) for c in range(128)] + list("     '''''sdmtrevl\n\n01")
    return ["".join(draw.choice(ascii) if draw.random() < .5 else chr(draw.choice(draw.choice(wide))) for _ in range(draw.randint(1, 40))) for _ in range(n)]


def compare(name, texts, binary, folder, one, two):
    write_records(folder + "/texts", texts)
    run(binary, "-test.run=^TestIDsOfFile$", COHORT_TOKENIZER_TEXTS=folder + "/texts", COHORT_TOKENIZER_IDS=folder + "/ids")
    wrong = {"tokenizers": 0, "tiktoken": 0}
    tokens = 0
    for at, ids in enumerate(read_records(folder + "/ids")):
        tokens += len(ids)
        wrong["tokenizers"] += one.encode(texts[at]).ids != ids
        wrong["tiktoken"] += two.encode(texts[at], disallowed_special=()) != ids
    assert at == len(texts) - 1
    size = sum(len(t.encode()) for t in texts)
    print(f"{name}: {len(texts):,} texts, {size / 1e6:.1f} MB, {tokens:,} ids; texts with other ids in " + ", ".join(f"{k} {v}" for k, v in wrong.items()), flush=True)
    return sum(wrong.values())


def trained(texts, binary, folder):
    """Our vocabulary in transformers, whose tokens are cut and joined by its own code."""
    write_records(folder + "/texts", texts)
    run(binary, "-test.run=^TestTrainOnFile$", COHORT_TOKENIZER_TRAIN=folder + "/texts", COHORT_TOKENIZER_FOLDER=folder)
    run(binary, "-test.run=^TestIDsOfFile$", COHORT_TOKENIZER_TEXTS=folder + "/texts", COHORT_TOKENIZER_IDS=folder + "/ids", COHORT_TOKENIZER_FOLDER=folder)
    theirs = transformers.GPT2TokenizerFast.from_pretrained(folder)
    wrong = sum(theirs(t)["input_ids"] != ids for t, ids in zip(texts, read_records(folder + "/ids"), strict=True))
    theirs.save_pretrained(folder)  # tokenizer.json, which must agree with our two files
    run(binary, "-test.run=^TestIDsOfFile$", COHORT_TOKENIZER_TEXTS=folder + "/texts", COHORT_TOKENIZER_IDS=folder + "/ids", COHORT_TOKENIZER_FOLDER=folder)
    wrong += sum(theirs(t)["input_ids"] != ids for t, ids in zip(texts, read_records(folder + "/ids"), strict=True))
    print(f"folder: {len(theirs):,} ids trained on {len(texts):,} rows; rows with other ids in transformers {wrong}", flush=True)
    return wrong


def probes(c):
    return [a + chr(c) + a for a in "!a1"]


def classes_tokenizers():
    """The pieces are shown by its pre-tokeniser."""
    cut = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str
    return [next((k for k, p in enumerate(probes(c)) if len(cut(p)) == 1), 3) for c in ALL]


def classes_tiktoken():
    """A piece that is in the vocabulary is one id: here all probes are."""
    found = []
    for at in range(0, len(ALL), 1 << 16):
        part = ALL[at:at + (1 << 16)]
        ranks = {bytes([b]): b for b in range(256)}
        for c in part:
            for p in probes(c):
                ranks.setdefault(p.encode(), len(ranks))
        cut = tiktoken.Encoding("probe", pat_str=r50k_pat_str, mergeable_ranks=ranks, special_tokens={}).encode_ordinary
        found += [next((k for k, p in enumerate(probes(c)) if len(cut(p)) == 1), 3) for c in part]
    return found


def characters(binary, folder):
    run(binary, "-test.run=^TestClassesToFile$", COHORT_TOKENIZER_CLASSES=folder + "/classes")
    with open(folder + "/classes", "rb") as f:
        ours = f.read()
    print(f"\nGo's Unicode: {ours[0x110000:].decode()}")
    rows = collections.defaultdict(list)
    for c, one, two in zip(ALL, classes_tokenizers(), classes_tiktoken(), strict=True):
        seen = (NAMES[ours[c]], NAMES[one], NAMES[two])
        if len(set(seen)) > 1:
            then, now = ((unicodedata.category(chr(c)), class_of(unicodedata, c)), (unicodedata2.category(chr(c)), class_of(unicodedata2, c)))
            why = f"unassigned in Unicode 14, {now[0]} in 16" if then[0] == "Cn" and now[0] != "Cn" else \
                "unassigned in Unicode 16, too: new since" if now[0] == "Cn" else f"{then[0]} in Unicode 14, {now[0]} in 16"
            rows[seen, why].append(c)
    print(f"characters that are cut differently: {sum(map(len, rows.values())):,}")
    print("| Cohort | tokenizers | tiktoken | why | number | characters |\n|---|---|---|---|---|---|")
    for (seen, why), list_ in sorted(rows.items()):
        print("| " + " | ".join(seen) + f" | {why} | {len(list_):,} | {ranges(list_)} |")
    different = sum(class_of(unicodedata, c) == class_of(unicodedata2, c) for v in rows.values() for c in v)
    print(f"of these, with the same class in Unicode 14 and 16: {different}")


def ranges(list_):
    out = []
    for c in list_:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return ", ".join(f"U+{a:04X}" + (f"–{b:04X}" if b > a else "") for a, b in out)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("gpt2")
    p.add_argument("tables")
    p.add_argument("--size", type=float, default=20, help="MB of each text")
    p.add_argument("--strings", type=int, default=100000)
    a = p.parse_args()
    one, two = peer_tokenizers(a.gpt2), peer_tiktoken(a.gpt2)
    print(", ".join(f"{k} {v}" for k, v in (VERSIONS | {"transformers": transformers.__version__}).items()) + f"; Python's Unicode {unicodedata.unidata_version}, unicodedata2's {unicodedata2.unidata_version}")
    with tempfile.TemporaryDirectory() as folder:
        binary = build(folder)
        table = table_text(a.tables, int(a.size * 1e6))
        wrong = trained(table[:2000], binary, folder)
        wrong += compare("table", table, binary, folder, one, two)
        wrong += compare("written", written_text(int(a.size * 1e6)), binary, folder, one, two)
        wrong += compare("random", random_texts(a.strings), binary, folder, one, two)
        wrong += compare("special", [EOT, f"x{EOT}y", f"name is {EOT}, age is 4"], binary, folder, one, two)
        characters(binary, folder)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
