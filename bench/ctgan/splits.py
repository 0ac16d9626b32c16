#!/usr/bin/env python3
"""Writes columns.json and the set adult10k, once. Same bytes each time.

    python splits.py [--peers FOLDER] [--data FOLDER] [--scratch FOLDER]

columns.json: for each set, which columns are categories and which numbers, as schema.json of the set says, which is what the judge
takes them for. The peer gets the categories as discrete_columns, our program gets both lists by --category and --number.

adult10k: 10,000 rows to learn from and adult's test part. adult's own training part has 8,000 rows, so these are drawn (seed 0) from
UCI's training file (--data, adult.csv: 32,561 rows) without the 2,000 rows of the test part; cells stripped, '?' = missing, as in adult.
"""
import collections
import json
import os
import random
import shutil

from common import HERE, PEERS, part, parser, read, write

SETS = ["student-mat", "paperB1", "dropout", "adult", "california"]


def kinds_of(peers, name):
    with open(os.path.join(peers, "splits", name, "schema.json"), encoding="utf-8") as f:
        schema = json.load(f)["columns"]
    return {kind: [c for c, m in schema.items() if m["kind"] == short] for kind, short in (("category", "cat"), ("number", "num"))}


def adult10k(a):
    header, rows = read(os.path.join(a.data, "adult.csv"))
    rows = [tuple("" if c.strip() == "?" else c.strip() for c in r) for r in rows if r]
    test_path = part(a, "adult", "test")
    h, test = read(test_path)
    assert [c.strip() for c in header] == h, "adult.csv has other columns than the set adult"
    unseen, rest = collections.Counter(map(tuple, test)), []
    for r in rows:
        if unseen[r] > 0:
            unseen[r] -= 1
        else:
            rest.append(r)
    assert len(rest) == len(rows) - len(test), "test rows that are not in adult.csv"
    folder = os.path.join(a.scratch, "splits", "adult10k")
    write(os.path.join(folder, "train.csv.gz"), h, [rest[i] for i in sorted(random.Random(0).sample(range(len(rest)), 10000))])
    shutil.copyfile(test_path, os.path.join(folder, "test.csv.gz"))


def main():
    p = parser(__doc__)
    p.add_argument("--data", default=os.path.join(os.path.dirname(PEERS), "data"), help="folder with adult.csv")
    a = p.parse_args()
    kinds = {name: kinds_of(a.peers, name) for name in SETS}
    kinds["adult10k"] = kinds["adult"]
    with open(os.path.join(HERE, "columns.json"), "w", encoding="utf-8") as f:
        json.dump(kinds, f, indent=1, ensure_ascii=False)
        f.write("\n")
    adult10k(a)


if __name__ == "__main__":
    main()
