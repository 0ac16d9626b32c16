"""Reads the two parts of a set and the table that is judged."""
import csv
import gzip
import json
import os
import re
import zlib

import numpy as np
import pandas as pd

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
NO_NUMBER = {"", "nan", "none", "null", "na", "inf", "-inf"}
MISSING = "<missing>"
FEWEST = 10


class BadFile(Exception):
    """A file that can't be judged. The text says why, in one line."""


class Split:
    """A set: real rows to learn from (train) and real rows that no generator saw (test)."""

    def __init__(self, peers, name):
        folder = os.path.join(peers, "splits", name)
        try:
            with open(os.path.join(folder, "schema.json"), encoding="utf-8") as f:
                self.schema = json.load(f)
        except (OSError, ValueError):
            raise BadFile(f"there is no set {name!r} in {os.path.join(peers, 'splits')}: see --peers and the README") from None
        self.name, self.folder = name, folder
        self.columns = self.schema["columns"]
        self.target = self.schema["target"]
        self.classify = self.schema["task"] == "classification"
        self.train_text = read(os.path.join(folder, "train.csv.gz"))
        self.test_text = read(os.path.join(folder, "test.csv.gz"))
        self.train = typed(self.train_text, self.columns, "train.csv.gz", {})
        self.test = typed(self.test_text, self.columns, "test.csv.gz", {})
        self.taught_by_real = None  # measures.usefulness computes it once

    def cats(self):
        return [c for c in self.columns if self.columns[c]["kind"] == "cat"]

    def nums(self):
        return [c for c in self.columns if self.columns[c]["kind"] == "num"]


def read(path):
    """The cells of a CSV file as stripped text. pandas' own reader fills short rows and shifts long ones without a word."""
    try:
        opened = gzip.open if path.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as f:
            rows = [[cell.strip() for cell in row] for row in csv.reader(f) if row]
    except FileNotFoundError:
        raise BadFile(f"{path}: no such file") from None
    except (OSError, EOFError, zlib.error, UnicodeError, csv.Error) as e:
        raise BadFile(f"{path}: can't be read as CSV: {one_line(e)}") from None
    header = rows[0] if rows else []
    if len(set(header)) < len(header):
        raise BadFile(f"{path}: two columns have the same name")
    for i, row in enumerate(rows):
        if len(row) != len(header):
            raise BadFile(f"{path}: row {i} has {len(row)} fields, the header {len(header)}")
    return pd.DataFrame(rows[1:], columns=header, dtype=str)


def typed(text, columns, what, info):
    """Categories as text, NaN where missing; numbers as float64. What was passed over goes into info."""
    lost = [c for c in columns if c not in text.columns]
    if lost:
        raise BadFile(f"{what}: {len(lost)} of {len(columns)} columns are missing: {', '.join(lost[:5])}")
    if len(text) < FEWEST:
        raise BadFile(f"{what}: {len(text)} rows; {FEWEST} are the least")
    out, unread = {}, {}
    for c, m in columns.items():
        if m["kind"] == "cat":
            out[c] = text[c].map({k: canon(k) if k else np.nan for k in text[c].unique()}).astype(object)
            continue
        out[c], bad = numbers(text[c])
        if bad > len(text) / 2:
            raise BadFile(f"{what}: column {c!r} should hold numbers; {bad} of {len(text)} cells do not")
        if bad:
            unread[c] = bad
    info["extra_columns"] = [c for c in text.columns if c not in columns]
    info["unparsable_numbers"] = unread
    return pd.DataFrame(out)


def numbers(s):
    """float64, and how many cells are neither a number nor a word for a missing one."""
    gap = s.str.lower().isin(NO_NUMBER)
    v = pd.to_numeric(s.mask(gap), errors="coerce").astype(float)
    v = v.mask(np.isinf(v))
    return v, int((v.isna() & ~gap).sum())


def canon(s):
    """'1.0' and '1' are the same category code."""
    if NUMBER.fullmatch(s) and float(s).is_integer() and abs(float(s)) < 1e15:
        return str(int(float(s)))
    return s


def decimals(s):
    mantissa, _, exponent = s.lower().partition("e")
    d = len(mantissa.partition(".")[2].rstrip("0"))
    return max(0, d - int(exponent or 0))


def one_line(e):
    return " ".join(f"{e}".split())[:200] or type(e).__name__
