#!/usr/bin/env python3
"""Writes tokenizer/testdata/golden.json: texts and their ids, on which tokenizers and tiktoken agree.

usage: python golden.py FOLDER     with encoder.json and vocab.bpe of github.com/openai/gpt-2; environment of requirements.txt
"""
import json
import os
import random
import sys

from common import ROOT, VERSIONS, peer_tiktoken, peer_tokenizers

TEXTS = [
    "", " ", "  ", "\n", "\t", " \n", "\n ", "a", " a", "  a", "   a b", "a  ", "a \n b", "a\n\nb", "\r\n", "a\r\nb", "\u00a0a", " \u00a0 a", "\u3000\u3000a", "\u2028",
    "Age is 42", "Age is 42, Education is HS-grad, Income is >50K", "sex is F, G3 is 11, school is GP", " Age", "age is 0.123456789, x is -1.5e-10",
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|>", "<|endoftext|><|endoftext|>", "<|endoftext", "|endoftext|>", "name is <|endoftext|>, x is 1",
    "it's", "IT'S", "''s", " 's", "'S", "'ll've're'd'm't", "'l", "'r", "'v", "'", "''", "don't'", "'re", "'rex", "\u2019s", "x'sy", "1's", "('s", "'s's",
    "_a_b", "a_1", "1a2b", "3.14", "1,000,000", "$5.00", "100%", "x=1;y=2", "\u00b2\u00b3\u00bd", "\u2167", "\u0661\u0662\u0663", "e\u0301", "\u0301", "na\u00efve",
    "\u4f60\u597d\u4e16\u754c", "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440", "\U0001f600", " \U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\ufeffa", "\ufffd", "\x00", "\x1c\x1d\x1e\x1f", "\x85", "\u180e", "\u200b",
    "\U00020000\U0001d7d8", "a" * 70, "ab" * 200, "=" * 100, " " * 90, "\n" * 65 + "x", "9" * 150, "\u00e4" * 40, "abcdefghijklmnopqrstuvwxyz" * 5,
    "antidisestablishmentarianism", "func main() {\n\tfmt.Println(\"hi\")\n}\n", "for i in range(10):\n    print(i)\n",
]
CHARACTERS = [chr(c) for c in range(32, 127)] + list("     \n\t\r'''sdmtrevl0123456789\u00a0\u2003\u3000\u00e9\u00df\u00f1\u0416\u05d0\u0639\u0905\u4e2d\u3042\uac00\u00b2\u2167\u0301\u20ac\u2019\u201c\U0001f600\U0001d7d8\U00020000")


def main():
    one, two = peer_tokenizers(sys.argv[1]), peer_tiktoken(sys.argv[1])
    draw = random.Random(8)
    texts = TEXTS + ["".join(draw.choices(CHARACTERS, k=draw.randint(2, 60))) for _ in range(300)]
    texts += ["".join(draw.choices("aeinorst" if i % 2 else "0123456789.", k=draw.randint(65, 300))) for i in range(30)]
    cases = []
    for t in texts:
        ids = one.encode(t).ids
        assert ids == two.encode(t, disallowed_special=()), t
        cases.append({"text": t, "ids": ids})
    with open(os.path.join(ROOT, "tokenizer", "testdata", "golden.json"), "w", encoding="ascii") as f:
        f.write('{"versions": ' + json.dumps(VERSIONS) + ', "cases": [\n' + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")
    print(len(cases), "texts")


if __name__ == "__main__":
    main()
